"""Tables of speeches, one row a speech: Canada's LiPaD, the Hansard speeches of I-analyzer, and their like.

Rows on end with one date and the same headings are a section. A speech that is split over several rows (I-analyzer has
a row for each sentence) is put together by its id.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from qa_assess.errors import ColumnError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.columns import NEEDED, missing, plain
from qa_assess.readers.dates import iso_date
from qa_assess.readers.delimited import Cells, header_of, table_of
from qa_assess.readers.source import Source, beginning
from qa_assess.readers.turns import Business, Role, Section, Turn, is_chair, is_crowd, is_office

# What a column is for, by its name without case, spaces and punctuation; of two, the one that stands first here.
_NAMES = {
    "text": (
        "content", "text", "speech", "speechtext", "speechcontent", "speechbody", "contribution", "contributiontext",
        "utterance", "proceedingtext", "body",
    ),
    "speaker": ("speakername", "speaker", "membername", "speakeroldname", "displayas", "talker", "attributedto"),
    "speaker_id": (
        "speakerid", "personid", "memberid", "mnisid", "mpid", "pid", "opid", "speakerkey",
    ),
    "office": (
        "speakerposition", "office", "speakeroffice", "ministerialrole", "ministerialposition", "postname",
        "governmentposts", "position", "speakerrole", "role",
    ),
    "date": (
        "date", "dateyyyymmdd", "speechdate", "sittingdate", "debatedate", "dateofsitting", "day",
    ),
    "house": ("house", "speakerhouse", "chamber"),
    "id": ("speechid", "basepk", "contributionid", "utteranceid", "id", "sentenceid"),
    "sentence": ("sentenceid", "sectionsentenceid"),
    "debate": ("debateid", "sectionid", "debatesectionid"),
    "kind": ("speechtype", "speechclass", "type", "turntype"),
    "number": ("questionnumber", "uin", "oralqnum", "qnum"),
    "url": ("url", "link", "permalink", "speechurl"),
}  # fmt: skip
# From the widest to the narrowest.
_HEADINGS = (
    "oralheading", "sectioncategory", "section", "majorheading", "heading1", "maintopic", "agenda", "agendaitem",
    "department", "debate", "debatetitle", "heading", "title", "heading2", "subtopic", "minorheading", "topic",
    "subject", "heading3", "subsubtopic",
)  # fmt: skip
_KINDS = {
    "question": Role.QUESTION, "oralquestion": Role.QUESTION, "supplementaryquestion": Role.QUESTION,
    "answer": Role.ANSWER, "oralanswer": Role.ANSWER, "reply": Role.ANSWER,
    "procedural": Role.PROCEDURE, "procedure": Role.PROCEDURE, "scene": Role.PROCEDURE, "division": Role.PROCEDURE,
}  # fmt: skip
_ORAL = re.compile(
    r"\boral\s+(?:answers|questions?)\b|\bquestions?\s+(?:time|period)\b|\bquestions\s+without\s+notice\b",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"\bwritten\s+(?:answers?|questions?|replies)\b", re.IGNORECASE)
# Headings that say nothing: "NA" is how R writes an empty cell.
_EMPTY = ("", "NA", "nan", "None", "NULL", "Uncategorized")
# A table without headings must not become one endless section.
_LONGEST_SECTION = 1000
# Of the turns of the side that asks, how many hold a question mark; the other way round it would be far fewer.
_ASKING_SHARE = 0.6


def sniff(head: str) -> float:
    """How surely this is a table of speeches: it has a speech and its speaker, but no question and no answer."""
    if beginning(head).startswith(("{", "[", "<")):
        return 0.0
    return 0.9 if _is_of_speeches(header_of(head)) else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read a table of speeches whatever its delimiter.

    Raises:
        ColumnError: The header names no speech or no speaker.
    """
    header, rows = table_of(source)
    columns = _Columns.of(header)
    if columns.text is None or columns.speaker is None:
        lacking = "text of the speech" if columns.text is None else "speaker"
        hint = "a table of speeches has columns such as: date, heading, speaker, text"
        raise ColumnError(f"{source.name}: no {lacking} among the columns: {', '.join(header[:30])}", hint=hint)
    return _read(columns, rows, source.name)


