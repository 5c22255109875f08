"""What the form of a correction shows: what was said of the record so far, and what stands in the form's fields."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

from qa_assess.changes import changes, differences
from qa_assess.codebook import STATUSES, Grade, Kind, Status, Tag
from qa_assess.correcting import Edit, by_rule, edit_of, labels_row
from qa_assess.corrections import Record, record_of_exchange, record_of_row
from qa_assess.exchange import Assessment, Exchange, Failure, Result
from qa_assess.label_rows import EXCHANGE_FIELDS, Problem, Row
from qa_assess.pages.marking import letter
from qa_assess.pages.words import kind_words, status_words, tag_words
from qa_assess.web.job import JOB_ID, UPLOADS
from qa_assess.web.state import State

CORRECTIONS = "/corrections"
_PAGE = re.compile(rf"{UPLOADS}/({JOB_ID})/records/[1-9]\d{{0,15}}")

# What there is to choose from in the form: words, and what they mean.
CHOICES = {
    "kinds": tuple((kind.value, f"{kind.value}: {kind_words(kind)}") for kind in Kind),
    "statuses": tuple((status.value, status_words(status)) for status in reversed(STATUSES)),
    "tags": tuple((tag.value, tag.label, tag_words(tag)) for tag in Tag),
    "grades": tuple((grade.value, grade.label) for grade in Grade),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A record that can be corrected.

    Attributes:
        assessment: What the tool said of it.
        address: Where its form is sent.
        shown: Where it is shown; one that no job holds has to be corrected first.
        page: The path that its corrections keep, where it is a job's.
        carried: The record itself, which the form takes along where no job holds it.
    """

    assessment: Assessment
    address: str
    shown: str
    page: str = ""
    carried: str = ""

    @property
    def record(self) -> Record:
        """What tells it from other records."""
        return record_of_exchange(self.assessment.exchange)


def pasted(assessment: Assessment) -> Subject:
    """A record that no job holds."""
    exchange = assessment.exchange
    shown = address_of(record_of_exchange(exchange))
    return Subject(assessment, f"{CORRECTIONS}/records", shown, carried=json.dumps(asdict(exchange)))


