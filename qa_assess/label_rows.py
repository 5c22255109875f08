"""One labelled record: a row of plain values checked against the codebook, and what it means.

What the codebook does not allow is a `Problem`, said with what to do about it; nothing is repaired.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from qa_assess.codebook import Grade, Kind, Status, Tag, grade_default
from qa_assess.exchange import Ask, Exchange, Span
from qa_assess.hydration import digest

EXCHANGE_FIELDS = ("date", "asker", "answerer", "department", "heading", "house", "url")
_LABEL_FIELDS = frozenset(
    {"id", "question", "answer", "asks", "concern_evidence", "tags", "grade", "grade_strict", "feedback", "sure", "why"}
    # Of a correction
    | {"coder", "note", "corrected_at", "model", "was", "page"}
)
_Word = TypeVar("_Word", bound=StrEnum)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LabelledAsk:
    """One ask as the coder marked it, what the answer does with it, and the words that carry that."""

    ask: Ask
    status: Status
    evidence: Span | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """One labelled record.

    Attributes:
        asks: In the order of the file.
        grade, grade_strict: Under the two policies. Where the file has no strict grade it follows from the statuses.
        sure: 3 clear, 2 a careful colleague might differ, 1 a coin toss.
        why: Why the grade departs from the rule, where it does; anything else that was hard about the case.
        coder: Whose correction it is; empty where it is none.
        was: What the tool had said, in the form of labels, where the line holds it.

    Fields of the record that are not labels stand in `exchange.extra` as text (`kind`: ``oral`` or ``written``).
    """

    id: str
    exchange: Exchange
    asks: tuple[LabelledAsk, ...]
    concern_evidence: Span | None
    tags: tuple[Tag, ...]
    grade: Grade
    grade_strict: Grade
    sure: int = 3
    feedback: str = ""
    why: str = ""
    coder: str = ""
    was: Row | None = None

    @property
    def record(self) -> tuple[str, str]:
        """What tells one record from others: its id, and a digest of its texts (two inputs may number their rows)."""
        return self.id, digest(self.exchange.question, self.exchange.answer)


class Problem(NamedTuple):
    """A deviation from the codebook: what it is, and what to do about it."""

    what: str
    todo: str


def problems_of(row: Row) -> list[Problem]:
    """What of one row departs from the codebook, with what to do about it; empty where nothing does.

    >>> problems_of({"id": "1", "question": "Why?", "answer": "No.", "asks": [], "tags": [], "grade": "full"})[0].what
    'grade is full, but by the rule it is no-ask'
    """
    problems: list[Problem] = []
    labels_of(row, "", problems)
    return problems


def strict_beside(grade: Grade, statuses: Sequence[Status]) -> Grade:
    """The strict grade that goes with a default one, by the statuses of the asks.

    >>> strict_beside(Grade.PARTIAL, [Status.NONE])
    <Grade.NON_ANSWER: 'non-answer'>
    """
    return Grade.NON_ANSWER if set(statuses) == {Status.NONE} and grade.graded else grade


def labels_of(row: Row, where: str, problems: list[Problem]) -> Labels | None:
    """Labels of one row; what is wrong with it is added to `problems`, and its labels then mean nothing."""
    id, question, answer = (_text(row, name, problems) for name in ("id", "question", "answer"))
    asks = _asks(row, problems)
    concern = _span(answer, row, "concern_evidence", problems)
    tags = [_word(Tag, value, "tag", problems) for value in _list(row, "tags", problems)]
    named = tuple(tag for tag in tags if tag)
    if len(set(named)) < len(named):
        problems.append(Problem("a tag stands there twice", "name each tag once"))
    known = [ask for ask in asks if ask]
    grade, strict = _grades(row, [ask.status for ask in known], concern is not None, problems)
    sure = row.get("sure", 3)
    if sure not in (1, 2, 3) or isinstance(sure, bool):
        todo = "write 3 (clear), 2 (a careful colleague might differ) or 1 (a coin toss)"
        problems.append(Problem(f"sure is {sure!r}", todo))
    if problems or grade is None or strict is None:
        return None
    fields: dict[str, Any] = {name: str(row[name]) for name in EXCHANGE_FIELDS if row.get(name) is not None}
    exchange = replace(Exchange(id, question, answer, source=where, extra=_extra(row)), **fields)
    feedback, why = str(row.get("feedback") or ""), str(row.get("why") or "")
    coder, was = str(row.get("coder") or "").strip(), row.get("was")
    was = was if isinstance(was, dict) else None
    return Labels(id, exchange, tuple(known), concern, named, grade, strict, sure, feedback, why, coder, was)


def _extra(row: Row) -> dict[str, str]:
    names = (name for name in row if name not in _LABEL_FIELDS and name not in EXCHANGE_FIELDS)
    return {name: str(row[name]) for name in names if isinstance(row[name], str | int | float)}


def _text(row: Row, name: str, problems: list[Problem]) -> str:
    value = row.get(name)
    # An answer may be empty: that is what an Ungraded record looks like.
    if isinstance(value, str) and (value.strip() or name == "answer"):
        return value
    what = f"{name} is missing" if value is None else f"{name} is {value!r}"
    problems.append(Problem(what, f"give the record's {name} as text"))
    return ""


def _list(row: Row, name: str, problems: list[Problem]) -> list[Any]:
    value = row.get(name)
    if isinstance(value, list):
        return value
    problems.append(Problem(f"{name} is {value!r}", f"write a list, [] where there are no {name}"))
    return []


def _word(words: type[_Word], value: object, what: str, problems: list[Problem]) -> _Word | None:
    try:
        return words(str(value))
    except ValueError:
        known = ", ".join(words)
        problems.append(Problem(f"{what} is {value!r}, not a word of the codebook", f"write one of: {known}"))
        return None


def _asks(row: Row, problems: list[Problem]) -> list[LabelledAsk | None]:
    asks = []
    for number, value in enumerate(_list(row, "asks", problems), 1):
        found: list[Problem] = []
        if isinstance(value, dict):
            asks.append(_ask(row, value, found))
        else:
            found.append(Problem(f"it is {value!r}", "write an object with text, kind, status and evidence"))
        problems += [Problem(f"ask {number}: {what}", todo) for what, todo in found]
    spans = [(ask.ask.start, ask.ask.end) for ask in asks if ask]
    if len(set(spans)) < len(spans):
        problems.append(Problem("two asks have the same span", "mark each request once, by its most specific wording"))
    return asks


def _ask(row: Row, value: Row, problems: list[Problem]) -> LabelledAsk | None:
    kind = _word(Kind, value.get("kind"), "kind", problems)
    status = _word(Status, value.get("status"), "status", problems)
    span = _span(row.get("question"), value, "text", problems)
    evidence = _span(row.get("answer"), value, "evidence", problems)
    if not value.get("text"):
        problems.append(Problem("it has no text", "copy the shortest span of the question that states the request"))
    if not value.get("evidence") and status in (Status.FULL, Status.PARTIAL):
        todo = "copy the words of the answer that carry the status; where there are none the status is none"
        problems.append(Problem(f"its status is {status} but it has no evidence", todo))
    if problems or span is None or kind is None or status is None:
        return None
    return LabelledAsk(Ask(span.text, span.start, span.end, kind), status, evidence)


def _span(text: object, row: Row, name: str, problems: list[Problem]) -> Span | None:
    """The span that `row[name]` quotes from a text: where the row's offsets say, or where it is first found."""
    quote, source = row.get(name), "question" if name == "text" else "answer"
    if quote in (None, "") or not isinstance(text, str):
        return None
    if not isinstance(quote, str):
        problems.append(Problem(f"{name} is {quote!r}", f"copy it from the {source} as text"))
        return None
    prefix = "" if name == "text" else f"{name}_"
    start, end = row.get(f"{prefix}start"), row.get(f"{prefix}end")
    if start is None:
        start = text.find(quote)
    span = Span(quote, start, start + len(quote)) if type(start) is int and start >= 0 else None
    if span and end in (None, span.end) and text[span.start : span.end] == quote:
        return span
    if quote in text:
        todo = "mend the offsets, or leave them out"
        problems.append(Problem(f"{name} does not stand at its offsets: {quote[:60]!r}", todo))
    else:
        todo = "copy it exactly, line breaks included"
        problems.append(Problem(f"{name} is not in the {source}: {quote[:60]!r}", todo))
    return None


def _grades(
    row: Row, statuses: Sequence[Status], concern_met: bool, problems: list[Problem]
) -> tuple[Grade | None, Grade | None]:
    grade = _word(Grade, row.get("grade"), "grade", problems)
    given = row.get("grade_strict")
    strict = None if given is None else _word(Grade, given, "grade_strict", problems)
    if grade is None or problems:
        return grade, strict
    derived = strict_beside(grade, statuses)
    if grade in (Grade.PENDING, Grade.UNGRADED) or row.get("why"):
        return grade, strict or derived
    rule = grade_default(statuses, concern_met=concern_met)
    for name, found, expected in (("grade", grade, rule), ("grade_strict", strict or derived, derived)):
        if found is not expected:
            todo = f"write {expected}, or say in `why` which exception of the codebook applies"
            problems.append(Problem(f"{name} is {found}, but by the rule it is {expected}", todo))
    return grade, strict or derived
