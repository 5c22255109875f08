"""The measures, as functions of counts.

Every measure is a function of sums over records, so a bootstrap resample is a weighted sum of the same counts and costs
no second pass over the records. All functions take any number of leading axes (none for a point, one for resamples).
A confusion has the shape (…, K, K + 1): gold classes by found classes, the last column for what is none
of them (missed, or without a grade). Where a measure has nothing to divide by it is 0, and its n says so.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_assess.codebook import GRADES, STATUSES, Policy

Array = NDArray[np.float64]
Counts = Mapping[str, Array]

BINS = 10
THRESHOLDS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MATCH = 0.6


def word_overlap(one: str, other: str) -> float:
    """Share of the shorter text's words that stand in the other one.

    >>> word_overlap("will he act now", "Will he act")
    1.0
    """
    words, others = set(one.lower().split()), set(other.lower().split())
    return len(words & others) / max(1, min(len(words), len(others)))


def match_asks(gold: Sequence[str], found: Sequence[str]) -> list[tuple[int, int]]:
    """Pair gold asks with found ones, one to one, by a word overlap of at least 0.6, the closest first.

    Among equal overlaps the later asks are paired first, as in the project's scoring script.

    >>> match_asks(["why did it close", "when will it open"], ["when will it open again"])
    [(1, 0)]
    """
    overlaps = ((word_overlap(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found))
    pairs: list[tuple[int, int]] = []
    for overlap, i, j in sorted(overlaps, reverse=True):
        if overlap >= MATCH and all(i != k and j != m for k, m in pairs):
            pairs.append((i, j))
    return pairs


def divide(part: Array, whole: Array) -> Array:
    """Part by whole, 0 where there is no whole.

    >>> divide(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, 0.0]
    """
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)


def per_class_f1(confusion: Array) -> Array:
    """F1 of each gold class, shape (…, K).

    >>> per_class_f1(np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0]])).round(3).tolist()
    [0.8, 0.667]
    """
    square = confusion[..., :-1]
    return divide(2 * np.diagonal(square, axis1=-2, axis2=-1), confusion.sum(-1) + square.sum(-2))


def macro_f1(confusion: Array) -> Array:
    """Mean F1 of the classes, a class that never occurs counting as 0."""
    return np.asarray(per_class_f1(confusion).mean(-1))


def accuracy(confusion: Array) -> Array:
    """Share of the gold items that got their class; a missed one is wrong."""
    return divide(np.trace(confusion[..., :-1], axis1=-2, axis2=-1), confusion.sum((-2, -1)))


def quadratic_kappa(confusion: Array) -> Array:
    """Cohen's kappa with quadratic weights (Cohen 1968), over the items that have a class on both sides.

    >>> round(float(quadratic_kappa(np.array([[2.0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 5]]))), 3)
    0.839
    """
    square = confusion[..., :-1]
    places = np.arange(square.shape[-1])
    weights = (places[:, None] - places[None, :]) ** 2
    by_chance = divide(
        square.sum(-1)[..., :, None] * square.sum(-2)[..., None, :], square.sum((-2, -1))[..., None, None]
    )
    expected = (weights * by_chance).sum((-2, -1))
    return np.where(expected != 0, 1 - divide((weights * square).sum((-2, -1)), expected), 0.0)


def f1(hits: Array, gold: Array, found: Array) -> Array:
    """F1 of what was found, from the numbers of hits, gold items and found items."""
    return divide(2 * hits, gold + found)


def calibration_error(bins: Array) -> Array:
    """Expected calibration error: the mean gap of confidence and accuracy over bins, weighted by their items.

    `bins` is (…, B, 3): items, sum of their confidences, number right. Bins of equal width, as in Guo et al. (2017).

    >>> round(float(calibration_error(np.array([[2.0, 1.8, 1.0], [0.0, 0.0, 0.0]]))), 3)
    0.4
    """
    return divide(np.abs(bins[..., 1] - bins[..., 2]).sum(-1), bins[..., 0].sum(-1))


class Measure(NamedTuple):
    """A measure: its value and its n as functions of summed counts, and what n counts."""

    value: Callable[[Counts], Array]
    n: Callable[[Counts], Array]
    unit: str


def _grade_measures(policy: Policy) -> dict[str, Measure]:
    grade, bins, brier = f"grade_{policy}", f"bins_{policy}", f"brier_{policy}"

    def graded(t: Counts) -> Array:
        return np.asarray(t[grade].sum((-2, -1)))

    def f1_of(place: int) -> Measure:
        return Measure(
            lambda t: per_class_f1(t[grade])[..., place], lambda t: t[grade][..., place, :].sum(-1), "records"
        )

    return {
        f"{grade}_macro_f1": Measure(lambda t: macro_f1(t[grade]), graded, "records"),
        f"{grade}_accuracy": Measure(lambda t: accuracy(t[grade]), graded, "records"),
        f"{grade}_kappa": Measure(
            lambda t: quadratic_kappa(t[grade]),
            lambda t: t[grade][..., :-1].sum((-2, -1)),
            "records graded on both sides",
        ),
        **{f"{grade}_f1_{c.replace('-', '')}": f1_of(i) for i, c in enumerate(GRADES)},
        f"{grade}_ece": Measure(
            lambda t: calibration_error(t[bins]), lambda t: t[bins][..., 0].sum(-1), "records with probabilities"
        ),
        f"{grade}_brier": Measure(
            lambda t: divide(t[brier][..., 1], t[brier][..., 0]),
            lambda t: t[brier][..., 0],
            "records with probabilities",
        ),
    }


def _ask_measures() -> dict[str, Measure]:
    # The columns of "asks": gold, found, matched, matched with the right kind.
    def column(place: int) -> Callable[[Counts], Array]:
        return lambda t: t["asks"][..., place]

    gold, found, matched, right = (column(i) for i in range(4))
    return {
        "ask_precision": Measure(lambda t: divide(matched(t), found(t)), found, "found asks"),
        "ask_recall": Measure(lambda t: divide(matched(t), gold(t)), gold, "asks"),
        "ask_f1": Measure(lambda t: f1(matched(t), gold(t), found(t)), gold, "asks"),
        "ask_kind_accuracy": Measure(lambda t: divide(right(t), matched(t)), matched, "matched asks"),
    }


def _outcome_measures() -> dict[str, Measure]:
    def asks(t: Counts) -> Array:
        return np.asarray(t["outcome"].sum((-2, -1)))

    def f1_of(place: int) -> Measure:
        def support(t: Counts) -> Array:
            return np.asarray(t["outcome"][..., place, :].sum(-1))

        return Measure(lambda t: per_class_f1(t["outcome"])[..., place], support, "asks")

    return {
        "outcome_macro_f1": Measure(lambda t: macro_f1(t["outcome"]), asks, "asks"),
        "outcome_accuracy": Measure(lambda t: accuracy(t["outcome"]), asks, "asks"),
        **{f"outcome_f1_{status}": f1_of(i) for i, status in enumerate(STATUSES)},
    }


def _tag_measures() -> dict[str, Measure]:
    # The columns of "tags": on both sides, gold, found.
    def column(place: int) -> Callable[[Counts], Array]:
        return lambda t: t["tags"][..., place]

    both, gold, found = (column(i) for i in range(3))
    return {
        "tags_precision": Measure(lambda t: divide(both(t), found(t)), found, "found tags"),
        "tags_recall": Measure(lambda t: divide(both(t), gold(t)), gold, "tags"),
        "tags_micro_f1": Measure(lambda t: f1(both(t), gold(t), found(t)), gold, "tags"),
    }


def _selective_measures(policy: Policy) -> dict[str, Measure]:
    # The columns of "selective", a row a threshold: covered, covered and right.
    covered, graded = f"selective_{policy}", f"grade_{policy}"

    def at(place: int) -> tuple[Measure, Measure]:
        def reached(t: Counts) -> Array:
            return t[covered][..., place, 0]

        def all_records(t: Counts) -> Array:
            return np.asarray(t[graded].sum((-2, -1)))

        return (
            Measure(lambda t: divide(reached(t), all_records(t)), all_records, "records"),
            Measure(lambda t: divide(t[covered][..., place, 1], reached(t)), reached, "records covered"),
        )

    rows = {threshold: at(i) for i, threshold in enumerate(THRESHOLDS)}
    coverage = {f"coverage_{policy}_at_{threshold:.1f}": pair[0] for threshold, pair in rows.items()}
    return coverage | {f"accuracy_{policy}_at_{threshold:.1f}": pair[1] for threshold, pair in rows.items()}


def _sure_measures() -> dict[str, Measure]:
    # The columns of "sure": graded, not flagged as unsure, of those right (default policy).
    def column(place: int) -> Callable[[Counts], Array]:
        return lambda t: t["sure"][..., place]

    graded, sure, right = (column(i) for i in range(3))
    return {
        "sure_share": Measure(lambda t: divide(sure(t), graded(t)), graded, "records"),
        "sure_accuracy": Measure(lambda t: divide(right(t), sure(t)), sure, "records not flagged low-confidence"),
    }


MEASURES: Mapping[str, Measure] = {
    **_grade_measures(Policy.DEFAULT),
    **_grade_measures(Policy.STRICT),
    **_sure_measures(),
    **_ask_measures(),
    **_outcome_measures(),
    **_tag_measures(),
}
SELECTIVE: Mapping[str, Measure] = {**_selective_measures(Policy.DEFAULT), **_selective_measures(Policy.STRICT)}
