"""Akoma Ntoso debates: those of the Oireachtas, and any other that keeps to the standard.

People and their offices stand at the head of the file (``TLCPerson``, ``TLCRole``); a speech names both by their ids.
A written answer of the Oireachtas is a ``speech`` after its ``question`` elements, in one ``debateSection``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, OpenSection, Role, Section, Turn, is_chair, printed_name
from qa_assess.readers.xml_stream import Element, attribute, elements, local, paragraphs, root_of, words

_SPOKEN = frozenset({"question", "answer", "speech"})
_FACTS = frozenset({"FRBRdate", "FRBRuri", "FRBRauthor", "TLCPerson", "TLCRole", "docCommittee", "docProponent"})
_TAGS = _SPOKEN | _FACTS | {"heading", "debateSection"}
_NOT_SPEECH = frozenset({"from", "num", "heading", "recordedTime", "summary", "narrative", "scene"})
# What stands in a section of written answers, outside any speech, and is part of the answer
_LOOSE = frozenset({"p", "table", "ul", "ol"})
_ORDER_NUMBER = re.compile(r"^\s*(?P<number>\d+)\s*\.\s*")
_REFERENCE = re.compile(r"\s*\[(?P<number>\d+/\d+)\]\s*$")
_OIREACHTAS = re.compile(r"/akn/ie/debateRecord/(?P<house>[^/]+)/(?P<date>\d{4}-\d\d-\d\d)")
_HOUSES = {"dail": "Dáil", "seanad": "Seanad"}


def sniff(head: str) -> float:
    """How surely this is Akoma Ntoso: its root element says so; whether it is a debate or an act is seen in reading."""
    return 0.95 if root_of(head) == "akomaNtoso" else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read a sitting.

    Raises:
        FormatError: The XML breaks before its first element, or holds no speech.
    """
    return pairing.records(sections(source))


@dataclass(slots=True)
class _Sitting(OpenSection):
    """Where we are in the document."""

    uri: str = ""
    names: dict[str, str] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    part: Element | None = None
    eid: str = ""
    spoken: int = 0

    def finished(self, source: Source) -> Iterator[Section]:
        """The section that was gathered since the last heading, if anything was said."""
        section = self.close(source.name)
        turns, business = section.turns, section.business
        if not turns:
            return
        self.department = ""
        if business is Business.OTHER and any(turn.role is Role.QUESTION for turn in turns):
            business = Business.ORAL
        if not any(turn.role is Role.ANSWER for turn in turns):
            # Where no answer is marked as one, the turns tell which is; a tabled question is known by its number.
            turns = tuple(replace(t, role=Role.UNKNOWN) if t.role is Role.QUESTION else t for t in turns)
        heading = self.headings[max(self.headings)] if self.headings else ""
        yield replace(section, turns=turns, business=business, heading=heading)

    def named(self, reference: str) -> str:
        """What a reference (``#AnnAsh``) stands for; empty where the head of the file does not say."""
        return self.names.get(reference.lstrip("#"), "")


def sections(source: Source) -> Iterator[Section | Failure]:
    """The sections of a sitting, one at a time.

    Raises:
        FormatError: The XML breaks before its first element, or holds no speech.
    """
    here, within = _Sitting(), list[Element]()
    for element in elements(source, _TAGS, within=within):
        if isinstance(element, Failure):
            yield from here.finished(source)
            yield element
            return
        name = local(element.tag)
        if name in _SPOKEN:
            # A question answered is done with; what follows it stands in the same section, but is the next.
            again = name == "question" and here.business is Business.WRITTEN and _is_answered(here.turns)
            # Nothing is around what is itself the whole of a document.
            if within and (within[-1] is not here.part or again):
                yield from here.finished(source)
                _enter(here, within)
            _add(here, element, source)
        elif name == "heading" and not any(local(one.tag) in _SPOKEN for one in within):
            yield from here.finished(source)
            here.part = None
            here.headings = {depth: text for depth, text in here.headings.items() if depth < len(within)}
            here.headings[len(within)] = words(element)
        elif name == "debateSection":
            if here.business is Business.WRITTEN and here.turns:
                _add_loose(here, element, source)
            yield from here.finished(source)
            here.part = None
            here.headings = {depth: text for depth, text in here.headings.items() if depth <= len(within)}
        else:
            _learn(here, name, element, within)
    yield from here.finished(source)
    if not here.spoken:
        raise FormatError(
            f"{source.name} is Akoma Ntoso without any speech, question or answer",
            hint="only debates and written answers are read",
        )


