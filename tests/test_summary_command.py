"""`qa-assess summary`: what people see, what is written, and what is refused."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import make_exchange
from test_writers import FAILURE
from typer.testing import CliRunner, Result

from qa_assess.cli import app
from qa_assess.codebook import Grade
from qa_assess.exchange import LOW_CONFIDENCE, Assessment
from qa_assess.writers import write

Run = Callable[..., Result]

GRADES = (Grade.FULL, Grade.PARTIAL, Grade.PARTIAL, Grade.NON_ANSWER)


def graded(number: int, **fields: object) -> Assessment:
    exchange = make_exchange(f"Will she mend {number}?", "Yes.", id=str(number), **fields)
    grade = GRADES[number % len(GRADES)]
    return Assessment(exchange, grade=grade, grade_strict=Grade.NON_ANSWER, model="grader 0.3.0")


def labels(number: int) -> str:
    ask = {"text": f"Will she mend {number}", "kind": "commitment", "status": "full", "evidence": "Yes"}
    row = {"id": str(number), "question": f"Will she mend {number}?", "answer": "Yes.", "tags": [], "grade": "full"}
    return json.dumps(row | {"asks": [ask]}) + "\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in a folder with a graded file, in a terminal as wide as is asked for."""
    monkeypatch.chdir(tmp_path)
    ferries = [graded(n, department="=Ferries", date="2031-05-02") for n in range(40)]
    buses = [graded(n, department="Buses and Coaches", date="2032-01-09") for n in range(40, 48)]
    unsure = Assessment(make_exchange(id="x"), grade=Grade.NO_ASK, grade_strict=Grade.NO_ASK, flags=(LOW_CONFIDENCE,))
    write([*ferries, *buses, unsure, FAILURE], "graded.csv")
    Path("coded.jsonl").write_text("".join(labels(n) for n in range(44)))

    def command(*options: str, file: str = "graded.csv", width: int = 80) -> Result:
        monkeypatch.setenv("COLUMNS", str(width))
        return CliRunner().invoke(app, ["summary", file, *options], catch_exceptions=False)

    return command


def test_all_records_are_one_line_without_groups(run: Run) -> None:
    result = run()
    assert result.exit_code == 0
    assert "All records       48   25% (15-39)   50% (36-64)   25% (15-39)        2" in result.stdout
    assert "Counted beside the shares: 1 No ask, 1 Failed." in result.stdout
    assert "Graded by grader 0.3.0." in result.stdout


@pytest.mark.parametrize(("width", "wanted"), [(80, ["Beside"]), (160, ["No ask", "Failed", "10: 25% (14-40)"])])
def test_the_table_fits_the_terminal(run: Run, width: int, wanted: list[str]) -> None:
    result = run("--by", "department,year", width=width)
    assert all(len(line) <= width for line in result.stdout.splitlines())
    assert all(text in result.stdout for text in (*wanted, "=Ferries", "2031", "2 of 8"))
    assert "Pending" not in result.stdout


def test_strict_grades_are_counted_when_asked_for(run: Run) -> None:
    assert "0% (0-7)" in (strict := run("--policy", "strict").stdout) and "strict policy" in strict


def test_another_confidence_makes_other_intervals(run: Run) -> None:
    result = run("--confidence", "0.8")
    assert "25% (18-34)" in result.stdout and "80% intervals" in result.stdout


