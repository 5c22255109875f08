"""Paste and read: one answer, or a page's text, assessed while one looks on. Nothing of it is stored."""

from typing import Any

from fastapi import APIRouter, Request, Response

from qa_assess.web.problems import json_answer
from qa_assess.web.state import Held
from qa_assess.web.views import page

router = APIRouter()


@router.get("/", include_in_schema=False)
def show(request: Request, state: Held) -> Response:
    """The start page."""
    return page(request, "paste.html", ready=state.models.ready)


@router.get("/api/health")
def health(state: Held) -> dict[str, Any]:
    """Whether the models are loaded."""
    return {"ready": state.models.ready}


@router.get("/api/token")
def token(state: Held) -> Response:
    """What a program has to send as X-QA-Assess-Token."""
    return json_answer({"token": state.token})
