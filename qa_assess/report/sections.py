"""The parts of the report that hold a picture and a table."""

from collections.abc import Sequence

from qa_assess.aggregates import LEAST, NONE, Counting, GroupRates
from qa_assess.codebook import GRADES_SHOWN, Kind, Status
from qa_assess.pages.words import kind_words, status_words
from qa_assess.report.charts import FULL, NON_ANSWER, PARTIAL, Panel, dots, lines
from qa_assess.report.gathering import Gathered
from qa_assess.report.periods import periods
from qa_assess.report.ranking import rate_of
from qa_assess.report.replies import reply_section
from qa_assess.report.section import MOST, SEE_TABLE, Section, caption
from qa_assess.report.tables import Row, Table, cell, drawn, grade_table, in_order, name_of

# What tells the three grades (or statuses) apart beside their place: colour and the form of the dot.
_LOOKS = ((FULL, "o"), (PARTIAL, "D"), (NON_ANSWER, "s"))
_THREE = "Full, Partial and Non-answer"
_STATUSES = tuple(reversed(Status))


def sections(gathered: Gathered) -> list[Section]:
    """All of them, in the order of the report."""
    return [
        _over_time(gathered),
        _by_name(gathered.departments, "department", "department", "departments"),
        _by_name(gathered.answerers, "person", "person who answered", "people"),
        _by_kind(gathered),
        reply_section(gathered),
    ]


def _over_time(gathered: Gathered) -> Section:
    found = periods(gathered.months.aggregates().groups)
    if not found.places:
        return Section("time", "Over time", "No record has a date that can be read.")
    table = grade_table(f"Grades by {found.unit}", found.groups + found.undated)
    shown = [(place, group) for place, group in zip(found.places, found.groups, strict=True) if group.graded >= LEAST]
    if len(shown) < 2:
        note = f"Fewer than two {found.unit}s have {LEAST} graded records, so there is no picture."
        return Section("time", "Over time", note, tables=(table,))
    groups = [group for _, group in shown]
    names = [name_of(group) for group in groups]
    told = f"Shares of {_THREE} by {found.unit}, {names[0]} to {names[-1]}, with 95% intervals. {SEE_TABLE}"
    picture = lines("time", told, [place for place, _ in shown], names, _panels(groups))
    return Section("time", "Over time", "", (picture,), caption(f"{found.unit}s"), (table,))


def _by_name(counting: Counting, name: str, one: str, many: str) -> Section:
    title = f"By {one}"
    found = counting.aggregates().groups
    if all(group.group == (NONE,) for group in found):
        return Section(name, title, f"The records do not name the {one}.")
    groups, order = in_order(found)
    table = grade_table(f"Grades by {one}", groups, order)
    shown = drawn(groups, MOST)
    if not shown:
        note = f"None of the {many} has {LEAST} graded records, so there are counts only."
        return Section(name, title, note, tables=(table,))
    note = f"The picture shows the {MOST} {many} with the most graded records, the table all {len(groups):,}."
    told = f"Shares of {_THREE} for {len(shown)} {many}, with 95% intervals. {SEE_TABLE}"
    picture = dots(name, told, [name_of(group) for group in shown], _panels(shown))
    return Section(name, title, note if len(shown) == MOST else "", (picture,), caption(many), (table,))


def _panels(groups: Sequence[GroupRates]) -> list[Panel]:
    return [
        Panel(grade.label, [group.rates.get(grade) for group in groups], colour, marker)
        for grade, (colour, marker) in zip(GRADES_SHOWN, _LOOKS, strict=True)
    ]


def _by_kind(gathered: Gathered) -> Section:
    title, counts = "By kind of ask", gathered.kinds
    totals = {kind: counts[kind].total() for kind in Kind if kind in counts}
    if not totals:
        return Section("kind", title, "The file tells nothing of single asks.")
    heads = tuple(status_words(status).capitalize() for status in _STATUSES)
    rows = tuple(
        Row(
            kind.value,
            f"{total:,}",
            tuple(cell(counts[kind][status], total) for status in _STATUSES),
            last=kind_words(kind),
        )
        for kind, total in totals.items()
    )
    table = Table("What became of asks, by kind", heads, "Asks", rows, "In the order of the codebook.", last="It wants")
    note = "Counted in asks, of which a question may hold several. They go together, so these intervals are too short."
    shown = [kind for kind, total in totals.items() if total >= LEAST]
    if not shown:
        return Section("kind", title, note, tables=(table,))
    panels = [
        Panel(head, [rate_of(counts[kind][status], totals[kind]) for kind in shown], colour, marker)
        for head, status, (colour, marker) in zip(heads, _STATUSES, _LOOKS, strict=True)
    ]
    told = f"Shares of asks answered, answered in part and not answered, by kind, with 95% intervals. {SEE_TABLE}"
    picture = dots("kind", told, [kind.value for kind in shown], panels)
    return Section("kind", title, note, (picture,), caption("kinds", "asks"), (table,))
