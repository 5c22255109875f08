"""The rows of the Hansard API's search (``/search/contributions/{type}.json``): single turns of any sitting."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import search_rows
from qa_assess.readers.columns import whole
from qa_assess.readers.dates import iso_date
from qa_assess.readers.hansard_items import ORAL, WRITTEN, is_question, line_in, order_in, page_of, turn_of
from qa_assess.readers.json_documents import text_in
from qa_assess.readers.records import Position
from qa_assess.readers.turns import Business, Section, Turn
from qa_assess.replies import TRUNCATED_ANSWER, TRUNCATED_QUESTION


def searched(rows: Sequence[tuple[Mapping[str, object], Position]], name: str) -> Iterator[Exchange | Failure]:
    """The exchanges among the rows of one section."""
    first = rows[0][0]
    is_written = any(WRITTEN.match(line_in(row, "Section")) for row, _ in rows)
    is_tabled = any(_is_question(row) for row, _ in rows) or any(ORAL.match(line_in(row, "Section")) for row, _ in rows)
    business = Business.WRITTEN if is_written else Business.ORAL if is_tabled else Business.OTHER
    house, date = line_in(first, "House"), whole(iso_date(text_in(first, "SittingDate")))
    own, heading = line_in(first, "DebateSectionExtId"), line_in(first, "DebateSection")
    page = page_of(house, date, own, heading)
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
        turn = turn_of(item, business, position.source, page)
        turns.append((order_in(row, "OrderInDebateSection"), turn))
        extracts |= set() if full else {turn.id}
    for run in search_rows.runs(turns):
        section = Section(run, business, date, house, "", heading, name)
        for record in search_rows.paired(section, hint):
            yield _flagged(record, extracts) if isinstance(record, Exchange) else record


def _is_question(row: Mapping[str, object]) -> bool:
    text = text_in(row, "ContributionTextFull") or text_in(row, "ContributionText")
    return is_question(line_in(row, "HRSTag"), text)


def _flagged(exchange: Exchange, extracts: set[str]) -> Exchange:
    """A search without ``ContributionTextFull`` gives only the lines around the words searched for."""
    cut = {TRUNCATED_QUESTION} if exchange.id in extracts else set()
    cut |= {TRUNCATED_ANSWER} if exchange.extra.get("answer_id") in extracts else set()
    return replace(exchange, flags=tuple(sorted({*exchange.flags, *cut}))) if cut else exchange
