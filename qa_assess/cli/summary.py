"""`qa-assess summary`: graded records counted in groups."""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from qa_assess.cli.doors import refuse_overwriting
from qa_assess.codebook import Policy
from qa_assess.errors import InputError, OutputError
from qa_assess.exchange import Result
from qa_assess.terminal import console
from qa_assess.writers import STDOUT, column_names
from qa_assess.writers.cells import csv_line
from qa_assess.writers.place import placed, standard_output

if TYPE_CHECKING:
    from qa_assess.aggregates import Aggregates


class Shape(StrEnum):
    """What the counts are written as."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def summary(  # noqa: PLR0913 - typer reads the options off the parameters
    file: Annotated[
        str,
        typer.Argument(
            metavar="GRADED", help="A file that `qa-assess grade` wrote; - is standard input.", show_default=False
        ),
    ],
    *,
    by: Annotated[
        str | None,
        typer.Option(
            help="Groups: department, answerer, asker, house, heading, source, model, year, month, mode, kind (of "
            "ask), tag, or a column of the input; several with commas: department,year.",
            show_default=False,
        ),
    ] = None,
    policy: Annotated[Policy, typer.Option(help="Whose grades.")] = Policy.DEFAULT,
    confidence: Annotated[float, typer.Option(help="How often the intervals are to hold the truth.")] = 0.95,
    coded: Annotated[
        Path | None,
        typer.Option(
            help="Labels of a RANDOM SAMPLE of these records (JSON Lines), to correct the shares by. Records that were "
            "picked for coding because they looked wrong would make them worse.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Shape | None,
        typer.Option("--format", "-f", help="What to write; by the name of the file, or else a table."),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", "-o", help="File to write: .csv or .json; - is standard output.")
    ] = STDOUT,
) -> None:
    """Count graded records by department, year and the like.

    Shares are of the graded records, with Wilson intervals; No ask, Pending, Ungraded, Failed and duplicates are
    counted beside them. Groups of fewer than 10 graded records have counts and no shares.
    """
    # Not before they are needed: a word of help must not wait for the readers.
    from qa_assess.aggregates import CodedSample, aggregate, columns_needed  # noqa: PLC0415
    from qa_assess.graded import read_graded  # noqa: PLC0415

    shape = _shape(format, output)
    refuse_overwriting([file], [output])
    if not 0.5 <= confidence < 1:
        hint = "0.95 makes intervals that hold the truth in 95 of 100 samples"
        raise InputError(f"--confidence is {confidence}, and not from 0.5 to below 1", hint=hint)
    names = column_names(by or "")
    sample = CodedSample.read(coded) if coded else None
    results = read_graded(file, ("id", policy.field, "flags", "duplicate_of", *columns_needed(names)))
    found = aggregate(_watched(results, file), names, policy, confidence=confidence, coded=sample)
    if not found.total.records:
        raise InputError(f"{file} holds no records", hint="is it the right file?")
    _write(found, shape, output)


def _shape(shape: Shape | None, output: str) -> Shape:
    if output == STDOUT:
        return shape or Shape.TABLE
    suffix = Path(output).suffix.lower().removeprefix(".")
    if shape is Shape.TABLE or (shape is None and suffix not in (Shape.CSV, Shape.JSON)):
        hint = "end its name in .csv or .json, or add --format csv or --format json"
        raise OutputError(f"cannot tell what to write to {output}: a table is for the terminal", hint=hint)
    return shape or Shape(suffix)


def _watched(results: Iterator[Result], file: str) -> Iterator[Result]:
    screen = console(stderr=True)
    columns = (SpinnerColumn("line"), TextColumn("Reading"), TextColumn("{task.completed:,.0f} records"))
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(file, total=None)
        for result in results:
            yield result
            bar.advance(task)


def _write(found: "Aggregates", shape: Shape, output: str) -> None:
    from qa_assess.aggregates import csv_rows, to_json  # noqa: PLC0415 - as above
    from qa_assess.cli.summary_tables import notes, tables  # noqa: PLC0415

    if shape is Shape.TABLE:
        screen = console()
        for shown in (*tables(found, screen.width), *notes(found)):
            screen.print(shown)
        return
    if shape is Shape.JSON:
        pieces = [json.dumps(to_json(found), indent=2, ensure_ascii=False) + "\n"]
    else:
        pieces = [csv_line(row) for row in csv_rows(found)]
    encoding = "utf-8-sig" if shape is Shape.CSV else "utf-8"
    with standard_output() if output == STDOUT else placed(Path(output), encoding=encoding) as put:
        for piece in pieces:
            put(piece)
    if output != STDOUT:
        console(stderr=True).print(f"Written to {output}", soft_wrap=True)
        sys.stderr.flush()