def test_csv_goes_to_a_file_by_its_name_and_is_guarded(run: Run) -> None:
    result = run("--by", "department", "-o", "summary.csv")
    assert (result.stdout, "Written to summary.csv" in result.stderr) == ("", True)
    assert Path("summary.csv").read_bytes().startswith(b"\xef\xbb\xbfdepartment,records,graded,full,full_share")
    with Path("summary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["department"] for row in rows] == ["'=Ferries", "Buses and Coaches", "(none)", "(all)"]
    assert [row["partial_share"] for row in rows] == ["0.5000", "", "", "0.5000"]


def test_json_goes_to_standard_output(run: Run) -> None:
    found = json.loads(run("--by", "year", "--format", "json", "-o", "-").stdout)
    assert [group["group"]["year"] for group in found["groups"]] == ["2031", "2032", "(no date)"]
    assert found["total"]["failed"] == 1


def test_the_same_file_gives_the_same_bytes(run: Run) -> None:
    for name in ("a.json", "b.json"):
        run("--by", "department", "--coded", "coded.jsonl", "-o", name)
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()


def test_a_coded_sample_corrects_and_says_what_it_has_to_be(run: Run) -> None:
    result = run("--by", "department", "--coded", "coded.jsonl", width=160)
    assert "Corrected for the grader's errors" in result.stdout
    assert "100% (91-100)" in result.stdout
    text = " ".join(result.stdout.split())
    assert "have to be a RANDOM SAMPLE of the graded ones" in text
    assert "44 of the 44 coded records are among the graded." in text
    assert "Groups with fewer than 30 coded records are not corrected: 2 of 3." in text


@pytest.mark.parametrize("suffix", ["jsonl", "xlsx"])
def test_every_format_counts_the_same(run: Run, suffix: str) -> None:
    write([graded(n, department="=Ferries", date="2031-05-02") for n in range(40)], f"again.{suffix}")
    one = json.loads(run("--by", "department", "-f", "json", file=f"again.{suffix}").stdout)["groups"]
    other = json.loads(run("--by", "department", "-f", "json").stdout)["groups"]
    assert one == other[:1]


def refused(result: Result) -> str:
    assert result.exit_code == 2
    return " ".join(result.stderr.split())


def test_what_cannot_be_counted_is_refused_with_what_to_do(run: Run) -> None:
    Path("plain.csv").write_text("id,question,answer\n1,Why?,No.\n")
    Path("empty.csv").write_text("id,grade,flags,duplicate_of\n")
    assert "it has no column grade What to do: grade it first: qa-assess grade plain.csv" in refused(
        run(file="plain.csv")
    )
    assert "there is no file none.csv" in refused(run(file="none.csv"))
    assert "empty.csv holds no records" in refused(run(file="empty.csv"))
    assert 'called "departmnt" to group by; the nearest is "department"' in refused(run("--by", "departmnt"))
    assert "--confidence is 95" in refused(run("--confidence", "95"))
    assert "cannot tell what to write to x.txt" in refused(run("-o", "x.txt"))
    assert "no such file: none.jsonl" in refused(run("--coded", "none.jsonl"))


def test_a_column_that_was_left_out_is_named(run: Run) -> None:
    write([graded(1)], "picked.csv", columns=["id", "grade", "flags", "duplicate_of"])
    assert run(file="picked.csv").exit_code == 0
    assert "picked.csv has no column date" in refused(run("--by", "year", file="picked.csv"))
    assert "picked.csv has no column grade_strict" in refused(run("--policy", "strict", file="picked.csv"))


def test_the_graded_file_is_never_written_over(run: Run) -> None:
    before = Path("graded.csv").read_bytes()
    assert "graded.csv is the input too" in refused(run("-o", "./graded.csv"))
    assert Path("graded.csv").read_bytes() == before


def test_too_few_coded_records_are_refused(run: Run) -> None:
    Path("few.jsonl").write_text("".join(labels(n) for n in range(5)))
    assert "of 5 coded records, 5 are among the graded ones" in refused(run("--coded", "few.jsonl"))


def peak(file: Path) -> int:
    """The memory that counting a file takes, in kB."""
    code = (
        "import resource; from qa_assess.cli import main\ntry:\n main()\nexcept SystemExit: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, "summary", str(file), "--by", "department,year", "--format", "csv"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    write((graded(n, department=f"D{n % 20}") for n in range(500)), few)
    write((graded(n, department=f"D{n % 20}") for n in range(20_000)), many)
    assert peak(many) - peak(few) < 10_000
