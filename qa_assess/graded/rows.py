"""The rows of a graded file by column name, and the objects of JSON Lines, each with its place for messages."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any, NamedTuple

from qa_assess.errors import FormatError
from qa_assess.readers import parquet, sheet
from qa_assess.readers.delimited import DELIMITERS
from qa_assess.readers.source import Line, Source
from qa_assess.readers.table_rows import Splitting, rows_of
from qa_assess.writers.cells import unguard
from qa_assess.writers.columns import outputs

AGAIN = "grade the records again, or take the file as qa-assess wrote it"


class Placed(NamedTuple):
    """A row, and where it stands: ``graded.csv:12``."""

    place: str
    row: Mapping[str, Any]


class Rows(NamedTuple):
    """What a file holds: whether it is JSON Lines, the names of its columns, and its rows."""

    in_lines: bool
    columns: Sequence[str]
    stream: Iterator[Placed]


def rows(source: Source) -> Rows:
    """Open a file as rows; its format is found from the first bytes. All rows have the columns of the first.

    Raises:
        FormatError: The file is broken; later, a row of it.
        InputError: It is a Parquet file, and pyarrow is not installed.
    """
    if parquet.signed(source.head):
        records = enumerate(parquet.typed_rows(source), start=1)
        return _peeked((Placed(source.at(number), row) for number, row in records), in_lines=False)
    if sheet.signed(source.head):
        return _named(sheet.first_sheet(source), source)
    if source.text_head.lstrip("\ufeff \t\r\n").startswith("{"):
        return _peeked(_objects(source), in_lines=True)
    return _named(_split(source), source)


def _peeked(stream: Iterator[Placed], *, in_lines: bool) -> Rows:
    first = next(stream, None)
    return Rows(in_lines, tuple(first.row), chain([first], stream)) if first else Rows(in_lines, (), stream)


def _named(stream: Iterator[tuple[int, tuple[str, ...]]], source: Source) -> Rows:
    """Rows of texts by the names in the first of them."""
    _, header = next(stream, (0, ()))
    return Rows(False, header, (Placed(source.at(at), _by_name(header, cells, source, at)) for at, cells in stream))


def _by_name(header: Sequence[str], cells: Sequence[str], source: Source, number: int) -> Mapping[str, str]:
    """Programs leave out empty cells at the end of a row."""
    if len(cells) > len(header):
        what = f"{source.at(number)} has {len(cells)} cells, and the header names {len(header)}"
        raise FormatError(what, hint=AGAIN)
    return dict(zip_longest(header, cells, fillvalue=""))


def _objects(source: Source) -> Iterator[Placed]:
    for line in source.lines():
        if line.text.strip():
            try:
                row = json.loads(line.text.lstrip("\ufeff"))
            except (ValueError, RecursionError) as error:
                raise FormatError(f"{source.at(line.number)} is no JSON: {error}", hint=AGAIN) from error
            if not isinstance(row, dict):
                raise FormatError(f"{source.at(line.number)} is no JSON object", hint=AGAIN)
            yield Placed(source.at(line.number), row)


def _split(source: Source) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of a CSV file, the guards before formulas taken off."""
    lines = source.lines()
    first = next(lines)
    for row in rows_of(chain([first], lines), Splitting(_delimiter(first))):
        if row.wrong:
            raise FormatError(f"{source.at(row.lines[0].number)}: {row.wrong}", hint=row.hint)
        if any(row.fields):
            yield row.lines[0].number, tuple(unguard(cell) for cell in row.fields)


def _delimiter(header: Line) -> str:
    """What parts the columns: a comma as we write it, or what a spreadsheet program made of it."""
    known = set(outputs()["records"].names)

    def found(delimiter: str) -> int:
        names = next(csv.reader([header.text.lstrip("\ufeff").strip()], delimiter=delimiter), [])
        return len(known.intersection(names))

    return max(DELIMITERS, key=found)
