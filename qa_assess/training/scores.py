"""Figures of a grader out of fold: what `qa-assess evaluate` measures, on the training records."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_assess.codebook import GRADES, STATUSES, Policy, Status
from qa_assess.exchange import Ask
from qa_assess.grader import Verdict
from qa_assess.metrics import accuracy, macro_f1, match_asks, per_class_f1, quadratic_kappa
from qa_assess.tags import TAGS
from qa_assess.training.material import Record

# Where nine in ten grades are right, by the issue of the threshold; see `sure_at`.
_WANTED = 0.9
_FEWEST_SURE = 30
# Grades of one source that can tell where that is
_LEAST = 1000


def outcome_scores(
    records: Sequence[Record], found: Sequence[tuple[Ask, ...]], given: Mapping[int, Sequence[Status]]
) -> dict[str, float]:
    """Ask finding, kinds, and the outcome's macro-F1 with a missed ask as wrong."""
    confusion = np.zeros((3, 4))
    gold_asks = found_asks = matched = kinds = 0
    for n, (record, own) in enumerate(zip(records, found, strict=True)):
        pairs = match_asks([a.text for a in record.asks], [a.text for a in own])
        gold_asks, found_asks, matched = gold_asks + len(record.asks), found_asks + len(own), matched + len(pairs)
        kinds += sum(record.asks[g].kind is own[f].kind for g, f in pairs)
        by_gold = dict(pairs)
        for g, labelled in enumerate(record.labels.asks):
            status = given[n][by_gold[g]] if g in by_gold and n in given else None
            confusion[STATUSES.index(labelled.status), STATUSES.index(status) if status else 3] += 1
    return {
        "ask_f1": 2 * matched / (gold_asks + found_asks),
        "ask_kind_accuracy": kinds / matched,
        "outcome_macro_f1": float(macro_f1(confusion)),
    }


def grade_scores(records: Sequence[Record], verdicts: Mapping[int, Verdict]) -> dict[str, float]:
    """Macro-F1, accuracy and quadratic kappa under both policies, and the F1 of each grade."""
    out: dict[str, float] = {}
    for policy in Policy:
        confusion = np.zeros((3, 4))
        for n, record in enumerate(records):
            if (gold := getattr(record.labels, policy.field)) in GRADES:
                given = GRADES.index(getattr(verdicts[n], policy.field)) if n in verdicts else 3
                confusion[GRADES.index(gold), given] += 1
        out[f"grade_{policy}_macro_f1"] = float(macro_f1(confusion))
        out[f"grade_{policy}_accuracy"] = float(accuracy(confusion))
        out[f"grade_{policy}_kappa"] = float(quadratic_kappa(confusion))
        for grade, value in zip(GRADES, per_class_f1(confusion), strict=True):
            out[f"grade_{policy}_f1_{grade.value}"] = float(value)
    return out


def tag_micro_f1(records: Sequence[Record], given: NDArray[np.int64]) -> float:
    """Micro-F1 of the tags given out of fold (records, tags)."""
    gold = np.array([[tag in r.labels.tags for tag in TAGS] for r in records])
    return float(2 * (gold & (given == 1)).sum() / (gold.sum() + (given == 1).sum()))


def sure_at(grades: Iterable[tuple[str, float, bool]]) -> float:
    """The top probability above which nine in ten grades are right, in each of the sources they come from.

    Sources differ in how hard they are, and one may hide another: labels that were made with more care are the harder
    ones. Of a source of fewer than 1,000 grades too few are sure to tell; where there is no other, all count as one.

    Args:
        grades: Of each record its source, its grade's probability, and whether that grade is right.

    Returns:
        The probability; 1 where a source has none.

    >>> sure_at([("easy.jsonl", 0.6, True)] * 2000 + [("hard.jsonl", 0.6, False), ("hard.jsonl", 0.8, True)] * 999)
    0.8
    """
    by_source: dict[str, list[tuple[float, bool]]] = {}
    for source, probability, right in grades:
        by_source.setdefault(source, []).append((probability, right))
    large = [rows for rows in by_source.values() if len(rows) >= _LEAST]
    return max(map(_sure_at, large or [[row for rows in by_source.values() for row in rows]]))


def _sure_at(grades: list[tuple[float, bool]]) -> float:
    grades = sorted(grades, reverse=True)
    probabilities, right = np.array(grades, float).T
    share = np.cumsum(right) / np.arange(1, len(grades) + 1)
    # Grades of the same probability are sure together, or not.
    last = np.append(probabilities[1:] < probabilities[:-1], True)
    enough = np.flatnonzero(last & (share >= _WANTED) & (np.arange(1, len(grades) + 1) > _FEWEST_SURE))
    return round(float(probabilities[enough[-1]]), 4) if len(enough) else 1.0
