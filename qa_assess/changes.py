"""What a correction changed of what the tool had said, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from qa_assess.correcting import LABELS, short
from qa_assess.exchange import Span
from qa_assess.label_rows import Labels, labels_of
from qa_assess.metrics import match_asks


def changes(row: Mapping[str, Any]) -> list[str]:
    """What a line of corrections changed; empty where it confirmed what the tool had said.

    >>> row = {"id": "1", "question": "Well?", "answer": "No.", "asks": [], "tags": ["refuses"], "grade": "no-ask"}
    >>> changes(row | {"was": {"asks": [], "tags": [], "grade": "full"}})
    ['grade: Full, now No ask', 'strict grade: Full, now No ask', 'tag added: Refuses']
    """
    was, now = said_by_tool(row), _read(row)
    return _changed(was, now) if was and now else []


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What another line says otherwise of the same record than the one; empty where they say the same."""
    was, now = _read(one), _read(other)
    return _changed(was, now) if was and now else []


def _changed(was: Labels, now: Labels) -> list[str]:
    return [*_changed_grades(was, now), *_changed_asks(was, now), *_changed_rest(was, now)]


def said_by_tool(row: Mapping[str, Any]) -> Labels | None:
    """What the tool had said of a corrected record; None where the line does not tell."""
    was = row.get("was")
    record = {name: value for name, value in row.items() if name not in LABELS}
    return _read(record | was) if isinstance(was, dict) else None


def tool_labels(labels: Labels) -> Labels | None:
    """What the tool had said of a record, by the correction of it; None where that does not tell."""
    exchange = labels.exchange
    texts = {"id": labels.id, "question": exchange.question, "answer": exchange.answer}
    return _read(texts | labels.was) if labels.was else None


def _read(row: Mapping[str, Any]) -> Labels | None:
    # With a reason, grades are read as they are: they are compared here, not checked.
    return labels_of({**row, "why": "compared"}, "", [])


def _changed_grades(was: Labels, now: Labels) -> Iterator[str]:
    for name, old, new in (
        ("grade", was.grade, now.grade),
        ("strict grade", was.grade_strict, now.grade_strict),
    ):
        if old is not new:
            yield f"{name}: {old.label}, now {new.label}"


def _changed_asks(was: Labels, now: Labels) -> Iterator[str]:
    pairs = dict(_same_asks(was, now))
    for i, old in enumerate(was.asks):
        name = short(old.ask.text)
        if i not in pairs:
            yield f"ask removed: {name}"
            continue
        new = now.asks[pairs[i]]
        if (old.ask.start, old.ask.end) != (new.ask.start, new.ask.end):
            yield f"ask {name}, now {short(new.ask.text)}"
        if old.ask.kind is not new.ask.kind:
            yield f"kind of {name}: {old.ask.kind}, now {new.ask.kind}"
        if old.status is not new.status:
            yield f"outcome of {name}: {old.status}, now {new.status}"
        if old.evidence != new.evidence:
            yield f"evidence of {name}: {_quoted(old.evidence)}, now {_quoted(new.evidence)}"
    yield from (f"ask added: {short(a.ask.text)}" for j, a in enumerate(now.asks) if j not in pairs.values())


def _same_asks(was: Labels, now: Labels) -> list[tuple[int, int]]:
    """Which asks are the same: those at the same place, and of the others those of much the same words."""
    places = {(a.ask.start, a.ask.end): j for j, a in enumerate(now.asks)}
    same = {i: places[p] for i, a in enumerate(was.asks) if (p := (a.ask.start, a.ask.end)) in places}
    old = [i for i in range(len(was.asks)) if i not in same]
    new = [j for j in range(len(now.asks)) if j not in same.values()]
    likely = match_asks([was.asks[i].ask.text for i in old], [now.asks[j].ask.text for j in new])
    return [*same.items(), *((old[i], new[j]) for i, j in likely)]


def _changed_rest(was: Labels, now: Labels) -> Iterator[str]:
    if was.concern_evidence != now.concern_evidence:
        yield f"facts on the concern: {_quoted(was.concern_evidence)}, now {_quoted(now.concern_evidence)}"
    yield from (f"tag removed: {tag.label}" for tag in was.tags if tag not in now.tags)
    yield from (f"tag added: {tag.label}" for tag in now.tags if tag not in was.tags)


def _quoted(span: Span | None) -> str:
    return short(span.text) if span else "none"
