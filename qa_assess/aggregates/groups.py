"""Which groups a record belongs to: by the names that `--by` knows, and by the input's own columns."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from qa_assess.errors import ColumnError
from qa_assess.exchange import Assessment, Exchange, Result
from qa_assess.readers.dates import day
from qa_assess.writers.columns import nearest

ALL, NONE, NO_DATE = "(all)", "(none)", "(no date)"
# "debates.csv:12", "book.xlsx:Sheet1:12": the file, and the row in it
_ROW = re.compile(r":\d+\Z")
_MODES = ("oral", "written")


def _date(exchange: Exchange | None, letters: int) -> str:
    return (exchange and day(exchange.date)[:letters]) or NO_DATE


def _mode(exchange: Exchange | None) -> str:
    """Oral or written, from what the reader noted, or from the input's own columns."""
    extra = exchange.extra if exchange else {}
    noted = (extra.get(name, "").strip().casefold() for name in ("mode", "section", "kind"))
    return next((mode for mode in noted if mode in _MODES), NONE)


def _source(result: Result) -> str:
    source = result.exchange.source if isinstance(result, Assessment) else result.source
    return _ROW.sub("", source)


def _kinds(result: Result) -> Iterable[str]:
    return [outcome.ask.kind.value for outcome in result.outcomes] if isinstance(result, Assessment) else []


def _tags(result: Result) -> Iterable[str]:
    return [tag.name.label for tag in result.tags] if isinstance(result, Assessment) else []


def _field(name: str) -> Callable[[Result], Iterable[str]]:
    return lambda result: [getattr(result.exchange, name, "")]


_VALUES: Mapping[str, Callable[[Result], Iterable[str]]] = {
    **{name: _field(name) for name in ("department", "answerer", "asker", "house", "heading")},
    "source": lambda result: [_source(result)],
    "model": lambda result: [getattr(result, "model", "")],
    "year": lambda result: [_date(result.exchange, 4)],
    "month": lambda result: [_date(result.exchange, 7)],
    "mode": lambda result: [_mode(result.exchange)],
    "kind": _kinds,
    "tag": _tags,
}
# What can be named besides the columns of the input.
NAMES = tuple(_VALUES)
# Of these a record may have several values, and is then in several groups.
_SEVERAL = ("kind", "tag")


def several(by: Iterable[str]) -> bool:
    """Whether a record may be in more than one group.

    >>> several(["department", "tag"]), several(["year"])
    (True, False)
    """
    return any(name in _SEVERAL for name in by)


def columns_needed(by: Iterable[str]) -> list[str]:
    """The columns of a graded table that these groups are told by.

    >>> columns_needed(["year", "kind", "party"])
    ['date', 'ask_kinds', 'ask_statuses']
    """
    told_by = {"year": ["date"], "month": ["date"], "mode": [], "kind": ["ask_kinds", "ask_statuses"], "tag": ["tags"]}
    return list(dict.fromkeys(column for name in by if name in _VALUES for column in told_by.get(name, [name])))


def groups_of(result: Result, by: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """The groups of a record, each once; a value that is not there stands as "(none)".

    >>> from qa_assess.exchange import Failure
    >>> list(groups_of(Failure("1", "read", "no answer"), ["department", "year"]))
    [('(none)', '(no date)')]
    """
    return product(*(_values(result, name) for name in by))


def _values(result: Result, name: str) -> Iterable[str]:
    if name in _VALUES:
        values: Iterable[str] = _VALUES[name](result)
    else:
        values = [result.exchange.extra.get(name, "")] if result.exchange else []
    return dict.fromkeys(" ".join(value.split()) for value in values if value.strip()) or (NONE,)


def check_names(by: Sequence[str], columns: Iterable[str]) -> None:
    """See that each name is one of ours, or of a column of the input.

    Raises:
        ColumnError: One is not, or stands there twice.
    """
    known = (*NAMES, *sorted(columns))
    for number, name in enumerate(by):
        if name in by[:number]:
            raise ColumnError(f'"{name}" was named twice', hint="name each once")
        if name not in known:
            hint = f"group by {', '.join(NAMES)}, or a column of the input"
            raise ColumnError(f'there is nothing called "{name}" to group by{nearest(name, known)}', hint=hint)


def order(group: Sequence[str]) -> list[tuple[bool, str, str]]:
    """The key that groups are sorted by: names, whatever their capitals; what is not there stands last."""
    return [(value in (NONE, NO_DATE), value.casefold(), value) for value in group]
