"""What an interrupted run has done, so that the next one goes on from there.

A journal stands beside the output (``graded.csv.journal``) while a run is under way: a line with the run's fingerprint,
then the results of each finished window, packed, with its length and checksum. What a kill or a full disk left half
written is cut off when the journal is opened again. When the output is in its place the journal is removed.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from qa_assess.errors import InputError, JournalError, OutputError
from qa_assess.exchange import Assessment, Failure, Result
from qa_assess.readers import convokit
from qa_assess.readers.source import UTTERANCES, is_corpus
from qa_assess.resources import model_files
from qa_assess.settings import Settings

Results = Sequence[Result]

SUFFIX = ".journal"
_FRAME = struct.Struct("<II")
_LONGEST_HEAD = 10_000_000


class _Packed(msgspec.Struct):
    """A window's results: one list each, and which of them is next."""

    order: list[bool]
    assessments: list[Assessment]
    failures: list[Failure]


_decoder = msgspec.json.Decoder(_Packed)


def fingerprint(inputs: Sequence[Path], settings: Settings, options: Mapping[str, str]) -> dict[str, str]:
    """What must be the same for a run to be gone on with: the inputs' bytes, the models, the settings.

    Args:
        inputs: Files (not pipes: they cannot be read again), or folders of a ConvoKit corpus.
        settings: Of the assessment.
        options: What else changes the records that are read, by name.

    Raises:
        InputError: A file cannot be read.
    """
    marks: dict[str, str] = {}
    for number, path in enumerate(inputs, start=1):
        file = path / UTTERANCES if is_corpus(path) else path
        marks[f"input {number} ({path.name})"] = _digest(file)
        if file.name == UTTERANCES:
            beside = (file.with_name(name) for name in convokit.BESIDE)
            marks |= {f"{other.name} beside input {number}": _digest(other) for other in beside if other.is_file()}
    for path in model_files(settings):
        marks[f"model {path.parent.name}/{path.name}"] = _digest(path)
    marks["batch size"] = str(settings.batch_size)
    marks["longest text"] = str(settings.max_characters)
    return {**marks, **options, "qa-assess": version("qa-assess")}


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", hint="check the file") from error


class Journal:
    """The journal of one run.

    Args:
        output: The file that the run will write.
        marks: The run's `fingerprint`.
        resume: Go on with the run that the journal holds.

    Raises:
        JournalError: There is a journal of an unfinished run and `resume` is false, or it is of another run.
    """

    def __init__(self, output: Path, marks: Mapping[str, str], *, resume: bool) -> None:
        self.path = output.with_name(output.name + SUFFIX)
        self._marks = dict(marks)
        self._file: BinaryIO | None = None
        self.records = 0
        head = self._head()
        if head is None:
            return
        if not resume:
            hint = f"add --resume to go on with it, or delete {self.path.name} to begin again"
            raise JournalError(f"an earlier run for {output.name} was not finished", hint=hint)
        self._check(head)

    def _head(self) -> bytes | None:
        """The first line; None where there is no journal, or one that was stopped before its first window."""
        try:
            with self._opened("rb") as file:
                head = file.readline(_LONGEST_HEAD)
        except FileNotFoundError:
            return None
        torn = not head.endswith(b"\n") and head[:1] in (b"", b"{")
        return None if torn else head

    def _check(self, head: bytes) -> None:
        """Compare fingerprints."""
        try:
            kept = json.loads(head)
        except ValueError:
            kept = None
        if not isinstance(kept, dict):
            hint = f"delete {self.path.name} to begin again"
            raise JournalError(f"{self.path.name} is no journal of qa-assess", hint=hint)
        other = [name for name in {**kept, **self._marks} if kept.get(name) != self._marks.get(name)]
        if other:
            hint = f"run it with what it was begun with, or delete {self.path.name} to begin again"
            raise JournalError(f"the unfinished run was another one; different: {', '.join(other)}", hint=hint)

    def done(self) -> Iterator[Results]:
        """The windows that are done, in their order; what is broken behind them is cut off."""
        if self._head() is None:
            self.path.unlink(missing_ok=True)
            return
        with self._opened("r+b") as file:
            file.readline(_LONGEST_HEAD)
            whole = file.tell()
            while (results := _frame(file)) is not None:
                whole = file.tell()
                self.records += len(results)
                yield results
            file.truncate(whole)

    def add(self, results: Results) -> None:
        """Keep a window's results, on the disk before this returns.

        Raises:
            OutputError: The disk is full, or the journal cannot be written.
        """
        data = zlib.compress(_pack(results), 1)
        try:
            if self._file is None:
                self._file = self.path.open("ab")
                if not self._file.tell():
                    self._file.write(json.dumps(self._marks).encode() + b"\n")
            self._file.write(_FRAME.pack(len(data), zlib.crc32(data)) + data)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            hint = "make room on the disk, then run the same command with --resume"
            raise OutputError(f"cannot write {self.path}: {error.strerror or error}", hint=hint) from error
        self.records += len(results)

    def close(self) -> None:
        """Leave the journal for the next run."""
        file, self._file = self._file, None
        if file is not None:
            # On a full disk closing fails once more; what it could not write is cut off by the next run.
            with suppress(OSError):
                file.close()

    def remove(self) -> None:
        """The run is finished: take the journal away."""
        self.close()
        self.path.unlink(missing_ok=True)

    @contextmanager
    def _opened(self, mode: Literal["rb", "r+b"]) -> Iterator[BinaryIO]:
        try:
            with self.path.open(mode) as file:
                yield file
        except FileNotFoundError:
            raise
        except OSError as error:
            hint = "check its permissions, or delete it to begin again"
            raise JournalError(f"cannot read {self.path}: {error.strerror or error}", hint=hint) from error


def _pack(results: Results) -> bytes:
    assessments = [one for one in results if isinstance(one, Assessment)]
    failures = [one for one in results if isinstance(one, Failure)]
    return msgspec.json.encode(_Packed([isinstance(one, Assessment) for one in results], assessments, failures))


def _frame(file: BinaryIO) -> Results | None:
    """The next window of a journal; None where there is none, or none that is whole."""
    head = file.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    length, checksum = _FRAME.unpack(head)
    data = file.read(length)
    if len(data) < length or zlib.crc32(data) != checksum:
        return None
    try:
        packed = _decoder.decode(zlib.decompress(data))
    except (zlib.error, msgspec.DecodeError):
        return None
    assessments, failures = iter(packed.assessments), iter(packed.failures)
    return [next(assessments) if assessed else next(failures) for assessed in packed.order]
