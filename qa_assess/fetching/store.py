"""What is saved, so that a run can be stopped at any moment and gone on with.

Questions grow in ``.NAME.part`` beside the file; the file itself appears when all are there, whole. ``.NAME.fetch``
holds the query, so that another query cannot be mixed in. Debates are files of their own, each written whole or not at
all.
"""

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from qa_assess.errors import OutputError

# Line ends to some readers of lines, though not to JSON.
_LINE_ENDS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"})
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def as_line(value: object) -> bytes:
    r"""One JSON line.

    >>> as_line({"questionText": "Why?\n"})
    b'{"questionText": "Why?\\n"}\n'
    """
    try:
        text = json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)
    except RecursionError as error:
        raise OutputError(
            "a reply is nested too deeply to be saved", hint="check the address of the interface"
        ) from error
    return text.encode("utf-8", "backslashreplace") + b"\n"


class QuestionFile:
    """A file of written questions that grows over as many runs as it takes; use it in a ``with`` block.

    Args:
        target: The file.
        query: What is fetched into it: names and values.

    Attributes:
        complete: True where an earlier run came to its end: there is nothing left to fetch.
        known: The ids of the questions that are saved.

    Raises:
        OutputError: The file holds something else, or cannot be written.
    """

    def __init__(self, target: Path, query: Mapping[str, Any]) -> None:
        self._target = target
        self._part = target.with_name(f".{target.name}.part")
        self._notes = target.with_name(f".{target.name}.fetch")
        self._query = dict(query)
        self._file: BinaryIO | None = None
        self.known: set[int] = set()
        with _guarded(target):
            self.complete = self._begin()

    def __enter__(self) -> Self:
        if not self.complete:
            with _guarded(self._target):
                self._file = self._part.open("ab")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, number: int, item: object) -> None:
        """Save one question."""
        assert self._file is not None, "use it in a with block"
        with _guarded(self._target):
            self._file.write(as_line(item))
            self._file.flush()
        self.known.add(number)

    def finish(self) -> None:
        """Put the file in its place. Without any question there is no file."""
        assert self._file is not None, "use it in a with block"
        with _guarded(self._target):
            os.fsync(self._file.fileno())
            self._file.close()
            if self.known:
                self._note(complete=True)
                self._part.replace(self._target)
            else:
                self._part.unlink()
                self._notes.unlink()

    def _begin(self) -> bool:
        """Look at what is there; true where nothing is left to fetch."""
        if self._target.is_dir() or not self._target.parent.is_dir():
            reason = "is a folder" if self._target.is_dir() else "is in a folder that is not there"
            raise OutputError(f"{self._target} {reason}", hint="name a file in a folder that is there")
        notes = self._read_notes()
        if self._target.exists() or self._part.exists():
            self._refuse_others(notes)
        if self._target.exists():
            self.known = set(_saved(self._target))
            return True
        self.known = set(_saved(self._part, mend=True)) if self._part.exists() else set()
        if notes.get("complete") and self._part.exists():
            self._part.replace(self._target)
            return True
        self._note(complete=False)
        return False

    def _refuse_others(self, notes: Mapping[str, Any]) -> None:
        there = self._target if self._target.exists() else self._part
        if not notes:
            raise OutputError(
                f"{there} is there already, and no fetch is known to have written it", hint="name another file"
            )
        if notes.get("query") != self._query:
            raise OutputError(
                f"{there} was fetched with other options: {_worded(notes.get('query'))}",
                hint=f"give the same options to go on, name another file, or remove {there}",
            )

    def _read_notes(self) -> dict[str, Any]:
        try:
            notes = json.loads(self._notes.read_bytes())
        except (FileNotFoundError, ValueError, RecursionError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def _note(self, *, complete: bool) -> None:
        notes = {"query": self._query, "complete": complete, "questions": len(self.known)}
        write_whole(self._notes, as_line(notes))


class DebateFolder:
    """A folder of debates, one file each.

    Args:
        path: The folder; made where it is not there yet.

    Raises:
        OutputError: It cannot be made, or is a file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _guarded(path):
            path.mkdir(exist_ok=True)

    def load(self, day: str, house: str, number: str) -> object | None:
        """A debate that was saved before; nothing where it was not, or cannot be read."""
        try:
            return json.loads(self._file(day, house, number).read_bytes())  # type: ignore[no-any-return]
        except (OSError, ValueError, RecursionError):
            return None

    def save(self, day: str, house: str, number: str, debate: object) -> None:
        """Save one debate."""
        path = self._file(day, house, number)
        with _guarded(path):
            write_whole(path, as_line(debate))

    def _file(self, day: str, house: str, number: str) -> Path:
        return self._path / f"{day}-{house.casefold()}-{number}.json"


def safe_name(text: object) -> bool:
    """True for an id that may stand in the name of a file and in an address.

    >>> safe_name("5D5EB6C1-8C07-4D4E-9B3A-2C2F0B0F4F11"), safe_name("../../etc/passwd"), safe_name(None)
    (True, False, False)
    """
    return isinstance(text, str) and _SAFE_NAME.fullmatch(text) is not None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, whenever the run is stopped."""
    part = path.with_name(f".{path.name.lstrip('.')}.new")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _saved(path: Path, *, mend: bool = False) -> Iterator[int]:
    """The ids in a file of questions. What a killed run left of a line is cut off where `mend` says so."""
    whole = 0
    with path.open("rb") as file:
        for line in file:
            number = _id_of_line(line)
            if number is None:
                break
            whole += len(line)
            yield number
    if mend:
        os.truncate(path, whole)


def _id_of_line(line: bytes) -> int | None:
    with contextlib.suppress(ValueError, RecursionError, TypeError, KeyError):
        number = json.loads(line)["value"]["id"]
        if isinstance(number, int) and line.endswith(b"\n"):
            return number
    return None


def _worded(query: object) -> str:
    return ", ".join(f"{key} {value}" for key, value in query.items()) if isinstance(query, dict) else "unknown ones"


@contextlib.contextmanager
def _guarded(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "choose a folder that you may write to; check that the disk is not full"
        raise OutputError(f"cannot write {path}: {error.strerror or error}", hint=hint) from error
