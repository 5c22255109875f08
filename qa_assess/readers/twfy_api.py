"""The JSON of TheyWorkForYou's API: ``getHansard``, ``getDebates``, ``getWrans``.

Asked for a ``gid``, the API sends all turns of a debate or a written answer, headings among them. Asked for words or
a person, it sends ``rows``: the single turns that match, of any day. Of these only neighbours are paired; half a
question and answer is a `Failure` that says where the other half is, and a lone speech of a debate is passed over.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing, search_rows
from qa_assess.readers.columns import whole
from qa_assess.readers.dates import iso_date
from qa_assess.readers.json_documents import Document, documents, row_in, rows_in, sniff_names, text_in
from qa_assess.readers.markup import html_text
from qa_assess.readers.records import Position
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, Role, Section, Turn, is_office
from qa_assess.readers.twfy_words import HOLDING_WORDS, QUESTION_HEADING, SITE

_NAMES = ("gid", "hdate", "htype", "epobject_id")
_HEADINGS = ("10", "11")
_SPEECH = "12"
_WRITTEN = ("3", "8")
# By the API's number for a kind of record ("major"): its house, and its pages on the site.
_KINDS = {
    "1": ("Commons", "debates"), "2": ("Commons", "whall"), "3": ("Commons", "wrans"), "4": ("Commons", "wms"),
    "5": ("Northern Ireland Assembly", "ni"), "6": ("Commons", "pbc"), "7": ("Scottish Parliament", "sp"),
    "8": ("Scottish Parliament", "spwrans"), "10": ("Senedd", "senedd"), "101": ("Lords", "lords"),
}  # fmt: skip
_ROLE = re.compile(r"\.([qr])\d+$")
# 2023-12-18.HL1246.q0
_NUMBER_IN_GID = re.compile(r"^\d{4}-\d\d-\d\d[a-z]?\.((?:[A-Z]{2})?\d{3,})\.[qr]\d+$")
_QNUM = re.compile(r"""\bqnum\s*=\s*["']([A-Za-z0-9-]{1,20})["']""")
_HOLDING = re.compile(r"""<p\b[^>]*class\s*=\s*["']holdinganswer["'][^>]*>([^<]*)</p>""", re.IGNORECASE)
# "Oral Answers to Questions — Home Department: Ferries"
_TITLE = re.compile(
    r"^(?P<kind>oral answers to questions|written answers|oral questions|question time)\b"
    r"(?:\s*[—–-]+\s*(?P<department>[^:]*))?(?::\s*(?P<heading>.*))?$",
    re.IGNORECASE,
)
# Lords: "EU: Budget — Question"


class _Row(NamedTuple):
    """A speech, and whether it is one of a search's."""

    values: Mapping[str, object]
    position: Position
    searched: bool


@dataclass(slots=True)
class _Found:
    """What a file holds: its speeches by section, and the text of the headings by their number."""

    sections: dict[tuple[str, ...], list[_Row]] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def sniff(head: str) -> float:
    """How surely this is the API's: its own names for a row are there."""
    return sniff_names(head, _NAMES)


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the questions and answers among the rows.

    Raises:
        FormatError: Broken JSON, or no row that is a question or an answer.
    """
    found = _Found()
    for document in documents(source):
        if isinstance(document, Failure):
            found.failures.append(document)
        else:
            _gather(document, found)
    if not found.sections and not found.failures:
        hint = 'a list of headings is no debate: ask getDebates or getWrans again with the "gid" of each'
        raise FormatError(f"{source.name} holds no speeches", hint=hint)
    any_yet = False
    for rows in found.sections.values():
        for record in _records(rows, found.headings, source.name):
            any_yet = True
            yield record
    yield from found.failures
    if not any_yet and not found.failures:
        hint = 'a search finds single speeches: ask getDebates with the "gid" of the whole debate'
        raise FormatError(f"{source.name} holds speeches of debates, but no question with its answer", hint=hint)


def _gather(document: Document, found: _Found) -> None:
    """Sort a document's rows into sections."""
    value = document.value
    if isinstance(value, dict) and "rows" not in value and "error" in value:
        raise FormatError(f"TheyWorkForYou sent an error: {text_in(value, 'error')}", hint="ask the API again")
    searched = isinstance(value, dict)
    listed = value.get("rows") if isinstance(value, dict) else value
    for number, row in enumerate(listed if isinstance(listed, list) else [], start=1):
        position = Position(f"{document.place}:{number}", number, document.guessed)
        if not isinstance(row, dict):
            found.failures.append(position.failure("something other than a row stands here", "ask the API again"))
        elif text_in(row, "htype") in _HEADINGS:
            found.headings[text_in(row, "epobject_id")] = _one_line(row, "body")
        elif text_in(row, "htype") == _SPEECH:
            key = tuple(text_in(row, name) for name in ("major", "hdate", "section_id", "subsection_id"))
            key = key if key[-1] else (*key, _one_line(row_in(row, "parent"), "body"))
            found.sections.setdefault(key, []).append(_Row(row, position, searched))


def _records(rows: list[_Row], headings: Mapping[str, str], name: str) -> Iterator[Exchange | Failure]:
    """The exchanges of one section."""
    ordered: list[tuple[int | None, Turn]] = []
    for row in rows:
        turn = _turn(row)
        if turn.text:
            ordered.append((_order(row), turn))
        else:
            message = "the row has no text"
            yield row.position.failure(message, "ask the API for it again", record_id=turn.id)
    if not ordered:
        return
    first = rows[0]
    if not first.searched:
        yield from pairing.exchanges(_section(first, headings, tuple(turn for _, turn in ordered), name))
        return
    # What a written answer's page holds belongs together, whatever was left out of it.
    is_written = text_in(first.values, "major") in _WRITTEN
    known = sorted(ordered, key=lambda pair: pair[0] or 0)
    for run in [tuple(turn for _, turn in known)] if is_written else search_rows.runs(ordered):
        yield from search_rows.paired(_section(first, headings, run, name), _hint(run[0], is_written=is_written))


def _section(row: _Row, headings: Mapping[str, str], turns: tuple[Turn, ...], name: str) -> Section:
    values = row.values
    house = _KINDS.get(text_in(values, "major"), ("", ""))[0]
    if house == "Commons" and any(turn.number.startswith("HL") for turn in turns):
        house = "Lords"
    business, department, heading = _heading(values, headings)
    return Section(turns, business, iso_date(text_in(values, "hdate")), house, department, heading, name)


def _heading(values: Mapping[str, object], headings: Mapping[str, str]) -> tuple[Business, str, str]:
    """What a section is, its department and its heading."""
    own = [headings.get(text_in(values, name), "") for name in ("section_id", "subsection_id")]
    title = ": ".join(dict.fromkeys(filter(None, own))) or _one_line(row_in(values, "parent"), "body")
    parts = _TITLE.match(title)
    department, heading = (parts["department"] or "", parts["heading"] or "") if parts else ("", title)
    if text_in(values, "major") in _WRITTEN:
        return Business.WRITTEN, department.strip(), heading
    if parts or QUESTION_HEADING.search(title):
        return Business.ORAL, department.strip(), QUESTION_HEADING.sub("", heading)
    return Business.OTHER, "", heading


def _turn(row: _Row) -> Turn:
    values = row.values
    body, speaker = values.get("body"), row_in(values, "speaker")
    body = body if isinstance(body, str) else ""
    held = _HOLDING.search(body)
    gid = text_in(values, "gid")
    number = _QNUM.search(body) or _NUMBER_IN_GID.match(gid)
    return Turn(
        id=whole(gid) or row.position.id,
        text=whole(html_text(_HOLDING.sub("", body))),
        speaker=_name(speaker),
        speaker_id=text_in(values, "person_id") or text_in(speaker, "person_id"),
        office=_office(speaker),
        role=_role(values, gid, speaker),
        number=number[1] if number and not _is_answer(values, gid) else "",
        url=_url(values, gid),
        place=row.position.source,
        extra={"holding_answer": HOLDING_WORDS.sub("", html_text(held[1])).strip(" []().:")} if held else {},
    )


def _role(values: Mapping[str, object], gid: str, speaker: Mapping[str, object]) -> Role:
    if _is_answer(values, gid):
        return Role.ANSWER
    if _ROLE.search(gid) or (text_in(values, "major") in _WRITTEN and text_in(values, "minor") == "1"):
        return Role.QUESTION
    return Role.UNKNOWN if speaker else Role.PROCEDURE


def _is_answer(values: Mapping[str, object], gid: str) -> bool:
    if found := _ROLE.search(gid):
        return found[1] == "r"
    return text_in(values, "major") in _WRITTEN and text_in(values, "minor") == "2"


def _name(speaker: Mapping[str, object]) -> str:
    parts = (text_in(speaker, "first_name"), text_in(speaker, "last_name"))
    return whole(html_text(text_in(speaker, "name") or " ".join(parts)))


def _office(speaker: Mapping[str, object]) -> str:
    """The office that makes a speaker a minister; a minister's aide (PPS) has none."""
    offices = [one for office in rows_in(speaker, "office") if (one := text_in(office, "position"))]
    return next((one for one in offices if is_office(one) and "private secretary" not in one.casefold()), "")


def _order(row: _Row) -> int | None:
    place = text_in(row.values, "hpos")
    return int(place) if re.fullmatch(r"\d{1,9}", place) else None


def _url(values: Mapping[str, object], gid: str) -> str:
    """The page of a row: the API gives its end, with the words that were searched for."""
    listed = html.unescape(text_in(values, "listurl"))
    if re.match(r"/[a-z]+/\?id=", listed):
        return whole(SITE + re.sub(r"&s=[^#]*", "", listed))
    page = _KINDS.get(text_in(values, "major"), ("", ""))[1]
    return whole(f"{SITE}/{page}/?id={gid}") if page and gid else ""


def _hint(turn: Turn, *, is_written: bool) -> str:
    found = re.search(r"[?&]id=([^&#]+)", turn.url)
    function = "getWrans" if is_written else "getDebates"
    return f"ask the API for the whole of it: {function} with gid={found[1] if found else turn.id}"


def _one_line(values: Mapping[str, object], name: str) -> str:
    return whole(" ".join(html_text(text_in(values, name)).split()))
