"""Results into files: CSV and JSON Lines by suffix, each whole at the end or not there at all.

What the columns mean is in `columns.toml` (COLUMNS.md); the CSV is RFC 4180 in UTF-8 with a byte order mark, which
Excel needs to read it as UTF-8 and pandas and R's readr skip (Python's `csv` does with `encoding="utf-8-sig"`).
Standard output carries no mark: what reads a pipe wants none. A cell that a spreadsheet would run as a formula gets an
apostrophe before it; `unguard` takes it off again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from qa_assess.errors import OutputError
from qa_assess.writers.asks_csv import with_asks
from qa_assess.writers.cells import guard, unguard
from qa_assess.writers.json_lines import json_lines, to_json
from qa_assess.writers.place import STDOUT, Put, placed, standard_output
from qa_assess.writers.records_csv import csv_lines
from qa_assess.writers.summary import Result, Summary, Tally

__all__ = ["FORMATS", "STDOUT", "Result", "Summary", "guard", "output_format", "to_json", "unguard", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that results can be written in."""

    name: str
    description: str
    encoding: str
    lines: Callable[[Iterable[Result]], Iterator[str]]


FORMATS = {
    "csv": Format("csv", "comma-separated, for spreadsheets, pandas and R", "utf-8-sig", csv_lines),
    "jsonl": Format("jsonl", "JSON Lines: one object a record, with every span and probability", "utf-8", json_lines),
}


def output_format(path: Path | str, name: str | None = None) -> Format:
    """The format named, or else the one of the path's suffix; CSV for standard output.

    Raises:
        OutputError: There is no such format.

    >>> output_format("graded.JSONL").name
    'jsonl'
    """
    name = name or ("csv" if str(path) == STDOUT else Path(path).suffix.lower().removeprefix("."))
    if name not in FORMATS:
        raise OutputError(
            f"cannot tell the format of {path}"
            if not name
            else f"cannot write {path}: no output format is called {name}",
            hint=f"end the name in {' or '.join('.' + known for known in FORMATS)}",
        )
    return FORMATS[name]


def write(
    results: Iterable[Result], path: Path | str, *, asks: Path | str | None = None, format: str | None = None
) -> Summary:
    """Write results to a file, or with ``-`` to standard output, as they come; the same bytes on every run.

    Args:
        results: Assessments and failures, one a record. They are asked for only after the output has been opened, so
            that what cannot be written is found before the grading begins.
        path: A name in ``.csv`` or ``.jsonl``, or ``-``.
        asks: A second file, in CSV, with one row an ask.
        format: ``csv`` or ``jsonl``, whatever the name ends in.

    Raises:
        OutputError: The format is unknown, or a file cannot be written; neither file is then there.

    >>> from qa_assess.exchange import Exchange, Failure
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write([Failure("9", "read", "no answer")], Path(folder) / "graded.csv").failures
    1
    """
    chosen = output_format(path, format)
    tally = Tally()
    with ExitStack() as files:
        put = files.enter_context(_opened(path, chosen))
        stream = tally.watch(results)
        if asks is not None:
            stream = with_asks(stream, files.enter_context(_opened_asks(asks, beside=path)))
        for line in chosen.lines(stream):
            put(line)
    return tally.summary()


def _opened(path: Path | str, chosen: Format) -> AbstractContextManager[Put]:
    return standard_output() if str(path) == STDOUT else placed(Path(path), encoding=chosen.encoding)


def _opened_asks(asks: Path | str, *, beside: Path | str) -> AbstractContextManager[Put]:
    if output_format(asks).name != "csv" or str(asks) == STDOUT:
        raise OutputError(f"cannot write the asks to {asks}", hint="the asks are a CSV file: end its name in .csv")
    if Path(asks).resolve() == Path(beside).resolve():
        raise OutputError(
            f"the records and the asks cannot both go to {asks}", hint="give the asks a file of their own"
        )
    return placed(Path(asks), encoding=FORMATS["csv"].encoding)
