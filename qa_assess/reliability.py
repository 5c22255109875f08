"""How far coders agree beyond chance, as functions of counts (see `metrics`): any number of leading axes.

Where there is nothing to agree on (all items in one class, or no item) the measures are not defined: NaN.
"""

from collections.abc import Sequence

import numpy as np

from qa_assess.metrics import Array


def agreement(confusion: Array) -> Array:
    """Share of the items that both coders put into the same class; `confusion` is (…, K, K).

    >>> float(agreement(np.array([[3.0, 1.0], [0.0, 4.0]])))
    0.875
    """
    return ratio(np.trace(confusion, axis1=-2, axis2=-1), confusion.sum((-2, -1)))


def cohen_kappa(confusion: Array) -> Array:
    """Cohen's kappa (1960): agreement beyond that of two coders who throw dice, each weighted as they use the classes.

    >>> round(float(cohen_kappa(np.array([[20.0, 5.0], [10.0, 15.0]]))), 3)
    0.4
    """
    total = confusion.sum((-2, -1))
    by_chance = ratio((confusion.sum(-1) * confusion.sum(-2)).sum(-1), total**2)
    return ratio(agreement(confusion) - by_chance, 1 - by_chance)


def macro_f1(confusion: Array, classes: Sequence[int]) -> Array:
    """Mean F1 of those of these classes that either coder used; the same whichever coder comes first.

    >>> round(float(macro_f1(np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), [0, 1, 2])), 3)
    0.733
    """
    used = confusion.sum(-1) + confusion.sum(-2)
    same = np.diagonal(confusion, axis1=-2, axis2=-1)
    f1 = np.divide(2 * same, used, out=np.zeros(used.shape), where=used != 0)
    of = list(classes)
    return ratio(f1[..., of].sum(-1), (used[..., of] != 0).sum(-1))


def coincidences(values: list[int], classes: int) -> Array:
    """What one item adds to the coincidence matrix: each pair of its values, weighted by how many values it has.

    An item with fewer than two values adds nothing.

    >>> coincidences([0, 0, 1], 2).tolist()
    [[1.0, 1.0], [1.0, 0.0]]
    """
    pairs = np.zeros((classes, classes))
    for i, one in enumerate(values):
        for other in values[:i] + values[i + 1 :]:
            pairs[one, other] += 1 / (len(values) - 1)
    return pairs


def krippendorff_alpha(pairs: Array, *, ordinal: bool = False) -> Array:
    """Krippendorff's alpha from a coincidence matrix (…, K, K); of two coders that is a confusion plus its transpose.

    After K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections C to E.

    Args:
        pairs: Summed `coincidences`.
        ordinal: Whether the classes stand in an order; else any two different ones are equally far apart.

    >>> round(float(krippendorff_alpha(np.array([[10.0, 4.0], [4.0, 2.0]]))), 3)
    0.095
    """
    used = pairs.sum(-1)
    far = _ordinal_distances(used) if ordinal else 1 - np.eye(pairs.shape[-1])
    observed = (pairs * far).sum((-2, -1))
    expected = (used[..., :, None] * used[..., None, :] * far).sum((-2, -1))
    return 1 - ratio((used.sum(-1) - 1) * observed, expected)


def _ordinal_distances(used: Array) -> Array:
    """Squared distances of the classes, by how many values lie between the middles of the two."""
    middles = np.cumsum(used, -1) - used / 2
    return np.asarray((middles[..., :, None] - middles[..., None, :]) ** 2)


def ratio(part: Array, whole: Array) -> Array:
    """Part by whole, NaN where there is no whole.

    >>> ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0))
