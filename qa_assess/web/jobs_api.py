"""The jobs as JSON, for the page's own script and for programs."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel

from qa_assess.web.job import Job, JobState
from qa_assess.web.results import rows_of
from qa_assess.web.rows import Row
from qa_assess.web.rows_query import RowsQuery
from qa_assess.web.state import Held, State
from qa_assess.web.uploads import NO_JOB, Named, told

router = APIRouter(prefix="/api/jobs")


class JobTold(BaseModel):
    """How a job stands; `telling` says it in words."""

    id: str
    title: str
    files: list[str]
    created: str
    state: JobState
    telling: str
    done: int
    total: int | None
    rate: float | None
    seconds_left: float | None
    message: str
    hint: str

    @classmethod
    def of(cls, state: State, job: Job) -> Self:
        """A job as it stands now."""
        job, progress = state.jobs.standing(job)
        return cls(
            id=job.id,
            title=job.title,
            files=[upload.label for upload in job.uploads],
            created=job.created,
            state=job.state,
            telling=told(state, job, progress),
            done=progress.done,
            total=progress.total,
            rate=progress.rate,
            seconds_left=progress.seconds_left if job.state is JobState.RUNNING else None,
            message=job.message,
            hint=job.hint,
        )


class JobsTold(BaseModel):
    """All jobs, the latest first."""

    jobs: list[JobTold]


class RowsFound(BaseModel):
    """A page of a job's table, and how many rows there are on all pages."""

    total: int
    page: int
    pages: int
    rows: list[Row]


@router.get("")
def all_jobs(state: Held) -> JobsTold:
    """All jobs, the latest first."""
    return JobsTold(jobs=[JobTold.of(state, job) for job in state.jobs.all()])


@router.get("/{job_id}", responses=NO_JOB)
def one_job(state: Held, job: Named) -> JobTold:
    """How a job stands."""
    return JobTold.of(state, job)


@router.get("/{job_id}/rows", responses=NO_JOB)
def rows(state: Held, job: Named, query: Annotated[RowsQuery, Query()]) -> RowsFound:
    """A page of a job's table, filtered and sorted."""
    found, total = rows_of(state, job).page(query)
    return RowsFound(total=total, page=query.page, pages=query.pages(total), rows=found)
