"""A JSON line as the assessment, or the failure, that it was written from; nothing is lost."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec

from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import FormatError
from qa_assess.exchange import (
    DUPLICATE,
    DUPLICATE_ID,
    FAILED,
    LOW_CONFIDENCE,
    Ask,
    Assessment,
    Exchange,
    Failure,
    Outcome,
    ResponseTag,
    Result,
    Span,
)
from qa_assess.graded.rows import AGAIN, Placed

# What grading adds to the flags that a record came with.
_ADDED = frozenset({LOW_CONFIDENCE, DUPLICATE, DUPLICATE_ID})

# Which key of a line tells what these columns of a table tell.
KEY_OF = {
    **dict.fromkeys(("asks_full", "asks_partial", "asks_none"), "asks"),
    **dict.fromkeys(("ask_kinds", "ask_statuses", "ask_texts", "evidence"), "asks"),
    **{f"probability_{grade}": "probabilities" for grade in ("full", "partial", "non_answer")},
    **{f"strict_probability_{grade}": "probabilities_strict" for grade in ("full", "partial", "non_answer")},
    "failure_hint": "failure",
    **{f"coded_{name}": "coded" for name in ("grade", "grade_strict", "tags", "feedback", "context")},
}


# Python reads NaN and Infinity as JSON too: these are outside.
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Grades(msgspec.Struct, rename={"non_answer": "non-answer"}):
    full: _Share
    partial: _Share
    non_answer: _Share


class _Statuses(msgspec.Struct):
    full: _Share
    partial: _Share
    none: _Share


class _Ask(msgspec.Struct):
    text: str
    start: int
    end: int
    kind: Kind
    kind_probability: _Share
    status: Status
    probabilities: _Statuses
    evidence: str
    evidence_start: int | None
    evidence_end: int | None


class _Tag(msgspec.Struct):
    name: Tag
    start: int
    end: int
    probability: _Share


class _Problem(msgspec.Struct):
    stage: str
    message: str
    hint: str


class _Line(msgspec.Struct):
    """A line, as `writers.json_lines` writes it; keys that were not written have these values."""

    id: str = ""
    grade: str = Grade.UNGRADED
    grade_strict: str = Grade.UNGRADED
    probabilities: _Grades | None = None
    probabilities_strict: _Grades | None = None
    asks: list[_Ask] = []
    concern_evidence: str = ""
    concern_evidence_start: int | None = None
    concern_evidence_end: int | None = None
    tags: list[Tag] = []
    tag_spans: list[_Tag] | None = None
    primary_tag: Tag | None = None
    context: str = ""
    feedback: str = ""
    duplicate_of: str = ""
    flags: tuple[str, ...] = ()
    reason: str = ""
    failure: _Problem | None = None
    question: str = ""
    answer: str = ""
    date: str = ""
    house: str = ""
    department: str = ""
    heading: str = ""
    asker: str = ""
    answerer: str = ""
    url: str = ""
    source: str = ""
    coded: dict[str, str] = {}
    extra: dict[str, str] = {}
    model: str = ""
    codebook: str = ""


def of_line(placed: Placed) -> Result:
    """The result that an object of JSON Lines tells of.

    Raises:
        FormatError: It holds what we do not write there.

    >>> of_line(Placed("graded.jsonl:1", {"id": "1", "grade": "no-ask"})).grade
    <Grade.NO_ASK: 'no-ask'>
    """
    try:
        line = msgspec.convert(placed.row, _Line)
        return _failure(line) if FAILED in (line.grade, line.grade_strict) else _assessment(line)
    except ValueError as error:  # msgspec's, and those of unknown words
        raise FormatError(f"{placed.place} is no line of qa-assess: {error}", hint=AGAIN) from error


def exchange_flags(flags: Iterable[str]) -> tuple[str, ...]:
    """Those flags that the reader gave, not the grading.

    >>> exchange_flags(["truncated-answer", "low-confidence"])
    ('truncated-answer',)
    """
    return tuple(flag for flag in flags if flag not in _ADDED)


def _exchange(line: _Line) -> Exchange:
    fields: Mapping[str, Any] = {name: getattr(line, name) for name in Exchange.__slots__ if name != "flags"}
    return Exchange(**fields, flags=exchange_flags(line.flags))


def _failure(line: _Line) -> Failure:
    problem = line.failure or _Problem("", "", "")
    exchange = _exchange(line)
    nothing_read = exchange == Exchange(line.id, "", "", source=line.source)
    said = (problem.stage, problem.message, problem.hint, line.source)
    return Failure(line.id, *said, None if nothing_read else exchange)


def _assessment(line: _Line) -> Assessment:
    # Where --columns left the tags' places out.
    tags = [_Tag(name, 0, 0, 0.0) for name in line.tags] if line.tag_spans is None else line.tag_spans
    return Assessment(
        _exchange(line),
        context=line.context,
        outcomes=tuple(map(_outcome, line.asks)),
        concern_evidence=_span(line.concern_evidence, line.concern_evidence_start, line.concern_evidence_end),
        tags=tuple(ResponseTag(tag.name, tag.start, tag.end, tag.probability) for tag in tags),
        primary_tag=line.primary_tag,
        grade=Grade(line.grade),
        grade_strict=Grade(line.grade_strict),
        probabilities=_of_grades(line.probabilities),
        probabilities_strict=_of_grades(line.probabilities_strict),
        feedback=line.feedback,
        reason=line.reason,
        flags=line.flags,
        duplicate_of=line.duplicate_of,
        model=line.model,
        codebook=line.codebook,
    )


def _of_grades(shares: _Grades | None) -> tuple[float, float, float]:
    return (shares.non_answer, shares.partial, shares.full) if shares else (0.0, 0.0, 0.0)


def _outcome(ask: _Ask) -> Outcome:
    shares = (ask.probabilities.none, ask.probabilities.partial, ask.probabilities.full)
    evidence = _span(ask.evidence, ask.evidence_start, ask.evidence_end)
    return Outcome(Ask(ask.text, ask.start, ask.end, ask.kind, ask.kind_probability), ask.status, evidence, shares)


def _span(text: str, start: int | None, end: int | None) -> Span | None:
    if start is None or end is None:
        return Span(text, 0, 0) if text else None
    return Span(text, start, end)
