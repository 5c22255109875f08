"""Agreement as rich tables that read well in 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from qa_assess.codebook import Policy
from qa_assess.evaluation_tables import plain_table, shown
from qa_assess.terminal import plain

if TYPE_CHECKING:
    from qa_assess.agreement import Agreement
    from qa_assess.resampling import Estimate

_GRADE_ROWS = {
    "agreement": "same grade",
    "kappa": "Cohen's kappa",
    "alpha": "Krippendorff's alpha",
    "alpha_ordinal": "the same, ordinal",
    "macro_f1": "macro-F1",
}
_ASK_ROWS = {
    "ask_f1": "same asks: F1",
    "ask_kind_agreement": "same kind",
    "outcome_agreement": "same outcome",
    "outcome_kappa": "outcome: Cohen's kappa",
    "outcome_alpha_ordinal": "outcome: alpha, ordinal",
    "tags_micro_f1": "tags: micro-F1",
}
_READ = (
    "1 is full agreement; of kappa and alpha 0 is that of chance. Krippendorff (2004) would rely on an alpha of .800 "
    "or more, and draw tentative conclusions from .667 on. That coders agree does not say that they are right."
)


def report(found: list[Agreement]) -> Group:
    """Two tables for each pair of coders that share records, a line for a pair that shares none, and how to read it."""
    return Group(*(part for one in found for part in (*_tables(one), "")), Text(_READ))


def _tables(one: Agreement) -> Iterator[RenderableType]:
    if not one.measures:
        yield Text(_title(one), style="bold")
        yield from _told(one)
        return
    grades = plain_table(escape(_title(one)), ["Grades", "default", "n", "strict", "n"])
    for name, label in _GRADE_ROWS.items():
        pair = [one.measures.get(f"grade_{policy}_{name}") for policy in Policy]
        cells = [cell for estimate in pair if estimate for cell in (shown(estimate), f"{estimate.n:,}")]
        if cells:
            grades.add_row(label, *cells)
    yield grades
    if rows := {label: one.measures[name] for name, label in _ASK_ROWS.items() if name in one.measures}:
        yield _ask_table(rows)
    yield from _told(one)


def _ask_table(rows: dict[str, Estimate]) -> Table:
    table = plain_table("", ["Asks, outcomes and tags", "value", "n", "of"])
    table.title = None
    for label, estimate in rows.items():
        table.add_row(label, shown(estimate), f"{estimate.n:,}", estimate.unit)
    return table


def _title(one: Agreement) -> str:
    names = [plain(name) for name in one.coders]
    if len(names) > 2:
        return f"All {len(names)} coders: {one.records:,} records that all of them coded"
    return f"{names[0]} and {names[1]}: {one.records:,} records of both"


def _told(one: Agreement) -> Iterator[Text]:
    """What was left out, and of what."""
    left = [f"{count:,} that only {plain(name)} has" for name, count in one.alone.items() if count]
    if left and len(one.coders) == 2:
        yield Text(f"Left out: {'; '.join(left)}.")
    if one.other_texts:
        yield Text(f"Not taken for the same: {one.other_texts:,} with an id in common but other texts.")
