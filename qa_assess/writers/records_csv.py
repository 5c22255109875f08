"""graded.csv: the table of records as lines of CSV."""

from collections.abc import Iterable, Iterator, Sequence

from qa_assess.exchange import Result
from qa_assess.writers.cells import csv_line
from qa_assess.writers.table import table_of, text_of


def csv_lines(results: Iterable[Result], columns: Sequence[str] | None = None) -> Iterator[str]:
    """The lines of the file, header first."""
    names, rows = table_of(results, columns)
    yield csv_line(names)
    for row in rows:
        yield csv_line(text_of(name, row.get(name)) for name in names)
