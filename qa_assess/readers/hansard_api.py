"""The JSON of the Hansard API: hansard-api.parliament.uk.

``/debates/debate/{id}.json`` is one section of a sitting with all its turns, and the sections below it inside it.
``/search/contributions/{type}.json`` holds single turns, of which only neighbours can be paired. Written after the
API's own description: no recorded response was to be had.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.columns import whole
from qa_assess.readers.dates import iso_date
from qa_assess.readers.hansard_items import ORAL, WRITTEN, line_in, order_in, page_of, plain_in, turn_of
from qa_assess.readers.hansard_search import searched
from qa_assess.readers.json_documents import (
    SURE,
    Document,
    begins_as_json,
    documents,
    row_in,
    rows_in,
    sniff_names,
    text_in,
)
from qa_assess.readers.records import Position
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, Role, Section, Turn

_OVERVIEW = re.compile(r'"Overview"\s*:\s*\{')
_PARTS = re.compile(r'"(?:Items|Navigator|ChildDebates)"\s*:')
_SEARCHED = ("ContributionExtId", "DebateSectionExtId", "ContributionText")
# Where a search's page holds its rows.
_LISTS = ("Results", "Contributions", "WrittenAnswers")

_DEPARTMENT_TAG = "hs_6bDepartment"
_URGENT_TAG = "hs_2cUrgentQuestion"
_ORAL_TAGS = ("hs_3OralAnswers", "hs_8Question")
_HEADING_TAG = re.compile(r"hs_(?:\d|timeline|venue)", re.IGNORECASE)
# The line by which the Lords' report says what a section is.
_LORDS_LINE = re.compile(r"^\W*(?P<notice>private notice )?(?:topical )?question\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Debate:
    """A section and what the sections above it say."""

    values: Mapping[str, object]
    place: str
    above: tuple[tuple[str, str], ...] = ()  # titles and tags

    @property
    def overview(self) -> Mapping[str, object]:
        return row_in(self.values, "Overview")

    @property
    def path(self) -> tuple[tuple[str, str], ...]:
        """Titles and tags of the sections above, the nearest last; a child's own list may lack them."""
        nodes = rows_in(self.values, "Navigator")
        by_id = {text_in(node, "Id"): node for node in nodes}
        own = next((one for one in nodes if line_in(one, "ExternalId") == line_in(self.overview, "ExtId")), None)
        trail: list[dict[str, object]] = []
        while own and (own := by_id.pop(text_in(own, "ParentId"), None)):
            trail.insert(0, own)
        return (*self.above, *((line_in(node, "Title"), line_in(node, "HRSTag")) for node in trail))


