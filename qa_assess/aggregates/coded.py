"""Shares corrected for the grader's errors by a sample that a person has coded.

Double sampling with a fallible and a true classifier (Tenenbein 1972, "A double sampling scheme for estimating from
misclassified multinomial data", Technometrics 14; for two classes 1970, JASA 65): the grader has graded all N records,
a person n of them. Of the records that the grader gave grade k, a share W_k of all, the coded ones tell what part
p_kg is truly g. The share of g is then the sum over k of W_k p_kg: what a person would have found, had one coded all.
It is the estimator of "prediction-powered inference" (Angelopoulos and others 2023) with the grades as strata instead
of one difference, and so lies within 0 and 1, and the three add up to 1.

Its variance has two parts: the coded sample tells p_kg with some error (within the strata, over n_k), and the N records
are themselves taken for a sample, as in the plain interval (between them, over N). Within the strata half a record of
each grade is added, for three coded records that agree do not prove that all do. The interval is Wilson's, with as many
records as would vary as much. Simulations (tests/test_aggregates.py) hold it to its confidence; the normal interval of
the difference estimator held the truth in only 75 of 100 samples where few records were coded and a grade was rare.

All of this holds where the coded records were drawn at random from the graded ones. Records that somebody corrected
because their grade looked wrong are no such sample, and make the corrected shares worse than the plain ones.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_assess.aggregates.intervals import Rate, wilson
from qa_assess.codebook import GRADES, Grade, Policy
from qa_assess.exchange import Assessment
from qa_assess.hydration import digest_of_words
from qa_assess.labels import Labels, read_labels

# With fewer, an interval is so wide that it tells nothing, and its confidence is no longer held.
LEAST_CODED = 30

Numbers = NDArray[np.float64]


class CodedSample:
    """What a person has coded, found again by the texts, or by the id where they were not written.

    Attributes:
        total: The number of coded records.
    """

    def __init__(self, labels: Iterable[Labels]) -> None:
        known = list(labels)
        self._by_texts = {digest_of_words(one.exchange.question, one.exchange.answer): one for one in known}
        self._by_id = {one.id: one for one in known}
        self.total = len(known)

    @classmethod
    def read(cls, path: Path) -> "CodedSample":
        """From a file of labels, or of corrections as `qa-assess serve` keeps them, or a folder of such files.

        Raises:
            InputError: There is no such file.
            LabelError: It does not follow the codebook.
        """
        return cls(read_labels(path))

    def grade(self, assessment: Assessment, policy: Policy) -> Grade | None:
        """The grade that a person gave this record; None where nobody did. A record counts once."""
        exchange = assessment.exchange
        if exchange.question or exchange.answer:
            labels = self._by_texts.pop(digest_of_words(exchange.question, exchange.answer), None)
        else:
            labels = self._by_id.pop(exchange.id, None)
        if labels is None:
            return None
        grade: Grade = getattr(labels, policy.field)
        return grade


def corrected(
    given: Mapping[Grade, int], coded: Mapping[tuple[Grade, Grade], int], confidence: float = 0.95
) -> dict[Grade, Rate]:
    """The shares that a person would have found in all records, of those to which a person gives a grade proper.

    Args:
        given: Records a grade, as the grader gave them.
        coded: Coded records by the grader's grade and the person's.
        confidence: How often the intervals are to hold the truth.

    Returns:
        A rate for each grade; nothing where fewer than `LEAST_CODED` records were coded.

    >>> given = {Grade.NON_ANSWER: 200, Grade.PARTIAL: 500, Grade.FULL: 300}
    >>> coded = {(grade, grade): 20 for grade in given} | {(Grade.PARTIAL, Grade.NON_ANSWER): 20}
    >>> round(corrected(given, coded)[Grade.NON_ANSWER].share, 2)
    0.45
    """
    counts = _table(coded)
    if counts.sum() < LEAST_CODED or not counts[:, :3].any():
        return {}
    records = np.array([given.get(grade, 0) for grade in GRADES], float)
    weights, sizes = records / records.sum(), counts.sum(1, keepdims=True)
    # Of a stratum without a coded record: as the coded records are on the whole.
    parts = np.where(sizes > 0, counts / np.maximum(sizes, 1), counts.sum(0) / counts.sum())
    truth = weights @ parts
    proper = truth[:3].sum()
    rates = {}
    for place, grade in enumerate(GRADES):
        share = float(truth[place] / proper)
        # How each coded grade moves the share, which is a ratio: Full among the proper.
        moves = (np.eye(4)[place] - share * np.array([1, 1, 1, 0])) / proper
        within = (weights**2 * _variance(counts, moves) / np.maximum(sizes[:, 0], 1)).sum()
        between = (weights * (parts @ moves) ** 2).sum() / records.sum()
        varies = share * (1 - share)
        alike = varies / (within + between) if varies else counts.sum()
        rates[grade] = wilson(share, float(min(alike, records.sum())), confidence)
    return rates


def _table(coded: Mapping[tuple[Grade, Grade], int]) -> Numbers:
    """The grader's grades down, the person's across; the fourth column is for No ask, Pending and Ungraded."""
    counts = np.zeros((3, 4))
    for (grade, truth), number in coded.items():
        counts[GRADES.index(grade), GRADES.index(truth) if truth.graded else 3] += number
    return counts


def _variance(counts: Numbers, moves: Numbers) -> Numbers:
    """The variance of the moves within each stratum, half a record of each grade added."""
    smoothed = counts + 0.5
    parts = smoothed / smoothed.sum(1, keepdims=True)
    spread: Numbers = parts @ moves**2 - (parts @ moves) ** 2
    return spread
