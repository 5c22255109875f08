"""The commands as people and scripts run them: what comes out where, and with which exit code."""

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import fake_assessor
import pytest
from conftest import ROOT
from rich.table import Table
from typer.testing import CliRunner, Result

from qa_assess.cli import app
from qa_assess.codebook import CODEBOOK_VERSION
from qa_assess.errors import ModelError
from qa_assess.readers import FORMATS
from qa_assess.resources import grader_path, parser_path
from qa_assess.settings import Settings
from qa_assess.writers.columns import markdown, outputs

HEADER = "id,question,answer\n"
GOOD = HEADER + "1,Fares rose. Will she cap them?,We will consider it.\n2,Will she meet me?,Yes. I will.\n"
MIXED = GOOD + "3,Will she act?,\n4,Will she act?,It will explode.\n5,WILL she meet me?,Yes.  I will.\n"

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in a folder of its own, with the fake assessor."""
    fake_assessor.install(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def command(*args: str, input: str | None = None) -> Result:
        return CliRunner().invoke(app, list(args), input=input, catch_exceptions=False)

    return command


def process(*args: str, fake: bool = True, **options: object) -> subprocess.Popen:
    """`qa-assess` as a process of its own; with `fake`, with the fake assessor."""
    setup = "import pytest, fake_assessor; fake_assessor.install(pytest.MonkeyPatch())\n" if fake else ""
    script = setup + "from qa_assess.cli import main; main()"
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"} | options.pop("env", {})
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen([sys.executable, "-c", script, *args], env=environment, **pipes)


def rows_of(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# grade


def test_grade_writes_a_row_a_record_and_a_row_an_ask(run: Run) -> None:
    Path("in.csv").write_text(GOOD)
    result = run("grade", "in.csv", "-o", "graded.csv", "--asks", "asks.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert [(row["id"], row["grade"]) for row in rows_of("graded.csv")] == [("1", "Partial"), ("2", "Full")]
    assert [(row["id"], row["status"]) for row in rows_of("asks.csv")] == [("1", "partial"), ("2", "full")]
    assert "2 records" in result.stderr
    assert "Written to graded.csv\nWritten to asks.csv" in result.stderr


def test_grade_says_which_records_failed_and_exits_1(run: Run) -> None:
    Path("in.csv").write_text(MIXED)
    result = run("grade", "in.csv", "-o", "graded.csv")
    assert result.exit_code == 1
    rows = rows_of("graded.csv")
    assert [row["grade"] for row in rows] == ["Partial", "Full", "Failed", "Failed", "Full"]
    assert [row["id"] for row in rows] == list("12345")
    assert (rows[4]["duplicate_of"], rows[4]["flags"]) == ("2", "duplicate")
    assert "Failed 4: it exploded (defuse it)" in result.stderr
    assert "Failed 3: no answer" in result.stderr


def test_grade_takes_several_files_in_their_order(run: Run) -> None:
    Path("a.csv").write_text(GOOD)
    Path("b.jsonl").write_text(json.dumps({"id": "9", "question": "Will he go?", "answer": "Yes."}) + "\n")
    run("grade", "b.jsonl", "a.csv", "-o", "graded.jsonl")
    lines = Path("graded.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["9", "1", "2"]


def test_extra_and_coded_columns_travel(run: Run) -> None:
    Path("in.csv").write_text("id,question,answer,grade,Party Colour\n1,Will she act?,Yes.,Non-answer,teal\n")
    run("grade", "in.csv", "-o", "graded.csv")
    (row,) = rows_of("graded.csv")
    assert (row["grade"], row["coded_grade"], row["Party Colour"]) == ("Full", "Non-answer", "teal")


def test_grade_between_pipes(run: Run) -> None:
    result = run("grade", "-", "-o", "-", "--to", "jsonl", input=GOOD)
    assert [json.loads(line)["grade"] for line in result.stdout.splitlines()] == ["partial", "full"]
    assert "2 records" in result.stderr and "Written to" not in result.stderr
    table = run("grade", "-", "-o", "-", input=GOOD).stdout
    assert [row["grade"] for row in csv.DictReader(io.StringIO(table))] == ["Partial", "Full"]


def test_quiet_says_nothing(run: Run) -> None:
    Path("in.csv").write_text(MIXED)
    result = run("grade", "in.csv", "-o", "graded.csv", "--quiet")
    assert (result.exit_code, result.output) == (1, "")


def test_the_input_format_can_be_named(run: Run) -> None:
    Path("in.txt").write_text("id\tquestion\tanswer\n1\tWill she act?\tYes.\n")
    assert run("grade", "in.txt", "-o", "graded.csv", "--format", "tsv").exit_code == 0
    assert rows_of("graded.csv")[0]["grade"] == "Full"
    result = run("grade", "in.txt", "-o", "graded.csv", "--format", "morse")
    assert result.exit_code == 2
    assert "morse" in result.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["none.csv", "-o", "x.csv"], "none.csv"),
        (["in.csv", "none.csv", "-o", "x.csv"], "none.csv"),
        (["in.csv", "-o", "x.xls"], ".csv or .jsonl"),
        (["in.csv", "-o", "x.csv", "--to", "xls"], ".csv or .jsonl"),
        (["in.csv", "-o", "no/x.csv"], "make the folder first"),
        (["in.csv", "-o", "."], ".csv or .jsonl"),
        (["in.csv", "-o", "in.csv"], "is an input too"),
        (["in.csv", "-o", "x.csv", "--asks", "./in.csv"], "is an input too"),
        (["in.csv", "-o", "x.csv", "--asks", "x.csv"], "a file of their own"),
        (["-", "-", "-o", "x.csv"], "only once"),
        (["broken.csv", "-o", "x.csv"], "answer"),
    ],
)
def test_what_cannot_start_exits_2_and_writes_nothing(
    run: Run, args: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(self: object, settings: Settings) -> None:
        raise AssertionError("the models were loaded")

    monkeypatch.setattr(fake_assessor.FakeAssessor, "__init__", never)
    Path("in.csv").write_text(GOOD)
    Path("broken.csv").write_text("id,question\n1,Why?\n")
    result = run("grade", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert result.stderr.startswith("Error: ") and "What to do: " in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(path.name for path in Path().iterdir()) == ["broken.csv", "in.csv"]
    assert Path("in.csv").read_text() == GOOD


@pytest.mark.parametrize(
    "args", [["grade"], ["grade", "in.csv"], ["grade", "in.csv", "-o", "x.csv", "--nope"], ["nope"], ["evaluate"]]
)
def test_bad_options_exit_2(run: Run, args: list[str]) -> None:
    assert run(*args).exit_code == 2


def test_a_missing_model_exits_2_and_leaves_nothing(run: Run) -> None:
    Path("in.csv").write_text(GOOD)
    result = run("grade", "in.csv", "-o", "graded.csv", "--grader", "mine")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: no grader at mine: no such folder\nWhat to do: give the folder")
    assert sorted(path.name for path in Path().iterdir()) == ["in.csv"]


def test_a_long_path_in_an_error_is_not_broken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert "nowhere/" * 12 in run("grade", "nowhere/" * 12 + "x.csv", "-o", "x.csv").stderr


# check


def test_check_shows_a_panel(run: Run) -> None:
    result = run("check", "--question", "Fares rose. Will she cap them?", "--answer", "We will consider it.")
    assert result.exit_code == 0
    for said in ("Partial  (Full 10%, Partial 80%", "Ask 1  commitment", '"We will consider it."', "Looking At This"):
        assert said in result.stdout
    assert result.stderr == ""


def test_check_prints_json(run: Run) -> None:
    result = run("check", "-q", "Will she cap fares?", "-a", "Yes — at £4.", "--json")
    line = json.loads(result.stdout)
    assert (line["grade"], line["answer"], list(line)) == ("full", "Yes — at £4.", list(outputs()["lines"].names))


def test_check_reads_files_and_pipes(run: Run) -> None:
    Path("in.csv").write_text(MIXED)
    result = run("check", "in.csv")
    assert result.exit_code == 1
    assert "it exploded" in result.stdout and "duplicate of 2" in result.stdout
    pasted = "Q: Will she cap fares?\nA: Yes. We will.\n"
    for args in (["-"], []):
        assert '"Yes."' in run("check", *args, input=pasted).stdout


@pytest.mark.parametrize("named", ["sittings", "sittings/*.csv"])
def test_check_reads_a_folder_and_a_pattern(run: Run, named: str) -> None:
    Path("sittings").mkdir()
    for number in (1, 2):
        Path(f"sittings/{number}.csv").write_text(f"{HEADER}{number},Will she cap fares?,Answer {number}.\n")
    result = run("check", named, "--json")
    assert [json.loads(line)["answer"] for line in result.stdout.splitlines()] == ["Answer 1.", "Answer 2."]


def test_check_leaves_out_what_has_a_later_version(run: Run) -> None:
    Path("days").mkdir()
    for letter in "ab":
        Path(f"days/debates2031-05-02{letter}.xml").write_text(f"{HEADER}{letter},Will she act?,Yes.\n")
    result = run("check", "days", "--format", "csv", "--json")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["b"]
    assert "2031-05-02b.xml is a later version of it" in result.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--question", "Why?"], "--answer is missing"),
        (["--answer", "No."], "--question is missing"),
        (["in.csv", "-q", "Why?", "-a", "No."], "give one of them"),
        (["none.csv"], "none.csv"),
        (["none*.csv"], "no file matches none*.csv"),
        (["bare"], "nothing to read"),
        (["empty.csv"], "no records"),
    ],
)
def test_check_says_what_is_missing(run: Run, args: list[str], said: str) -> None:
    Path("empty.csv").write_text(HEADER)
    Path("bare").mkdir()
    result = run("check", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr and "What to do: " in result.stderr


def prompted(typed: list[bytes], *args: str, **options: object) -> tuple[int, str, str]:
    """`check` at a terminal of its own: exit code, standard output, and what the terminal shows."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    pipes = {"stdin": theirs, "stderr": theirs, "env": {"TERM": "xterm"}} | options
    child = process("check", *args, **pipes)
    os.close(theirs)
    seen = bytearray()
    threading.Thread(target=lambda: [seen.extend(some) for some in _chunks(ours)], daemon=True).start()
    for number, text in enumerate(typed, start=1):
        deadline = time.monotonic() + 20
        while seen.count(b"(or Ctrl-D).") < number:
            assert time.monotonic() < deadline, bytes(seen)
            time.sleep(0.05)
        time.sleep(0.3)
        os.write(ours, text)
    out = child.communicate(timeout=20)[0]
    return child.wait(), out.decode(), seen.decode()


