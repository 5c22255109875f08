"""Whether the grader sees the one thing that differs: figures on `corpora/minimal-pairs`, family by family.

    python benchmarks/minimal_pairs.py [CORPUS]

Each group is one question under four answers that differ in one thing (or one answer under four questions).
"Ordered" is the share of pairs of a group with different labels that the grader puts in the right order, by the
expected grade of its strict probabilities: 50% is chance, whatever the style of the answers.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scoring import wilson

from qa_assess.assessor import Assessor
from qa_assess.codebook import GRADES
from qa_assess.exchange import Assessment
from qa_assess.labels import Labels, read_labels

CORPUS = Path(__file__).resolve().parents[1] / "corpora" / "minimal-pairs"
Graded = tuple[Labels, Assessment]


def expected(assessment: Assessment) -> float:
    """The mean of the strict grade, Non-answer 0 and Full 2."""
    return float(np.dot(assessment.probabilities_strict, range(len(GRADES))))


def _family(labels: Labels) -> str:
    return str(labels.exchange.extra.get("family", ""))


def ordered(graded: Iterable[Graded]) -> list[float]:
    """For each pair of a group with different strict labels: 1 where it is put in the right order, else 0."""
    groups = defaultdict(list)  # a group is known by its family and the date that it shares
    for labels, assessment in graded:
        groups[_family(labels), labels.exchange.date].append((GRADES.index(labels.grade_strict), expected(assessment)))
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    return [float((a > b) is (x > y)) for (a, x), (b, y) in pairs if a != b]


def interval(hits: list[float]) -> str:
    """A mean with its 95% interval."""
    p, low, high = wilson(hits)
    return f"{p:.2f} [{low:.2f}, {high:.2f}]"


def report(graded: list[Graded], model: str) -> Table:
    """A row a family, and one for all."""
    families = defaultdict(list)
    for pair in graded:
        families[_family(pair[0])].append(pair)
    table = Table(title=f"{model}: {len(graded)} records", title_justify="left", box=None, padding=(0, 1, 0, 0))
    for n, name in enumerate(("family", "records", "default grade right", "strict grade right", "pairs", "ordered")):
        table.add_column(name, justify="right" if n else "left")
    for family, own in [*sorted(families.items()), ("all", graded)]:
        hits = ordered(own)
        default = [float(labels.grade is a.grade) for labels, a in own]
        strict = [float(labels.grade_strict is a.grade_strict) for labels, a in own]
        table.add_row(family, str(len(own)), interval(default), interval(strict), str(len(hits)), interval(hits))
    return table


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("corpus", nargs="?", type=Path, default=CORPUS)
    assessor, given = Assessor(), arguments.parse_args()
    labelled = list(read_labels(given.corpus))
    results = assessor.assess(labels.exchange for labels in labelled)
    graded = [(x, a) for x, a in zip(labelled, results, strict=True) if isinstance(a, Assessment)]
    Console(width=120).print(report(graded, assessor.model))


if __name__ == "__main__":
    main()
