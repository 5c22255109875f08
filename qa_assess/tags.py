"""What kind of reply an answer is: the codebook's nineteen response tags, each with the sentence that earns it.

For each tag a one-against-rest classifier over the answer's words, one over its cues and its distance from the
question, and trees over the same; their log-odds are averaged and set against the tag's own calibrated threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from spacy.tokens import Doc

from qa_assess.candidates import is_tabled
from qa_assess.codebook import Kind, Tag
from qa_assess.exchange import Ask, ResponseTag
from qa_assess.pairs import Overlap
from qa_assess.readings import Figures, Reading
from qa_assess.wording import printed, topics

TAGS = tuple(Tag)
_WEIGHTS = (1.0, 0.5, 1.0, 0.8)
_SURE = 1e-3
_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class TagModels:
    """The classifiers of this room, fitted; `slopes` and `offsets` (tags,) turn scores into probabilities.

    `encoder_slopes` (tags,) do so with the encoder's log-odds; they are 0 where the grader has no encoder.

    A tag is given at a probability of its `thresholds` (tags,) or more.
    """

    words: Any
    figures: Any
    trees: Any
    slopes: NDArray[np.float64]
    encoder_slopes: NDArray[np.float64]
    offsets: NDArray[np.float64]
    thresholds: NDArray[np.float64]


def tag_figures(question: Doc, asks: Sequence[Ask], answer: Reading, overlap: Overlap) -> Figures:
    """One row for an answer: cues of the whole, the first and the last sentence; distance; length; kinds asked."""
    wanted = topics(question)
    sentences = answer.sentences
    close = [overlap.share(wanted, s.topics) for s in sentences]
    kinds = [ask.kind for ask in asks]
    return np.concatenate(
        [
            answer.cues,
            np.max([s.cues for s in sentences], axis=0),
            sentences[0].cues,
            sentences[-1].cues,
            [overlap.share(wanted, answer.topics), max(close), close[0], close[-1]],
            [overlap.share(answer.topics, wanted), np.log1p(answer.length), min(len(sentences), 20)],
            [is_tabled(printed(question)), len(asks), printed(answer.doc).rstrip().endswith("?")],
            [float(kinds.count(kind)) for kind in _KINDS],
        ]
    ).astype(np.float32)


def tag_scores(
    readings: Sequence[Reading], figures: Figures, models: TagModels
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Log-odds of each tag for each answer, shape (answers, tags), and for each sentence of each answer."""
    whole = models.words.predict_proba([r.words for r in readings])
    sentences = models.words.predict_proba([s.words for r in readings for s in r.sentences])
    blocks = np.split(sentences, np.cumsum([len(r.sentences) for r in readings])[:-1])
    best = np.array([block.max(axis=0) for block in blocks])
    members = (whole, best, models.figures.predict_proba(figures), models.trees.predict_proba(figures))
    scores = sum(w * logit(np.clip(m, _SURE, 1 - _SURE)) for w, m in zip(_WEIGHTS, members, strict=True))
    return np.asarray(scores), blocks


def find_tags(
    readings: Sequence[Reading], figures: Figures, models: TagModels, seen: NDArray[np.float64] | None = None
) -> list[tuple[ResponseTag, ...]]:
    """The tags of each answer, in the order of the codebook.

    Args:
        readings: Answers with at least one sentence.
        figures: Their rows of `tag_figures`.
        models: The fitted classifiers.
        seen: The encoder's log-odds (answers, tags), where there is an encoder.
    """
    if not readings:
        return []
    scores, blocks = tag_scores(readings, figures, models)
    added = 0 if seen is None else models.encoder_slopes * seen
    probabilities = expit(models.slopes * scores + added + models.offsets)
    found = []
    for reading, row, sentences in zip(readings, probabilities, blocks, strict=True):
        given = []
        for n, tag in enumerate(TAGS):
            if row[n] >= models.thresholds[n]:
                place = reading.sentences[int(sentences[:, n].argmax())]
                given.append(ResponseTag(tag, place.start, place.end, round(float(row[n]), 4)))
        found.append(tuple(given))
    return found


def primary_tag(tags: Sequence[ResponseTag]) -> Tag | None:
    """The most telling tag: the first in the codebook's order, which puts what happens to the matter before manner.

    >>> primary_tag([ResponseTag(Tag.PRAISE, 0, 5), ResponseTag(Tag.UNDER_REVIEW, 6, 30)])
    <Tag.UNDER_REVIEW: 'under-review'>
    """
    order = {tag: n for n, tag in enumerate(TAGS)}
    return min((t.name for t in tags), key=order.__getitem__, default=None)
