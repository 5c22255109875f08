"""Parquet: read row by row whatever its types, refused with a reason when it is broken, and written as the CSV is."""

import csv
import datetime
import decimal
import io
import os
import sys
import threading
from pathlib import Path

import pytest
from conftest import make_exchange
from test_writers import FAILURE, make_assessment

from qa_assess.errors import ColumnError, FormatError, InputError, OutputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import parquet as reader
from qa_assess.readers import read, sniff, source
from qa_assess.writers import records_parquet, write
from qa_assess.writers.table import column_of, text_of

pa = pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")

PAIR = {"question": ["Will he act?"], "answer": ["Yes."]}


def parquet(columns: dict, **options) -> bytes:
    stream = io.BytesIO()
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(table, stream, **options)
    return stream.getvalue()


def records(columns: dict | bytes, **options) -> list[Exchange | Failure]:
    data = columns if isinstance(columns, bytes) else parquet(columns)
    return list(read(io.BytesIO(data), **options))


# Reading


def test_a_table_is_known_by_its_first_bytes_and_read_by_its_column_names(tmp_path):
    data = parquet(
        {
            "UIN": [71, 72],
            "Question Text": ["Will he act?", "Why not?"],
            "Answer": ["Yes.", "Because."],
            "Date": [datetime.date(2022, 7, 5), None],
            "grade": ["Full Answer", None],
            "party": ["Ind", ""],
        }
    )
    (tmp_path / "debate.csv").write_bytes(data)
    first, second = read(tmp_path / "debate.csv")
    assert sniff(data[:100]) == "parquet"
    assert (first.id, first.question, first.answer, first.date) == ("71", "Will he act?", "Yes.", "2022-07-05")
    assert (first.coded, first.extra, first.source) == ({"grade": "Full Answer"}, {"party": "Ind"}, "debate.csv:1")
    assert (second.id, second.date, second.coded, second.source) == ("72", "", {}, "debate.csv:2")


def test_each_type_is_text():
    moment = datetime.datetime(2022, 7, 5, 14, 30)
    types = {
        "whole": pa.array([12.0]),
        "share": pa.array([0.25]),
        "nothing": pa.array([float("nan")]),
        "null": pa.nulls(1),
        "true": pa.array([True]),
        "money": pa.array([decimal.Decimal("3.50")]),
        "at": pa.array([moment]),
        "midnight": pa.array([datetime.datetime(2022, 7, 5)]),
        "fine": pa.array([1_657_031_400_000_000_001], pa.timestamp("ns")),
        "far": pa.array([569_000_000_000], pa.timestamp("s")),
        "list": pa.array([["a", "b"]]),
        "object": pa.array([{"votes": 3, "on": datetime.date(2022, 7, 5)}]),
        "bytes": pa.array([b"caf\xc3\xa9"]),
        "large": pa.array(["L"], pa.large_string()),
        "category": pa.array(["C"]).dictionary_encode(),
    }
    (exchange,) = records(PAIR | types)
    found = dict(exchange.extra)
    assert found.pop("far").startswith("20000-")  # a year that Python has no dates for
    assert found == {
        "whole": "12",
        "share": "0.25",
        "nothing": "",
        "null": "",
        "true": "true",
        "money": "3.50",
        "at": "2022-07-05T14:30:00",
        "midnight": "2022-07-05",
        "fine": "2022-07-05 14:30:00.000000001",
        "list": '["a","b"]',
        "object": '{"votes":3,"on":"2022-07-05"}',
        "bytes": "café",
        "large": "L",
        "category": "C",
    }


def test_a_list_of_labels_is_joined():
    (exchange,) = records(PAIR | {"tags": [["Praise", "Under Review"]]})
    assert exchange.coded == {"tags": "Praise; Under Review"}


def test_bytes_that_are_no_utf8_are_read_and_flagged():
    broken = pa.array(["He said “soon”.".encode("cp1252")], pa.binary())
    as_text = pa.StringArray.from_buffers(1, *broken.buffers()[1:])
    for answer in (broken, as_text):
        (exchange,) = records({"question": ["Why?"], "answer": answer})
        assert (exchange.answer, exchange.flags) == ("He said “soon”.", ("encoding-guessed",))


def test_many_row_groups_keep_their_order_and_numbers():
    many = 3 * reader.ROWS + 1
    data = parquet({"question": [f"Why {n}?" for n in range(many)], "answer": ["No."] * many}, row_group_size=100)
    found = records(data)
    assert [one.question for one in found] == [f"Why {n}?" for n in range(many)]
    assert (found[-1].id, found[-1].source) == (f"row-{many}", f"stream:{many}")


