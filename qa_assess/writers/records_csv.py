"""graded.csv: one row a record, failures among them.

The columns are known before the first row is written, but an input's own columns only record by record. So the first
window of records fixes the header, and what first appears later goes as JSON into the last column, `extra`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from qa_assess.codebook import Status
from qa_assess.exchange import Assessment, Exchange, Failure
from qa_assess.writers.cells import csv_line, decimal
from qa_assess.writers.columns import outputs
from qa_assess.writers.summary import Result

WINDOW = 1000
FAILED = "Failed"
_EXCHANGE = ("question", "answer", "date", "house", "department", "heading", "asker", "answerer", "url", "source")
_PREFIX = "input_"


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file, and under which of them each of the input's own columns travels."""

    names: tuple[str, ...]
    travelling: Mapping[str, str]


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


def csv_lines(results: Iterable[Result]) -> Iterator[str]:
    """The lines of the file, header first."""
    stream = iter(results)
    window = list(islice(stream, WINDOW))
    header = header_of(window)
    yield csv_line(header.names)
    for result in chain(window, stream):
        cells = record_row(result, header)
        yield csv_line(cells.get(name, "") for name in header.names)


def record_row(result: Result, header: Header) -> dict[str, str]:
    """The cells of a record, by column name; what is missing is empty."""
    exchange = result.exchange
    row = _exchange_cells(exchange, header) if exchange else {}
    return row | (_failure_cells(result) if isinstance(result, Failure) else _assessment_cells(result))


def _exchange_cells(exchange: Exchange, header: Header) -> dict[str, str]:
    row = {name: getattr(exchange, name) for name in _EXCHANGE} | {"flags": "; ".join(exchange.flags)}
    late: dict[str, str] = {}
    for key, value in exchange.coded.items():
        (row if f"coded_{key}" in header.names else late)[f"coded_{key}"] = value
    for key, value in exchange.extra.items():
        if key in header.travelling:
            row[header.travelling[key]] = value
        else:
            late[key] = value
    return row | {"extra": json.dumps(late, ensure_ascii=False) if late else ""}


def _failure_cells(failure: Failure) -> dict[str, str]:
    cells = {"id": failure.id, "grade": FAILED, "grade_strict": FAILED, "failure": failure.message}
    return cells | {"failure_hint": failure.hint} | ({"source": failure.source} if failure.source else {})


def _assessment_cells(assessment: Assessment) -> dict[str, str]:
    tags = list(dict.fromkeys(tag.name.label for tag in assessment.tags))
    return {
        "id": assessment.exchange.id,
        "grade": assessment.grade.label,
        "grade_strict": assessment.grade_strict.label,
        **_probability_cells(assessment),
        "primary_tag": assessment.primary_tag.label if assessment.primary_tag else "",
        "tags": "; ".join(tags),
        "feedback": assessment.feedback,
        **_ask_cells(assessment),
        "concern_evidence": assessment.concern_evidence.text if assessment.concern_evidence else "",
        "context": assessment.context,
        "flags": "; ".join(assessment.flags),
        "duplicate_of": assessment.duplicate_of,
        "reason": assessment.reason,
        "model": assessment.model,
        "codebook": assessment.codebook,
    }


def _probability_cells(assessment: Assessment) -> dict[str, str]:
    cells = {}
    policies = (
        ("", assessment.grade, assessment.probabilities),
        ("strict_", assessment.grade_strict, assessment.probabilities_strict),
    )
    for policy, grade, probabilities in policies:
        for name, value in zip(("non_answer", "partial", "full"), probabilities, strict=True):
            cells[f"{policy}probability_{name}"] = decimal(value) if grade.graded else ""
    return cells


def _ask_cells(assessment: Assessment) -> dict[str, str]:
    outcomes = assessment.outcomes
    counts = Counter(outcome.status for outcome in outcomes)
    return {
        "asks": str(len(outcomes)),
        **{f"asks_{status.value}": str(counts[status]) for status in Status},
        "ask_texts": " | ".join(outcome.ask.text for outcome in outcomes),
        "evidence": " | ".join(outcome.evidence.text if outcome.evidence else "—" for outcome in outcomes),
    }