def _chunks(terminal: int) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while some := os.read(terminal, 4096):
            yield some


def test_a_pair_is_pasted_at_a_prompt() -> None:
    # More than the 4,095 characters of a terminal's line, and an empty line amid the paste.
    answer = "We will consider it " + "and weigh " * 500 + "it.\n\nA second paragraph.\n\n"
    code, out, seen = prompted([b"Fares rose.\nWill she cap them?\n\n", answer.encode()], "--json")
    line = json.loads(out)
    assert code == 0
    assert (line["question"], line["answer"]) == ("Fares rose.\nWill she cap them?", answer.strip())
    assert "Paste the question" in seen and "Paste the answer" in seen


def test_a_question_and_its_answer_may_be_pasted_at_once() -> None:
    code, out, _ = prompted([b"Q: Will she cap fares?\nA: Yes. We will.\n\n"], "--json")
    assert (code, json.loads(out)["answer"]) == (0, "Yes. We will.")


def test_an_answer_that_was_not_pasted_is_missed() -> None:
    code, out, _ = prompted([b"Will she cap fares?\n\n", b"\x04"], "--json")
    assert (code, out) == (2, "")


# formats, version, help


def test_formats_lists_what_can_be_read_and_written(run: Run) -> None:
    text = run("formats").stdout
    assert all(one.name in text for one in FORMATS)
    assert "jsonl" in text.partition("Output formats")[2]


