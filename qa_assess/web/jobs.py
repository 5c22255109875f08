"""The jobs of a server: one is graded at a time, the others wait; what a stop interrupts goes on after the next start.

Each job is graded by a process of its own (`work`), so that stopping one is ending its process: what it has done is in
its journal.
"""

import multiprocessing
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import BinaryIO

from qa_assess.engines import Engine, serial
from qa_assess.errors import OutputError
from qa_assess.locks import lock
from qa_assess.settings import Settings
from qa_assess.web.job import Job, JobFolder, JobState, is_job_id, keep
from qa_assess.web.row_store import Progress, create, read_progress
from qa_assess.web.work import work

# What the names of folders of files to download begin with
DOWNLOAD = "download-"
_ATTEMPTS = 3
_SPAWN = multiprocessing.get_context("spawn")


class Jobs:
    """All jobs in a folder. `start` lets them be graded, `close` ends that.

    Args:
        folder: Where they lie; it is made if it is not there.
        settings: How new jobs are graded.
        engine: Where windows are assessed.

    Raises:
        OutputError: The folder cannot be written, or another server has it.
    """

    def __init__(self, folder: Path, settings: Settings, engine: Engine = serial) -> None:
        self.folder = folder
        self._settings, self._engine = settings, engine
        self._jobs: dict[str, Job] = {}
        self._changing = threading.Condition()
        self._worker: tuple[str, SpawnProcess] | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (folder / "lock").open("ab")
        except OSError as error:
            hint = "choose a folder that you may write to with --folder"
            raise OutputError(f"cannot write to {folder}: {error.strerror or error}", hint=hint) from error

    def claim(self) -> None:
        """Let this be the only server of the folder.

        Raises:
            OutputError: Another server has it.
        """
        try:
            lock(self._lock, wait=False)
        except OSError as error:
            hint = "stop that one, or choose another folder with --folder"
            raise OutputError(f"another qa-assess serve has the folder {self.folder}", hint=hint) from error

    def start(self) -> None:
        """Take the jobs that are there, and go on with those that were not finished.

        Raises:
            OutputError: Another server has the folder.
        """
        self.claim()
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith("."):  # half uploaded, or half deleted, when the server was stopped
                shutil.rmtree(path, ignore_errors=True)
            elif is_job_id(path.name) and path.is_dir():
                for left in path.glob(f"{DOWNLOAD}*"):  # half sent
                    shutil.rmtree(left, ignore_errors=True)
                self._jobs[path.name] = JobFolder(path).load()
        with self._changing:
            for job in list(self._jobs.values()):
                now, progress = self.standing(job)
                if now.state.under_way:
                    self._change(job.id, JobState.DONE if progress.finished else JobState.WAITING)
                elif job.state.under_way:
                    self._change(job.id, now.state, now.message, now.hint)
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the worker; its job goes on when a server is started on this folder again."""
        with self._changing:
            self._closing = True
            if self._worker:
                self._worker[1].terminate()
            self._changing.notify_all()
        if self._thread:
            self._thread.join()
        self._lock.close()

    def all(self) -> list[Job]:
        """All jobs, the latest first."""
        with self._changing:
            return sorted(self._jobs.values(), key=lambda job: (job.created, job.id), reverse=True)

    def get(self, job_id: str) -> Job | None:
        """The job with this id, if there is one."""
        with self._changing:
            return self._jobs.get(job_id)

    def home(self, job: Job) -> JobFolder:
        """Where a job lies."""
        return JobFolder(self.folder / job.id)

    def progress(self, job: Job) -> Progress:
        """How far a job is; with the trouble where its store cannot be read."""
        rows = self.home(job).rows
        try:
            return read_progress(rows) if rows.is_file() else Progress()
        except sqlite3.Error as error:
            return Progress(trouble=str(error))

    def standing(self, job: Job) -> tuple[Job, Progress]:
        """A job as it is to be shown, and how far it is: one whose store cannot be read has failed."""
        progress = self.progress(job)
        if progress.trouble and job.state is not JobState.FAILED:
            message = f"the table of this job cannot be read: {progress.trouble}"
            job = replace(job, state=JobState.FAILED, message=message, hint="delete it, and upload the file again")
        return job, progress

    def ahead(self, job: Job) -> int:
        """How many jobs come before one that waits."""
        return sum(one.state.under_way and one.queued < job.queued for one in self.all())

    def add(self, files: Iterable[tuple[str, BinaryIO]]) -> Job:
        """Make a job of some files, given by their names and what is in them, and let it wait for its turn.

        Raises:
            OutputError: They cannot be written.
        """
        job_id = secrets.token_hex(6)
        part = self.folder / f".new-{job_id}"
        with ExitStack() as failed:
            failed.callback(shutil.rmtree, part, ignore_errors=True)
            try:
                part.mkdir()
                uploads = keep(files, part)
                now = datetime.now(UTC).isoformat()
                job = Job(job_id, uploads, now, now, self._settings)
                home = JobFolder(part)
                create(home.rows)
                home.save(job)
                part.rename(self.folder / job_id)
            except (OSError, sqlite3.Error) as error:
                hint = "make room on the disk, then upload the file again"
                reason = getattr(error, "strerror", None) or error
                raise OutputError(f"the file cannot be kept: {reason}", hint=hint) from error
            failed.pop_all()
        with self._changing:
            self._jobs[job_id] = job
            self._changing.notify_all()
        return job

    def stop(self, job: Job) -> None:
        """Stop a job; what it has done is kept."""
        with self._changing:
            now = self._jobs.get(job.id)
            if now and now.state.under_way:
                self._change(job.id, JobState.STOPPED)
                if self._worker and self._worker[0] == job.id:
                    self._worker[1].terminate()

    def go_on(self, job: Job) -> None:
        """Let a job that was stopped, or has failed, wait for its turn again."""
        with self._changing:
            now = self._jobs.get(job.id)
            if now and now.uploads and now.state in (JobState.STOPPED, JobState.FAILED):
                self._jobs[job.id] = replace(now, queued=datetime.now(UTC).isoformat())
                self._change(job.id, JobState.WAITING)

    def delete(self, job: Job) -> None:
        """Remove a job and all its files.

        Raises:
            OutputError: A file cannot be removed.
        """
        with self._changing:
            worker = self._worker[1] if self._worker and self._worker[0] == job.id else None
            self.stop(job)
            self._jobs.pop(job.id, None)
        if worker:
            worker.join()
        gone = self.folder / f".deleted-{job.id}"
        try:
            (self.folder / job.id).rename(gone)
            shutil.rmtree(gone)
        except FileNotFoundError:  # deleted in another tab a moment ago
            return
        except OSError as error:
            raise OutputError(
                f"cannot remove {gone}: {error.strerror or error}", hint="remove the folder by hand"
            ) from error

    def _change(self, job_id: str, state: JobState, message: str = "", hint: str = "") -> None:
        with self._changing:
            job = replace(self._jobs[job_id], state=state, message=message, hint=hint)
            self._jobs[job_id] = job
            self._changing.notify_all()
            # On a full disk the server still knows; one that is started later goes by what was written last.
            with suppress(OSError):
                self.home(job).save(job)

    def _serve(self) -> None:
        """Grade one job after the other, until the server ends."""
        while (job_id := self._next()) is not None:
            try:
                self._grade(job_id)
            except (OSError, sqlite3.Error) as error:
                with self._changing:
                    if job_id in self._jobs:
                        message = f"the job cannot be begun: {error}"
                        self._change(job_id, JobState.FAILED, message, "make room (memory, disk), then let it go on")

    def _next(self) -> str | None:
        with self._changing:
            while not self._closing:
                if waiting := [job for job in self._jobs.values() if job.state is JobState.WAITING]:
                    return min(waiting, key=lambda job: job.queued).id
                self._changing.wait()
            return None

    def _grade(self, job_id: str) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            ours, theirs = _SPAWN.Pipe(duplex=False)
            with closing(ours):
                if not self._begin(job_id, theirs):
                    return
                trouble = _told(ours)
                if self._ended(job_id, trouble, last=attempt == _ATTEMPTS):
                    return

    def _begin(self, job_id: str, teller: Connection) -> bool:
        """Start the worker of a job that still waits."""
        with self._changing, closing(teller):
            job = self._jobs.get(job_id)
            if self._closing or job is None or not job.state.under_way:
                return False
            if job.state is not JobState.RUNNING:
                self._change(job_id, JobState.RUNNING)
            arguments = (self.home(job).path, self._engine, teller)
            worker = _SPAWN.Process(target=work, args=arguments, name=f"job {job_id}", daemon=True)
            worker.start()
            self._worker = (job_id, worker)
            return True

    def _ended(self, job_id: str, trouble: tuple[str, str] | None, *, last: bool) -> bool:
        """Write down how a worker ended; False if the job is to be tried again."""
        assert self._worker
        self._worker[1].join()
        with self._changing:
            self._worker = None
            job = self._jobs.get(job_id)
            # Stopped, deleted, or to be gone on with by the next server.
            if job is None or job.state is not JobState.RUNNING or self._closing:
                return True
            if trouble:
                self._change(job_id, JobState.FAILED, *trouble)
            elif self.progress(job).finished:
                self._change(job_id, JobState.DONE)
            elif last:
                message = f"the process that grades has ended {_ATTEMPTS} times without a word"
                self._change(job_id, JobState.FAILED, message, "is there enough memory? Let the job go on then")
            else:
                return False
            return True


def _told(teller: Connection) -> tuple[str, str] | None:
    """What a worker says has stopped it; None where it ends without a word."""
    try:
        message, hint = teller.recv()
    except (EOFError, OSError):
        return None
    # Half of a character pair could not be written down.
    return tuple(text.encode("utf-8", "replace").decode() for text in (message, hint))
