"""The benchmarks' own code: what they swap, clean and count, and that grades on our corpus hold when people change."""

import doctest
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from qa_assess import read
from qa_assess.assessor import Assessor
from qa_assess.codebook import Grade
from qa_assess.exchange import Exchange
from qa_assess.labels import read_labels

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "corpora" / "lookalike").glob("*.jsonl"))
sys.path.insert(0, str(ROOT / "benchmarks"))
DOCUMENTED = (
    "baselines",
    "learning_curve",
    "memory",
    "minimal_pairs",
    "qevasion",
    "rooms",
    "scoring",
    "speed",
    "swaps",
)


def _module(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", DOCUMENTED)
def test_docstrings_examples(name):
    assert doctest.testmod(_module(name)).failed == 0


def test_a_swap_changes_people_and_nothing_else():
    swap = _module("swaps").Swap(3)
    text = "Will the hon. Gentleman join Mr. Ashby and the hon. Member for Wold and Marle in asking why 240 jobs went?"
    other = swap(text)
    assert "Ashby" not in other and "Wold" not in other and "hon. Lady join Mr. " in other
    assert other.endswith(" in asking why 240 jobs went?")
    assert swap(text) == other
    plain = "When will the Secretary of State publish the review of May and its cost?"
    assert swap(plain) == plain


def test_grades_do_not_change_with_the_people():
    """Under 1% of the records that name somebody: the parse may move, the words that classifiers see may not."""
    swaps = _module("swaps")
    exchanges = [e for path in FILES for e in read(str(path)) if isinstance(e, Exchange)]
    pairs = swaps.changed(exchanges, Assessor())
    assert len(pairs) > 50
    assert np.mean([b.grade is not a.grade or b.grade_strict is not a.grade_strict for b, a in pairs]) < 0.01


def test_baselines_learn_what_can_be_learned():
    baselines = _module("baselines")
    texts = [("Will he?", f"Yes, I will do {n} of it") for n in range(20)]
    texts += [("Will he?", f"No, never {n} of it") for n in range(20)]
    labels = [2] * 20 + [0] * 20
    model = baselines.TfIdf(question=True)
    model.fit(texts, labels)
    assert model.predict([("Will he?", "Yes, I will do it"), ("Will he?", "No, never")]).tolist() == [2, 0]
    most = baselines.Majority()
    most.fit(texts[:30], labels[:30])
    assert set(most.predict(texts)) == {2}


def test_intervals_hold_the_figure():
    scoring = _module("scoring")
    gold, given = np.array([0, 1, 2] * 30), np.array([0, 1, 1] * 30)
    low, high = scoring.interval(gold, given)
    assert low < float(scoring.macro_f1(scoring.confusion(gold, given))) < high


def test_a_smaller_part_of_the_learning_curve_is_in_the_larger():
    curve = _module("learning_curve")
    dates = [f"20{year:02d}-0{month}-11" for year in range(80) for month in range(1, 10)]
    shares = [{date for date in dates if curve.place(date) < share} for share in curve.SHARES]
    assert shares[0] < shares[1] < shares[2]
    np.testing.assert_allclose([len(share) / len(dates) for share in shares], curve.SHARES, atol=0.05)


def _labelled(date, strict, family="date"):
    return SimpleNamespace(grade_strict=strict, exchange=SimpleNamespace(date=date, extra={"family": family}))


def test_order_is_counted_within_groups_and_only_where_labels_differ():
    pairs = _module("minimal_pairs")
    full, none = (SimpleNamespace(probabilities_strict=p) for p in ((0.1, 0.1, 0.8), (0.8, 0.1, 0.1)))
    graded = [
        (_labelled("2001-01-01", Grade.FULL), full),
        (_labelled("2001-01-01", Grade.NON_ANSWER), none),
        (_labelled("2001-01-01", Grade.NON_ANSWER), full),
        (_labelled("2002-01-01", Grade.PARTIAL), none),
        (_labelled("2001-01-01", Grade.PARTIAL, "scope"), none),
    ]
    assert pairs.ordered(graded) == [1.0, 0.0]


def test_every_group_of_the_minimal_pairs_is_one_thing_four_times():
    groups = {}
    for labels in read_labels(ROOT / "corpora" / "minimal-pairs"):
        groups.setdefault(labels.exchange.date, []).append(labels)
    assert len(groups) == 32
    for group in groups.values():
        assert len(group) == 4
        assert len({x.exchange.extra["family"] for x in group}) == 1
        same = {x.exchange.answer for x in group} if len({x.exchange.question for x in group}) > 1 else set("q")
        assert len(same) == 1
        assert len({x.grade_strict for x in group}) > 1
