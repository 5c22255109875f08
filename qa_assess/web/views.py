"""Templates into pages: those of this room stand on `qa_assess.pages`."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment

from qa_assess import pages
from qa_assess.correcting import LONGEST_CODER, LONGEST_NOTE
from qa_assess.web.correction_view import CHOICES, line_ends
from qa_assess.web.rows_query import LONGEST_SEARCH
from qa_assess.web.state import state_of
from qa_assess.web.table_view import grade_label, tag_label
from qa_assess.web.telling import many, moment, moment_or_text, sentence, size, thousands

STYLE = "/static/style.css"
# So many characters a field takes.
LONGEST = {"coder": LONGEST_CODER, "note": LONGEST_NOTE, "search": LONGEST_SEARCH}
FILTERS: dict[str, Callable[..., Any]] = {
    "grade_label": grade_label,
    "tag_label": tag_label,
    "thousands": thousands,
    "many": many,
    "moment": moment,
    "moment_or_text": moment_or_text,
    "size": size,
    "sentence": sentence,
    "line_ends": line_ends,
}


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of this room, before those of the pages."""
    found = pages.environment("qa_assess.web")
    found.filters |= FILTERS
    found.globals |= {"codebook": CHOICES, "longest": LONGEST}
    return found


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - whatever a template shows
    """A page; its template may use `token` (for forms) and `path` beside the values given.

    >>> environment().get_template("error.html").name
    'error.html'
    """
    state = state_of(request)
    shared = {
        "token": state.token,
        "path": request.url.path,
        "style_url": STYLE,
        "shipped": state.settings.assess.grader is None,
    }
    text = environment().get_template(template).render(shared | values)
    return Response(text, status, media_type="text/html; charset=utf-8")
