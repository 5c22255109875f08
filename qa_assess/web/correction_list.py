"""The list of all corrections: a page of it, of one coder or all."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from qa_assess.changes import said_by_tool
from qa_assess.codebook import Grade
from qa_assess.corrections import record_of_row
from qa_assess.label_rows import Row
from qa_assess.web.correction_view import Reading, key_of, row_address
from qa_assess.web.paging import Paged
from qa_assess.web.state import State

_EXCERPT = 160


class CorrectionsQuery(Paged):
    """Which corrections; the defaults ask for the latest fifty.

    >>> CorrectionsQuery(coder="Ann").address(page=2)
    '?coder=Ann&page=2'
    """

    coder: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A correction as the list shows it: `was` is the tool's grade, where the line tells it."""

    reading: Reading
    was: Grade | None
    id: str
    heading: str
    excerpt: str
    address: str
    key: str
    row: Row


def found(state: State, query: CorrectionsQuery) -> tuple[list[Line], int]:
    """A page of the corrections, the latest first, and how many there are in all."""
    rows = [row for row in reversed(state.corrections.all()) if query.coder in ("", row["coder"])]
    start = (query.page - 1) * query.per_page
    return [_line(state, row) for row in rows[start : start + query.per_page]], len(rows)


def _line(state: State, row: Row) -> Line:
    was, question = said_by_tool(row), " ".join(row["question"].split())
    return Line(
        reading=Reading.of(row),
        was=was.grade if was else None,
        id=row["id"],
        heading=str(row.get("heading") or ""),
        excerpt=question if len(question) <= _EXCERPT else f"{question[:_EXCERPT]}…",
        address=row_address(state, row),
        key=key_of(record_of_row(row)),
        row=row,
    )
