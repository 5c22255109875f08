"""Fit what sees facts on the concern of the question, and predict them out of fold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline

from qa_assess.concern import ConcernModels, concern_texts
from qa_assess.estimators import hashed_words, linear, scaled_linear, text_columns, trees
from qa_assess.training.material import Record, out_of_fold

Matrix = NDArray[Any]


def fit_concern(
    records: Sequence[Record], figures: Sequence[Matrix], seed: int
) -> tuple[ConcernModels, list[NDArray[np.float64]]]:
    """The concern models, and the probabilities of each record's sentences out of fold."""
    y = np.concatenate([_concern_rows(r) for r in records])
    fold = np.repeat([r.fold for r in records], [len(f) for f in figures])
    shown, texts = np.vstack(list(figures)), np.vstack([concern_texts(r.answer) for r in records])

    def fit(mask: Matrix) -> ConcernModels:
        columns = [("words", hashed_words(space=2**14), 1.0), ("clauses", hashed_words((1, 1), space=2**14), 0.5)]
        words = make_pipeline(text_columns(columns), linear(2.0, seed=seed)).fit(texts[mask], y[mask])
        return ConcernModels(
            words=words,
            figures=scaled_linear(0.01, seed=seed).fit(shown[mask], y[mask]),
            trees=trees(200, seed=seed).fit(shown[mask], y[mask]),
        )

    def predict(train: Matrix, test: Matrix) -> Matrix:
        models = fit(train)
        members = (
            models.words.predict_proba(texts[test]),
            models.figures.predict_proba(shown[test]),
            models.trees.predict_proba(shown[test]),
        )
        return np.asarray(np.mean(members, axis=0)[:, 1:])

    flat = out_of_fold(fold, 1, predict)[:, 0]
    return fit(np.ones(len(y), bool)), np.split(flat, np.cumsum([len(f) for f in figures])[:-1])


def _concern_rows(record: Record) -> Matrix:
    span = record.labels.concern_evidence
    rows = [int(bool(span and span.start < s.end and span.end > s.start)) for s in record.answer.sentences]
    return np.array(rows)
