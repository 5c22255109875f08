"""Parla-CLARIN and ParlaMint: a sitting as TEI, its speeches as ``u`` elements, each with ``@who``.

The people stand in a file of their own, or in the header (``listPerson``); where they do not, the ids give the names,
for they are the names without spaces. Nothing in a speech says that a minister makes it, so mostly the turns tell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, OpenSection, Role, Section, Turn, is_office, printed_name
from qa_assess.readers.xml_stream import Element, attribute, elements, local, paragraphs, root_of, words

_TAGS = frozenset({"meeting", "setting", "bibl", "person", "head", "note", "u", "div"})
_NOT_SPEECH = frozenset({"note", "gap", "incident", "vocal", "kinesic", "desc", "linkGrp"})
_ROOTS = ("TEI", "teiCorpus")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# RobertDeBruce, JRSmith and AnnMcBain, but not the halves of Mc and Mac
_SEAM = re.compile(r"(?<=[a-z])(?<!Mc)(?<!Mac)(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[._](?=[A-Z])")
_HOUSES = {"Commons": re.compile(r"\bcommons\b|\.HC\b", re.IGNORECASE), "Lords": re.compile(r"\blords\b|\.HL\b", re.I)}
_ORAL = re.compile(r"\boral\s+(?:answers|questions)\b|\bquestion\s+time\b|\bquestions? without notice\b", re.IGNORECASE)


def sniff(head: str) -> float:
    """How surely this is a sitting in TEI: its root element says so; TEI of something else no reader wants."""
    return 0.9 if root_of(head) in _ROOTS else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read a sitting.

    Raises:
        FormatError: The XML breaks before its first element, or holds no speech.
    """
    return pairing.records(sections(source))


@dataclass(slots=True)
class _Person:
    """Someone of the header: the name, and each office with its first and its last day."""

    name: str
    offices: list[tuple[str, str, str]] = field(default_factory=list)

    def office(self, date: str) -> str:
        """The office held on a day."""
        return next((office for office, since, until in self.offices if since <= date <= (until or "9999")), "")


@dataclass(slots=True)
class _Sitting(OpenSection):
    """Where we are in the document."""

    url: str = ""
    people: dict[str, _Person] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    division: Element | None = None
    printed: str = ""
    spoken: int = 0

    def finished(self, source: Source) -> Iterator[Section]:
        """The section that was gathered since the last heading, if anything was said."""
        section = self.close(source.name)
        if not section.turns:
            return
        levels = [text for _, text in sorted(self.headings.items()) if not _ORAL.fullmatch(text)]
        department = levels[-2] if len(levels) > 1 else ""
        business = section.business
        if business is Business.OTHER and any(_ORAL.search(text) for text in self.headings.values()):
            business = Business.ORAL
        yield replace(section, business=business, department=department, heading=(levels or [""])[-1])


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
        if name == "u":
            division = within[-1] if within else None
            if division is not here.division:
                yield from here.finished(source)
                _enter(here, division, within)
            _add(here, element, source)
        elif name in ("head", "div") and not any(local(one.tag) == "u" for one in within):
            yield from here.finished(source)
            here.division, here.printed = None, ""
            depth = len(within) + (name == "div")
            here.headings = {level: text for level, text in here.headings.items() if level < depth}
            if name == "head":
                here.headings[depth] = words(element)
        else:
            _learn(here, name, element, within)
    yield from here.finished(source)
    if not here.spoken:
        hint = "a corpus file only names its parts; read the sittings themselves"
        raise FormatError(f'{source.name} is TEI without any speech ("u" elements)', hint=hint)


def _enter(here: _Sitting, division: Element | None, within: list[Element]) -> None:
    """Go on in another division; its type, or that of one around it, may say what is done there."""
    here.division = division
    kinds = " ".join(attribute(one, "type") + " " + attribute(one, "ana") for one in within).casefold()
    here.business = Business.OTHER
    if "question" in kinds:
        here.business = Business.WRITTEN if "written" in kinds else Business.ORAL
    here.date = here.date or _day(" ".join(attribute(one, "id") for one in within[:2]))


