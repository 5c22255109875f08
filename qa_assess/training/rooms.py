"""Fit each room's classifiers, and predict out of fold what the next room learns from.

A room downstream must not see what a room upstream thinks of the very records that it learned from: it would trust it
too much. So every room is fitted once on everything, to ship, and once without each fold, to predict that fold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from qa_assess import outcomes as outcome_room
from qa_assess.asks import FILTER_COLUMNS, AskModels, choose, filter_row, kind_row
from qa_assess.candidates import is_tabled
from qa_assess.codebook import Kind
from qa_assess.concern import ConcernModels, concern_texts
from qa_assess.estimators import as_array, blend, hashed_words, linear, scaled_linear, table, text_columns, trees
from qa_assess.exchange import Ask
from qa_assess.grader import GradeModels
from qa_assess.model_files import GraderModels
from qa_assess.outcomes import (
    OutcomeModels,
    ask_table,
    ask_texts,
    crossed_table,
    sentence_table,
    sentence_texts,
    vote_table,
)
from qa_assess.tags import TAGS, TagModels
from qa_assess.training.material import Example, Record, is_ask, out_of_fold

Matrix = NDArray[Any]
THRESHOLD = 0.5


def _rows(blocks: Sequence[Sequence[Any]], mask: Matrix) -> list[Any]:
    return [row for block, keep in zip(blocks, mask, strict=True) if keep for row in block]


def calibrator() -> LogisticRegression:
    """Multinomial logistic calibration of log scores (Platt's method for several classes)."""
    return LogisticRegression(C=1.0, max_iter=400)


# Asks ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _AskTables:
    words: list[list[str]]
    figures: list[Matrix]
    labels: list[Matrix]


def _ask_tables(records: Sequence[Record]) -> _AskTables:
    rows = [[filter_row(r.question, r.found, n) for n in range(len(r.found))] for r in records]
    return _AskTables(
        [[words for words, _ in own] for own in rows],
        [table([figures for _, figures in own], FILTER_COLUMNS) for own in rows],
        [is_ask(r) for r in records],
    )


def _fit_filter(tables: _AskTables, mask: Matrix, seed: int) -> tuple[Any, Any]:
    y = np.concatenate([x for x, keep in zip(tables.labels, mask, strict=True) if keep])
    words = make_pipeline(hashed_words((1, 1), space=2**14), linear(3.0, seed=seed))
    figures = np.vstack([x for x, keep in zip(tables.figures, mask, strict=True) if keep])
    return words.fit(_rows(tables.words, mask), y), trees(150, seed=seed).fit(figures, y)


def _fit_kinds(records: Sequence[Record], mask: Matrix, seed: int) -> Pipeline:
    chosen = [r for r, keep in zip(records, mask, strict=True) if keep]
    rows = [kind_row(r.question, a.start, a.end) for r in chosen for a in r.asks]
    kinds = [a.kind.value for r in chosen for a in r.asks]
    columns = text_columns(
        [
            ("words", hashed_words((1, 3), space=2**14), 0.7),
            ("letters", hashed_words((2, 5), space=2**14, analyzer="char_wb"), 0.7),
            ("opener", hashed_words((1, 3), space=2**13), 1.2),
            ("places", hashed_words((1, 2), space=2**13), 0.7),
            ("structure", hashed_words((1, 1), space=2**13), 1.0),
            ("cues", hashed_words((1, 2), space=2**12), 1.5),
        ]
    )
    return make_pipeline(columns, linear(6.0, balanced=True, seed=seed)).fit(as_array(rows), np.array(kinds))


def fit_asks(records: Sequence[Record], seed: int) -> tuple[AskModels, list[tuple[Ask, ...]]]:
    """The ask models, and the asks found in each record out of fold."""
    tables, folds = _ask_tables(records), np.array([r.fold for r in records])
    found: list[tuple[Ask, ...]] = [()] * len(records)
    for fold in sorted(set(folds)):
        seen = folds != fold
        models = AskModels(*_fit_filter(tables, seen, seed), _fit_kinds(records, seen, seed), THRESHOLD)
        for n in np.flatnonzero(~seen):
            found[n] = _find(records[int(n)], tables, int(n), models)
    everything = np.ones(len(records), bool)
    final = AskModels(*_fit_filter(tables, everything, seed), _fit_kinds(records, everything, seed), THRESHOLD)
    return final, found


def _find(record: Record, tables: _AskTables, n: int, models: AskModels) -> tuple[Ask, ...]:
    if not record.found:
        return ()
    by_words = models.filter_words.predict_proba(tables.words[n])[:, 1]
    by_trees = models.filter_trees.predict_proba(tables.figures[n])[:, 1]
    text = record.question.text
    chosen = choose((by_words + by_trees) / 2, record.found, models.threshold, tabled=is_tabled(text), text=text)
    spans = [record.found[k] for k in chosen]
    if not spans:
        return ()
    kinds = models.kinds.predict(as_array([kind_row(record.question, c.start, c.end) for c in spans]))
    return tuple(Ask(text[c.start : c.end], c.start, c.end, Kind(k)) for c, k in zip(spans, kinds, strict=True))


# Outcomes -----------------------------------------------------------------------------------------------------------


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
class _OutcomeTables:
    """What each family of classifiers is shown, one row an example."""

    wide: Matrix
    votes: Matrix
    texts: Matrix
    joined: Matrix

    @classmethod
    def of(cls, found: Sequence[Example], sentences: Sequence[Matrix]) -> "_OutcomeTables":
        pairs = [e.pair for e in found]
        figures, votes = ask_table(pairs, sentences), vote_table(pairs, sentences)
        return cls(crossed_table(pairs, figures), votes, ask_texts(pairs, sentences), np.hstack([figures, votes]))

    def shown(self, family: str) -> Matrix:
        return {"votes": self.votes, "words": self.texts, "trees": self.joined}.get(family, self.wide)


def _target(family: str, status: Matrix) -> Matrix:
    return {"at_least_partial": status > 0, "at_least_full": status > 1}.get(family, status)


def _fit_families(tables: _OutcomeTables, status: Matrix, mask: Matrix, seed: int) -> dict[str, Any]:
    return {
        name: make(seed).fit(tables.shown(name)[mask], _target(name, status[mask])) for name, make in _FAMILIES.items()
    }


def fit_outcomes(
    learn: Sequence[Example], ask: Sequence[Example], folds: Sequence[int], seed: int
) -> tuple[OutcomeModels, NDArray[np.float64]]:
    """The outcome models, and calibrated probabilities for the examples to `ask` about, out of fold.

    Args:
        learn: Labelled examples.
        ask: Examples as they were found, labelled or not (their labels are not looked at).
        folds: The fold of each record.
        seed: Seed of the classifiers.
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
    shown, status = _OutcomeTables.of(both, sentences), np.array([e.status for e in both])

    def predict_asks(train: Matrix, test: Matrix) -> Matrix:
        models = _fit_families(shown, status, train & is_learn, seed)
        return blend(_family_members(models, shown, test))

    scores = out_of_fold(fold, 3, predict_asks)
    calibrated = out_of_fold(
        fold, 3, lambda a, b: calibrator().fit(scores[a & is_learn], status[a & is_learn]).predict_proba(scores[b])
    )
    words, tables = fit_sentences(is_learn[own])
    final = OutcomeModels(
        sentence_words=words,
        sentence_figures=tables,
        calibration=calibrator().fit(scores[is_learn], status[is_learn]),
        **_fit_families(shown, status, is_learn, seed),
    )
    return final, calibrated[~is_learn]


def _family_members(models: dict[str, Any], shown: _OutcomeTables, mask: Matrix) -> list[Matrix]:
    by = {name: model.predict_proba(shown.shown(name)[mask]) for name, model in models.items()}
    return outcome_room.combine(by)


# Concern ------------------------------------------------------------------------------------------------------------


def fit_concern(
    records: Sequence[Record], figures: Sequence[Matrix], seed: int
) -> tuple[ConcernModels, list[NDArray[np.float64]]]:
    """The concern models, and the probabilities of each record's sentences out of fold."""
    y = np.concatenate([_concern_rows(r) for r in records])
    fold = np.repeat([r.fold for r in records], [len(f) for f in figures])
    shown, texts = np.vstack(list(figures)), np.vstack([concern_texts(r.answer) for r in records])

    def fit(mask: Matrix) -> ConcernModels:
        columns = [("words", hashed_words(space=2**14), 1.0), ("clauses", hashed_words((1, 1), space=2**14), 0.5)]
        words = make_pipeline(text_columns(columns), linear(2.0, seed=seed)).fit(texts[mask], y[mask])
        return ConcernModels(
            words=words,
            figures=scaled_linear(0.01, seed=seed).fit(shown[mask], y[mask]),
            trees=trees(200, seed=seed).fit(shown[mask], y[mask]),
        )

    def predict(train: Matrix, test: Matrix) -> Matrix:
        models = fit(train)
        members = (
            models.words.predict_proba(texts[test]),
            models.figures.predict_proba(shown[test]),
            models.trees.predict_proba(shown[test]),
        )
        return np.asarray(np.mean(members, axis=0)[:, 1:])

    flat = out_of_fold(fold, 1, predict)[:, 0]
    return fit(np.ones(len(y), bool)), np.split(flat, np.cumsum([len(f) for f in figures])[:-1])


def _concern_rows(record: Record) -> Matrix:
    span = record.labels.concern_evidence
    rows = [int(bool(span and span.start < s.end and span.end > s.start)) for s in record.answer.sentences]
    return np.array(rows)


# Tags ---------------------------------------------------------------------------------------------------------------


def _fit_tags(words: Matrix, figures: Matrix, y: Matrix, seed: int) -> dict[str, Any]:
    strong = make_pipeline(hashed_words(space=2**14), OneVsRestClassifier(linear(5.0, balanced=True, seed=seed)))
    tabled = make_pipeline(StandardScaler(), OneVsRestClassifier(linear(0.005, balanced=True, seed=seed)))
    boosted = OneVsRestClassifier(trees(80, leaves=8, balanced=True, seed=seed))
    return {
        "words": strong.fit(words, y),
        "figures": tabled.fit(figures, y),
        "trees": boosted.fit(figures, y),
    }


def fit_tags(
    records: Sequence[Record], figures: Matrix, score: Callable[..., Any], seed: int
) -> tuple[TagModels, Matrix]:
    """The tag models, and the tags given out of fold (records, tags) as 0 and 1.

    A tag's threshold is the one at which it is given as often as the labels give it: one set for the best F1 of each
    tag by itself rests on too few cases, and did worse out of fold.
    """
    y = np.array([[tag in r.labels.tags for tag in TAGS] for r in records]).astype(np.int64)
    folds, words = np.array([r.fold for r in records]), np.array([r.answer.words for r in records], dtype=object)
    blank = np.zeros(len(TAGS))

    def predict(train: Matrix, test: Matrix) -> Matrix:
        fitted = _fit_tags(words[train], figures[train], y[train], seed)
        models = TagModels(**fitted, slopes=blank, offsets=blank, thresholds=blank)
        readings = [records[int(n)].answer for n in np.flatnonzero(test)]
        return np.asarray(score(readings, figures[test], models)[0])

    scores = out_of_fold(folds, len(TAGS), predict)
    slopes, offsets, thresholds = np.ones(len(TAGS)), np.zeros(len(TAGS)), np.ones(len(TAGS))
    given = np.zeros_like(y)
    for n in range(len(TAGS)):
        if not y[:, n].any():
            offsets[n] = -20.0
            continue
        platt = LogisticRegression(C=1.0).fit(scores[:, [n]], y[:, n])
        slopes[n], offsets[n] = float(platt.coef_[0, 0]), float(platt.intercept_[0])
        probabilities = platt.predict_proba(scores[:, [n]])[:, 1]
        thresholds[n] = float(np.quantile(probabilities, 1 - y[:, n].mean()))
        given[:, n] = probabilities >= thresholds[n]
    final = _fit_tags(words, figures, y, seed)
    return TagModels(**final, slopes=slopes, offsets=offsets, thresholds=thresholds), given


# Grade --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GradeTables:
    """What the grade's classifiers are shown, one row a record, and the case that its labels are."""

    rules: Matrix
    figures: Matrix
    texts: Matrix
    cases: Matrix
    folds: Matrix
    few: int


def fit_grade(tables: GradeTables, seed: int) -> tuple[GradeModels, NDArray[np.float64]]:
    """The grade models, and calibrated probabilities of the four cases out of fold."""
    y = tables.cases

    def fit(mask: Matrix) -> dict[str, Any]:
        columns = [("answer", hashed_words(), 1.0), ("question", hashed_words(), 1.0), ("first", hashed_words(), 1.0)]
        return {
            "outcomes": scaled_linear(0.1, seed=seed).fit(tables.figures[mask][:, : tables.few], y[mask]),
            "figures": trees(150, seed=seed).fit(tables.figures[mask], y[mask]),
            "words": make_pipeline(text_columns(columns), linear(3.0, seed=seed)).fit(tables.texts[mask], y[mask]),
        }

    def predict(train: Matrix, test: Matrix) -> Matrix:
        models = fit(train)
        return blend(
            [
                tables.rules[test],
                models["outcomes"].predict_proba(tables.figures[test][:, : tables.few]),
                models["figures"].predict_proba(tables.figures[test]),
                models["words"].predict_proba(tables.texts[test]),
            ]
        )

    scores = out_of_fold(tables.folds, 4, predict)
    calibrated = out_of_fold(tables.folds, 4, lambda a, b: calibrator().fit(scores[a], y[a]).predict_proba(scores[b]))
    final = GradeModels(**fit(np.ones(len(y), bool)), calibration=calibrator().fit(scores, y))
    return final, calibrated


def compact(models: GraderModels) -> GraderModels:
    """The same models with single-precision coefficients: half the size, and no grade differs for it."""
    stack: list[Any] = [models]
    while stack:
        item = stack.pop()
        if isinstance(item, LogisticRegression):
            item.coef_, item.intercept_ = item.coef_.astype(np.float32), item.intercept_.astype(np.float32)
        elif hasattr(item, "steps"):
            stack += [step for _, step in item.steps]
        elif isinstance(item, OneVsRestClassifier):
            stack += list(item.estimators_)
        elif hasattr(item, "__dataclass_fields__"):
            stack += [getattr(item, f.name) for f in fields(item)]
    return models


__all__ = ["GradeTables", "compact", "fit_asks", "fit_concern", "fit_grade", "fit_outcomes", "fit_tags"]
