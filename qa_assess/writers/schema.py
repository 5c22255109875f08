"""The columns of the output as a JSON schema (draft 2020-12), for programs: what `columns.toml` says, with types.

One schema an output, under `$defs`: ``records`` (a row of the table, as Parquet has it), ``asks`` (a row of asks.csv)
and ``lines`` (a JSON line).
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any

from qa_assess.codebook import GRADES_SHOWN, STATUSES, Grade, Kind, Status, Tag
from qa_assess.exchange import FAILED
from qa_assess.writers.columns import Column, outputs

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_PROBABILITY: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_OFFSET: Schema = {"type": "integer", "minimum": 0}


def json_schema() -> Schema:
    """The schema of all outputs.

    >>> json_schema()["$defs"]["records"]["properties"]["asks"]["type"]
    ['integer', 'null']
    """
    tables = outputs()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The output of qa-assess",
        "$defs": {
            "records": _table(tables["records"].columns, open_end=True)
            | {"title": tables["records"].title, "description": tables["records"].about},
            "asks": _table(tables["asks"].columns)
            | {"title": tables["asks"].title, "description": tables["asks"].about},
            "lines": _object({column.name: _line(column) for column in tables["lines"].columns})
            | {"title": tables["lines"].title, "description": tables["lines"].about},
        },
    }


def _object(properties: dict[str, Schema]) -> Schema:
    """An object with all of these properties and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _table(columns: Iterable[Column], *, open_end: bool = False) -> Schema:
    """A row; with `open_end`, columns of the input may follow. A `coded_` column need not be there."""
    columns = tuple(columns)
    required = [column.name for column in columns if not column.name.startswith("coded_")]
    properties = {column.name: _cell(column) | {"description": column.meaning} for column in columns}
    return _object(properties) | {"required": required, "additionalProperties": _TEXT if open_end else False}


def _cell(column: Column) -> Schema:
    types: dict[str, Schema] = {
        "text": _TEXT,
        "number": _or_null(_PROBABILITY),
        "integer": _or_null(_OFFSET),
        "list": {"type": "array", "items": _TEXT, "x-separator-in-csv": column.separator},
    }
    return types[column.type]


def _line(column: Column) -> Schema:
    return _lines().get(column.name, _TEXT) | {"description": column.meaning}


def _lines() -> dict[str, Schema]:
    """What is not a plain text in a JSON line."""
    offset = _or_null(_OFFSET)
    grade = _words(Grade, FAILED)
    by_grade = _or_null(_object({word.value: _PROBABILITY for word in GRADES_SHOWN}))
    texts = {"type": "object", "additionalProperties": _TEXT}
    return {
        "grade": grade,
        "grade_strict": grade,
        "probabilities": by_grade,
        "probabilities_strict": by_grade,
        "asks": {"type": "array", "items": _ask()},
        "concern_evidence_start": offset,
        "concern_evidence_end": offset,
        "tags": {"type": "array", "items": _words(Tag)},
        "tag_spans": {"type": "array", "items": _tag_span()},
        "primary_tag": {"enum": [*_words(Tag)["enum"], None]},
        "flags": {"type": "array", "items": _TEXT},
        "failure": _or_null(_object({"stage": _TEXT, "message": _TEXT, "hint": _TEXT})),
        "coded": texts,
        "extra": texts,
    }


def _ask() -> Schema:
    offset = _or_null(_OFFSET)
    return _object(
        {
            "text": _TEXT,
            "start": _OFFSET,
            "end": _OFFSET,
            "kind": _words(Kind),
            "kind_probability": _PROBABILITY,
            "status": _words(Status),
            "probability": _PROBABILITY,
            "probabilities": _object({word.value: _PROBABILITY for word in reversed(STATUSES)}),
            "evidence": _TEXT,
            "evidence_start": offset,
            "evidence_end": offset,
        }
    )


def _tag_span() -> Schema:
    span = {"name": _words(Tag), "text": _TEXT, "start": _OFFSET, "end": _OFFSET, "probability": _PROBABILITY}
    return _object(span)


def _words(words: type[Enum], *more: str) -> Schema:
    return {"enum": [*(word.value for word in words), *more]}


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]}
