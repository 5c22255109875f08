"""What is written: cells, columns, lines, and files that are whole or not there."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, make_ask, make_exchange, make_outcome
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.codebook import Grade, Tag
from qa_assess.errors import OutputError
from qa_assess.exchange import Assessment, Exchange, Failure, ResponseTag, Result, Span
from qa_assess.writers import guard, records_csv, table, unguard, write
from qa_assess.writers.cells import csv_line
from qa_assess.writers.columns import markdown, outputs

QUESTION = "Bus fares in Elmby have doubled. Will the Minister cap fares, and when will the review end?"
ANSWER = 'We keep fares "under review"; a cap costs £4 million.\nI thank her — she is a champion of buses.'


def make_assessment(**fields: object) -> Assessment:
    cap = make_ask(QUESTION, "Will the Minister cap fares", "commitment")
    end = make_ask(QUESTION, "when will the review end", "timeline")
    tags = [(Tag.UNDER_REVIEW, 'under review"'), (Tag.PRAISE, "I thank her"), (Tag.PRAISE, "champion of buses")]
    concern = "a cap costs £4 million"
    defaults = {
        "exchange": make_exchange(QUESTION, ANSWER, extra={"party": "Ind"}, coded={"grade": "Full Answer"}),
        "context": "Bus fares in Elmby have doubled.",
        "outcomes": (make_outcome(cap, "none", ANSWER, 'We keep fares "under review"'), make_outcome(end, "none")),
        "concern_evidence": Span(concern, ANSWER.index(concern), ANSWER.index(concern) + len(concern)),
        "tags": tuple(ResponseTag(n, ANSWER.index(t), ANSWER.index(t) + len(t), 2 / 3) for n, t in tags),
        "primary_tag": Tag.UNDER_REVIEW,
        "grade": Grade.PARTIAL,
        "grade_strict": Grade.NON_ANSWER,
        "probabilities": (0.21, 2 / 3, 0.12333),
        "probabilities_strict": (0.9, 0.08, 0.02),
        "feedback": "No commitment to capping fares was given.",
        "flags": ("low-confidence",),
        "model": "grader 0.1.0",
    }
    return Assessment(**{**defaults, **fields})


def with_extra(identity: str, **extra: str) -> Assessment:
    return make_assessment(exchange=make_exchange(id=identity, extra=extra))


FAILURE = Failure(
    "r9", "read", "the answer is empty", "fill it in", "debate.csv:12", make_exchange("Why?", "", id="r9")
)


def written(results: list[Result], path: Path, **options: object) -> list[dict[str, str]]:
    write(results, path, **options)
    return rows_of(path)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def lines_of(results: list[Result], path: Path) -> list[dict]:
    write(results, path)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


# Cells


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1"]
)
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert guard(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-5", "+3.25", "'twas", "a=b", "", "— none", "£5"])
def test_other_cells_are_left_alone(cell: str) -> None:
    assert guard(cell) == cell


@given(st.text(alphabet="'=+-@\t\r\n5.a＝", max_size=8) | st.text())
def test_the_guard_comes_off_again(cell: str) -> None:
    assert unguard(guard(cell)) == cell


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=5))
def test_a_line_reads_back(cells: list[str]) -> None:
    row = next(csv.reader(io.StringIO(csv_line(cells), newline="")))
    assert [unguard(cell) for cell in row] == cells


# CSV


def test_a_row_says_all_of_a_record(tmp_path: Path) -> None:
    (row,) = written([make_assessment()], tmp_path / "graded.csv")
    wanted = {
        "id": "r1",
        "grade": "Partial",
        "grade_strict": "Non-answer",
        "probability_full": "0.1233",
        "probability_partial": "0.6667",
        "probability_non_answer": "0.2100",
        "strict_probability_non_answer": "0.9000",
        "primary_tag": "Under Review",
        "tags": "Under Review; Praise",
        "asks": "2",
        "asks_full": "0",
        "asks_none": "2",
        "ask_texts": "Will the Minister cap fares | when will the review end",
        "evidence": 'We keep fares "under review" | —',
        "concern_evidence": "a cap costs £4 million",
        "context": "Bus fares in Elmby have doubled.",
        "feedback": "No commitment to capping fares was given.",
        "flags": "low-confidence",
        "question": QUESTION,
        "answer": ANSWER,
        "coded_grade": "Full Answer",
        "party": "Ind",
        "failure": "",
        "extra": "",
        "model": "grader 0.1.0",
        "codebook": "1.2",
    }
    assert {name: row[name] for name in wanted} == wanted


def test_a_failure_is_a_row_with_its_id(tmp_path: Path) -> None:
    _, row = written([make_assessment(), FAILURE], tmp_path / "graded.csv")
    wanted = {
        "id": "r9",
        "grade": "Failed",
        "grade_strict": "Failed",
        "failure": "the answer is empty",
        "failure_hint": "fill it in",
        "source": "debate.csv:12",
        "question": "Why?",
        "probability_full": "",
    }
    assert {name: row[name] for name in wanted} == wanted


def test_a_failure_of_which_nothing_was_read_is_a_row_too(tmp_path: Path) -> None:
    (row,) = written([Failure("line 3", "read", "not JSON")], tmp_path / "graded.csv")
    assert (row["id"], row["failure"], row["question"]) == ("line 3", "not JSON", "")


@pytest.mark.parametrize("grade", [Grade.NO_ASK, Grade.PENDING, Grade.UNGRADED])
def test_no_grade_proper_has_no_probabilities(grade: Grade, tmp_path: Path) -> None:
    nothing = make_assessment(grade=grade, grade_strict=grade, reason="because", outcomes=())
    (row,) = written([nothing], tmp_path / "graded.csv")
    assert (row["grade"], row["reason"], row["probability_full"]) == (grade.label, "because", "")
    (line,) = lines_of([nothing], tmp_path / "graded.jsonl")
    assert (line["grade"], line["probabilities"], line["probabilities_strict"]) == (grade.value, None, None)


def test_the_file_is_utf8_with_a_mark_and_crlf(tmp_path: Path) -> None:
    write([make_assessment()], tmp_path / "graded.csv")
    content = (tmp_path / "graded.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid,grade,")
    assert content.endswith(b"\r\n")
    assert "£4 million.\nI thank her — she".encode() in content


def test_formulas_of_the_input_are_guarded_in_cells_and_header(tmp_path: Path) -> None:
    exchange = make_exchange("=HYPERLINK(1)", "-5", extra={"=x": "@y"})
    write([make_assessment(exchange=exchange)], tmp_path / "graded.csv")
    (row,) = rows_of(tmp_path / "graded.csv")
    assert (row["question"], row["answer"], row["'=x"]) == ("'=HYPERLINK(1)", "-5", "'@y")


def test_names_that_are_taken_get_a_prefix(tmp_path: Path) -> None:
    extra = {"model": "B", "input_model": "C", "extra": "D", "coded_tags": "E", "grade": "F"}
    (row,) = written([with_extra("1", **extra)], tmp_path / "graded.csv")
    found = [
        row[name] for name in ("input_model", "input_input_model", "input_extra", "input_coded_tags", "input_grade")
    ]
    assert found == list("BCDEF")
    assert (row["model"], row["extra"]) == ("grader 0.1.0", "")


def test_columns_that_come_late_go_into_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "WINDOW", 2)
    late = make_exchange(id="3", extra={"a": "3", "c": "late"}, coded={"tags": "Praise"})
    records = [with_extra("1", a="1"), with_extra("2", b="2"), make_assessment(exchange=late)]
    rows = written(records, tmp_path / "graded.csv")
    assert [(row["a"], row["b"]) for row in rows] == [("1", ""), ("", "2"), ("3", "")]
    assert [row["extra"] for row in rows] == ["", "", '{"coded_tags": "Praise", "c": "late"}']
    assert list(rows[0])[-3:] == ["a", "b", "extra"]


def test_the_window_holds_no_more_than_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "WINDOW", 2)
    asked = 0

    def endless() -> Iterator[Assessment]:
        nonlocal asked
        while True:
            asked += 1
            yield with_extra(str(asked))

    lines = records_csv.csv_lines(endless())
    next(lines), next(lines)
    assert asked == 2


def test_coded_columns_stand_only_where_the_input_has_them(tmp_path: Path) -> None:
    (row,) = written([with_extra("1")], tmp_path / "graded.csv")
    assert not [name for name in row if name.startswith("coded_")]


def test_no_records_make_a_header(tmp_path: Path) -> None:
    summary = write([], tmp_path / "graded.csv", asks=tmp_path / "asks.csv")
    assert summary.records == 0
    assert (tmp_path / "graded.csv").read_text(encoding="utf-8-sig").startswith("id,grade,")
    assert (tmp_path / "asks.csv").read_text(encoding="utf-8-sig").startswith("id,ask,")


def test_broken_text_is_written_as_an_escape(tmp_path: Path) -> None:
    broken = make_assessment(exchange=make_exchange("Why\udce9?", "\x00No"))
    (row,) = written([broken], tmp_path / "graded.csv")
    assert (row["question"], row["answer"]) == ("Why\\udce9?", "\x00No")
    (line,) = lines_of([broken], tmp_path / "graded.jsonl")
    assert line["question"] == "Why\udce9?"


# Asks


def test_asks_are_a_row_each(tmp_path: Path) -> None:
    write([make_assessment(), FAILURE], tmp_path / "graded.csv", asks=tmp_path / "asks.csv")
    first, second = rows_of(tmp_path / "asks.csv")
    assert list(first) == list(outputs()["asks"].names)
    assert first == {
        "id": "r1",
        "ask": "1",
        "text": "Will the Minister cap fares",
        "start": "33",
        "end": "60",
        "kind": "commitment",
        "kind_probability": "1.0000",
        "status": "none",
        "probability": "0.8000",
        "probability_full": "0.1000",
        "probability_partial": "0.1000",
        "probability_none": "0.8000",
        "evidence": 'We keep fares "under review"',
        "evidence_start": "0",
        "evidence_end": "28",
    }
    assert (second["ask"], second["evidence"], second["evidence_start"]) == ("2", "", "")
    assert QUESTION[int(second["start"]) : int(second["end"])] == second["text"]


@pytest.mark.parametrize("name", ["asks.jsonl", "-", "graded.csv"])
def test_asks_go_to_a_csv_file_of_their_own(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="asks"):
        write([make_assessment()], "graded.csv", asks=name)
    assert list(tmp_path.iterdir()) == []


# JSON Lines


def test_a_line_says_all_of_a_record(tmp_path: Path) -> None:
    (line,) = lines_of([make_assessment()], tmp_path / "graded.jsonl")
    assert list(line) == list(outputs()["lines"].names)
    assert (line["grade"], line["grade_strict"]) == ("partial", "non-answer")
    assert line["probabilities"] == {"full": 0.1233, "partial": 0.6667, "non-answer": 0.21}
    assert line["tags"] == ["under-review", "praise"]
    assert [span["text"] for span in line["tag_spans"]] == ['under review"', "I thank her", "champion of buses"]
    assert line["tag_spans"][0]["probability"] == 0.6667
    assert line["primary_tag"] == "under-review"
    assert ANSWER[line["concern_evidence_start"] : line["concern_evidence_end"]] == line["concern_evidence"]
    assert (line["coded"], line["extra"]) == ({"grade": "Full Answer"}, {"party": "Ind"})
    first, second = line["asks"]
    assert (first["kind"], first["status"], first["probability"]) == ("commitment", "none", 0.8)
    assert ANSWER[first["evidence_start"] : first["evidence_end"]] == first["evidence"]
    assert (second["evidence"], second["evidence_start"], second["evidence_end"]) == ("", None, None)


def test_a_failure_is_a_line_with_the_same_keys(tmp_path: Path) -> None:
    graded, failed = lines_of([make_assessment(), FAILURE], tmp_path / "graded.jsonl")
    assert list(failed) == list(graded)
    assert (failed["id"], failed["grade"], failed["asks"]) == ("r9", "failed", [])
    assert failed["failure"] == {"stage": "read", "message": "the answer is empty", "hint": "fill it in"}
    assert (failed["question"], failed["source"], graded["failure"]) == ("Why?", "debate.csv:12", None)


def test_no_text_breaks_a_line(tmp_path: Path) -> None:
    text = "one\u2028two\u2029three\x85four\nfive"
    write([make_assessment(exchange=make_exchange(answer=text))], tmp_path / "graded.jsonl")
    (line,) = (tmp_path / "graded.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["answer"] == text


@pytest.mark.shared
def test_the_scorer_reads_our_lines(shared, tmp_path: Path) -> None:
    score = shared("../tools/score.py")
    gold = tmp_path / "gold.jsonl"
    gold.write_text(
        json.dumps(
            {"id": "r1", "grade": "partial", "grade_strict": "non-answer", "tags": ["praise", "under-review"]}
            | {
                "asks": [
                    {"text": t, "kind": k, "status": "none"}
                    for t, k in [
                        ("Will the Minister cap fares", "commitment"),
                        ("when will the review end", "timeline"),
                    ]
                ]
            }
        )
        + "\n"
    )
    write([make_assessment(), FAILURE], tmp_path / "graded.jsonl")
    command = [sys.executable, str(score), str(gold), str(tmp_path / "graded.jsonl"), "--json"]
    point = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)["point"]
    names = ["grade_default_accuracy", "grade_strict_accuracy", "ask_f1", "ask_kind_accuracy", "tags_micro_f1"]
    assert [point[name] for name in names] == [1.0] * 5


# Both


@pytest.mark.parametrize("name", ["graded.csv", "graded.jsonl"])
def test_two_runs_write_the_same_bytes(name: str, tmp_path: Path) -> None:
    results = [make_assessment(), FAILURE, with_extra("3", z="1", a="2")]
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write(iter(results), tmp_path / folder / name, asks=tmp_path / folder / "asks.csv")
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert (tmp_path / "one" / "asks.csv").read_bytes() == (tmp_path / "two" / "asks.csv").read_bytes()


def test_every_column_is_documented_and_written(tmp_path: Path) -> None:
    coded = dict.fromkeys(("grade", "grade_strict", "tags", "feedback", "context"), "x")
    everything = make_assessment(exchange=make_exchange(QUESTION, ANSWER, coded=coded))
    (row,) = written([everything], tmp_path / "graded.csv")
    documented = outputs()["records"].names
    assert tuple(row) == documented
    header = table.header_of([everything])
    assert set(table.record_row(everything, header)) | set(table.record_row(FAILURE, header)) == {*documented}
    assert all(column.meaning for output in outputs().values() for column in output.columns)


def test_the_page_of_columns_is_up_to_date() -> None:
    page = ROOT / "qa_assess" / "writers" / "COLUMNS.md"
    assert page.read_text(encoding="utf-8") == markdown(), (
        "run: qa-assess formats --markdown > qa_assess/writers/COLUMNS.md"
    )


def test_the_summary_counts_what_passed(tmp_path: Path) -> None:
    again = replace(make_assessment(), duplicate_of="r1", flags=("duplicate",))
    many = [Failure(str(number), "read", "no answer") for number in range(12)]
    summary = write([make_assessment(), again, *many], tmp_path / "graded.csv")
    assert (summary.records, summary.graded, summary.failures, summary.duplicates) == (14, 2, 12, 1)
    assert (summary.grades, summary.grades_strict) == ({Grade.PARTIAL: 2}, {Grade.NON_ANSWER: 2})
    assert summary.tags == {Tag.UNDER_REVIEW: 2, Tag.PRAISE: 2}
    assert list(summary.statuses.values()) == [4, 0, 0]
    assert [failure.id for failure in summary.first_failures] == [str(number) for number in range(10)]


# Places


def never() -> Iterator[Assessment]:
    raise AssertionError("grading began before the output was found unfit")
    yield


def test_a_missing_folder_is_found_before_grading(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder") as caught:
        write(never(), tmp_path / "none" / "graded.csv")
    assert "make the folder" in caught.value.hint


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "graded.csv").mkdir()
    with pytest.raises(OutputError, match="is a folder") as caught:
        write(never(), tmp_path / "graded.csv")
    assert "name a file in it" in caught.value.hint


@pytest.mark.parametrize("name", ["graded.xls", "graded", "graded.csv.gz"])
def test_an_unknown_suffix_is_found_before_grading(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        write(never(), tmp_path / name)
    assert ".csv or .jsonl" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A folder of somebody else's that this process, no longer root, may read but not write to."""
    if sys.platform == "win32":
        pytest.skip("needs POSIX permissions")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "old.csv").write_text("old")
        Path(folder).chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            if root:
                os.seteuid(0)
            Path(folder).chmod(0o755)


