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
from qa_assess.readers import pairing, search_rows
from qa_assess.readers.columns import whole
from qa_assess.readers.dates import iso_date
from qa_assess.readers.json_documents import Document, documents, row_in, rows_in, text_in
from qa_assess.readers.markup import html_text
from qa_assess.readers.records import Position
from qa_assess.readers.source import Source
from qa_assess.readers.turns import Business, Role, Section, Turn
from qa_assess.replies import TRUNCATED_ANSWER, TRUNCATED_QUESTION

_SITE = "https://hansard.parliament.uk"
_OVERVIEW = re.compile(r'"Overview"\s*:\s*\{')
_PARTS = re.compile(r'"(?:Items|Navigator|ChildDebates)"\s*:')
_SEARCHED = tuple(re.compile(rf'"{name}"\s*:') for name in ("ContributionExtId", "DebateSectionExtId", "ContributionText"))
# Where a search's page holds its rows.
_LISTS = ("Results", "Contributions", "WrittenAnswers")

_DEPARTMENT_TAG = "hs_6bDepartment"
_URGENT_TAG = "hs_2cUrgentQuestion"
_ORAL_TAGS = ("hs_3OralAnswers", "hs_8Question")
_ORAL = re.compile(r"^\s*(?:oral answers|oral questions)\b", re.IGNORECASE)
_WRITTEN = re.compile(r"^\s*written (?:answers|questions)\b", re.IGNORECASE)
# The line by which the Lords' report says what a section is.
_LORDS_LINE = re.compile(r"^\W*(?P<notice>private notice )?(?:topical )?question\W*$", re.IGNORECASE)

_QUESTION = re.compile(r"<Question\b", re.IGNORECASE)
# What stands with a tabled question and is no part of it: "1." before it, "[900123]" or "(900123)" behind it.
_ORDER_NUMBER = re.compile(r"^\s*(?:[QT]?\s?\d{1,3}\s*\.\s*)")
_UIN = re.compile(r"\s*[\[(]\s*(?P<uin>(?:HL)?\d{3,7})\s*[\])]\s*$")
_NAME_BEFORE = re.compile(r"^(?P<opening>\s*(?:<[^<>]*>\s*)*)<strong>(?P<name>[^<>]{2,100}):?\s*</strong>:?", re.IGNORECASE)


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
        own = _text(self.overview, "ExtId")
        listed = [node for node in rows_in(self.values, "Navigator") if _text(node, "ExternalId") != own]
        listed.sort(key=lambda node: _order(node, "SortOrder") or 0)
        return (*self.above, *((_text(node, "Title"), _text(node, "HRSTag")) for node in listed))