def test_formats_documents_the_columns(run: Run) -> None:
    text = run("formats", "--columns").stdout
    assert all(name in text for output in outputs().values() for name in output.names)
    assert run("formats", "--markdown").stdout == markdown()


def test_version_names_code_model_and_codebook(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"name": "grader", "version": "9.9"}')
    monkeypatch.setattr("qa_assess.cli.version.grader_path", lambda: tmp_path)
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("qa-assess ")
    assert result.stdout.endswith(f", model grader 9.9, codebook {CODEBOOK_VERSION}\n")


def test_version_answers_without_a_model(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("qa_assess.cli.version.grader_path", lambda: tmp_path)
    assert "model (none)" in run("--version").stdout


@pytest.mark.parametrize("args", [[], ["--help"], ["-h"]])
def test_help_names_the_commands(run: Run, args: list[str]) -> None:
    output = run(*args).output
    assert all(command in output for command in ("check", "grade", "fetch", "formats", "train", "evaluate"))
    assert "0 all graded, 1 some records failed, 2 could not start" in output


@pytest.mark.parametrize("args", [["--help"], ["grade", "--help"], ["--version"], ["formats"]])
def test_nothing_heavy_is_imported_for_a_word_of_help(args: list[str]) -> None:
    script = (
        "import sys\nfrom qa_assess.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('spacy', 'sklearn', 'numpy', 'scipy', 'skops') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, *args], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_answers_in_half_a_second() -> None:
    """Measured in processor time, which a busy machine stretches less than the time on the wall."""
    if sys.platform == "win32":
        pytest.skip("Windows does not count the time of child processes")
    times = []
    for _ in range(4):
        before = os.times()
        process("--help", fake=False).communicate()
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert 0 < min(times) < 0.5


# train and evaluate


def test_train_hands_over_its_options(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    module = ModuleType("qa_assess.training")
    module.train = lambda *args: called.append(args) or SimpleNamespace(metrics={"grade_macro_f1": 0.61234, "n": 9})
    module.TrainingOptions = lambda *options: options
    monkeypatch.setitem(sys.modules, "qa_assess.training", module)
    monkeypatch.setattr("qa_assess.training", module, raising=False)
    result = run("train", "a.jsonl", "b.jsonl", "-o", "mine", "--seed", "3", "--held-out", "c.jsonl", "--texts", "t")
    options = (3, None, Path("c.jsonl"), [Path("t")], None, None, None)
    assert called == [([Path("a.jsonl"), Path("b.jsonl")], Path("mine"), options)]
    assert result.exit_code == 0
    assert "grade_macro_f1" in result.stdout and "0.612" in result.stdout


def test_evaluate_prints_tables_and_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    table = Table("measure", "value")
    table.add_row("accuracy", "0.7")
    evaluation = SimpleNamespace(to_json=lambda: {"accuracy": 0.7})
    fakes = {
        "evaluation": {"evaluate": lambda *args: called.append(args) or evaluation},
        "evaluation_tables": {"tables": lambda found: [table] if found is evaluation else []},
    }
    for name, functions in fakes.items():
        module = ModuleType(f"qa_assess.{name}")
        vars(module).update(functions)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(module.__name__, module, raising=False)
    assert "accuracy" in run("evaluate", "gold.jsonl").stdout
    assert json.loads(run("evaluate", "gold.jsonl", "--json", "--grader", "mine").stdout) == {"accuracy": 0.7}
    assert called == [(Path("gold.jsonl"), Settings()), (Path("gold.jsonl"), Settings(grader=Path("mine")))]


# Processes


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_so_and_leaves_nothing(number: int, code: int, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(GOOD + "3,Will it end?,It lasts forever.\n")
    child = process("grade", "in.csv", "-o", "graded.csv", cwd=tmp_path)
    while not list(tmp_path.glob(".*.part")):
        assert child.poll() is None
        time.sleep(0.05)
    time.sleep(0.3)
    child.send_signal(number)
    err = child.communicate(timeout=20)[1].decode()
    assert child.returncode == code
    assert "Traceback" not in err
    assert ("Nothing was written" in err) == (number == signal.SIGINT)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    body = "".join(f"{number},Will she act?,{'Yes. ' * 500}\n" for number in range(3000))
    (tmp_path / "in.csv").write_text(HEADER + body)
    child = process("grade", "in.csv", "-o", "-", "--quiet", cwd=tmp_path)
    child.stdout.read(10)
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(timeout=30) == 1


def test_a_pipe_with_a_name_is_read_once(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    os.mkfifo(tmp_path / "pipe")
    child = process("grade", "pipe", "-o", "graded.csv", "--quiet", cwd=tmp_path)
    (tmp_path / "pipe").write_text(GOOD)
    assert child.wait(timeout=20) == 0
    assert [row["id"] for row in rows_of(str(tmp_path / "graded.csv"))] == ["1", "2"]


def test_the_progress_bar_is_for_terminals(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    (tmp_path / "in.csv").write_text(GOOD)
    ours, theirs = pty.openpty()
    child = process("grade", "in.csv", "-o", "graded.csv", cwd=tmp_path, stderr=theirs, env={"TERM": "xterm"})
    os.close(theirs)
    seen = b"".join(_chunks(ours))
    assert child.wait(timeout=20) == 0
    assert b"Grading" in seen and b"2/2" in seen and b"2 records" in seen


def test_a_terminal_without_unicode_is_served(tmp_path: Path) -> None:
    args = ["check", "-q", "Will she act — now?", "-a", "Yes — £4 \U0001f68c."]
    child = process(*args, env={"PYTHONIOENCODING": "ascii", "TERM": "dumb"}, cwd=tmp_path)
    out, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (0, b"")
    assert b"+- Full" in out and out.isascii()


def test_json_is_utf8_on_every_terminal(tmp_path: Path) -> None:
    child = process("check", "-q", "Why?", "-a", "Yes — £4.", "--json", env={"PYTHONIOENCODING": "ascii"}, cwd=tmp_path)
    assert json.loads(child.communicate(timeout=20)[0].decode("utf-8"))["answer"] == "Yes — £4."


def test_the_module_runs_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa_assess", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"codebook {CODEBOOK_VERSION}" in done.stdout


# The models that ship


def test_two_runs_with_the_models_write_the_same_bytes(tmp_path: Path) -> None:
    try:
        grader_path(), parser_path()
    except ModelError as missing:
        pytest.skip(missing.message)
    (tmp_path / "in.csv").write_text(GOOD + "3,WILL she meet me?,Yes.  I will.\n")
    written = []
    for name in ("one", "two"):
        args = ["grade", "in.csv", "-o", f"{name}.csv", "--asks", f"{name}-asks.csv"]
        child = process(*args, fake=False, cwd=tmp_path)
        assert (child.communicate(timeout=120)[0], child.returncode) == (b"", 0)
        written.append([(tmp_path / f"{name}{end}.csv").read_bytes() for end in ("", "-asks")])
    assert written[0] == written[1]
    rows = rows_of(str(tmp_path / "one.csv"))
    assert rows[2]["duplicate_of"] == "2"
    assert all(row["grade"] in {"Full", "Partial", "Non-answer"} for row in rows)
