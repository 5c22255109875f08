"""The head of the report: what was graded, with what, and what it came to."""

from dataclasses import dataclass

from qa_assess.aggregates import LEAST, NONE, GroupRates
from qa_assess.codebook import GRADES, GRADES_SHOWN, Grade
from qa_assess.pages.view import Share, bar_of
from qa_assess.report.gathering import Gathered
from qa_assess.report.tables import Row, Table, beside, cell

_FILES = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first part of the report shows; `bar` is empty where there are too few records for shares."""

    records: int
    graded: int
    facts: tuple[tuple[str, str], ...]
    table: Table
    bar: tuple[Share, ...] = ()
    models: tuple[str, ...] = ()


def overview(gathered: Gathered) -> Overview:
    """The head of a report on what was gathered."""
    found = gathered.total.aggregates()
    total, strict = found.total, gathered.strict.aggregates().total
    return Overview(
        total.records,
        total.graded,
        _facts(gathered, total, found.models),
        _grades(total, strict),
        bar_of([total.counts[grade] / total.graded for grade in GRADES]) if total.graded >= LEAST else (),
        found.models,
    )


def _facts(gathered: Gathered, total: GroupRates, models: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    unsure = f"{total.low_confidence:,} of the {total.graded:,} graded records: read these yourself"
    rows = [
        ("Records", f"{total.records:,}"),
        ("Graded", f"{total.graded:,}"),
        ("Counted beside", beside(total)),
        ("Not sure", unsure if total.low_confidence else ""),
        ("Dates", _dates(gathered)),
        ("Read from", _files(gathered)),
        ("Graded by", ", ".join(models)),
        ("Codebook", ", ".join(sorted(gathered.codebooks))),
    ]
    return tuple((name, text) for name, text in rows if text)


def _dates(gathered: Gathered) -> str:
    return gathered.first if gathered.first == gathered.last else f"{gathered.first} to {gathered.last}"


def _files(gathered: Gathered) -> str:
    groups = [group for group in gathered.sources.aggregates().groups if group.group != (NONE,)]
    named = [f"{group.group[0]} ({group.records:,})" for group in groups[:_FILES]]
    more = [f"and {len(groups) - _FILES:,} more files"] if len(groups) > _FILES else []
    return ", ".join([*named, *more])


def _grades(total: GroupRates, strict: GroupRates) -> Table:
    """A row a grade, under both policies; what has no grade proper is counted without a share."""
    rows = [_row(grade, total, strict) for grade in GRADES_SHOWN]
    return Table("Grades under the two policies", ("Grade", "Strict grade"), "", tuple(rows))


def _row(grade: Grade, total: GroupRates, strict: GroupRates) -> Row:
    cells = tuple(cell(group.counts[grade], group.graded) for group in (total, strict))
    return Row(grade.label, "", cells)
