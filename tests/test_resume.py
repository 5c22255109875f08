"""Real runs, killed at random places and gone on with: the output is whole, or not there, and never wrong."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qa_assess.journal import SUFFIX

RECORDS = 1300
RUN = Path(__file__).with_name("slow_run.py")


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    answers = ("Yes. It will be done.", "We will consider it.", "explode", "I shall not.")
    with path.open("w", encoding="utf-8") as file:
        for n in range(RECORDS):
            answer = answers[n % 4] if n % 9 else ""
            line = {"id": str(n), "question": f"Will he act on {n // 3}?", "answer": answer, "number": n}
            file.write(json.dumps(line) + "\n")
    return path


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, RUN, "grade", *arguments]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finished(*arguments: str | Path) -> str:
    run = start(*arguments)
    _, told = run.communicate(timeout=120)
    assert run.returncode in (0, 1), told.decode()
    return told.decode()


def wait_for(run: subprocess.Popen[bytes], path: Path, *, size: int = 0) -> None:
    """Wait until a run has written so much, however long the machine takes to begin it."""
    while not path.exists() or path.stat().st_size < size:
        assert run.poll() is None
        time.sleep(0.02)


def test_runs_killed_fifty_times_give_the_bytes_of_one_that_was_not(records: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.csv"
    begun = time.monotonic()
    finished(records, "-o", whole, "--asks", tmp_path / "whole-asks.csv", "--quiet")
    taken = time.monotonic() - begun
    output, asks, journal = (tmp_path / name for name in ("out.csv", "out-asks.csv", f"out.csv{SUFFIX}"))
    chance = random.Random(4)
    kills, ends, grown = 0, 0, []
    while kills < 50:
        run = start(records, "-o", output, "--asks", asks, "--quiet", "--resume")
        time.sleep(taken * chance.uniform(0.05, 0.5))
        if run.poll() is None:
            run.send_signal(chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM]))
            kills += 1
        run.communicate()
        if not journal.exists() and output.exists():
            # It was done before it could be stopped: begin again.
            ends += 1
            assert output.read_bytes() == whole.read_bytes()
            output.unlink()
            asks.unlink()
        else:
            assert not output.exists()
            grown.append(journal.stat().st_size if journal.exists() else 0)
    assert max(grown) > 0
    finished(records, "-o", output, "--asks", asks, "--quiet", "--resume")
    assert output.read_bytes() == whole.read_bytes()
    assert asks.read_bytes() == (tmp_path / "whole-asks.csv").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {
        "in.jsonl", "whole.csv", "whole-asks.csv", "out.csv", "out-asks.csv"
    }  # fmt: skip


def test_two_runs_do_not_write_one_file(records: Path, tmp_path: Path) -> None:
    first = start(records, "-o", tmp_path / "out.csv", "--quiet")
    wait_for(first, tmp_path / ".out.csv.part")
    first.send_signal(signal.SIGSTOP)
    second = start(records, "-o", tmp_path / "out.csv", "--quiet", "--resume")
    _, told = second.communicate(timeout=60)
    first.send_signal(signal.SIGCONT)
    assert second.returncode == 2
    assert f"another run is writing {tmp_path / 'out.csv'}" in told.decode()
    first.communicate(timeout=120)
    assert first.returncode == 1
    assert len((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()) == RECORDS + 1


def test_an_output_in_the_folder_that_is_read_can_be_gone_on_with(records: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    run = start(tmp_path, "-o", output, "--quiet")
    wait_for(run, tmp_path / f"out.csv{SUFFIX}", size=2000)
    run.kill()
    run.communicate()
    finished(tmp_path, "-o", output, "--quiet", "--resume")
    assert len(output.read_text(encoding="utf-8-sig").splitlines()) == RECORDS + 1


def test_ctrl_c_says_how_to_go_on(records: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    run = start(records, "-o", output)
    wait_for(run, tmp_path / f"out.csv{SUFFIX}", size=2000)
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "What is graded is kept: the same command with --resume goes on from there." in told.decode()
    refused = start(records, "-o", output)
    _, told = refused.communicate(timeout=60)
    assert refused.returncode == 2
    assert "an earlier run for out.csv was not finished" in told.decode()
    with records.open("a", encoding="utf-8") as file:
        file.write('{"id": "new", "question": "Why?", "answer": "No."}\n')
    other = start(records, "-o", output, "--resume")
    _, told = other.communicate(timeout=60)
    assert other.returncode == 2
    assert "different: input 1 (in.jsonl)" in told.decode()


def test_a_full_disk_loses_nothing(records: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", disk]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("cannot mount a small disk here")
    try:
        run = start(records, "-o", disk / "out.csv", "--quiet")
        _, told = run.communicate(timeout=60)
        assert run.returncode == 2, told.decode()
        assert "No space left" in told.decode()
        assert not (disk / "out.csv").exists()
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        finished(records, "-o", disk / "out.csv", "--quiet", "--resume")
        assert len((disk / "out.csv").read_text(encoding="utf-8-sig").splitlines()) == RECORDS + 1
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_pipe_cannot_be_gone_on_with(tmp_path: Path) -> None:
    run = start("-", "-o", tmp_path / "out.csv", "--resume")
    _, told = run.communicate(timeout=60)
    assert run.returncode == 2
    assert "--resume needs input that can be read again" in told.decode()
