"""The nouns that travel between the rooms.

Frozen, built of plain values, and importing nothing of ours but the codebook's words. Every span is a pair of character
offsets into the text it was found in, the text as the reader handed it over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from qa_assess.codebook import CODEBOOK_VERSION, Grade, Kind, Status, Tag


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question turn and the answer turn that replies to it.

    Attributes:
        id: The record's id; unique within its source where the source keeps its word.
        question, answer: The two texts, as printed.
        date: ISO date, or the source's own words where they are none.
        asker, answerer, department, heading, house: As the source gives them; empty where it does not. None of them
            is ever looked at for a grade.
        source: Where the record was read: a file's name and, where there is one, the row or line.
        url: A link to the record on the public web.
        extra: Columns that we do not know; they travel through to the output.
        coded: Labels that the input already carried (`grade`, `grade_strict`, `tags`, `feedback`, `context`); kept
            beside ours, never looked at.
        flags: What the reader noticed, for instance ``truncated``.

    >>> Exchange(id="1", question="Will he act?", answer="Yes.").department
    ''
    """

    id: str
    question: str
    answer: str
    date: str = ""
    asker: str = ""
    answerer: str = ""
    department: str = ""
    heading: str = ""
    house: str = ""
    source: str = ""
    url: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    coded: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a question or an answer: its text and its character offsets there."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that the question wants: the shortest span that states it, and its kind.

    `probability` is that of the kind, given that the span is an ask.
    """

    text: str
    start: int
    end: int
    kind: Kind
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answer does with one ask.

    `probabilities` are those of none, partial and full, in this order. `evidence` is the span of the answer that
    carries the status; None where nothing in the answer comes near the ask.
    """

    ask: Ask
    status: Status
    evidence: Span | None
    probabilities: tuple[float, float, float]

    @property
    def probability(self) -> float:
        """The probability of the status given.

        >>> Outcome(Ask("Why?", 0, 4, Kind.REASON), Status.FULL, None, (0.1, 0.2, 0.7)).probability
        0.7
        """
        return self.probabilities[(Status.NONE, Status.PARTIAL, Status.FULL).index(self.status)]


@dataclass(frozen=True, slots=True)
class ResponseTag:
    """A stock move that the answer makes, and where."""

    name: Tag
    start: int
    end: int
    probability: float = 1.0


# Flags that grading adds: of a record whose grade is not sure enough to go without a reader, of one that repeats the
# texts of another, and of one that has another's id.
LOW_CONFIDENCE = "low-confidence"
DUPLICATE = "duplicate"
DUPLICATE_ID = "duplicate-id"
# What stands, in files and forms, where the grade of a record that failed would.
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that the tool says of one exchange.

    Attributes:
        context: The question's preamble: what stands before and between the asks.
        outcomes: One an ask, in the order of the question.
        concern_evidence: The answer's specific facts on the concern of the question, where it gives any.
        tags: Response tags, in the order of the answer; `primary_tag` is the most telling of them.
        grade, grade_strict: Under the two policies of the codebook.
        probabilities, probabilities_strict: Of Non-answer, Partial and Full, in this order; all 0 where the exchange
            has no grade proper.
        reason: Why the exchange has no grade proper; empty where it has one.
        flags: ``duplicate``, ``truncated``, ``low-confidence``…
        duplicate_of: The id of the earlier record with the same question and answer; empty where there is none.
        model: Name and version of the grader.
    """

    exchange: Exchange
    context: str = ""
    outcomes: tuple[Outcome, ...] = ()
    concern_evidence: Span | None = None
    tags: tuple[ResponseTag, ...] = ()
    primary_tag: Tag | None = None
    grade: Grade = Grade.UNGRADED
    grade_strict: Grade = Grade.UNGRADED
    probabilities: tuple[float, float, float] = (0.0, 0.0, 0.0)
    probabilities_strict: tuple[float, float, float] = (0.0, 0.0, 0.0)
    feedback: str = ""
    reason: str = ""
    flags: tuple[str, ...] = ()
    duplicate_of: str = ""
    model: str = ""
    codebook: str = CODEBOOK_VERSION

    @property
    def repeats(self) -> bool:
        """Whether an earlier record has the same texts: that one may have no id, and of a table one column may do.

        >>> Assessment(Exchange("2", "Why?", "No."), flags=("duplicate",)).repeats
        True
        """
        return bool(self.duplicate_of) or DUPLICATE in self.flags


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that could not be read or graded: it never stops a batch and never vanishes.

    `stage` is ``read``, ``assess`` or ``write``; `message` says what is wrong, `hint` what to do about it. `exchange`
    holds what was read of the record, where anything was.
    """

    id: str
    stage: str
    message: str
    hint: str = ""
    source: str = ""
    exchange: Exchange | None = None


Result: TypeAlias = Assessment | Failure
