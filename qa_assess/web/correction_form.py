"""What a form of a correction sends, as an edit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response

from qa_assess.correcting import LONGEST_CODER, Edit, EditedAsk

CODER_COOKIE = "qa-assess-coder"
SAVE, CONFIRM = "save", "confirm"
_YEAR = 365 * 24 * 3600
_ASK = re.compile(r"ask-(\d{1,4})-text")
_WHOLE = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent.

    Attributes:
        edit: What stood in the fields.
        act: The button: to save the fields, to confirm what the tool says, or none (the key Enter).
        seen: How many corrections of the record the page knew of.
        carried: The record, where no job holds it.
    """

    edit: Edit
    act: str
    seen: int | None
    carried: str


async def sent(request: Request) -> Sent:
    """Read the form of a request."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    tags = tuple(tag for tag in form.getlist("tag") if isinstance(tag, str))
    return Sent(
        edit=Edit(
            coder=fields.get("coder", ""),
            asks=_asks(fields),
            tags=tuple(dict.fromkeys(tags)),
            grade=fields.get("grade", ""),
            grade_strict=fields.get("grade_strict", ""),
            concern_evidence=fields.get("concern", ""),
            concern_start=_whole(fields.get("concern_start", "")),
            note=fields.get("note", "").replace("\r\n", "\n"),
        ),
        act=fields.get("act", ""),
        seen=_whole(fields.get("seen", "")),
        carried=fields.get("record", ""),
    )


Form = Annotated[Sent, Depends(sent)]


def _asks(fields: Mapping[str, str]) -> tuple[EditedAsk, ...]:
    numbers = sorted(int(found[1]) for name in fields if (found := _ASK.fullmatch(name)))
    return tuple(ask for number in numbers if (ask := _ask(fields, f"ask-{number}-")))


def _ask(fields: Mapping[str, str], prefix: str) -> EditedAsk | None:
    """One ask; None where it is to be removed, or where the place for a new one was left empty."""
    text, evidence = fields[prefix + "text"], fields.get(prefix + "evidence", "")
    if fields.get(prefix + "remove") or (fields.get(prefix + "new") and not (text + evidence).strip()):
        return None
    return EditedAsk(
        text=text,
        kind=fields.get(prefix + "kind", ""),
        status=fields.get(prefix + "status", ""),
        evidence=evidence,
        start=_whole(fields.get(prefix + "text_start", "")),
        evidence_start=_whole(fields.get(prefix + "evidence_start", "")),
    )


def _whole(text: str) -> int:
    return int(text) if _WHOLE.fullmatch(text) else 0


def coder_of(request: Request) -> str:
    """Who corrected last in this browser."""
    return unquote(request.cookies.get(CODER_COOKIE, ""))[:LONGEST_CODER]


def remember(response: Response, coder: str) -> None:
    """Let the browser remember who corrects; it tells nobody but this page."""
    response.set_cookie(CODER_COOKIE, quote(coder), max_age=_YEAR, samesite="strict", httponly=True)
