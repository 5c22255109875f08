"""The part of the report on response tags, by department."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa_assess.aggregates import NONE, GroupRates
from qa_assess.codebook import Tag
from qa_assess.pages.words import tag_words
from qa_assess.report.charts import Panel, dots
from qa_assess.report.gathering import Gathered
from qa_assess.report.ranking import rate_of
from qa_assess.report.section import MOST, SEE_TABLE, Section, caption
from qa_assess.report.tables import Row, Table, cell, drawn, name_of

if TYPE_CHECKING:
    from markupsafe import Markup

# Tags that are drawn by department, so many of them beside each other.
_DRAWN, _BESIDE = 8, 4
_NAME, _TITLE = "replies", "Kinds of reply"
_NOTE = "Stock moves of ministerial replies, whatever the grade. An answer may make several, or none."
_HEADS = ("Answers with it",)

# Graded answers by department and tag
_Tagged = Counter[tuple[str, Tag]]


def reply_section(gathered: Gathered) -> Section:
    """Response tags over all, and by department where the records name them."""
    tagged = _tagged(gathered)
    used = [tag for tag in Tag if any(tag is one for _, one in tagged)]
    if not used:
        return Section(_NAME, _TITLE, "No answer has a response tag.")
    departments = gathered.departments.aggregates()
    overall = {tag: sum(count for (_, one), count in tagged.items() if one is tag) for tag in used}
    rows = tuple(
        _row(tag.label, overall[tag], departments.total.graded, last=f"the answer {tag_words(tag)}") for tag in used
    )
    table = Table("Response tags", _HEADS, "Graded", rows, "In the order of the codebook.", last="Meaning")
    if all(group.group == (NONE,) for group in departments.groups):
        return Section(_NAME, _TITLE, _NOTE, tables=(table,))
    frequent = sorted(used, key=lambda tag: -overall[tag])[:_DRAWN]
    pictures = tuple(_pictures(drawn(departments.groups, MOST), tagged, frequent))
    note = f"{_NOTE} The pictures show the most frequent tags, the tables all." if pictures else _NOTE
    tables = (table, _by_department(departments.groups, tagged))
    return Section(_NAME, f"{_TITLE}, by department", note, pictures, caption("departments"), tables)


def _tagged(gathered: Gathered) -> _Tagged:
    tags = {tag.label: tag for tag in Tag}
    groups = gathered.tags.aggregates().groups
    counts = {(group.group[0], tags[group.group[1]]): group.graded for group in groups if group.group[1] in tags}
    return Counter({key: count for key, count in counts.items() if count})


def _row(name: str, count: int, total: int, detail: str = "", last: str = "") -> Row:
    return Row(name, f"{total:,}", (cell(count, total),), detail, last)


def _by_department(groups: Sequence[GroupRates], tagged: _Tagged) -> Table:
    rows = tuple(
        _row(name_of(group), tagged[group.group[0], tag], group.graded, tag.label)
        for group in groups
        for tag in Tag
        if tagged[group.group[0], tag]
    )
    order = "In the order of the names and of the codebook; a tag that no answer of a department has is left out."
    return Table("Response tags by department", _HEADS, "Graded", rows, order, "Tag")


def _pictures(groups: Sequence[GroupRates], tagged: _Tagged, tags: Sequence[Tag]) -> "Sequence[Markup]":
    pictures = []
    for n in range(0, len(tags) if groups else 0, _BESIDE):
        beside = tags[n : n + _BESIDE]
        panels = [
            Panel(tag.label, [rate_of(tagged[group.group[0], tag], group.graded) for group in groups]) for tag in beside
        ]
        named = ", ".join(tag.label for tag in beside)
        told = (
            f"Shares of answers with the tags {named}, for {len(groups)} departments, with 95% intervals. {SEE_TABLE}"
        )
        pictures.append(dots(f"{_NAME}-{n // _BESIDE + 1}", told, [name_of(group) for group in groups], panels))
    return pictures
