"""The grade of an answer, and the statuses that go with it.

What was found of each ask decides: the classifiers here see the outcomes' probabilities, whether the concern was met
with facts, and the answer as a whole, and say how likely each of four cases is. Grade, strict grade and the statuses of
all asks are then chosen together, so that none can contradict another.

================== ============ ============ ===================================
case               default      strict       statuses
================== ============ ============ ===================================
nothing            Non-answer   Non-answer   all none
facts on concern   Partial      Non-answer   all none, with concern evidence
something          Partial      Partial      neither all full nor all none
everything         Full         Full         all full
================== ============ ============ ===================================
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_assess.codebook import GRADES, STATUSES, Grade, Status
from qa_assess.estimators import as_array, blend, stack
from qa_assess.exchange import Ask
from qa_assess.pairs import GROUP_NAMES, GROUPS
from qa_assess.readings import Figures, Reading

Probabilities = NDArray[np.float64]

CASES = (
    (Grade.NON_ANSWER, Grade.NON_ANSWER),
    (Grade.PARTIAL, Grade.NON_ANSWER),
    (Grade.PARTIAL, Grade.PARTIAL),
    (Grade.FULL, Grade.FULL),
)
CASE_CONCERN = 1
_MOST_ASKS = 7


@dataclass(frozen=True, slots=True)
class GradeModels:
    """The classifiers of this room, fitted; classes are the four cases, in order."""

    outcomes: Any
    figures: Any
    words: Any
    calibration: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of one answer: grades, their probabilities (Non-answer, Partial, Full), and a status an ask."""

    grade: Grade
    grade_strict: Grade
    probabilities: tuple[float, float, float]
    probabilities_strict: tuple[float, float, float]
    statuses: tuple[Status, ...]
    concern: bool


def outcome_figures(outcomes: Probabilities, concern: Probabilities) -> list[float]:
    """One row: the rule's own arithmetic on the outcomes' probabilities, their extremes, and the concern's."""
    nothing, everything = float(outcomes[:, 0].prod()), float(outcomes[:, 2].prod())
    met = float(concern.max(initial=0.0))
    return [
        nothing, max(0.0, 1 - nothing - everything), everything, nothing * met,
        *outcomes.mean(0), *outcomes.max(0), *outcomes.min(0), float(min(len(outcomes), 5)), float(len(outcomes) > 1),
        met, float(concern.sum()), float(1 - np.prod(1 - concern)),
    ]  # fmt: skip


# How many of `grade_figures` are `outcome_figures`; they come first.
FEW = len(outcome_figures(np.ones((1, 3)), np.zeros(1)))


def grade_figures(outcomes: Probabilities, concern: Probabilities, asks: Sequence[Ask], tag_row: Figures) -> Figures:
    """One row: `outcome_figures`, the groups of kinds asked, and the answer's cues and distance."""
    groups = [GROUPS[a.kind] for a in asks]
    return np.concatenate(
        [outcome_figures(outcomes, concern), [float(groups.count(g)) for g in GROUP_NAMES], tag_row]
    ).astype(np.float32)


def grade_texts(question_words: Sequence[str], readings: Sequence[Reading]) -> NDArray[Any]:
    """Columns of words: the answer, the question, the answer's first sentence."""
    return as_array([[r.words, q, r.sentences[0].words] for q, r in zip(question_words, readings, strict=True)])


def rule(outcomes: Probabilities, concern: Probabilities) -> list[float]:
    """The codebook's rule on the outcomes' probabilities taken as independent: the four cases.

    >>> rule(np.array([[1.0, 0.0, 0.0]]), np.array([0.25]))
    [0.75, 0.25, 0.0, 0.0]
    """
    nothing, something, everything, with_concern = outcome_figures(outcomes, concern)[:4]
    return [nothing - with_concern, with_concern, something, everything]


def cases(
    shown: tuple[Probabilities, Figures, NDArray[Any]], models: GradeModels, seen: Probabilities | None = None
) -> Probabilities:
    """Calibrated probabilities of the four cases; shape (answers, 4).

    Args:
        shown: A row of `rule`, of `grade_figures` and of `grade_texts` for each answer.
        models: The fitted classifiers.
        seen: The encoder's probabilities of the cases, where there is an encoder.
    """
    rules, figures, texts = shown
    few = figures[:, :FEW]
    members = [
        rules,
        models.outcomes.predict_proba(few),
        models.figures.predict_proba(figures),
        models.words.predict_proba(texts),
    ]
    return np.asarray(models.calibration.predict_proba(stack(blend(members), seen)))


def _policy(case: Probabilities, which: int) -> Probabilities:
    """Probabilities of Non-answer, Partial and Full under the default (0) or the strict (1) policy."""
    return np.array([sum(p for p, pair in zip(case, CASES, strict=True) if pair[which] is g) for g in GRADES])


def _allowed(n: int, grade_strict: Grade) -> list[tuple[int, ...]]:
    if grade_strict is Grade.FULL:
        return [(2,) * n]
    if grade_strict is Grade.NON_ANSWER:
        return [(0,) * n]
    return [c for c in product(range(3), repeat=n) if set(c) not in ({0}, {2})]


def statuses(outcomes: Probabilities, grade_strict: Grade) -> tuple[Status, ...]:
    """The most probable statuses that agree with the strict grade.

    >>> statuses(np.array([[0.5, 0.1, 0.4], [0.6, 0.1, 0.3]]), Grade.PARTIAL)
    (<Status.FULL: 'full'>, <Status.NONE: 'none'>)
    """
    n = len(outcomes)
    if n > _MOST_ASKS:  # 3 ** n combinations: choose each by itself, then mend the least certain where they disagree
        chosen = outcomes.argmax(1)
        if grade_strict is not Grade.PARTIAL:
            chosen[:] = 2 if grade_strict is Grade.FULL else 0
        elif set(chosen) in ({0}, {2}):
            chosen[outcomes[:, 1].argmax()] = 1
        return tuple(STATUSES[k] for k in chosen)
    logs = np.log(np.clip(outcomes, 1e-6, 1))
    best = max(_allowed(n, grade_strict), key=lambda c: sum(logs[i, k] for i, k in enumerate(c)))
    return tuple(STATUSES[k] for k in best)


def decide(case: Probabilities, outcomes: Probabilities) -> Verdict:
    """Choose the likeliest default grade, the likeliest strict one that agrees with it, and statuses that go with both.

    Args:
        case: Calibrated probabilities of the four cases, shape (4,).
        outcomes: Probabilities of (none, partial, full) of each ask, shape (asks, 3).

    >>> decide(np.array([0.1, 0.0, 0.2, 0.7]), np.array([[0.1, 0.2, 0.7]])).grade
    <Grade.FULL: 'full'>
    """
    default, strict = _policy(case, 0), _policy(case, 1)
    likeliest = GRADES[int(np.argmax(default))]
    allowed = [n for n, (d, _) in enumerate(CASES) if d is likeliest]
    best = max(allowed, key=lambda n: strict[GRADES.index(CASES[n][1])])
    grade, grade_strict = CASES[best]
    return Verdict(
        grade=grade,
        grade_strict=grade_strict,
        probabilities=_rounded(default),
        probabilities_strict=_rounded(strict),
        statuses=statuses(outcomes, grade_strict),
        concern=best == CASE_CONCERN,
    )


def _rounded(probabilities: Probabilities) -> tuple[float, float, float]:
    a, b, c = (round(float(p), 4) for p in probabilities)
    return a, b, c
