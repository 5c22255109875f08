"""The text of a page of Hansard, of TheyWorkForYou or of a written question, copied or saved without its HTML.

What a page's tags would say is read off the lines: who speaks (`speaker_lines`), what belongs to the page alone
(`page_text`), which lines are headings. The layouts of TheyWorkForYou and of written questions have files of their own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing, twfy_text, written_text
from qa_assess.readers.page_text import (
    TextLine,
    is_heading,
    is_volume,
    kept,
    label_match,
    spaced,
    told_date,
    told_house,
    unwrapped,
)
from qa_assess.readers.source import Source, beginning, first_lines
from qa_assess.readers.speaker_lines import SpeakerLine, introduced, speaker_at, sure_speaker
from qa_assess.readers.turns import Business, OpenSection, Section, Speaker, Turn, speaker_of
from qa_assess.readers.voices import is_tabled

LARGEST = 50_000_000  # characters: no page holds more
HINT = (
    "copied text of a page needs its lines with the speakers' names, such as "
    '"Jane Doe (Northfield) (Lab)" or "The Minister for Ferries (John Smith)"'
)

_ASKED = re.compile(r".{3,200} (?:was|were) asked\W{0,5}")
_ORAL = re.compile(r"oral answers(?: to questions)?|oral questions", re.IGNORECASE)
_WRITTEN = re.compile(r"written (?:answers|questions)(?: to questions)?", re.IGNORECASE)
# "(900123)", "[HL12]" behind a tabled question
_UIN = re.compile(r"\s*(?:\[\s?(?P<a>(?:HL)?\d{1,7})\s?\]|\(\s?(?P<b>HL\d{1,7}|\d{5,7})\s?\))\W{0,3}$")
_LONGEST_UIN = 30
_MOST_HEADINGS = 5


def sniff(head: str) -> float:
    """How surely this is the copied text of a page: two lines that name speakers, or marks of the other layouts."""
    if beginning(head).startswith(("<", "{", "[{", '["')):
        return 0.0
    lines = [TextLine(spaced(text), 0) for text in first_lines(head)]
    lines = [line for line in lines if line.text]
    if twfy_text.is_layout(lines) or written_text.is_layout(lines):
        return 0.8
    lines = kept(lines)
    speakers = sum(1 for at in range(len(lines)) if sure_speaker(lines, at))
    return 0.8 if speakers > 1 else 0.35 * speakers


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the questions of a page's text with their answers.

    Raises:
        FormatError: No line names a speaker, or the text is too long for a page.
    """
    lines = _lines(source)
    if written_text.is_layout(lines):
        sections = written_text.sections(lines, source)
    elif twfy_text.is_layout(lines):
        sections = twfy_text.sections(lines, source)
    else:
        sections = _sections(kept(lines), source)
    found = False
    for section in sections:
        found = True
        yield from pairing.exchanges(section)
    if not found:
        raise FormatError(f"{source.name} is no text of a debate: no line names a speaker", hint=HINT)


def _lines(source: Source) -> list[TextLine]:
    lines: list[TextLine] = []
    size = 0
    for line in source.lines():
        size += len(line.text)
        if size > LARGEST:
            hint = "save one debate, or one day, as a text of its own"
            raise FormatError(f"{source.name} holds more than {LARGEST:,} characters, too many for a page", hint=hint)
        if text := spaced(line.text):
            lines.append(TextLine(text, line.number))
    return lines


@dataclass(slots=True)
class _Speech:
    """A speaker with the lines that follow, the last of which may be headings of the next."""

    speaker: SpeakerLine | None  # None before the first of them
    number: int = 0
    lines: list[TextLine] = field(default_factory=list)

    def take_headings(self) -> list[str]:
        """Take the headings of what comes next from the end; a line of the speech itself is left."""
        at = len(self.lines)
        first = 0 if self.speaker is None or self.speaker.rest else 1
        while at > first and len(self.lines) - at < _MOST_HEADINGS and _is_between(self.lines[at - 1].text):
            at -= 1
        taken = [line.text for line in self.lines[at:]]
        del self.lines[at:]
        return taken


