"""Bootstrap over records: sums of their counts in each resample (Efron 1979), without a second look at the records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qa_assess.metrics import Array, Counts, Measure


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure's value, the ends of its 95% interval, and the number of things it is measured on (what, in `unit`).

    All three are NaN where the measure is not defined.
    """

    point: float
    low: float
    high: float
    n: int
    unit: str

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to 4 decimals; None for what is not defined."""
        ends = {"point": rounded(self.point), "low": rounded(self.low), "high": rounded(self.high)}
        return ends | {"n": self.n, "unit": self.unit}


def rounded(value: float) -> float | None:
    """A figure with 4 decimals, -0.0 as 0.0; None for NaN.

    >>> rounded(0.12345), rounded(float("nan"))
    (0.1235, None)
    """
    return None if value != value else round(value, 4) + 0.0  # noqa: PLR0124 - NaN alone is not itself


def estimates(measures: Mapping[str, Measure], counts: Counts, resamples: int, seed: int) -> dict[str, Estimate]:
    """Each measure of the counts of records, with its interval."""
    summed = totals(counts)
    ends = intervals(measures, resampled_totals(counts, resamples, seed))
    return {
        name: Estimate(float(measure.value(summed)), *ends[name], round(float(measure.n(summed))), measure.unit)
        for name, measure in measures.items()
    }


# Draws held at once: 16 MB of indices, whatever the number of records.
_DRAWS = 2_000_000


def totals(counts: Counts) -> Counts:
    """The counts summed over the records.

    >>> totals({"tags": np.array([[1.0, 2.0], [0.0, 1.0]])})["tags"].tolist()
    [1.0, 3.0]
    """
    return {name: values.sum(0) for name, values in counts.items()}


def resampled_totals(counts: Counts, resamples: int, seed: int) -> Counts:
    """The counts summed over each of `resamples` draws of as many records with replacement; the first axis is the draw.

    The same seed and number of records draw the same records, on every machine.
    """
    records = len(next(iter(counts.values())))
    weights = list(_weights(records, resamples, np.random.default_rng(seed)))
    flat = {name: values.reshape(records, -1) for name, values in counts.items()}
    summed = {name: np.concatenate([some @ values for some in weights]) for name, values in flat.items()}
    return {name: values.reshape(resamples, *counts[name].shape[1:]) for name, values in summed.items()}


def _weights(records: int, resamples: int, rng: np.random.Generator) -> Iterator[Array]:
    """How often each record was drawn, a block of resamples at a time."""
    block = max(1, _DRAWS // records)
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = rng.integers(0, records, (size, records)) + np.arange(size)[:, None] * records
        yield np.bincount(drawn.ravel(), minlength=size * records).reshape(size, records).astype(float)


def intervals(measures: Mapping[str, Measure], resampled: Counts) -> dict[str, tuple[float, float]]:
    """The middle 95% of each measure over the resamples in which it is defined."""
    return {name: _middle(measure.value(resampled)) for name, measure in measures.items()}


def _middle(values: Array) -> tuple[float, float]:
    defined = values[~np.isnan(values)]
    if not defined.size:
        return float("nan"), float("nan")
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
