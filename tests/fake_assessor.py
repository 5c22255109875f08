"""An assessor of a few rules in place of the models: quick, and the same whatever grader ships.

Its last sentence of the question is the one ask. "Yes" answers in full, "consider" in part; "explode" is a record that
cannot be graded, "forever" one that takes a minute.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from types import ModuleType

import pytest

import qa_assess
from qa_assess.codebook import GRADES, Grade, Kind, Status, Tag
from qa_assess.exchange import Ask, Assessment, Exchange, Failure, Outcome, ResponseTag, Result, Span
from qa_assess.settings import Settings

ANSWERS = ("Yes. It will be done.", "We will consider it.", "explode", "I shall not.")


class FakeAssessor:
    model = "fake 1.0"

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings

    def assess(self, exchanges: Iterable[Exchange | Failure]) -> Iterator[Result]:
        for exchange in exchanges:
            if isinstance(exchange, Failure):
                yield exchange
            elif not exchange.answer:
                yield Failure(exchange.id, "assess", "no answer", "", exchange.source, exchange)
            elif "explode" in exchange.answer:
                yield Failure(exchange.id, "assess", "it exploded", "defuse it", exchange.source, exchange)
            else:
                yield self._assessment(exchange)

    def _assessment(self, exchange: Exchange) -> Assessment:
        if "forever" in exchange.answer:
            time.sleep(60)
        start = max(exchange.question.rfind(". ") + 2, 0) if ". " in exchange.question else 0
        text = exchange.question[start:].rstrip("?")
        status = _status(exchange.answer)
        shares = tuple(0.8 if one is status else 0.1 for one in (Status.NONE, Status.PARTIAL, Status.FULL))
        end = exchange.answer.find(".") + 1 or len(exchange.answer)
        evidence = Span(exchange.answer[:end], 0, end)
        ask = Ask(text, start, start + len(text), Kind.COMMITMENT, 0.9)
        grade = {Status.NONE: Grade.NON_ANSWER, Status.PARTIAL: Grade.PARTIAL, Status.FULL: Grade.FULL}[status]
        tag = ResponseTag(Tag.LOOKING_AT_THIS, 0, end, 0.7)
        return Assessment(
            exchange,
            context=exchange.question[:start].strip(),
            outcomes=(Outcome(ask, status, evidence if status is not Status.NONE else None, shares),),
            tags=(tag,) if status is Status.PARTIAL else (),
            primary_tag=tag.name if status is Status.PARTIAL else None,
            grade=grade,
            grade_strict=grade,
            probabilities=tuple(0.8 if one is grade else 0.1 for one in GRADES),
            probabilities_strict=tuple(0.8 if one is grade else 0.1 for one in GRADES),
            feedback="A commitment was given." if status is Status.FULL else "No commitment was given.",
            flags=exchange.flags,
            model=self.model,
        )


def _status(answer: str) -> Status:
    if answer.startswith("Yes"):
        return Status.FULL
    return Status.PARTIAL if "consider" in answer else Status.NONE


def install(patch: pytest.MonkeyPatch) -> None:
    """Let `qa_assess.assessor.Assessor` be the fake one."""
    module = ModuleType("qa_assess.assessor")
    module.Assessor = FakeAssessor
    patch.setitem(sys.modules, "qa_assess.assessor", module)
    patch.setattr(qa_assess, "assessor", module, raising=False)


def lines(count: int, **fields: str) -> bytes:
    """Records as JSON Lines, whose grades by this assessor come round in the order of `ANSWERS`."""
    rows = (
        {
            "id": f"q{n}",
            "question": f"Will he act on {n}?",
            "answer": ANSWERS[n % 4],
            "answerer": f"Bo {n % 3}",
            **fields,
        }
        for n in range(count)
    )
    return "\n".join(json.dumps(row) for row in rows).encode()
