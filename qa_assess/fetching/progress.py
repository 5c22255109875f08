"""What a fetch tells while it runs, and what it came to."""

from dataclasses import dataclass, field

from qa_assess.errors import FetchError
from qa_assess.fetching.client import BusyError

MOST_IN_A_ROW = 5


class Watch:
    """Who looks on: nobody, unless a subclass shows it."""

    def reach(self, done: int, total: int) -> None:
        """So many records are done, of so many in all as far as is known now."""

    def say(self, text: str) -> None:
        """What is going on: a wait, and what for."""


NOBODY = Watch()


@dataclass(slots=True)
class Report:
    """What a fetch came to.

    Attributes:
        saved: Records that were saved now.
        kept: Records that an earlier run had saved already.
        problems: What is missing or cut short, one line each.
    """

    saved: int = 0
    kept: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Setbacks:
    """Records that did not come. One is a broken record; many in a row are a broken service, and end the run."""

    in_a_row: int = 0

    def note(self, error: FetchError) -> None:
        """Count one.

        Raises:
            FetchError: The error itself, where it is one too many in a row, or says that nothing more may be asked.
        """
        self.in_a_row += 1
        if self.in_a_row >= MOST_IN_A_ROW or isinstance(error, BusyError):
            raise error

    def clear(self) -> None:
        """A record came."""
        self.in_a_row = 0
