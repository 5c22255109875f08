"""Templates into pages: those of this room stand on `qa_assess.pages`."""

from functools import lru_cache
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from qa_assess.web.state import state_of


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of the pages and of this room."""
    return Environment(loader=PackageLoader("qa_assess.web"), autoescape=True, undefined=StrictUndefined)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - whatever a template shows
    """A page; its template may use `token` (for forms) and `path` beside the values given.

    >>> from starlette.requests import Request
    >>> environment().get_template("error.html").name
    'error.html'
    """
    token, path = state_of(request).token, request.url.path
    text = environment().get_template(template).render(token=token, path=path, **values)
    # A text may hold half of a character pair (a lone surrogate), which no encoding takes.
    return Response(text.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8")
