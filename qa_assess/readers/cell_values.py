"""A cell of a table that knows types, as text: what a CSV of the same table would hold."""

import datetime
import decimal
import json
import math

from qa_assess.readers.encoding import decode_western, western_codec


def cell_text(value: object) -> str:
    r"""The value as text: a whole number without a point, a date without midnight, nothing for what is not there.

    >>> [cell_text(value) for value in (12.0, 0.25, True, None, float("nan"), "Yes. ")]
    ['12', '0.25', 'true', '', '', 'Yes. ']
    >>> cell_text(datetime.datetime(2022, 7, 5)), cell_text([{"votes": 3}]), cell_text(b"caf\xe9")
    ('2022-07-05', '[{"votes":3}]', 'café')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, (bool, dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=cell_text)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime.datetime) and value.tzinfo is None and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return _decoded(value)
    return f"{value:f}" if isinstance(value, decimal.Decimal) else str(value)


def _number(value: float) -> str:
    if math.isnan(value):  # how many tables say that nothing is there
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return decode_western(value, western_codec(value))


def labels_text(value: object) -> object:
    """A list of labels as one text, as we write them; anything else as it is.

    >>> labels_text(["Praise", "Under Review"]), labels_text([1])
    ('Praise; Under Review', [1])
    """
    texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return "; ".join(value) if texts else value  # type: ignore[arg-type]
