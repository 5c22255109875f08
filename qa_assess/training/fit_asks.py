"""Fit what finds the asks and names their kinds, and find the asks of every record out of fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline, make_pipeline

from qa_assess.asks import FILTER_COLUMNS, AskModels, choose, filter_row, kind_row, name_asks
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


Found = list[tuple[Ask, ...]]


def fit_asks(records: Sequence[Record], seed: int, onlooker: Onlooker | None = None) -> tuple[AskModels, Found, Found]:
    """The ask models, and the asks found in each record out of fold, their kinds named with the encoder and without."""
    tables, folds = _ask_tables(records), np.array([r.fold for r in records])
    found: Found = [()] * len(records)
    plain: Found = [()] * len(records)
    for fold in sorted(set(folds)):
        seen = folds != fold
        models = AskModels(*_fit_filter(tables, seen, seed), _fit_kinds(records, seen, seed), THRESHOLD)
        for n in np.flatnonzero(~seen):
            spans = _spans(records[int(n)], tables, int(n), models)
            question = [records[int(n)].question]
            (found[n],) = (plain[n],) = name_asks(question, [spans], models)
            if onlooker and spans:
                seen = onlooker.kinds(int(n), [(c.start, c.end) for c in spans])
                (found[n],) = name_asks(question, [spans], models, [seen])
    everything = np.ones(len(records), bool)
    final = AskModels(*_fit_filter(tables, everything, seed), _fit_kinds(records, everything, seed), THRESHOLD)
    return final, found, plain


def _spans(record: Record, tables: _AskTables, n: int, models: AskModels) -> list[Candidate]:
    if not record.found:
        return []
    by_words = models.filter_words.predict_proba(tables.words[n])[:, 1]
    by_trees = models.filter_trees.predict_proba(tables.figures[n])[:, 1]
    text = record.question.text
    chosen = choose((by_words + by_trees) / 2, record.found, models.threshold, tabled=is_tabled(text), text=text)
    return [record.found[k] for k in chosen]