@dataclass(slots=True)
class _Found:
    """What a file holds."""

    debates: list[_Debate] = field(default_factory=list)
    searched: dict[str, list[tuple[Mapping[str, object], Position]]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def sniff(head: str) -> float:
    """How surely this is the API's: its own names for a debate or for a search's rows are there."""
    is_debate = begins_as_json(head) and _OVERVIEW.search(head) and _PARTS.search(head) and '"ExtId"' in head
    return SURE if is_debate else sniff_names(head, _SEARCHED)


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the questions and answers of a debate and of all below it, or those among a search's rows.

    Raises:
        FormatError: Broken JSON, or neither a debate nor rows of a search, or not one question in them.
    """
    found = _Found()
    for document in documents(source):
        if isinstance(document, Failure):
            found.failures.append(document)
        else:
            _gather(document, found)
    any_yet = False
    for record in _records(found, source.name):
        any_yet = True
        yield record
    yield from found.failures
    if any_yet or found.failures:
        return
    if not found.debates and not found.searched:
        raise FormatError(f"{source.name} holds no debate", hint="expected /debates/debate/….json of the Hansard API")
    hint = "is it a debate without questions, or only their heading? Ask for the sections below it"
    raise FormatError(f"{source.name} holds no question with its answer", hint=hint)


def _records(found: _Found, name: str) -> Iterator[Exchange | Failure]:
    seen: set[str] = set()
    for debate in found.debates:
        # A section comes inside the one above it, and may be there by itself too.
        own = line_in(debate.overview, "ExtId")
        if not own or own not in seen:
            seen.add(own)
            yield from pairing.exchanges(_section(debate, name))
            yield from _without_text(debate)
    for rows in found.searched.values():
        yield from searched(rows, name)


def _without_text(debate: _Debate) -> Iterator[Failure]:
    for number, item in enumerate(_items(debate), start=1):
        if _is_speech(item) and line_in(item, "AttributedTo") and not plain_in(item, "Value"):
            position = Position(f"{debate.place}:{number}", number)
            name = line_in(item, "ExternalId") or line_in(item, "ItemId")
            yield position.failure("the contribution has no text", "ask the API for the debate again", record_id=name)


def _is_speech(item: Mapping[str, object]) -> bool:
    return line_in(item, "ItemType").casefold() in ("contribution", "")


def _gather(document: Document, found: _Found) -> None:
    """Sort what a document holds into debates and rows of a search."""
    values = document.value if isinstance(document.value, list) else [document.value]
    number = 0
    for value in values:
        if not isinstance(value, dict):
            continue
        rows = [row for name in _LISTS for row in rows_in(value, name)]
        if not rows and "ContributionExtId" in value:
            rows = [value]
        for row in rows:
            number += 1
            position = Position(f"{document.place}:{number}", number, document.guessed)
            section = text_in(row, "DebateSectionExtId") or text_in(row, "DebateSectionId")
            if section or line_in(row, "ContributionText"):
                found.searched.setdefault(section or position.id, []).append((row, position))
        if not rows:
            found.debates += _with_children(_Debate(value, document.place))


def _with_children(debate: _Debate) -> Iterator[_Debate]:
    """A debate and all below it, in the order of the report."""
    waiting = [debate]
    while waiting:
        here = waiting.pop()
        if here.overview:
            yield here
        title = (line_in(here.overview, "Title"), line_in(here.overview, "HRSTag"))
        below = rows_in(here.values, "ChildDebates")
        waiting += [_Debate(child, here.place, (*here.path, title)) for child in reversed(below)]


def _section(debate: _Debate, name: str) -> Section:
    overview = debate.overview
    business, kind = _business(debate, _items(debate))
    date, house, title = (
        whole(iso_date(text_in(overview, "Date"))),
        line_in(overview, "House"),
        line_in(overview, "Title"),
    )
    page = page_of(house, date, line_in(overview, "ExtId"), title)
    turns = _turns(_items(debate), business, kind, page, debate.place)
    return Section(turns, business, date, house, _department(debate.path), title, name)


def _items(debate: _Debate) -> list[dict[str, object]]:
    items = rows_in(debate.values, "Items")
    known = all(order_in(item, "OrderInSection") is not None for item in items)
    return sorted(items, key=lambda item: order_in(item, "OrderInSection") or 0) if known else items


def _department(path: tuple[tuple[str, str], ...]) -> str:
    """The nearest heading above that is a department's: by its tag, else as one below "Oral Answers to Questions"."""
    below = False
    department = ""
    for title, tag in path:
        if tag == _DEPARTMENT_TAG or below:
            department = title
        below = below or bool(ORAL.match(title) or WRITTEN.match(title))
    return department


def _business(debate: _Debate, items: list[dict[str, object]]) -> tuple[Business, str]:
    """What a section is, and what pairing is to call it where it cannot know."""
    tag, titles = line_in(debate.overview, "HRSTag"), [title for title, _ in debate.path]
    titles.append(line_in(debate.overview, "Location"))
    if any(WRITTEN.match(title) for title in titles):
        return Business.WRITTEN, ""
    if tag == _URGENT_TAG:
        return Business.OTHER, "urgent question"
    if tag in _ORAL_TAGS or any(ORAL.match(title) for title in titles):
        return Business.ORAL, ""
    unattributed = (plain_in(item, "Value") for item in items[:4] if not line_in(item, "AttributedTo"))
    if line := next((found for text in unattributed if (found := _LORDS_LINE.match(text))), None):
        return Business.ORAL, "urgent question" if line["notice"] else ""
    return Business.OTHER, ""


def _turns(items: list[dict[str, object]], business: Business, kind: str, page: str, place: str) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    asked: set[tuple[str, str]] = set()
    for number, item in enumerate(items, start=1):
        if not _is_speech(item):
            continue
        turn = turn_of(item, business, f"{place}:{number}", page)
        turn = replace(turn, extra={"section": kind}) if kind else turn
        # A tabled question is printed again where its turn would have come.
        if item.get("IsReiteration") is True and (turn.number, turn.text) in asked:
            continue
        asked.add((turn.number, turn.text))
        tag = line_in(item, "HRSTag")
        goes_on = tag == "ERR_Question" or (business is Business.WRITTEN and not _HEADING_TAG.match(tag))
        if turns and turn.role is Role.PROCEDURE and goes_on and turns[-1].role is not Role.PROCEDURE:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{turn.text}".strip())
        else:
            turns.append(turn)
    return tuple(turns)
