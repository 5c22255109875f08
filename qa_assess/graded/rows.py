"""The rows of a graded file by column name, and the objects of JSON Lines, each with its place for messages."""

import csv
import json
from collections.abc import Iterator, Mapping
from itertools import chain
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


def rows(source: Source) -> tuple[bool, Iterator[Placed]]:
    """Whether these are JSON Lines, and the rows; the format is found from the first bytes.

    Raises:
        FormatError: While the rows are read: they are of none of the formats, or broken.
        InputError: It is a Parquet file, and pyarrow is not installed.
    """
    if parquet.signed(source.head):
        records = enumerate(parquet.typed_rows(source), start=1)
        return False, (Placed(source.at(number), row) for number, row in records)
    if sheet.signed(source.head):
        return False, _named(sheet.first_sheet(source), source)
    if source.text_head.lstrip("\ufeff \t\r\n").startswith("{"):
        return True, _objects(source)
    return False, _named(_split(source), source)


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


def _named(stream: Iterator[tuple[int, tuple[str, ...]]], source: Source) -> Iterator[Placed]:
    """Rows of texts by the names in the first of them. Programs leave out empty cells at the end of a row."""
    _, header = next(stream, (0, ()))
    for number, cells in stream:
        if len(cells) > len(header):
            what = f"{source.at(number)} has {len(cells)} cells, and the header names {len(header)}"
            raise FormatError(what, hint=AGAIN)
        yield Placed(source.at(number), dict(zip(header, cells + ("",) * (len(header) - len(cells)), strict=True)))


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
