"""A share and how far the truth may be from it."""

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, 0 to 1, with the bounds of its interval."""

    share: float
    low: float
    high: float


def wilson(share: float, records: float, confidence: float = 0.95) -> Rate:
    """The score interval of a share (Wilson 1927): within 0 and 1, and right for few records and for shares near 0 too.

    The records are taken for a random sample of what could have been asked. Their number need not be whole: of an
    estimate with some variance it is the number of records whose share would vary as much (Kott and Carr 1997).

    Args:
        share: 0 to 1.
        records: How many records it is a share of; more than 0.
        confidence: How often such intervals hold the truth.

    >>> rate = wilson(7 / 20, 20)
    >>> round(rate.low, 3), round(rate.high, 3)
    (0.181, 0.567)
    """
    square = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    middle = (share + square / (2 * records)) / (1 + square / records)
    half = math.sqrt(square * (share * (1 - share) + square / (4 * records)) / records) / (1 + square / records)
    # At a share of 0 or 1 the bound is the share itself, which sums of fractions may miss by a hair.
    low = 0.0 if share <= 0 else max(0.0, middle - half)
    high = 1.0 if share >= 1 else min(1.0, middle + half)
    return Rate(share, low, high)
