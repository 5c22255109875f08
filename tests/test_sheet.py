"""Excel workbooks: read as what their cells hold, measured before they are unpacked, and written as the CSV is."""

import csv
import datetime
import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import make_exchange
from test_writers import FAILURE, make_assessment

from qa_assess.errors import ColumnError, FormatError, InputError, OutputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sheet, sniff
from qa_assess.writers import records_xlsx, write
from qa_assess.writers.table import text_of

HEADER = ["id", "question", "answer"]
PAIR = ["1", "Will he act?", "Yes."]


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        page = book.create_sheet(f"Page {number}")
        for row in rows:
            page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def records(data: bytes, **options) -> list[Exchange | Failure]:
    return list(read(io.BytesIO(data), **options))


def changed(data: bytes, **parts: str) -> bytes:
    """A workbook with other text in some of its parts: `sheet1` and so on, by the name of the part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(Path(name).stem, old.read(name)))
    return stream.getvalue()


def sheet_of(rows: str) -> str:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{rows}</worksheet>'


def inline(*texts: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


HEADER_XML = f"<row>{inline(*HEADER)}</row>"


# Reading


def test_a_workbook_is_known_by_its_first_bytes_and_read_by_its_column_names(tmp_path):
    data = workbook(
        [
            ["UIN", "Question Text", "Answer", "Date", "grade", "votes"],
            [71, "Will he act?", "Yes.", datetime.date(2022, 7, 5), "Full Answer", 3.0],
            [72, "Why not?", "Because.\nIt is so.", None, None, 0.25],
        ]
    )
    (tmp_path / "debate.csv").write_bytes(data)
    first, second = read(tmp_path / "debate.csv")
    assert sniff(data[:65_536]) == "xlsx"
    assert (first.id, first.question, first.answer, first.date) == ("71", "Will he act?", "Yes.", "2022-07-05")
    assert (first.coded, first.extra, first.source) == ({"grade": "Full Answer"}, {"votes": "3"}, "debate.csv:2")
    assert (second.id, second.answer, second.date, second.extra) == ("72", "Because.\nIt is so.", "", {"votes": "0.25"})
    assert second.source == "debate.csv:3"


def test_each_type_is_its_value():
    values = {
        "whole": 12,
        "true": True,
        "at": datetime.datetime(2022, 7, 5, 14, 30),
        "time": datetime.time(14, 30),
        "zeros": "007",
        "text": "=1+1",
        "control": "a_x000D_b_x0007_c_x005F_d",
    }
    rows = [HEADER + list(values), [*PAIR, *values.values()]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.cell(2, 4 + list(values).index("text")).data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    (exchange,) = records(stream.getvalue())
    assert exchange.extra == {
        "whole": "12",
        "true": "true",
        "at": "2022-07-05T14:30:00",
        "time": "14:30:00",
        "zeros": "007",
        "text": "=1+1",
        "control": "a\rb\ac_d",
    }


def test_a_formula_is_its_value_and_its_error_a_failure():
    cells = inline("1", "Why?") + '<c t="str"><f>A1&amp;"x"</f><v>Because.</v></c>'
    wrong = inline("2", "Why?") + '<c t="e"><f>B9/0</f><v>#DIV/0!</v></c>'
    data = changed(
        workbook([HEADER]), sheet1=sheet_of(f"<sheetData>{HEADER_XML}<row>{cells}</row><row>{wrong}</row></sheetData>")
    )
    exchange, failure = records(data)
    assert exchange.answer == "Because."
    assert (failure.id, failure.message) == ("2", "stream:3: the answer is the error #DIV/0! of a formula")


def test_a_title_above_the_header_and_empty_rows_are_passed_over():
    rows = [["Answers of the session"], [], HEADER, [], PAIR, [None, None, None], ["2", "Why?", "No."]]
    first, second = records(workbook(rows))
    assert (first.source, second.source, second.id) == ("stream:5", "stream:7", "2")


def test_the_first_sheet_with_both_columns_is_read_and_a_further_one_told_of():
    notes = [["Notes"], ["Nothing here"]]
    found = records(workbook(notes, [HEADER, PAIR], [["question", "answer"], ["Why?", "No."]], notes))
    exchange, failure = found
    assert exchange.source == "stream:Page 2:2"
    assert (failure.id, failure.source) == ("sheet Page 3", "stream:Page 3")
    assert "was not read: only Page 2 was" in failure.message


def test_a_broken_sheet_behind_the_one_that_was_read_is_a_failure():
    data = workbook([HEADER, PAIR], [["Notes"]])
    broken = sheet_of('<dimension ref="A1"/><sheetData><row><c t="s"><v>99</v></c></row></sheetData>')
    exchange, failure = records(changed(data, sheet2=broken))
    assert (exchange.id, failure.id) == ("1", "sheet Page 2")
    assert "broken Excel workbook" in failure.message


def test_cells_without_a_column_name_travel_through():
    (exchange,) = records(workbook([["id", "question", "", "answer"], ["1", "Why?", "between", "No.", "", "behind"]]))
    assert exchange.extra == {"column_3": "between", "column_5": "", "column_6": "behind"}


def test_a_short_row_has_empty_cells():
    (exchange,) = records(workbook([[*HEADER, "party"], ["1", "Why?"]]))
    assert (exchange.answer, exchange.extra) == ("", {"party": ""})


def test_columns_that_are_missing():
    with pytest.raises(ColumnError, match='no answer among the columns: id, question, anwser; the nearest to "answer"'):
        records(workbook([["Notes"]], [["id", "question", "anwser"], PAIR]))
    with pytest.raises(InputError, match="without any text"):
        records(workbook([[]], []))


def test_a_header_alone_holds_no_records():
    assert records(workbook([HEADER])) == []


def test_a_sheet_that_says_it_is_one_cell_is_read_whole():
    rows = f'<dimension ref="A1"/><sheetData>{HEADER_XML}<row>{inline(*PAIR)}</row></sheetData>'
    (exchange,) = records(changed(workbook([HEADER]), sheet1=sheet_of(rows)))
    assert exchange.answer == "Yes."


def test_a_pipe_is_spooled():
    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self._data = io.BytesIO(data)

        def read(self, size=-1):
            return self._data.read(min(size, 100))

    (exchange,) = read(Pipe(workbook([HEADER, PAIR])))
    assert exchange.id == "1"


# Hostile and broken workbooks


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(sheet, "_HARMLESS_BYTES", 1 << 20)
    data = changed(workbook([HEADER, PAIR]), styles=" " * 20_000_000)
    assert len(data) < 50_000
    tracemalloc.start()
    with pytest.raises(FormatError, match="which is too much for a workbook") as caught:
        records(data)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    assert "save the sheet as CSV" in caught.value.hint


def test_a_workbook_beyond_the_limit_is_refused_whatever_its_ratio(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_BYTES", 1000)
    with pytest.raises(FormatError, match="too much for a workbook"):
        records(workbook([HEADER, PAIR]))


def test_an_archive_that_lies_about_its_sizes_is_broken():
    """The real size is found out without being unpacked: no more is read than was declared."""
    honest = changed(workbook([HEADER, PAIR]), sheet1=sheet_of(" " * 20_000_000))
    size = struct.pack("<I", len(sheet_of(" " * 20_000_000)))
    assert honest.count(size) == 2
    tracemalloc.start()
    with pytest.raises(FormatError, match="broken Excel workbook"):
        records(honest.replace(size, struct.pack("<I", 2000)))
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_entities_are_refused():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + sheet_of("<sheetData>&b;</sheetData>")
    with pytest.raises(FormatError, match="broken Excel workbook"):
        records(changed(workbook([HEADER, PAIR]), sheet1=laughs))


@pytest.mark.parametrize(
    ("data", "said", "hint"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "old \\(.xls, .doc\\) or has a password",
            "as .xlsx without",
        ),
        (b"PK\x03\x04" + b"xl/workbook.xml" * 9, "broken Excel workbook", "save it as .xlsx again"),
        (b"PK\x03\x04word/document.xml", "a Word document", "save or export it"),
        (b"PK\x03\x04ppt/slides.xml", "a PowerPoint presentation", "save or export it"),
    ],
)
def test_what_is_no_workbook_says_so(data, said, hint):
    with pytest.raises(FormatError, match=said) as caught:
        records(data)
    assert hint in caught.value.hint


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return stream.getvalue()


def test_other_archives_are_refused():
    with pytest.raises(FormatError, match="binary workbook"):
        records(archive("xl/workbook.bin"))
    with pytest.raises(FormatError, match="a ZIP archive") as caught:
        records(archive("[Content_Types].xml", "notes.txt"))
    assert caught.value.hint == "unpack it first"
    locked = archive("xl/workbook.xml").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
    )
    with pytest.raises(FormatError, match="has a password"):
        records(locked)
    with pytest.raises(FormatError, match="broken Excel workbook"):
        records(archive("xl/workbook.xml"))


def test_another_format_named_xlsx_is_refused():
    with pytest.raises(FormatError, match="is no Excel workbook"):
        records(b"id,question,answer\n1,Why?,No.\n", format="xlsx")
    with pytest.raises(FormatError, match="looks like an Excel workbook") as caught:
        records(workbook([HEADER, PAIR]), format="csv")
    assert "name the format xlsx" in caught.value.hint


@pytest.mark.parametrize("kept", [30, 1000, -30])
def test_a_truncated_workbook_is_broken(kept):
    with pytest.raises(FormatError):
        records(workbook([HEADER, PAIR])[:kept])


def test_a_sheet_that_breaks_keeps_what_stands_before():
    rows = "".join(f"<row>{inline(str(n), 'Why?', 'No.')}</row>" for n in range(250))
    data = changed(workbook([HEADER]), sheet1=sheet_of(f'<dimension ref="A1:C9"/><sheetData>{HEADER_XML}{rows}</row>'))
    found = records(data)
    assert [one.id for one in found[:199]] == [str(n) for n in range(199)]
    assert isinstance(found[-1], Failure) and "no record behind it was read" in found[-1].message


def test_odd_rows_and_cells_neither_hang_nor_fill_the_memory(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_ROWS", 1000)
    far = f'<row r="9999999999">{inline(*PAIR)}</row>'
    data = changed(
        workbook([HEADER]), sheet1=sheet_of(f"<sheetData>{HEADER_XML}<row>{inline(*PAIR)}</row>{far}</sheetData>")
    )
    assert [one.id for one in records(data)] == ["1"]
    wrong = '<row><c r="A3" t="s"><v>99</v></c></row>'
    data = changed(workbook([HEADER]), sheet1=sheet_of(f"<sheetData>{HEADER_XML}{wrong}</sheetData>"))
    with pytest.raises(FormatError, match="broken Excel workbook"):
        records(data)


# Writing


def written(results: list, tmp_path: Path, **options: object) -> list[dict[str, object]]:
    write(results, tmp_path / "graded.xlsx", **options)
    header, *rows = openpyxl.load_workbook(tmp_path / "graded.xlsx").active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_workbook_holds_what_the_csv_holds(tmp_path):
    travelling = make_assessment(exchange=make_exchange(id="r2", extra={"party": "Ind", "grade": "A"}))
    results = [make_assessment(), FAILURE, travelling]
    rows = written(results, tmp_path)
    write(results, tmp_path / "graded.csv")
    with (tmp_path / "graded.csv").open(encoding="utf-8-sig", newline="") as file:
        plain = list(csv.DictReader(file))
    assert [list(row) for row in rows] == [list(row) for row in plain]
    assert [{name: text_of(name, value) for name, value in row.items()} for row in rows] == plain
    assert (rows[0]["probability_full"], rows[0]["asks"], rows[1]["asks"]) == (0.1233, 2, None)


def test_texts_are_never_formulas_nor_numbers(tmp_path):
    odd = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-5", "007", "'=1", "<b>&amp;", "  x "]
    results = [make_assessment(exchange=make_exchange(text, text, id=text, extra={"=x": text})) for text in odd]
    write(results, tmp_path / "graded.xlsx")
    page = openpyxl.load_workbook(tmp_path / "graded.xlsx").active
    names = [cell.value for cell in page[1]]
    for text, row in zip(odd, page.iter_rows(min_row=2), strict=True):
        cells = {
            name: cell for name, cell in zip(names, row, strict=True) if name in ("id", "question", "answer", "=x")
        }
        assert {(cell.value, cell.data_type) for cell in cells.values()} == {(text, "s")}
    with zipfile.ZipFile(tmp_path / "graded.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_what_xml_cannot_hold_reads_back(tmp_path):
    text = "a\x00b\x07c\ufffe_x000D_ Ü\U0001f68c\ud800\tz"
    write([make_assessment(exchange=make_exchange(text, "one\r\ntwo\rthree\nfour"))], tmp_path / "graded.xlsx")
    (again,) = read(tmp_path / "graded.xlsx")
    assert again.question == "ab\x07c\ufffe_x000D_ Ü\U0001f68c\\ud800\tz"  # the reader takes NUL out
    assert again.answer == "one\ntwo\nthree\nfour"


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path):
    fits, long, wide = "x" * 32_767, "y" * 32_768, "\U0001f68c" * 16_384
    results = [make_assessment(exchange=make_exchange("Why?", answer)) for answer in (fits, long, wide)]
    first, second, third = written(results, tmp_path)
    assert (first["answer"], first["flags"]) == (fits, "low-confidence")
    for row, characters in ((second, "32,768"), (third, "16,384")):
        assert row["flags"] == "low-confidence; cut-answer"
        assert row["answer"].endswith(f"[cut: a cell of Excel holds 32,767 characters, and this text has {characters}]")
        assert len(row["answer"].encode("utf-16-le")) in (2 * 32_767, 2 * 32_766)
    assert written(results[1:2], tmp_path, columns=["answer"])[0]["answer"] == second["answer"]


def test_more_rows_or_columns_than_a_sheet_holds_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(records_xlsx, "MOST_ROWS", 3)
    assert len(written([make_assessment()] * 2, tmp_path)) == 2
    (tmp_path / "graded.xlsx").unlink()
    with pytest.raises(OutputError, match="more than a sheet of Excel holds") as caught:
        written([make_assessment()] * 3, tmp_path)
    assert ".csv or .parquet" in caught.value.hint
    wide = make_assessment(exchange=make_exchange(extra={f"c{n}": "" for n in range(16_384)}))
    with pytest.raises(OutputError, match=r"16,\d+ columns are more than"):
        written([wide], tmp_path)
    monkeypatch.setattr(records_xlsx, "MOST_BYTES", 1000)
    with pytest.raises(OutputError, match="more than a sheet of Excel holds"):
        written([make_assessment()], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_runs_write_the_same_bytes_and_no_time(tmp_path, monkeypatch):
    results = [make_assessment(), FAILURE]
    for name, now in (("one.xlsx", 0.0), ("two.xlsx", 2e9)):
        monkeypatch.setattr("time.time", lambda now=now: now)
        write(iter(results), tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_memory_does_not_grow_with_the_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("qa_assess.writers.table.WINDOW", 10)

    def results(many: int):
        return (make_assessment(exchange=make_exchange("Why?", f"{n} " * 2000, id=str(n))) for n in range(many))

    peaks = []
    for many in (250, 750):
        tracemalloc.start()
        write(results(many), tmp_path / "graded.xlsx")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_no_records_make_a_header(tmp_path):
    assert written([], tmp_path) == []
    assert records((tmp_path / "graded.xlsx").read_bytes()) == []


def test_what_was_written_can_be_read_again(tmp_path):
    write([make_assessment()], tmp_path / "graded.xlsx")
    (again,) = read(tmp_path / "graded.xlsx")
    exchange = make_assessment().exchange
    assert (again.id, again.question, again.answer) == ("r1", exchange.question, exchange.answer)
    assert again.coded["grade"] == "Full Answer"


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")]
)
def test_columns_have_the_letters_of_excel(number, letters):
    assert records_xlsx._letters(number) == letters == openpyxl.utils.get_column_letter(number)
