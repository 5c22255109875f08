"""graded.xlsx: the table of records as an Excel workbook.

Written here and not by openpyxl, which puts the time of day into the file: the same records make the same bytes. Texts
are texts and no formula is ever written, so no cell needs an apostrophe before it. A line break is a line feed. What a
sheet cannot hold is refused (rows, columns), or cut, marked and flagged (a text of more than 32,767 characters).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from qa_assess.errors import OutputError
from qa_assess.exchange import Result
from qa_assess.writers.cells import well_formed
from qa_assess.writers.drain import Drain
from qa_assess.writers.table import Row, Value, table_of, text_of

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 32_767
MOST_BYTES = 1_000_000_000  # of the sheet: a larger one no spreadsheet program opens, and our reader refuses
_CHUNK = 200
_HINT = "write .csv or .parquet instead, or fewer records or columns"
# What XML cannot hold is written as _x0001_, and so what looks like that already is marked too.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_LINE_END = re.compile("\r\n?")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_OFFICE}/spreadsheetml/2006/main"'
_RELATIONS = f'xmlns="{_OFFICE}/package/2006/relationships"'
_TO = f"{_OFFICE}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f"<Relationships {_RELATIONS}>"
    f'<Relationship Id="rId1" Type="{_TO}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_TO}"><bookViews><workbookView/></bookViews>'
    '<sheets><sheet name="graded" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f"<Relationships {_RELATIONS}>"
    f'<Relationship Id="rId1" Type="{_TO}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_TO}/styles" Target="styles.xml"/></Relationships>',
    # Style 1 is the bold one of the header.
    "xl/styles.xml": f'<styleSheet {_MAIN}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_SHEET = (
    f'<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


def xlsx_pieces(results: Iterable[Result], columns: Sequence[str] | None = None) -> Iterator[bytes]:
    """The bytes of the file.

    Raises:
        OutputError: There are more rows, columns or bytes than a sheet holds.
    """
    names, rows = table_of(results, columns)
    if len(names) > MOST_COLUMNS:
        raise OutputError(f"{len(names):,} columns are more than a sheet of Excel holds", hint=_HINT)
    drain = Drain()
    with zipfile.ZipFile(drain, "w") as archive:
        for part, text in _PARTS.items():
            archive.writestr(_entry(part), _XML + text)
        size = 0
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
            for number, row in enumerate(_sheet_rows(names, rows)):
                size += sheet.write(row.encode())
                if number > MOST_ROWS + 1 or size > MOST_BYTES:
                    raise OutputError("the records are more than a sheet of Excel holds", hint=_HINT)
                if number % _CHUNK == 0:
                    yield drain.take()
    yield drain.take()


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry of the archive, the same at any time and on any system."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0
    return entry


def _sheet_rows(names: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """The sheet in pieces: what stands before the rows, one piece a row, and what stands behind them."""
    letters = [_letters(number) for number in range(1, len(names) + 1)]
    yield _XML + _SHEET
    yield _row(
        1, (_text_cell(f"{letter}1", _fitting(name)[0], ' s="1"') for letter, name in zip(letters, names, strict=True))
    )
    for number, row in enumerate(rows, start=2):
        places = (f"{letter}{number}" for letter in letters)
        cells = _fitted(row, names)
        yield _row(number, (_cell(place, cells.get(name)) for place, name in zip(places, names, strict=True)))
    yield "</sheetData></worksheet>"


def _row(number: int, cells: Iterable[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _letters(number: int) -> str:
    """What Excel calls a column: A, Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _fitted(row: Row, names: Iterable[str]) -> Row:
    """The row as numbers and texts that fit into cells; `flags` tells of each that had to be cut."""
    fitted: Row = {}
    flags = row.get("flags")
    cut_flags = list(flags) if isinstance(flags, list) else []
    for name in names:
        value = row.get(name)
        if isinstance(value, (str, list)) and name != "flags":
            value, cut = _fitting(text_of(name, value))
            cut_flags += [f"cut-{name}"] if cut else []
        fitted[name] = value
    fitted["flags"] = _fitting(text_of("flags", cut_flags))[0]
    return fitted


def _fitting(text: str) -> tuple[str, bool]:
    """The text as a cell holds it, and whether it had to be cut. Excel counts a character beyond U+FFFF twice."""
    text = _LINE_END.sub("\n", well_formed(text))
    if len(text) <= MOST_CHARACTERS // 2 or len(text.encode("utf-16-le")) <= 2 * MOST_CHARACTERS:
        return text, False
    mark = f" [cut: a cell of Excel holds {MOST_CHARACTERS:,} characters, and this text has {len(text):,}]"
    return text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(mark))].decode("utf-16-le", "ignore") + mark, True


def _cell(place: str, value: Value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return _text_cell(place, value)
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _text_cell(place: str, text: str, style: str = "") -> str:
    text = escape(_UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
