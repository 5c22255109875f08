"""The worker: grades one job in a process of its own, so that the pages stay quick, and whatever stops it can go on.

A window of results goes into the journal first and then into the rows. A worker that is started again takes from the
journal what is done, and adds the rows that are missing.
"""

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO

from qa_assess.batch import assess
from qa_assess.engines import Engine, begin_process
from qa_assess.errors import JournalError, OutputError, QaAssessError
from qa_assess.exchange import Exchange, Failure
from qa_assess.journal import Journal, fingerprint
from qa_assess.links import Links, linked
from qa_assess.locks import lock
from qa_assess.readers.inputs import read_all
from qa_assess.readers.source import UTTERANCES
from qa_assess.web.job import Job, JobFolder
from qa_assess.web.row_store import RowWriter

_AGAIN = "delete this job, and upload the file again"
_ROOM = "make room on the disk, then let the job go on"


def work(folder: Path, engine: Engine, teller: Connection) -> None:
    """Grade the job in a folder; what stops it is told as a message and a hint.

    Args:
        folder: Of a job that the server has made.
        engine: Where windows are assessed.
        teller: Where the message and the hint go.
    """
    begin_process()
    home = JobFolder(folder)
    job = home.load()
    named = _labels(job, home)
    try:
        with _alone(home):
            grade(home, job, engine)
    except JournalError as error:
        teller.send((named(error.message), _AGAIN))
    except OutputError as error:
        teller.send((named(error.message), _ROOM))
    except QaAssessError as error:
        teller.send((named(error.message), named(error.hint)))
    except (OSError, sqlite3.OperationalError) as error:
        teller.send((f"cannot write to the folder of this job: {error}", _ROOM))
    except sqlite3.Error as error:
        teller.send((f"the table of this job cannot be read: {error}", _AGAIN))
    except Exception as error:
        message = f"something went wrong in the program itself: {type(error).__name__}: {error}"
        teller.send((message, "please report it, with the file if you may"))


def _alone(home: JobFolder) -> BinaryIO:
    """An open file that one worker at a time can have: one whose server was killed may take a moment to end."""
    file = (home.path / "lock").open("ab")
    lock(file, wait=True)
    return file


def grade(home: JobFolder, job: Job, engine: Engine) -> None:
    """Grade a job from where it stands to its end.

    Raises:
        InputError: Its only file cannot be read.
        JournalError: It was begun with other models, or with another version.
        OutputError: The disk is full.
    """
    settings, paths = job.settings, _inputs(job, home)
    journal = Journal(home.output, fingerprint(paths, settings, {"format": ""}), resume=True)
    with closing(RowWriter(home.rows)) as rows:
        total, links = _learned(_records(job, home, paths))
        rows.tell_total(total)
        results = assess(linked(_records(job, home, paths), links), settings, engine=engine, journal=journal)
        first = 1
        while window := list(islice(results, settings.batch_size)):
            rows.add(first, window)
            first += len(window)
        rows.finish()
    journal.remove()


def _inputs(job: Job, home: JobFolder) -> list[Path]:
    """The files to read; those that lie beside the utterances of a corpus are read with them."""
    names = [upload.stored for upload in job.uploads]
    if UTTERANCES in names:
        names = [name for name in names if name == UTTERANCES or name.startswith("upload-")]
    return [home.path / name for name in names]


def _learned(records: Iterable[Exchange | Failure]) -> tuple[int, Links]:
    """A first reading: how many records there are, and what they say of one another."""
    total, links = 0, Links()
    for record in records:
        total += 1
        if isinstance(record, Exchange):
            links.learn(record)
    return total, links


def _records(job: Job, home: JobFolder, paths: list[Path]) -> Iterator[Exchange | Failure]:
    """The records of all files; their places under the names that the owner knows."""
    named = _labels(job, home)
    for record in read_all(paths):
        if isinstance(record, Exchange):
            yield replace(record, id=named(record.id), source=named(record.source))
        else:
            message, hint, source = named(record.message), named(record.hint), named(record.source)
            yield replace(record, id=named(record.id), message=message, hint=hint, source=source)


def _labels(job: Job, home: JobFolder) -> Callable[[str], str]:
    """A function that puts the owner's names of files for ours."""
    labels = {upload.stored: upload.label for upload in job.uploads} | {f"{home.path}{os.sep}": ""}
    # The folder before the names in it
    ours = re.compile("|".join(re.escape(name) for name in sorted(labels, key=len, reverse=True)))
    return lambda text: ours.sub(lambda found: labels[found[0]], text)
