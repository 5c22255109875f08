"""How each ask was met, and where in the answer that is said.

Two steps, both scikit-learn classifiers on what spaCy found. First every sentence of the answer is read against the
ask: no evidence, or evidence of none, partial or full. Then the ask is judged from what its sentences said, the best
of them above all, by classifiers of unlike families (figures crossed with the kind of ask, an ordinal pair, words,
sentence votes, trees), averaged and calibrated with what they make of the question's other asks in view: an answer
that turns to one ask leaves another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_assess.estimators import as_array, blend, stack
from qa_assess.exchange import Ask
from qa_assess.pairs import ASK_BASE, SENTENCE_BASE, SENTENCE_COLUMNS, Pair, crossed
from qa_assess.readings import CUES, Figures

Probabilities = NDArray[np.float64]

_BASE = len(SENTENCE_BASE)
# Shares of none, partial and full among the asks of the training records.
_PRIORS = np.array([0.34, 0.295, 0.365])
# Columns of `ask_table`, block by block.
COLUMNS = (
    *(f"ask_{name}" for name in ASK_BASE),
    *(f"best_{name}" for name in SENTENCE_COLUMNS),
    *(f"first_{name}" for name in CUES),
    *(f"weighted_{name}" for name in CUES),
    *(f"answer_{name}" for name in CUES),
    *("evidence_best", "evidence_place", "evidence_sum"),
)
_CROSSED = tuple(
    n
    for n, name in enumerate(COLUMNS)
    if name.startswith(("best_", "answer_"))
    or name in {"first_yes", "first_no", "first_agrees", "first_is_right", "first_disagrees", "ask_close_max"}
    or name in {"ask_close_answer", "ask_question_answer", "ask_log_answer_length", "ask_years_shared"}
)


@dataclass(frozen=True, slots=True)
class OutcomeModels:
    """The classifiers of this room, fitted.

    Classes are 0 none, 1 partial, 2 full; of sentences 0 no evidence, and 1 to 3 the same.
    """

    sentence_words: Any
    sentence_figures: Any
    figures: Any
    at_least_partial: Any
    at_least_full: Any
    votes: Any
    words: Any
    trees: Any
    calibration: Any


def sentence_texts(pairs: Sequence[Pair]) -> NDArray[Any]:
    """Each sentence of each pair as columns of words: plain, by kind of ask, and its clauses by kind of ask."""
    rows = []
    for pair in pairs:
        for sentence in pair.answer.sentences:
            by_kind = " ".join(f"{pair.group}:{w}" for w in sentence.words.split())
            clauses = " ".join(f"{pair.group}:{t}" for t in sentence.structure.split())
            rows.append([sentence.words, by_kind, sentence.structure + " " + clauses])
    return as_array(rows)


def sentence_table(pairs: Sequence[Pair]) -> Figures:
    """The figures of each sentence of each pair, crossed with the kind of ask; shape (sentences, features)."""
    figures = np.vstack([pair.sentence_figures for pair in pairs])
    kinds = np.vstack([np.tile(p.kind_figures, (len(p.answer.sentences), 1)) for p in pairs])
    groups = [pair.group for pair in pairs for _ in pair.answer.sentences]
    return np.hstack([crossed(figures, groups, range(figures.shape[1])), kinds]).astype(np.float32)


def evidence(pairs: Sequence[Pair], models: OutcomeModels) -> list[Probabilities]:
    """Probabilities of (no evidence, none, partial, full) for each sentence of each pair."""
    by_words = models.sentence_words.predict_proba(sentence_texts(pairs))
    by_figures = models.sentence_figures.predict_proba(sentence_table(pairs))
    return split(pairs, (by_words + 2 * by_figures) / 3)


def split(pairs: Sequence[Pair], rows: Probabilities) -> list[Probabilities]:
    """Rows of all sentences, cut into one block a pair."""
    ends = np.cumsum([len(p.answer.sentences) for p in pairs])
    return np.split(rows, ends[:-1])


def best_sentence(sentences: Probabilities) -> int:
    """The sentence most likely to carry the evidence.

    >>> best_sentence(np.array([[0.9, 0.1, 0.0, 0.0], [0.2, 0.3, 0.3, 0.2]]))
    1
    """
    return int(sentences[:, 0].argmin())


def ask_table(pairs: Sequence[Pair], sentences: Sequence[Probabilities]) -> Figures:
    """The figures of each ask; shape (asks, COLUMNS)."""
    rows = []
    for pair, found in zip(pairs, sentences, strict=True):
        weight = 1 - found[:, 0]
        best = best_sentence(found)
        figures = pair.sentence_figures
        cues = figures[:, _BASE:]
        rows.append(
            np.concatenate(
                [
                    pair.figures,
                    figures[best],
                    cues[0],
                    weight @ np.minimum(1, cues),
                    pair.answer.cues,
                    [weight.max(), best, weight.sum()],
                ]
            )
        )
    return np.array(rows, np.float32)


def vote_table(pairs: Sequence[Pair], sentences: Sequence[Probabilities]) -> Figures:
    """What the sentences say together, and the kind of ask; shape (asks, 35)."""
    rows = []
    for pair, found in zip(pairs, sentences, strict=True):
        weight = 1 - found[:, 0]
        given = found[:, 1:] / np.maximum(weight, 1e-9)[:, None]
        squared = weight**2
        blocks = (
            *(found[:, 1:].max(0), found[:, 1:].sum(0), given[best_sentence(found)], [weight.max(), weight.sum()]),
            *((given * squared[:, None]).sum(0) / squared.sum(), given.max(0), found[0], pair.kind_figures),
        )
        rows.append(np.concatenate(blocks))
    return np.array(rows, np.float32)


def ask_texts(pairs: Sequence[Pair], sentences: Sequence[Probabilities]) -> NDArray[Any]:
    """Each ask as columns of words: the answer, the ask, the best sentence plain, by kind, and its clauses by kind."""
    rows = []
    for pair, found in zip(pairs, sentences, strict=True):
        best = pair.answer.sentences[best_sentence(found)]
        by_kind = " ".join(f"{pair.group}:{w}" for w in best.words.split())
        clauses = " ".join(f"{pair.group}:{t}" for s in pair.answer.sentences for t in s.structure.split())
        rows.append([pair.answer.words, pair.words, best.words, by_kind, clauses])
    return as_array(rows)


def crossed_table(pairs: Sequence[Pair], figures: Figures) -> Figures:
    """`ask_table`, its telling columns crossed with the kind of ask."""
    return crossed(figures, [pair.group for pair in pairs], _CROSSED)


def combine(by_family: Mapping[str, Probabilities]) -> list[Probabilities]:
    """The families' predictions as probabilities of (none, partial, full); the ordinal pair makes one of them.

    The ordinal pair was fitted without class weights; its share of each status is set against `_PRIORS` so that it
    agrees with the others on what a middling score is.
    """
    partial = by_family["at_least_partial"][:, 1]
    full = np.minimum(by_family["at_least_full"][:, 1], partial)
    ordinal = np.column_stack([1 - partial, partial - full, full]) / _PRIORS
    rest = [by_family[name] for name in ("figures", "votes", "words", "trees")]
    return [ordinal / ordinal.sum(axis=1, keepdims=True), *rest]


def members(pairs: Sequence[Pair], sentences: Sequence[Probabilities], models: OutcomeModels) -> list[Probabilities]:
    """Probabilities of (none, partial, full) by each family of classifiers; each of shape (asks, 3)."""
    figures = ask_table(pairs, sentences)
    votes = vote_table(pairs, sentences)
    wide = crossed_table(pairs, figures)
    return combine(
        {
            "figures": models.figures.predict_proba(wide),
            "at_least_partial": models.at_least_partial.predict_proba(wide),
            "at_least_full": models.at_least_full.predict_proba(wide),
            "votes": models.votes.predict_proba(votes),
            "words": models.words.predict_proba(ask_texts(pairs, sentences)),
            "trees": models.trees.predict_proba(np.hstack([figures, votes])),
        }
    )


def beside_siblings(pairs: Sequence[Pair], scores: Probabilities) -> Probabilities:
    """The scores of each ask, and the mean of those of its question's other asks (zeros where there is none).

    Args:
        pairs: Asks beside answers; all asks of a question are among them.
        scores: Log scores (asks, n).

    Returns:
        Shape (asks, 2n).
    """
    by_question: dict[tuple[int, tuple[Ask, ...]], dict[Ask, Probabilities]] = {}
    questions = [(id(pair.answer), pair.asks) for pair in pairs]
    for question, pair, row in zip(questions, pairs, scores, strict=True):
        by_question.setdefault(question, {})[pair.ask] = row
    siblings = np.zeros_like(scores)
    for n, (question, pair) in enumerate(zip(questions, pairs, strict=True)):
        others = [row for ask, row in by_question[question].items() if ask != pair.ask]
        if others:
            siblings[n] = np.mean(others, axis=0)
    return np.hstack([scores, siblings])


def judge(
    pairs: Sequence[Pair], models: OutcomeModels, seen: Probabilities | None = None
) -> tuple[Probabilities, list[Probabilities]]:
    """Calibrated probabilities of (none, partial, full) for each ask, and each ask's sentences.

    Args:
        pairs: Asks beside answers; every answer has at least one sentence, and all asks of a question are among them.
        models: The fitted classifiers.
        seen: The encoder's probabilities (asks, 3), where there is an encoder.
    """
    sentences = evidence(pairs, models)
    scores = stack(blend(members(pairs, sentences, models)), seen)
    return models.calibration.predict_proba(beside_siblings(pairs, scores)), sentences
