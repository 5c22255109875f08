"""The grader's features on QEvasion (CLARITY), with a head trained on its training set: a benchmark, never shipped.

    python benchmarks/qevasion.py ../shared/data/qevasion          # needs pip install ".[bench]"

QEvasion (Thomas and others, EMNLP 2024) labels answers of presidents of the United States as Clear Reply, Ambivalent or
Clear Non-Reply. Our parser, our sentence models and our figures are used as they ship; only the classifiers at the end
are fitted, on `train.jsonl`, with the settings that they have in our own training. The second row adds a classifier of
what the encoder's heads take in (`inner_state.py`), not only of what they say; its strength and its share of the vote
were chosen by the cross-validation that is printed first, by press conference. Nothing is chosen on the test sets. The
data's licence (CC BY-NC-ND 4.0) keeps the models made here out of anything that ships.
"""

import argparse
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import ONE_THREAD

# Before NumPy is imported.
os.environ.update(ONE_THREAD)

import numpy as np
from baselines import baselines
from inner_state import WatchedEncoder
from scoring import Report, timed
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline

from qa_assess.asks import find_spans, name_asks
from qa_assess.candidates import candidates
from qa_assess.codebook import Kind
from qa_assess.concern import concern_figures, concern_probabilities
from qa_assess.encoder import Impression
from qa_assess.estimators import hashed_words, linear, scaled_linear, text_columns, trees
from qa_assess.exchange import Ask
from qa_assess.grader import grade_figures, grade_texts
from qa_assess.model_files import load
from qa_assess.outcomes import evidence, judge
from qa_assess.pairs import Overlap, Pair
from qa_assess.pipeline import load_parser, parse
from qa_assess.readings import Reading
from qa_assess.resources import encoder_path, grader_path
from qa_assess.tags import tag_figures
from qa_assess.training.fit_outcomes import OutcomeTables, family_members, fit_families
from qa_assess.training.material import Example
from qa_assess.wording import words

CLARITY = ("Clear Non-Reply", "Ambivalent", "Clear Reply")
# How much of the vote is the inner state's, where it has one, and how strongly its classifier fits.
INNER, STRENGTH = 1 / 3, 0.0003
Row = dict[str, Any]


def clean(text: str) -> str:
    """Paragraphs were glued together ("issues.And"), and some answers begin with the speaker's name.

    >>> clean("THE PRESIDENT. We did.And we will.")
    'We did. And we will.'
    """
    text = re.sub(r"^\s*(?:THE PRESIDENT|The President)[.:]\s*", "", text)
    return re.sub(r"(?<=[a-z][.?!])(?=[A-Z])", " ", text).strip() or "-"


def read(path: Path) -> list[Row]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [{**r, "question": clean(r["question"]), "answer": clean(r["answer"])} for r in rows]


@dataclass(frozen=True)
class Shown:
    """A question beside its answer, what the encoder says of them, and what it holds (`inner_state`, and the tags)."""

    pair: Pair
    seen: Impression
    state: np.ndarray


@dataclass(frozen=True)
class Tables:
    """What the families of outcome classifiers are shown, the grade's figures and words, and the encoder's states."""

    outcome: OutcomeTables
    figures: np.ndarray
    texts: np.ndarray
    states: np.ndarray


class Features:
    """What our rooms see of a question and its answer, the whole question taken as one ask."""

    def __init__(self) -> None:
        self.nlp, self.models, self.encoder = load_parser(), load(grader_path(None)), WatchedEncoder(encoder_path(None))
        self.overlap = Overlap(self.models.rarity)
        self.readings: dict[str, Reading] = {}

    def pairs(self, rows: list[Row]) -> list[Shown]:
        """Each question beside its answer, and what the encoder says and holds of them; an answer is parsed once."""
        new = sorted({r["answer"] for r in rows} - set(self.readings))
        self.readings |= {text: Reading(doc) for text, doc in zip(new, parse(self.nlp, new), strict=True)}
        questions = list(parse(self.nlp, [r["question"] for r in rows]))
        answers, proposed = [self.readings[r["answer"]] for r in rows], [candidates(doc) for doc in questions]
        looked, states = [], []
        for doc, answer, own in zip(questions, answers, proposed, strict=True):
            spans = [(0, len(doc.text)), *((c.start, c.end) for c in own)]
            looked.append(self.encoder.read(doc, answer.doc, spans))
            states.append(np.concatenate([self.encoder.state, looked[-1].tags]))
        chosen = find_spans(questions, proposed, self.models.asks, [seen.asked[1:] for seen in looked])
        kept = [[own[n] for n in at] for own, at in zip(proposed, chosen, strict=True)]
        found = []
        for doc, answer, asks, seen, state in zip(
            questions, answers, name_asks(questions, kept, self.models.asks), looked, states, strict=True
        ):
            whole = Ask(doc.text, 0, len(doc.text), asks[0].kind if asks else Kind.VIEW)
            found.append(Shown(Pair(whole, (whole,), doc, answer, self.overlap), seen.of([0]), state))
        return found

    def tables(self, shown: list[Shown]) -> Tables:
        """What each classifier is shown, a row an answer."""
        pairs, impressions = [one.pair for one in shown], [one.seen for one in shown]
        seen = np.vstack([one.outcomes for one in impressions])
        examples = [Example(n, p, 0, np.zeros(0, np.int64), gold=False) for n, p in enumerate(pairs)]
        judged, _ = judge(pairs, self.models.outcomes, seen)
        rows = [tag_figures(p.question, p.asks, p.answer, self.overlap) for p in pairs]
        concern = [concern_figures(p.question, p.asks, p.answer, self.overlap) for p in pairs]
        facts = concern_probabilities([p.answer for p in pairs], concern, self.models.concern)
        figures = [grade_figures(j[None], f, p.asks, r) for j, f, p, r in zip(judged, facts, pairs, rows, strict=True)]
        texts = grade_texts([" ".join(words(p.question)) for p in pairs], [p.answer for p in pairs])
        opinions = np.hstack([seen, [one.cases for one in impressions]])
        outcome = OutcomeTables.of(examples, evidence(pairs, self.models.outcomes))
        return Tables(outcome, np.hstack([figures, opinions]), texts, np.array([one.state for one in shown]))


