"""Aggregates as rows of a table and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from qa_assess.aggregates.counting import Aggregates, GroupRates
from qa_assess.aggregates.intervals import Rate
from qa_assess.codebook import GRADES_SHOWN, NO_GRADES, Grade
from qa_assess.writers.cells import decimal


def to_json(aggregates: Aggregates) -> dict[str, Any]:
    """All of it as plain values; a share that there is none of is null.

    >>> from qa_assess.aggregates.counting import aggregate
    >>> to_json(aggregate([]))["total"]["full"]
    {'count': 0, 'share': None, 'low': None, 'high': None}
    """
    coded = aggregates.coded
    return {
        "by": list(aggregates.by),
        "policy": aggregates.policy,
        "confidence": aggregates.confidence,
        "models": list(aggregates.models),
        "several_groups_a_record": aggregates.several,
        "coded_records": {"total": coded[0], "among_these": coded[1]} if coded else None,
        "total": _object(aggregates, aggregates.total),
        "groups": [
            {"group": dict(zip(aggregates.by, rates.group, strict=True)), **_object(aggregates, rates)}
            for rates in aggregates.groups
        ],
    }


def _object(aggregates: Aggregates, rates: GroupRates) -> dict[str, Any]:
    return {
        "records": rates.records,
        "graded": rates.graded,
        **{_name(g): {"count": rates.counts[g], **_bounds(rates.rates.get(g))} for g in GRADES_SHOWN},
        **_beside(rates),
        **({"coded": rates.coded, "corrected": _corrected(rates.corrected)} if aggregates.coded else {}),
    }


def _beside(rates: GroupRates) -> dict[str, int]:
    """What is out of the denominator, and how much of what is in it is not sure."""
    others = {_name(grade): rates.counts[grade] for grade in NO_GRADES}
    more = {"failed": rates.failed, "duplicates": rates.duplicates, "low_confidence": rates.low_confidence}
    return others | more


def _corrected(rates: Mapping[Grade, Rate]) -> dict[str, Any] | None:
    return {_name(grade): _bounds(rates[grade]) for grade in GRADES_SHOWN} if rates else None


def _name(grade: Grade) -> str:
    return grade.value.replace("-", "_")


def _bounds(rate: Rate | None) -> dict[str, float | None]:
    if rate is None:
        return {"share": None, "low": None, "high": None}
    return {"share": round(rate.share, 4), "low": round(rate.low, 4), "high": round(rate.high, 4)}


def csv_rows(aggregates: Aggregates) -> Iterator[list[str]]:
    """The header, a row for each group, and one for all records, whose groups are called "(all)".

    >>> from qa_assess.aggregates.counting import aggregate
    >>> list(csv_rows(aggregate([])))[0][:5]
    ['records', 'graded', 'full', 'full_share', 'full_low']
    """
    rows = [*aggregates.groups, aggregates.total]
    cells = [dict(_cells(aggregates, rates)) for rates in rows]
    yield [*aggregates.by, *cells[0]]
    for rates, row in zip(rows, cells, strict=True):
        yield [*rates.group, *row.values()]


def _cells(aggregates: Aggregates, rates: GroupRates) -> Iterator[tuple[str, str]]:
    yield "records", str(rates.records)
    yield "graded", str(rates.graded)
    for grade in GRADES_SHOWN:
        yield _name(grade), str(rates.counts[grade])
        yield from _rate_cells(_name(grade), rates.rates.get(grade))
    for name, count in _beside(rates).items():
        yield name, str(count)
    if aggregates.coded:
        yield "coded", str(rates.coded)
        for grade in GRADES_SHOWN:
            yield from _rate_cells(f"corrected_{_name(grade)}", rates.corrected.get(grade))


def _rate_cells(name: str, rate: Rate | None) -> Iterator[tuple[str, str]]:
    for part in ("share", "low", "high"):
        yield f"{name}_{part}", decimal(getattr(rate, part)) if rate else ""
