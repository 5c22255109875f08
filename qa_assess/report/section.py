"""What every part of the report with pictures and tables is made of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_assess.aggregates import LEAST
from qa_assess.report.tables import Table

if TYPE_CHECKING:
    from markupsafe import Markup

# Groups of a picture; the table has all.
MOST = 20
SEE_TABLE = "The table below has every number."


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: what it is about, a note in plain words, pictures with a caption, tables."""

    name: str
    title: str
    note: str = ""
    pictures: tuple["Markup", ...] = ()
    caption: str = ""
    tables: tuple[Table, ...] = ()


def caption(groups: str, counted: str = "graded records") -> str:
    """How a picture is read.

    >>> caption("departments")[:50]
    'A dot is the share of the graded records, the line'
    """
    return (
        f"A dot is the share of the {counted}, the line through it the 95% interval: the longer, the less is known. "
        f"{groups.capitalize()} with fewer than {LEAST} {counted} are left out."
    )
