"""A grader from labelled records: read, fold by date, fit each room, measure out of fold, write the folder."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from qa_assess.concern import concern_figures
from qa_assess.encoder import encoder_sha256
from qa_assess.errors import ModelError, OutputError
from qa_assess.evaluation import evaluate
from qa_assess.exchange import Ask
from qa_assess.grader import Verdict, decide, grade_figures, grade_texts, rule
from qa_assess.labels import labels_sha256
from qa_assess.model_files import GraderModels, read_config, save
from qa_assess.pairs import Overlap, Pair, rarities
from qa_assess.settings import Settings
from qa_assess.tags import tag_figures, tag_scores
from qa_assess.training.card import write_report
from qa_assess.training.fit_asks import fit_asks
from qa_assess.training.fit_concern import fit_concern
from qa_assess.training.fit_grade import GradeTables, fit_grade
from qa_assess.training.fit_outcomes import fit_outcomes
from qa_assess.training.fit_tags import fit_tags
from qa_assess.training.material import Example, Record, examples, read_records, topics_of
from qa_assess.training.onlooker import Onlooker
from qa_assess.training.scores import grade_scores, outcome_scores, sure_at, tag_micro_f1
from qa_assess.wording import words

NAME = "grader"
VERSION = "0.6.0"

Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What a training came to: where the grader is, and its figures out of fold."""

    output: Path
    metrics: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How a grader is trained.

    Attributes:
        seed: Of the folds and of every classifier; the same seed and data give the same bytes.
        parser: A spaCy pipeline's folder; None is the one that ships.
        held_out: Labelled records that no classifier may learn from: the finished grader is measured on them once, and
            the figures go into its folder.
        texts: Files of records for labels that come without their texts (`hydration`).
        encoder: An encoder's folder, for a grader that asks it; None makes one that does without.
        encoder_folds: The work folder of that encoder's training, with the networks that have not seen a part of the
            same records.
        fast: With an encoder: where to write a grader that does without it, trained on the same records.
    """

    seed: int = 0
    parser: Path | None = None
    held_out: Path | None = None
    texts: Sequence[Path] = ()
    encoder: Path | None = None
    encoder_folds: Path | None = None
    fast: Path | None = None


def train(labelled: Sequence[Path], output: Path, options: TrainingOptions | None = None) -> TrainingReport:
    """Train a grader on labelled records and write it to a folder.

    Args:
        labelled: JSON Lines files (or folders of them) with the codebook's labels.
        output: The folder; what it held of an earlier grader is overwritten.
        options: Seed, parser, texts, records to measure on.

    Raises:
        InputError: A file is not there.
        LabelError: Labels do not follow the codebook, or there are too few.
        ModelError: The encoder or its folds are missing or broken.
        OutputError: The folder cannot be written; found before the training begins.
    """
    options = options or TrainingOptions()
    if (options.encoder is None) is not (options.encoder_folds is None):
        hint = "`python -m qa_assess.encoder_training` writes both: give both, or neither"
        raise ModelError("of an encoder and its folds only one was given", hint=hint)
    for folder in (output, *([options.fast] if options.fast else [])):
        _check_writable(folder)
    records = read_records(labelled, options.parser, options.seed, options.texts)
    onlooker = Onlooker(records, options.encoder_folds) if options.encoder_folds else None
    report = _write(fit(records, options.seed, onlooker), (output, options.encoder), (records, labelled), options)
    if options.fast:
        _write(fit(records, options.seed), (options.fast, None), (records, labelled), options)
    return report


def _write(
    fitted: tuple[GraderModels, dict[str, Any]],
    place: tuple[Path, Path | None],
    data: tuple[Sequence[Record], Sequence[Path]],
    options: TrainingOptions,
) -> TrainingReport:
    """Write a grader, measure it on the held-out records, and write its card."""
    (models, metrics), (folder, encoder), (records, labelled), held_out = fitted, place, data, options.held_out
    config = {
        "name": NAME,
        "version": VERSION,
        "seed": options.seed,
        "records": len(records),
        "asks": sum(len(r.asks) for r in records),
        "labelled": {path.name: labels_sha256(path) for path in labelled},
        "sure_at": metrics.pop("sure_at"),
        "encoder": encoder_sha256(encoder) if encoder else None,
    }
    save(_compact(models), folder, config)
    settings = Settings(parser=options.parser, grader=folder, encoder=encoder)
    measured = (held_out, evaluate(held_out, settings)) if held_out else None
    write_report(folder, read_config(folder), metrics, measured)
    return TrainingReport(folder, metrics)


def _check_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        hint = "name a folder that you may write to"
        raise OutputError(f"the grader's folder {folder} cannot be written: {error.strerror}", hint=hint) from error


def fit(records: Sequence[Record], seed: int, onlooker: Onlooker | None = None) -> tuple[GraderModels, dict[str, Any]]:
    """All rooms fitted on all records, for a grader with an encoder or without, and their figures out of fold."""
    folds = [r.fold for r in records]
    rarity = rarities(topics_of(r) for r in records)
    overlap = Overlap(rarity)
    ask_models, found = fit_asks(records, seed, onlooker)
    asked = _as_found(records, found, overlap)
    outcome_models, judged = fit_outcomes(examples(records, found, overlap), asked, folds, seed, onlooker)
    shown = [concern_figures(r.question, own, r.answer, overlap) for r, own in zip(records, found, strict=True)]
    concern_models, facts = fit_concern(records, shown, seed)
    rows = np.array([tag_figures(r.question, own, r.answer, overlap) for r, own in zip(records, found, strict=True)])
    tag_models, tagged = fit_tags(records, rows, tag_scores, seed, onlooker)
    per_record = {n: own for n, own in _by_record(asked, judged).items() if records[n].case is not None}
    tables = _grade_tables(records, found, per_record, facts, rows)
    grade_models, cases = fit_grade(tables, onlooker.cases(list(per_record)) if onlooker else None, seed)
    verdicts = {n: decide(p, per_record[n]) for n, p in zip(per_record, cases, strict=True)}
    metrics = {
        "records": len(records),
        **outcome_scores(records, found, {n: v.statuses for n, v in verdicts.items()}),
        **grade_scores(records, verdicts),
        "tags_micro_f1": tag_micro_f1(records, tagged),
        "sure_at": sure_at(_sureness(records[n], verdict) for n, verdict in verdicts.items()),
    }
    return GraderModels(rarity, ask_models, outcome_models, concern_models, tag_models, grade_models), metrics


def _sureness(record: Record, verdict: Verdict) -> tuple[str, float, bool]:
    return record.labels.exchange.source, max(verdict.probabilities), record.labels.grade is verdict.grade


def _compact(models: GraderModels) -> GraderModels:
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


def _as_found(records: Sequence[Record], found: Sequence[tuple[Ask, ...]], overlap: Overlap) -> list[Example]:
    """Every ask found, with no label: what the grade will learn from."""
    return [
        Example(n, Pair(ask, own, r.question, r.answer, overlap), 0, np.zeros(len(r.answer.sentences), np.int64), False)
        for n, (r, own) in enumerate(zip(records, found, strict=True))
        for ask in own
    ]


def _by_record(asked: Sequence[Example], judged: Probabilities) -> dict[int, Probabilities]:
    out: dict[int, list[Probabilities]] = {}
    for example, row in zip(asked, judged, strict=True):
        out.setdefault(example.record, []).append(row)
    return {n: np.array(rows) for n, rows in out.items()}


def _grade_tables(
    records: Sequence[Record],
    found: Sequence[tuple[Ask, ...]],
    per_record: dict[int, Probabilities],
    facts: Sequence[Probabilities],
    rows: NDArray[np.float32],
) -> GradeTables:
    graded = list(per_record)
    return GradeTables(
        rules=np.array([rule(per_record[n], facts[n]) for n in graded]),
        figures=np.array([grade_figures(per_record[n], facts[n], found[n], rows[n]) for n in graded]),
        texts=grade_texts([" ".join(words(records[n].question)) for n in graded], [records[n].answer for n in graded]),
        cases=np.array([records[n].case for n in graded]),
        folds=np.array([records[n].fold for n in graded]),
    )
