"""What is asked of the table of a job's results: a page's address as a query, and the query as SQL.

A query is what stands in the page's address, so that any view of the table can be sent to somebody else.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from qa_assess.codebook import GRADES_SHOWN, Grade, Kind, Policy, Tag
from qa_assess.exchange import FAILED
from qa_assess.web.paging import Paged
from qa_assess.web.row_store import folded

LONGEST_SEARCH = 200
_WORDS = re.compile(r'"([^"]*)"?|([^\s"]+)')

GradeWord = StrEnum("GradeWord", {grade.name: grade.value for grade in Grade} | {"FAILED": FAILED})  # type: ignore[misc]


class Show(StrEnum):
    """Which records, whatever their grade."""

    ALL = "all"
    FIRST = "first"
    DUPLICATES = "duplicates"
    FAILED = "failed"


class Confidence(StrEnum):
    """How sure the tool is of the grade."""

    ANY = "any"
    SURE = "sure"
    UNSURE = "unsure"


class Sort(StrEnum):
    """What the table is sorted by."""

    NUMBER = "number"
    ID = "id"
    GRADE = "grade"
    STRICT = "strict"
    PROBABILITY = "probability"
    TAG = "tag"
    DEPARTMENT = "department"
    ANSWERER = "answerer"
    ASKER = "asker"
    DATE = "date"


Line = Annotated[str, Field(max_length=LONGEST_SEARCH)]


class RowsQuery(Paged):
    """What is asked of the table; the defaults ask for its first page.

    >>> RowsQuery(grade=["partial"], q="ferry").address(page=2)
    '?grade=partial&q=ferry&page=2'
    """

    grade: Annotated[list[GradeWord], Field(max_length=len(GradeWord))] = []  # noqa: RUF012 - pydantic copies it
    policy: Policy = Policy.DEFAULT
    kind: Kind | Literal[""] = ""
    tag: Tag | Literal[""] = ""
    department: Line = ""
    person: Line = ""
    confidence: Confidence = Confidence.ANY
    show: Show = Show.ALL
    q: Line = ""
    sort: Sort = Sort.NUMBER
    order: Literal["up", "down"] = "up"

    def filter_address(self) -> str:
        """The query string of the same records, whatever their order and page."""
        fields = type(self).model_fields
        return self.address(**{name: fields[name].default for name in ("sort", "order", "page", "per_page")})

    @property
    def filtered(self) -> bool:
        """Whether any record may be left out."""
        return bool(conditions(self)[0])

    @property
    def filtered_beside_grade(self) -> bool:
        """Whether any record may be left out for something else than its grade."""
        return self.model_copy(update={"grade": []}).filtered


_RANK = " ".join(f"WHEN '{word.value}' THEN {n}" for n, word in enumerate((*GRADES_SHOWN, *GradeWord)))
_SHOWN = {Show.FIRST: "duplicate = 0", Show.DUPLICATES: "duplicate = 1", Show.FAILED: "failed = 1"}
# Texts that are not there come last, whichever way the table is sorted.
_ORDERS: Mapping[Sort, tuple[str, str]] = {
    Sort.NUMBER: ("", "n"),
    Sort.ID: ("", "id COLLATE NOCASE"),
    Sort.GRADE: ("", f"CASE grade {_RANK} END"),
    Sort.STRICT: ("", f"CASE strict {_RANK} END"),
    Sort.TAG: ("primary_tag = ''", "primary_tag"),
    Sort.DEPARTMENT: ("department = ''", "department_key"),
    Sort.ANSWERER: ("answerer = ''", "answerer_key"),
    Sort.ASKER: ("asker = ''", "asker_key"),
    Sort.DATE: ("date = ''", "date"),
}


def grade_column(query: RowsQuery) -> str:
    """The column of the grade that the query means."""
    return "strict" if query.policy is Policy.STRICT else "grade"


def order(query: RowsQuery) -> str:
    """The ORDER BY of a query; never a word of the query's own."""
    if query.sort is Sort.PROBABILITY:
        column = "strict_probability" if query.policy is Policy.STRICT else "probability"
        last, key = f"{column} IS NULL", column
    else:
        last, key = _ORDERS[query.sort]
    direction = "DESC" if query.order == "down" else "ASC"
    return ", ".join(part for part in (last, f"{key} {direction}", "n") if part)


def where(query: RowsQuery) -> tuple[str, list[Any]]:
    """The WHERE of a query, and the values at its question marks."""
    found, values = conditions(query)
    return (" WHERE " + " AND ".join(found) if found else ""), values


def conditions(query: RowsQuery) -> tuple[list[str], list[Any]]:
    """The conditions of a query, and the values that stand at their question marks."""
    found: list[tuple[str, list[Any]]] = []
    if query.grade:
        marks = ", ".join("?" * len(query.grade))
        found.append((f"{grade_column(query)} IN ({marks})", [word.value for word in query.grade]))
    if query.kind:
        found.append(("n IN (SELECT n FROM kinds WHERE kind = ?)", [query.kind.value]))
    if query.tag:
        found.append(("n IN (SELECT n FROM tags WHERE tag = ?)", [query.tag.value]))
    if department := folded(query.department.strip()):
        found.append(("department_key = ?", [department]))
    if person := folded(query.person.strip()):
        found.append(("(instr(answerer_key, ?) OR instr(asker_key, ?))", [person, person]))
    if query.confidence is not Confidence.ANY:
        sure = query.confidence is Confidence.SURE
        found.append(("unsure = 0 AND probability IS NOT NULL" if sure else "unsure = 1", []))
    if query.show is not Show.ALL:
        found.append((_SHOWN[query.show], []))
    if query.q.strip():
        found.append(("n IN (SELECT rowid FROM texts WHERE texts MATCH ?)", [match(query.q)]))
    return [condition for condition, _ in found], [value for _, values in found for value in values]


def match(search: str) -> str:
    """A search as SQLite's full-text index wants it: all words, each perhaps a beginning; quoted ones as a phrase.

    >>> match('ferr "new harbour" HL-12')
    '"ferr"* AND "new harbour" AND "HL-12"*'
    """
    terms = []
    for phrase, word in _WORDS.findall(search.replace("\0", " ")):
        if any(letter.isalnum() for letter in phrase or word):
            terms.append(f'"{phrase}"' if phrase else f'"{word}"*')
    # What holds no word finds nothing.
    return " AND ".join(terms) or '"\u0001"'
