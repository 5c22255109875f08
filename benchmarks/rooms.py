"""The share of each room in the time of a grading, from wrappers around what the assessor calls.

A record's words, clauses and cues are worked out when a room first asks for them, and count there. A room that calls
another does not count the other's time as its own.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import grading

from qa_assess import assessor
from qa_assess.engines import serial
from qa_assess.settings import Settings

# What each room is called by: an owner, and names that it looks up when it runs.
PLACES: dict[str, list[tuple[Any, tuple[str, ...]]]] = {
    "first reading": [(grading, ("first_reading",))],
    "read": [(grading, ("read_all",))],
    "links": [(grading, ("linked",))],
    "parse": [(assessor, ("parse",))],
    "asks": [(assessor, ("candidates", "find_spans", "name_asks", "preamble"))],
    "encoder": [(assessor.Encoder, ("read_all",))],
    "tags": [(assessor, ("tag_figures", "find_tags", "primary_tag"))],
    "concern": [(assessor, ("concern_figures", "concern_probabilities"))],
    "outcomes": [(assessor, ("Pair", "judge", "best_sentence"))],
    "grade": [(assessor, ("no_grade", "rule", "words", "grade_figures", "grade_texts", "cases", "decide"))],
    "evidence": [(assessor, ("topics", "quote"))],
    "feedback": [(assessor, ("feedback",))],
    "rest of the assessor": [(assessor.Assessor, ("assess",))],
    "windows, duplicates": [(grading, ("assess",))],
    "write": [(grading, ("write",))],
}


class Rooms:
    """Seconds by room: those of the innermost room that is entered.

    >>> ticks = iter(range(9))
    >>> rooms = Rooms(lambda: next(ticks))
    >>> with rooms.within("write"):
    ...     list(rooms.each("read", iter(())))
    []
    >>> dict(rooms.spent)
    {'write': 2, 'read': 1}
    """

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.spent: Counter[str] = Counter()
        self._clock, self._open, self._since = clock, list[str](), clock()

    def clear(self) -> None:
        """Forget what was spent so far."""
        self.spent.clear()
        self._since = self._clock()

    def _charge(self) -> None:
        now = self._clock()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now

    @contextmanager
    def within(self, room: str) -> Iterator[None]:
        """Charge a room until the end of the block."""
        self._charge()
        self._open.append(room)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def each(self, room: str, items: Iterator[Any]) -> Iterator[Any]:
        """The items, each charged to a room while it is made."""
        while True:
            with self.within(room):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

    def wrapped(self, room: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function whose time is charged to a room; if it returns an iterator, that one's too."""

        @wraps(function, updated=())
        def call(*args: object, **kwargs: object) -> object:
            with self.within(room):
                result = function(*args, **kwargs)
            return self.each(room, result) if isinstance(result, Iterator) else result

        return call

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Charge the rooms of `PLACES` until the end of the block."""
        with ExitStack() as stack:
            for room, places in PLACES.items():
                for owner, names in places:
                    for name in names:
                        stack.enter_context(patch.object(owner, name, self.wrapped(room, getattr(owner, name))))
            yield


def shares(path: Path, settings: Settings) -> dict[str, float]:
    """The share of each room in the CPU time of grading a file in this process, in the order of `PLACES`."""
    rooms = Rooms()
    with rooms.watching():
        grading.timed(path, settings, serial, started=rooms.clear)
    return {room: rooms.spent[room] / rooms.spent.total() for room in PLACES}
