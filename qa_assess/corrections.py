"""The file of corrections: JSON Lines in the form of labels, on the disk before the page says that it is saved.

Lines are only ever added, each by one write under a lock, so that tabs and processes may write at once. What a kill or
a full disk left half written was never said to be saved; it is set aside before the next line is added (in a file
beside this one, ending in ``.torn``), so that it damages neither the lines before nor the one that follows.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from qa_assess.errors import CorrectionError, OutputError
from qa_assess.exchange import Exchange
from qa_assess.hydration import digest
from qa_assess.label_rows import Row, problems_of
from qa_assess.locks import lock

Record = tuple[str, str]
TORN = ".torn"
_PIECE = 1 << 16


def record_of(id: str, question: str, answer: str) -> Record:
    """What tells one record from others: its id, and a digest of its texts, as in `Labels.record`.

    >>> record_of("1", "Why?", "Because.") == record_of("1", "Why?", "No.")
    False
    """
    return id, digest(question, answer)


def record_of_row(row: Mapping[str, Any]) -> Record:
    """The record that a line is of."""
    return record_of(row["id"], row["question"], row["answer"])


def record_of_exchange(exchange: Exchange) -> Record:
    """The record that an exchange is."""
    return record_of(exchange.id, exchange.question, exchange.answer)


class CorrectedMeanwhileError(CorrectionError):
    """The record was corrected after the page was made; `rows` are all its corrections."""

    def __init__(self, rows: Sequence[Row]) -> None:
        last = rows[-1]
        super().__init__(
            f"this record was corrected in the meantime, by {last.get('coder')} at {last.get('corrected_at')}",
            hint="compare the two and save again; both are kept",
        )
        self.rows = tuple(rows)


class Corrections:
    """The corrections of one file, in memory as far as the file went when it was last looked at.

    Attributes:
        unreadable: Lines that somebody else wrote and that are no corrections by the codebook; they are left alone.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     corrections = Corrections(Path(folder, "corrections.jsonl"))
    ...     corrections.add({"id": "1", "question": "Well?", "answer": "No.", "asks": [], "tags": [], "grade": "no-ask",
    ...                      "coder": "Ann"})
    ...     [row["coder"] for row in corrections.of(record_of("1", "Well?", "No."))]
    ['Ann']
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unreadable = 0
        self._lock = threading.RLock()
        self._rows: list[Row] = []
        self._by_record: dict[Record, list[Row]] = {}
        self._read = 0
        self._file: tuple[int, int] | None = None
        if path.exists():
            with self._opened() as file:
                self._heal(file)

    def all(self) -> list[Row]:
        """Every correction, in the order in which they were made."""
        with self._lock:
            self._catch_up()
            return list(self._rows)

    def of(self, record: Record) -> tuple[Row, ...]:
        """The corrections of one record, in the order in which they were made."""
        with self._lock:
            self._catch_up()
            return tuple(self._by_record.get(record, ()))

    def records(self) -> list[tuple[Record, Row]]:
        """The corrected records, each with its last correction."""
        with self._lock:
            self._catch_up()
            return [(record, rows[-1]) for record, rows in self._by_record.items()]

    def add(self, row: Mapping[str, Any], seen: int | None = None) -> None:
        """Keep a correction; it is on the disk when this returns.

        Args:
            row: A checked row of labels (`correcting.correct`).
            seen: How many corrections of the record its coder had before them; None adds the row whatever there is.

        Raises:
            CorrectedMeanwhileError: There are more than `seen` now. Nothing was written.
            OutputError: The disk is full, or the file cannot be written. Nothing was written.
        """
        # A lone half of a character (broken input) becomes its escape, which JSON reads again.
        line = json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        record = record_of_row(row)
        with self._lock, self._opened() as file:
            self._heal(file)
            self._catch_up()
            known = self._by_record.get(record, [])
            if seen is not None and len(known) > seen:
                raise CorrectedMeanwhileError(known)
            self._append(file, line)
            self._catch_up()

    def _append(self, file: BinaryIO, line: bytes) -> None:
        end = file.seek(0, os.SEEK_END)
        try:
            if file.write(line) != len(line):
                raise OSError(0, "no room for the whole line")
            os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):
                file.truncate(end)
            raise _refused(self.path, error) from error

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file, locked against other processes; unbuffered, so that a write is one write."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = not self.path.exists()
            file = self.path.open("a+b", buffering=0)
        except OSError as error:
            raise _refused(self.path, error) from error
        with file:
            lock(file, wait=True)  # on Windows the lock between threads has to do
            if new:
                _sync_folder(self.path.parent)
            yield file

    def _heal(self, file: BinaryIO) -> None:
        """Set aside a last line that was not written to its end; a whole one that lacks its line end is given it."""
        size = file.seek(0, os.SEEK_END)
        start = _last_line(file, size)
        if start == size:
            return
        file.seek(start)
        torn = file.read()
        try:
            if _parsed(torn) is not None:
                file.write(b"\n")
                return
            with self.path.with_name(self.path.name + TORN).open("ab") as aside:
                aside.write(torn + b"\n")
                aside.flush()
                os.fsync(aside.fileno())
            file.truncate(start)
        except OSError as error:
            raise _refused(self.path, error) from error

    def _catch_up(self) -> None:
        """Read the whole lines that were added since the last look, by whomever; all of them where it is a new file."""
        try:
            with self.path.open("rb") as file:
                if not self._goes_on(file):
                    self._forget()
                file.seek(self._read)
                added = file.read()
        except FileNotFoundError:
            self._forget()
            return
        except OSError as error:
            raise _refused(self.path, error) from error
        whole = added[: added.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.split(b"\n"):
            if line.strip():
                self._learn(_parsed(line))

    def _goes_on(self, file: BinaryIO) -> bool:
        """Whether the file is the one that was read before, with nothing but lines added since."""
        status = os.fstat(file.fileno())
        known, self._file = self._file, (status.st_dev, status.st_ino)
        if known != self._file or status.st_size < self._read:
            return False
        file.seek(max(0, self._read - 1))
        return not self._read or file.read(1) == b"\n"

    def _forget(self) -> None:
        self._rows, self._by_record, self._read, self.unreadable = [], {}, 0, 0

    def _learn(self, row: Row | None) -> None:
        coder = row.get("coder") if row else None
        if row is None or problems_of(row) or not isinstance(coder, str) or not coder.strip():
            self.unreadable += 1
            return
        self._rows.append(row)
        self._by_record.setdefault(record_of_row(row), []).append(row)


def _parsed(line: bytes) -> Row | None:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _last_line(file: BinaryIO, size: int) -> int:
    """Where the bytes after the last line end begin."""
    end = size
    while end:
        start = max(0, end - _PIECE)
        file.seek(start)
        place = file.read(end - start).rfind(b"\n")
        if place >= 0:
            return start + place + 1
        end = start
    return 0


def _sync_folder(folder: Path) -> None:
    """Let the name of a new file outlast a power cut; Windows has no such call and needs none."""
    with suppress(OSError):
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def _refused(path: Path, error: OSError) -> OutputError:
    hint = "make room on the disk, or see that you may write there; then save again"
    return OutputError(f"cannot keep the correction in {path}: {error.strerror or error}", hint=hint)
