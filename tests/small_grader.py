"""A grader small enough to fit in a test: every room's classifiers, fitted on two dozen exchanges of our own."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from conftest import make_ask
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from spacy.tokens import Doc

from qa_assess import outcomes as outcome_room
from qa_assess.ask_filter import FILTER_COLUMNS, filter_row
from qa_assess.asks import AskModels, kind_row
from qa_assess.candidates import candidates
from qa_assess.codebook import STATUSES, Status, Tag
from qa_assess.concern import ConcernModels, concern_figures, concern_texts
from qa_assess.estimators import as_array, hashed_words, linear, scaled_linear, table, text_columns, trees
from qa_assess.exchange import Ask
from qa_assess.grader import CASES, FEW, GradeModels, grade_figures, grade_texts
from qa_assess.model_files import GraderModels
from qa_assess.outcomes import OutcomeModels
from qa_assess.pairs import Overlap, Pair, rarities
from qa_assess.pipeline import load_parser
from qa_assess.readings import Reading
from qa_assess.tags import TAGS, TagModels, tag_figures
from qa_assess.wording import topics, words


def _read() -> tuple[tuple[str, ...], ...]:
    """Question, the ask in it (all of it but its mark; empty where it has no kind), kind, status, answer, tags."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(
        (r["question"], r["question"][:-1] if r["kind"] else "", r["kind"], r["status"], r["answer"], r["tags"])
        for r in rows
    )


EXCHANGES = _read()


@dataclass(frozen=True)
class Case:
    """One of the exchanges, parsed."""

    question: Doc
    answer: Reading
    asks: tuple[Ask, ...]
    status: int
    tags: frozenset[Tag]

    @property
    def case(self) -> int:
        """Where its grades stand among the grader's four cases."""
        return {0: 0, 1: 2, 2: 3}[self.status]


def read_cases() -> list[Case]:
    nlp = load_parser()
    return [
        Case(
            nlp(question),
            Reading(nlp(answer)),
            (make_ask(question, ask, kind),) if ask else (),
            STATUSES.index(Status(status)) if ask else 0,
            frozenset(Tag(t) for t in tags.split()),
        )
        for question, ask, kind, status, answer, tags in EXCHANGES
    ]


def _asks(cases: list[Case]) -> AskModels:
    found = [candidates(case.question) for case in cases]
    rows = [filter_row(c.question, own, n) for c, own in zip(cases, found, strict=True) for n in range(len(own))]
    labels = [bool(c.asks) for c, own in zip(cases, found, strict=True) for _ in own]
    asked = [(case, ask) for case in cases for ask in case.asks]
    shown = as_array([kind_row(case.question, ask.start, ask.end) for case, ask in asked])
    blocks = [(f"column{n}", hashed_words((1, 1), space=2**10), 1.0) for n in range(shown.shape[1])]
    filter_words = make_pipeline(hashed_words((1, 1), space=2**10), linear(9.0))
    return AskModels(
        filter_words=filter_words.fit([text for text, _ in rows], labels),
        filter_trees=trees(2).fit(table([figures for _, figures in rows], FILTER_COLUMNS), labels),
        kinds=make_pipeline(text_columns(blocks), linear(9.0)).fit(shown, [ask.kind.value for _, ask in asked]),
        threshold=0.5,
    )


def _outcomes(cases: list[Case], overlap: Overlap) -> OutcomeModels:
    with_asks = [case for case in cases if case.asks]
    pairs = [Pair(c.asks[0], c.asks, c.question, c.answer, overlap) for c in with_asks]
    status = np.array([c.status for c in with_asks])
    evidence = np.array([c.status + 1 for c in with_asks for _ in c.answer.sentences])
    evidence[::6] = 0
    texts = outcome_room.sentence_texts(pairs)
    columns = [(f"column{n}", hashed_words(space=2**10), 1.0) for n in range(texts.shape[1])]
    sentence_words = make_pipeline(text_columns(columns), linear(5.0)).fit(texts, evidence)
    sentence_figures = scaled_linear(0.1).fit(outcome_room.sentence_table(pairs), evidence)
    known = np.repeat(np.eye(4)[status + 1] * 0.88 + 0.03, [len(c.answer.sentences) for c in with_asks], axis=0)
    sentences = outcome_room.split(pairs, known)
    figures, votes = outcome_room.ask_table(pairs, sentences), outcome_room.vote_table(pairs, sentences)
    wide = outcome_room.crossed_table(pairs, figures)
    shown = outcome_room.ask_texts(pairs, sentences)
    blocks = [(f"column{n}", hashed_words(space=2**10), 1.0) for n in range(shown.shape[1])]
    return OutcomeModels(
        sentence_words=sentence_words,
        sentence_figures=sentence_figures,
        figures=scaled_linear(0.01).fit(wide, status),
        at_least_partial=scaled_linear(0.01).fit(wide, status > 0),
        at_least_full=scaled_linear(0.01).fit(wide, status > 1),
        votes=scaled_linear(0.1).fit(votes, status),
        words=make_pipeline(text_columns(blocks), linear(5.0)).fit(shown, status),
        trees=trees(2).fit(np.hstack([figures, votes]), status),
        calibration=LogisticRegression().fit(
            outcome_room.beside_siblings(pairs, np.log(np.eye(3)[status] * 0.7 + 0.1)), status
        ),
    )


