"""Excel workbooks (.xlsx, .xlsm): the first sheet that has a question and an answer column, row by row.

A workbook is an archive of XML. openpyxl reads it as a stream, with defusedxml; before that the archive is measured,
for a small one may unpack to more than any machine has.
"""

import io
import itertools
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

from qa_assess.errors import ColumnError, FormatError, InputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.cell_values import cell_text
from qa_assess.readers.columns import Slot, complaint, missing, slots, whole
from qa_assess.readers.encoding import EXCEL, binary_kind
from qa_assess.readers.records import Position, exchange_of
from qa_assess.readers.source import LONGEST_LINE, Source, binary_error, searchable

MOST_ROWS = 1_048_576
MOST_BYTES = 1 << 30  # unpacked; XML takes some times as much memory while it is read
_HARMLESS_BYTES = 32 << 20
_HIGHEST_RATIO = 200  # of unpacked to packed; sheets of prose come to 10
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HEADER_WITHIN = 20  # rows with text: a title and notes may stand above the header
_CHUNK = 100
_SAVE_AGAIN = "open it in Excel or LibreOffice, and save it as .xlsx again, or the sheet as CSV (UTF-8)"
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
_TEXTS = (Slot("field", "question"), Slot("field", "answer"))
# How a workbook writes what XML cannot: _x000D_ is a carriage return, _x005F_ a mere underline.
_CONTROL = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|[Ff]{3}[EeFf])_")

_Row = tuple[int, tuple[str, ...]]


def signed(head: bytes) -> bool:
    r"""True for the first bytes of a workbook.

    >>> signed(b"PK\x03\x04...xl/workbook.xml"), signed(b"PK\x03\x04...word/document.xml")
    (True, False)
    """
    return binary_kind(head) == EXCEL


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet: its title, what messages call it, and its rows, numbered as in Excel."""

    title: str
    place: str
    rows: Iterator[_Row]


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the first sheet with a question and an answer column; a further one is told of and not read.

    Raises:
        FormatError: This is no workbook, a broken one, one with a password, or one that unpacks to too much.
        ColumnError: No sheet has the columns.
        InputError: All sheets are empty.
    """
    if not source.head.startswith(b"PK"):
        raise FormatError(f"{source.name} is no Excel workbook", hint="name another format, or none")
    with searchable(source) as file:
        _measure(file, source.name)
        with closing(_opened(file, source.name)) as book:
            yield from _of_sheets(_sheets(book, source.name), source.name)


def first_sheet(source: Source) -> Iterator[_Row]:
    """The rows with text of the first sheet, as texts, numbered as in Excel.

    Raises:
        FormatError: This is no workbook, a broken one, one with a password, or one that unpacks to too much.
    """
    with searchable(source) as file:
        _measure(file, source.name)
        with closing(_opened(file, source.name)) as book:
            for sheet in itertools.islice(_sheets(book, source.name), 1):
                yield from sheet.rows


def _of_sheets(sheets: Iterable[_Sheet], name: str) -> Iterator[Exchange | Failure]:
    first_rows: list[tuple[str, ...]] = []
    read = ""
    for sheet in sheets:
        if read:
            yield from _unread(sheet, read)
            continue
        header, first_row = _header(sheet)
        if header:
            read = sheet.title
            yield from _records(sheet, header)
        elif first_row:
            first_rows.append(first_row)
    if not read and not first_rows:
        raise InputError(f"{name} is a workbook without any text", hint="check that the right file was saved")
    if not read:
        message, hint = complaint(min(first_rows, key=lambda row: len(missing(row))))
        raise ColumnError(f"{name}: {message}", hint=hint)


def _unread(sheet: _Sheet, read: str) -> Iterator[Failure]:
    """What is told of a sheet behind the one that was read, where it may hold records."""
    position, title = Position(sheet.place, 0), f"sheet {sheet.title}"
    try:
        header, _ = _header(sheet)
    except FormatError as error:
        yield position.failure(error.message, error.hint, record_id=title)
        return
    if header:
        message = f"this sheet has questions and answers too, and was not read: only {read} was"
        yield position.failure(message, "save the sheet as a file of its own", record_id=title)


