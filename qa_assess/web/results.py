"""The results of a job: the table, one record of it, and files to download."""

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, RedirectResponse
from starlette.background import BackgroundTask

from qa_assess.corrections import record_of_exchange
from qa_assess.exchange import Assessment, Failure, Result
from qa_assess.web.correction_form import coder_of
from qa_assess.web.correction_view import CorrectionView, Subject, correction_view
from qa_assess.web.job import UPLOADS, Job
from qa_assess.web.jobs import DOWNLOAD
from qa_assess.web.paging import pages_near
from qa_assess.web.problems import Problem
from qa_assess.web.rows import Row, Rows
from qa_assess.web.rows_query import RowsQuery
from qa_assess.web.state import Held, State
from qa_assess.web.table_view import COLUMNS, options, shares
from qa_assess.web.uploads import Named, told
from qa_assess.web.views import page
from qa_assess.writers import write

router = APIRouter(prefix=UPLOADS + "/{job_id}", include_in_schema=False)
Asked = Annotated[RowsQuery, Query()]
Number = Annotated[int, InPath(ge=1, le=1 << 53)]


class Download(StrEnum):
    """What can be taken away: its name is that of the file, behind the upload's own."""

    CSV = "graded.csv"
    XLSX = "graded.xlsx"
    JSONL = "graded.jsonl"
    ASKS = "asks.csv"
    REPORT = "report.html"


# In the order of the page
DOWNLOADS = (
    (Download.CSV, "CSV", "for any spreadsheet, pandas and R"),
    (Download.XLSX, "Excel", "the same table, numbers as numbers"),
    (Download.JSONL, "JSON Lines", "everything: each span, each probability"),
    (Download.ASKS, "Asks (CSV)", "one row for each thing that was asked"),
    (Download.REPORT, "Report", "one page with pictures and tables, works offline and prints"),
)


@router.get("/records")
def show_table(request: Request, state: Held, job: Named, query: Asked) -> Response:
    """The table: a page of it, filtered and sorted as the address says."""
    if not all(value for _, value in request.query_params.multi_items()):
        # A form sends what was left empty too; an address without it can be read, and sent to somebody.
        return RedirectResponse(job.table + query.address(), 303)
    rows = rows_of(state, job)
    found, total = rows.page(query)
    if not found and total:
        return RedirectResponse(job.table + query.address(page=query.pages(total)), 303)
    counts = rows.counts(query)
    job, progress = state.jobs.standing(job)
    values: dict[str, Any] = {
        "job": job,
        "progress": progress,
        "telling": told(state, job, progress),
        "query": query,
        "rows": found,
        "by_people": _by_people(state, rows, found),
        "total": total,
        "counts": counts,
        "shares": shares(counts),
        "options": options(rows.choices()),
        "columns": COLUMNS,
        "pages": pages_near(query.page, query.pages(total)),
        "downloads": DOWNLOADS,
        "shipped": job.settings.grader is None,
    }
    return page(request, "table.html", **values)


def _by_people(state: State, rows: Rows, found: Iterable[Row]) -> dict[int, str]:
    """The last grade that a person gave to rows of the table, by their numbers; of the others nobody has said any."""
    given = {record: str(row["grade"]) for record, row in state.corrections.records()}
    results = rows.results_at([row.n for row in found]) if given else {}
    graded = {n: result.exchange for n, result in results.items() if isinstance(result, Assessment)}
    records = {n: record_of_exchange(exchange) for n, exchange in graded.items()}
    return {n: given[record] for n, record in records.items() if record in given}


@dataclass(frozen=True, slots=True)
class OfRecord:
    """A record of a job, and the view of the table that it was opened from."""

    job: Job
    n: int
    query: RowsQuery

    @property
    def path(self) -> str:
        """Where it is shown, whatever the view."""
        return f"{self.job.table}/{self.n}"


def of_record(job: Named, n: Number, query: Asked) -> OfRecord:
    """The record that an address names."""
    return OfRecord(job, n, query)


OneRecord = Annotated[OfRecord, Depends(of_record)]


@router.get("/records/{n}")
def show_record(request: Request, state: Held, record: OneRecord, saved: int = 0) -> Response:
    """One record, with the way to those beside it in the table, and the form to correct it."""
    result = _result(state, record)
    if isinstance(result, Failure):
        return record_page(request, state, record, result)
    view = correction_view(state, _subject(record, result), coder_of(request), saved=saved)
    return record_page(request, state, record, view)


def record_page(
    request: Request, state: State, record: OfRecord, shown: CorrectionView | Failure, *, status: int = 200
) -> Response:
    """The page of a record, with the form to correct it where it was graded."""
    result, correction = (shown, None) if isinstance(shown, Failure) else (shown.subject.assessment, shown)
    values: dict[str, Any] = {
        "job": record.job,
        "result": result,
        "query": record.query,
        "beside": rows_of(state, record.job).neighbours(record.query, record.n),
        "correction": correction,
        "shipped": record.job.settings.grader is None,
    }
    return page(request, "record.html", status=status, **values)


def job_record(state: State, record: OfRecord) -> Subject:
    """A record of a job, to be corrected.

    Raises:
        Problem: There is no such record, or it could not be graded.
    """
    result = _result(state, record)
    if isinstance(result, Assessment):
        return _subject(record, result)
    raise Problem(422, "This record could not be graded, so there is nothing to correct.", result.hint)


def _subject(record: OfRecord, assessment: Assessment) -> Subject:
    address = record.path + record.query.address()
    return Subject(assessment, address, address, page=record.path)


def _result(state: State, record: OfRecord) -> Result:
    result = rows_of(state, record.job).result(record.n)
    if result is None:
        raise Problem(404, "There is no such record.", "Go back to the table of this upload.")
    return result


@router.get("/download/{what}")
def download(state: Held, job: Named, what: Download, query: Asked) -> Response:
    """The records that the query finds, as a file."""
    folder = Path(tempfile.mkdtemp(prefix=DOWNLOAD, dir=state.jobs.home(job).path))
    try:
        path = _written(state, job, what, query, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(path, filename=f"{plain_name(job)}-{what.value}", background=gone)


def rows_of(state: State, job: Job) -> Rows:
    """The results of a job.

    Raises:
        Problem: There are none: what opened a store that is not there would make an empty one.
    """
    home = state.jobs.home(job)
    if not home.rows.is_file():
        raise Problem(404, "This job has no table.", "Upload the file again.")
    return Rows(home.rows)


def _written(state: State, job: Job, what: Download, query: RowsQuery, folder: Path) -> Path:
    results, path = rows_of(state, job).results(query), folder / what.value
    if what is Download.REPORT:
        from qa_assess.report import TITLE, write_report  # noqa: PLC0415 - matplotlib takes a second to import

        write_report(results, path, title=f"{TITLE}: {job.title}")
    elif what is Download.ASKS:
        write(results, folder / Download.CSV.value, asks=path)
    else:
        write(results, path)
    return path


def plain_name(job: Job) -> str:
    """The first upload's name without its suffix, of letters that every system takes for a file.

    >>> from qa_assess.web.job import Upload
    >>> plain_name(Job("1", (Upload("Élysée; rm -rf.csv", "upload-0001.csv", 1),), "", ""))
    'Elysee-rm-rf'
    """
    label = job.uploads[0].label if job.uploads else ""
    letters = unicodedata.normalize("NFKD", Path(label).stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", letters)[:60].strip("-") or "records"
