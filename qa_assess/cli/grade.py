"""`qa-assess grade`: files of records into one graded file."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from qa_assess.cli.doors import SOME_FAILED, STOPPED, EngineName, Format, Grader, Graders, Parser, refuse_overwriting
from qa_assess.errors import InputError
from qa_assess.exchange import Result
from qa_assess.settings import Model, Settings
from qa_assess.terminal import console, counting, plain, summary_report
from qa_assess.writers import STDOUT, Summary, check_columns, column_names, output_format, write


def grade(  # noqa: PLR0913 - typer reads the options off the parameters
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Files, folders or patterns (*.xml) of records; - is standard input.",
            show_default=False,
        ),
    ],
    *,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="File to write: .csv, .jsonl, .xlsx or .parquet; - is standard output.",
            show_default=False,
        ),
    ],
    asks: Annotated[
        Path | None, typer.Option(help="A second file (.csv) with one row an ask.", show_default=False)
    ] = None,
    format: Format = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Format of the output (see `qa-assess formats`), whatever its name ends in."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(help="Columns to write, in this order: id,grade,… All if not given.", show_default=False),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar and no summary.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was interrupted.")] = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=0, help="Processes; 0 is one a core.", rich_help_panel="Large inputs"),
    ] = 1,
    engine: Annotated[
        EngineName, typer.Option(help="Where to compute.", rich_help_panel="Large inputs")
    ] = EngineName.LOCAL,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler; without it a cluster is started here.",
            rich_help_panel="Large inputs",
            show_default=False,
        ),
    ] = None,
    model: Graders = Model.STANDARD,
    grader: Grader = None,
    parser: Parser = None,
) -> None:
    """Grade files of records into one table.

    One row a record, failures among them, and a summary at the end. `qa-assess formats --columns` says what the columns
    mean.
    """
    # Not before they are needed: a word of help must not wait for all readers.
    from qa_assess.batch import assess  # noqa: PLC0415
    from qa_assess.cli.runs import begin_journal, chosen_engine, first_reading  # noqa: PLC0415
    from qa_assess.links import linked  # noqa: PLC0415
    from qa_assess.readers.inputs import expand, read_all  # noqa: PLC0415

    chosen = output_format(output, to)
    names = None if columns is None else column_names(columns)
    screen = console(stderr=True)
    left_out: list[str] = []
    paths = expand(inputs, note=left_out.append)
    refuse_overwriting(paths, [output, *([str(asks)] if asks else [])], "an input")
    if list(paths).count(STDOUT) > 1:
        raise InputError("standard input was named twice", hint="it can be read only once: give - once")
    moving = screen.is_terminal and not quiet
    for line in () if quiet else left_out:
        screen.print(plain(line), soft_wrap=True)
    settings = Settings(parser=parser, model=model, grader=grader)
    journal = begin_journal(paths, output, settings, format, resume=resume)
    first = first_reading(paths, format)
    if names is not None:
        check_columns(names, chosen, first.window)
    records = linked(read_all(paths, format=format), first.links)
    results = assess(records, settings, engine=chosen_engine(engine, jobs, scheduler), journal=journal)
    try:
        with counting(screen) if moving else nullcontext() as bar:
            shown = _watched(results, bar, first.total) if bar else results
            summary = write(shown, output, asks=asks, format=to, columns=names)
    except KeyboardInterrupt:
        if journal is None or not journal.path.exists():
            raise
        kept = "Stopped. What is graded is kept: the same command with --resume goes on from there."
        screen.print(kept, soft_wrap=True)
        raise typer.Exit(STOPPED) from None
    if journal:
        journal.remove()
    if not quiet:
        _report(screen, summary, [name for name in (output, asks and str(asks)) if name and name != STDOUT])
    if summary.failures:
        raise typer.Exit(SOME_FAILED)


def _watched(results: Iterable[Result], bar: Progress, total: int | None) -> Iterator[Result]:
    task = bar.add_task("Loading the models", total=total)
    for result in results:
        bar.update(task, description="Grading", advance=1)
        yield result


def _report(screen: Console, summary: Summary, files: Sequence[str]) -> None:
    screen.print(summary_report(summary))
    for name in files:
        screen.print(f"Written to {plain(name)}", soft_wrap=True)
    sys.stderr.flush()
