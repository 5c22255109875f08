"""Fit the response tags, and give them out of fold."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from qa_assess.estimators import (
    hashed_words,
    linear,
    trees,
)
from qa_assess.tags import TAGS, TagModels
from qa_assess.training.material import Record, out_of_fold
from qa_assess.training.onlooker import Onlooker

Matrix = NDArray[Any]


def _fit_tags(words: Matrix, figures: Matrix, y: Matrix, seed: int) -> dict[str, Any]:
    strong = make_pipeline(hashed_words(space=2**14), OneVsRestClassifier(linear(5.0, balanced=True, seed=seed)))
    tabled = make_pipeline(StandardScaler(), OneVsRestClassifier(linear(0.005, balanced=True, seed=seed)))
    boosted = OneVsRestClassifier(trees(80, leaves=8, balanced=True, seed=seed))
    return {
        "words": strong.fit(words, y),
        "figures": tabled.fit(figures, y),
        "trees": boosted.fit(figures, y),
    }


def fit_tags(
    records: Sequence[Record],
    figures: Matrix,
    score: Callable[..., Any],
    seed: int,
    onlooker: Onlooker | None = None,
) -> tuple[TagModels, Matrix]:
    """The tag models, and the tags given out of fold (records, tags) as 0 and 1.

    A tag's threshold is the one at which it is given as often as the labels give it: one set for the best F1 of each
    tag by itself rests on too few cases, and did worse out of fold.
    """
    y = np.array([[tag in r.labels.tags for tag in TAGS] for r in records]).astype(np.int64)
    folds, words = np.array([r.fold for r in records]), np.array([r.answer.words for r in records], dtype=object)
    blank = np.zeros(len(TAGS))

    def predict(train: Matrix, test: Matrix) -> Matrix:
        fitted = _fit_tags(words[train], figures[train], y[train], seed)
        models = TagModels(**fitted, slopes=blank, encoder_slopes=blank, offsets=blank, thresholds=blank)
        readings = [records[int(n)].answer for n in np.flatnonzero(test)]
        return np.asarray(score(readings, figures[test], models)[0])

    scores = out_of_fold(folds, len(TAGS), predict)
    turned, given = _calibrated(scores, onlooker.tags(range(len(records))) if onlooker else None, y)
    return TagModels(**_fit_tags(words, figures, y, seed), **turned), given


def _calibrated(scores: Matrix, seen: Matrix | None, y: Matrix) -> tuple[dict[str, Matrix], Matrix]:
    """What turns scores into probabilities, tag by tag, and the tags that are given by it."""
    slopes, thresholds = np.ones(len(TAGS)), np.ones(len(TAGS))
    encoder_slopes, offsets = np.zeros(len(TAGS)), np.zeros(len(TAGS))
    given = np.zeros_like(y)
    for n in range(len(TAGS)):
        if not y[:, n].any():
            offsets[n] = -20.0
            continue
        shown = scores[:, [n]] if seen is None else np.column_stack([scores[:, n], seen[:, n]])
        platt = LogisticRegression(C=1.0).fit(shown, y[:, n])
        slopes[n], offsets[n] = float(platt.coef_[0, 0]), float(platt.intercept_[0])
        encoder_slopes[n] = 0.0 if seen is None else float(platt.coef_[0, 1])
        probabilities = platt.predict_proba(shown)[:, 1]
        thresholds[n] = float(np.quantile(probabilities, 1 - y[:, n].mean()))
        given[:, n] = probabilities >= thresholds[n]
    return {"slopes": slopes, "encoder_slopes": encoder_slopes, "offsets": offsets, "thresholds": thresholds}, given
