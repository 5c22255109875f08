"""Corrections are kept: whole lines, whatever stops the process that writes them, and all readers read them."""

import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import ROOT
from labelled import make_row, write_rows

from qa_assess.codebook import Grade
from qa_assess.corrections import TORN, CorrectedMeanwhileError, Corrections, record_of
from qa_assess.errors import LabelError, OutputError
from qa_assess.labels import check_labels, read_codings, read_labels
from qa_assess.training.material import read_corrected


def line(id: str = "r1", coder: str = "Ann", statuses: tuple[str, ...] = ("full",), **fields: object) -> dict:
    return make_row(id, statuses, coder=coder, corrected_at="2026-01-02T03:04:05+00:00", **fields)


def record(row: dict) -> tuple[str, str]:
    return record_of(row["id"], row["question"], row["answer"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "corrections.jsonl"


def test_what_is_added_is_on_the_disk_and_found_again(path):
    first, second = line(), line("r2", "Bo", note="a note with \u2028 and\nlines and \x00")
    kept = Corrections(path)
    kept.add(first)
    kept.add(second)
    assert [json.loads(text) for text in path.read_bytes().splitlines()] == [first, second]
    assert kept.all() == Corrections(path).all() == [first, second]
    assert kept.of(record(second)) == (second,)
    assert check_labels(path) == []


def test_records_of_two_inputs_with_one_id_are_two(path):
    kept = Corrections(path)
    one, other = line(), line(answer="Yes. The bridge opens on 3 June.")
    kept.add(one)
    kept.add(other, seen=0)
    assert kept.of(record(one)) == (one,)
    ids = [labels.id for labels in read_labels(path)]
    assert ids == ["r1", f"r1-{record(other)[1]}"]


def test_half_a_character_in_the_input_is_kept(path):
    kept = Corrections(path)
    broken = line(answer=make_row()["answer"] + " \ud800")
    kept.add(broken)
    assert Corrections(path).all() == [broken]


def test_two_tabs_are_told_and_both_lines_are_kept(path):
    one, other = Corrections(path), Corrections(path)
    one.add(line(coder="Ann"), seen=0)
    with pytest.raises(CorrectedMeanwhileError, match="in the meantime, by Ann") as caught:
        other.add(line(coder="Bo", statuses=("none",)), seen=0)
    assert [row["coder"] for row in caught.value.rows] == ["Ann"]
    other.add(line(coder="Bo", statuses=("none",)), seen=1)
    assert [row["coder"] for row in one.of(record(line()))] == ["Ann", "Bo"]


@pytest.mark.parametrize("torn", [b'{"id": "r9", "ques', b"\xc3", b"\x00" * 10])
def test_a_torn_last_line_is_set_aside_and_harms_no_other(path, torn):
    Corrections(path).add(line())
    with path.open("ab") as file:
        file.write(torn)
    with pytest.raises(LabelError):
        list(read_labels(path))
    kept = Corrections(path)
    kept.add(line("r2"))
    assert [labels.id for labels in read_labels(path)] == ["r1", "r2"]
    assert path.with_name(path.name + TORN).read_bytes() == torn + b"\n"


def test_a_torn_line_is_named_to_who_trains(tmp_path):
    path = tmp_path / "corrections.jsonl"
    path.write_bytes(json.dumps(line()).encode() + b"\n" + json.dumps(line("r2")).encode()[:40])
    with pytest.raises(LabelError, match=r"corrections.jsonl:2: .*cut off") as caught:
        list(read_labels(path))
    assert "qa-assess serve" in caught.value.hint


def test_a_whole_last_line_without_its_end_is_given_it(path):
    path.parent.mkdir()
    path.write_bytes(json.dumps(line()).encode())
    kept = Corrections(path)
    kept.add(line("r2"))
    assert [row["id"] for row in kept.all()] == ["r1", "r2"]
    assert not path.with_name(path.name + TORN).exists()


def test_a_long_torn_line_is_found_to_its_beginning(path):
    Corrections(path).add(line())
    with path.open("ab") as file:
        file.write(b'{"answer": "' + b"x" * 200_000)
    Corrections(path).add(line("r2"))
    assert [labels.id for labels in read_labels(path)] == ["r1", "r2"]


def test_lines_that_are_no_corrections_are_counted_and_left_alone(path):
    path.parent.mkdir()
    path.write_text("no json\n" + json.dumps(line(grade="good")) + "\n" + json.dumps(line(coder=" ")) + "\n\n")
    before = path.read_bytes()
    kept = Corrections(path)
    assert (kept.all(), kept.unreadable) == ([], 3)
    assert path.read_bytes() == before


def test_a_file_that_was_edited_or_taken_away_is_read_anew(path):
    kept = Corrections(path)
    kept.add(line("r1"))
    kept.add(line("r2"))
    write_rows(path, [line("r3")])
    assert [row["id"] for row in kept.all()] == ["r3"]
    write_rows(path, [line("r4", note="longer than what was there before"), line("r5")])
    assert [row["id"] for row in kept.all()] == ["r4", "r5"]
    path.unlink()
    assert kept.all() == []
    kept.add(line("r6"))
    assert [row["id"] for row in Corrections(path).all()] == ["r6"]


def test_many_threads_and_stores_lose_and_mix_nothing(path):
    def work(name: str) -> None:
        kept = Corrections(path)
        for n in range(20):
            kept.add(line(f"{name}-{n}", name))

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {labels.id for labels in read_labels(path)} == {f"t{t}-{n}" for t in range(6) for n in range(20)}


# Says the number of each correction when it is kept; run in a process of its own, to be killed.
KEEP_ADDING = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_corrections import line
from qa_assess.corrections import Corrections
kept, start = Corrections(Path(sys.argv[1])), int(sys.stdin.readline())
for n in range(start, start + 10_000):
    kept.add(line(f"k{n}", note="x" * 3_000))
    print(n, flush=True)
"""


def test_every_acknowledged_correction_outlasts_a_kill(path):
    rng, said, start = random.Random(0), set(), 0
    for _ in range(20):
        child = subprocess.Popen(
            [sys.executable, "-c", KEEP_ADDING, path, ROOT / "tests", ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        child.stdin.write(f"{start}\n")
        child.stdin.flush()
        numbers = [int(child.stdout.readline())]
        time.sleep(rng.uniform(0, 0.05))
        child.kill()
        numbers += [int(text) for text in child.stdout.read().split("\n")[:-1]]
        child.wait()
        said |= set(numbers)
        start = max(numbers) + 10
    Corrections(path)
    found = [labels.id for labels in read_labels(path)]
    assert {f"k{n}" for n in said} <= set(found)
    assert len(found) == len(set(found)) <= len(said) + 20


# A limit on the size of files stands in for a full disk.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_corrections import line
from qa_assess.corrections import Corrections
from qa_assess.errors import OutputError
path = Path(sys.argv[1])
kept = Corrections(path)
kept.add(line("r1"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
try:
    kept.add(line("r2"))
except OutputError as error:
    assert "make room" in error.hint
    assert path.stat().st_size == size, "half a line was left"
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    kept.add(line("r3"))
    print([row["id"] for row in kept.all()])
"""


def test_a_full_disk_is_said_and_leaves_no_half_line(path):
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path, ROOT / "tests", ROOT], capture_output=True, text=True, check=False
    )
    assert done.stdout == "['r1', 'r3']\n", done.stderr


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot keep the correction"):
        Corrections(tmp_path / "file" / "corrections.jsonl").add(line())
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


