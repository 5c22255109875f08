"""Records by month, by year or by decade, whichever their dates have a good number of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_assess.aggregates import NO_DATE, GroupRates, rates_of
from qa_assess.codebook import Grade

_MONTHS_UP_TO, _YEARS_UP_TO = 2, 40  # years


@dataclass(frozen=True, slots=True)
class Periods:
    """Groups in the order of time, each with its place on an axis; the records without a date are by themselves."""

    unit: str
    groups: tuple[GroupRates, ...]
    places: tuple[int, ...]
    undated: tuple[GroupRates, ...]


def periods(months: Sequence[GroupRates]) -> Periods:
    """Put months together as far as the span of time asks for.

    >>> found = periods([GroupRates((month,), {}) for month in ("1999-02", "1999-04", "2021-01")])
    >>> found.unit, [group.group for group in found.groups], found.places
    ('year', [('1999',), ('2021',)], (1999, 2021))
    """
    dated = [group for group in months if group.group[0] != NO_DATE]
    years = [int(group.group[0][:4]) for group in dated] or [0]
    span = max(years) - min(years)
    unit = "month" if span < _MONTHS_UP_TO else "year" if span < _YEARS_UP_TO else "decade"
    together: dict[tuple[int, str], list[GroupRates]] = {}
    for group in dated:
        together.setdefault(_period(group.group[0], unit), []).append(group)
    ordered = sorted(together)
    return Periods(
        unit,
        tuple(_sum(name, together[place, name]) for place, name in ordered),
        tuple(place for place, _ in ordered),
        tuple(group for group in months if group.group[0] == NO_DATE),
    )


def _period(month: str, unit: str) -> tuple[int, str]:
    """The place in time and the name of the period that a month lies in."""
    year = int(month[:4])
    if unit == "decade":
        return year // 10, f"{year // 10}0s"
    return (year, str(year)) if unit == "year" else (12 * year + int(month[5:]), month)


def _sum(name: str, groups: Iterable[GroupRates]) -> GroupRates:
    counts: Counter[Grade] = Counter()
    failed = duplicates = unsure = 0
    for group in groups:
        counts.update(group.counts)
        failed, duplicates = failed + group.failed, duplicates + group.duplicates
        unsure += group.low_confidence
    return GroupRates((name,), counts, failed, duplicates, unsure, rates_of(counts))
