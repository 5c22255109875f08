"""Correct a record, of a job or pasted; and the list of all corrections, which is also a file to take away."""

import json
import shlex
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from qa_assess.correcting import RefusedError, confirm, correct
from qa_assess.corrections import CorrectedMeanwhileError
from qa_assess.exchange import Assessment, Exchange
from qa_assess.label_rows import Problem as Wrong
from qa_assess.label_rows import Row
from qa_assess.web.correction_form import CONFIRM, SAVE, Form, Sent, coder_of, remember
from qa_assess.web.correction_list import CorrectionsQuery, found
from qa_assess.web.correction_view import (
    CORRECTIONS,
    CorrectionView,
    Subject,
    Unsaved,
    correction_view,
    exchange_of,
    key_of,
    pasted,
)
from qa_assess.web.job import UPLOADS
from qa_assess.web.paging import pages_near
from qa_assess.web.problems import Problem
from qa_assess.web.results import OneRecord, job_record, record_page
from qa_assess.web.security import form_token
from qa_assess.web.state import Held, State
from qa_assess.web.views import page

router = APIRouter(include_in_schema=False)
_CHANGE = [Depends(form_token)]
# Of so many corrections it is remembered what their coders should know.
_NOTICES = 1000


@router.get(CORRECTIONS)
def show_corrections(request: Request, state: Held, query: Annotated[CorrectionsQuery, Query()]) -> Response:
    """All corrections, the latest first."""
    lines, total = found(state, query)
    coders = [str(row["coder"]) for row in state.corrections.all()]
    return page(
        request,
        "corrections.html",
        lines=lines,
        total=total,
        all=len(coders),
        query=query,
        pages=pages_near(query.page, query.pages(total)),
        coders=[(coder, coder) for coder in sorted(set(coders))],
        file=str(state.corrections.path),
        quoted=shlex.quote(str(state.corrections.path)),
        unreadable=state.corrections.unreadable,
    )


@router.get(CORRECTIONS + "/file")
def download(state: Held) -> Response:
    """The file of corrections itself."""
    if not state.corrections.path.is_file():
        raise Problem(404, "There is no correction yet.", "Correct a record first.")
    return FileResponse(state.corrections.path, filename=state.corrections.path.name, media_type="application/x-ndjson")


@router.get(CORRECTIONS + "/records/{key}")
def show_record(request: Request, state: Held, key: str, saved: int = 0) -> Response:
    """A corrected record that no job holds."""
    row = next((row for record, row in state.corrections.records() if key_of(record) == key), None)
    if row is None:
        raise Problem(404, "There is no correction of such a record.", "Go back to the list of corrections.")
    subject = pasted(assessed(state, exchange_of(row)))
    return _pair_page(request, correction_view(state, subject, coder_of(request), saved=saved))


@router.post(CORRECTIONS + "/records", dependencies=_CHANGE)
def correct_pasted(request: Request, state: Held, form: Form) -> Response:
    """Correct a record that no job holds; the form brings it along."""
    subject = pasted(assessed(state, _carried(form.carried)))
    unsaved = save(state, subject, form)
    if unsaved is None:
        return _saved(state, subject, form)
    view = correction_view(state, subject, form.edit.coder, unsaved=unsaved)
    return _pair_page(request, view, status=409 if unsaved.row else 422)


@router.post(UPLOADS + "/{job_id}/records/{n}", dependencies=_CHANGE)
def correct_record(request: Request, state: Held, record: OneRecord, form: Form) -> Response:
    """Correct a record of a job."""
    subject = job_record(state, record)
    unsaved = save(state, subject, form)
    if unsaved is None:
        return _saved(state, subject, form)
    view = correction_view(state, subject, form.edit.coder, unsaved=unsaved)
    return record_page(request, state, record, view, status=409 if unsaved.row else 422)


def assessed(state: State, exchange: Exchange) -> Assessment:
    """What the tool says of a record.

    Raises:
        Problem: It cannot be graded, and so there is nothing to correct.
    """
    (result,) = state.models.assess([exchange])
    if isinstance(result, Assessment):
        return result
    raise Problem(422, f"This record cannot be graded: {result.message}.", result.hint)


def _carried(text: str) -> Exchange:
    try:
        return msgspec.convert(json.loads(text), Exchange)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise Problem(422, "The form did not bring its record along.", "Go back, and grade the answer anew.") from error


def save(state: State, subject: Subject, form: Sent) -> Unsaved | None:
    """Keep a correction; what came back was not kept."""
    row: Row = {}
    if form.act not in (SAVE, CONFIRM):
        todo = "press “Save the correction”, or the button that says that all is correct"
        return Unsaved(form.edit, (Wrong("no button was pressed", todo),))
    try:
        if form.act == CONFIRM:
            row, notices = confirm(subject.assessment, form.edit.coder, form.edit.note, page=subject.page)
        else:
            row, notices = correct(subject.assessment, form.edit, page=subject.page)
        state.corrections.add(row, form.seen)
    except RefusedError as error:
        return Unsaved(form.edit, error.problems)
    except CorrectedMeanwhileError as error:
        # A form that was sent twice is saved once.
        return None if _same(row, error.rows[-1]) else Unsaved(form.edit, (), row)
    number = len(state.corrections.of(subject.record))
    state.notices[key_of(subject.record), number] = tuple(notices)
    while len(state.notices) > _NOTICES:
        state.notices.pop(next(iter(state.notices)))
    return None


def _same(one: Row, other: Row) -> bool:
    return one | {"corrected_at": ""} == other | {"corrected_at": ""}


def _saved(state: State, subject: Subject, form: Sent) -> Response:
    """To the record, which says that it was saved."""
    number = len(state.corrections.of(subject.record))
    answer = RedirectResponse(f"{subject.shown}{'&' if '?' in subject.shown else '?'}saved={number}#corrected", 303)
    remember(answer, " ".join(form.edit.coder.split()))
    return answer


def _pair_page(request: Request, view: CorrectionView, status: int = 200) -> Response:
    return page(request, "corrected.html", status=status, correction=view)
