"""The parts of the report that hold a picture and a table."""

from collections.abc import Mapping, Sequence

from qa_assess.codebook import Kind, Status
from qa_assess.pages.words import kind_words, status_words
from qa_assess.report.charts import FULL, NON_ANSWER, PARTIAL, Panel, dots, lines
from qa_assess.report.gathering import GRADED, Counts, Gathered
from qa_assess.report.periods import periods
from qa_assess.report.replies import reply_section
from qa_assess.report.section import MOST, SEE_TABLE, Section, caption
from qa_assess.report.shares import SHOWN_FROM, share_of
from qa_assess.report.tables import Group, Row, Table, cell, enough, grade_table, in_order, label

# What tells the three grades (or statuses) apart beside their place: colour and the form of the dot.
_LOOKS = ((FULL, "o"), (PARTIAL, "D"), (NON_ANSWER, "s"))


def sections(gathered: Gathered) -> list[Section]:
    """All of them, in the order of the report."""
    return [
        _over_time(gathered),
        _by_name(gathered.departments, "department", "department", "departments"),
        _by_name(gathered.answerers, "person", "person who answered", "persons"),
        _by_kind(gathered),
        reply_section(gathered),
    ]


def _over_time(gathered: Gathered) -> Section:
    found = periods(gathered.months)
    if not found.places:
        return Section("time", "Over time", "No record has a date that can be read.")
    timed = zip(found.places, found.groups, strict=False)  # groups without a place come last
    shown = [(place, group) for place, group in timed if group.total >= SHOWN_FROM]
    table = grade_table(f"Grades by {found.unit}", found.groups)
    if len(shown) < 2:
        note = f"Fewer than two {found.unit}s have {SHOWN_FROM} graded records, so there is no picture."
        return Section("time", "Over time", note, tables=(table,))
    groups = [group for _, group in shown]
    told = f"Shares of {_three()} by {found.unit}, {groups[0].name} to {groups[-1].name}, with 95% intervals. {SEE_TABLE}"
    picture = lines("time", told, [place for place, _ in shown], [group.name for group in groups], _panels(groups))
    return Section("time", "Over time", "", (picture,), caption(f"{found.unit}s"), (table,))


def _by_name(counts: Mapping[str, Counts], name: str, one: str, many: str) -> Section:
    title = f"By {one}"
    if not any(counts):
        return Section(name, title, f"The records do not name the {one}.")
    groups, order = in_order(counts)
    table = grade_table(f"Grades by {one}", groups, order)
    shown = enough(groups, MOST)
    if not shown:
        note = f"None of the {many} has {SHOWN_FROM} graded records, so there are counts only."
        return Section(name, title, note, tables=(table,))
    left_out = f"The picture shows the {MOST} {many} with the most graded records, the table all {len(groups):,}."
    told = f"Shares of {_three()} for {len(shown)} {many}, with 95% intervals. {SEE_TABLE}"
    picture = dots(name, told, [group.name for group in shown], _panels(shown))
    return Section(name, title, left_out if len(shown) == MOST else "", (picture,), caption(many), (table,))


def _three() -> str:
    full, partial, non_answer = (label(word) for word in GRADED)
    return f"{full}, {partial} and {non_answer}"


def _panels(groups: Sequence[Group]) -> list[Panel]:
    return [
        Panel(label(word), [group.share(word) for group in groups], colour, marker)
        for word, (colour, marker) in zip(GRADED, _LOOKS, strict=True)
    ]


def _by_kind(gathered: Gathered) -> Section:
    title, kinds = "By kind of ask", [kind for kind in Kind if gathered.kinds.get(kind)]
    if not kinds:
        return Section("kind", title, "The file tells nothing of single asks.")
    statuses = tuple(reversed(Status))
    counts = gathered.kinds
    totals = {kind: counts[kind].total() for kind in kinds}
    rows = tuple(
        Row(
            kind.value,
            f"{totals[kind]:,}",
            tuple(cell(counts[kind][status], totals[kind]) for status in statuses),
            detail=kind_words(kind),
        )
        for kind in kinds
    )
    heads = tuple(status_words(status).capitalize() for status in statuses)
    order = "In the order of the codebook."
    table = Table("What became of asks, by kind", heads, "Asks", rows, order, detail="It wants")
    note = "Counted in asks, of which a question may hold several. They go together, so the intervals are too short."
    drawn = [kind for kind in kinds if totals[kind] >= SHOWN_FROM]
    if not drawn:
        return Section("kind", title, note, tables=(table,))
    panels = [
        Panel(head, [share_of(counts[kind][status], totals[kind]) for kind in drawn], colour, marker)
        for head, status, (colour, marker) in zip(heads, statuses, _LOOKS, strict=True)
    ]
    told = f"Shares of asks answered, answered in part and not answered, by kind, with 95% intervals. {SEE_TABLE}"
    picture = dots("kind", told, [kind.value for kind in drawn], panels)
    return Section("kind", title, note, (picture,), caption("kinds", "asks"), (table,))