def _is_answered(turns: list[Turn]) -> bool:
    return bool(turns) and turns[-1].role is not Role.QUESTION


def _enter(here: _Sitting, within: list[Element]) -> None:
    """Go on in another section; its name, or that of one around it, says what is done there."""
    here.part = within[-1]
    here.eid = attribute(here.part, "eId") or attribute(here.part, "id")
    kinds = " ".join(f"{local(one.tag)} {attribute(one, 'name')}" for one in within).casefold()
    here.business = Business.OTHER
    if "written" in kinds and ("answer" in kinds or "question" in kinds):
        here.business = Business.WRITTEN
    elif "question" in kinds:
        here.business = Business.ORAL


def _learn(here: _Sitting, name: str, element: Element, within: list[Element]) -> None:
    """Take a fact from the head of the file."""
    if name in ("TLCPerson", "TLCRole"):
        key = attribute(element, "eId") or attribute(element, "id")
        here.names[key] = attribute(element, "showAs")
    elif name == "FRBRdate":
        here.date = here.date or attribute(element, "date")[:10]
    elif name == "FRBRuri":
        here.uri = here.uri or attribute(element, "value")
    elif name == "FRBRauthor" and not here.house:
        found = re.search(r"/house/(\w+)", attribute(element, "href"))
        here.house = _HOUSES.get(found[1], found[1]) if found else ""
    elif name == "docCommittee" or (name == "docProponent" and not here.house):
        # Of a name in two languages, the last is the English one.
        here.house = words(element) or here.house


def _add(here: _Sitting, element: Element, source: Source) -> None:
    """Add the turn that an element holds."""
    here.spoken += 1
    name, eid = local(element.tag), attribute(element, "eId") or attribute(element, "id")
    office = here.named(attribute(element, "as"))
    printed = next((words(one) for one in element if local(one.tag) == "from"), "")
    text, number = paragraphs(element, without=_NOT_SPEECH), ""
    role = Role.PROCEDURE if is_chair(office) or is_chair(printed) else Role.UNKNOWN
    if name == "answer":
        role = Role.ANSWER
    elif name == "question":
        role = Role.QUESTION
        text, number = _numbered(text, eid)
        here.department = here.department or here.named(attribute(element, "to"))
    here.turns.append(
        Turn(
            id=eid or f"{source.name}-{here.spoken}",
            text=text,
            speaker=printed_name(printed, here.named(attribute(element, "by"))),
            speaker_id=attribute(element, "by").lstrip("#"),
            office=office,
            role=role,
            number=number,
            url=_url(here, name, eid),
            place=source.name,
        )
    )


def _numbered(text: str, eid: str) -> tuple[str, str]:
    """A tabled question without its numbers, and the number that is its own: ``12345/16``, else that of the day."""
    order, reference = _ORDER_NUMBER.match(text), _REFERENCE.search(text)
    number = reference["number"] if reference else order["number"] if order else ""
    text = text[order.end() if order else 0 : reference.start() if reference else len(text)]
    return text, number or (eid if eid.startswith("pq_") else "")


def _add_loose(here: _Sitting, element: Element, source: Source) -> None:
    """Add to a written answer the paragraphs and tables that stand behind it; they are all there is of some."""
    text = "\n".join(found for one in element if local(one.tag) in _LOOSE and (found := paragraphs(one)))
    if not text:
        return
    last = here.turns[-1]
    if last.role is Role.QUESTION:
        here.turns.append(Turn(f"{last.id}-reply", text, role=Role.ANSWER, url=last.url, place=source.name))
    else:
        here.turns[-1] = replace(last, text=f"{last.text}\n{text}")


def _url(here: _Sitting, name: str, eid: str) -> str:
    """The page that shows a turn: that of the Oireachtas, else what the file itself calls its address."""
    found = _OIREACHTAS.match(here.uri)
    if not found:
        return here.uri if here.uri.startswith("http") else ""
    page = f"https://www.oireachtas.ie/en/debates/{'question' if name == 'question' else 'debate'}"
    if name == "question" and eid.startswith("pq_"):
        return f"{page}/{found['date']}/{eid.removeprefix('pq_')}/"
    return f"{page}/{found['house']}/{found['date']}/{here.eid.removeprefix('dbsect_')}/#{eid}"
