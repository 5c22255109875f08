"""A long list in pages: the part of a query that says which page, and the pages to name."""

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

PAGE = 50
LONGEST_PAGE = 200


class Paged(BaseModel):
    """A query whose answer comes in pages; it is what stands in the address of a page.

    >>> Paged().address(page=2), Paged(per_page=20).pages(41)
    ('?page=2', 3)
    """

    model_config = ConfigDict(frozen=True)

    page: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    per_page: Annotated[int, Field(ge=1, le=LONGEST_PAGE)] = PAGE

    def address(self, **changes: Any) -> str:  # noqa: ANN401 - any of the fields
        """The query string with some changes, the page last; what is as by default is left out."""
        asked = type(self).model_validate(self.model_dump() | changes)
        told = asked.model_dump(mode="json", exclude_defaults=True)
        ordered = sorted(told.items(), key=lambda field: field[0] in Paged.model_fields)
        return "?" + urlencode(ordered, doseq=True) if told else ""

    def pages(self, total: int) -> int:
        """How many pages so many lines fill; none fill one."""
        return max(1, -(-total // self.per_page))

    @property
    def resized(self) -> bool:
        """Whether a page is longer or shorter than by default."""
        return self.per_page != PAGE


def pages_near(page: int, last: int) -> list[int | None]:
    """The pages to name: the first, the last and those about this one; None where some are left out.

    >>> pages_near(6, 20)
    [1, None, 5, 6, 7, None, 20]
    >>> pages_near(1, 3)
    [1, 2, 3]
    """
    shown = sorted({1, last, *(near for near in (page - 1, page, page + 1) if 1 <= near <= last)})
    found: list[int | None] = []
    for before, here in zip([0, *shown], shown, strict=False):
        if here - before == 2:
            found.append(here - 1)
        elif here - before > 2:
            found.append(None)
        found.append(here)
    return found
