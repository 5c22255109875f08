"""A report on graded records: one HTML file with pictures, tables and marked answers, that asks for nothing else.

The results are read once; what is kept are counts by group and twenty records. The same results give the same bytes.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from qa_assess.aggregates import LEAST
from qa_assess.codebook import Grade
from qa_assess.exchange import Result
from qa_assess.pages import environment
from qa_assess.pages.words import BANDS, failed_words, grade_words, percent
from qa_assess.report.charts import check_library
from qa_assess.report.gathering import gather
from qa_assess.report.overview import overview
from qa_assess.report.ranking import RANKED_FROM
from qa_assess.report.sections import sections
from qa_assess.resources import is_shipped
from qa_assess.writers.place import STDOUT, placed, standard_output

__all__ = ["COLUMNS", "TITLE", "write_report"]

TITLE = "How the questions were answered"
# Columns of a graded table without which there is no report.
COLUMNS = (
    "grade",
    "grade_strict",
    *(f"probability_{grade}" for grade in ("full", "partial", "non_answer")),
    "ask_kinds",
    "ask_statuses",
    "ask_texts",
    "evidence",
    "tags",
    "flags",
    "duplicate_of",
    "question",
    "answer",
    "date",
    "department",
    "answerer",
)


def write_report(results: Iterable[Result], path: Path | str, *, title: str = TITLE) -> int:
    """Write a report on results to an HTML file, which stands there whole at the end or not at all.

    Args:
        results: Assessments and failures, from `assess` or `read_graded`. They are asked for one at a time, and only
            after the file has been opened.
        path: The file; ``-`` is standard output.
        title: Of the report.

    Returns:
        How many records it reports on.

    Raises:
        OutputError: The file cannot be written, or jinja2 or matplotlib is not installed.

    >>> from tempfile import TemporaryDirectory
    >>> from qa_assess.exchange import Failure
    >>> with TemporaryDirectory() as folder:
    ...     write_report([Failure("9", "read", "no answer")], Path(folder) / "report.html")
    1
    """
    check_library()
    pages = environment("qa_assess.report")
    with standard_output() if str(path) == STDOUT else placed(Path(path)) as put:
        gathered = gather(results)
        found = overview(gathered)
        stream = pages.get_template("report.html").generate(
            title=title,
            overview=found,
            sections=sections(gathered),
            clearest=gathered.clearest.best,
            least_sure=gathered.least_sure.best,
            grades=[{"label": grade.label, "meaning": grade_words(grade)} for grade in Grade],
            failed_words=failed_words(),
            bands=list(_bands()),
            least=LEAST,
            ranked_from=RANKED_FROM,
            shipped=bool(found.models) and all(map(is_shipped, found.models)),
        )
        for piece in stream:
            put(piece)
    return found.records


def _bands() -> Iterator[tuple[str, str]]:
    """The words for probabilities, and from where to where they reach."""
    (_, first), *_ = BANDS
    yield first, f"{percent(BANDS[0][0])} or more"
    for (above, _), (least, words) in pairwise(BANDS):
        yield words, f"{percent(least)} to {percent(above)}" if least else f"less than {percent(above)}"
