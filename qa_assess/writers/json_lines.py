"""graded.jsonl: one JSON object a line, in the codebook's own words."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from qa_assess.codebook import GRADES, STATUSES, Grade, Status
from qa_assess.exchange import FAILED, Assessment, Exchange, Failure, Outcome, ResponseTag, Result, Span
from qa_assess.writers.columns import outputs, picked

_EXCHANGE = ("question", "answer", "date", "house", "department", "heading", "asker", "answerer", "url", "source")
# Line ends to some readers of lines, though not to JSON.
_LINE_ENDS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"})


def json_lines(results: Iterable[Result], columns: Sequence[str] | None = None) -> Iterator[str]:
    """The lines of the file; of each object the keys that were asked for, or all."""
    names = outputs()["lines"].names
    names = names if columns is None else picked(columns, names)
    for result in results:
        line = to_json(result)
        yield (
            json.dumps({name: line[name] for name in names}, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS)
            + "\n"
        )


def to_json(result: Result) -> dict[str, Any]:
    """A result as plain values: the same keys in the same order for every record (`qa-assess formats --columns`).

    >>> line = to_json(Assessment(Exchange("1", "Why?", "Because."), grade=Grade.NO_ASK))
    >>> line["grade"], line["probabilities"], line["asks"]
    ('no-ask', None, [])
    """
    found = _failure(result) if isinstance(result, Failure) else _assessment(result)
    return {key: found[key] for key in outputs()["lines"].names}


def _failure(failure: Failure) -> dict[str, Any]:
    exchange = failure.exchange or Exchange(failure.id, "", "")
    empty = _assessment(Assessment(exchange, flags=exchange.flags, codebook=""))
    reported = {"stage": failure.stage, "message": failure.message, "hint": failure.hint}
    return empty | {
        "id": failure.id,
        "grade": FAILED,
        "grade_strict": FAILED,
        "failure": reported,
        "source": failure.source or exchange.source,
    }


def _assessment(assessment: Assessment) -> dict[str, Any]:
    exchange, concern = assessment.exchange, assessment.concern_evidence
    return {
        "id": exchange.id,
        "grade": assessment.grade.value,
        "grade_strict": assessment.grade_strict.value,
        "probabilities": _grades(assessment.grade, assessment.probabilities),
        "probabilities_strict": _grades(assessment.grade_strict, assessment.probabilities_strict),
        "asks": [_ask(outcome) for outcome in assessment.outcomes],
        **_span("concern_evidence", concern),
        "tags": list(dict.fromkeys(tag.name.value for tag in assessment.tags)),
        "tag_spans": [_tag(tag, exchange.answer) for tag in assessment.tags],
        "primary_tag": assessment.primary_tag.value if assessment.primary_tag else None,
        "context": assessment.context,
        "feedback": assessment.feedback,
        "duplicate_of": assessment.duplicate_of,
        "flags": list(assessment.flags),
        "reason": assessment.reason,
        "failure": None,
        **{name: getattr(exchange, name) for name in _EXCHANGE},
        "coded": dict(exchange.coded),
        "extra": dict(exchange.extra),
        "model": assessment.model,
        "codebook": assessment.codebook,
    }


def _grades(grade: Grade, probabilities: Sequence[float]) -> dict[str, float] | None:
    return _by_word(GRADES, probabilities) if grade.graded else None


def _by_word(words: Sequence[Grade] | Sequence[Status], probabilities: Sequence[float]) -> dict[str, float]:
    named = {word.value: round(float(value), 4) for word, value in zip(words, probabilities, strict=True)}
    return dict(reversed(named.items()))


def _span(name: str, span: Span | None) -> dict[str, Any]:
    return {
        name: span.text if span else "",
        f"{name}_start": span.start if span else None,
        f"{name}_end": span.end if span else None,
    }


def _ask(outcome: Outcome) -> dict[str, Any]:
    ask = outcome.ask
    return {
        "text": ask.text,
        "start": ask.start,
        "end": ask.end,
        "kind": ask.kind.value,
        "kind_probability": round(float(ask.probability), 4),
        "status": outcome.status.value,
        "probability": round(float(outcome.probability), 4),
        "probabilities": _by_word(STATUSES, outcome.probabilities),
        **_span("evidence", outcome.evidence),
    }


def _tag(tag: ResponseTag, answer: str) -> dict[str, Any]:
    return {
        "name": tag.name.value,
        "text": answer[tag.start : tag.end],
        "start": tag.start,
        "end": tag.end,
        "probability": round(float(tag.probability), 4),
    }
