"""Who is let in: this machine's own pages, and nobody else.

Any site that is open in the same browser can send requests to 127.0.0.1. So a request must name us as its host (which
stops DNS rebinding), one that changes anything must come from our own page (Origin, Sec-Fetch-Site) and bring the token
that only our own page can read. The answers forbid the browser to load, run or send anything elsewhere.
"""

import secrets
from typing import Annotated

from fastapi import Form, Request, Security
from fastapi.security import APIKeyHeader
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_assess.web.job import UPLOADS
from qa_assess.web.problems import Problem, answer_of, too_large_files
from qa_assess.web.state import Held, State, WebSettings
from qa_assess.web.telling import size

TOKEN_HEADER = "X-QA-Assess-Token"  # noqa: S105 - a header's name

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: a form would then be sent with "Origin: null", also to ourselves.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Guard:
    """Refuses what does not come from our own page, bounds what is sent, and adds the headers to every answer.

    Args:
        app: What stands behind.
        state: Of the application.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        request, settings = Request(scope), self._state.settings
        if problem := refusal(request, settings):
            await answer_of(request, problem)(scope, receive, send_with_headers)
            return
        await self._app(scope, _bounded(receive, settings, request.url.path), send_with_headers)


def refusal(request: Request, settings: WebSettings) -> Problem | None:
    """Why a request is not let in; None where it is."""
    host = request.headers.get("host", "")
    if host not in settings.hosts:
        own = settings.address
        return Problem(403, f"This page answers only under its own address, {own}.", f"Go to {own}.")
    if request.method in _SAFE:
        return None
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin in (None, f"http://{host}") and site in (None, "same-origin", "none"):
        return None
    return Problem(403, "Another site tried to send something to this page. It was refused.", "Use the page itself.")


def _bounded(receive: Receive, settings: WebSettings, path: str) -> Receive:
    """Let no more come in than may; what is too large is read to its end, else a browser would show no answer."""
    largest, size = settings.largest_body(path), 0

    async def bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > largest:
            while message.get("more_body"):
                message = await receive()
            raise _too_large(path, largest)
        return message

    return bounded


def _too_large(path: str, largest: int) -> Problem:
    if path == UPLOADS:
        return too_large_files(largest)
    return Problem(413, f"The text has more than {size(largest)}.", "Save it as a file, and upload that.")


def _check(token: str, state: State) -> None:
    if not secrets.compare_digest(token.encode("utf-8", "replace"), state.token.encode()):
        raise Problem(
            403,
            "This was not sent from a page of this server.",
            f"Load the page anew, and send it again. A program sends what GET /api/token gives as {TOKEN_HEADER}.",
        )


def form_token(state: Held, token: Annotated[str, Form()] = "") -> None:
    """For the `dependencies` of a form's endpoint: the form's field `token` is right.

    Raises:
        Problem: It is not.
    """
    _check(token, state)


_header = APIKeyHeader(name=TOKEN_HEADER, scheme_name="token", description="From GET /api/token.", auto_error=False)


def header_token(state: Held, token: Annotated[str | None, Security(_header)]) -> None:
    """For the `dependencies` of a JSON endpoint that changes or computes something: the header is right.

    Raises:
        Problem: It is not.
    """
    _check(token or "", state)
