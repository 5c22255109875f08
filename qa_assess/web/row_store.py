"""`rows.sqlite`: where the results of a job lie, one row a record, written a window at a time.

The worker writes and the server reads at the same time (SQLite's write-ahead log). What a row shows and what it is
sorted and filtered by stands in `records`; the whole result lies beside, packed, in `results`; the words of the texts
are in a full-text index.
"""

import sqlite3
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from qa_assess.exchange import FAILED, LOW_CONFIDENCE, Assessment, Exchange, Failure, Result

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE records (
    n INTEGER PRIMARY KEY, id TEXT, failed INTEGER, grade TEXT, strict TEXT, probability REAL, strict_probability REAL,
    unsure INTEGER, duplicate INTEGER, department TEXT, answerer TEXT, asker TEXT, date TEXT, heading TEXT,
    primary_tag TEXT, feedback TEXT, flags TEXT, excerpt TEXT,
    department_key TEXT, answerer_key TEXT, asker_key TEXT
);
CREATE TABLE results (n INTEGER PRIMARY KEY, result BLOB);
CREATE TABLE kinds (kind TEXT, n INTEGER, PRIMARY KEY (kind, n)) WITHOUT ROWID;
CREATE TABLE tags (tag TEXT, n INTEGER, PRIMARY KEY (tag, n)) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5(
    id, question, answer, feedback, heading, department, answerer, asker,
    content='', tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE progress (total INTEGER, done INTEGER, finished INTEGER, rate REAL);
INSERT INTO progress VALUES (NULL, 0, 0, NULL);
"""
_EXCERPT = 160
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        total: The number of records; None until the files have been read once.
        done: Records that have a row.
        finished: Whether all have.
        rate: Records a second; None until it can be told.
        trouble: Why none of this can be told.
    """

    total: int | None = None
    done: int = 0
    finished: bool = False
    rate: float | None = None
    trouble: str = ""

    @property
    def seconds_left(self) -> float | None:
        """A guess; None where there is nothing to guess from.

        >>> Progress(total=300, done=100, rate=50.0).seconds_left
        4.0
        """
        return (self.total - self.done) / self.rate if self.total is not None and self.rate else None


def create(path: Path) -> None:
    """Make an empty store."""
    with closing(sqlite3.connect(path)) as store:
        store.executescript(_SCHEMA)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The store of a job, to read."""
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as store:
        store.execute("PRAGMA query_only = 1")
        yield store


def read_progress(path: Path) -> Progress:
    """How far the job is whose store this is."""
    with opened(path) as store:
        total, done, finished, rate = store.execute("SELECT total, done, finished, rate FROM progress").fetchone()
    return Progress(total, done, bool(finished), rate)


def unpacked(packed: bytes, *, failed: bool) -> Result:
    """A result as it was written."""
    return _FAILURES.decode(packed) if failed else _ASSESSMENTS.decode(packed)


def folded(text: str) -> str:
    """A text to compare by: without accents and capitals.

    >>> folded("Élodie Ångström")
    'elodie angstrom'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_ASSESSMENTS = msgspec.json.Decoder(Assessment)
_FAILURES = msgspec.json.Decoder(Failure)


class RowWriter:
    """Writes the rows of one job; those that are there already are left as they are.

    Args:
        path: Of a store that `create` has made.
    """

    def __init__(self, path: Path) -> None:
        self._store = sqlite3.connect(path, timeout=_PATIENCE)
        # A window that a power cut takes away is in the journal still.
        self._store.execute("PRAGMA synchronous = NORMAL")
        (self.done,) = self._store.execute("SELECT coalesce(max(n), 0) FROM records").fetchone()
        self._began: tuple[float, int] | None = None

    def tell_total(self, total: int) -> None:
        """Say how many records there will be."""
        with self._store:
            self._store.execute("UPDATE progress SET total = ?, done = ?, rate = NULL", (total, self.done))

    def add(self, first: int, results: Sequence[Result]) -> None:
        """Write a window of results, whole or not at all; `first` is the number of its first record, from 1."""
        rows = [(n, result) for n, result in enumerate(results, start=first) if n > self.done]
        if not rows:
            return
        last = rows[-1][0]
        with self._store:
            self._insert("records", (_record(n, result) for n, result in rows))
            self._insert("results", ((n, msgspec.json.encode(result)) for n, result in rows))
            self._insert("kinds", ((kind, n) for n, result in rows for kind in _kinds(result)))
            self._insert("tags", ((tag, n) for n, result in rows for tag in _tags(result)))
            words = "INSERT INTO texts (rowid, id, question, answer, feedback, heading, department, answerer, asker)"
            self._store.executemany(f"{words} VALUES (?{', ?' * 8})", (_texts(n, result) for n, result in rows))
            self._store.execute("UPDATE progress SET done = ?, rate = ?", (last, self._rate(last)))
        self.done = last

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            self._store.execute(f"INSERT INTO {table} VALUES (?{', ?' * (len(row) - 1)})", row)  # noqa: S608

    def _rate(self, done: int) -> float | None:
        """Records a second since the first window, whose time is that of loading the models."""
        now = time.monotonic()
        if self._began is None:
            self._began = (now, done)
            return None
        at, already = self._began
        return (done - already) / (now - at) if now > at else None

    def finish(self) -> None:
        """Say that all records have their rows."""
        with self._store:
            self._store.execute("INSERT INTO texts (texts) VALUES ('optimize')")
            self._store.execute("UPDATE progress SET total = ?, done = ?, finished = 1", (self.done, self.done))

    def close(self) -> None:
        """Give the store back."""
        self._store.close()


def _record(n: int, result: Result) -> tuple[Any, ...]:
    """The row of a result, in the order of the table's columns."""
    exchange = _exchange(result)
    people = (exchange.department, exchange.answerer, exchange.asker)
    excerpt = " ".join(exchange.question[: 2 * _EXCERPT].split())[:_EXCERPT]
    shown = (*people, exchange.date, exchange.heading, *_told(result), excerpt)
    return (
        n,
        result.id if isinstance(result, Failure) else exchange.id,
        *_graded(result),
        *shown,
        *map(folded, people),
    )


def _graded(result: Result) -> tuple[Any, ...]:
    """From `failed` to `duplicate`."""
    if isinstance(result, Failure):
        return (True, FAILED, FAILED, None, None, False, False)
    return (
        False,
        result.grade.value,
        result.grade_strict.value,
        max(result.probabilities) if result.grade.graded else None,
        max(result.probabilities_strict) if result.grade_strict.graded else None,
        LOW_CONFIDENCE in result.flags,
        result.repeats,
    )


def _told(result: Result) -> tuple[str, str, str]:
    """From `primary_tag` to `flags`."""
    if isinstance(result, Failure):
        return "", result.message, "; ".join(result.exchange.flags if result.exchange else ())
    tag = result.primary_tag.value if result.primary_tag else ""
    return tag, result.feedback or result.reason, "; ".join(result.flags)


def _exchange(result: Result) -> Exchange:
    return (result.exchange or Exchange(result.id, "", "")) if isinstance(result, Failure) else result.exchange


def _kinds(result: Result) -> set[str]:
    return set() if isinstance(result, Failure) else {outcome.ask.kind.value for outcome in result.outcomes}


def _tags(result: Result) -> set[str]:
    return set() if isinstance(result, Failure) else {tag.name.value for tag in result.tags}


def _texts(n: int, result: Result) -> tuple[int | str, ...]:
    """What a search looks at."""
    exchange = _exchange(result)
    told = result.message if isinstance(result, Failure) else result.feedback
    people = (exchange.department, exchange.answerer, exchange.asker)
    return (n, exchange.id, exchange.question, exchange.answer, told, exchange.heading, *people)