def test_a_text_that_stands_in_all_rows_is_in_memory_once():
    """150 texts of a megabyte fit into some kilobytes; read as 150 texts at once they would take 150 megabytes."""
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 150, pa.int32()), pa.array(["x" * 1_000_000]))
    data = parquet({"question": long, "answer": ["No."] * 150})
    assert len(data) < 200_000
    before = pa.total_allocated_bytes()
    most = max(pa.total_allocated_bytes() - before for _ in read(io.BytesIO(data)))
    assert most < 20_000_000


def test_a_pipe_is_spooled(tmp_path):
    reading, writing = os.pipe()
    data = parquet(PAIR | {"long": ["x" * 10]})

    def send() -> None:
        with os.fdopen(writing, "wb") as stream:
            stream.write(data)

    threading.Thread(target=send).start()
    with os.fdopen(reading, "rb") as stream:
        (exchange,) = read(stream)
    assert exchange.question == "Will he act?"


def test_an_endless_pipe_is_refused(monkeypatch):
    monkeypatch.setattr(source, "LONGEST_PIPE", 300_000)

    class Endless(io.RawIOBase):
        def read(self, size=-1):
            return b"PAR1" * 1000

    with pytest.raises(InputError, match="sends more than"):
        read(Endless())


def test_without_pyarrow_the_error_says_what_to_install(tmp_path, monkeypatch):
    data = parquet(PAIR)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match="pyarrow is not installed") as caught:
        read(io.BytesIO(data))
    assert 'python -m pip install "pyarrow>=17"' in caught.value.hint
    with pytest.raises(OutputError, match="pyarrow is not installed") as refused:
        write(never(), tmp_path / "graded.parquet")
    assert "pip install" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def never():
    raise AssertionError("grading began before the output was found unfit")
    yield


def test_columns_that_are_missing_or_hold_no_text():
    with pytest.raises(ColumnError, match='no answer among the columns: id, question, anwser; the nearest to "answer"'):
        records({"id": ["1"], "question": ["Why?"], "anwser": ["No."]})
    for answer in ([["No."]], [{"text": "No."}], [True]):
        with pytest.raises(ColumnError, match="the column answer holds"):
            records({"question": ["Why?"], "answer": answer})


def test_a_table_without_rows_holds_no_records():
    assert records({"question": pa.array([], pa.string()), "answer": pa.array([], pa.string())}) == []


def test_two_columns_of_one_name():
    table = pa.table([["Why?"], ["No."], ["x"], ["y"]], names=["question", "answer", "note", "note"])
    (exchange,) = records(table)
    assert exchange.extra == {"note": "x", "note_2": "y"}


def test_lists_of_millions_are_refused(monkeypatch):
    crowd = pa.array([[1] * 1_002_000])
    with pytest.raises(FormatError, match="lists of millions"):
        records(PAIR | {"votes": crowd})


def test_another_format_named_parquet_is_refused():
    with pytest.raises(FormatError, match="is no Parquet file"):
        records(b"id,question,answer\n1,Why?,No.\n", format="parquet")
    with pytest.raises(FormatError, match="looks like a Parquet file") as caught:
        records(PAIR, format="csv")
    assert "name the format parquet" in caught.value.hint
    with pytest.raises(FormatError, match="encrypted Parquet"):
        records(b"PARE" + bytes(100))


@pytest.mark.parametrize("kept", [4, 8, 100, -1, -9])
def test_a_truncated_file_is_broken(kept):
    with pytest.raises(FormatError, match="is a broken Parquet file") as caught:
        records(parquet(PAIR)[:kept])
    assert caught.value.hint


def test_a_row_group_that_is_broken_is_one_failure_and_the_others_are_read():
    texts = [f"Will number {n} act?" for n in range(3000)]
    columns = {"question": texts, "answer": texts}
    data = bytearray(parquet(columns, row_group_size=1000, use_dictionary=False, compression="none"))
    place = data.index(b"Will number 1000 act?")
    data[place - 60 : place] = b"\xff" * 60  # the header of the second group's first page
    first, failure, last = (found := records(bytes(data)))[:1000], found[1000], found[1001:]
    assert [one.question for one in (*first, *last)] == texts[:1000] + texts[2000:]
    assert (failure.id, last[0].id) == ("row-1001", "row-2001")
    assert "the file breaks here" in failure.message and "rows up to 2000 were not read" in failure.message