def key_of(record: Record) -> str:
    """A record as a short name for addresses.

    >>> len(key_of(("1", "0123456789abcdef")))
    16
    """
    return blake2b("\0".join(record).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def address_of(record: Record) -> str:
    """Where a corrected record is shown that no job holds."""
    return f"{CORRECTIONS}/records/{key_of(record)}"


def row_address(state: State, row: Row) -> str:
    """Where the record of a line is shown: on the page of its job, while that is there."""
    found = _PAGE.fullmatch(str(row.get("page", "")))
    if found and state.jobs.get(found[1]):
        return found[0]
    return address_of(record_of_row(row))


def exchange_of(row: Row) -> Exchange:
    """The record of a line, as far as the line holds it."""
    known: dict[str, Any] = {name: str(row[name]) for name in EXCHANGE_FIELDS if row.get(name) is not None}
    flags = row.get("flags")
    extra = {"kind": str(row["kind"])} if row.get("kind") else {}
    flagged = tuple(str(flag) for flag in flags) if isinstance(flags, list) else ()
    return Exchange(row["id"], row["question"], row["answer"], **known, extra=extra, flags=flagged)


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody said of the record, as a card.

    Attributes:
        who, when: The coder and the time; the tool has no time.
        changed: What was changed of what the tool had said, in words.
        holds: Whether it is the last word of this coder.
    """

    who: str
    when: str
    grade: Grade
    strict: Grade
    statuses: tuple[str, ...]
    tags: tuple[str, ...]
    changed: tuple[str, ...] = ()
    note: str = ""
    holds: bool = True

    @classmethod
    def of(cls, row: Mapping[str, Any], *, holds: bool = True) -> "Reading":
        """The card of a line."""
        strict = row.get("grade_strict") or by_rule(edit_of(row).asks, concern_met=False, grade=row["grade"])[1]
        return cls(
            who=str(row.get("coder") or ""),
            when=str(row.get("corrected_at") or ""),
            grade=Grade(row["grade"]),
            strict=Grade(strict),
            statuses=tuple(f"{ask['kind']}: {status_words(Status(ask['status']))}" for ask in row["asks"]),
            tags=tuple(Tag(tag).label for tag in row["tags"]),
            changed=tuple(changes(row)),
            note=str(row.get("note") or ""),
            holds=holds,
        )


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """All that the form shows.

    Attributes:
        readings: The corrections that were made, the earliest first.
        edit: What stands in the fields.
        letters: Of each ask in the fields, the letter that it has among the tool's asks; empty where it has none.
        seen: How many corrections of the record the page knows of.
        problems: Why it was not saved.
        differences: Where somebody saved another one meanwhile: how this one differs from that; None else.
        saved: The number of the correction that was just saved; 0 where none was.
        notices: What the coder should know of what was saved.
    """

    subject: Subject
    tool: Reading
    readings: tuple[Reading, ...]
    edit: Edit
    letters: tuple[str, ...]
    rule: Grade
    strict_rule: Grade
    seen: int
    problems: tuple[Problem, ...] = ()
    differences: tuple[str, ...] | None = None
    saved: int = 0
    notices: tuple[str, ...] = ()


def line_ends(text: str) -> str:
    r"""Where a text's "\r\n" stand as a browser counts, for which each is one character.

    >>> line_ends("Yes.\r\nNo.\r\n")
    '4 8'
    """
    return " ".join(str(found.start() - n) for n, found in enumerate(re.finditer("\r\n", text)))


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A correction that was sent and not saved: what it was, and why.

    `row` is its line, where it came so far that another one, saved in the meantime, was in its way.
    """

    edit: Edit
    problems: tuple[Problem, ...] = ()
    row: Row | None = None


def correction_view(
    state: State, subject: Subject, coder: str, *, saved: int = 0, unsaved: Unsaved | None = None
) -> CorrectionView:
    """What the form of a record shows.

    Args:
        state: Of the application.
        subject: The record.
        coder: Who is likely to correct it.
        saved: The number of the correction that was just saved.
        unsaved: What was just sent and could not be saved.
    """
    rows = state.corrections.of(subject.record)
    tool = labels_row(subject.assessment)
    edit = unsaved.edit if unsaved else edit_of(rows[-1] if rows else tool, coder)
    rule, strict = by_rule(edit.asks, concern_met=bool(edit.concern_evidence.strip()), grade=edit.grade)
    last = {row["coder"]: n for n, row in enumerate(rows)}
    differing = differences(rows[-1], unsaved.row) if unsaved and unsaved.row and rows else None
    return CorrectionView(
        subject=subject,
        tool=Reading.of(tool),
        readings=tuple(Reading.of(row, holds=last[row["coder"]] == n) for n, row in enumerate(rows)),
        edit=edit,
        letters=_letters(edit, tool),
        rule=rule,
        strict_rule=strict,
        seen=len(rows),
        problems=unsaved.problems if unsaved else (),
        differences=None if differing is None else tuple(differing),
        saved=saved if 0 < saved <= len(rows) else 0,
        notices=state.notices.get((key_of(subject.record), saved), ()),
    )


def views(state: State, results: Sequence[Result], coder: str) -> list[CorrectionView | None]:
    """The forms of records that no job holds; none for what failed."""
    return [None if isinstance(one, Failure) else correction_view(state, pasted(one), coder) for one in results]


def _letters(edit: Edit, tool: Row) -> tuple[str, ...]:
    letters = {(ask["start"], ask["text"]): letter(n) for n, ask in enumerate(tool["asks"])}
    return tuple(letters.get((ask.start, ask.text), "") for ask in edit.asks)
