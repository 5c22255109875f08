"""Grade, strict grade, statuses and concern are chosen together: none may contradict another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa_assess.codebook import GRADES, Grade, Status, grade_default, grade_strict
from qa_assess.grader import CASES, blend, decide, outcome_figures, rule, statuses


def probabilities(rows, columns):
    """Rows of probabilities, zeros and certainties among them."""
    raw = arrays(np.float64, (rows, columns), elements=st.floats(0, 1)).map(lambda a: a + 1e-12)
    return raw.map(lambda a: a / a.sum(axis=1, keepdims=True))


asks = st.integers(1, 9).flatmap(lambda n: probabilities(n, 3))
case_rows = probabilities(1, 4).map(lambda a: a[0])


@given(case_rows, asks)
def test_no_verdict_contradicts_itself(case, outcomes):
    verdict = decide(case, outcomes)
    assert len(verdict.statuses) == len(outcomes)
    assert verdict.grade_strict is grade_strict(verdict.statuses)
    assert verdict.grade is grade_default(verdict.statuses, concern_met=verdict.concern)
    assert (verdict.grade, verdict.grade_strict) in CASES
    assert sum(verdict.probabilities) == pytest.approx(1, abs=2e-4)
    assert sum(verdict.probabilities_strict) == pytest.approx(1, abs=2e-4)


@given(case_rows, asks)
def test_probabilities_are_those_of_the_cases(case, outcomes):
    verdict = decide(case, outcomes)
    assert verdict.probabilities == pytest.approx((case[0], case[1] + case[2], case[3]), abs=1e-4)
    assert verdict.probabilities_strict == pytest.approx((case[0] + case[1], case[2], case[3]), abs=1e-4)


@given(asks, st.sampled_from(GRADES))
def test_statuses_follow_the_strict_grade(outcomes, grade):
    assert grade_strict(statuses(outcomes, grade)) is grade


@given(st.integers(2, 9).flatmap(lambda n: probabilities(n, 3)))
def test_statuses_stay_the_likeliest_ones_where_they_agree_with_the_grade(outcomes):
    likeliest = tuple(tuple(Status)[k] for k in outcomes.argmax(axis=1))
    chosen = statuses(outcomes, grade_strict(likeliest))
    at = [list(Status).index(s) for s in chosen]
    rows = np.arange(len(outcomes))
    assert np.log(outcomes[rows, at] + 1e-6).sum() == pytest.approx(np.log(outcomes.max(axis=1) + 1e-6).sum(), abs=1e-3)


@given(asks, arrays(np.float64, st.integers(0, 6), elements=st.floats(0, 1)))
def test_the_rule_is_a_distribution_over_the_cases(outcomes, concern):
    cases = rule(outcomes, concern)
    assert sum(cases) == pytest.approx(1)
    assert min(cases) >= -1e-12


def test_the_rule_on_certain_outcomes():
    full, none = np.array([[0.0, 0, 1]]), np.array([[1.0, 0, 0]])
    assert rule(full, np.array([0.9])) == [0, 0, 0, 1]
    assert rule(none, np.array([0.25])) == [0.75, 0.25, 0, 0]
    assert rule(np.vstack([full, none]), np.zeros(1)) == [0, 0, 1, 0]


def test_facts_on_the_concern_lift_only_the_default_grade():
    verdict = decide(np.array([0.2, 0.6, 0.1, 0.1]), np.array([[0.2, 0.4, 0.4]]))
    assert (verdict.grade, verdict.grade_strict, verdict.concern) == (Grade.PARTIAL, Grade.NON_ANSWER, True)
    assert verdict.statuses == (Status.NONE,)


@given(case_rows, asks)
def test_the_grade_is_the_likeliest_one(case, outcomes):
    verdict = decide(case, outcomes)
    assert verdict.probabilities[GRADES.index(verdict.grade)] == max(verdict.probabilities)


def test_more_asks_than_are_tried_in_every_combination():
    outcomes = np.tile([0.8, 0.1, 0.1], (9, 1))
    outcomes[4] = [0.4, 0.35, 0.25]
    chosen = statuses(outcomes, Grade.PARTIAL)
    assert [n for n, s in enumerate(chosen) if s is not Status.NONE] == [4]


def test_blending_keeps_the_order_and_stays_finite():
    scores = blend([np.array([[0.0, 0.2, 0.3, 0.5]]), np.array([[0.0, 0.4, 0.1, 0.5]])])
    assert np.isfinite(scores).all()
    assert scores.argmax() == 3
    assert scores[0, 0] == scores.min()


def test_figures_have_one_length_however_many_asks_and_sentences():
    lengths = {len(outcome_figures(np.full((n, 3), 1 / 3), np.zeros(m))) for n in (1, 9) for m in (0, 5)}
    assert len(lengths) == 1