def test_a_folder_that_is_not_writable_is_found_before_grading(nobody: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write .*graded.csv: Permission denied") as caught:
        write(never(), nobody / "graded.csv")
    assert "may write to" in caught.value.hint


def test_a_file_that_is_not_writable_is_found_before_grading(nobody: Path) -> None:
    (nobody / "old.csv").chmod(0o444) if os.geteuid() == nobody.stat().st_uid else None
    with pytest.raises(OutputError, match="Permission denied"):
        write(never(), nobody / "old.csv")


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "graded.csv"
    target.write_text("old")

    def breaks() -> Iterator[Assessment]:
        yield from [make_assessment()] * 1500
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(breaks(), target, asks=tmp_path / "asks.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["graded.csv"]
    assert target.read_text() == "old"


def test_nothing_is_at_the_target_while_grading(tmp_path: Path) -> None:
    target = tmp_path / "graded.jsonl"

    def looks() -> Iterator[Assessment]:
        yield make_assessment()
        assert not target.exists()

    write(looks(), target)
    assert target.exists()


def test_a_killed_run_leaves_no_half_file_under_the_name(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom qa_assess.exchange import *\nfrom qa_assess.writers import write\n"
        "def slow():\n  while True:\n    yield Assessment(Exchange('1', 'Why?', 'No.' * 9999))\n    time.sleep(0.001)\n"
        "write(slow(), sys.argv[1])"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "graded.jsonl")], cwd=ROOT)
    deadline = time.monotonic() + 20
    while not any(path.stat().st_size for path in tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (left,) = tmp_path.iterdir()
    assert left.suffix == ".part"


def test_a_full_disk_is_an_output_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with pytest.raises(OutputError, match="/dev/full: No space left"):
        write([make_assessment()] * 100, "/dev/full", format="jsonl")


def test_a_device_is_written_to_and_stays() -> None:
    if not Path("/dev/null").exists():
        pytest.skip("needs /dev/null")
    write([make_assessment()], "/dev/null", format="csv")
    assert Path("/dev/null").is_char_device()


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_text("old")
    real.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(real)
    write([make_assessment()], tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert rows_of(real)[0]["id"] == "r1"
    assert real.stat().st_mode & 0o777 == 0o640


def test_standard_output_is_utf8_without_a_mark(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write([make_assessment()], "-")
    out = capfdbinary.readouterr().out
    assert out.startswith(b"id,grade,")
    assert "£4 million".encode() in out


def test_standard_output_takes_a_format(capsys: pytest.CaptureFixture[str]) -> None:
    write([make_assessment()], "-", format="jsonl")
    assert json.loads(capsys.readouterr().out)["id"] == "r1"


def test_standard_output_may_be_a_plain_text_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    write([Assessment(Exchange("7", "Why?", "No."))], "-", format="jsonl")
    assert json.loads(stream.getvalue())["id"] == "7"
