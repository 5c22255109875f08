"""Fit what finds the asks and names their kinds, and find the asks of every record out of fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline, make_pipeline

from qa_assess.ask_filter import FILTER_COLUMNS, choose, filter_row
from qa_assess.asks import AskModels, filter_scores, kind_row, name_asks
from qa_assess.candidates import Candidate, is_tabled
from qa_assess.estimators import (
    as_array,
    hashed_words,
    linear,
    table,
    text_columns,
    trees,
)
from qa_assess.exchange import Ask
from qa_assess.training.material import Record, is_ask
from qa_assess.training.onlooker import Onlooker

Matrix = NDArray[Any]

THRESHOLD = 0.5


def _rows(blocks: Sequence[Sequence[Any]], mask: Matrix) -> list[Any]:
    return [row for block, keep in zip(blocks, mask, strict=True) if keep for row in block]


@dataclass(frozen=True)
class _AskTables:
    words: list[list[str]]
    figures: list[Matrix]
    labels: list[Matrix]


def _ask_tables(records: Sequence[Record], onlooker: Onlooker | None) -> _AskTables:
    rows = [[filter_row(r.question, r.found, n) for n in range(len(r.found))] for r in records]
    return _AskTables(
        [[words for words, _ in own] for own in rows],
        [_figures([figures for _, figures in own], n, onlooker) for n, own in enumerate(rows)],
        [is_ask(r) for r in records],
    )


def _figures(own: Sequence[dict[str, float]], n: int, onlooker: Onlooker | None) -> Matrix:
    figures = table(own, FILTER_COLUMNS)
    return np.hstack([figures, onlooker.asked(n)]) if onlooker else figures


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


Found = list[tuple[Ask, ...]]


def fit_asks(records: Sequence[Record], seed: int, onlooker: Onlooker | None = None) -> tuple[AskModels, Found]:
    """The ask models, and the asks found in each record out of fold."""
    tables, folds = _ask_tables(records, onlooker), np.array([r.fold for r in records])
    found: Found = [()] * len(records)
    for fold in sorted(set(folds)):
        known = folds != fold
        models = AskModels(*_fit_filter(tables, known, seed), _fit_kinds(records, known, seed), THRESHOLD)
        for n in np.flatnonzero(~known):
            spans = _spans(records[int(n)], tables, int(n), models)
            seen = [onlooker.kinds(int(n), [(c.start, c.end) for c in spans])] if onlooker and spans else None
            (found[n],) = name_asks([records[int(n)].question], [spans], models, seen)
    everything = np.ones(len(records), bool)
    return AskModels(*_fit_filter(tables, everything, seed), _fit_kinds(records, everything, seed), THRESHOLD), found


def _spans(record: Record, tables: _AskTables, n: int, models: AskModels) -> list[Candidate]:
    if not record.found:
        return []
    scores = filter_scores(tables.words[n], tables.figures[n], models, None).tolist()
    text = record.question.text
    chosen = choose(scores, record.found, models.threshold, tabled=is_tabled(text), text=text)
    return [record.found[k] for k in chosen]
