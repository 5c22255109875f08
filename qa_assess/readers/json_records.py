"""JSON Lines (one object a line), and JSON documents: an array of objects, or an object that holds one.

Lines and the elements of an array are read one at a time; an object has to be read whole.
"""

import json
import re
from collections.abc import Iterator
from typing import cast

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.columns import Slot, complaint, missing, slots, whole
from qa_assess.readers.json_array import ArrayBreakError, elements
from qa_assess.readers.records import Position, exchange_of
from qa_assess.readers.source import AROUND_JSON, Line, Source, beginning, first_lines, whole_text

# Under which name a document may hold its records.
RECORD_LISTS = ("records", "exchanges", "rows", "items", "data", "results")

_OBJECT = re.compile(r'\{\s*"')
# {"total": 2, "records": [{
_RECORD_LIST = re.compile(rf'"(?:{"|".join(RECORD_LISTS)})"\s*:\s*\[\s*\{{')
_TEXTS = (Slot("field", "question"), Slot("field", "answer"))
_LINES_HINT = "with one object a line (JSON Lines) a broken record does not stop the others"


def sniff_lines(head: str) -> float:
    """How surely this is JSON Lines: the first line, or the second, is an object by itself."""
    lines = [line.strip() for line in first_lines(head)[:2]]
    if not lines or not lines[0].startswith("{") or _holds_records(lines[0]):
        return 0.0
    if len(lines) > 1 and lines[0].endswith(("{", "[", ",")):
        return 0.0
    if any(_parsed(line) is not None for line in lines):
        return 0.95
    return 0.6 if all(_OBJECT.match(line) for line in lines) else 0.0


def sniff_document(head: str) -> float:
    """How surely this is one JSON document."""
    text = beginning(head)
    if sniff_lines(head) or not text.startswith(("{", "[")):
        return 0.0
    return 0.9 if text[1:].lstrip()[:1] in ('"', "{", "}", "]") else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read JSON Lines or a JSON document, whichever it is.

    Raises:
        FormatError: A document that is no list of records, or no JSON at all.
        InputError: A document, or an element of an array, that is too large.
    """
    head = beginning(source.text_head)
    whole = head.startswith("[") or (head.startswith("{") and not sniff_lines(head))
    return _read_document(source) if whole else _read_lines(source)


def _read_lines(source: Source) -> Iterator[Exchange | Failure]:
    written = (line for line in source.lines() if line.text.strip(AROUND_JSON))
    for number, line in enumerate(written, start=1):
        yield _record_of_line(line, Position(source.at(line.number), number, line.guessed))


def _record_of_line(line: Line, position: Position) -> Exchange | Failure:
    try:
        value = json.loads(line.text.strip(AROUND_JSON))
    except (ValueError, RecursionError) as error:
        return position.failure(f"broken JSON: {_reason(error)}", "write one whole object on each line")
    return record_of(value, position)


def record_of(value: object, position: Position) -> Exchange | Failure:
    """One parsed JSON value to an exchange; unknown and nested values travel through as compact JSON.

    >>> record_of({"q": "Why?", "a": "Because.", "votes": [1, 2]}, Position("x.jsonl:1", 1)).extra
    {'votes': '[1,2]'}
    >>> record_of(["Why?"], Position("x.jsonl:1", 1)).message
    'x.jsonl:1: a list where an object was expected'
    """
    try:
        return _record(value, position)
    except RecursionError:
        return position.failure("a value that is nested too deeply", "write question and answer as plain text")


def _record(value: object, position: Position) -> Exchange | Failure:
    if not isinstance(value, dict):
        hint = 'a record looks like {"id": "1", "question": "…", "answer": "…"}'
        return position.failure(f"{_kind(value)} where an object was expected", hint)
    cells = list(zip(slots(tuple(value)), value.values(), strict=True))
    record_id = next((_text(cell) for slot, cell in cells if slot == Slot("field", "id")), "")
    if missing(tuple(value)):
        return position.failure(*complaint(tuple(value), noun="name"), record_id=record_id)
    if nested := [slot.name for slot, cell in cells if slot in _TEXTS and isinstance(cell, (dict, list, bool))]:
        message = f"the {' and the '.join(nested)} should be a text and is something else"
        return position.failure(message, "write question and answer as plain text", record_id=record_id)
    return exchange_of(((slot, _cell(slot, cell)) for slot, cell in cells), position)


def _cell(slot: Slot, value: object) -> str:
    if slot.place == "coded" and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "; ".join(value)
    return _text(value)


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number has too many digits"


def _read_document(source: Source) -> Iterator[Exchange | Failure]:
    if beginning(source.text_head).startswith("["):
        yield from _read_array(source)
        return
    text, guessed = whole_text(source.lines(), source.name)
    for number, value in enumerate(_list_in(text.strip(AROUND_JSON), source.name), start=1):
        yield record_of(value, Position(source.at(number), number, guessed))


def _read_array(source: Source) -> Iterator[Exchange | Failure]:
    number = 0
    try:
        for number, (value, guessed) in enumerate(elements(source.lines(), source.name), start=1):
            yield record_of(value, Position(source.at(number), number, guessed))
    except ArrayBreakError as error:
        position = Position(source.at(number + 1), number + 1)
        yield position.failure(f"broken JSON at {error}; no record behind it was read", _LINES_HINT)


def _list_in(text: str, name: str) -> list[object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}: " if isinstance(error, json.JSONDecodeError) else ""
        raise FormatError(f"{name} is broken JSON: {where}{_reason(error)}", hint=_LINES_HINT) from error
    if not isinstance(document, dict):
        raise FormatError(f"{name} holds {_kind(document)}, not records", hint="write an array of objects")
    for key in RECORD_LISTS:
        if isinstance(document.get(key), list):
            return cast("list[object]", document[key])
    if not missing(tuple(document)):
        return [document]
    hint = (
        "write an array of objects, or one object that holds it: " + '{"records": [{"question": "…", "answer": "…"}]}'
    )
    raise FormatError(
        f"{name} is one JSON object without a list of records; its names are: {_some(document)}", hint=hint
    )


def _some(document: dict[str, object]) -> str:
    return ", ".join(map(whole, list(document)[:20])) or "none"


def _parsed(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _holds_records(line: str) -> bool:
    value = _parsed(line)
    if value is None:
        return bool(_RECORD_LIST.search(line))
    return bool(missing(tuple(value))) and any(isinstance(value.get(name), list) for name in RECORD_LISTS)
