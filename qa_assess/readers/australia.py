"""Hansard of the Parliament of Australia, as XML: both houses, 1998 to date.

Two ways to mark a speech up: to 2011, a ``para`` for each paragraph, with interjections and what follows them in
elements of their own; since then one ``body`` of HTML-like paragraphs, in which a link at the start of a paragraph says
who speaks from there on (``MemberInterjecting``, ``MemberContinuation``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, OpenSection, Role, Section, Turn
from qa_assess.readers.xml_stream import Element, attribute, elements, local, paragraphs, root_of, words

_ROLES = {"question": Role.QUESTION, "answer": Role.ANSWER, "speech": Role.UNKNOWN}
_TAGS = frozenset({*_ROLES, "session.header", "debateinfo", "subdebateinfo"})
_NOT_SPEECH = frozenset({"talker", "interjection", "division"})
_HOUSES = {"reps": "House of Representatives", "house": "House of Representatives", "senate": "Senate"}
_WRITTEN = re.compile(r"\bin writing\b|\bon notice\b|\banswers to questions\b", re.IGNORECASE)
_ORAL = re.compile(r"\bquestions?\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\(?\bquestions?\s+(?:nos?\.?\s*)(?P<number>\d+)[^)]*\)?\s*", re.IGNORECASE)
# " (Oxmere—Minister for Ferries) (14:01):" behind a name
_BEHIND_NAME = re.compile(r"^(?:\s*\([^()]*(?:\([^()]*\)[^()]*)*\))*\s*:?\s*")
_MARK = re.compile(r"^(?:Member|Office|General)", re.IGNORECASE)


def sniff(head: str) -> float:
    """How surely this is Australian Hansard: by its root and its header; Britain's old volumes have the same root."""
    return 0.95 if root_of(head) == "hansard" and "<session.header" in head else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read a sitting day.

    Raises:
        FormatError: The XML breaks before its first element, or holds no speech.
    """
    return pairing.records(sections(source))


@dataclass(slots=True)
class _Day(OpenSection):
    """Where we are in the day."""

    debate: str = ""
    number: str = ""
    spoken: int = 0

    def finished(self, source: Source) -> Iterator[Section]:
        """The section that was gathered since the last heading or the last answer, if anything was said."""
        section = self.close(source.name)
        if turns := section.turns:
            department = next((turn.office for turn in turns if turn.role is Role.ANSWER), "")
            heading, business = section.heading or self.debate, section.business
            if business is Business.OTHER and turns[0].role is Role.QUESTION:
                business = Business.ORAL
            yield replace(section, business=business, department=department, heading=heading)


def sections(source: Source) -> Iterator[Section | Failure]:
    """The sections of a day, one at a time: a question with its answer, or what stands under one heading.

    Raises:
        FormatError: The XML breaks before its first element, or holds no speech.
    """
    here, within = _Day(), list[Element]()
    for element in elements(source, _TAGS, within=within):
        if isinstance(element, Failure):
            yield from here.finished(source)
            yield element
            return
        name = local(element.tag)
        if name == "session.header":
            here.date, here.house = _child(element, "date"), _child(element, "chamber")
            known = here.house.casefold().replace("the ", "").split(" ")[0]
            here.house = _HOUSES.get(known, here.house)
        elif name in _ROLES:
            if name == "question" and any(turn.role is not Role.QUESTION for turn in here.turns):
                yield from here.finished(source)
            _add(here, element, source)
        else:
            yield from here.finished(source)
            _enter(here, name, element, within)
    yield from here.finished(source)
    if not here.spoken:
        raise FormatError(
            f"{source.name} holds no speech, question or answer", hint="is it the Hansard of a whole day?"
        )


def _enter(here: _Day, name: str, element: Element, within: list[Element]) -> None:
    """Go on under a new heading."""
    title = _child(element, "title")
    if name == "debateinfo":
        here.debate, here.heading = title, ""
        kind = f"{title} {_child(element, 'type')}"
        apart = any(local(one.tag) == "answers.to.questions" for one in within)
        here.business = Business.OTHER
        if apart or (_WRITTEN.search(kind) and _ORAL.search(kind)):
            here.business = Business.WRITTEN
        elif _ORAL.search(kind):
            here.business = Business.ORAL
    else:
        here.heading = title
    numbered = _NUMBER.search(title)
    here.number = _child(element, "id.no") or (numbered["number"] if numbered else "")
    if numbered and name == "subdebateinfo":
        here.heading = _NUMBER.sub(" ", title).strip() or title


def _add(here: _Day, element: Element, source: Source) -> None:
    """Add the turn that an element holds."""
    here.spoken += 1
    talker = next((one for one in element.iter() if local(one.tag) == "talker"), None)
    role = _ROLES[local(element.tag)]
    if role is Role.UNKNOWN and any(turn.role is Role.QUESTION for turn in here.turns):
        role = Role.PROCEDURE  # A point of order, or a minister's word on it
    asked_in_writing = role is Role.QUESTION and here.business is Business.WRITTEN
    here.turns.append(
        Turn(
            id=f"{here.date or source.name}-{here.spoken}",
            text=_text(element),
            speaker=_name(talker) if talker is not None else "",
            speaker_id=_child(talker, "name.id") if talker is not None else "",
            office=_office(element, talker),
            role=role,
            number=here.number if asked_in_writing else "",
            place=source.name,
        )
    )


def _child(element: Element, name: str) -> str:
    """The text of a child; empty where there is none."""
    return next((words(one) for one in element if local(one.tag) == name), "")


def _name(talker: Element) -> str:
    """``Tony Alder`` for ``Alder, Tony, MP``; ``The SPEAKER`` for ``SPEAKER, The``."""
    names = [(attribute(one, "role"), words(one)) for one in talker if local(one.tag) == "name" and words(one)]
    name = next((text for role, text in names if role == "metadata"), names[0][1] if names else "")
    last, _, rest = name.partition(",")
    first = rest.split(",")[0].strip()
    title, _, bare = first.partition(" ")
    return f"Senator {bare} {last}" if title == "Sen" and bare else f"{first} {last}".strip()


def _office(element: Element, talker: Element | None) -> str:
    """The office that the header of a speech gives, or that stands behind the name in its first paragraph."""
    office = _child(talker, "role") if talker is not None else ""
    titles = (words(one) for one in element.iter() if "MinisterialTitles" in attribute(one, "class"))
    return office or next(titles, "")


def _text(element: Element) -> str:
    """What the speaker says, without what others call out."""
    bodies = [one for one in element if local(one.tag) == "talk.text"]
    bodies += [
        text for one in element if local(one.tag) == "continue" for text in one if local(text.tag) == "talk.text"
    ]
    if not any(words(body) for body in bodies):
        lines = (line.removeprefix("—").lstrip() for line in paragraphs(element, without=_NOT_SPEECH).splitlines())
        return "\n".join(line for line in lines if line)
    return "\n".join(text for body in bodies for text in _own(body))


def _own(body: Element) -> Iterator[str]:
    """The paragraphs of a body that are the speaker's own."""
    speaking = True
    blocks = [block for part in body for block in (part if local(part.tag) == "body" else (part,))]
    for block in blocks:
        kind, name = _mark(block)
        if "interjecting" in kind and kind.startswith("general"):
            continue  # "Members interjecting—" breaks in, and the speaker goes on
        if kind:
            speaking = "interjecting" not in kind and not kind.startswith("office")
        text = paragraphs(block)
        if kind and text.startswith(name):
            text = _BEHIND_NAME.sub("", text.removeprefix(name), count=1)
        if speaking and text:
            yield text


def _mark(block: Element) -> tuple[str, str]:
    """What a paragraph begins with: the kind of its speaker (``memberinterjecting``), and the name as printed."""
    for one in block.iter():
        kind = attribute(one, "type") if local(one.tag) == "a" else attribute(one, "class").removeprefix("HPS-")
        if _MARK.match(kind) and words(one) and words(block).startswith(words(one)):
            return kind.casefold().replace("iinter", "inter"), words(one)
    return "", ""
