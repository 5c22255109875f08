"""Tables of shares: counts, shares and intervals in cells, in an order that says nothing more than the numbers can."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa_assess.codebook import Grade
from qa_assess.pages.words import percent
from qa_assess.report.gathering import APART, FAILED, GRADED, Counts
from qa_assess.report.shares import RANKED_FROM, SHOWN_FROM, Share, may_rank, share_of

NOT_GIVEN = "(not given)"
_LABELS = {grade.value: grade.label for grade in Grade} | {FAILED: "Failed", "duplicate": "Duplicate"}
_BY_NAME = "In the order of the names, not of the shares: "
_WHY_NOT = {
    "small": f"some have fewer than {RANKED_FROM} graded records, too few to be put in an order.",
    "near": "the intervals overlap, so the order of the shares may be chance.",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A count, and where there are enough records its share and interval."""

    count: str
    share: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A group: its name (and what of it), the number that shares are of, cells, and what was counted out."""

    name: str
    total: str
    cells: tuple[Cell, ...]
    detail: str = ""
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the template writes it; `order` says in words what order the rows stand in."""

    caption: str
    heads: tuple[str, ...]
    total: str
    rows: tuple[Row, ...]
    order: str = ""
    apart: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of records, its graded ones counted by grade."""

    name: str
    counts: Counts

    @property
    def total(self) -> int:
        """The graded records."""
        return sum(self.counts[word] for word in GRADED)

    def share(self, word: str) -> Share | None:
        """None where there are too few records."""
        return share_of(self.counts[word], self.total)


def label(word: str) -> str:
    """A grade, or what stands for one, as people read it.

    >>> label("no-ask"), label("failed")
    ('No ask', 'Failed')
    """
    return _LABELS[word]


def in_order(counts: Mapping[str, Counts]) -> tuple[list[Group], str]:
    """The groups by name, or by their share of Non-answers where that may be said; and what to say of the order."""
    groups = [Group(name or NOT_GIVEN, found) for name, found in sorted(counts.items(), key=lambda item: _key(item[0]))]
    shares = [group.share(Grade.NON_ANSWER.value) for group in groups]
    if len(groups) < 2:
        return groups, ""
    if may_rank(shares):
        groups.sort(key=lambda group: -group.counts[Grade.NON_ANSWER.value] / group.total)
        return groups, "In the order of the share of Non-answers, highest first: the intervals do not overlap."
    return groups, _BY_NAME + _WHY_NOT["small" if any(group.total < RANKED_FROM for group in groups) else "near"]


def _key(name: str) -> tuple[bool, str, str]:
    return not name, name.casefold(), name


def grade_table(caption: str, groups: Iterable[Group], order: str = "") -> Table:
    """A row a group, the three grades, and what was counted out."""
    rows = tuple(
        Row(
            group.name,
            f"{group.total:,}",
            tuple(cell(group.counts[word], group.total) for word in GRADED),
            apart=apart(group.counts),
        )
        for group in groups
    )
    return Table(caption, tuple(label(word) for word in GRADED), "Graded", rows, order, apart=True)


def cell(count: int, total: int) -> Cell:
    """A count with its share.

    >>> cell(6, 12)
    Cell(count='6', share='50%', interval='25% to 75%')
    >>> cell(3, 6)
    Cell(count='3', share='', interval='')
    """
    share = share_of(count, total)
    if share is None:
        return Cell(f"{count:,}")
    return Cell(f"{count:,}", percent(share.share), f"{percent(share.low)} to {percent(share.high)}")


def apart(counts: Counts) -> str:
    """What is not among the graded records, in words.

    >>> apart(Counts({"pending": 2, "duplicate": 1, "full": 4}))
    '2 Pending, 1 Duplicate'
    """
    return ", ".join(f"{counts[word]:,} {label(word)}" for word in APART if counts[word])


def enough(groups: Sequence[Group], most: int) -> list[Group]:
    """The groups for a picture: of those with enough records the largest, in the order that they came in."""
    large = sorted((group for group in groups if group.total >= SHOWN_FROM), key=lambda group: -group.total)[:most]
    return [group for group in groups if any(group is one for one in large)]
