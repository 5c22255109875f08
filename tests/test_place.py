"""Runs that write to one target at nearly the same time: each file is whole, and is its own run's."""

import errno
from contextlib import ExitStack
from io import FileIO
from pathlib import Path

import pytest

from qa_assess.errors import OutputError
from qa_assess.writers import place
from qa_assess.writers.place import placed

fcntl = pytest.importorskip("fcntl", reason="only where files can be locked")


def test_a_run_that_comes_while_another_ends_takes_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "graded.jsonl"
    replace_path, unlink, refused = Path.replace, Path.unlink, []

    def comes() -> None:
        with pytest.raises(OutputError, match="another run is writing"), placed(target):
            pass
        refused.append(True)

    def replace_late(part: Path, to: Path) -> Path:
        comes()
        return replace_path(part, to)

    def unlink_late(part: Path, *, missing_ok: bool = False) -> None:
        comes()
        unlink(part, missing_ok=missing_ok)

    with placed(target) as put:
        put("whole")
        monkeypatch.setattr(Path, "replace", replace_late)
    assert (target.read_text(), len(refused)) == ("whole", 1)
    monkeypatch.setattr(Path, "unlink", unlink_late)
    with pytest.raises(RuntimeError), placed(target):
        raise RuntimeError
    assert (target.read_text(), len(refused)) == ("whole", 2)


def test_a_run_that_begins_when_another_has_ended_keeps_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "graded.jsonl"
    replace_path, later = Path.replace, ExitStack()

    def replace_then_begin(part: Path, to: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace_path)
        moved = replace_path(part, to)
        later.enter_context(placed(target))("later")
        return moved

    with later, placed(target) as put:
        put("sooner")
        monkeypatch.setattr(Path, "replace", replace_then_begin)
    assert target.read_text() == "later"


def test_a_disk_without_locks_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with placed(tmp_path / "graded.jsonl") as put:
        put("whole")
    assert (tmp_path / "graded.jsonl").read_text() == "whole"


def test_a_part_that_cannot_be_emptied_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(FileIO):
        def truncate(self, size: int | None = None) -> int:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(place, "_opened", lambda path, mode, **_: Stuck(path, mode))
    with pytest.raises(OutputError, match="Input/output error"), placed(tmp_path / "graded.jsonl"):
        pass
