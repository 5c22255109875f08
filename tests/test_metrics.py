"""The measures against scikit-learn, and the bootstrap against one that draws the records themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from qa_assess.metrics import (
    accuracy,
    calibration_error,
    divide,
    f1,
    macro_f1,
    match_asks,
    per_class_f1,
    quadratic_kappa,
    word_overlap,
)
from qa_assess.resampling import resampled_totals, totals

PAIRS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=60)
WORDS = st.lists(st.sampled_from(["will", "he", "act", "Act", "now", "on", "it"]), max_size=5).map(" ".join)


def confusion_of(pairs) -> np.ndarray:
    table = np.zeros((3, 4))
    for gold, found in pairs:
        table[gold, found] += 1
    return table


@given(PAIRS)
def test_f1_and_accuracy_are_those_of_scikit_learn(pairs):
    gold, found = zip(*pairs, strict=True)
    table = confusion_of(pairs)
    expected = f1_score(gold, found, labels=[0, 1, 2], average=None, zero_division=0)
    assert per_class_f1(table) == pytest.approx(expected, abs=1e-12)
    assert float(macro_f1(table)) == pytest.approx(expected.mean(), abs=1e-12)
    assert float(accuracy(table)) == pytest.approx(accuracy_score(gold, found), abs=1e-12)


@given(PAIRS)
def test_kappa_is_that_of_scikit_learn_over_what_both_sides_graded(pairs):
    both = [(gold, found) for gold, found in pairs if found < 3]
    # Where all agree on one class scikit-learn has nothing to divide by; ours is 0 there.
    if len({value for pair in both for value in pair}) < 2:
        assert float(quadratic_kappa(confusion_of(pairs))) == 0.0
        return
    expected = cohen_kappa_score(*zip(*both, strict=True), labels=[0, 1, 2], weights="quadratic")
    assert float(quadratic_kappa(confusion_of(pairs))) == pytest.approx(expected, abs=1e-12)


@given(st.lists(PAIRS, min_size=1, max_size=4))
def test_leading_axes_change_nothing(tables):
    stacked = np.stack([confusion_of(pairs) for pairs in tables])
    for measure in (per_class_f1, macro_f1, accuracy, quadratic_kappa):
        assert measure(stacked) == pytest.approx(np.stack([measure(table) for table in stacked]), abs=1e-12)


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
def test_asks_are_paired_one_to_one_and_none_that_could_be_is_left(gold, found):
    pairs = match_asks(gold, found)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(word_overlap(gold[i], found[j]) >= 0.6 for i, j in pairs)
    taken_gold, taken_found = {i for i, _ in pairs}, {j for _, j in pairs}
    loose_gold = [text for i, text in enumerate(gold) if i not in taken_gold]
    loose_found = [text for j, text in enumerate(found) if j not in taken_found]
    assert all(word_overlap(g, f) < 0.6 for g in loose_gold for f in loose_found)


def test_the_closest_asks_are_paired_first():
    assert match_asks(["will he act now on it"], ["will he act maybe now so", "will he act now on it"]) == [(0, 1)]
    assert match_asks(["why"], ["when"]) == []


def test_calibration_error_weighs_the_gaps_by_their_records():
    bins = np.zeros((10, 3))
    bins[9] = 4, 3.8, 2  # sure at .95, right half the time: a gap of .45
    bins[5] = 6, 3.3, 3  # sure at .55, right half the time: a gap of .05
    assert float(calibration_error(bins)) == pytest.approx((4 * 0.45 + 6 * 0.05) / 10)


def test_nothing_to_divide_by_is_0():
    empty = np.zeros((3, 4))
    assert [float(m(empty)) for m in (macro_f1, accuracy, quadratic_kappa)] == [0.0, 0.0, 0.0]
    assert float(f1(np.array(0.0), np.array(0.0), np.array(0.0))) == 0.0
    assert float(calibration_error(np.zeros((10, 3)))) == 0.0
    assert divide(np.array(3.0), np.array([0.0, 2.0])).tolist() == [0.0, 1.5]


@pytest.mark.parametrize("records", [1, 7, 400])
def test_resamples_are_those_of_drawing_records_one_resample_at_a_time(records, monkeypatch):
    monkeypatch.setattr("qa_assess.resampling._DRAWS", 3000)
    counts = {"tags": np.random.default_rng(5).integers(0, 4, (records, 3)).astype(float)}
    drawn = resampled_totals(counts, 25, seed=3)["tags"]
    rng = np.random.default_rng(3)
    for row in drawn:
        assert row.tolist() == counts["tags"][rng.integers(0, records, records)].sum(0).tolist()


def test_a_seed_draws_the_same_again_and_another_one_does_not():
    counts = {"asks": np.arange(40.0).reshape(10, 4)}
    first, again, other = (resampled_totals(counts, 20, seed)["asks"] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
    assert totals(counts)["asks"].tolist() == [180.0, 190.0, 200.0, 210.0]
