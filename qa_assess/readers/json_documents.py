"""Whole JSON documents out of a source, for the formats that APIs send: one of them, or one a line (pages)."""

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from qa_assess.errors import FormatError
from qa_assess.exchange import Failure
from qa_assess.readers.columns import whole
from qa_assess.readers.json_array import ArrayBreakError, elements
from qa_assess.readers.records import Position
from qa_assess.readers.source import AROUND_JSON, Line, Source, beginning, whole_text

# A text (its last quotation mark may lie behind the break), or what opens and closes a list or an object.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
_CLOSING = {"{": "}", "[": "]"}
# How surely a document is of the API whose names are in it.
SURE = 0.98
_HINT = "nothing behind this place was read; is the file complete?"


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document and where it stands.

    `guessed` is true where some of its bytes were not in the encoding of the file, `partial` where it broke off.
    """

    value: object
    place: str
    guessed: bool = False
    partial: bool = False


def begins_as_json(head: str) -> bool:
    """Whether the first characters of an input are those of an object or a list."""
    return beginning(head).startswith(("{", "["))


def sniff_names(head: str, names: Iterable[str]) -> float:
    """How surely an input is JSON of the API that uses these names: `SURE` where all of them are there, else 0.

    >>> sniff_names('{"uin": 7, "heading": null}', ("uin", "heading")), sniff_names('{"uin": 7}', ("uin", "heading"))
    (0.98, 0.0)
    """
    known = begins_as_json(head) and all(re.search(rf'"{re.escape(name)}"\s*:', head) for name in names)
    return SURE if known else 0.0


def documents(source: Source, *, apart: bool = False) -> Iterator[Document | Failure]:
    """The documents of a source in turn: one a line where the first line is one by itself, else a single one.

    Of a document that breaks off, what is whole before the break is handed over, then a `Failure`.

    Args:
        source: The input.
        apart: Where the single document is an array, hand over each of its elements as an array of its own: for records
            that have nothing to do with each other, so that an array of any length can be read.

    Raises:
        FormatError: It is a single document, and not one record before its break could be read.
        InputError: It is a single document, and too large.
    """
    lines = (line for line in source.lines() if line.text.strip(AROUND_JSON))
    first = next(lines, None)
    if first is None:
        return
    second = next(lines, None)
    every = itertools.chain((first,) if second is None else (first, second), lines)
    if second is None or not _one_a_line(first.text, second.text):
        array = apart and beginning(first.text).startswith("[")
        yield from _one_by_one(every, source) if array else _one_document(every, source)
        return
    for number, line in enumerate(every, start=1):
        value = _parsed(line.text)
        if value is None:
            place = Position(source.at(line.number), number, line.guessed)
            yield place.failure("broken JSON on this line", "write one whole document on each line")
        else:
            yield Document(value, source.at(line.number), line.guessed)


def text_in(row: Mapping[str, object], name: str) -> str:
    """A text or a number of a row, as text that can be written; empty for whatever else stands there.

    >>> text_in({"uin": 42, "house": None, "links": []}, "uin"), text_in({"links": []}, "links")
    ('42', '')
    """
    value = row.get(name)
    if isinstance(value, str):
        return whole(value)
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def rows_in(row: Mapping[str, object], name: str) -> list[dict[str, object]]:
    """The objects of a list in a row; empty where there is no such list.

    >>> rows_in({"results": [{"a": 1}, None, 3]}, "results")
    [{'a': 1}]
    """
    value = row.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def row_in(row: Mapping[str, object], name: str) -> dict[str, object]:
    """The object under a name; empty where there is none.

    >>> row_in({"speaker": {"name": "Ann Ash"}}, "speaker"), row_in({}, "speaker")
    ({'name': 'Ann Ash'}, {})
    """
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def before_break(text: str, end: int) -> str:
    """A JSON text closed behind the last element of its list that is whole; empty where there is none.

    >>> before_break('{"results": [{"uin": "1"}, {"uin": "2", "gro', 40)
    '{"results": [{"uin": "1"}]}'
    """
    opened: list[str] = []
    safe, closing = 0, ""
    for token in _TOKEN.finditer(text, 0, end):
        mark = token[0]
        if mark in "{[":
            opened.append(mark)
        elif mark in "}]":
            if not opened:
                break
            opened.pop()
        else:
            continue
        # Inside an element of the outermost list nothing is whole.
        if mark == "}" and opened.count("[") == 1 and opened[-1] == "[":
            safe, closing = token.end(), "".join(_CLOSING[one] for one in reversed(opened))
    return text[:safe] + closing


def _one_document(lines: Iterable[Line], source: Source) -> Iterator[Document | Failure]:
    text, guessed = whole_text(lines, source.name)
    text = text.strip(AROUND_JSON)
    try:
        yield Document(json.loads(text), source.name, guessed)
        return
    except json.JSONDecodeError as error:
        message, kept = f"broken JSON at line {error.lineno}: {error.msg}", before_break(text, error.pos)
    except (ValueError, RecursionError):
        message, kept = "JSON that is nested too deeply, or holds a number with too many digits", ""
    value = _parsed(kept)
    if value is None:
        raise FormatError(f"{source.name} is {message}", hint="is the file complete?")
    yield Document(value, source.name, guessed, partial=True)
    yield Position(source.name, 0, guessed).failure(message, _HINT, record_id=f"{source.name}-rest")


def _one_by_one(lines: Iterable[Line], source: Source) -> Iterator[Document | Failure]:
    found = False
    try:
        for value, guessed in elements(lines, source.name):
            found = True
            yield Document([value], source.name, guessed)
    except ArrayBreakError as error:
        message = f"broken JSON at {error}"
        if not found:
            raise FormatError(f"{source.name} is {message}", hint="is the file complete?") from error
        yield Position(source.name, 0).failure(message, _HINT, record_id=f"{source.name}-rest")


def _one_a_line(first: str, second: str) -> bool:
    """Whether documents stand one on each line; the first of them may be broken."""
    if _parsed(first) is not None:
        return True
    return all(line.strip(AROUND_JSON).startswith("{") for line in (first, second)) and _parsed(second) is not None


def _parsed(text: str) -> object | None:
    """An object or a list; None for what is neither, or broken."""
    try:
        value = json.loads(text.strip(AROUND_JSON))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, (dict, list)) else None
