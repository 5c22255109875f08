"""What `grade` sets up before it begins: where to compute, a journal, and a first reading of the input."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_assess.cli.doors import EngineName
from qa_assess.engines import Engine, dask, processes
from qa_assess.errors import EngineError, JournalError
from qa_assess.exchange import Exchange, Failure
from qa_assess.journal import Journal, fingerprint
from qa_assess.links import Links
from qa_assess.readers.inputs import read_all
from qa_assess.settings import Settings
from qa_assess.writers import STDOUT, WINDOW


def chosen_engine(name: EngineName, jobs: int, scheduler: str | None) -> Engine:
    """The engine that the options name.

    Raises:
        EngineError: A scheduler's address without Dask.
    """
    if scheduler and name is not EngineName.DASK:
        raise EngineError("--scheduler is an address of Dask", hint="add --engine dask")
    # Of a cluster that is started here, one worker a core unless a number is given.
    return dask(scheduler, 0 if jobs == 1 else jobs) if name is EngineName.DASK else processes(jobs)


def begin_journal(
    inputs: Sequence[str], output: str, settings: Settings, format: str | None, *, resume: bool
) -> Journal | None:
    """The journal of a run from files into a file; none where a pipe is read or written, which cannot be gone on with.

    Raises:
        JournalError: An unfinished run stands there and is not to be gone on with, or is another one.
    """
    if output != STDOUT and _is_file(output) and not Path(output).is_dir() and all(_is_file(name) for name in inputs):
        marks = fingerprint([Path(name) for name in inputs], settings, {"format": format or ""})
        return Journal(Path(output), marks, resume=resume)
    if resume:
        hint = "a run can be gone on with where it reads files and writes a file"
        raise JournalError("--resume needs input that can be read again, and an output that is a file", hint=hint)
    return None


def _is_file(name: str) -> bool:
    """Whether a name is not that of a pipe or a device, there or not."""
    path = Path(name)
    try:
        return name != STDOUT and (path.is_file() or path.is_dir() or not path.exists())
    except OSError:  # whoever opens it says what is wrong
        return True


@dataclass(frozen=True, slots=True)
class FirstReading:
    """What a first reading of the input teaches; nothing where it can be read only once.

    Attributes:
        total: The number of records.
        window: The first records, which fix the columns of the output.
        links: What the records say of one another.
    """

    total: int | None = None
    window: list[Exchange | Failure] | None = None
    links: Links | None = None


def first_reading(inputs: Sequence[str], format: str | None) -> FirstReading:
    """Read the input once before the grading begins, so that what cannot be read is found at once.

    Of several files, one that cannot be read is a row of its own. A pipe is left alone, for it can be read only once.
    """
    if not all(_is_file(name) for name in inputs):
        return FirstReading()
    total, window, links = 0, list[Exchange | Failure](), Links()
    for record in read_all(inputs, format=format):
        total += 1
        if total <= WINDOW:
            window.append(record)
        if isinstance(record, Exchange):
            links.learn(record)
    return FirstReading(total, window, links)
