"""What was asked and did not come, in one or two sentences, from nothing but what the grader saw."""

from collections.abc import Sequence

from spacy.tokens import Doc

from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.exchange import Outcome, ResponseTag, Span
from qa_assess.feedback.phrasing import phrase
from qa_assess.feedback.sentences import Item, item, sentence
from qa_assess.feedback.tables import reasons

__all__ = ["feedback"]

_UNGRADED = {
    Grade.NO_ASK: "Nothing was asked in this turn.",
    Grade.PENDING: "The reply is a holding answer; the answer itself is still to come.",
    Grade.UNGRADED: "No answer was given here that could be set against the question.",
}
_UNDERTAKINGS = (Kind.COMMITMENT, Kind.RULE_OUT, Kind.PUBLISH)
_IDLE = (Item("a statement"), Item("something short of a statement"))
_INFORMATION = (Kind.FIGURE, Kind.FACT, Kind.ASSESSMENT, Kind.DISCUSSION, Kind.TIMELINE, Kind.CONFIRM, Kind.REASON)
# What is said elsewhere as the reason of a missing figure is no reason for a missing commitment.
_ONLY_INFORMATION = (Tag.NOT_HELD, Tag.DISPROPORTIONATE_COST)


def feedback(
    question: Doc,
    outcomes: Sequence[Outcome],
    *,
    grade: Grade,
    tags: Sequence[ResponseTag] = (),
    concern: Span | None = None,
) -> str:
    """One or two sentences that name what was asked and did not come, by kind, in the asker's terms.

    `question` is the parsed question (UD labels, Penn tags) that the outcomes' asks have their offsets in; `concern` is
    the answer's specific facts on the question's concern, where there are any. The same arguments always give the same
    words, so that the feedback of a saved assessment can be derived again.

    >>> import spacy
    >>> feedback(spacy.blank("en")("Good morning."), [], grade=Grade.NO_ASK)
    'Nothing was asked in this turn.'
    """
    if not grade.graded:
        return _UNGRADED[grade]
    if not outcomes:
        return _UNGRADED[Grade.NO_ASK]
    names = {tag.name for tag in tags}
    items = {status: _items(question, outcomes, status, names) for status in Status}
    missing = _missing(items, _because(outcomes, names))
    given = sentence(items[Status.FULL]) if items[Status.FULL] else ""
    if not given and concern is not None and not items[Status.PARTIAL]:
        given = "Facts on the subject were given, but not what was asked"
    return " ".join(f"{text}." for text in (missing, given) if text)


def _missing(items: dict[Status, list[Item]], because: str) -> str:
    found = [*items[Status.NONE], *items[Status.PARTIAL]]
    return f"{sentence(found)}{because}" if found else ""


def _items(question: Doc, outcomes: Sequence[Outcome], status: Status, names: set[Tag]) -> list[Item]:
    """The items of the asks with this status; "if he will make a statement" comes last."""
    found = [one for one in outcomes if one.status is status]
    found.sort(key=lambda one: one.ask.kind in (Kind.PUBLISH, Kind.GESTURE))
    items = [item(phrase(question, one.ask), one.ask.kind, status, way=_way(one, outcomes, names)) for one in found]
    # "and a statement was given" says nothing where the statement is the rest of the answer.
    named = [one for one in items if one not in _IDLE]
    return named if len(outcomes) > 1 else items


def _way(outcome: Outcome, outcomes: Sequence[Outcome], names: set[Tag]) -> str:
    """Which way an undertaking went, where the tags can only speak of this one."""
    if outcome.status is not Status.FULL:
        return ""
    if outcome.ask.kind is Kind.MEETING and Tag.WILL_MEET in names and Tag.REFUSES not in names:
        return "meets"
    if outcome.ask.kind not in _UNDERTAKINGS:
        return ""
    settled = [one for one in outcomes if one.status is Status.FULL]
    undertakings = [one for one in settled if one.ask.kind in _UNDERTAKINGS]
    if Tag.COMMITS in names and Tag.REFUSES not in names and len(undertakings) == 1:
        return Tag.COMMITS.value
    if Tag.REFUSES in names and Tag.COMMITS not in names and len(settled) == 1:
        return Tag.REFUSES.value
    return ""


def _because(outcomes: Sequence[Outcome], names: set[Tag]) -> str:
    missing = [one.ask.kind for one in outcomes if one.status is not Status.FULL]
    informing = any(kind in _INFORMATION for kind in missing)
    told = [
        reason
        for name, reason in reasons().items()
        if Tag(name) in names and (informing or Tag(name) not in _ONLY_INFORMATION)
    ]
    both = all(name in names for name in _ONLY_INFORMATION) and informing
    kept = " and ".join(str(reason) for reason in told[: 2 if both else 1])
    return f"; the answer {kept.replace('and says that it', 'and')}" if kept else ""
