"""Tables of shares: counts, shares and intervals in cells, in an order that says nothing more than the numbers can."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_assess.aggregates import LEAST, NO_DATE, NONE, GroupRates
from qa_assess.codebook import GRADES_SHOWN, NO_GRADES, Grade
from qa_assess.pages.words import percent
from qa_assess.report.ranking import RANKED_FROM, may_rank, rate_of

_NOT_GIVEN = {NONE: "(not given)", NO_DATE: "(no date)"}
_BY_SHARE = "In the order of the share of Non-answers, highest first: the intervals do not overlap."
_BY_NAME = "In the order of the names, not of the shares: "
_FEW = f"some have fewer than {RANKED_FROM} graded records, too few to be put in an order."
_NEAR = "intervals overlap, so an order of the shares may be chance."


@dataclass(frozen=True, slots=True)
class Cell:
    """A count, and where there are enough records its share and interval."""

    count: str
    share: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A group: its name (and what of it), the number that shares are of, cells, and some words at the end."""

    name: str
    total: str
    cells: tuple[Cell, ...]
    detail: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the template writes it.

    Attributes:
        heads: Over the cells; `total`, `detail` and `last` are the heads of these columns.
        order: What order the rows stand in, in words.
    """

    caption: str
    heads: tuple[str, ...]
    total: str
    rows: tuple[Row, ...]
    order: str = ""
    detail: str = ""
    last: str = ""


def name_of(group: GroupRates) -> str:
    """The name of a group as people read it.

    >>> name_of(GroupRates(("(none)",), {}))
    '(not given)'
    """
    return _NOT_GIVEN.get(group.group[0], group.group[0])


def in_order(groups: Sequence[GroupRates]) -> tuple[list[GroupRates], str]:
    """Groups that stand by name, or by their share of Non-answers where that may be said; and the order in words."""
    if may_rank(groups, Grade.NON_ANSWER):
        return sorted(groups, key=lambda group: -group.rates[Grade.NON_ANSWER].share), _BY_SHARE
    if len(groups) < 2:
        return list(groups), ""
    return list(groups), _BY_NAME + (_FEW if any(group.graded < RANKED_FROM for group in groups) else _NEAR)


def grade_table(caption: str, groups: Iterable[GroupRates], order: str = "") -> Table:
    """A row a group: the three grades, and what was counted beside."""
    rows = tuple(
        Row(
            name_of(group),
            f"{group.graded:,}",
            tuple(cell(group.counts[grade], group.graded) for grade in GRADES_SHOWN),
            last=beside(group),
        )
        for group in groups
    )
    return Table(
        caption,
        tuple(grade.label for grade in GRADES_SHOWN),
        "Graded",
        rows,
        order,
        last="Counted beside" if any(row.last for row in rows) else "",
    )


def cell(count: int, total: int) -> Cell:
    """A count with its share.

    >>> cell(6, 12)
    Cell(count='6', share='50%', interval='25% to 75%')
    >>> cell(3, 6)
    Cell(count='3', share='', interval='')
    """
    rate = rate_of(count, total)
    if rate is None:
        return Cell(f"{count:,}")
    return Cell(f"{count:,}", percent(rate.share), f"{percent(rate.low)} to {percent(rate.high)}")


def beside(group: GroupRates) -> str:
    """What is not among the graded records, in words.

    >>> beside(GroupRates(("a",), {Grade.PENDING: 2, Grade.FULL: 4}, duplicates=1))
    '2 Pending, 1 Duplicate'
    """
    counts = [(grade.label, group.counts.get(grade, 0)) for grade in NO_GRADES]
    counts += [("Failed", group.failed), ("Duplicate", group.duplicates)]
    return ", ".join(f"{count:,} {name}" for name, count in counts if count)


def drawn(groups: Sequence[GroupRates], most: int) -> list[GroupRates]:
    """The groups for a picture: of those with enough records the largest, in the order that they came in."""
    numbered = [(group.graded, -number) for number, group in enumerate(groups) if group.graded >= LEAST]
    chosen = {-number for _, number in sorted(numbered, reverse=True)[:most]}
    return [group for number, group in enumerate(groups) if number in chosen]
