"""Macro-F1 with its interval, and CPU time a record, as rows of one table."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from qa_assess.aggregates.intervals import wilson as interval_of
from qa_assess.metrics import accuracy, macro_f1, per_class_f1, quadratic_kappa

RESAMPLES = 1000
Result = TypeVar("Result")


def confusion(gold: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Counts of gold (rows) and given (columns) labels 0 to 2; a fourth column holds what got no label."""
    out = np.zeros((3, 4))
    np.add.at(out, (gold, given), 1)
    return out


def interval(gold: np.ndarray, given: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """95% percentile bootstrap of the macro-F1 over records."""
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, len(gold), len(gold)) for _ in range(RESAMPLES))
    low, high = np.percentile([macro_f1(confusion(gold[d], given[d])) for d in drawn], [2.5, 97.5])
    return float(low), float(high)


def wilson(hits: Sequence[float]) -> tuple[float, float, float]:
    """A share and its 95% interval (Wilson 1927).

    >>> [round(x, 3) for x in wilson([1.0, 0.0])]
    [0.5, 0.095, 0.905]
    """
    rate = interval_of(float(np.mean(hits)), len(hits))
    return rate.share, rate.low, rate.high


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What some work returns, and its CPU time in seconds."""
    start = time.process_time()
    return work(), time.process_time() - start


class Report:
    """A table that is printed when all its rows are known."""

    def __init__(self, title: str) -> None:
        self.table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
        columns = ("", "macro-F1", "95% interval", "F1 of each", "accuracy", "kappa", "ms/record", "x parser")
        for n, name in enumerate(columns):
            self.table.add_column(name, justify="right" if n else "left", no_wrap=True)

    def add(self, name: str, gold: np.ndarray, given: np.ndarray, seconds: float, parser: float) -> None:
        counted, (low, high) = confusion(gold, given), interval(gold, given)
        self.table.add_row(
            name,
            f"{float(macro_f1(counted)):.3f}",
            f"{low:.3f}-{high:.3f}",
            " ".join(f"{x:.2f}" for x in per_class_f1(counted)),
            f"{float(accuracy(counted)):.3f}",
            f"{float(quadratic_kappa(counted)):.2f}",
            f"{1000 * seconds / len(gold):.1f}",
            f"{seconds / parser:.2f}",
        )

    def show(self) -> None:
        Console(width=120).print(self.table)
