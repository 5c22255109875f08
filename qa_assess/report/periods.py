"""Records by month, by year or by decade, whichever their dates have a good number of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from qa_assess.report.gathering import Counts
from qa_assess.report.tables import NOT_GIVEN, Group

_MONTHS_UP_TO, _YEARS_UP_TO = 2, 40  # years


@dataclass(frozen=True, slots=True)
class Periods:
    """Groups in the order of time and their places on an axis; those without a place in time come last, without one."""

    unit: str
    groups: tuple[Group, ...]
    places: tuple[int, ...]


def periods(months: Mapping[str, Counts]) -> Periods:
    """Put months together as far as the span of time asks for.

    >>> found = periods({"2019-09": Counter(full=1), "2021-01": Counter(full=2), "1999": Counter(full=1)})
    >>> found.unit, [group.name for group in found.groups], found.places
    ('year', ['1999', '2019', '2021'], (1999, 2019, 2021))
    """
    years = sorted({int(month[:4]) for month in months if month})
    unit = "month"
    if years and years[-1] - years[0] >= _MONTHS_UP_TO:
        unit = "year" if years[-1] - years[0] < _YEARS_UP_TO else "decade"
    together: dict[tuple[int | None, str], Counts] = {}
    for month, counts in months.items():
        together.setdefault(_period(month, unit), Counter()).update(counts)
    placed = sorted((key for key in together if key[0] is not None), key=lambda key: key[0] or 0)
    unplaced = sorted(key for key in together if key[0] is None)
    groups = tuple(Group(key[1], together[key]) for key in (*placed, *unplaced))
    return Periods(unit, groups, tuple(place for place, _ in placed if place is not None))


def _period(month: str, unit: str) -> tuple[int | None, str]:
    """The place in time and the name of the period that a month lies in."""
    if not month:
        return None, NOT_GIVEN
    year = int(month[:4])
    if unit == "decade":
        return year // 10, f"{year // 10}0s"
    if unit == "year":
        return year, str(year)
    if len(month) == len("2019"):
        return None, f"{year} (month not given)"
    return 12 * year + int(month[5:]), month