def _concern(cases: list[Case], overlap: Overlap) -> ConcernModels:
    figures = np.vstack([concern_figures(c.question, c.asks, c.answer, overlap) for c in cases])
    texts = np.vstack([concern_texts(c.answer) for c in cases])
    labels = np.array([any(ch.isdigit() for ch in s.text) for c in cases for s in c.answer.sentences])
    columns = [(f"column{n}", hashed_words(space=2**10), 1.0) for n in range(texts.shape[1])]
    return ConcernModels(
        words=make_pipeline(text_columns(columns), linear(5.0)).fit(texts, labels),
        figures=scaled_linear(0.1).fit(figures, labels),
        trees=trees(2).fit(figures, labels),
    )


def _tags(cases: list[Case], overlap: Overlap) -> TagModels:
    labels = np.array([[tag in c.tags for tag in TAGS] for c in cases]).astype(np.int64)
    # A tag that no exchange has would leave a classifier without a class: the last one has those.
    labels[-1] |= labels.sum(axis=0) == 0
    figures = np.array([tag_figures(c.question, c.asks, c.answer, overlap) for c in cases])
    strong = make_pipeline(hashed_words(space=2**10), OneVsRestClassifier(linear(50.0, balanced=True)))
    return TagModels(
        words=strong.fit([c.answer.words for c in cases], labels),
        figures=make_pipeline(StandardScaler(), OneVsRestClassifier(linear(0.1))).fit(figures, labels),
        trees=OneVsRestClassifier(trees(2)).fit(figures, labels),
        slopes=np.ones(len(TAGS)),
        encoder_slopes=np.zeros(len(TAGS)),
        offsets=np.full(len(TAGS), 4.0),
        thresholds=np.full(len(TAGS), 0.5),
    )


def _grade(cases: list[Case], overlap: Overlap) -> GradeModels:
    asked = [c for c in cases if c.asks]
    outcomes = [np.eye(3)[[c.status]] * 0.7 + 0.1 for c in asked]
    rows = [tag_figures(c.question, c.asks, c.answer, overlap) for c in asked]
    facts = [np.full(len(c.answer.sentences), 0.2) for c in asked]
    figures = np.array(
        [grade_figures(o, f, c.asks, r) for o, f, c, r in zip(outcomes, facts, asked, rows, strict=True)]
    )
    labels = np.array([c.case for c in asked])
    labels[:2] = 1  # every case has to be there, facts on the concern too
    texts = grade_texts([" ".join(words(c.question)) for c in asked], [c.answer for c in asked])
    columns = [(f"column{n}", hashed_words(space=2**10), 1.0) for n in range(texts.shape[1])]
    return GradeModels(
        outcomes=scaled_linear(1.0).fit(figures[:, :FEW], labels),
        figures=trees(2).fit(figures, labels),
        words=make_pipeline(text_columns(columns), linear(3.0)).fit(texts, labels),
        calibration=LogisticRegression().fit(np.log(np.eye(len(CASES))[labels] * 0.6 + 0.1), labels),
    )


def fit_small_grader() -> GraderModels:
    """Fit all rooms; the same on every call."""
    cases = read_cases()
    rarity = rarities(topics(c.question) | c.answer.topics for c in cases)
    overlap = Overlap(rarity)
    return GraderModels(
        rarity=rarity,
        asks=_asks(cases),
        outcomes=_outcomes(cases, overlap),
        concern=_concern(cases, overlap),
        tags=_tags(cases, overlap),
        grade=_grade(cases, overlap),
    )


if __name__ == "__main__":  # in a process of its own
    import sys

    from qa_assess.model_files import save

    save(fit_small_grader(), Path(sys.argv[1]), {"name": "small", "version": "0"})
