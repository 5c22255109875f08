"""Pages of hansard.parliament.uk, saved as HTML: a whole day, one debate, or a piece of either.

Headings are `h2` with a `data-tag` that says what they head, turns are `div.contribution`. A minister's office stands
with the first turn only, so it is kept for those that follow under the same department.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.dates import iso_date
from qa_assess.readers.markup import node_text
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, OpenSection, Role, Turn, speaker_of
from qa_assess.readers.whole_page import attribute, is_page, line, outermost, whole_page

# The mark of a column, as a browser saves it: a block in the midst of a paragraph, which it would break in two.
_COLUMN = re.compile(
    r'<div class="column-number-indicator[^"<>]{0,100}">\s{0,20}<div[^<>]{0,200}>[^<>]{0,50}'
    r"<span[^<>]{0,100}>[^<>]{0,50}</span>\s{0,20}</div>\s{0,20}</div>"
)
_ADDRESS = re.compile(
    r"https?://hansard\.parliament\.uk/(?P<house>commons|lords)/(?P<date>\d{4}-\d\d-\d\d)/[^\s\"'#?]*", re.IGNORECASE
)
_DAY = re.compile(r"\bon (?P<date>(?:[a-z]+day,? )?\d{1,2} [a-z]+ \d{4})\W*$", re.IGNORECASE)
_MEMBER = re.compile(r"[?&]memberId=(\d+)", re.IGNORECASE)
_HOUSE = re.compile(r"[?&]house=(commons|lords)\b", re.IGNORECASE)
_WRITTEN = re.compile(r"^written (?:answers|questions)\b", re.IGNORECASE)
# Hansard's own name for a question of Question Time, and what may stand above one without being a department.
_QUESTION, _DEPARTMENT, _ORAL = "hs_8question", "hs_6bdepartment", "hs_3oralanswers"


def sniff(head: str) -> float:
    """How surely this is a page of the Hansard website: its headings' tags, or its title."""
    if not is_page(head):
        return 0.0
    if 'data-tag="hs_' in head or "data-contribution-id=" in head:
        return 0.97
    return 0.9 if "- Hansard - UK Parliament</title>" in head else 0.0


@dataclass(slots=True)
class _Place(OpenSection):
    """Where we are on the page."""

    address: str = ""
    offices: dict[str, str] = field(default_factory=dict)


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the questions of a page with their answers.

    Raises:
        FormatError: The page holds no contribution, or is too large.
    """
    page = whole_page(source, mend=[(_COLUMN, "")])
    if page.css_first(".contribution") is None:
        hint = "save the page of a debate or of a whole sitting, not a list or a search"
        raise FormatError(f"{source.name} is no debate of the Hansard website: it holds no contribution", hint=hint)
    here = _start(page)
    number = 0
    for node in outermost(page.css("h2[data-tag], .contribution")):
        if node.tag == "h2":
            yield from pairing.exchanges(here.close(source.name))
            _enter(here, attribute(node, "data-tag").casefold(), line(node))
        else:
            number += 1
            here.turns.append(_turn(node, here, source.at(number)))
    yield from pairing.exchanges(here.close(source.name))


def _start(page: LexborHTMLParser) -> _Place:
    """The address, date and house of the page, by its head or by the first of its turns that tell."""
    here = _Place(heading=line(page.css_first("h1")))
    here.address = attribute(page.css_first('meta[property="og:url"]'), "content")
    links = (attribute(node, "href") for node in page.css("a.btn-share-copy-link"))
    if found := next((found for text in (here.address, *links) if (found := _ADDRESS.search(text))), None):
        here.address, here.date, here.house = found[0], found["date"], found["house"].capitalize()
        return here
    shared = (attribute(node, "data-share-text") for node in page.css(".contribution"))
    here.date = next((iso_date(found["date"]) for text in shared if (found := _DAY.search(text))), "")
    members = (attribute(node, "href") for node in page.css("a.attributed-to-details"))
    here.house = next((found[1].capitalize() for text in members if (found := _HOUSE.search(text))), "")
    return here


def _enter(here: _Place, tag: str, text: str) -> None:
    """Go on under a new heading."""
    if tag == _QUESTION:
        here.heading = text
        return
    here.offices = {}
    here.department = text if tag == _DEPARTMENT else ""
    here.heading = "" if tag in (_DEPARTMENT, _ORAL) else text
    if _WRITTEN.match(text):
        here.business = Business.WRITTEN
    elif tag in (_DEPARTMENT, _ORAL):
        here.business = here.business if here.business is Business.WRITTEN else Business.ORAL
    else:
        here.business = Business.OTHER


def _turn(node: LexborNode, here: _Place, place: str) -> Turn:
    name = attribute(node, "data-contribution-id")
    speaker = f"{line(node.css_first('.primary-text'))} {line(node.css_first('.secondary-text'))}".strip()
    found = _MEMBER.search(attribute(node.css_first(".attributed-to-details"), "href"))
    member = found[1] if found else ""
    who = speaker_of(speaker)
    if who.office:
        here.offices[member or who.key] = who.office
    content = node.css_first(".content")
    number = ""
    if content is not None and (uin := content.css_first(".uin")) is not None:
        number = line(uin).strip(" ()[]")
        uin.decompose()
    link = attribute(node.css_first("a.btn-share-copy-link"), "href")
    if not link.startswith("https://hansard.parliament.uk/"):
        link = f"{here.address}#contribution-{name}" if here.address and name else ""
    return Turn(
        id=name or place,
        text=node_text(content) if content is not None else "",
        speaker=speaker,
        speaker_id=member,
        office=here.offices.get(member or who.key, ""),
        role=Role.UNKNOWN if speaker else Role.PROCEDURE,
        number=number,
        url=link,
        place=place,
    )
