"""A stream of exchanges into a stream of assessments, duplicates marked."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b

from qa_assess.exchange import Assessment, Exchange, Failure
from qa_assess.settings import Settings

DUPLICATE = "duplicate"
DUPLICATE_ID = "duplicate-id"


def assess(exchanges: Iterable[Exchange | Failure], settings: Settings | None = None) -> Iterator[Assessment | Failure]:
    """Assess exchanges in their order, one result each; memory does not grow with their texts.

    The models are loaded when the first result is asked for. A later record with the same question and answer (whatever
    its spaces and capitals) gets `duplicate_of` and the flag ``duplicate``; another record with an id that was there
    before gets the flag ``duplicate-id``.

    Raises:
        ModelError: A model is missing or broken.

    >>> exchange = Exchange("1", "Will the Minister publish the report?", "Yes. It will be published in May.")
    >>> [assessment.exchange.id for assessment in assess([exchange, exchange])]
    ['1', '1']
    """
    from qa_assess.assessor import Assessor  # noqa: PLC0415 - spaCy and scikit-learn take a second to import

    yield from mark_duplicates(Assessor(settings or Settings()).assess(exchanges))


def mark_duplicates(results: Iterable[Assessment | Failure]) -> Iterator[Assessment | Failure]:
    """Mark the records that repeat an earlier one.

    >>> exchange = Exchange("1", "Will he act?", "Yes.")
    >>> again = replace(exchange, id="2", answer="YES. ")
    >>> [a.duplicate_of for a in mark_duplicates([Assessment(exchange), Assessment(again)])]
    ['', '1']
    """
    first_ids: dict[bytes, str] = {}
    digests: dict[str, bytes] = {}
    for result in results:
        if isinstance(result, Failure):
            digests.setdefault(result.id, b"")
            yield result
            continue
        digest = _digest(result.exchange)
        first = first_ids.get(digest)
        flags: tuple[str, ...] = (DUPLICATE,) if first is not None else ()
        if digests.setdefault(result.exchange.id, digest) != digest:
            flags += (DUPLICATE_ID,)
        first_ids.setdefault(digest, result.exchange.id)
        yield replace(result, duplicate_of=first or "", flags=(*result.flags, *flags)) if flags else result


def _digest(exchange: Exchange) -> bytes:
    """Sixteen bytes for the two texts: what a million records can be remembered by."""
    texts = (" ".join(text.casefold().split()) for text in (exchange.question, exchange.answer))
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
