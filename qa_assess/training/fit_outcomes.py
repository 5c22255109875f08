"""Fit what judges each ask, and judge every ask out of fold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline, make_pipeline

from qa_assess import outcomes as outcome_room
from qa_assess.estimators import (
    blend,
    calibrator,
    hashed_words,
    linear,
    scaled_linear,
    stack,
    text_columns,
    trees,
)
from qa_assess.outcomes import (
    OutcomeModels,
    ask_table,
    ask_texts,
    beside_siblings,
    crossed_table,
    sentence_table,
    sentence_texts,
    vote_table,
)
from qa_assess.training.material import Example, out_of_fold
from qa_assess.training.onlooker import Onlooker

Matrix = NDArray[Any]


def _sentence_words(seed: int) -> Pipeline:
    columns = [("words", hashed_words(), 1.0), ("by_kind", hashed_words(), 1.0), ("clauses", hashed_words((1, 1)), 0.7)]
    return make_pipeline(text_columns(columns), linear(2.0, seed=seed))


def _ask_words(seed: int) -> Pipeline:
    columns = [
        ("answer", hashed_words(), 1.0),
        ("ask", hashed_words(), 0.7),
        ("best", hashed_words(), 0.8),
        ("by_kind", hashed_words(), 1.0),
        ("clauses", hashed_words((1, 1)), 0.8),
    ]
    return make_pipeline(text_columns(columns), linear(1.0, balanced=True, seed=seed))


_FAMILIES: dict[str, Callable[[int], Any]] = {
    "figures": lambda seed: scaled_linear(0.0005, balanced=True, seed=seed),
    "at_least_partial": lambda seed: scaled_linear(0.0005, seed=seed),
    "at_least_full": lambda seed: scaled_linear(0.0005, seed=seed),
    "votes": lambda seed: scaled_linear(0.1, balanced=True, seed=seed),
    "words": _ask_words,
    "trees": lambda seed: trees(200, leaves=12, balanced=True, seed=seed),
}


@dataclass(frozen=True)
class OutcomeTables:
    """What each family of classifiers is shown, one row an example."""

    wide: Matrix
    votes: Matrix
    texts: Matrix
    joined: Matrix

    @classmethod
    def of(cls, found: Sequence[Example], sentences: Sequence[Matrix]) -> "OutcomeTables":
        pairs = [e.pair for e in found]
        figures, votes = ask_table(pairs, sentences), vote_table(pairs, sentences)
        return cls(crossed_table(pairs, figures), votes, ask_texts(pairs, sentences), np.hstack([figures, votes]))

    def shown(self, family: str) -> Matrix:
        return {"votes": self.votes, "words": self.texts, "trees": self.joined}.get(family, self.wide)


def _target(family: str, status: Matrix) -> Matrix:
    return {"at_least_partial": status > 0, "at_least_full": status > 1}.get(family, status)


def fit_families(tables: OutcomeTables, status: Matrix, mask: Matrix, seed: int) -> dict[str, Any]:
    """Every family of classifiers, fitted on the rows of a mask; `status` is 0 none, 1 partial, 2 full."""
    return {
        name: make(seed).fit(tables.shown(name)[mask], _target(name, status[mask])) for name, make in _FAMILIES.items()
    }


def fit_outcomes(
    learn: Sequence[Example],
    ask: Sequence[Example],
    folds: Sequence[int],
    seed: int,
    onlooker: Onlooker | None = None,
) -> tuple[OutcomeModels, NDArray[np.float64]]:
    """The outcome models, and calibrated probabilities for the examples to `ask` about, out of fold.

    Args:
        learn: Labelled examples.
        ask: Examples as they were found, labelled or not (their labels are not looked at).
        folds: The fold of each record.
        seed: Seed of the classifiers.
        onlooker: The encoder, where the grader is to ask one.
    """
    both = [*learn, *ask]
    pairs = [e.pair for e in both]
    fold = np.array([folds[e.record] for e in both])
    is_learn = np.arange(len(both)) < len(learn)
    own = np.repeat(np.arange(len(both)), [len(p.answer.sentences) for p in pairs])
    evidence = np.concatenate([e.sentences for e in both])
    texts, figures = sentence_texts(pairs), sentence_table(pairs)

    def fit_sentences(mask: Matrix) -> tuple[Any, Any]:
        words = _sentence_words(seed).fit(texts[mask], evidence[mask])
        return words, scaled_linear(0.002, seed=seed).fit(figures[mask], evidence[mask])

    def predict_sentences(train: Matrix, test: Matrix) -> Matrix:
        words, tables = fit_sentences(train & is_learn[own])
        by_words, by_figures = words.predict_proba(texts[test]), tables.predict_proba(figures[test])
        return np.asarray((by_words + 2 * by_figures) / 3)

    sentences = outcome_room.split(pairs, out_of_fold(fold[own], 4, predict_sentences))
    shown, status = OutcomeTables.of(both, sentences), np.array([e.status for e in both])

    def predict_asks(train: Matrix, test: Matrix) -> Matrix:
        models = fit_families(shown, status, train & is_learn, seed)
        return blend(family_members(models, shown, test))

    blended = out_of_fold(fold, 3, predict_asks)
    words, tables = fit_sentences(is_learn[own])
    fitted = {"sentence_words": words, "sentence_figures": tables, **fit_families(shown, status, is_learn, seed)}
    scores = beside_siblings(pairs, stack(blended, onlooker.outcomes(both) if onlooker else None))

    def calibrated(train: Matrix, test: Matrix) -> Matrix:
        known = train & is_learn
        return np.asarray(calibrator().fit(scores[known], status[known]).predict_proba(scores[test]))

    final = calibrator().fit(scores[is_learn], status[is_learn])
    return OutcomeModels(**fitted, calibration=final), out_of_fold(fold, 3, calibrated)[~is_learn]


def family_members(models: dict[str, Any], shown: OutcomeTables, mask: Matrix) -> list[Matrix]:
    """Each family's probabilities of (none, partial, full) for the rows of a mask."""
    by = {name: model.predict_proba(shown.shown(name)[mask]) for name, model in models.items()}
    return outcome_room.combine(by)
