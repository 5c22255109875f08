"""`qa-assess grade`: files of records into one graded file."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from qa_assess.batch import assess
from qa_assess.cli.doors import SOME_FAILED, Format, Grader, Parser
from qa_assess.errors import InputError, OutputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read
from qa_assess.settings import Settings
from qa_assess.terminal import console, plain, summary_report
from qa_assess.writers import STDOUT, WINDOW, Result, Summary, check_columns, column_names, output_format, write


def grade(  # noqa: PLR0913 - typer reads the options off the parameters
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files of records; - is standard input.", show_default=False)
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
    grader: Grader = None,
    parser: Parser = None,
) -> None:
    """Grade files of records into one table.

    One row a record, failures among them, and a summary at the end. `qa-assess formats --columns` says what the columns
    mean.
    """
    chosen = output_format(output, to)
    names = None if columns is None else column_names(columns)
    _refuse_overwriting(inputs, [output, *([str(asks)] if asks else [])])
    screen = console(stderr=True)
    moving = screen.is_terminal and not quiet
    total = _preview(inputs, format, count=moving)
    if names is not None:
        check_columns(names, chosen, _first_records(inputs, format))
    results = assess(_records(inputs, format), Settings(parser=parser, grader=grader))
    with _progress(screen, shown=moving) as bar:
        shown = _watched(results, bar, total) if bar else results
        summary = write(shown, output, asks=asks, format=to, columns=names)
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


def _preview(inputs: Sequence[str], format: str | None, *, count: bool) -> int | None:
    """Look into every file before the grading begins, so that one that cannot be read is found at once.

    A pipe is left alone, for it can be read only once.

    Returns:
        The number of records where they are to be counted and can be.
    """
    total = 0
    files = [Path(name) for name in inputs if name != STDOUT and not Path(name).is_fifo()]
    for path in files:
        records = read(path, format=format)
        total += sum(1 for _ in records) if count else bool(next(records, None))
    return total if count and len(files) == len(inputs) else None


def _first_records(inputs: Sequence[str], format: str | None) -> list[Exchange | Failure] | None:
    """The records that fix the columns of the output; None where a pipe is among the inputs."""
    if any(name == STDOUT or Path(name).is_fifo() for name in inputs):
        return None
    return list(islice(_records(inputs, format), WINDOW))


def _records(inputs: Sequence[str], format: str | None) -> Iterator[Exchange | Failure]:
    for name in inputs:
        yield from read(STDOUT if name == STDOUT else Path(name), format=format)


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
