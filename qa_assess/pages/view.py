"""One record as the template `pair.html` shows it: what has to be worked out before it can be written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from qa_assess.codebook import GRADES, GRADES_SHOWN, Grade, Tag
from qa_assess.exchange import DUPLICATE, LOW_CONFIDENCE, Assessment, Exchange, Failure, Outcome, Result
from qa_assess.pages.marking import Segment, ask_marks, colour, evidence_marks, letter, segments
from qa_assess.pages.words import (
    failed_words,
    flag_words,
    grade_words,
    kind_words,
    likelihood,
    missing_words,
    percent,
    status_words,
    tag_words,
)

# Of a text that could not be graded, perhaps because it is a whole book: a browser takes a minute to lay that out.
LONGEST_FAILED = 20_000


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a bar: of what, how much in words, from where and how wide (0 to 100)."""

    name: str
    label: str
    percent: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade under one policy; without `likelihood`, `percent` and `bar` where there are no probabilities."""

    name: str
    label: str
    meaning: str
    likelihood: str = ""
    percent: str = ""
    bar: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class AskView:
    """An ask: its letter and colour, what it wants, what became of it, and what is missing."""

    letter: str
    colour: int
    text: str
    kind: str
    wants: str
    status: str
    percent: str
    evidence: str
    missing: str


@dataclass(frozen=True, slots=True)
class TagView:
    """A response tag: its name, what it means, and the answer's words, one quotation a place."""

    label: str
    meaning: str
    quotes: tuple[str, ...]
    primary: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """All that is shown of one record.

    Attributes:
        title: The heading, or the id where there is none.
        link: The record's address where it is one of the web; else empty.
        line: When, where and who, each with the words before it.
        about: Names and values of what is known of the record, for a list.
        notes: Flags in words; `unsure` is that of a grade that wants a reader.
        failure: What is wrong with a record that could not be read or graded, and what to do.
    """

    title: str
    exchange: Exchange
    link: str
    line: tuple[tuple[str, str], ...]
    about: tuple[tuple[str, str], ...]
    verdict: Verdict
    strict: Verdict | None = None
    question: tuple[Segment, ...] = ()
    answer: tuple[Segment, ...] = ()
    asks: tuple[AskView, ...] = ()
    tags: tuple[TagView, ...] = ()
    concern: str = ""
    feedback: str = ""
    reason: str = ""
    unsure: bool = False
    notes: tuple[str, ...] = ()
    duplicate_of: str = ""
    failure: str = ""
    hint: str = ""


def pair_view(result: Result) -> PairView:
    """What is shown of a record.

    >>> pair_view(Assessment(Exchange("1", "Why?", "Because."), grade=Grade.NO_ASK)).verdict.label
    'No ask'
    """
    return _failed(result) if isinstance(result, Failure) else _assessed(result)