# What reads them


def test_of_one_coder_the_last_holds_and_of_several_the_last_of_all(path):
    rows = [
        line("r1", "Ann", ("none",)),
        line("r2", "Ann"),
        line("r1", "Bo", ("partial",)),
        line("r1", "Ann", ("full",)),
    ]
    path.parent.mkdir()
    write_rows(path, rows)
    assert [(labels.id, labels.grade, labels.coder) for labels in read_labels(path)] == [
        ("r2", Grade.FULL, "Ann"),
        ("r1", Grade.FULL, "Ann"),
    ]
    assert len(list(read_codings(path))) == 4


def test_train_reads_a_correction_in_the_place_of_the_record_it_corrects(tmp_path):
    gold = write_rows(
        tmp_path / "gold.jsonl",
        [make_row("r1"), make_row("r2"), make_row("r3", answer="None of it.", asks=[], grade="no-ask")],
    )
    corrected = write_rows(
        tmp_path / "corrections.jsonl", [line("r1", statuses=("none",)), line("r3", statuses=("none",))]
    )
    for paths in ([gold, corrected], [corrected, gold]):
        found = {(labels.id, labels.coder): labels.grade for labels in read_corrected(paths)}
        assert found == {
            ("r1", "Ann"): Grade.NON_ANSWER,
            ("r2", ""): Grade.FULL,
            ("r3", ""): Grade.NO_ASK,
            ("r3", "Ann"): Grade.NON_ANSWER,  # another record: its answer is another
        }


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_folder_with_a_record_and_its_correction_says_what_to_do(tmp_path, order):
    write_rows(tmp_path / f"{order[0]}.jsonl", [make_row("r1")])
    write_rows(tmp_path / f"{order[1]}.jsonl", [line("r1")])
    (problem,) = check_labels(tmp_path)
    assert "one of the two lines is a correction" in problem
    assert "a file of their own" in problem


def test_nothing_of_a_correction_is_in_the_exchange(path):
    Corrections(path).add(line(note="hm", model="grader 1", was={"grade": "full"}, page="/jobs/1/records/2"))
    (labels,) = read_labels(path)
    assert set(labels.exchange.extra) == {"kind"}
    assert (labels.coder, labels.was) == ("Ann", {"grade": "full"})
