"""Whether the answer gives specific facts on the concern of the question, and in which sentence.

The concern is what the preamble is about; without a preamble, the subject of the asks (codebook section 3). Specific
means a figure, a date, a named measure, body, decision or document, and what it does about the concern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from qa_assess.candidates import is_tabled
from qa_assess.estimators import as_array
from qa_assess.exchange import Ask
from qa_assess.pairs import Overlap
from qa_assess.readings import Figures, Reading
from qa_assess.wording import printed, topics

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConcernModels:
    """The classifiers of this room, fitted: does a sentence state specific facts on the concern?"""

    words: Any
    figures: Any
    trees: Any


def concern_figures(question: Doc, asks: Sequence[Ask], answer: Reading, overlap: Overlap) -> Figures:
    """One row a sentence of the answer; shape (sentences, features)."""
    whole = topics(question)
    inside = frozenset().union(
        *(topics(s) for a in asks if (s := question.char_span(a.start, a.end, alignment_mode="expand")) is not None)
    )
    preamble = whole - inside or whole
    n, asked = len(answer.sentences), [is_tabled(printed(question)), len(asks), len(preamble) > 8]
    rows = []
    for i, sentence in enumerate(answer.sentences):
        proper = sum(t.pos_ == "PROPN" for t in sentence.span)
        rows.append(
            np.concatenate(
                [
                    [overlap.share(whole, sentence.topics), overlap.share(preamble, sentence.topics)],
                    [overlap.share(inside, sentence.topics), overlap.share(sentence.topics, whole)],
                    [i == 0, i == n - 1, min(i, 8), min(n, 12), min(len(sentence.span), 60) / 20, min(proper, 6)],
                    [*asked, sum(c.isdigit() for c in sentence.text) > 2],
                    sentence.entities,
                    sentence.cues,
                ]
            )
        )
    return np.array(rows, np.float32)


def concern_texts(answer: Reading) -> NDArray[Any]:
    """Columns of words, one row a sentence: plain, and its clauses."""
    return as_array([[s.words, s.structure] for s in answer.sentences])


def concern_probabilities(
    readings: Sequence[Reading], figures: Sequence[Figures], models: ConcernModels
) -> list[Probabilities]:
    """For each sentence of each answer how likely it states facts on the concern.

    Args:
        readings: Answers with at least one sentence.
        figures: Their blocks of `concern_figures`.
        models: The fitted classifiers.
    """
    table = np.vstack(list(figures))
    texts = np.vstack([concern_texts(r) for r in readings])
    members = (
        models.words.predict_proba(texts)[:, 1],
        models.figures.predict_proba(table)[:, 1],
        models.trees.predict_proba(table)[:, 1],
    )
    return np.split(np.mean(members, axis=0), np.cumsum([len(f) for f in figures])[:-1])
