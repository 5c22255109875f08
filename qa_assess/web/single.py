"""Paste and read: one answer, or a page's text, assessed while one looks on. Nothing of it is stored."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel, ConfigDict

from qa_assess.batch import mark_duplicates
from qa_assess.errors import FormatError, InputError
from qa_assess.exchange import Exchange, Failure, Result
from qa_assess.readers import read
from qa_assess.web.correction_form import coder_of
from qa_assess.web.correction_view import views
from qa_assess.web.problems import TROUBLES, json_answer
from qa_assess.web.security import form_token, header_token
from qa_assess.web.state import Held, State
from qa_assess.web.telling import sentence
from qa_assess.web.views import page
from qa_assess.writers import to_json
from qa_assess.writers.schema import json_schema

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the two forms, and what is wrong with it: which field, in what words."""

    question: str = ""
    answer: str = ""
    text: str = ""
    field: str = ""
    wrong: str = ""
    todo: str = ""


class Asked(BaseModel):
    """A question and its answer."""

    model_config = ConfigDict(extra="forbid")

    question: str
    answer: str


class Health(BaseModel):
    """Whether the models are loaded: before that, an assessment waits for them."""

    ready: bool


class Token(BaseModel):
    """What a program has to send in the header X-QA-Assess-Token."""

    token: str


class _Pasted(io.BytesIO):
    """A text as the stream that a reader reads; messages call it by its name."""

    name = "the pasted text"


@router.get("/", include_in_schema=False)
def start(request: Request, state: Held) -> Response:
    """The start page: two forms."""
    return page(request, "paste.html", ready=state.models.ready, typed=Typed())


@router.post("/", include_in_schema=False, dependencies=[Depends(form_token)])
def paste(
    request: Request,
    state: Held,
    question: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """What was pasted, assessed; or the forms again, with what is wrong."""
    typed = Typed(*(_lines(one) for one in (question, answer, text)))
    try:
        exchanges = _exchanges(typed, state.settings.most_shown + 1)
    except _WrongError as error:
        typed = Typed(typed.question, typed.answer, typed.text, error.field, error.message, error.hint)
        return page(request, "paste.html", status=422, ready=state.models.ready, typed=typed)
    results = _assessed(state, exchanges[: state.settings.most_shown])
    more = len(exchanges) > len(results)
    corrections = views(state, results, coder_of(request))
    return page(request, "result.html", results=results, corrections=corrections, more=more, typed=typed)


@router.post(
    "/api/assess",
    dependencies=[Depends(header_token)],
    responses=TROUBLES
    | {
        200: {
            "description": "The record as in a file of JSON Lines; its grade is `failed` where it cannot be graded.",
            "content": {"application/json": {"schema": json_schema()["$defs"]["lines"]}},
        }
    },
)
def assess(asked: Asked, state: Held) -> Response:
    """Grade one answer: the same object as `qa-assess check --json` prints."""
    (result,) = _assessed(state, [Exchange("given", asked.question, asked.answer, source="request")])
    return json_answer(to_json(result))


@router.get("/api/health")
def health(state: Held) -> Health:
    """Say that the server is there, and whether its models are loaded."""
    return Health(ready=state.models.ready)


@router.get("/api/token")
def token(state: Held) -> Token:
    """Give the token that other requests need. No other site can read it."""
    return Token(token=state.token)


class _WrongError(InputError):
    """What was typed cannot be assessed, because of this field."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(sentence(message), hint=sentence(hint))
        self.field = field


def _lines(text: str) -> str:
    """A text as it was typed: browsers send other line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _exchanges(typed: Typed, most: int) -> Sequence[Exchange | Failure]:
    if typed.text:
        return _read(typed.text, most)
    if not typed.question:
        raise _WrongError("question", "there is no question", "paste one, or a whole text in the form below")
    if not typed.answer:
        hint = "paste it too. If both are in one text, use the form below"
        raise _WrongError("answer", "there is no answer", hint)
    texts = f"{typed.question}\0{typed.answer}".encode("utf-8", "surrogatepass")
    number = blake2b(texts, digest_size=4).hexdigest()
    return [Exchange(f"pasted {number}", typed.question, typed.answer, source="pasted")]


def _read(text: str, most: int) -> Sequence[Exchange | Failure]:
    try:
        found = list(islice(read(_Pasted(text.encode("utf-8", "replace"))), most))
    except FormatError as error:
        hint = (
            'copy the page with the lines that name the speakers, such as "Jane Doe (Northfield) (Lab)", '
            'or begin each question with "Q:" and each answer with "A:"'
        )
        raise _WrongError("text", error.message, hint) from error
    except InputError as error:
        raise _WrongError("text", error.message, error.hint) from error
    if not found:
        raise _WrongError("text", "no question with its answer was found in the text", "paste more of the page")
    return found


def _assessed(state: State, exchanges: Sequence[Exchange | Failure]) -> list[Result]:
    return list(mark_duplicates(state.models.assess(exchanges)))
