"""Pages of TheyWorkForYou, saved as HTML: one debate, or one written question and its answer.

The head of the page says where and when (`p.lead`), each `div.debate-speech` is a turn, and under an answer stand the
votes of readers on "Does this answer the above question?".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.dates import iso_date
from qa_assess.readers.markup import node_text
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, Role, Section, Turn
from qa_assess.readers.twfy_words import LONGEST_LEAD, SITE, head_of, office_of, role_of, votes_in, without_notes
from qa_assess.readers.whole_page import attribute, is_page, line, outermost, whole_page

# The site puts links into attributes too: qnum="<a rel="nofollow" href="https://en.wikipedia.org/wiki/HL1">HL1</a>".
_LINK_IN_ATTRIBUTE = re.compile(r'="<a (?:rel="nofollow" )?href="[^"<>]{0,500}">([^"<>]{0,500})</a>"')
# /debates/?id=2020-09-02b.187.0, /wrans/?id=2019-10-14.HL1.h
_LINK = re.compile(r"/(?P<page>[a-z]+)/\?(?:[^#\s]{0,200}?&)?g?id=(?P<day>(?P<date>\d{4}-\d\d-\d\d)[a-z]*)\.")
# As the ids of the site's XML name them.
_KINDS = {
    "debates": "debate", "whall": "westminhall", "sp": "spor", "spwrans": "spwa", "pbc": "standing",
}  # fmt: skip
_PERSON = re.compile(r"[?&]p=(\d+)|/(\d+)/")
_WRITTEN_ID = re.compile(r"\.(?P<part>[qr])\d+$")


def sniff(head: str) -> float:
    """How surely this is a page of TheyWorkForYou: it names itself so, or holds a speech as the site builds them."""
    if not is_page(head):
        return 0.0
    speech = '"debate-speech"' in head
    return 0.97 if speech else 0.9 if 'content="TheyWorkForYou"' in head or "- TheyWorkForYou</title>" in head else 0.0


@dataclass(frozen=True, slots=True)
class _Page:
    """What the head of the page says of all its turns."""

    business: Business
    date: str
    house: str
    department: str
    heading: str
    address: str

    @property
    def day(self) -> str:
        """The day's mark in the ids: ``2020-09-02b``."""
        return found["day"] if (found := _LINK.search(self.address)) else ""


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the questions of a page with their answers.

    Raises:
        FormatError: The page shows no speech, or one alone; or it is too large.
    """
    page = whole_page(source, mend=[(_LINK_IN_ATTRIBUTE, r'="\1"')])
    speeches = list(outermost(page.css(".debate-speech")))
    if not speeches:
        hint = "save the page of one debate, or of one written answer; lists of debates hold no text"
        raise FormatError(f"{source.name} is no page of a debate on TheyWorkForYou: it shows no speech", hint=hint)
    if page.css_first(".speech-link-in-context") is not None:
        hint = 'follow "See this speech in context" and save that page'
        raise FormatError(f"{source.name} shows one speech without its debate", hint=hint)
    head = _head(page, speeches)
    turns: list[Turn] = []
    for number, speech in enumerate(speeches, start=1):
        turn = _turn(speech, head, source.at(number))
        if turn.role is Role.QUESTION and turns and turns[-1].role is Role.ANSWER:
            yield from pairing.exchanges(_section(turns, head, source))
            turns = []
        turns.append(turn)
    yield from pairing.exchanges(_section(turns, head, source))


def _section(turns: list[Turn], head: _Page, source: Source) -> Section:
    return Section(tuple(turns), head.business, head.date, head.house, head.department, head.heading, source.name)


def _head(page: LexborHTMLParser, speeches: list[LexborNode]) -> _Page:
    heading, lead = line(page.css_first(".debate-header h1")), page.css_first(".lead")
    place = line(lead)[:LONGEST_LEAD]
    day = page.css_first(".lead a")
    address = attribute(page.css_first('meta[property="og:url"]'), "content") or attribute(
        speeches[0].css_first(".link"), "href"
    )
    linked = re.search(r"[?&]d=(\d{4}-\d\d-\d\d)", attribute(day, "href"))
    named = _LINK.search(address)
    date = linked[1] if linked else iso_date(line(day)) or (named["date"] if named else "")
    written = "written question" in place or any(_WRITTEN_ID.search(attribute(one, "id")) for one in speeches)
    told = head_of(heading, place.removesuffix(".").removesuffix(line(day)), written=written)
    house = told.house
    if not house and written:
        house = "Lords" if "HL Deb" in line(speeches[0].css_first(".link-to-hansard")) else "Commons"
    return _Page(told.business, date, house, told.department, told.heading, address)


def _turn(speech: LexborNode, head: _Page, place: str) -> Turn:
    anchor = attribute(speech, "id").removeprefix("g")
    speaker, position, role = _speaker(speech)
    if part := _WRITTEN_ID.search(anchor):
        role = Role.QUESTION if part["part"] == "q" else Role.ANSWER
    text, number, notes = _content(speech)
    # A speaker whom the site could not name may ask; what holds no question is a division or a note.
    if not speaker and role is Role.UNKNOWN and "?" not in text:
        role = Role.PROCEDURE
    named = _LINK.search(head.address)
    page = named["page"] if named else ""
    name = f"{head.day}.{anchor}" if named and anchor else anchor
    return Turn(
        id=f"{_KINDS.get(page, page)}/{name}" if named and anchor else name or place,
        text=text,
        speaker=speaker,
        # Somebody speaks, though nobody knows who.
        speaker_id=_person(speech) or ("" if speaker else "unnamed"),
        office=office_of(position),
        role=role,
        number=number,
        url=f"{SITE}/{page}/?id={name}" if named and anchor else "",
        place=place,
        extra=notes | votes_in(line(node) for node in speech.css(".question-answered-result__vote-text")),
    )


def _speaker(speech: LexborNode) -> tuple[str, str, Role]:
    """The name, what stands beside it, and whether it is that of whoever presides."""
    name = line(speech.css_first(".debate-speech__speaker__name"))
    position = line(speech.css_first(".debate-speech__speaker__position"))
    return name, position, role_of(position)


def _person(speech: LexborNode) -> str:
    found = _PERSON.search(attribute(speech.css_first(".debate-speech__speaker a"), "href"))
    return (found[1] or found[2]) if found else ""


def _content(speech: LexborNode) -> tuple[str, str, dict[str, str]]:
    """The text, the number of a question, and what an answer says of itself; these are taken out of the text."""
    content = speech.css_first(".debate-speech__content")
    if content is None:
        return "", "", {}
    printed = _taken(content, ".question_no").strip(" .")
    correction = _taken(content, ".qna-result-correction-rubric")
    number = attribute(content.css_first("p[qnum]"), "qnum") or printed
    text, notes = without_notes(node_text(content), correction=correction)
    return text, number, notes


def _taken(content: LexborNode, selector: str) -> str:
    """What stands in a part of a text, which is taken out of it."""
    node = content.css_first(selector)
    if node is None:
        return ""
    text = line(node)
    node.decompose()
    return text
