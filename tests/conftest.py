"""Factories that make a case one line, and the guard for what needs ../shared/data."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from qa_assess.codebook import Kind, Status
from qa_assess.exchange import Ask, Exchange, Outcome, Span

# Machines that run tests are shared and slow at times, so a slow example is no failure; and the examples are the same
# in every run, so that what fails is what was changed. HYPOTHESIS_SEEK=1 looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=not os.environ.get("HYPOTHESIS_SEEK"))
settings.load_profile("steady")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"


def make_exchange(question: str = "Will he act?", answer: str = "Yes.", **fields: object) -> Exchange:
    return Exchange(**{"id": "r1", "question": question, "answer": answer, **fields})


def make_ask(question: str, text: str, kind: Kind | str = Kind.COMMITMENT) -> Ask:
    start = question.index(text)
    return Ask(text, start, start + len(text), Kind(kind))


def make_outcome(ask: Ask, status: Status | str, answer: str = "", evidence: str = "") -> Outcome:
    status = Status(status)
    span = None
    if evidence:
        start = answer.index(evidence)
        span = Span(evidence, start, start + len(evidence))
    probabilities = tuple(0.8 if s is status else 0.1 for s in Status)
    return Outcome(ask, status, span, probabilities)


@pytest.fixture
def shared() -> Callable[[str], Path]:
    """A path in ../shared/data, or a skip that says what is missing."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"needs ../shared/data/{name}, which is not on this machine")
        return path

    return find
