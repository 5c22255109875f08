"""asks.csv: one row an ask."""

from collections.abc import Callable, Iterable, Iterator

from qa_assess.exchange import Assessment, Failure, Outcome, Result
from qa_assess.writers.cells import csv_line, decimal
from qa_assess.writers.columns import outputs


def ask_rows(assessment: Assessment) -> Iterator[dict[str, str]]:
    """The cells of an assessment's asks, by column name."""
    for number, outcome in enumerate(assessment.outcomes, start=1):
        yield {"id": assessment.exchange.id, "ask": str(number)} | _cells(outcome)


def _cells(outcome: Outcome) -> dict[str, str]:
    ask, evidence = outcome.ask, outcome.evidence
    none, partial, full = outcome.probabilities
    return {
        "text": ask.text,
        "start": str(ask.start),
        "end": str(ask.end),
        "kind": ask.kind.value,
        "kind_probability": decimal(ask.probability),
        "status": outcome.status.value,
        "probability": decimal(outcome.probability),
        "probability_full": decimal(full),
        "probability_partial": decimal(partial),
        "probability_none": decimal(none),
        "evidence": evidence.text if evidence else "",
        "evidence_start": str(evidence.start) if evidence else "",
        "evidence_end": str(evidence.end) if evidence else "",
    }


def with_asks(results: Iterable[Result], put: Callable[[str], None]) -> Iterator[Result]:
    """Yield the results as they come, having handed a CSV line for each of their asks to `put`."""
    header = outputs()["asks"].names
    put(csv_line(header))
    for result in results:
        if not isinstance(result, Failure):
            for row in ask_rows(result):
                put(csv_line(row[name] for name in header))
        yield result
