"""The text of a page of TheyWorkForYou: a debate, or a written question with its answer.

Each speech ends with the site's links ("Link to this speech", the citation), so whoever speaks next stands behind them:
a name, and beside it or below it the position.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa_assess.readers.dates import iso_date
from qa_assess.readers.page_text import LONGEST_LABEL, TextLine, is_furniture, label_match, unwrapped
from qa_assess.readers.source import Source
from qa_assess.readers.speaker_lines import PARTY, is_name
from qa_assess.readers.turns import Role, Section, Turn, is_chair, is_crowd
from qa_assess.readers.twfy_words import LONGEST_LEAD, head_of, office_of, role_of, votes_in, without_notes
from qa_assess.readers.voices import numbered

_LINKS = r"(?:link to this(?: speech)?|in context|individually|tweet|share|hansard source|add (?:an|your) annotation)"
_CITATION = r"\(?citation: .{3,100}?\)"
# What stands under a speech, and under nothing else
_END = re.compile(rf"(?:{_LINKS}\s?)*(?:{_CITATION}|link to this(?: speech)?(?: in context)?(?: individually)?)", re.I)
_LINK = re.compile(rf"(?:{_LINKS}\s?)+(?:{_CITATION})?|{_CITATION}", re.IGNORECASE)
_ASIDE = re.compile(
    r"«.{0,100}|.{0,100}»|alert me about .{0,100}|all .{3,60} on\s+\d{1,2} \w+ \d{4}|search .{0,60}", re.IGNORECASE
)
_VOTES = re.compile(r"does this answer the above question\?|would you like to\b.{0,150}", re.IGNORECASE)
_LEAD = re.compile(
    r".{0,300}(?:[–-]\s*in (?:the|a) (?:house|scottish|northern|welsh|london|public)\b|"
    r"[–-]\s*in (?:westminster|senedd)\b|"
    r"\bwritten question [–-] answered\b|^written answers [–—-]).{0,300}",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+ \d{4}")
_CITED = re.compile(r"citation: (?P<house>HC|HL) Deb,\s+(?P<day>\d{1,2} \w+ \d{4})", re.IGNORECASE)
# How a position begins; and a party, with the constituency behind it
_POST = (
    r"(?:the|shadow|minister|prime|deputy|parliamentary|secretary|chair|leader|opposition|speaker|"
    r"lord[ -](?:chancellor|privy|president|in|speaker)|assistant|attorney|solicitor|advocate|chancellor|economic|"
    r"exchequer|financial|party chair|member,|president of|treasurer|comptroller|vice|liberal|democrat|cabinet|first|"
    r"second|principal|baroness in|bishop of|archbishop|father of|foreign|home|convener|captain of|government|junior|"
    r"senior|pps)"
)
_POSITION = re.compile(
    rf"(?:{PARTY.pattern})(?:,\s.{{2,120}}| MP, .{{2,120}}| spokes.{{2,120}})?|{_POST}\b.{{0,200}}", re.IGNORECASE
)
# Behind a position, where a page tells when a speech began
_WHEN = re.compile(r"\s*\d{1,2}[:.]\d\d(?:\s?[ap]m)?,(?: \d{1,2} \w+ \d{4})?$")
# The site takes a question's number for a link: HL1">To ask
_BROKEN_NUMBER = re.compile(r'(?P<number>(?:HL)?\d{1,7})">')
_MOST_NAME_WORDS = 8


def is_layout(lines: Sequence[TextLine]) -> bool:
    """Whether some lines are of such a page: they hold what stands under a speech alone.

    >>> is_layout([TextLine("(Citation: HC Deb, 3 May 2011, c12)", 9)]), is_layout([TextLine("In context.", 9)])
    (True, False)
    """
    return any(label_match(_END, line.text) for line in lines)


@dataclass(slots=True)
class _Page:
    """What the head of a page says, and the speeches below it."""

    heading: str = ""
    lead: str = ""
    cited: str = ""
    turns: list[Turn] = field(default_factory=list)

    def section(self, source: Source) -> Section:
        """The page, once it is read."""
        day = _DAY.search(self.lead)
        place = self.lead[: day.start()] if day else self.lead
        cited = _CITED.search(self.cited)
        written = "written question" in place.casefold() or place.casefold().startswith("written answers")
        told = head_of(self.heading, place, written=written)
        house = told.house
        if not house and cited:
            house = "Lords" if cited["house"] == "HL" else "Commons"
        date = iso_date(day[0] if day else cited["day"] if cited else "")
        return Section(tuple(self.turns), told.business, date, house, told.department, told.heading, source.name)


def sections(lines: Sequence[TextLine], source: Source) -> Iterator[Section]:
    """The pages of a text, one after the other."""
    page = _Page()
    for block in _blocks(lines):
        head = max((at for at, line in enumerate(block) if _is_lead(line.text)), default=-1)
        if head >= 0:
            if page.turns:
                yield page.section(source)
            page = _Page(_heading(block[:head]), _lead(block[head : head + 2]))
        page.cited = page.cited or block[-1].text
        if turn := _turn([line for line in block[head + 1 : -1] if not _is_aside(line.text)], source):
            page.turns.append(turn)
    if page.turns:
        yield page.section(source)


def _heading(lines: Sequence[TextLine]) -> str:
    """The title of the page, which stands above its lead."""
    return lines[-1].text if lines and len(lines[-1].text) <= LONGEST_LABEL else ""


def _lead(lines: Sequence[TextLine]) -> str:
    """What the page says of place and day; the day, a link, may stand on a line of its own."""
    return " ".join([lines[0].text, *(line.text for line in lines[1:] if _DAY.fullmatch(line.text))])


def _is_lead(text: str) -> bool:
    return len(text) <= LONGEST_LEAD and bool(_LEAD.fullmatch(text))


def _blocks(lines: Sequence[TextLine]) -> Iterator[list[TextLine]]:
    """The lines up to the links under each speech; the first of these, or the citation, is the last line.

    What follows the last links is the foot of the page.
    """
    block: list[TextLine] = []
    ended = False
    for line in lines:
        link = label_match(_LINK, line.text)
        if ended and link:
            block[-1] = line if "itation" in line.text else block[-1]
            continue
        if ended:
            yield block
            block, ended = [], False
        block.append(line)
        ended = bool(link and _END.fullmatch(line.text))
    if ended:
        yield block


def _is_aside(text: str) -> bool:
    return bool(label_match(_ASIDE, text) or label_match(_LINK, text))


def _turn(lines: Sequence[TextLine], source: Source) -> Turn | None:
    """One speech: who, and what."""
    lines = _behind_dates(lines)
    if not lines:
        return None
    name, position, used = _speaker(lines)
    spoken = _behind_dates(lines[used:])
    said, votes = _without_votes([line.text for line in spoken if not is_furniture(line.text)])
    text = unwrapped(said)
    number = ""
    if found := _BROKEN_NUMBER.match(text):
        number, text = found["number"], text[found.end() :]
    text, notes = without_notes(text)
    role = role_of(position)
    if not name and "?" not in text:
        role = Role.PROCEDURE
    place = source.at(lines[0].number)
    return Turn(
        id=place,
        text=text,
        speaker=name,
        speaker_id="" if name else "unnamed",
        office=office_of(position),
        role=role,
        number=number or numbered(text)[1],
        place=place,
        extra=notes | votes,
    )


def _behind_dates(lines: Sequence[TextLine]) -> Sequence[TextLine]:
    """The lines without times and dates, and what parts them, at the beginning."""
    at = 0
    while at < len(lines) and (is_furniture(lines[at].text) or _DAY.fullmatch(lines[at].text) or lines[at].text == "."):
        at += 1
    return lines[at:]


def _speaker(lines: Sequence[TextLine]) -> tuple[str, str, int]:
    """The name, the position, and how many lines they take; the name is empty where nobody is named."""
    first = _WHEN.sub("", lines[0].text)
    if len(first) > LONGEST_LABEL:
        return "", "", 0
    if is_crowd(first) or is_chair(first):
        return first, "", 1
    second = _WHEN.sub("", lines[1].text) if len(lines) > 1 else ""
    if is_name(first) and label_match(_POSITION, second):
        return first, second, 2
    words = first.split()
    for count in range(2, min(len(words), _MOST_NAME_WORDS + 1)):
        name, position = " ".join(words[:count]), " ".join(words[count:])
        if is_name(name) and _POSITION.fullmatch(position):
            return name, position, 1
    if is_name(first):
        return first, "", 1
    return "", "", 0


def _without_votes(lines: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """What was said, and the readers' votes on it, which stand below."""
    end = next((at for at, text in enumerate(lines) if label_match(_VOTES, text)), len(lines))
    return list(lines[:end]), votes_in(lines[end:])