def _measure(file: BinaryIO, name: str) -> None:
    """Refuse an archive that is no workbook, or that unpacks to more than a workbook would."""
    size = file.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except Exception as error:
        raise _broken(error, name) from error
    finally:
        file.seek(0)
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise binary_error(name, "a ZIP archive")
    if any(entry.filename == "xl/workbook.bin" for entry in entries):
        raise FormatError(f"{name} is a binary workbook (.xlsb)", hint=_SAVE_AGAIN)
    if any(entry.flag_bits & 1 for entry in entries):
        raise FormatError(f"{name} has a password", hint="save it without one")
    # zipfile hands out no more of an entry than the archive declares, so what is declared is what there can be.
    total = sum(entry.file_size for entry in entries)
    odd = any(entry.compress_type not in _METHODS for entry in entries)
    if odd or sum(entry.compress_size for entry in entries) > size:
        raise FormatError(f"{name} is no archive that a spreadsheet program writes", hint=_SAVE_AGAIN)
    if total > MOST_BYTES or total > max(_HARMLESS_BYTES, _HIGHEST_RATIO * size):
        message = f"{name} unpacks from {size:,} bytes to {total:,}, which is too much for a workbook"
        raise FormatError(message, hint="if you trust it, open it in a spreadsheet program and save the sheet as CSV")


def _broken(error: Exception, name: str, where: str = "") -> Exception:
    if isinstance(error, OSError) and error.errno:
        return error  # the disk's and not the file's
    lines = str(error).strip().splitlines()
    reason = whole(lines[0])[:200] if lines else type(error).__name__
    return FormatError(f"{name} is a broken Excel workbook{where}: {reason}", hint=_SAVE_AGAIN)


def _opened(file: BinaryIO, name: str) -> Any:  # noqa: ANN401 - openpyxl has no types
    import openpyxl  # noqa: PLC0415 - slow to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that it does not read: charts, data validation
            return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # whatever openpyxl makes of a hostile file
        raise _broken(error, name) from error


def _sheets(book: Any, name: str) -> Iterator[_Sheet]:  # noqa: ANN401
    several = len(book.worksheets) > 1
    for sheet in book.worksheets:
        title = whole(sheet.title)
        place = f"{name}:{title}" if several else name
        yield _Sheet(title, place, _rows(sheet, place))


def _rows(sheet: Any, place: str) -> Iterator[_Row]:  # noqa: ANN401
    """The rows that hold anything.

    Raises:
        FormatError: The sheet breaks.
    """
    sheet.reset_dimensions()  # some programs declare A1 as the whole of a sheet
    rows = enumerate(sheet.iter_rows(max_row=MOST_ROWS, values_only=True), start=1)
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of dates before the calendar of workbooks begins
                chunk = list(itertools.islice(rows, _CHUNK))
        except Exception as error:
            raise _broken(error, place, f" behind row {number}" if number else "") from error
        if not chunk:
            return
        number = chunk[-1][0]
        yield from ((at, texts) for at, cells in chunk if any(texts := _texts(cells)))


def _texts(cells: Iterable[object]) -> tuple[str, ...]:
    """The cells of a row as texts, up to the last that holds any."""
    texts = [_CONTROL.sub(lambda found: chr(int(found[1], 16)), cell_text(cell)) for cell in cells]
    while texts and not texts[-1].strip():
        texts.pop()
    return tuple(texts)


def _header(sheet: _Sheet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The row that names a question and an answer column, and the first row of all; empty where there is none."""
    first_row: tuple[str, ...] = ()
    for _, texts in itertools.islice(sheet.rows, _HEADER_WITHIN):
        header = tuple(text.strip() for text in texts)
        first_row = first_row or header
        if not missing(header):
            return header, first_row
    return (), first_row


def _records(sheet: _Sheet, header: tuple[str, ...]) -> Iterator[Exchange | Failure]:
    at = 0
    for number in itertools.count(1):
        try:
            at, texts = next(sheet.rows, (0, ()))
        except FormatError as error:
            position = Position(f"{sheet.place}:{at + 1}", number)
            yield position.failure(f"{error.message}; no record behind it was read", error.hint)
            return
        if not texts:
            return
        yield _record(header, texts, Position(f"{sheet.place}:{at}", number))


def _record(header: tuple[str, ...], texts: tuple[str, ...], position: Position) -> Exchange | Failure:
    # A cell behind the last named column may be a note: it travels through as a column without a name.
    width = max(len(header), len(texts))
    places = slots(header + ("",) * (width - len(header)))
    cells = list(zip(places, texts + ("",) * (width - len(texts)), strict=True))
    record_id = dict(cells).get(Slot("field", "id"), "").strip()
    for slot, text in cells:
        if slot in _TEXTS and text in _ERRORS:
            message, hint = f"the {slot.name} is the error {text} of a formula", "mend it in the workbook"
            return position.failure(message, hint, record_id=record_id)
        if len(text) > LONGEST_LINE:
            message = f"a cell is longer than {LONGEST_LINE:,} characters"
            return position.failure(message, _SAVE_AGAIN, record_id=record_id)
    return exchange_of(cells, position)