class Head:
    """Our families of outcome and grade classifiers, fitted anew, their probabilities averaged.

    Args:
        inner: Whether a classifier of the encoder's inner state votes too.
    """

    def __init__(self, *, inner: bool) -> None:
        self.inner = scaled_linear(STRENGTH, balanced=True) if inner else None

    def fit(self, tables: Tables, y: np.ndarray, mask: np.ndarray) -> "Head":
        figures, texts = tables.figures, tables.texts
        columns = [("answer", hashed_words(), 1.0), ("question", hashed_words(), 1.0), ("first", hashed_words(), 1.0)]
        self.families = fit_families(tables.outcome, y, mask, 0)
        self.figures = scaled_linear(0.005, balanced=True).fit(figures[mask], y[mask])
        self.trees = trees(150, balanced=True).fit(figures[mask], y[mask])
        self.words = make_pipeline(text_columns(columns), linear(3.0, balanced=True)).fit(texts[mask], y[mask])
        if self.inner is not None:
            self.inner.fit(tables.states[mask], y[mask])
        return self

    def predict(self, tables: Tables, mask: np.ndarray) -> np.ndarray:
        members = family_members(self.families, tables.outcome, mask)
        members += [m.predict_proba(tables.figures[mask]) for m in (self.figures, self.trees)]
        voted = np.mean([*members, self.words.predict_proba(tables.texts[mask])], axis=0)
        if self.inner is not None:
            voted = (1 - INNER) * voted + INNER * self.inner.predict_proba(tables.states[mask])
        return voted.argmax(1)


HEADS = {"qa-assess features": False, "… and inner state": True}


def labels(rows: list[Row]) -> np.ndarray:
    return np.array([CLARITY.index(r["clarity"]) for r in rows])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    folder = arguments.parse_args().folder
    features, train = Features(), read(folder / "train.jsonl")
    tables, y = features.tables(features.pairs(train)), labels(train)
    groups = [r["url"] for r in train]
    folds = list(StratifiedGroupKFold(5, shuffle=True, random_state=0).split(train, y, groups))
    report = Report(f"QEvasion train, 5 folds by press conference: {len(y)} answers, {', '.join(CLARITY)}")
    for name, inner in HEADS.items():
        crossed = np.zeros(len(y), np.int64)
        for learn, _ in folds:
            mask = np.isin(np.arange(len(y)), learn)
            crossed[~mask] = Head(inner=inner).fit(tables, y, mask).predict(tables, ~mask)
        report.add(name, y, crossed, 0.0, 1.0)
    report.show()
    everything = np.ones(len(y), bool)
    heads = {name: Head(inner=inner).fit(tables, y, everything) for name, inner in HEADS.items()}
    texts = [(r["question"], r["answer"]) for r in train]
    fitted = {name: make() for name, make in baselines().items()}
    for model in fitted.values():
        model.fit(texts, y)
    for name in ("test", "eval237"):
        measure(name, read(folder / f"{name}.jsonl"), heads, features, fitted)


def measure(name: str, rows: list[Row], heads: dict[str, Head], features: Features, fitted: dict[str, Any]) -> None:
    """Print one test set's table."""
    gold, texts = labels(rows), [(r["question"], r["answer"]) for r in rows]
    _, parser = timed(lambda: np.array([len(d) for d in parse(features.nlp, [t for pair in texts for t in pair])]))
    report = Report(f"QEvasion {name}: {len(rows)} answers")
    for label, model in fitted.items():
        report.add(label, gold, *timed(lambda model=model: model.predict(texts)), parser)
    everything = np.ones(len(rows), bool)
    tables, spent = timed(lambda: features.tables(features.pairs(rows)))
    for label, head in heads.items():
        given, own = timed(lambda head=head: head.predict(tables, everything))
        report.add(label, gold, given, spent + own, parser)
    report.show()


if __name__ == "__main__":
    main()
