"""Bootstrap over records: sums of their counts in each resample (Efron 1979), without a second look at the records."""

from collections.abc import Iterator, Mapping

import numpy as np

from qa_assess.metrics import Array, Counts, Measure

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
    """The middle 95% of each measure over the resamples."""
    values = {name: np.percentile(measure.value(resampled), [2.5, 97.5]) for name, measure in measures.items()}
    return {name: (float(low), float(high)) for name, (low, high) in values.items()}
