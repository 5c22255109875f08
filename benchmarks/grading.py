"""What `qa-assess grade` does with a file, as one function: read, link, assess, write; and the same with a clock."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import fields
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import Clock, Spent

from qa_assess.batch import assess
from qa_assess.cli.runs import first_reading
from qa_assess.engines import Engine, Window
from qa_assess.exchange import Exchange, Failure
from qa_assess.journal import Results
from qa_assess.links import linked
from qa_assess.readers.inputs import read_all
from qa_assess.settings import Settings
from qa_assess.writers import Summary, write

# Windows that are assessed before the clock starts, and their records: enough for each of several processes to have
# loaded its models and filled the caches that a long run fills once.
_WARM, _WARM_RECORDS = 12, 4
_TEXTS = [field.name for field in fields(Exchange) if field.name not in ("source", "extra", "coded", "flags")]


def store(exchanges: Iterable[Exchange], path: Path) -> None:
    """Write exchanges as JSON Lines that our reader reads back."""
    with path.open("w", encoding="utf-8") as file:
        for one in exchanges:
            known = {name: getattr(one, name) for name in _TEXTS}
            file.write(json.dumps({**known, **one.extra}, ensure_ascii=False) + "\n")


def exchanges_of(path: Path) -> list[Exchange]:
    """All records of a file that could be read."""
    return [one for one in read_all([str(path)]) if isinstance(one, Exchange)]


def grade_file(path: Path, output: Path, settings: Settings, engine: Engine) -> Summary:
    """Grade a file into a file; the first reading too begins only when the engine asks for records."""
    return write(assess(_records(path), settings, engine=engine), output)


def _records(path: Path) -> Iterator[Exchange | Failure]:
    first = first_reading([str(path)], None)
    yield from linked(read_all([str(path)]), first.links)


def timed(
    path: Path, settings: Settings, engine: Engine, *, started: Callable[[], object] = lambda: None
) -> tuple[Spent, Summary]:
    """Grade a file and say what was spent on it after the models were loaded and warm.

    Args:
        path: Records; the first of them warm up.
        settings: Which grader.
        engine: Where to compute.
        started: Called when the clock starts.
    """
    clock, turns = Clock(), cycle(exchanges_of(path))
    warm = [list(islice(turns, _WARM_RECORDS)) for _ in range(_WARM)]

    def fed(windows: Iterable[Window]) -> Iterator[Window]:
        yield from warm
        started()
        clock.start()
        yield from windows

    def warmed(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
        yield from islice(engine(fed(windows), settings), _WARM, None)

    with TemporaryDirectory() as folder:
        summary = grade_file(path, Path(folder) / "graded.csv", settings, warmed)
    return clock.stop(), summary