def _is_of_speeches(header: Sequence[str]) -> bool:
    columns = _Columns.of(header)
    return columns.text is not None and columns.speaker is not None and missing(tuple(header)) == NEEDED


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each thing stands in a row; None where the table has no such column."""

    places: dict[str, int]
    headings: tuple[int, ...]

    @classmethod
    def of(cls, header: Sequence[str]) -> "_Columns":
        names = [plain(name) for name in header]
        places: dict[str, int] = {}
        for meaning, known in _NAMES.items():
            free = (names.index(name) for name in known if name in names)
            if (
                place := next((p for p in free if meaning == "sentence" or p not in places.values()), None)
            ) is not None:
                places[meaning] = place
        taken = set(places.values())
        headings = tuple(names.index(n) for n in _HEADINGS if n in names and names.index(n) not in taken)
        return cls(places, headings)

    @property
    def text(self) -> int | None:
        return self.places.get("text")

    @property
    def speaker(self) -> int | None:
        return self.places.get("speaker")

    def cell(self, row: Cells, meaning: str) -> str:
        """One cell of a row; empty where it says that there is nothing."""
        place = self.places.get(meaning)
        return "" if place is None else _told(row.fields[place])

    def titles(self, row: Cells) -> tuple[str, ...]:
        """The headings above a row, without those that say the same twice."""
        told = (_told(row.fields[place]) for place in self.headings)
        return tuple(dict.fromkeys(title for title in told if title))


def _told(cell: str) -> str:
    cell = cell.strip()
    return "" if cell in _EMPTY else cell


@dataclass(slots=True)
class _Sitting:
    """The speeches since the last change of heading or day."""

    key: tuple[Any, ...] = ()
    section: Section = field(default_factory=lambda: Section(()))
    turns: list[Turn] = field(default_factory=list)

    def exchanges(self) -> Iterator[Exchange]:
        """The pairs of what was gathered."""
        turns, self.turns = tuple(self.turns), []
        if self.section.business is Business.ORAL:
            turns = _told_apart(turns)
        yield from pairing.exchanges(replace(self.section, turns=turns))


def _read(columns: _Columns, rows: Iterable[Cells | Failure], name: str) -> Iterator[Exchange | Failure]:
    here = _Sitting()
    for row in rows:
        if isinstance(row, Failure):
            yield from here.exchanges()
            yield row
            continue
        titles = columns.titles(row)
        key = (columns.cell(row, "date"), columns.cell(row, "debate"), titles)
        if key != here.key or len(here.turns) >= _LONGEST_SECTION:
            yield from here.exchanges()
            here = _Sitting(key, _section(columns, row, titles, name))
        _add(here, _turn(columns, row), in_sentences="sentence" in columns.places)
    yield from here.exchanges()


def _section(columns: _Columns, row: Cells, titles: Sequence[str], name: str) -> Section:
    """What the headings of a row say."""
    whole = " / ".join(titles)
    business = Business.OTHER
    if _WRITTEN.search(whole):
        business = Business.WRITTEN
    elif _ORAL.search(whole):
        business = Business.ORAL
    own = [title for title in titles if not (_ORAL.search(title) or _WRITTEN.search(title))]
    return Section(
        (),
        business,
        iso_date(columns.cell(row, "date")),
        _house(columns.cell(row, "house")),
        department=own[0] if business is not Business.OTHER and len(own) > 1 else "",
        heading=own[-1] if own else "",
        source=name,
    )


def _house(printed: str) -> str:
    """``HOUSE OF COMMONS.`` as all other formats call it."""
    known = ("Commons", "Lords", "Senate")
    return next((house for house in known if house.casefold() in printed.casefold()), printed)


def _turn(columns: _Columns, row: Cells) -> Turn:
    speaker, office = columns.cell(row, "speaker"), columns.cell(row, "office")
    role = _KINDS.get(plain(columns.cell(row, "kind")), Role.UNKNOWN)
    if not speaker or (is_chair(office) and not is_office(office)):
        role = Role.PROCEDURE
    place = columns.text or 0
    return Turn(
        id=columns.cell(row, "id") or row.position.id,
        text=row.fields[place].replace("\0", "").strip(),
        speaker=speaker,
        speaker_id=columns.cell(row, "speaker_id"),
        office=office if is_office(office) else "",
        role=role,
        number=columns.cell(row, "number"),
        url=columns.cell(row, "url"),
        place=row.position.source,
    )


def _add(here: _Sitting, turn: Turn, *, in_sentences: bool) -> None:
    """Add a speech, or the next piece of the one that was added last."""
    last = here.turns[-1] if here.turns else None
    if last and last.id == turn.id and last.speaker == turn.speaker:
        text = (" " if in_sentences else "\n").join(filter(None, (last.text, turn.text)))
        here.turns[-1] = replace(last, text=text)
    else:
        here.turns.append(turn)


def _told_apart(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Question Time where no office is shown, as in Canada: the two sides take turns, and nobody is on both."""
    if any(turn.office or is_office(turn.speaker) or turn.role in (Role.QUESTION, Role.ANSWER) for turn in turns):
        return tuple(turns)
    sides: dict[str, Role] = {}
    role = Role.ANSWER
    before, told = "", list(turns)
    for index, turn in enumerate(turns):
        if turn.role is Role.PROCEDURE or is_chair(turn.speaker) or is_crowd(turn.speaker) or not turn.text:
            continue
        person = turn.speaker_id or turn.speaker
        if person != before:
            role = Role.QUESTION if role is Role.ANSWER else Role.ANSWER
            if sides.setdefault(person, role) is not role:
                return tuple(turns)
            told[index] = replace(turn, role=role)
        else:
            # What is said on end is one turn; only its beginning is a new question.
            told[index] = replace(turn, role=Role.UNKNOWN)
        before = person
    asked = [turn for turn in told if turn.role is Role.QUESTION]
    with_mark = sum("?" in turn.text for turn in asked)
    return tuple(told) if with_mark >= _ASKING_SHARE * len(asked) else tuple(turns)
