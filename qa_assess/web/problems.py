"""What goes wrong, in our words: a page for people, an object for programs, each with what happened and what to do."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException as BareHTTPException

from qa_assess.errors import InputError, QaAssessError
from qa_assess.web.telling import many, sentence, size
from qa_assess.web.views import page

API = "/api/"


class Trouble(BaseModel):
    """Why a request was not done, and what to do about it."""

    what: str
    todo: str


class Problem(HTTPException):
    """A request that cannot be done.

    Args:
        status: The HTTP status.
        what: What is wrong, as a sentence.
        todo: What to do about it, as a sentence.

    >>> Problem(404, "There is no such job.", "Go back to the list of jobs.").what
    'There is no such job.'
    """

    def __init__(self, status: int, what: str, todo: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, what, dict(headers) if headers else None)
        self.what, self.todo = what, todo


_NO_LIMIT = "use qa-assess grade on the command line, which has no limit."


def too_many_files(most: int) -> Problem:
    """An upload of more files than may be sent at once."""
    return Problem(413, f"These are more than {many(most, 'file')}.", f"Upload them in several parts, or {_NO_LIMIT}")


def too_large_files(largest: int) -> Problem:
    """An upload of more bytes than may be sent at once."""
    return Problem(413, f"These files are larger than {size(largest)}.", sentence(_NO_LIMIT))


_WORDS = {
    400: ("The request could not be read.", "Go back, load the page anew, and send it again."),
    404: ("There is no such page.", "Check the address, or begin at the start page."),
    405: ("This address cannot be used in this way.", "Begin at the start page."),
    500: (
        "Something went wrong in the program itself; nothing that was saved is lost.",
        "Try again. If it happens again, please report it, with what the terminal says.",
    ),
}


def troubles(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the description of an endpoint: these statuses come as a `Trouble`."""
    return {status: {"model": Trouble, "description": HTTPStatus(status).phrase} for status in statuses}


# What an endpoint that takes JSON may answer besides.
TROUBLES = troubles(400, 403, 413, 422, 500)


def answer_of(request: Request, problem: Problem) -> Response:
    """A problem as the page, or for a program as the object, that says so."""
    if request.url.path.startswith(API):
        trouble = {"what": problem.what, "todo": problem.todo}
        return json_answer(trouble, problem.status_code, problem.headers)
    # Without the token: whoever came under another name could read it here.
    shown = page(request, "error.html", status=problem.status_code, problem=problem, token="")
    shown.headers.update(problem.headers or {})
    return shown


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON; escaped to ASCII, so that half of a character pair stops nobody."""
    return Response(json.dumps(value, allow_nan=False), status, headers, media_type="application/json")


def add_handlers(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Let an application answer with our words whatever goes wrong.

    Args:
        app: The application.
        headers: Of every answer: the one to what nobody foresaw does not come by the guard, which adds them else.
    """
    app.add_exception_handler(BareHTTPException, _bare)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(QaAssessError, _ours)
    app.add_exception_handler(sqlite3.Error, _store)
    app.add_exception_handler(Exception, partial(_unknown, headers))


def _bare(request: Request, error: Exception) -> Response:
    if isinstance(error, Problem):
        return answer_of(request, error)
    assert isinstance(error, BareHTTPException)
    if str(error.detail).startswith("Too many files"):  # what the framework says of more than `max_files`
        return answer_of(request, too_many_files(request.app.state.held.settings.most_files))
    headers = _allowed(request) if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else error.headers
    return answer_of(request, _worded(error.status_code, headers))


def _allowed(request: Request) -> dict[str, str]:
    """What can be done with an address that has several routes: the framework names the methods of the first one."""
    here = [route.methods or set() for route in request.app.state.routes if route.path_regex.match(request.url.path)]
    return {"Allow": ", ".join(sorted(set().union(*here)))}


def _worded(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    what, todo = _WORDS.get(status, (f"{HTTPStatus(status).phrase}.", "Begin at the start page."))
    return Problem(status, what, todo, headers)


def _not_valid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = "; ".join(f"{_place(one['loc'])}: {one['msg'].lower()}" for one in error.errors())
    return answer_of(
        request, Problem(422, f"The request is not as it should be. {found}.", "Mend it and send it again.")
    )


def _place(steps: Sequence[object]) -> str:
    """Of ``("body", "answer")`` the answer; the body where nothing of it is at fault."""
    return ".".join(str(step) for step in steps[1:]) or str(steps[0])


def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, QaAssessError)
    status = 422 if isinstance(error, InputError) else 500
    return answer_of(request, Problem(status, sentence(error.message), sentence(error.hint)))


def _store(request: Request, error: Exception) -> Response:
    """The store of a job's rows is the only database there is."""
    todo = "Load the page anew. If it says the same again, delete the upload, and upload the file again."
    return answer_of(request, Problem(500, f"The table of this upload cannot be read: {error}.", todo))


def _unknown(headers: Mapping[str, str], request: Request, error: Exception) -> Response:
    shown = answer_of(request, _worded(500))
    shown.headers.update(headers)
    return shown
