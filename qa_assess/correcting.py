"""From what the tool said of a record, and what a person makes of it, to a checked line of labels.

A person's spans come as words: they are looked for in the text, whatever its line breaks, and where they stand more
than once the first place at or after the old one is taken. What the codebook does not allow is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qa_assess.codebook import Grade, Status, grade_default
from qa_assess.errors import CorrectionError
from qa_assess.exchange import Assessment, Exchange, Outcome, Span
from qa_assess.label_rows import EXCHANGE_FIELDS, Problem, Row, problems_of, strict_beside

# What a line says of the record by the codebook, and what `was` keeps of the tool's reading.
LABELS = ("grade", "grade_strict", "asks", "tags", "concern_evidence", "concern_evidence_start", "concern_evidence_end")
# Control characters and halves of pairs: a page shows U+FFFD in their place.
_UNSHOWN = "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]"
LONGEST_CODER, LONGEST_NOTE = 100, 5_000


@dataclass(frozen=True, slots=True)
class EditedAsk:
    """One ask as a person would have it; the words of its spans, and where they stood before."""

    text: str
    kind: str
    status: str
    evidence: str = ""
    start: int = 0
    evidence_start: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person would have a record's labels be; words of the codebook, checked by `correct`.

    Attributes:
        grade, grade_strict: Empty where the grade is to follow from the asks by the codebook's rule.
    """

    coder: str
    asks: tuple[EditedAsk, ...] = ()
    tags: tuple[str, ...] = ()
    grade: str = ""
    grade_strict: str = ""
    concern_evidence: str = ""
    concern_start: int = 0
    note: str = ""


