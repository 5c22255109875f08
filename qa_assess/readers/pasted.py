"""Pasted text: ``Q: … A: …``, one pair or several, on one line or on many.

Text before the first question is taken for a heading, with its date where it holds one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.columns import Slot
from qa_assess.readers.dates import split_title
from qa_assess.readers.records import Position, exchange_of
from qa_assess.readers.source import LONGEST_LINE, Line, Source, first_lines

_WHO = r"(?P<who>Q|A|(?i:question|answer))\s?\d{0,4}"
# At the start of a line: "Q: Will he", "Q.", "Q1) Will he", "**Question 2:** Will he", "answer: Yes"
_AT_START = re.compile(rf"[ \t>]*(?:\*\*|__)?{_WHO}(?P<mark>[:.)])(?:\*\*|__)?(?=\s|$)")
# Within a line, behind the end of a sentence: "Will he act? A: Yes."
_WITHIN = re.compile(rf"(?<=[.?!…\"”’)])\s+{_WHO}(?P<mark>:)(?=\s)")
# Within a line and with full stops, behind a question mark alone: "Will he act? A. Yes.", but not "I met Mr. A. Smith"
_WITHIN_STOPS = re.compile(r"(?<=\?)\s+(?P<who>A|Answer)(?P<mark>\.)(?=\s)")


_HINT = 'write "Q: …" and "A: …", or copy a page with the lines that name the speakers'


class _Token(NamedTuple):
    """A stretch of a line: behind a mark, or (`who` empty) before the first one."""

    who: str  # "q", "a" or ""
    style: str  # ":" or "."
    text: str
    raw: str
    line: Line


@dataclass(slots=True)
class _Pair:
    """A question and an answer in the making."""

    first: Line
    question: list[str] = field(default_factory=list)
    answer: list[str] | None = None
    guessed: bool = False
    size: int = 0

    def add(self, text: str, line: Line) -> None:
        self.size += len(text)
        self.guessed |= line.guessed
        # What is too long is told of, and its rest is not kept.
        if not self.too_long:
            (self.question if self.answer is None else self.answer).append(text)

    @property
    def too_long(self) -> bool:
        return self.size > LONGEST_LINE


def sniff(head: str) -> float:
    """How surely this is pasted text: a question's mark at the start of one of the first lines, and an answer's."""
    lines = [Line(text, 0) for text in first_lines(head)]
    asked = any(token.who == "q" for line in lines[:6] for token in _tokens(line))
    answered = any(token.who == "a" for line in lines for token in _tokens(line))
    return 0.7 if asked and answered else 0.4 * asked


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read all pairs; a question without an answer, or the other way round, is handed on as it is.

    Raises:
        FormatError: No line begins with a question's or an answer's mark.
    """
    preamble: list[str] = []
    told: list[tuple[Slot, str]] = []
    number = 0
    for number, pair in enumerate(_pairs(source, preamble), start=1):
        # All of it stands before the first pair.
        told = told if number > 1 else list(_heading(preamble))
        position = Position(source.at(pair.first.number), number, pair.guessed)
        if pair.too_long:
            hint = 'is there a mark, "Q:" or "A:", before each question and each answer?'
            yield position.failure(f"a pair is longer than {LONGEST_LINE:,} characters", hint)
            continue
        texts = ("question", _joined(pair.question)), ("answer", _joined(pair.answer or []))
        yield exchange_of([*((Slot("field", name), text) for name, text in texts), *told], position)
    if not number:
        raise FormatError(f'{source.name} holds no line that begins with "Q:"', hint=_HINT)


def _tokens(line: Line) -> Iterator[_Token]:
    start = _AT_START.match(line.text)
    within = (*_WITHIN.finditer(line.text), *_WITHIN_STOPS.finditer(line.text))
    marks = [match for match in (start, *sorted(within, key=re.Match.start)) if match]
    cuts = [*(match.start() for match in marks), len(line.text)]
    if cuts[0]:
        yield _Token("", "", line.text[: cuts[0]], line.text[: cuts[0]], line)
    for match, end in zip(marks, cuts[1:], strict=True):
        style = ":" if match["mark"] == ":" else "."
        raw = line.text[match.start() : end]
        yield _Token(match["who"][0].lower(), style, line.text[match.end() : end], raw, line)


def _pairs(source: Source, preamble: list[str]) -> Iterator[_Pair]:
    """Fold the stretches into pairs; one style of marks holds for a whole text, so that "A. Smith" stays a name."""
    pair: _Pair | None = None
    style = ""
    before = 0
    for token in (token for line in source.lines() for token in _tokens(line)):
        marked = bool(token.who) and token.style == (style or token.style)
        if marked and (token.who == "q" or pair is None):
            if pair:
                yield pair
            style, pair = token.style, _Pair(token.line, answer=[] if token.who == "a" else None)
            pair.add(token.text, token.line)
        elif pair is None:
            before += len(token.raw)
            if before > LONGEST_LINE:
                message = f"{source.name} holds no question within its first {LONGEST_LINE:,} characters"
                raise FormatError(message, hint='write "Q: …" and "A: …"')
            preamble.append(token.raw)
        elif marked and pair.answer is None:
            pair.answer = []
            pair.add(token.text, token.line)
        else:
            pair.add(token.raw, token.line)
    if pair:
        yield pair


def _heading(preamble: list[str]) -> Iterator[tuple[Slot, str]]:
    """What the text before the first question says of all of them."""
    lines = [line.strip("\ufeff \t") for line in _joined(preamble).splitlines() if line.strip("\ufeff \t")]
    titles = [split_title(line) for line in lines]
    heading = next((index for index, (title, _) in enumerate(titles) if title), None)
    yield Slot("field", "date"), next((date for _, date in titles if date), "")
    if heading is not None:
        yield Slot("field", "heading"), titles[heading][0]
        if rest := [
            line for line, (title, _) in zip(lines[heading + 1 :], titles[heading + 1 :], strict=True) if title
        ]:
            yield Slot("extra", "preamble"), "\n".join(rest)


def _joined(parts: list[str]) -> str:
    return "".join(parts).replace("\r\n", "\n").replace("\r", "\n").strip()
