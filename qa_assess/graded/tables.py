"""A row of the table of records as the assessment, or the failure, that it was written from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from itertools import count
from typing import Any, TypeVar

from qa_assess.codebook import GRADES, Grade, Kind, Status, Tag
from qa_assess.errors import FormatError
from qa_assess.exchange import FAILED, Ask, Assessment, Exchange, Failure, Outcome, ResponseTag, Result, Span
from qa_assess.graded.lines import exchange_flags
from qa_assess.graded.rows import AGAIN, Placed
from qa_assess.writers.columns import outputs
from qa_assess.writers.table import NO_EVIDENCE

_FIELDS = ("id", "question", "answer", "date", "asker", "answerer", "department", "heading", "house", "source", "url")
_CODED = "coded_"
# Parts that are tried to find where a text with " | " in it ends.
_PATIENCE = 60

_Word = TypeVar("_Word", bound=StrEnum)
Row = Mapping[str, Any]


def of_row(placed: Placed) -> Result:
    """The result that a row tells of.

    Raises:
        FormatError: A cell holds what we do not write there.

    >>> of_row(Placed("graded.csv:2", {"id": "1", "grade": "Full", "question": "Why?"})).grade
    <Grade.FULL: 'full'>
    """
    row = placed.row
    try:
        exchange = _exchange(row)
        if FAILED in (_text(row, "grade").casefold(), _text(row, "grade_strict").casefold()):
            return _failure(row, exchange)
        return _assessment(row, exchange)
    except ValueError as error:
        raise FormatError(f"{placed.place}: {error}", hint=AGAIN) from error


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)


def _items(row: Row, name: str) -> list[str]:
    """The items of a list: as they are in Parquet, in one cell elsewhere."""
    value = row.get(name)
    if isinstance(value, list):
        return [str(item) for item in value]
    return value.split(_separators()[name]) if value else []


@cache
def _separators() -> Mapping[str, str]:
    return {column.name: column.separator for column in outputs()["records"].columns}


def _word(words: type[_Word], text: str, what: str) -> _Word:
    """A word of the codebook, as we write it for people (`Under Review`) or for programs (`under-review`)."""
    try:
        return words(text.strip().casefold().replace(" ", "-"))
    except ValueError:
        raise ValueError(f'{what} is "{text[:60]}", and that is not a word of the codebook') from None


def _exchange(row: Row) -> Exchange:
    fields: dict[str, Any] = {name: _text(row, name) for name in _FIELDS}
    known = _separators()
    coded = {name.removeprefix(_CODED): _text(row, name) for name in row if name.startswith(_CODED) and name in known}
    extra = {name: _text(row, name) for name in row if name not in known}
    for name, value in _late(row).items():
        (coded if name in known else extra)[name.removeprefix(_CODED) if name in known else name] = str(value)
    coded = {name: value for name, value in coded.items() if value}
    return Exchange(**fields, coded=coded, extra=extra, flags=exchange_flags(_items(row, "flags")))


def _late(row: Row) -> Mapping[str, object]:
    """What the last column holds: columns of the input that came after the header was fixed."""
    text = _text(row, "extra")
    try:
        late = json.loads(text) if text else {}
    except RecursionError as error:
        raise ValueError("the column extra holds JSON too deep to read") from error
    if not isinstance(late, dict):
        raise ValueError("the column extra holds no JSON object")
    return late


def _failure(row: Row, exchange: Exchange) -> Failure:
    said = (_text(row, "failure"), _text(row, "failure_hint"), exchange.source)
    nothing_read = replace(exchange, extra={}) == Exchange(exchange.id, "", "", source=exchange.source)
    return Failure(exchange.id, "", *said, None if nothing_read and not any(exchange.extra.values()) else exchange)


def _assessment(row: Row, exchange: Exchange) -> Assessment:
    grade, strict = (
        _word(Grade, _text(row, name), name) if name in row else Grade.UNGRADED for name in ("grade", "grade_strict")
    )
    facts, primary = _text(row, "concern_evidence"), _text(row, "primary_tag")
    tags = (_word(Tag, text, "a tag") for text in _items(row, "tags"))
    return Assessment(
        exchange,
        context=_text(row, "context"),
        outcomes=tuple(_outcomes(row, exchange)),
        concern_evidence=_span(facts, exchange.answer) if facts else None,
        tags=tuple(ResponseTag(tag, 0, 0, 0.0) for tag in tags),
        primary_tag=_word(Tag, primary, "primary_tag") if primary else None,
        grade=grade,
        grade_strict=strict,
        probabilities=_probabilities(row, ""),
        probabilities_strict=_probabilities(row, "strict_"),
        feedback=_text(row, "feedback"),
        reason=_text(row, "reason"),
        flags=tuple(_items(row, "flags")),
        duplicate_of=_text(row, "duplicate_of"),
        model=_text(row, "model"),
        codebook=_text(row, "codebook"),
    )


def _probabilities(row: Row, policy: str) -> tuple[float, float, float]:
    names = (f"{policy}probability_{grade.value.replace('-', '_')}" for grade in GRADES)
    one, two, three = (_probability(row, name) for name in names)
    return one, two, three


def _probability(row: Row, name: str) -> float:
    text = _text(row, name).replace(",", ".")  # as spreadsheet programs of some countries write it
    try:
        number = float(text or 0)
    except ValueError:
        raise ValueError(f'{name} is "{text[:60]}", and that is no number') from None
    if not 0 <= number <= 1:  # nan is outside too
        raise ValueError(f'{name} is "{text[:60]}", and not from 0 to 1')
    return number


def _outcomes(row: Row, exchange: Exchange) -> Iterator[Outcome]:
    """One an ask; none where the table does not tell both its kind and its status."""
    kinds, statuses = _items(row, "ask_kinds"), _items(row, "ask_statuses")
    if not (kinds and statuses):
        return
    if len(kinds) != len(statuses):
        raise ValueError(f"it has {len(kinds)} ask_kinds and {len(statuses)} ask_statuses")
    texts = _shared_out(_items(row, "ask_texts"), len(kinds), exchange.question)
    quotes = _shared_out(_items(row, "evidence"), len(kinds), exchange.answer)
    end = 0
    for kind, status, text, quote in zip(kinds, statuses, texts, quotes, strict=True):
        asked = _span(text, exchange.question, end)
        end = asked.end or end
        evidence = _span(quote, exchange.answer) if quote and quote != NO_EVIDENCE else None
        ask = Ask(text, asked.start, asked.end, _word(Kind, kind, "an ask's kind"), 0.0)
        yield Outcome(ask, _word(Status, status, "an ask's status"), evidence, (0.0, 0.0, 0.0))


def _span(text: str, within: str, after: int = 0) -> Span:
    """Where a text stands, behind some character if it can be; at 0 to 0 where it is not found."""
    start = within.find(text, after)
    start = within.find(text) if start < 0 else start
    return Span(text, start, start + len(text)) if start >= 0 else Span(text, 0, 0)


def _shared_out(parts: Sequence[str], wanted: int, within: str) -> list[str]:
    """The texts that share a cell, as many as are wanted: what parts them may stand in a text too.

    >>> _shared_out(["the cost", "this year", "the date"], 2, "Tell us the cost | this year and the date.")
    ['the cost | this year', 'the date']
    """
    if len(parts) == wanted:
        return list(parts)
    if len(parts) < wanted:
        return [*parts, *[""] * (wanted - len(parts))]
    found = _divided(parts, wanted, within) if len(parts) <= _PATIENCE else None
    return found or [*parts[: wanted - 1], " | ".join(parts[wanted - 1 :])]


def _divided(parts: Sequence[str], wanted: int, within: str) -> list[str] | None:
    """The parts joined to as many texts as are wanted, each of which stands within the other text, if that can be."""

    @cache
    def divided(start: int, left: int) -> tuple[str, ...] | None:
        if left == 0:
            return () if start == len(parts) else None
        for end in count(start + 1):
            if end > len(parts):
                return None
            text = " | ".join(parts[start:end])
            if (text == NO_EVIDENCE or text in within) and (rest := divided(end, left - 1)) is not None:
                return (text, *rest)
        return None

    found = divided(0, wanted)
    return list(found) if found else None
