"""Fit what grades an answer from its outcomes, and grade every record out of fold."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline

from qa_assess.estimators import blend, calibrator, hashed_words, linear, scaled_linear, stack, text_columns, trees
from qa_assess.grader import FEW, GradeModels
from qa_assess.training.material import out_of_fold

Matrix = NDArray[Any]


@dataclass(frozen=True)
class GradeTables:
    """What the grade's classifiers are shown, one row a record, and the case that its labels are."""

    rules: Matrix
    figures: Matrix
    texts: Matrix
    cases: Matrix
    folds: Matrix


def fit_grade(tables: GradeTables, seen: Matrix | None, seed: int) -> tuple[GradeModels, NDArray[np.float64]]:
    """The grade models, and calibrated probabilities of the four cases out of fold.

    Args:
        tables: What the classifiers are shown, and the cases.
        seen: The encoder's probabilities of the cases (records, 4), where the grader is to have one.
        seed: Seed of the classifiers.
    """
    y = tables.cases

    def fit(mask: Matrix) -> dict[str, Any]:
        columns = [("answer", hashed_words(), 1.0), ("question", hashed_words(), 1.0), ("first", hashed_words(), 1.0)]
        return {
            "outcomes": scaled_linear(0.1, seed=seed).fit(tables.figures[mask][:, :FEW], y[mask]),
            "figures": trees(150, seed=seed).fit(tables.figures[mask], y[mask]),
            "words": make_pipeline(text_columns(columns), linear(3.0, seed=seed)).fit(tables.texts[mask], y[mask]),
        }

    def predict(train: Matrix, test: Matrix) -> Matrix:
        models = fit(train)
        return blend(
            [
                tables.rules[test],
                models["outcomes"].predict_proba(tables.figures[test][:, :FEW]),
                models["figures"].predict_proba(tables.figures[test]),
                models["words"].predict_proba(tables.texts[test]),
            ]
        )

    scores = stack(out_of_fold(tables.folds, 4, predict), seen)
    calibrated = out_of_fold(tables.folds, 4, lambda a, b: calibrator().fit(scores[a], y[a]).predict_proba(scores[b]))
    final = GradeModels(**fit(np.ones(len(y), bool)), calibration=calibrator().fit(scores, y))
    return final, calibrated
