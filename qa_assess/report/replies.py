"""The part of the report on response tags, by department."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa_assess.codebook import Tag
from qa_assess.pages.words import tag_words
from qa_assess.report.charts import Panel, dots
from qa_assess.report.gathering import Gathered
from qa_assess.report.section import MOST, SEE_TABLE, Section, caption
from qa_assess.report.tables import Group, Row, Table, cell, enough, in_order

if TYPE_CHECKING:
    from markupsafe import Markup

# Tags that are drawn by department, so many of them beside each other.
_DRAWN, _BESIDE = 8, 4
_NAME, _TITLE = "replies", "Kinds of reply"
_NOTE = "Stock moves of ministerial replies, whatever the grade. An answer may make several, or none."


def reply_section(gathered: Gathered) -> Section:
    """Response tags over all, and by department where the records name them."""
    groups, _ = in_order(gathered.departments)
    overall = {tag: sum(group.counts[tag.value] for group in groups) for tag in Tag}
    used = [tag for tag in Tag if overall[tag]]
    if not used:
        return Section(_NAME, _TITLE, "No answer has a response tag.")
    table = _overall(groups, used)
    if not any(gathered.departments):
        return Section(_NAME, _TITLE, _NOTE, tables=(table,))
    frequent = sorted(used, key=lambda tag: -overall[tag])[:_DRAWN]
    pictures = tuple(_pictures(enough(groups, MOST), frequent))
    note = f"{_NOTE} The pictures show the most frequent tags, the tables all." if pictures else _NOTE
    tables = (table, _by_department(groups, used))
    return Section(_NAME, f"{_TITLE}, by department", note, pictures, caption("departments"), tables)


def _overall(groups: Sequence[Group], used: Sequence[Tag]) -> Table:
    total = sum(group.total for group in groups)
    rows = tuple(
        Row(
            tag.label,
            f"{total:,}",
            (cell(sum(group.counts[tag.value] for group in groups), total),),
            detail=f"the answer {tag_words(tag)}",
        )
        for tag in used
    )
    order = "In the order of the codebook."
    return Table("Response tags", ("Answers with it",), "Graded", rows, order, detail="Meaning")


def _by_department(groups: Sequence[Group], used: Sequence[Tag]) -> Table:
    rows = tuple(
        Row(group.name, f"{group.total:,}", (cell(group.counts[tag.value], group.total),), detail=tag.label)
        for group in groups
        for tag in used
        if group.counts[tag.value]
    )
    order = "In the order of the names and of the codebook; tags that no answer of a department has are left out."
    return Table("Response tags by department", ("Answers with it",), "Graded", rows, order, detail="Tag")


def _pictures(groups: Sequence[Group], tags: Sequence[Tag]) -> "Sequence[Markup]":
    pictures = []
    for n in range(0, len(tags) if groups else 0, _BESIDE):
        beside = tags[n : n + _BESIDE]
        panels = [Panel(tag.label, [group.share(tag.value) for group in groups]) for tag in beside]
        named = ", ".join(tag.label for tag in beside)
        told = f"Shares of answers with the tags {named}, for {len(groups)} departments, with 95% intervals. {SEE_TABLE}"
        pictures.append(dots(f"{_NAME}-{n // _BESIDE + 1}", told, [group.name for group in groups], panels))
    return pictures
