"""How good the assessments are: labelled records graded blind and measured, with bootstrap intervals over records.

What the measures are stands in `metrics`, what is counted in `tally`; this module runs and reports.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_assess.codebook import CODEBOOK_VERSION, Grade, Kind, Policy, Status
from qa_assess.errors import LabelError
from qa_assess.evaluation_tables import tables
from qa_assess.exchange import Assessment, Exchange, Failure, Result
from qa_assess.labels import Labels, labels_sha256, read_labels
from qa_assess.metrics import BINS, MEASURES, SELECTIVE, THRESHOLDS, Counts
from qa_assess.resampling import Estimate, estimates, rounded
from qa_assess.settings import Settings
from qa_assess.tally import Case, confusions, groups, tally

__all__ = ["NOTE", "Assess", "Bin", "Estimate", "Evaluation", "Group", "evaluate", "tables"]

NOTE = (
    "The labels were made by a large language model working through the codebook record by record: "
    "the figures say how far the tool agrees with it, not with a panel of people."
)
Assess = Callable[[Iterable[Exchange]], Iterable[Result]]


@dataclass(frozen=True, slots=True)
class Bin:
    """Records whose top probability lies in [low, high): how many, its mean, and the share whose grade was right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to 4 decimals."""
        shares = {"confidence": rounded(self.confidence), "accuracy": rounded(self.accuracy)}
        return {"low": rounded(self.low), "high": rounded(self.high), "n": self.n} | shares


@dataclass(frozen=True, slots=True)
class Group:
    """Measures of one group of records; for an ask kind, of the asks of that kind and the records that hold one."""

    records: int
    measures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        labelled, sha256: Name and SHA-256 of the labelled data.
        records, left_out: Records measured, and those left out because the coder found nothing to grade (Ungraded).
        failures: Records that could not be assessed; each counts as wrong throughout.
        model, codebook: Versions.
        measures, selective: By name, as in `metrics.MEASURES` and `metrics.SELECTIVE`.
        calibration: By policy, ten bins of the top probability.
        confusions: `default`, `strict`, `outcome`, `kind`: how often a gold value (first) was given a value (second).
        groups: By division (`ask_kind`, `mode`, `period`, `answer_length`, `number_of_asks`), then by group.
    """

    labelled: str
    sha256: str
    records: int
    left_out: int
    failures: tuple[Failure, ...]
    model: str
    codebook: str
    resamples: int
    seed: int
    measures: Mapping[str, Estimate]
    selective: Mapping[str, Estimate]
    calibration: Mapping[str, tuple[Bin, ...]]
    confusions: Mapping[str, Counter[tuple[str, str]]]
    groups: Mapping[str, Mapping[str, Group]]
    note: str = NOTE

    def to_json(self) -> dict[str, Any]:
        """Plain values in a fixed order, rounded to 4 decimals: the same data and model give the same bytes."""
        failures = [{"id": f.id, "stage": f.stage, "message": f.message} for f in self.failures]
        plain = ("labelled", "sha256", "records", "left_out", "model", "codebook", "resamples", "seed", "note")
        return {
            **{name: getattr(self, name) for name in plain},
            "failures": failures,
            "measures": _estimates_json(self.measures),
            "selective": {policy: _selective_json(self.selective, policy) for policy in Policy},
            "calibration": {policy: [row.to_json() for row in self.calibration[policy]] for policy in Policy},
            "confusions": {name: _confusion_json(counted) for name, counted in self.confusions.items()},
            "groups": {
                division: {
                    name: {"records": group.records, "measures": _estimates_json(group.measures)}
                    for name, group in members.items()
                }
                for division, members in self.groups.items()
            },
        }


