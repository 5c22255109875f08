"""A stream of exchanges into a stream of assessments: windows to an engine, duplicates marked, a journal kept."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import blake2b
from itertools import islice

from qa_assess.engines import Engine, Window, serial
from qa_assess.errors import JournalError
from qa_assess.exchange import DUPLICATE, DUPLICATE_ID, Exchange, Failure, Result
from qa_assess.journal import Journal, Results
from qa_assess.scratch import scratch_database
from qa_assess.settings import Settings


def assess(
    exchanges: Iterable[Exchange | Failure],
    settings: Settings | None = None,
    *,
    engine: Engine = serial,
    journal: Journal | None = None,
) -> Iterator[Result]:
    """Assess exchanges in their order, one result each; memory does not grow with their number.

    The models are loaded when the first result is asked for. A later record with the same question and answer (whatever
    its spaces and capitals) gets `duplicate_of` and the flag ``duplicate``; another record with an id that was there
    before gets the flag ``duplicate-id``.

    Args:
        exchanges: Records, and the failures of reading in their places.
        settings: Which models, how large a window.
        engine: One of `qa_assess.engines`; the results are the same with each.
        journal: Where finished windows are kept; those that it holds already are not assessed again.

    Raises:
        ModelError: A model is missing or broken.
        EngineError: Processes or a cluster cannot go on.
        JournalError: The journal is of other records.

    >>> exchange = Exchange("1", "Will the Minister publish the report?", "Yes. It will be published in May.")
    >>> [assessment.exchange.id for assessment in assess([exchange, exchange])]
    ['1', '1']
    """
    chosen = settings or Settings()
    windows = _windows(exchanges, chosen.batch_size)
    results = _journalled(windows, chosen, engine, journal) if journal else engine(windows, chosen)
    yield from mark_duplicates(result for window in results for result in window)


def _windows(exchanges: Iterable[Exchange | Failure], size: int) -> Iterator[Window]:
    stream = iter(exchanges)
    while window := list(islice(stream, size)):
        yield window


def _journalled(windows: Iterator[Window], settings: Settings, engine: Engine, journal: Journal) -> Iterator[Results]:
    try:
        for results in journal.done():
            if [one.id for one in next(windows, ())] != [_id(one) for one in results]:
                hint = f"delete {journal.path.name} to begin again"
                raise JournalError("the unfinished run read other records from the same files", hint=hint)
            yield results
        with closing(engine(windows, settings)) as work:
            for results in work:
                journal.add(results)
                yield results
    finally:
        journal.close()


def _id(result: Result) -> str:
    return result.id if isinstance(result, Failure) else result.exchange.id


def mark_duplicates(results: Iterable[Result]) -> Iterator[Result]:
    """Mark the records that repeat an earlier one.

    >>> exchange = Exchange("1", "Will he act?", "Yes.")
    >>> again = replace(exchange, id="2", answer="YES. ")
    >>> from qa_assess.exchange import Assessment
    >>> [a.duplicate_of for a in mark_duplicates([Assessment(exchange), Assessment(again)])]
    ['', '1']
    """
    with closing(_Seen()) as seen:
        for result in results:
            if isinstance(result, Failure):
                seen.first_with_id(result.id, b"")
                yield result
                continue
            exchange, digest = result.exchange, _digest(result.exchange)
            first = seen.first_with_texts(digest, exchange.id)
            flags: tuple[str, ...] = (DUPLICATE,) if first is not None else ()
            if seen.first_with_id(exchange.id, digest) != digest:
                flags += (DUPLICATE_ID,)
            yield replace(result, duplicate_of=first or "", flags=(*result.flags, *flags)) if flags else result


class _Seen:
    """What was seen before, in a temporary database that the system removes: the memory holds a part of it."""

    def __init__(self) -> None:
        self._store = scratch_database(
            """
            CREATE TABLE texts (digest BLOB PRIMARY KEY, id BLOB) WITHOUT ROWID;
            CREATE TABLE ids (id BLOB PRIMARY KEY, digest BLOB) WITHOUT ROWID;
            """
        )

    def first_with_texts(self, digest: bytes, record_id: str) -> str | None:
        """The id of the first record with these texts; None where this is it."""
        found = self._store.execute("SELECT id FROM texts WHERE digest = ?", (digest,)).fetchone()
        if found:
            return bytes(found[0]).decode("utf-8", "surrogatepass")
        self._store.execute("INSERT INTO texts VALUES (?, ?)", (digest, _bytes(record_id)))
        return None

    def first_with_id(self, record_id: str, digest: bytes) -> bytes:
        """The texts' digest of the first record with this id; the one given where this is it."""
        key = _bytes(record_id)
        found = self._store.execute("SELECT digest FROM ids WHERE id = ?", (key,)).fetchone()
        if found:
            return bytes(found[0])
        self._store.execute("INSERT INTO ids VALUES (?, ?)", (key, digest))
        return digest

    def close(self) -> None:
        self._store.close()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest(exchange: Exchange) -> bytes:
    """Sixteen bytes for the two texts."""
    texts = (" ".join(text.casefold().split()) for text in (exchange.question, exchange.answer))
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
