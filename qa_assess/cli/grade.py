"""`qa-assess grade`: files of records into one graded file."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from qa_assess.batch import assess
from qa_assess.cli.doors import SOME_FAILED, STOPPED, EngineName, Format, Grader, Graders, Parser
from qa_assess.engines import Engine, dask, processes
from qa_assess.errors import EngineError, InputError, JournalError, OutputError
from qa_assess.exchange import Exchange
from qa_assess.journal import Journal, fingerprint
from qa_assess.links import Links, linked
from qa_assess.readers.inputs import expand, read_all
from qa_assess.settings import Model, Settings
from qa_assess.terminal import console, plain, summary_report
from qa_assess.writers import STDOUT, Result, Summary, output_format, write


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
        typer.Option("--output", "-o", help="File to write, .csv or .jsonl; - is standard output.", show_default=False),
    ],
    asks: Annotated[
        Path | None, typer.Option(help="A second file (.csv) with one row an ask.", show_default=False)
    ] = None,
    format: Format = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Format of the output, csv or jsonl, whatever its name ends in.")
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
    output_format(output, to)
    screen = console(stderr=True)
    left_out: list[str] = []
    paths = expand(inputs, note=left_out.append)
    _refuse_overwriting(paths, [output, *([str(asks)] if asks else [])])
    moving = screen.is_terminal and not quiet
    for line in () if quiet else left_out:
        screen.print(plain(line), soft_wrap=True)
    settings = Settings(parser=parser, model=model, grader=grader)
    journal = _journal(paths, output, settings, format, resume=resume)
    links, total = _first_reading(paths, format)
    records = linked(read_all(paths, format=format), links)
    results = assess(records, settings, engine=_engine(engine, jobs, scheduler), journal=journal)
    try:
        with _progress(screen, shown=moving) as bar:
            shown = _watched(results, bar, total) if bar else results
            summary = write(shown, output, asks=asks, format=to)
    except KeyboardInterrupt:
        if journal is None or not journal.records:
            raise
        kept = f"Stopped. {journal.records:,} records are kept: the same command with --resume goes on from there."
        screen.print(kept, soft_wrap=True)
        raise typer.Exit(STOPPED) from None
    if journal:
        journal.remove()
    if not quiet:
        _report(screen, summary, [name for name in (output, asks and str(asks)) if name and name != STDOUT])
    if summary.failures:
        raise typer.Exit(SOME_FAILED)


def _refuse_overwriting(inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """An output may not be one of the inputs: it would replace what was graded."""
    sources = {Path(name).resolve() for name in inputs if name != STDOUT}
    for name in outputs:
        if name != STDOUT and Path(name).resolve() in sources:
            raise OutputError(f"{name} is an input too", hint="write to another file")
    if list(inputs).count(STDOUT) > 1:
        raise InputError("standard input was named twice", hint="it can be read only once: give - once")


def _engine(name: EngineName, jobs: int, scheduler: str | None) -> Engine:
    if scheduler and name is not EngineName.DASK:
        raise EngineError("--scheduler is an address of Dask", hint="add --engine dask")
    # Of a cluster that is started here, one worker a core unless a number is given.
    return dask(scheduler, 0 if jobs == 1 else jobs) if name is EngineName.DASK else processes(jobs)


def _journal(
    inputs: Sequence[str], output: str, settings: Settings, format: str | None, *, resume: bool
) -> Journal | None:
    """The journal of a run from files into a file; none where a pipe is read or written, which cannot be gone on with.

    Raises:
        JournalError: An unfinished run stands there and is not to be gone on with, or is another one.
    """
    if output != STDOUT and not Path(output).is_fifo() and all(_is_file(name) for name in inputs):
        marks = fingerprint([Path(name) for name in inputs], settings, {"format": format or ""})
        return Journal(Path(output), marks, resume=resume)
    if resume:
        hint = "a run can be gone on with where it reads files and writes a file"
        raise JournalError("--resume needs input that can be read again, and an output that is a file", hint=hint)
    return None


def _is_file(name: str) -> bool:
    return name != STDOUT and not Path(name).is_fifo()


def _first_reading(inputs: Sequence[str], format: str | None) -> tuple[Links | None, int | None]:
    """Read the input once before the grading begins: what cannot be read is found at once, links and number are known.

    Of several files, one that cannot be read is a row of its own. A pipe is left alone, for it can be read only once.

    Returns:
        The links of the records and their number; neither for a pipe.
    """
    if not all(_is_file(name) for name in inputs):
        return None, None
    links, total = Links(), 0
    for record in read_all(inputs, format=format):
        total += 1
        if isinstance(record, Exchange):
            links.learn(record)
    return links, total


def _progress(screen: Console, *, shown: bool) -> AbstractContextManager[Progress | None]:
    if not shown:
        return nullcontext()
    columns = (SpinnerColumn("line"), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=screen, transient=True)


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