def evaluate(
    labelled: Path,
    settings: Settings | None = None,
    *,
    assess: Assess | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Assess labelled records without their labels, and measure how well that went.

    Args:
        labelled: A JSON Lines file of labelled records, or a folder of such files (`labels.read_labels`).
        settings: How the records are assessed.
        assess: What assesses them; None is `Assessor(settings).assess`.
        resamples: Bootstrap resamples of the records for the 95% intervals (percentile method).
        seed: Of the resampling.

    Raises:
        InputError: There is no such file.
        LabelError: A record departs from the codebook, or there is none to measure.
        ModelError: The model is missing or broken.
    """
    records = sorted(read_labels(labelled), key=lambda labels: labels.id)
    measured = [labels for labels in records if labels.grade is not Grade.UNGRADED]
    if not measured or resamples < 1:
        what = f"{labelled}: no labelled record to measure" if resamples > 0 else f"{resamples} resamples"
        raise LabelError(what, hint="give labelled records that are not all Ungraded, and at least one resample")
    results = _results(measured, assess or _assessor(settings))
    cases = [Case.of(labels, _assessment(results.get(labels.id))) for labels in measured]
    counts = tally(cases)
    models = {case.assessment.model for case in cases if case.assessment}
    return Evaluation(
        labelled=labelled.name,
        sha256=labels_sha256(labelled),
        records=len(measured),
        left_out=len(records) - len(measured),
        failures=tuple(_failure(labels, results.get(labels.id)) for labels in _failed(cases)),
        model=", ".join(sorted(models)),
        codebook=CODEBOOK_VERSION,
        resamples=resamples,
        seed=seed,
        measures=estimates(MEASURES, counts, resamples, seed),
        selective=estimates(SELECTIVE, counts, resamples, seed),
        calibration={policy: _bins(counts, policy) for policy in Policy},
        confusions=confusions(cases),
        groups=_groups(cases, resamples, seed),
    )


def _assessor(settings: Settings | None) -> Assess:
    from qa_assess.assessor import Assessor  # noqa: PLC0415  (spaCy and scikit-learn load with it)

    return Assessor(settings or Settings()).assess


def _results(records: Sequence[Labels], assess: Assess) -> dict[str, Result]:
    results = assess(labels.exchange for labels in records)
    return {result.exchange.id if isinstance(result, Assessment) else result.id: result for result in results}


def _assessment(result: Result | None) -> Assessment | None:
    return result if isinstance(result, Assessment) else None


def _failed(cases: Iterable[Case]) -> list[Labels]:
    return [case.labels for case in cases if case.assessment is None]


def _failure(labels: Labels, result: Result | None) -> Failure:
    return result if isinstance(result, Failure) else Failure(labels.id, "assess", "nothing came back for this record")


def _groups(cases: Sequence[Case], resamples: int, seed: int) -> dict[str, dict[str, Group]]:
    found: dict[str, dict[str, Group]] = {}
    for division, name, records, counts in groups(cases):
        found.setdefault(division, {})[name] = Group(records, estimates(MEASURES, counts, resamples, seed))
    return found


def _bins(counts: Counts, policy: Policy) -> tuple[Bin, ...]:
    rows = counts[f"bins_{policy}"].sum(0).tolist()
    return tuple(
        Bin(i / BINS, (i + 1) / BINS, round(n), confidence / n if n else 0.0, right / n if n else 0.0)
        for i, (n, confidence, right) in enumerate(rows)
    )


def _estimates_json(found: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: estimate.to_json() for name, estimate in found.items()}


def _selective_json(selective: Mapping[str, Estimate], policy: Policy) -> list[dict[str, Any]]:
    def at(what: str, threshold: float) -> dict[str, Any]:
        return selective[f"{what}_{policy}_at_{threshold:.1f}"].to_json()

    return [{"threshold": t, "coverage": at("coverage", t), "accuracy": at("accuracy", t)} for t in THRESHOLDS]


def _confusion_json(counted: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    order = {word: i for i, word in enumerate([*Status, *Grade, *Kind])}
    nested: dict[str, dict[str, int]] = {}
    for gold, given in sorted(counted, key=lambda pair: (order[pair[0]], order.get(pair[1], len(order)))):
        nested.setdefault(gold, {})[given] = counted[gold, given]
    return nested