def web_link(url: str) -> str:
    """The address where it is one of the web, else nothing: no other kind of address may become a link.

    >>> web_link("https://example.org/a"), web_link("javascript:alert(1)"), web_link("//example.org")
    ('https://example.org/a', '', '')
    """
    if any(c.isspace() or not c.isprintable() for c in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def _assessed(assessment: Assessment) -> PairView:
    exchange, outcomes = assessment.exchange, assessment.outcomes
    told = [f"{outcome.ask.kind.value}, {status_words(outcome.status)}" for outcome in outcomes]
    concern = assessment.concern_evidence
    graded = assessment.grade.graded
    return PairView(
        title=exchange.heading or exchange.id,
        exchange=exchange,
        link=web_link(exchange.url),
        line=_line(exchange),
        about=_about(exchange, assessment.model, assessment.codebook),
        verdict=_verdict(assessment.grade, assessment.probabilities),
        strict=_verdict(assessment.grade_strict, assessment.probabilities_strict, strict=True) if graded else None,
        question=segments(exchange.question, ask_marks(exchange.question, outcomes, told)),
        answer=segments(exchange.answer, evidence_marks(exchange.answer, outcomes, told, concern)),
        asks=tuple(_ask(n, outcome) for n, outcome in enumerate(outcomes)),
        tags=_tags(assessment),
        concern=concern.text if concern else "",
        feedback=assessment.feedback,
        reason=assessment.reason,
        unsure=LOW_CONFIDENCE in assessment.flags,
        notes=tuple(flag_words(flag) for flag in assessment.flags if flag not in (LOW_CONFIDENCE, DUPLICATE)),
        duplicate_of=assessment.duplicate_of,
    )


def _failed(failure: Failure) -> PairView:
    exchange = failure.exchange or Exchange(failure.id, "", "", source=failure.source)
    return PairView(
        title=exchange.heading or failure.id,
        exchange=exchange,
        link=web_link(exchange.url),
        line=_line(exchange),
        about=_about(exchange),
        verdict=Verdict("failed", "Failed", failed_words()),
        question=segments(exchange.question[:LONGEST_FAILED], ()),
        answer=segments(exchange.answer[:LONGEST_FAILED], ()),
        notes=(*(flag_words(flag) for flag in exchange.flags), *_left_out(exchange)),
        failure=failure.message,
        hint=failure.hint,
    )


def _left_out(exchange: Exchange) -> Iterator[str]:
    for name, text in (("question", exchange.question), ("answer", exchange.answer)):
        if len(text) > LONGEST_FAILED:
            yield f"Of the {name} the first {LONGEST_FAILED:,} of {len(text):,} characters are shown."


def _line(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    parts = [
        ("", exchange.date),
        ("", exchange.department or exchange.house),
        ("asked by", exchange.asker),
        ("answered by", exchange.answerer),
    ]
    return tuple((before, text) for before, text in parts if text)


def _about(exchange: Exchange, model: str = "", codebook: str = "") -> tuple[tuple[str, str], ...]:
    """Everything that is known of the record beside its texts; what the input said itself comes last."""
    coded = [(f"{name.replace('_', ' ')} in the input".capitalize(), text) for name, text in exchange.coded.items()]
    rows = [
        ("Asked by", exchange.asker),
        ("Answered by", exchange.answerer),
        ("Department", exchange.department),
        ("House", exchange.house),
        ("Date", exchange.date),
        ("Record", exchange.id),
        ("Address", "" if web_link(exchange.url) else exchange.url),
        ("Read from", exchange.source),
        ("Graded by", model),
        ("Codebook", codebook),
        *coded,
    ]
    return tuple((name, text) for name, text in rows if text)


def _verdict(grade: Grade, probabilities: tuple[float, float, float], *, strict: bool = False) -> Verdict:
    meaning = grade_words(grade, strict=strict)
    if not (grade.graded and any(probabilities)):  # a table of records may have been written without them
        return Verdict(grade.value, grade.label, meaning)
    own = probabilities[GRADES.index(grade)]
    return Verdict(grade.value, grade.label, meaning, likelihood(own), percent(own), bar_of(probabilities))


def bar_of(probabilities: Sequence[float]) -> tuple[Share, ...]:
    """A bar of the shares of Non-answer, Partial and Full, in this order; Full stands at the left.

    >>> [(share.label, share.start, share.width) for share in bar_of((0.1, 0.4, 0.5))]
    [('Full', 0.0, 50.0), ('Partial', 50.0, 40.0), ('Non-answer', 90.0, 10.0)]
    """
    shown = list(reversed(probabilities))
    return tuple(
        Share(grade.value, grade.label, percent(share), start, width)
        for grade, share, (start, width) in zip(GRADES_SHOWN, shown, laid(shown), strict=True)
    )


def laid(shares: Iterable[float]) -> Iterator[tuple[float, float]]:
    """Where each share lies in a bar from 0 to 100, and how wide it is.

    >>> list(laid([0.5, 0.25]))
    [(0.0, 50.0), (50.0, 25.0)]
    """
    start = 0.0
    for share in shares:
        width = round(100 * share, 2)
        yield round(start, 2), width
        start += width


def _ask(number: int, outcome: Outcome) -> AskView:
    ask, status = outcome.ask, outcome.status
    return AskView(
        letter=letter(number),
        colour=colour(number),
        text=ask.text,
        kind=ask.kind.value,
        wants=kind_words(ask.kind),
        status=status_words(status),
        percent=percent(outcome.probability) if any(outcome.probabilities) else "",
        evidence=outcome.evidence.text if outcome.evidence else "",
        missing=missing_words(ask.kind, status),
    )


def _tags(assessment: Assessment) -> tuple[TagView, ...]:
    quotes: dict[Tag, list[str]] = {}
    for tag in assessment.tags:
        words = assessment.exchange.answer[tag.start : tag.end]
        quotes.setdefault(tag.name, []).extend([words] if words else [])
    return tuple(
        TagView(tag.label, tag_words(tag), tuple(dict.fromkeys(found)), tag is assessment.primary_tag)
        for tag, found in quotes.items()
    )
