"""The scikit-learn estimators that the rooms share, and how they are kept in a file.

Texts are hashed, not indexed by a vocabulary: nothing of the training texts can be read out of the model, and it loads
at once. Everything is saved with skops, which names every type it needs and never runs code from a file.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

SPACE = 2**15


def hashed_words(ngrams: tuple[int, int] = (1, 2), *, space: int = SPACE, analyzer: str = "word") -> Pipeline:
    """TF-IDF weights of hashed n-grams of whitespace-separated tokens (or of characters within words)."""
    hashing = HashingVectorizer(
        analyzer=analyzer,
        ngram_range=ngrams,
        n_features=space,
        token_pattern=r"\S+" if analyzer == "word" else None,
        lowercase=False,
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
    )
    return make_pipeline(hashing, TfidfTransformer(sublinear_tf=True))


def text_columns(columns: Sequence[tuple[str, Pipeline, float]]) -> ColumnTransformer:
    """One hashed block a column of an array of strings (n, columns), each with its weight."""
    return ColumnTransformer(
        [(name, block, n) for n, (name, block, _) in enumerate(columns)],
        transformer_weights={name: weight for name, _, weight in columns},
        sparse_threshold=1.0,
    )


def linear(strength: float, *, balanced: bool = False, seed: int = 0) -> LogisticRegression:
    """Logistic regression; `strength` is scikit-learn's C (larger fits closer)."""
    return LogisticRegression(
        C=strength, class_weight="balanced" if balanced else None, max_iter=400, random_state=seed
    )


def scaled_linear(strength: float, *, balanced: bool = False, seed: int = 0) -> Pipeline:
    """Logistic regression on standardised columns."""
    return make_pipeline(StandardScaler(), linear(strength, balanced=balanced, seed=seed))


class CompactTrees(HistGradientBoostingClassifier):  # type: ignore[misc]
    """scikit-learn's boosted trees, stored as a few arrays instead of thousands of small ones.

    Only the stored form differs: a file of the trees of this project loads in a fraction of a second, not in twenty.
    """

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "_predictors" not in state:
            return state
        rounds = state.pop("_predictors")
        flat = [tree.nodes for row in rounds for tree in row]
        mapper = copy(state["_bin_mapper"])
        edges, mapper.bin_thresholds_ = mapper.bin_thresholds_, []
        return {
            **state,
            "_bin_mapper": mapper,
            "packed_nodes": np.concatenate(flat),
            "packed_sizes": np.array([len(nodes) for nodes in flat], np.int64),
            "packed_width": len(rounds[0]),
            "packed_edges": np.concatenate(edges),
            "packed_edge_sizes": np.array([len(e) for e in edges], np.int64),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        if "packed_nodes" in state:
            flat = np.split(state.pop("packed_nodes"), np.cumsum(state.pop("packed_sizes"))[:-1])
            width = state.pop("packed_width")
            edges = np.split(state.pop("packed_edges"), np.cumsum(state.pop("packed_edge_sizes"))[:-1])
            state["_bin_mapper"].bin_thresholds_ = edges
            # No column here is categorical, so the sets of categories are empty.
            empty = np.zeros((0, 8), np.uint32)
            grown = [TreePredictor(nodes.copy(), empty, empty) for nodes in flat]
            state["_predictors"] = [grown[n : n + width] for n in range(0, len(grown), width)]
        super().__setstate__(state)


def trees(rounds: int, *, leaves: int = 10, balanced: bool = False, seed: int = 0) -> CompactTrees:
    """Boosted trees, slow and well damped: the tables here are small."""
    return CompactTrees(
        max_iter=rounds,
        learning_rate=0.05,
        max_leaf_nodes=leaves,
        min_samples_leaf=20,
        l2_regularization=8.0,
        max_features=0.3,
        early_stopping=False,
        class_weight="balanced" if balanced else None,
        random_state=seed,
    )


def blend(members: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The mean of several classifiers' probabilities, as log scores for a calibration; shape (n, classes).

    >>> blend([np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]])]).round(2).tolist()
    [[-0.69, -0.69]]
    """
    return np.asarray(np.log(np.clip(np.mean(members, axis=0), 1e-4, 1)))


def stack(scores: np.ndarray[Any, Any], seen: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any]:
    """What a calibration learns from: our log scores and, where there is an encoder, its probabilities as log scores.

    >>> stack(np.zeros((1, 2)), np.array([[1.0, 0.0]])).round(1).tolist()
    [[0.0, 0.0, 0.0, -6.9]]
    """
    return scores if seen is None else np.hstack([scores, np.log(np.clip(seen, 1e-3, 1))])


def calibrator() -> LogisticRegression:
    """Multinomial logistic calibration of log scores (Platt's method for several classes)."""
    return LogisticRegression(C=1.0, max_iter=400)


def as_array(columns: Sequence[Sequence[str]]) -> np.ndarray[Any, Any]:
    """Rows of strings as the array (n, columns) that `text_columns` takes.

    >>> as_array([["a", "b"]]).shape
    (1, 2)
    """
    out = np.empty((len(columns), len(columns[0]) if columns else 0), dtype=object)
    for n, row in enumerate(columns):
        out[n] = row
    return out


def table(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> np.ndarray[Any, Any]:
    """Rows of named figures as a float32 array (n, names); what a row lacks is 0."""
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float32).reshape(-1, len(names))
