"""What a report may say of shares: from how many records on it gives any, and when it may put them in an order.

- Below `aggregates.LEAST` (10) records a group gets counts only: no share, no place in a picture.
- Groups stand by name. They stand by their share, highest first, only where that order is more than chance: where there
  are at least two, each has `RANKED_FROM` records or more, and no two of their 95% intervals overlap. (This is the
  careful side: two shares whose intervals just touch differ at about p = 0.006.)
"""

from collections.abc import Sequence
from itertools import pairwise

from qa_assess.aggregates import LEAST, GroupRates, Rate, wilson
from qa_assess.codebook import Grade

RANKED_FROM = 30


def rate_of(count: int, total: int) -> Rate | None:
    """A share with its interval; None where there are too few records.

    >>> rate_of(3, 9) is None, rate_of(5, 10).share
    (True, 0.5)
    """
    return wilson(count / total, total) if total >= LEAST else None


def may_rank(groups: Sequence[GroupRates], grade: Grade) -> bool:
    """Whether the order of the groups' shares of a grade is more than chance."""
    if len(groups) < 2 or any(group.graded < RANKED_FROM for group in groups):
        return False
    rates = sorted((group.rates[grade] for group in groups), key=lambda rate: rate.share)
    return all(one.high < other.low for one, other in pairwise(rates))
