"""The table as its template shows it: options to choose from, labels and shares."""

from collections.abc import Iterable
from dataclasses import dataclass

from qa_assess.aggregates import LEAST
from qa_assess.codebook import Grade, Kind, Policy, Tag
from qa_assess.exchange import FAILED
from qa_assess.pages.view import laid
from qa_assess.pages.words import kind_words
from qa_assess.web.rows import Choices, Counts
from qa_assess.web.rows_query import Confidence, GradeWord, Show, Sort

Option = tuple[str, str]

_POLICIES = {Policy.DEFAULT: "Usual", Policy.STRICT: "Strict: facts beside what was asked do not count"}
_CONFIDENCES = {Confidence.ANY: "Any", Confidence.SURE: "Sure", Confidence.UNSURE: "Not sure"}
_SHOWN = {
    Show.ALL: "All",
    Show.FIRST: "Without repeats",
    Show.DUPLICATES: "Repeats alone",
    Show.FAILED: "Failed alone",
}
COLUMNS = {
    Sort.ID: "Record",
    Sort.GRADE: "Grade",
    Sort.PROBABILITY: "How sure",
    Sort.STRICT: "Strict",
    Sort.TAG: "Tag",
    Sort.DEPARTMENT: "Department",
    Sort.ANSWERER: "Answered by",
    Sort.ASKER: "Asked by",
    Sort.DATE: "Date",
}


@dataclass(frozen=True, slots=True)
class Options:
    """For each list of the filter: the values and what they are called."""

    policy: tuple[Option, ...]
    confidence: tuple[Option, ...]
    show: tuple[Option, ...]
    sort: tuple[Option, ...]
    grade: tuple[Option, ...]
    kind: tuple[Option, ...]
    tag: tuple[Option, ...]
    department: tuple[Option, ...]
    people: tuple[str, ...]


def options(choices: Choices) -> Options:
    """What a job's table can be filtered by."""
    kinds = [Kind(kind) for kind in choices.kinds]
    return Options(
        policy=_named(_POLICIES.items()),
        confidence=_named(_CONFIDENCES.items()),
        show=_named(_SHOWN.items()),
        sort=_named([(Sort.NUMBER, "Order of the upload"), *COLUMNS.items()]),
        grade=_named((word, grade_label(word)) for word in GradeWord),
        kind=_named((kind, f"{kind.value}: {kind_words(kind)}") for kind in kinds),
        tag=_named((tag, tag_label(tag)) for tag in choices.tags),
        department=_named((name, name) for name in choices.departments),
        people=tuple(choices.people),
    )


def _named(pairs: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    return tuple((str(value), name) for value, name in pairs)


def grade_label(word: str) -> str:
    """A grade, or ``failed``, as people read it.

    >>> grade_label("non-answer"), grade_label("failed")
    ('Non-answer', 'Failed')
    """
    return "Failed" if word == FAILED else Grade(word).label


def tag_label(word: str) -> str:
    """A tag as people read it; nothing where there is none.

    >>> tag_label("will-write"), tag_label("")
    ('Will Write', '')
    """
    return Tag(word).label if word else ""


@dataclass(frozen=True, slots=True)
class Share:
    """A grade of the bar: how many records, its share where there are enough, its place (0 to 100)."""

    grade: str
    count: int
    share: float | None
    start: float
    width: float


def shares(counts: Counts) -> list[Share]:
    """The grades as a bar.

    >>> [(one.grade, one.share, one.start) for one in shares(Counts({"full": 6, "partial": 6}, {}, 0))]
    [('full', 0.5, 0.0), ('partial', 0.5, 50.0)]
    """
    graded = counts.graded
    places = laid(count / graded if graded else 0.0 for count in counts.grades.values())
    return [
        Share(grade, count, count / graded if graded >= LEAST else None, start, width)
        for (grade, count), (start, width) in zip(counts.grades.items(), places, strict=True)
    ]
