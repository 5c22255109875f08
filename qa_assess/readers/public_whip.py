"""TheyWorkForYou's XML (``publicwhip``): debates and written answers of every house that it covers.

Field names as in https://parser.theyworkforyou.com: headings, `speech` with `speakername`, since 2019 with a `type`,
and `ques` and `reply` for written answers. The date and the kind of file stand in the ids.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.records import Position
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, OpenSection, Role, Turn
from qa_assess.readers.twfy_words import HOLDING_WORDS, QUESTION_HEADING, SITE
from qa_assess.readers.xml_stream import Element, attribute, elements, local, paragraphs, root_of, words

_TAGS = frozenset({"oral-heading", "major-heading", "minor-heading", "speech", "ques", "reply"})
# uk.org.publicwhip/debate/2020-12-16b.253.6
_ID = re.compile(r"uk\.org\.publicwhip/(?P<kind>[a-z]+)/(?P<rest>(?P<date>\d{4}-\d\d-\d\d)[^\s]*)")
_HOUSES = {
    "debate": "Commons", "wrans": "Commons", "wms": "Commons", "westminhall": "Commons", "standing": "Commons",
    "lords": "Lords",
    "spor": "Scottish Parliament", "spwa": "Scottish Parliament",
    "ni": "Northern Ireland Assembly", "senedd": "Senedd", "london": "London Assembly",
}  # fmt: skip
_PAGES = {
    "debate": "debates", "wrans": "wrans", "wms": "wms", "westminhall": "whall", "lords": "lords",
    "spor": "sp", "spwa": "spwrans", "ni": "ni", "senedd": "senedd",
}  # fmt: skip
_ELEMENTS = {"ques": Role.QUESTION, "reply": Role.ANSWER}
_TYPES = {
    "Start Question": Role.QUESTION,
    "Start SupplementaryQuestion": Role.QUESTION,
    "Start TopicalQuestion": Role.QUESTION,
    "Start Answer": Role.ANSWER,
    "Continuation Answer": Role.ANSWER,
}
_ORAL = re.compile(r"\boral\s+(?:answers|questions)\b|\bquestion\s+time\b", re.IGNORECASE)
# No heading has more turns under it; a file without headings must not fill the memory.
_MOST_TURNS = 5_000
_NOT_A_DEPARTMENT = re.compile(r"^(?:written answers\b|official report\b|oral answers\b)", re.IGNORECASE)


def sniff(head: str) -> float:
    """How surely this is TheyWorkForYou's XML: its root element says so."""
    return 0.99 if root_of(head) == "publicwhip" else 0.0


@dataclass(slots=True)
class _Heading(OpenSection):
    """Where we are in the day."""

    kind: str = ""
    count: int = 0

    def records(self, source: Source) -> Iterator[Exchange | Failure]:
        """The records in what was gathered since the last heading."""
        section = self.close(source.name)
        yield from pairing.exchanges(section)
        roles = {turn.role for turn in section.turns}
        if self.business is Business.WRITTEN and Role.ANSWER in roles and Role.QUESTION not in roles:
            message, hint = "an answer that stands alone", "put its question (<ques>) before it, or leave it out"
            yield Position(source.name, self.count).failure(message, hint, record_id=section.turns[0].id)

    def note(self, element: Element) -> None:
        """Take the date and the kind of debate from an element's id."""
        if found := _ID.search(attribute(element, "id")):
            self.kind, self.date = found["kind"], found["date"]
            if local(element.tag) != "reply":
                self.house = _HOUSES.get(self.kind, "")


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read a day of debates or of written answers.

    Raises:
        FormatError: The XML breaks before its first element.
    """
    here = _Heading()
    for element in elements(source, _TAGS):
        if isinstance(element, Failure):
            yield from here.records(source)
            yield element
            return
        name = local(element.tag)
        answered = name == "ques" and here.turns and here.turns[-1].role is Role.ANSWER
        if name.endswith("-heading") or answered or len(here.turns) >= _MOST_TURNS:
            yield from here.records(source)
        here.note(element)
        if name.endswith("-heading"):
            _enter(here, name, words(element))
        else:
            _add(here, element, source)
    yield from here.records(source)


def _enter(here: _Heading, name: str, text: str) -> None:
    """Go on under a new heading."""
    if name == "oral-heading" or _ORAL.search(text):
        here.business, here.department, here.heading = Business.ORAL, "", ""
    elif name == "minor-heading":
        here.heading = text
        if QUESTION_HEADING.search(text):
            here.business = Business.ORAL
    else:
        # The heading after the last department of Question Time is a statement's or a debate's.
        here.department, here.heading = "" if _NOT_A_DEPARTMENT.match(text) else text, ""
        if QUESTION_HEADING.search(text):
            here.business, here.department, here.heading = Business.ORAL, "", QUESTION_HEADING.sub("", text)
        elif here.kind in ("lords", "spor"):
            here.business, here.department, here.heading = Business.OTHER, "", text


def _add(here: _Heading, element: Element, source: Source) -> None:
    """Add the turn that an element holds."""
    name, whole = local(element.tag), attribute(element, "id")
    role = _ELEMENTS.get(name) or _TYPES.get(attribute(element, "type"), Role.UNKNOWN)
    if name in _ELEMENTS:
        here.business = Business.WRITTEN
    text, extra = paragraphs(element), {"column": attribute(element, "colnum")} if name == "reply" else {}
    for paragraph in element:
        if attribute(paragraph, "class") == "holdinganswer":
            held = words(paragraph)
            extra["holding_answer"] = HOLDING_WORDS.sub("", held).strip(" []().")
            text = "\n".join(line for line in text.splitlines() if line != held)
            break
    speaker = attribute(element, "speakername")
    if name == "speech" and (not speaker or attribute(element, "nospeaker").casefold() == "true"):
        role = Role.PROCEDURE
    number = next((attribute(p, "qnum") for p in element.iter() if attribute(p, "qnum")), "")
    number = number or attribute(element, "oral-qnum") or attribute(element, "spid")
    # Lords written answers come with ids of the Commons' kind.
    here.house = "Lords" if number.startswith("HL") else here.house
    here.count += 1
    person = attribute(element, "person_id") or attribute(element, "speakerid")
    here.turns.append(
        Turn(
            id=whole.removeprefix("uk.org.publicwhip/") or f"{source.name}-{here.count}",
            text=text,
            speaker=speaker,
            speaker_id="" if person == "unknown" else person,
            office=attribute(element, "speakeroffice"),
            role=role,
            number=number,
            url=_url(whole) or attribute(element, "url"),
            place=source.name,
            extra=extra,
        )
    )


def _url(whole: str) -> str:
    """The page on TheyWorkForYou that shows a turn."""
    found = _ID.search(whole)
    if not found or found["kind"] not in _PAGES:
        return ""
    return f"{SITE}/{_PAGES[found['kind']]}/?id={found['rest']}"