def test_a_reference_to_nothing_is_a_failure_of_its_record():
    columns = {"question": ["Why?", "Who?"] * 4, "answer": ["No."] * 8}
    data = parquet(columns, compression="none", use_dictionary=["question"])
    assert [one.question for one in records(data)] == ["Why?", "Who?"] * 4
    # The page of the texts now says that it holds one and not two.
    assert data.count(b"L\x15\x04\x15\x00") == 1
    found = records(data.replace(b"L\x15\x04\x15\x00", b"L\x15\x02\x15\x00"))
    assert [isinstance(one, Failure) for one in found] == [False, True] * 4
    assert found[1].message.startswith("stream:2: the value of question cannot be read")


# Writing


def both(results: list, tmp_path: Path, **options: object) -> tuple[list[dict], list[dict]]:
    """What was written as CSV and as Parquet."""
    for name in ("graded.csv", "graded.parquet"):
        write(results, tmp_path / name, **options)
    with (tmp_path / "graded.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file)), pq.read_table(tmp_path / "graded.parquet").to_pylist()


def test_parquet_holds_what_the_csv_holds(tmp_path):
    travelling = make_assessment(exchange=make_exchange(id="r2", extra={"party": "Ind", "grade": "A"}))
    plain, typed = both([make_assessment(), FAILURE, travelling], tmp_path)
    assert [list(row) for row in typed] == [list(row) for row in plain]
    assert [{name: text_of(name, value) for name, value in row.items()} for row in typed] == plain


def test_the_columns_have_types_and_meanings(tmp_path):
    write([make_assessment(), FAILURE], tmp_path / "graded.parquet")
    schema = pq.read_schema(tmp_path / "graded.parquet")
    types = {field.name: str(field.type) for field in schema}
    assert (types["probability_full"], types["asks"], types["question"]) == ("double", "int64", "string")
    assert types["tags"].startswith("list<") and types["ask_texts"].startswith("list<")
    assert schema.field("reason").metadata[b"description"].decode() == column_of("reason").meaning
    graded, failed = pq.read_table(tmp_path / "graded.parquet").to_pylist()
    assert (graded["probability_full"], graded["asks"], graded["asks_none"]) == (0.1233, 2, 2)
    assert (graded["tags"], graded["evidence"]) == (["Under Review", "Praise"], ['We keep fares "under review"', "—"])
    assert (failed["probability_full"], failed["asks"], failed["tags"], failed["reason"]) == (None, None, [], "")


def test_formulas_need_no_guard_and_broken_text_is_an_escape(tmp_path):
    write([make_assessment(exchange=make_exchange("=1+1", "Why\udce9?\r\n\x00"))], tmp_path / "graded.parquet")
    (row,) = pq.read_table(tmp_path / "graded.parquet").to_pylist()
    assert (row["question"], row["answer"]) == ("=1+1", "Why\\udce9?\r\n\x00")


def test_groups_of_rows_are_written_as_they_come(tmp_path, monkeypatch):
    monkeypatch.setattr(records_parquet, "ROWS", 2)
    monkeypatch.setattr("qa_assess.writers.table.WINDOW", 2)
    results = (make_assessment(exchange=make_exchange(id=str(number))) for number in range(5))
    write(results, tmp_path / "graded.parquet")
    file = pq.ParquetFile(tmp_path / "graded.parquet")
    assert [file.metadata.row_group(number).num_rows for number in range(3)] == [2, 2, 1]
    assert file.read().column("id").to_pylist() == list("01234")


def test_no_records_make_a_table_without_rows(tmp_path):
    write([], tmp_path / "graded.parquet")
    assert pq.read_table(tmp_path / "graded.parquet").num_rows == 0


def test_two_runs_write_the_same_bytes(tmp_path):
    results = [make_assessment(), FAILURE]
    for name in ("one.parquet", "two.parquet"):
        write(iter(results), tmp_path / name)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_what_was_written_can_be_read_again(tmp_path):
    write([make_assessment()], tmp_path / "graded.parquet")
    (again,) = read(tmp_path / "graded.parquet")
    assert (again.id, again.question, again.coded["grade"]) == (
        "r1",
        make_assessment().exchange.question,
        "Full Answer",
    )


def test_parquet_goes_to_a_pipe_and_not_to_a_terminal(capfdbinary, monkeypatch):
    write([make_assessment()], "-", format="parquet")
    assert pq.read_table(io.BytesIO(capfdbinary.readouterr().out)).num_rows == 1
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with pytest.raises(OutputError, match="parquet is no text"):
        write(never(), "-", format="parquet")
