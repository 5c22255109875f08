"""Labelled records made ready for the rooms: parsed, folded by date, and set beside what was found in them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from qa_assess.candidates import Candidate, candidates
from qa_assess.codebook import GRADES, STATUSES, Grade
from qa_assess.errors import LabelError
from qa_assess.exchange import Ask
from qa_assess.grader import CASES
from qa_assess.hydration import read_texts
from qa_assess.labels import LabelledAsk, Labels, read_codings
from qa_assess.metrics import match_asks, word_overlap
from qa_assess.pairs import Overlap, Pair
from qa_assess.pipeline import load_parser, parse
from qa_assess.readings import Reading
from qa_assess.wording import topics

FOLDS = 5
_LEAST = 50

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """A labelled record, parsed, with its candidates and its fold (all records of a date are in one)."""

    labels: Labels
    question: Doc
    answer: Reading
    found: list[Candidate]
    fold: int

    @property
    def asks(self) -> tuple[Ask, ...]:
        return tuple(a.ask for a in self.labels.asks)

    @property
    def case(self) -> int | None:
        """Which of the grader's four cases the labels are; None where the record has no grade proper."""
        if self.labels.grade not in GRADES:
            return None
        strict = self.labels.grade_strict
        if strict is Grade.NON_ANSWER:
            return CASES.index((Grade.PARTIAL if self.labels.grade is Grade.PARTIAL else strict, strict))
        return CASES.index((strict, strict))


def fold_of(date: str, seed: int) -> int:
    """The fold of a date: by hash, so that new records do not move old ones.

    >>> fold_of("2001-05-04", 0) == fold_of("2001-05-04", 0)
    True
    """
    return int(hashlib.sha256(f"{seed}:{date}".encode()).hexdigest(), 16) % FOLDS


def read_records(paths: Sequence[Path], parser: Path | None, seed: int, texts: Sequence[Path] = ()) -> list[Record]:
    """Read and parse the labelled records of all files; those that the coder called ungraded are left out.

    Raises:
        LabelError: There are too few records, or too few dates, to train on.
    """
    labels = [x for x in read_corrected(paths, texts) if x.grade not in {Grade.UNGRADED, Grade.PENDING}]
    labels = [x for x in labels if x.exchange.question.strip() and x.exchange.answer.strip()]
    folds = [fold_of(x.exchange.date or x.id, seed) for x in labels]
    if len(labels) < _LEAST or len(set(folds)) < FOLDS:
        raise LabelError(
            f"{len(labels)} labelled records of {len({x.exchange.date for x in labels})} dates are too few to train on",
            hint=f"give at least {_LEAST} records of many dates; a few thousand make a grader that is of use",
        )
    nlp = load_parser(parser)
    questions = list(parse(nlp, [x.exchange.question for x in labels], entities=False))
    answers = [Reading(d) for d in parse(nlp, [x.exchange.answer for x in labels])]
    parsed = zip(labels, questions, answers, folds, strict=True)
    return [Record(x, q, a, candidates(q), fold) for x, q, a, fold in parsed if a.sentences]


def read_corrected(paths: Sequence[Path], texts: Sequence[Path] = ()) -> list[Labels]:
    """The labelled records of all files, a correction in the place of the record that it corrects.

    A record of the same id and texts is the same; of several corrections the last holds, whoever made it.
    """
    stored = read_texts(texts)
    labels = [_of_source(x, path.name) for path in paths for x in read_codings(path, stored)]
    corrections = {x.record: n for n, x in enumerate(labels) if x.coder}
    return [x for n, x in enumerate(labels) if corrections.get(x.record, n) == n]


def _of_source(labels: Labels, source: str) -> Labels:
    return replace(labels, exchange=replace(labels.exchange, source=source))


def topics_of(record: Record) -> frozenset[str]:
    """What a record is about, question and answer together."""
    return record.answer.topics | topics(record.question)


def is_ask(record: Record) -> Ints:
    """Which candidates are asks of the labels, one to one, the nearest in extent first; shape (candidates,)."""
    text = record.labels.exchange.question
    nearest = []
    for g, gold in enumerate(record.asks):
        for n, c in enumerate(record.found):
            shared = max(0, min(gold.end, c.end) - max(gold.start, c.start))
            extent = 2 * shared / (gold.end - gold.start + c.end - c.start)
            overlap = word_overlap(gold.text, text[c.start : c.end])
            if overlap >= 0.6:
                nearest.append((overlap + 0.3 * extent, g, n))
    chosen, used = np.zeros(len(record.found), np.int64), set()
    for _, g, n in sorted(nearest, reverse=True):
        if g not in used and not chosen[n]:
            used.add(g)
            chosen[n] = 1
    return chosen


@dataclass(frozen=True)
class Example:
    """An ask beside an answer with its label: status 0 none, 1 partial, 2 full; `sentences` 0 no evidence, else plus 1.

    `gold` is False for an ask as it was found; it stands for the gold ask that it matches.
    """

    record: int
    pair: Pair
    status: int
    sentences: Ints
    gold: bool


def _evidence_rows(answer: Reading, gold: LabelledAsk) -> Ints:
    status, span = STATUSES.index(gold.status), gold.evidence
    rows = [status + 1 if span and span.start < s.end and span.end > s.start else 0 for s in answer.sentences]
    return np.array(rows, np.int64)


def examples(records: Sequence[Record], found: Sequence[tuple[Ask, ...]], overlap: Overlap) -> list[Example]:
    """One example for each gold ask, and one more where the ask as found differs from it in extent or kind.

    Args:
        records: The records.
        found: The asks found in each, by classifiers that had not seen it.
        overlap: Weighs shared topics.
    """
    out = []
    for n, (record, own) in enumerate(zip(records, found, strict=True)):
        if record.case is None:
            continue
        for gold in record.labels.asks:
            pair = Pair(gold.ask, record.asks, record.question, record.answer, overlap)
            rows = _evidence_rows(record.answer, gold)
            out.append(Example(n, pair, STATUSES.index(gold.status), rows, True))
        for g, f in match_asks([a.text for a in record.asks], [a.text for a in own]):
            gold, ask = record.labels.asks[g], own[f]
            if ask.kind is gold.ask.kind and abs(ask.start - gold.ask.start) < 4 and abs(ask.end - gold.ask.end) < 4:
                continue
            pair = Pair(ask, own, record.question, record.answer, overlap)
            out.append(Example(n, pair, STATUSES.index(gold.status), _evidence_rows(record.answer, gold), False))
    return out


def out_of_fold(
    folds: NDArray[Any], width: int, fit_predict: Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
) -> NDArray[np.float64]:
    """Predictions for every row by a model that did not see its fold; shape (rows, width).

    Args:
        folds: The fold of each row.
        width: Columns of a prediction.
        fit_predict: Takes two boolean masks (train, test) and returns the predictions for the second.
    """
    out = np.zeros((len(folds), width))
    for fold in range(FOLDS):
        test = folds == fold
        if test.any():
            out[test] = fit_predict(~test, test)
    return out
