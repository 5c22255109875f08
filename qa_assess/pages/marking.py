"""A text with marks on it, cut into segments for a template to write out.

Marks may overlap and nest: two asks can be met by the same sentence. Each segment carries all marks that lie on it; put
together, the segments are the text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from qa_assess.exchange import Ask, Outcome, Span

# So many colours (and kinds of underline) has the style sheet; then they come round again, the letters go on.
COLOURS = 8
FACTS = "Facts"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text that is to be marked.

    Attributes:
        start, end: Character offsets in the text.
        badge: What stands before the marked words: the letter of the ask.
        words: The same for who hears the page: ``ask A, a date or deadline, not answered``.
        colour: 1 to `COLOURS`; 0 is the neutral one.
    """

    start: int
    end: int
    badge: str
    words: str
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text that the same marks lie on, outermost first.

    `opening` and `closing` are those of its marks that begin and end with it.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    opening: tuple[Mark, ...] = ()
    closing: tuple[Mark, ...] = ()


def segments(text: str, marks: Iterable[Mark]) -> tuple[Segment, ...]:
    """Cut a text where marks begin and end.

    Raises:
        ValueError: A mark lies outside of the text, or marks nothing.

    >>> marks = [Mark(5, 11, "A", "ask A"), Mark(8, 12, "B", "ask B")]
    >>> [(piece.text, len(piece.marks)) for piece in segments("Yes, in May.", marks)]
    [('Yes, ', 0), ('in ', 1), ('May', 2), ('.', 1)]
    """
    ordered = sorted(marks, key=lambda mark: (mark.start, -mark.end))
    for mark in ordered:
        if not 0 <= mark.start < mark.end <= len(text):
            raise ValueError(f"a mark from {mark.start} to {mark.end} in a text of {len(text)} characters")
    cuts = sorted({0, len(text), *(mark.start for mark in ordered), *(mark.end for mark in ordered)})
    found = []
    for start, end in pairwise(cuts):
        here = tuple(mark for mark in ordered if mark.start <= start and end <= mark.end)
        opening = tuple(mark for mark in here if mark.start == start)
        closing = tuple(mark for mark in here if mark.end == end)
        found.append(Segment(text[start:end], here, opening, closing))
    return tuple(found)


def letter(number: int) -> str:
    """The letters of the ask with this number, from 0.

    >>> letter(0), letter(25), letter(26), letter(701), letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def colour(number: int) -> int:
    """The colour of the ask with this number, from 0.

    >>> [colour(number) for number in (0, 7, 8)]
    [1, 8, 1]
    """
    return number % COLOURS + 1


def ask_marks(question: str, outcomes: Iterable[Outcome], words: Iterable[str]) -> list[Mark]:
    """The marks of the asks in the question; `words` tells of each ask what it is and what became of it."""
    return [
        Mark(outcome.ask.start, outcome.ask.end, letter(n), f"ask {letter(n)}, {told}", colour(n))
        for n, (outcome, told) in enumerate(zip(outcomes, words, strict=True))
        if _stands(outcome.ask, question)
    ]


def evidence_marks(answer: str, outcomes: Iterable[Outcome], words: Iterable[str], concern: Span | None) -> list[Mark]:
    """The marks in the answer: its words on each ask, in the ask's own colour and letter, and facts on the concern."""
    marks = [
        Mark(found.start, found.end, letter(n), f"on ask {letter(n)}, {told}", colour(n))
        for n, (outcome, told) in enumerate(zip(outcomes, words, strict=True))
        if (found := outcome.evidence) and _stands(found, answer)
    ]
    if concern and _stands(concern, answer):
        marks.append(Mark(concern.start, concern.end, FACTS, "facts on the concern of the question"))
    return marks


def _stands(span: Span | Ask, text: str) -> bool:
    """False for words that stand elsewhere or nowhere in the text: a file that was read back may have been changed."""
    return bool(span.text) and span.start >= 0 and text[span.start : span.end] == span.text
