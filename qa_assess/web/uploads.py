"""Uploads: the list of jobs, a new one, one under way, and stopping, going on with and deleting it."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from qa_assess.readers import FORMATS
from qa_assess.web.job import UPLOADS, Job, JobState
from qa_assess.web.problems import Problem, too_large_files, too_many_files, troubles
from qa_assess.web.row_store import Progress
from qa_assess.web.security import form_token
from qa_assess.web.state import Held, State
from qa_assess.web.telling import telling
from qa_assess.web.views import page

router = APIRouter(prefix=UPLOADS, include_in_schema=False)
_CHANGE = [Depends(form_token)]


def job_of(job_id: str, state: Held) -> Job:
    """The job that an address names.

    Raises:
        Problem: There is none.
    """
    job = state.jobs.get(job_id)
    if job is None:
        raise Problem(404, "There is no such job.", "It may have been deleted. Go back to the list of uploads.")
    return job


Named = Annotated[Job, Depends(job_of)]
NO_JOB = troubles(403, 404, 422, 500)


@router.get("")
def show_jobs(request: Request, state: Held) -> Response:
    """All jobs, and the form to upload files."""
    return _jobs(request, state)


def _jobs(request: Request, state: State, problem: str = "", status: int = 200) -> Response:
    standing = map(state.jobs.standing, state.jobs.all())
    listed = [(job, told(state, job, progress)) for job, progress in standing]
    settings = state.settings
    values = {
        "jobs": listed,
        "settings": settings,
        "too_many": too_many_files(settings.most_files),
        "too_large": too_large_files(settings.largest_upload),
        "formats": FORMATS,
        "problem": problem,
    }
    return page(request, "jobs.html", status=status, **values)


def told(state: State, job: Job, progress: Progress) -> str:
    """How a job stands, in words."""
    return telling(job, progress, state.jobs.ahead(job))


@router.post("", dependencies=_CHANGE)
def upload(request: Request, state: Held, files: Annotated[list[UploadFile] | None, File()] = None) -> Response:
    """Make a job of the files."""
    chosen = [(one.filename or "", one.file) for one in files or () if one.filename or one.size]
    if not chosen:
        return _jobs(request, state, "No file was chosen. Choose one or more files, then press Upload.", 422)
    job = state.jobs.add(chosen)
    return _to(job)


@router.get("/{job_id}")
def show_job(request: Request, state: Held, job: Named) -> Response:
    """How a job stands; its table when it is done."""
    job, progress = state.jobs.standing(job)
    if job.state is JobState.DONE:
        return RedirectResponse(job.table, 303)
    return page(request, "job.html", job=job, progress=progress, telling=told(state, job, progress))


@router.post("/{job_id}/stop", dependencies=_CHANGE)
def stop(state: Held, job: Named) -> Response:
    """Stop a job; what it has done is kept."""
    state.jobs.stop(job)
    return _to(job)


@router.post("/{job_id}/go-on", dependencies=_CHANGE)
def go_on(state: Held, job: Named) -> Response:
    """Go on with a job that was stopped, or that failed for want of room."""
    state.jobs.go_on(job)
    return _to(job)


@router.get("/{job_id}/delete")
def ask_to_delete(request: Request, state: Held, job: Named) -> Response:
    """Ask whether a job is to be deleted."""
    return page(request, "delete_job.html", job=job, progress=state.jobs.progress(job))


@router.post("/{job_id}/delete", dependencies=_CHANGE)
def delete(state: Held, job: Named) -> Response:
    """Delete a job with all its files."""
    state.jobs.delete(job)
    return RedirectResponse(UPLOADS, 303)


def _to(job: Job) -> Response:
    return RedirectResponse(job.address, 303)