@dataclass(slots=True)
class _Found:
    """What a file holds."""

    debates: list[_Debate] = field(default_factory=list)
    searched: dict[str, list[tuple[Mapping[str, object], Position]]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def sniff(head: str) -> float:
    """How surely this is the API's: its own names for a debate or for a search's rows are there."""
    if not head.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return 0.0
    is_debate = _OVERVIEW.search(head) and _PARTS.search(head) and '"ExtId"' in head
    return 0.98 if is_debate or all(name.search(head) for name in _SEARCHED) else 0.0


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
        own = _text(debate.overview, "ExtId")
        if not own or own not in seen:
            seen.add(own)
            yield from pairing.exchanges(_section(debate, name))
    for rows in found.searched.values():
        yield from _searched(rows, name)


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
            if section or _text(row, "ContributionText"):
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
        title = (_text(here.overview, "Title"), _text(here.overview, "HRSTag"))
        below = rows_in(here.values, "ChildDebates")
        waiting += [_Debate(child, here.place, (*here.path, title)) for child in reversed(below)]


def _section(debate: _Debate, name: str) -> Section:
    overview = debate.overview
    items = sorted(rows_in(debate.values, "Items"), key=lambda item: _order(item, "OrderInSection") or 0)
    business, kind = _business(debate, items)
    departments = [title for title, tag in debate.path if tag == _DEPARTMENT_TAG]
    if not departments and business is not Business.OTHER and debate.path:
        departments = [title for title, _ in debate.path if not (_ORAL.match(title) or _WRITTEN.match(title))]
    date, house = iso_date(text_in(overview, "Date")), _text(overview, "House")
    page = _page(house, date, _text(overview, "ExtId"), _text(overview, "Title"))
    turns = _turns(items, business, kind, page, debate.place)
    return Section(
        turns, business, whole(date), house, departments[-1] if departments else "", _text(overview, "Title"), name
    )


def _business(debate: _Debate, items: list[dict[str, object]]) -> tuple[Business, str]:
    """What a section is, and what pairing is to call it where it cannot know."""
    tag, titles = _text(debate.overview, "HRSTag"), [title for title, _ in debate.path]
    titles += [_text(debate.overview, "Title"), _text(debate.overview, "Location")]
    if any(_WRITTEN.match(title) for title in titles):
        return Business.WRITTEN, ""
    if tag == _URGENT_TAG:
        return Business.OTHER, "urgent question"
    if tag in _ORAL_TAGS or any(_ORAL.match(title) for title in titles):
        return Business.ORAL, ""
    unattributed = (_plain(item, "Value") for item in items[:4] if not _text(item, "AttributedTo"))
    if line := next((found for text in unattributed if (found := _LORDS_LINE.match(text))), None):
        return Business.ORAL, "urgent question" if line["notice"] else ""
    return Business.OTHER, ""


def _turns(
    items: list[dict[str, object]], business: Business, kind: str, page: str, place: str
) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    asked: set[tuple[str, str]] = set()
    for number, item in enumerate(items, start=1):
        if _text(item, "ItemType").casefold() not in ("contribution", ""):
            continue
        turn = _turn(item, business, f"{place}:{number}", page)
        turn = replace(turn, extra={"section": kind}) if kind else turn
        # A tabled question is printed again where its turn would have come.
        if item.get("IsReiteration") is True and (turn.number, turn.text) in asked:
            continue
        asked.add((turn.number, turn.text))
        goes_on = "Question" in _text(item, "HRSTag") or business is Business.WRITTEN
        if turns and turn.role is Role.PROCEDURE and goes_on and turns[-1].role is not Role.PROCEDURE:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n{turn.text}".strip())
        else:
            turns.append(turn)
    return tuple(turns)


def _turn(item: Mapping[str, object], business: Business, place: str, page: str) -> Turn:
    value = item.get("Value")
    value = value if isinstance(value, str) else ""
    speaker, member = _plain(item, "AttributedTo"), text_in(item, "MemberId")
    if not speaker and (named := _NAME_BEFORE.match(value)):
        speaker, value = named["name"].strip(" :"), named["opening"] + value[named.end() :]
    is_question = bool(_QUESTION.search(value)) or _text(item, "HRSTag") in ("Question", "hs_Question")
    text, uin = whole(html_text(value)), _text(item, "UIN").strip("[]()")
    if is_question:
        found = _UIN.search(text)
        uin = uin or (found["uin"] if found else "")
        text = _ORDER_NUMBER.sub("", text[: found.start()] if found else text)
    own = _text(item, "ExternalId") or _text(item, "ItemId")
    return Turn(
        id=own or place,
        text=text,
        speaker=speaker,
        speaker_id="" if member == "0" else member,
        role=_role(business, is_question=is_question, is_named=bool(speaker)),
        number=uin if is_question else "",
        url=f"{page}#contribution-{own}" if page and _text(item, "ExternalId") else page,
        place=place,
    )


def _role(business: Business, *, is_question: bool, is_named: bool) -> Role:
    """In Question Time only tabled questions are marked, and who answers is for `pairing` to find out."""
    if not is_named:
        return Role.PROCEDURE
    if business is not Business.WRITTEN:
        return Role.UNKNOWN
    return Role.QUESTION if is_question else Role.ANSWER


def _searched(rows: list[tuple[Mapping[str, object], Position]], name: str) -> Iterator[Exchange | Failure]:
    """The exchanges among the rows of one section."""
    first = rows[0][0]
    is_written = any(_WRITTEN.match(_text(row, "Section")) for row, _ in rows)
    is_tabled = any(_is_question(row) for row, _ in rows) or any(_ORAL.match(_text(row, "Section")) for row, _ in rows)
    business = Business.WRITTEN if is_written else Business.ORAL if is_tabled else Business.OTHER
    house, date = _text(first, "House"), whole(iso_date(text_in(first, "SittingDate")))
    own, heading = _text(first, "DebateSectionExtId"), _text(first, "DebateSection")
    page = _page(house, date, own, heading)
    hint = f"get the whole of it: https://hansard-api.parliament.uk/debates/debate/{own}.json"
    turns: list[tuple[int | None, Turn]] = []
    extracts = set()
    for row, position in rows:
        full = text_in(row, "ContributionTextFull")
        item = {
            **{key: row.get(key) for key in ("AttributedTo", "MemberId", "ItemId", "HRSTag")},
            "Value": full or text_in(row, "ContributionText"),
            "ExternalId": row.get("ContributionExtId"),
        }
        item["AttributedTo"] = item["AttributedTo"] or row.get("MemberName")
        turn = _turn(item, business, position.source, page)
        turns.append((_order(row, "OrderInDebateSection"), turn))
        extracts |= set() if full else {turn.id}
    for run in search_rows.runs(turns):
        section = Section(run, business, date, house, "", heading, name)
        for record in search_rows.paired(section, hint):
            yield _flagged(record, extracts) if isinstance(record, Exchange) else record


def _is_question(row: Mapping[str, object]) -> bool:
    text = text_in(row, "ContributionTextFull") or text_in(row, "ContributionText")
    return _text(row, "HRSTag") in ("Question", "hs_Question") or bool(_QUESTION.search(text))


def _flagged(exchange: Exchange, extracts: set[str]) -> Exchange:
    """A search without ``ContributionTextFull`` gives only the lines around the words searched for."""
    cut = {TRUNCATED_QUESTION} if exchange.id in extracts else set()
    cut |= {TRUNCATED_ANSWER} if exchange.extra.get("answer_id") in extracts else set()
    return replace(exchange, flags=tuple(sorted({*exchange.flags, *cut}))) if cut else exchange


def _page(house: str, date: str, own: str, title: str) -> str:
    """The section's page on hansard.parliament.uk, whose address ends in the title without its spaces."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or not re.fullmatch(r"[\w-]+", own) or not house.isalpha():
        return ""
    return f"{_SITE}/{house}/{date}/debates/{own}/{''.join(re.findall('[A-Za-z0-9]+', title))}"


def _order(values: Mapping[str, object], name: str) -> int | None:
    place = values.get(name)
    return place if isinstance(place, int) and not isinstance(place, bool) else None


def _plain(values: Mapping[str, object], name: str) -> str:
    return " ".join(whole(html_text(text_in(values, name))).split())


def _text(values: Mapping[str, object], name: str) -> str:
    return whole(" ".join(text_in(values, name).split()))
