"""Engines without models: the worker of a job is a process of its own, so each is a function that it can import."""

import os
import time
from collections.abc import Generator, Iterable
from pathlib import Path

from fake_assessor import FakeAssessor

from qa_assess.engines import Window
from qa_assess.journal import Results
from qa_assess.settings import Model, Settings

SMALL = Settings(model=Model.FAST, batch_size=5)
PAUSE = 0.05


def quick(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    for window in windows:
        yield list(FakeAssessor(settings).assess(window))


def slow(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    for results in quick(windows, settings):
        time.sleep(PAUSE)
        yield results


def stuck(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    """The first window, and then nothing more."""
    yield next(quick(windows, settings))
    time.sleep(600)


def broken(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    raise ValueError("no such luck \ud800")
    yield from quick(windows, settings)


def killed(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    """One window, and then the process is gone without a word."""
    yield next(quick(windows, settings))
    os._exit(9)


def killed_once(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    """The same, but only the first of all processes: it leaves a file to say that it was here."""
    here = Path(os.environ["KILLED_ONCE"])
    if here.exists():
        yield from quick(windows, settings)
        return
    here.touch()
    yield from killed(windows, settings)