class RefusedError(CorrectionError):
    """A correction that the codebook does not allow; `problems` are all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].what, hint=problems[0].todo)
        self.problems = tuple(problems)


def labels_row(assessment: Assessment) -> Row:
    """What the tool said, as a row of labels.

    >>> labels_row(Assessment(Exchange("1", "Well?", "No."), grade=Grade.NO_ASK, grade_strict=Grade.NO_ASK))["grade"]
    'no-ask'
    """
    exchange, concern = assessment.exchange, assessment.concern_evidence
    return {
        **_record(exchange),
        "asks": [_ask(outcome) for outcome in assessment.outcomes],
        **_span("concern_evidence", concern),
        "tags": list(dict.fromkeys(tag.name.value for tag in assessment.tags)),
        "grade": assessment.grade.value,
        "grade_strict": assessment.grade_strict.value,
    }


def _record(exchange: Exchange) -> Row:
    known = {name: getattr(exchange, name) for name in EXCHANGE_FIELDS if getattr(exchange, name)}
    # Whether it is an oral or a written question, which `evaluate` tells apart.
    kind = {"kind": exchange.extra["kind"]} if exchange.extra.get("kind") in ("oral", "written") else {}
    # Some flags say why there is no grade (`replies`).
    flags = {"flags": list(exchange.flags)} if exchange.flags else {}
    return {"id": exchange.id, "question": exchange.question, "answer": exchange.answer, **known, **kind, **flags}


def _ask(outcome: Outcome) -> Row:
    ask = outcome.ask
    place = {"text": ask.text, "start": ask.start, "end": ask.end}
    return place | {"kind": ask.kind.value, "status": outcome.status.value, **_span("evidence", outcome.evidence)}


def _span(name: str, span: Span | None) -> Row:
    return {name: span.text, f"{name}_start": span.start, f"{name}_end": span.end} if span else {name: ""}


def edit_of(row: Mapping[str, Any], coder: str = "", note: str = "") -> Edit:
    """The edit that leaves the labels of a row as they are; its grades follow the rule where they do so in the row."""
    asks = tuple(_edited(ask, row) for ask in row["asks"])
    concern, grade = row.get("concern_evidence") or "", row["grade"]
    rule, strict = by_rule(asks, concern_met=bool(concern), grade=grade)
    return Edit(
        coder,
        asks,
        tuple(row["tags"]),
        "" if grade == rule else grade,
        "" if row.get("grade_strict", strict) == strict else row["grade_strict"],
        concern,
        _place(row, "concern_evidence", row["answer"]),
        note,
    )


def _edited(ask: Row, row: Mapping[str, Any]) -> EditedAsk:
    start = row["question"].find(ask["text"]) if ask.get("start") is None else ask["start"]
    evidence = ask.get("evidence") or ""
    return EditedAsk(ask["text"], ask["kind"], ask["status"], evidence, start, _place(ask, "evidence", row["answer"]))


def _place(row: Mapping[str, Any], name: str, text: str) -> int:
    start = row.get(f"{name}_start")
    return max(0, text.find(row.get(name) or "")) if start is None else start


def by_rule(asks: Sequence[EditedAsk], *, concern_met: bool, grade: str = "") -> tuple[Grade, Grade]:
    """The grade that follows from asks, and the strict grade that goes with it (or with another one that is given).

    >>> by_rule([EditedAsk("Why", "reason", "none")], concern_met=True)
    (<Grade.PARTIAL: 'partial'>, <Grade.NON_ANSWER: 'non-answer'>)
    """
    statuses = [Status(ask.status) for ask in asks if ask.status in tuple(Status)]
    rule = grade_default(statuses, concern_met=concern_met)
    return rule, strict_beside(Grade(grade) if grade in tuple(Grade) else rule, statuses)


def correct(assessment: Assessment, edit: Edit, *, at: datetime | None = None, page: str = "") -> tuple[Row, list[str]]:
    """The line of labels that a correction comes to, and what the person should know of it.

    Args:
        assessment: What the tool said.
        edit: What the person would have.
        at: When; None is now.
        page: Where the record can be seen, as the path of a page.

    Raises:
        RefusedError: The codebook does not allow it; with everything that is wrong and what to do about it.

    >>> said = Assessment(Exchange("1", "When will it open?", "In May."), grade=Grade.NO_ASK, grade_strict=Grade.NO_ASK)
    >>> ask = EditedAsk("When will it open", "timeline", "full", "In May")
    >>> row, _ = correct(said, Edit("Ann", (ask,)))
    >>> row["grade"], row["grade_strict"], row["was"]["grade"]
    ('full', 'full', 'no-ask')
    """
    was = labels_row(assessment)
    found = _Finder(was["question"], was["answer"])
    coder, note = " ".join(edit.coder.split()), edit.note.strip()
    concern = found.span(
        "concern_evidence", edit.concern_evidence, edit.concern_start, "answer", "facts on the concern"
    )
    rule, strict = by_rule(edit.asks, concern_met=bool(concern["concern_evidence"]), grade=edit.grade)
    row = {
        **{name: value for name, value in was.items() if name not in LABELS},
        "asks": [found.ask(number, ask) for number, ask in enumerate(edit.asks, 1)],
        **concern,
        "tags": list(edit.tags),
        "grade": edit.grade or rule.value,
        "grade_strict": edit.grade_strict or strict.value,
    }
    if note and (row["grade"], row["grade_strict"]) != (rule, strict):
        row["why"] = note
    if problems := [*_about(coder, note), *(found.problems or _checked(row))]:
        raise RefusedError(problems)
    row |= {
        "coder": coder,
        "note": note,
        "corrected_at": (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds"),
        "model": assessment.model,
        "was": {name: was[name] for name in LABELS if name in was},
    }
    return row | ({"page": page} if page else {}), found.notices


def confirm(assessment: Assessment, coder: str, note: str = "", **options: Any) -> tuple[Row, list[str]]:  # noqa: ANN401
    """The line that says that all is right as it stands; options and errors as those of `correct`."""
    return correct(assessment, edit_of(labels_row(assessment), coder, note), **options)


def _about(coder: str, note: str) -> Iterator[Problem]:
    if not coder:
        yield Problem("there is no name", "write your name or initials: corrections are kept by who made them")
    if len(coder) > LONGEST_CODER:
        yield Problem(f"the name has {len(coder):,} characters", f"write one of at most {LONGEST_CODER}")
    if len(note) > LONGEST_NOTE:
        yield Problem(f"the note has {len(note):,} characters", f"write at most {LONGEST_NOTE:,}")


def _checked(row: Row) -> list[Problem]:
    """The problems of a row in the words of a page, where words are chosen and what is called `why` is the note."""
    return [
        Problem(
            what.replace(" is '', not a word of the codebook", " is not chosen"),
            todo.replace("write one of", "choose one of").replace("say in `why`", "say in the note"),
        )
        for what, todo in problems_of(row)
    ]


class _Finder:
    """Looks a person's words up in a record's two texts; gathers what is wrong, and what the person should know."""

    def __init__(self, question: str, answer: str) -> None:
        self._texts = {"question": question, "answer": answer}
        self.problems: list[Problem] = []
        self.notices: list[str] = []

    def ask(self, number: int, ask: EditedAsk) -> Row:
        asked = self.span("text", ask.text, ask.start, "question", f"ask {number}")
        place = {"text": asked["text"], "start": asked.get("text_start"), "end": asked.get("text_end")}
        evidence = self.span("evidence", ask.evidence, ask.evidence_start, "answer", f"evidence of ask {number}")
        return place | {"kind": ask.kind, "status": ask.status, **evidence}

    def span(self, name: str, words: str, near: int, where: str, what: str) -> Row:
        """A span's three fields; empty, with a problem noted, where the words do not stand in the text."""
        if not words.strip():
            return {name: ""}
        text = self._texts[where]
        if near >= 0 and text.startswith(words, near):
            return _span(name, Span(words, near, near + len(words)))
        places = [match.span() for match in re.finditer(_pattern(words), text)]
        if not places:
            todo = "copy the words exactly as they stand there, or use the selection"
            self.problems.append(Problem(f"{what}: {short(words)} is not in the {where}", todo))
            return {name: ""}
        start, end = next((place for place in places if place[0] >= near), places[0])
        if len(places) > 1:
            nth = places.index((start, end)) + 1
            self.notices.append(
                f"{what}: {short(words)} stands {len(places)} times in the {where}; number {nth} was taken"
            )
        return _span(name, Span(text[start:end], start, end))


def _pattern(words: str) -> str:
    """The words with any white space between them, for a form's field does not keep the line breaks of a text.

    U+FFFD stands for what no page can show, too.
    """
    return r"\s+".join(re.escape(word).replace("\ufffd", _UNSHOWN) for word in words.split())


def short(words: str) -> str:
    """Words in quotation marks on one line, cut where they are many."""
    line = " ".join(words.split())
    return f'"{line[:57]}..."' if len(line) > 60 else f'"{line}"'