def _is_between(text: str) -> bool:
    return is_heading(text) or is_volume(text) or bool(label_match(_ASKED, text))


@dataclass(slots=True)
class _Place(OpenSection):
    """Where we are in the text."""

    ministers: dict[str, list[Speaker]] = field(default_factory=dict)

    def office_of(self, who: Speaker) -> str:
        """A minister is printed with the office once; it is kept as long as the department answers."""
        family = self.ministers.setdefault(who.key.rpartition(" ")[2], [])
        if who.office:
            family.append(who)
        return next((one.office for one in reversed(family[-20:]) if one.may_be(who)), "")


def _sections(lines: Sequence[TextLine], source: Source) -> Iterator[Section]:
    here = _Place()
    headings: list[str] = []
    for speech in _speeches(lines):
        if speech.speaker is None:
            _read_head(here, speech.lines)
            headings = speech.take_headings()
            continue
        after = speech.take_headings()
        turn = _turn(speech.speaker, speech, source)
        if headings:
            if here.turns:
                yield here.close(source.name)
            _enter(here, headings, turn)
        here.turns.append(replace(turn, office=here.office_of(speaker_of(turn.speaker))))
        headings = after
    if here.turns:
        yield here.close(source.name)


def _speeches(lines: Sequence[TextLine]) -> Iterator[_Speech]:
    """The lines before the first speaker, then each speaker with what was said."""
    known = introduced(lines)
    speech = _Speech(None)
    at = 0
    while at < len(lines):
        found = speaker_at(lines, at, known)
        if found is None:
            speech.lines.append(lines[at])
            at += 1
            continue
        if speech.speaker or speech.lines:
            yield speech
        speech = _Speech(found, lines[at].number)
        at += found.used
    if speech.speaker:
        yield speech


def _turn(speaker: SpeakerLine, speech: _Speech, source: Source) -> Turn:
    text = unwrapped([*filter(None, [speaker.rest]), *(line.text for line in speech.lines)])
    number = ""
    if found := _UIN.search(text, max(0, len(text) - _LONGEST_UIN)):
        number, text = found["a"] or found["b"], text[: found.start()]
    place = source.at(speech.number)
    return Turn(id=place, text=text, speaker=speaker.printed, number=number, place=place)


def _read_head(here: _Place, lines: Iterable[TextLine]) -> None:
    """The date and the house, from what stands before the first speaker."""
    for line in lines:
        here.date = here.date or told_date(line.text)
        here.house = here.house or told_house(line.text)


def _enter(here: _Place, lines: Sequence[str], first: Turn) -> None:
    """Go on under new headings; what they head is told by them, and by the first turn below."""
    names: list[str] = []
    answering = ""
    for text in lines:
        if _ASKED.fullmatch(text):
            answering = names[-1] if names else here.department
            names = []
        elif _ORAL.fullmatch(text) or _WRITTEN.fullmatch(text):
            here.business = Business.ORAL if _ORAL.fullmatch(text) else Business.WRITTEN
            here.department, names = "", []
        elif house := told_house(text):
            here.house = house
        elif is_volume(text):
            here.date = told_date(text) or here.date
        else:
            here.date = told_date(text) or here.date
            names.append(text)
    if is_tabled(first) and here.business is Business.OTHER and first.number:
        here.business = Business.ORAL
    questions = here.business is Business.WRITTEN or (is_tabled(first) and not pairing.is_urgent(first.text))
    if answering:
        here.business = Business.ORAL
    elif here.business is not Business.OTHER and questions:
        answering = names[0] if len(names) > 1 or (names and names[0].isupper()) else ""
        names = names[1:] if answering else names
    elif names:
        here.business, here.department, here.ministers = Business.OTHER, "", {}
    if answering:
        here.department, here.heading, here.ministers = answering, "", {}
    here.heading = names[-1] if names else here.heading
