"""An evaluation as rich tables that read well in 80 columns; the JSON form holds more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from qa_assess.codebook import GRADES, STATUSES, Grade, Policy
from qa_assess.metrics import THRESHOLDS

if TYPE_CHECKING:
    from qa_assess.evaluation import Estimate, Evaluation, Group

_GRADE_ROWS = {
    "macro_f1": "macro-F1",
    "accuracy": "accuracy",
    "kappa": "quadratic kappa",
    **{f"f1_{grade.replace('-', '')}": f"F1 {grade.label}" for grade in GRADES},
    "ece": "calibration error",
    "brier": "Brier score",
}
_SURE_ROWS = {"sure_share": "not low-confidence: share", "sure_accuracy": "not low-confidence: accuracy"}
_ASK_ROWS = {
    "ask_precision": "ask finding: precision",
    "ask_recall": "ask finding: recall",
    "ask_f1": "ask finding: F1",
    "ask_kind_accuracy": "kind accuracy",
    "outcome_macro_f1": "outcome macro-F1",
    "outcome_accuracy": "outcome accuracy",
    **{f"outcome_f1_{status}": f"outcome F1 {status}" for status in STATUSES},
    "tags_precision": "tags: precision",
    "tags_recall": "tags: recall",
    "tags_micro_f1": "tags micro-F1",
}
_GROUP_COLUMNS = {
    "grade_default_macro_f1": "grade F1",
    "grade_strict_macro_f1": "strict F1",
    "outcome_macro_f1": "outcome F1",
    "ask_f1": "ask F1",
}
_DIVISIONS = {
    "ask_kind": "By ask kind",
    "mode": "Oral and written",
    "period": "By period",
    "answer_length": "By length of the answer",
    "number_of_asks": "By number of asks",
}


def tables(evaluation: Evaluation) -> list[Table]:
    """The main measures, confusions, calibration, the selective table, and a table for each division of the records."""
    return [
        _grade_table(evaluation),
        _ask_table(evaluation),
        *(_confusion_table(evaluation, name) for name in (*Policy, "outcome")),
        _calibration_table(evaluation),
        _selective_table(evaluation),
        *(_group_table(_DIVISIONS[division], members) for division, members in evaluation.groups.items()),
    ]


def plain_table(title: str, columns: Sequence[str]) -> Table:
    """A table without lines, its first column of names, the others of figures."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0))
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    return table


def shown(estimate: Estimate) -> str:
    """A value with its interval; a dash where it is measured on nothing, or not defined."""
    if math.isnan(estimate.point):
        return "–"
    return f"{estimate.point:.3f} {_interval(estimate)}" if estimate.n else "–"


def _compact(estimate: Estimate) -> str:
    return f"{_bare(estimate.point, 3)} {_interval(estimate)}" if estimate.n else "–"


def _interval(estimate: Estimate) -> str:
    # Escaped, or rich reads the bracket as markup.
    return rf"\[{_bare(estimate.low, 2)} {_bare(estimate.high, 2)}]"


def _bare(share: float, places: int) -> str:
    """A share without its leading zero, as in statistical tables.

    >>> _bare(0.613, 3), _bare(-0.05, 2), _bare(1.0, 2)
    ('.613', '-.05', '1.0')
    """
    shown = f"{share:.{places}f}"
    return "1.0" if float(shown) == 1 else shown.replace("0.", ".", 1)


def _grade_table(evaluation: Evaluation) -> Table:
    table = plain_table("Grades", ["", "default", "n", "strict", "n"])
    for name, label in _GRADE_ROWS.items():
        pair = [evaluation.measures[f"grade_{policy}_{name}"] for policy in Policy]
        table.add_row(label, *(cell for estimate in pair for cell in (shown(estimate), str(estimate.n))))
    for name, label in _SURE_ROWS.items():
        table.add_row(label, shown(evaluation.measures[name]), str(evaluation.measures[name].n), "", "")
    table.caption_justify = "left"
    table.caption = (
        f"{evaluation.labelled} (SHA-256 {evaluation.sha256[:12]}…): {evaluation.records} records, "
        f"{evaluation.left_out} left out as Ungraded, {len(evaluation.failures)} failed.\n"
        f"Model {evaluation.model or '–'}, codebook {evaluation.codebook}; 95% intervals from {evaluation.resamples} "
        f"resamples of the records, seed {evaluation.seed}.\n{evaluation.note}"
    )
    return table


def _ask_table(evaluation: Evaluation) -> Table:
    table = plain_table("Asks, outcomes and tags", ["", "value", "n", "of"])
    for name, label in _ASK_ROWS.items():
        estimate = evaluation.measures[name]
        table.add_row(label, shown(estimate), str(estimate.n), estimate.unit)
    return table


def _confusion_table(evaluation: Evaluation, name: str) -> Table:
    counted = evaluation.confusions[name]
    titles = {
        "default": "Grades, default policy: labelled (rows) and given",
        "strict": "Grades, strict policy: labelled (rows) and given",
        "outcome": "Outcomes of asks: labelled (rows) and given",
    }
    words = [s.value for s in STATUSES] if name == "outcome" else [g.value for g in (*GRADES, *_rest())]
    rows = [word for word in words if any(gold == word for gold, _ in counted)]
    given = [word for word in (*words, "missed", "failed") if any(found == word for _, found in counted)]
    table = plain_table(titles[name], ["", *given])
    for row in rows:
        table.add_row(row, *(str(counted[row, column]) for column in given))
    return table


def _rest() -> list[Grade]:
    return [grade for grade in Grade if grade not in GRADES]


def _calibration_table(evaluation: Evaluation) -> Table:
    columns = ["top probability", "default", "right", "n", "strict", "right", "n"]
    table = plain_table("Calibration: mean top probability and share of grades that were right", columns)
    for pair in zip(*(evaluation.calibration[policy] for policy in Policy), strict=True):
        if any(row.n for row in pair):
            shares = [(f"{r.confidence:.3f}", f"{r.accuracy:.3f}", str(r.n)) if r.n else ("–", "–", "0") for r in pair]
            table.add_row(f"{pair[0].low:.1f} to {pair[0].high:.1f}", *(cell for cells in shares for cell in cells))
    return table


def _selective_table(evaluation: Evaluation) -> Table:
    columns = ["top probability", "default: share", "accuracy", "strict: share", "accuracy"]
    table = plain_table("Only the grades that are sure enough: share of records kept, and accuracy there", columns)
    for threshold in THRESHOLDS:
        cells = []
        for policy in Policy:
            coverage = evaluation.selective[f"coverage_{policy}_at_{threshold:.1f}"]
            cells += [f"{coverage.point:.0%}", shown(evaluation.selective[f"accuracy_{policy}_at_{threshold:.1f}"])]
        table.add_row(f"{threshold:.1f} or more" if threshold else "all", *cells)
    return table


def _group_table(title: str, members: Mapping[str, Group]) -> Table:
    table = plain_table(title, ["", "n", *_GROUP_COLUMNS.values()])
    for name, group in members.items():
        table.add_row(name, str(group.records), *(_compact(group.measures[column]) for column in _GROUP_COLUMNS))
    return table
