"""Results into files: CSV, JSON Lines, XLSX and Parquet by suffix, each whole at the end or not there at all.

What the columns mean is in `columns.toml` (COLUMNS.md); the CSV is RFC 4180 in UTF-8 with a byte order mark, which
Excel needs to read it as UTF-8 and pandas and R's readr skip (Python's `csv` does with `encoding="utf-8-sig"`).
Standard output carries no mark: what reads a pipe wants none. A cell that a spreadsheet would run as a formula gets an
apostrophe before it; `unguard` takes it off again.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from qa_assess.errors import OutputError
from qa_assess.exchange import Assessment, Exchange, Failure, Result
from qa_assess.writers.asks_csv import with_asks
from qa_assess.writers.cells import guard, unguard
from qa_assess.writers.columns import column_names, outputs, picked
from qa_assess.writers.json_lines import json_lines, to_json
from qa_assess.writers.place import STDOUT, Put, placed, standard_output
from qa_assess.writers.records_csv import csv_lines
from qa_assess.writers.records_parquet import parquet_pieces
from qa_assess.writers.records_xlsx import xlsx_pieces
from qa_assess.writers.summary import Summary, Tally
from qa_assess.writers.table import WINDOW, header_of

__all__ = [
    "FORMATS",
    "STDOUT",
    "WINDOW",
    "Summary",
    "check_columns",
    "column_names",
    "guard",
    "output_format",
    "to_json",
    "unguard",
    "write",
]

Pieces = Callable[[Iterable[Result], Sequence[str] | None], Iterator[str] | Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that results can be written in.

    Attributes:
        pieces: From results, and the columns to write (None for all), to the file piece by piece.
        encoding: Of a file of text; empty for a format that is no text.
    """

    name: str
    description: str
    pieces: Pieces
    encoding: str = ""


FORMATS = {
    "csv": Format("csv", "comma-separated, for spreadsheets, pandas and R", csv_lines, "utf-8-sig"),
    "jsonl": Format("jsonl", "JSON Lines: one object a record, with every span and probability", json_lines, "utf-8"),
    "xlsx": Format("xlsx", "Excel workbook: the table of the CSV, numbers as numbers", xlsx_pieces),
    "parquet": Format("parquet", "Parquet: the table of the CSV with typed columns (needs pyarrow)", parquet_pieces),
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


def check_columns(columns: Sequence[str], chosen: Format, records: Iterable[Exchange | Failure] | None) -> None:
    """Find a column that cannot be written before anything is graded.

    Args:
        columns: The names that were asked for.
        chosen: The format of the output.
        records: The first `WINDOW` records of the input, which fix the header; None where they cannot be read before.

    Raises:
        OutputError: A column is not among those of the output nor of these records.
    """
    if chosen.name == "jsonl":
        picked(columns, outputs()["lines"].names)
    elif records is not None:
        header = header_of(one if isinstance(one, Failure) else Assessment(one) for one in records)
        picked(columns, header.known)


def write(
    results: Iterable[Result],
    path: Path | str,
    *,
    asks: Path | str | None = None,
    format: str | None = None,
    columns: Sequence[str] | None = None,
) -> Summary:
    """Write results to a file, or with ``-`` to standard output, as they come; the same bytes on every run.

    Args:
        results: Assessments and failures, one a record. They are asked for only after the output has been opened, so
            that what cannot be written is found before the grading begins.
        path: A name in ``.csv``, ``.jsonl``, ``.xlsx`` or ``.parquet``, or ``-``.
        asks: A second file, in CSV, with one row an ask.
        format: ``csv``, ``jsonl``, ``xlsx`` or ``parquet``, whatever the name ends in.
        columns: Those to write, in this order: of the output (`columns.toml`) or of the input. All if not given.

    Raises:
        OutputError: The format or a column is unknown, or a file cannot be written; neither file is then there.

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
        for piece in chosen.pieces(stream, columns):
            put(piece)
    return tally.summary()


def _opened(path: Path | str, chosen: Format) -> AbstractContextManager[Put]:
    if str(path) != STDOUT:
        return placed(Path(path), encoding=chosen.encoding or "utf-8")
    if not chosen.encoding and (sys.stdout.isatty() or not hasattr(sys.stdout, "buffer")):
        raise OutputError(f"{chosen.name} is no text, and a terminal shows nothing else", hint="write it to a file")
    return standard_output()


def _opened_asks(asks: Path | str, *, beside: Path | str) -> AbstractContextManager[Put]:
    if output_format(asks).name != "csv" or str(asks) == STDOUT:
        raise OutputError(f"cannot write the asks to {asks}", hint="the asks are a CSV file: end its name in .csv")
    if Path(asks).resolve() == Path(beside).resolve():
        raise OutputError(
            f"the records and the asks cannot both go to {asks}", hint="give the asks a file of their own"
        )
    return placed(Path(asks), encoding=FORMATS["csv"].encoding)
