"""Shares with their intervals, and the rules for what a report may say of them.

- Below `SHOWN_FROM` records a group gets counts only: no share, no place in a picture.
- Groups stand by name. They stand by their share, highest first, only where that order is more than chance: where there
  are at least two, each has `RANKED_FROM` records or more, and no two of their 95% intervals overlap. (That is the
  careful side: two shares whose intervals just touch differ at about p = 0.006.)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SHOWN_FROM = 10
RANKED_FROM = 30
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    count: int
    total: int

    @property
    def share(self) -> float:
        return self.count / self.total

    @property
    def low(self) -> float:
        return self._wilson()[0]

    @property
    def high(self) -> float:
        return self._wilson()[1]

    def _wilson(self) -> tuple[float, float]:
        n, p = self.total, self.share
        middle = p + _Z**2 / (2 * n)
        half = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
        whole = 1 + _Z**2 / n
        return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def share_of(count: int, total: int) -> Share | None:
    return Share(count, total) if total >= SHOWN_FROM else None


def may_rank(shares: Sequence[Share | None]) -> bool:
    known = sorted((s for s in shares if s and s.total >= RANKED_FROM), key=lambda s: s.share)
    enough = len(known) == len(shares) > 1
    return enough and all(one.high < other.low for one, other in pairwise(known))