def _learn(here: _Sitting, name: str, element: Element, within: list[Element]) -> None:
    """Take a fact from the header, or the name that stands before a speech."""
    if name == "note":
        speaker = attribute(element, "type").casefold() == "speaker"
        inside = bool(within) and local(within[-1].tag) == "u"
        if speaker and (inside or not here.printed):
            here.printed = words(element)
    elif name == "person":
        here.people[attribute(element, "id")] = _person(element)
    elif name == "meeting":
        _set_house(here, f"{attribute(element, 'corresp')} {words(element)}")
    elif name == "setting":
        here.date = next((day for one in element.iter() if (day := _day(attribute(one, "when")))), "")
        _set_house(here, words(element))
    elif name == "bibl":
        here.date = here.date or next((day for one in element.iter() if (day := _day(attribute(one, "when")))), "")
        links = (words(one) for one in element.iter() if local(one.tag) == "idno")
        here.url = next((link for link in links if link.startswith("http")), here.url)


def _set_house(here: _Sitting, text: str) -> None:
    here.house = next((house for house, pattern in _HOUSES.items() if pattern.search(text)), here.house)


def _person(element: Element) -> _Person:
    """A person of the header; of a name in parts, forenames first."""
    name = next((one for one in element if local(one.tag) == "persName"), None)
    person = _Person("")
    if name is not None:
        parts = [(local(part.tag), words(part)) for part in name]
        ordered = [text for tag in ("forename", "nameLink", "surname") for found, text in parts if found == tag]
        person.name = " ".join(ordered) or words(name)
    for one in element:
        if local(one.tag) == "affiliation" and "minister" in attribute(one, "role").casefold():
            said = [words(role) for role in one if is_office(words(role))]
            office = said[0] if said else "Minister"
            person.offices.append((office, attribute(one, "from"), attribute(one, "to")))
    return person


def _add(here: _Sitting, element: Element, source: Source) -> None:
    """Add the turn that a ``u`` holds."""
    here.spoken += 1
    who = attribute(element, "who").partition(" ")[0].lstrip("#")
    person = here.people.get(who) or _Person(name_of(who))
    printed, here.printed = here.printed, ""
    # An id that is no name gives way to the name that is printed.
    name = "" if printed and person.name == who else person.name
    chair = "chair" in attribute(element, "ana").casefold()
    here.turns.append(
        Turn(
            id=attribute(element, "id") or f"{source.name}-{here.spoken}",
            text=_text(element),
            speaker=printed_name(printed, name),
            speaker_id=who,
            office=person.office(here.date),
            role=Role.PROCEDURE if chair else Role.UNKNOWN,
            url=here.url,
            place=source.name,
        )
    )


def _text(element: Element) -> str:
    """The words of a speech, a line for each segment; of an annotated corpus, its tokens put together again."""
    if not any(local(one.tag) == "w" for one in element.iter()):
        return paragraphs(element, without=_NOT_SPEECH)
    segments = [one for one in element if local(one.tag) == "seg"] or [element]
    return "\n".join(text for one in segments if (text := "".join(_tokens(one)).strip()))


def _tokens(element: Element) -> Iterator[str]:
    for one in element:
        if local(one.tag) in ("w", "pc"):
            # A contraction holds its parts as empty words.
            yield (one.text or "").strip() + ("" if attribute(one, "join") in ("right", "both") else " ")
        elif local(one.tag) not in _NOT_SPEECH:
            yield from _tokens(one)


def name_of(who: str) -> str:
    """The name that an id is made of; the id itself where it is no name.

    >>> name_of("RuthMcAlderMoss"), name_of("Elm.Bo.1961"), name_of("mp_1204")
    ('Ruth McAlder Moss', 'Elm Bo', 'mp_1204')
    """
    parted = _SEAM.sub(" ", re.sub(r"[._-]?\d+$", "", who))
    return " ".join(parted.split()) if " " in parted else who


def _day(text: str) -> str:
    found = _DAY.search(text)
    return found[0] if found else ""
