"""Corrections as JSON, for programs."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from qa_assess.changes import changes
from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.correcting import LONGEST_CODER, LONGEST_NOTE, Edit, EditedAsk
from qa_assess.exchange import Exchange
from qa_assess.web.correction_form import CONFIRM, SAVE, Sent
from qa_assess.web.correction_list import CorrectionsQuery, Line, found
from qa_assess.web.correction_view import Subject, key_of, pasted
from qa_assess.web.corrections import assessed, save
from qa_assess.web.job import JOB_ID
from qa_assess.web.problems import TROUBLES, Problem, json_answer, troubles
from qa_assess.web.results import OfRecord, job_record
from qa_assess.web.rows_query import RowsQuery
from qa_assess.web.security import header_token
from qa_assess.web.state import Held, State
from qa_assess.web.telling import sentence
from qa_assess.web.uploads import job_of

router = APIRouter(prefix="/api/corrections")
Place = Annotated[int, Field(ge=0, lt=1_000_000_000)]


class AskGiven(BaseModel):
    """An ask as it should be; `start` and `evidence_start` tell which occurrence is meant, where there are several."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1)]
    kind: Kind
    status: Status
    evidence: str = ""
    start: Place = 0
    evidence_start: Place = 0


class RecordOfJob(BaseModel):
    """A record of an upload: the job's id, and the record's number in it, from 1."""

    model_config = ConfigDict(extra="forbid")

    job: Annotated[str, Field(pattern=f"^{JOB_ID}$")]
    number: Annotated[int, Field(ge=1, le=1 << 53)]


class PairGiven(BaseModel):
    """A question and its answer that are of no upload."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(pattern=r"\S")]
    answer: str
    id: Annotated[str, Field(min_length=1, max_length=500)] = "given"


class CorrectionGiven(BaseModel):
    """A correction, whole; with `confirm` true it says that the tool is right, and labels are not looked at.

    A grade that is not given follows from the asks by the codebook's rule. With `seen`, a correction is refused where
    the record has more corrections than that.
    """

    model_config = ConfigDict(extra="forbid")

    record: RecordOfJob | PairGiven
    coder: Annotated[str, Field(min_length=1, max_length=LONGEST_CODER)]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    confirm: bool = False
    grade: Grade | None = None
    grade_strict: Grade | None = None
    asks: Annotated[list[AskGiven], Field(max_length=200)] = []
    tags: list[Tag] = []
    concern_evidence: str = ""
    concern_start: Place = 0
    seen: Place | None = None

    def sent(self) -> Sent:
        """The same as the page's form sends it."""
        asks = tuple(EditedAsk(**ask.model_dump(mode="json")) for ask in self.asks)
        edit = Edit(
            coder=self.coder,
            asks=asks,
            tags=tuple(self.tags),
            grade=self.grade or "",
            grade_strict=self.grade_strict or "",
            concern_evidence=self.concern_evidence,
            concern_start=self.concern_start,
            note=self.note,
        )
        return Sent(edit, CONFIRM if self.confirm else SAVE, self.seen, "")


class CorrectionKept(BaseModel):
    """A correction as it is kept: `line` is the line of the file, `key` names its record."""

    key: str
    changes: list[str]
    line: dict[str, Any]


class CorrectionsFound(BaseModel):
    """A page of the corrections, the latest first, and how many there are on all pages."""

    total: int
    page: int
    pages: int
    corrections: list[CorrectionKept]


def _kept(line: Line) -> dict[str, Any]:
    return {"key": line.key, "changes": list(line.reading.changed), "line": line.row}


@router.get("", response_model=CorrectionsFound, responses=TROUBLES)
def all_corrections(state: Held, query: Annotated[CorrectionsQuery, Query()]) -> Response:
    """The corrections, the latest first."""
    lines, total = found(state, query)
    pages = {"total": total, "page": query.page, "pages": query.pages(total)}
    return json_answer(pages | {"corrections": [_kept(line) for line in lines]})


@router.post(
    "",
    status_code=201,
    response_model=CorrectionKept,
    dependencies=[Depends(header_token)],
    responses=TROUBLES | troubles(404, 409),
)
def keep(given: CorrectionGiven, state: Held) -> Response:
    """Correct a record, or confirm what the tool says of it."""
    subject = _subject(state, given.record)
    unsaved = save(state, subject, given.sent())
    if unsaved and unsaved.problems:
        what = " ".join(sentence(problem.what) for problem in unsaved.problems)
        raise Problem(422, what, sentence(unsaved.problems[0].todo))
    if unsaved:
        raise Problem(409, "The record was corrected in the meantime.", "Get its corrections, and send `seen` anew.")
    row = state.corrections.of(subject.record)[-1]
    return json_answer({"key": key_of(subject.record), "changes": changes(row), "line": row}, 201)


def _subject(state: State, record: RecordOfJob | PairGiven) -> Subject:
    if isinstance(record, RecordOfJob):
        return job_record(state, OfRecord(job_of(record.job, state), record.number, RowsQuery()))
    exchange = Exchange(record.id, record.question, record.answer, source="request")
    return pasted(assessed(state, exchange))
