"""A job: uploaded files that are graded together, and what is known of them.

A job is a folder: the files, `job.json` with what stands here, the journal while it is under way, and `rows.sqlite`.
"""

import os
import re
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import msgspec

from qa_assess.readers import FORMATS
from qa_assess.readers.source import UTTERANCES
from qa_assess.settings import Settings

UPLOADS = "/jobs"
_LONGEST_LABEL = 120
_PIECE = 1 << 20
_SUFFIXES = frozenset(suffix for known in FORMATS for suffix in known.suffixes)
# Of a ConvoKit corpus: its reader looks for these names beside one another.
_CORPUS = frozenset({UTTERANCES, "speakers.json", "users.json", "conversations.json"})
# What an id looks like: a regular expression for addresses too.
JOB_ID = "[0-9a-f]{12}"


class JobState(StrEnum):
    """What is being done with a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def under_way(self) -> bool:
        """Whether it goes on by itself.

        >>> JobState.WAITING.under_way, JobState.STOPPED.under_way
        (True, False)
        """
        return self in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: what its owner calls it, and the name of ours under which it lies in the job's folder."""

    label: str
    stored: str
    size: int


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Attributes:
        created: ISO date and time, in UTC.
        queued: When it began to wait for its turn.
        settings: How it was begun to be graded; a server with others goes on with these.
        message, hint: What stopped it, and what to do about it.
    """

    id: str
    uploads: tuple[Upload, ...]
    created: str
    queued: str
    settings: Settings = field(default_factory=Settings)
    state: JobState = JobState.WAITING
    message: str = ""
    hint: str = ""

    @property
    def title(self) -> str:
        """What the job is called: its first file, and how many others.

        >>> Job("1", (Upload("a.csv", "upload-1.csv", 9), Upload("b.csv", "upload-2.csv", 9)), "", "").title
        'a.csv and 1 other file'
        """
        others = len(self.uploads) - 1
        first = self.uploads[0].label if self.uploads else "no file"
        return first if others < 1 else f"{first} and {others} other file{'s' if others > 1 else ''}"

    @property
    def address(self) -> str:
        """Where it is shown.

        >>> Job("0123456789ab", (), "", "").address
        '/jobs/0123456789ab'
        """
        return f"{UPLOADS}/{self.id}"

    @property
    def table(self) -> str:
        """Where its results are shown; a record has its number behind that."""
        return f"{self.address}/records"

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(upload.size for upload in self.uploads)


@dataclass(frozen=True, slots=True)
class JobFolder:
    """Where what belongs to a job lies."""

    path: Path

    @property
    def rows(self) -> Path:
        """The store of its results."""
        return self.path / "rows.sqlite"

    @property
    def output(self) -> Path:
        """What the journal is named after."""
        return self.path / "rows"

    def save(self, job: Job) -> None:
        """Write what is known of the job, whole or not at all."""
        part = self.path / "job.json.part"
        with part.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(job, enc_hook=str)))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / "job.json")

    def load(self) -> Job:
        """What is known of the job; where that cannot be read, a job that says so."""
        try:
            data = (self.path / "job.json").read_bytes()
            return msgspec.json.decode(data, type=Job, dec_hook=_decoded)
        except (OSError, msgspec.MsgspecError) as error:
            message = f"what was written down about this job cannot be read: {error}"
            hint = "delete it, and upload the file again"
            return Job(self.path.name, (), "", "", state=JobState.FAILED, message=message, hint=hint)


def _decoded(wanted: type, value: Any) -> Any:  # noqa: ANN401 - the hook of msgspec: of all fields, paths alone come here
    return wanted(value)


def is_job_id(text: str) -> bool:
    """Whether a text can be a job's id, and so the name of its folder.

    >>> is_job_id("0123456789ab"), is_job_id("../../etc")
    (True, False)
    """
    return re.fullmatch(JOB_ID, text) is not None


def label_of(name: str) -> str:
    r"""A file's name as its owner wrote it, fit to be shown: without folders, and without what no one can see.

    >>> label_of("C:\\Users\\me\\debate.csv"), label_of("../../etc/pass\x00wd"), label_of("")
    ('debate.csv', 'passwd', 'file without a name')
    """
    last = re.split(r"[/\\]", name)[-1]
    # Marks that turn the direction of writing, half character pairs and control characters are all of category C.
    seen = "".join(letter for letter in last if not unicodedata.category(letter).startswith("C")).strip()
    if len(seen) > _LONGEST_LABEL:
        seen = f"{seen[: _LONGEST_LABEL - 13]}…{seen[-12:]}"
    return seen or "file without a name"


def stored_name(label: str, number: int) -> str:
    """The name under which a file is kept: ours, but for a known suffix, by which some formats are told apart.

    >>> stored_name("May 4th.CSV", 1), stored_name("x.exe", 2), stored_name("utterances.jsonl", 3)
    ('upload-0001.csv', 'upload-0002', 'utterances.jsonl')
    """
    if label in _CORPUS:
        return label
    suffix = PurePosixPath(label).suffix.casefold()
    return f"upload-{number:04}{suffix if suffix in _SUFFIXES else ''}"


def keep(files: Iterable[tuple[str, BinaryIO]], folder: Path) -> tuple[Upload, ...]:
    """Write files, given by their names and what is in them, into the folder of a job, under names of ours.

    Raises:
        OSError: They cannot be written.
    """
    uploads = list[Upload]()
    for number, (name, stream) in enumerate(files, start=1):
        label = label_of(name)
        stored = stored_name(label, number)
        if stored in {upload.stored for upload in uploads}:
            stored = stored_name("", number)
        with (folder / stored).open("xb") as file:
            shutil.copyfileobj(stream, file, _PIECE)
            uploads.append(Upload(label, stored, file.tell()))
    return tuple(uploads)
