"""The table of records, as CSV, XLSX and Parquet write it: one row a record, failures among them.

The columns are known before the first row is written, but an input's own columns only record by record. So the first
window of records fixes the header, and what first appears later goes as JSON into the last column, `extra`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import TypeAlias

from qa_assess.codebook import Status
from qa_assess.exchange import Assessment, Exchange, Failure, Result
from qa_assess.writers.cells import decimal
from qa_assess.writers.columns import Column, outputs, picked

# Of a column of type number, integer, list or text; None is a number that is not there.
Value: TypeAlias = float | int | list[str] | str | None
Row: TypeAlias = dict[str, Value]

WINDOW = 1000
# In the list of evidence, of an ask that has none.
NO_EVIDENCE = "—"
FAILED = "Failed"
_EXCHANGE = ("question", "answer", "date", "house", "department", "heading", "asker", "answerer", "url", "source")
_PREFIX = "input_"


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file, and under which of them each of the input's own columns travels."""

    names: tuple[str, ...]
    travelling: Mapping[str, str]

    @property
    def known(self) -> tuple[str, ...]:
        """All columns that can be asked for, those that the input gives no reason to write among them."""
        return tuple(dict.fromkeys((*self.names, *outputs()["records"].names)))


def header_of(results: Iterable[Result]) -> Header:
    """The header that a window of records asks for.

    >>> header_of([Assessment(Exchange("1", "Why?", "No.", extra={"party": "", "grade": "A"}))]).travelling
    {'party': 'party', 'grade': 'input_grade'}
    """
    exchanges = [exchange for result in results if (exchange := result.exchange)]
    coded = {f"coded_{key}" for exchange in exchanges for key in exchange.coded}
    known = outputs()["records"].names
    ours = [name for name in known[:-1] if not name.startswith("coded_") or name in coded]
    others = sorted(coded.difference(known))
    travelling: dict[str, str] = {}
    taken = {*known, *others}
    for key in dict.fromkeys(key for exchange in exchanges for key in exchange.extra):
        travelling[key] = _free_name(key, taken)
        taken.add(travelling[key])
    return Header((*ours, *others, *travelling.values(), known[-1]), travelling)


def _free_name(key: str, taken: set[str]) -> str:
    while key in taken:
        key = _PREFIX + key
    return key


def table_of(results: Iterable[Result], columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], Iterator[Row]]:
    """The names of the columns to write, and the rows as they come, which may hold more, or fewer.

    Raises:
        OutputError: A column that was asked for is not there.
    """
    stream = iter(results)
    window = list(islice(stream, WINDOW))
    header = header_of(window)
    names = header.names if columns is None else picked(columns, header.known)
    return names, (record_row(result, header) for result in chain(window, stream))


@cache
def _columns() -> Mapping[str, Column]:
    return {column.name: column for column in outputs()["records"].columns}


def column_of(name: str) -> Column:
    """What is known of a column; one of the input holds text.

    >>> column_of("tags").type, column_of("Party Colour").type
    ('list', 'text')
    """
    return _columns().get(name) or Column(name, "A column of the input")


def text_of(name: str, value: Value) -> str:
    """A value as the text of a cell.

    >>> text_of("probability_full", 0.5), text_of("tags", ["Praise", "Thanks"]), text_of("asks", None)
    ('0.5000', 'Praise; Thanks', '')
    """
    if isinstance(value, list):
        return column_of(name).separator.join(value)
    if isinstance(value, float):
        return decimal(value)
    return "" if value is None else str(value)


def record_row(result: Result, header: Header) -> Row:
    """The cells of a record, by column name."""
    exchange = result.exchange
    row = _exchange_cells(exchange, header) if exchange else {}
    return row | (_failure_cells(result) if isinstance(result, Failure) else _assessment_cells(result))


def _exchange_cells(exchange: Exchange, header: Header) -> Row:
    row: Row = {name: getattr(exchange, name) for name in _EXCHANGE}
    row["flags"] = list(exchange.flags)
    late: Row = {}
    for key, value in exchange.coded.items():
        (row if f"coded_{key}" in header.names else late)[f"coded_{key}"] = value
    for key, value in exchange.extra.items():
        if key in header.travelling:
            row[header.travelling[key]] = value
        else:
            late[key] = value
    return row | {"extra": json.dumps(late, ensure_ascii=False) if late else ""}


def _failure_cells(failure: Failure) -> Row:
    cells: Row = {"id": failure.id, "grade": FAILED, "grade_strict": FAILED, "failure": failure.message}
    return cells | {"failure_hint": failure.hint} | ({"source": failure.source} if failure.source else {})


def _assessment_cells(assessment: Assessment) -> Row:
    tags = list(dict.fromkeys(tag.name.label for tag in assessment.tags))
    return {
        "id": assessment.exchange.id,
        "grade": assessment.grade.label,
        "grade_strict": assessment.grade_strict.label,
        **_probability_cells(assessment),
        "primary_tag": assessment.primary_tag.label if assessment.primary_tag else "",
        "tags": tags,
        "feedback": assessment.feedback,
        **_ask_cells(assessment),
        "concern_evidence": assessment.concern_evidence.text if assessment.concern_evidence else "",
        "context": assessment.context,
        "flags": list(assessment.flags),
        "duplicate_of": assessment.duplicate_of,
        "reason": assessment.reason,
        "model": assessment.model,
        "codebook": assessment.codebook,
    }


def _probability_cells(assessment: Assessment) -> Row:
    cells: Row = {}
    policies = (
        ("", assessment.grade, assessment.probabilities),
        ("strict_", assessment.grade_strict, assessment.probabilities_strict),
    )
    for policy, grade, probabilities in policies:
        for name, value in zip(("non_answer", "partial", "full"), probabilities, strict=True):
            cells[f"{policy}probability_{name}"] = round(float(value), 4) if grade.graded else None
    return cells


def _ask_cells(assessment: Assessment) -> Row:
    outcomes = assessment.outcomes
    counts = Counter(outcome.status for outcome in outcomes)
    return {
        "asks": len(outcomes),
        **{f"asks_{status.value}": counts[status] for status in Status},
        "ask_kinds": [outcome.ask.kind.value for outcome in outcomes],
        "ask_statuses": [outcome.status.value for outcome in outcomes],
        "ask_texts": [outcome.ask.text for outcome in outcomes],
        "evidence": [outcome.evidence.text if outcome.evidence else NO_EVIDENCE for outcome in outcomes],
    }
