"""The results of a job as a table to page through: the rows, counts and results that answer a `RowsQuery`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_assess.codebook import GRADES_SHOWN
from qa_assess.exchange import Result
from qa_assess.web.row_store import folded, opened, unpacked
from qa_assess.web.rows_query import GradeWord, RowsQuery, grade_column, order, where

# Of departments and people to choose from
_CHOICES = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One record as the table shows it; `n` is its number in the input, from 1."""

    n: int
    id: str
    grade: str
    strict: str
    probability: float | None
    strict_probability: float | None
    unsure: bool
    duplicate: bool
    department: str
    answerer: str
    asker: str
    date: str
    heading: str
    primary_tag: str
    feedback: str
    flags: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records have which grade, whatever grade the query asks for.

    Attributes:
        grades: Records with each of the grades proper; later copies of a record are not among them.
        others: The other grades and failures, which are no part of the shares; without later copies too.
        duplicates: Records that repeat an earlier one, whatever their grade. They are counted nowhere else.
    """

    grades: Mapping[str, int]
    others: Mapping[str, int]
    duplicates: int

    @property
    def graded(self) -> int:
        """The denominator of the shares."""
        return sum(self.grades.values())


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a record stands in a view of the table: its place from 1, of how many, and the records beside it."""

    place: int
    total: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter by."""

    kinds: Sequence[str]
    tags: Sequence[str]
    departments: Sequence[str]
    people: Sequence[str]


_COLUMNS = ", ".join(Row.__dataclass_fields__)


class Rows:
    """The results of one job.

    Args:
        path: Its store.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def page(self, query: RowsQuery) -> tuple[list[Row], int]:
        """The rows of a page, and how many the query finds in all."""
        clause, values = where(query)
        limits = (query.per_page, (query.page - 1) * query.per_page)
        select = f"SELECT {_COLUMNS} FROM records{clause} ORDER BY {order(query)} LIMIT ? OFFSET ?"  # noqa: S608
        with opened(self.path) as store:
            (total,) = store.execute(f"SELECT count(*) FROM records{clause}", values).fetchone()  # noqa: S608
            found = store.execute(select, (*values, *limits)).fetchall()
        return [_row(cells) for cells in found], total

    def counts(self, query: RowsQuery) -> Counts:
        """How many records have which grade, by the query without its own grades."""
        clause, values = where(query.model_copy(update={"grade": []}))
        grade = grade_column(query)
        select = f"SELECT {grade}, duplicate, count(*) FROM records{clause} GROUP BY 1, 2"  # noqa: S608
        grades, others, duplicates = {word.value: 0 for word in GRADES_SHOWN}, dict[str, int](), 0
        with opened(self.path) as store:
            for word, duplicate, count in store.execute(select, values):
                if duplicate:
                    duplicates += count
                elif word in grades:
                    grades[word] += count
                else:
                    others[word] = others.get(word, 0) + count
        ordered = {word.value: others[word.value] for word in GradeWord if word.value in others}
        return Counts(grades, ordered, duplicates)

    def choices(self) -> Choices:
        """What there is to filter by, in the job's own records."""
        with opened(self.path) as store:

            def names(select: str) -> list[str]:
                return [name for (name,) in store.execute(select)]

            people = """SELECT name FROM (
                SELECT answerer AS name FROM records UNION ALL SELECT asker FROM records
            ) WHERE name != '' GROUP BY name ORDER BY count(*) DESC, name LIMIT"""
            departments = (
                "SELECT department FROM records WHERE department != '' GROUP BY department_key ORDER BY 1 LIMIT"
            )
            return Choices(
                names("SELECT DISTINCT kind FROM kinds ORDER BY 1"),
                names("SELECT DISTINCT tag FROM tags ORDER BY 1"),
                names(f"{departments} {_CHOICES}"),
                sorted(names(f"{people} {_CHOICES}"), key=folded),
            )

    def result(self, n: int) -> Result | None:
        """The whole result of a record; None where there is no such record."""
        return self.results_at([n]).get(n)

    def results_at(self, numbers: Sequence[int]) -> dict[int, Result]:
        """The whole results of the records of these numbers, as far as there are such."""
        marks = ", ".join("?" * len(numbers))
        select = f"SELECT n, result, failed FROM results JOIN records USING (n) WHERE n IN ({marks})"  # noqa: S608
        with opened(self.path) as store:
            found = store.execute(select, numbers).fetchall()
        return {n: unpacked(packed, failed=bool(failed)) for n, packed, failed in found}

    def results(self, query: RowsQuery) -> Iterator[Result]:
        """The whole results of all records that a query finds, in the order of the input."""
        clause, values = where(query)
        select = f"SELECT result, failed FROM records JOIN results USING (n){clause} ORDER BY n"  # noqa: S608
        with opened(self.path) as store:
            for packed, failed in store.execute(select, values):
                yield unpacked(packed, failed=bool(failed))

    def neighbours(self, query: RowsQuery, n: int) -> Neighbours | None:
        """Where a record stands in a view; None where the view leaves it out."""
        clause, values = where(query)
        window = f"OVER (ORDER BY {order(query)})"
        select = f"""SELECT place, total, before, after FROM (
            SELECT n, row_number() {window} AS place, count(*) OVER () AS total,
                lag(n) {window} AS before, lead(n) {window} AS after
            FROM records{clause}
        ) WHERE n = ?"""  # noqa: S608
        with opened(self.path) as store:
            found = store.execute(select, (*values, n)).fetchone()
        return Neighbours(*found) if found else None


def _row(cells: Sequence[Any]) -> Row:
    named = dict(zip(Row.__dataclass_fields__, cells, strict=True))
    return Row(**named | {name: bool(named[name]) for name in ("unsure", "duplicate")})
