"""Tables of text: CSV and TSV, as spreadsheets and scripts write them.

The delimiter is found from the header, the columns from their names.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from qa_assess.errors import ColumnError, InputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.columns import Slot, complaint, missing, plain, slots
from qa_assess.readers.json_documents import begins_as_json
from qa_assess.readers.records import Position, exchange_of
from qa_assess.readers.source import Source, first_lines
from qa_assess.readers.table_rows import Row, Splitting, rows_of

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class _Table:
    """What the header says: how to split a row, and where its columns go."""

    header: tuple[str, ...]
    splitting: Splitting

    @property
    def slots(self) -> tuple[Slot, ...]:
        return slots(self.header)


def sniff_csv(head: str) -> float:
    """How surely this is a table split by commas, semicolons or bars."""
    return _sniff(head, (",", ";", "|"))


def sniff_tsv(head: str) -> float:
    """How surely this is a table split by tabs."""
    return _sniff(head, ("\t",))


def read_csv(source: Source) -> Iterator[Exchange | Failure]:
    """Read a table whatever its delimiter.

    Raises:
        ColumnError: The header names no question or no answer.
    """
    return _read(source, DELIMITERS)


def read_tsv(source: Source) -> Iterator[Exchange | Failure]:
    """Read a table split by tabs.

    Raises:
        ColumnError: The header names no question or no answer.
    """
    return _read(source, ("\t",))


def _sniff(head: str, delimiters: Sequence[str]) -> float:
    # JSON without line breaks would be one line with thousands of columns, which takes seconds to look at.
    if begins_as_json(head):
        return 0.0
    best = _likeliest(head, DELIMITERS)
    delimiter = best.splitting.delimiter
    if delimiter not in delimiters:
        return 0.0
    if not missing(best.header):
        return 1.0
    rows = first_lines(head)[:3]
    widths = {len(_split(line, best.splitting)) for line in rows}
    return 0.3 if len(rows) > 1 and widths == {len(best.header)} and len(best.header) > 1 else 0.0


def _likeliest(head: str, delimiters: Sequence[str]) -> _Table:
    """The reading of the header that finds most: question and answer, then known columns, then columns at all."""
    head = head.lstrip("\ufeff\r\n")
    first, _, rest = head.partition("\n")
    if told := _told_delimiter(first):
        head, delimiters = rest, (told,)
    found = []
    for delimiter in delimiters:
        names = _split(head, Splitting(delimiter))
        padded = len(names) > 1 and all(name.startswith(" ") for name in names[1:])
        splitting = Splitting(delimiter, padded=padded)
        found.append(_Table(_names(_split(head, splitting)), splitting))
    return max(found, key=_richness)


def _richness(table: _Table) -> tuple[int, int, int]:
    known = sum(slot.place != "extra" for slot in table.slots)
    return -len(missing(table.header)), known, sum(bool(plain(name)) for name in table.header)


def _told_delimiter(line: str) -> str:
    """What a spreadsheet's own first line says: ``sep=;``."""
    told = line.strip('\ufeff\r\n "')
    return told[4] if len(told) == 5 and told.startswith("sep=") and told[4] in DELIMITERS else ""


def _split(text: str, splitting: Splitting) -> list[str]:
    """The first row of a text, or nothing where it cannot be split."""
    lines = io.StringIO(text, newline="")
    try:
        return next(csv.reader(lines, delimiter=splitting.delimiter, skipinitialspace=splitting.padded), [])
    except csv.Error:
        return []


def _names(fields: Sequence[str]) -> tuple[str, ...]:
    names = [name.replace("\ufeff", "").strip() for name in fields]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _read(source: Source, delimiters: Sequence[str]) -> Iterator[Exchange | Failure]:
    header, rows = table_of(source, delimiters)
    if missing(header):
        message, hint = complaint(header)
        raise ColumnError(f"{source.name}: {message}", hint=hint)
    for row in rows:
        yield (
            row if isinstance(row, Failure) else exchange_of(zip(slots(header), row.fields, strict=False), row.position)
        )


class Cells(NamedTuple):
    """One whole row: at least as many fields as the header has names."""

    position: Position
    fields: Sequence[str]


def table_of(
    source: Source, delimiters: Sequence[str] = DELIMITERS
) -> tuple[tuple[str, ...], Iterator[Cells | Failure]]:
    """The names of a table's columns, and its rows one by one; a broken row is a `Failure` in its place.

    Raises:
        InputError: There is not one row.
        ColumnError: The header cannot be read.
    """
    table = _likeliest(source.text_head, delimiters)
    rows = (row for row in rows_of(source.lines(), table.splitting) if row.wrong or any(map(str.strip, row.fields)))
    first = next(rows, None)
    if first and _told_delimiter(first.lines[0].text):
        first = next(rows, None)
    if first is None:
        raise InputError(f"{source.name} is a table without any text", hint="check that the right sheet was exported")
    if first.wrong:
        place = source.at(first.lines[0].number)
        raise ColumnError(f"{place}: the header cannot be read: {first.wrong}", hint=first.hint)
    table = replace(table, header=_names(first.fields))
    return table.header, _whole_rows(rows, table, source)


def header_of(head: str) -> tuple[str, ...]:
    """The names of the columns, if these are the first characters of a table.

    >>> header_of("date;speaker;text")
    ('date', 'speaker', 'text')
    """
    return _likeliest(head, DELIMITERS).header


def _whole_rows(rows: Iterator[Row], table: _Table, source: Source) -> Iterator[Cells | Failure]:
    width = len(table.header)
    for number, row in enumerate(_gathered(rows, width), start=1):
        first, last = row.lines[0].number, row.lines[-1].number
        position = Position(source.at(first), number, any(line.guessed for line in row.lines))
        if row.wrong:
            unread = f"; lines {first} to {last} were not read" if last > first else ""
            yield position.failure(row.wrong + unread, row.hint)
        elif not _fits(row, width):
            yield _ragged(row, table, position)
        else:
            yield Cells(position, row.fields)


def _fits(row: Row, width: int) -> bool:
    """Empty fields behind the last named column do no harm; one field too few may have shifted all others."""
    return len(row.fields) >= width and not any(field.strip() for field in row.fields[width:])


def _gathered(rows: Iterator[Row], width: int) -> Iterator[Row]:
    """Put the ruins behind an unclosed quotation mark together with its row, up to the next row that is whole."""
    ruin: Row | None = None
    for row in rows:
        if ruin and (row.swallows or not _fits(row, width)):
            ruin = replace(ruin, lines=(ruin.lines[0], row.lines[-1]))
            continue
        if ruin:
            yield ruin
        ruin = row if row.swallows else None
        if not ruin:
            yield row
    if ruin:
        yield ruin


def _ragged(row: Row, table: _Table, position: Position) -> Failure:
    width, mark = len(table.header), DELIMITER_NAMES[table.splitting.delimiter]
    if len(row.fields) > width:
        hint = f'put quotation marks around a text that holds a {mark}: "…"'
    else:
        hint = f"give every row all columns, empty ones too; a {mark} or a line break may have gone astray"
    first, last = row.lines[0].number, row.lines[-1].number
    where = f", on lines {first} to {last}" if last > first else ""
    record_id = row.fields[0].strip() if table.slots[0] == Slot("field", "id") else ""
    return position.failure(f"{len(row.fields)} fields where the header has {width}{where}", hint, record_id=record_id)
