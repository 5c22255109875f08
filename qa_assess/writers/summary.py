"""What a run came to: counts taken while the results stream past."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from qa_assess.codebook import GRADES, Grade, Status, Tag
from qa_assess.exchange import Failure, Result

FAILURES_KEPT = 10


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run.

    Attributes:
        grades, grades_strict: Records a grade, under the two policies.
        statuses: Asks a status.
        tags: Records a response tag.
        failures: Records that could not be read or graded; `first_failures` holds the first ten of them.
        duplicates: Records that repeat an earlier one's question and answer. They are among the grades too.

    >>> Summary(grades={Grade.FULL: 2, Grade.NO_ASK: 1}, failures=1).records
    4
    """

    grades: Mapping[Grade, int] = field(default_factory=dict)
    grades_strict: Mapping[Grade, int] = field(default_factory=dict)
    statuses: Mapping[Status, int] = field(default_factory=dict)
    tags: Mapping[Tag, int] = field(default_factory=dict)
    failures: int = 0
    first_failures: tuple[Failure, ...] = ()
    duplicates: int = 0

    @property
    def records(self) -> int:
        """All records, failures among them."""
        return sum(self.grades.values()) + self.failures

    @property
    def graded(self) -> int:
        """Records with a grade proper: Full, Partial or Non-answer."""
        return sum(self.grades.get(grade, 0) for grade in GRADES)


class Tally:
    """Counts results as they pass, without holding on to them.

    >>> tally = Tally()
    >>> [failure.id for failure in tally.watch([Failure("7", "read", "no answer")])]
    ['7']
    >>> tally.summary().failures
    1
    """

    def __init__(self) -> None:
        self._grades: Counter[Grade] = Counter()
        self._strict: Counter[Grade] = Counter()
        self._statuses: Counter[Status] = Counter()
        self._tags: Counter[Tag] = Counter()
        self._duplicates = 0
        self._failures = 0
        self._first_failures: list[Failure] = []

    def watch(self, results: Iterable[Result]) -> Iterator[Result]:
        """Yield the results as they come, counted."""
        for result in results:
            self._count(result)
            yield result

    def _count(self, result: Result) -> None:
        if isinstance(result, Failure):
            self._failures += 1
            if len(self._first_failures) < FAILURES_KEPT:
                self._first_failures.append(result)
            return
        self._grades[result.grade] += 1
        self._strict[result.grade_strict] += 1
        self._statuses.update(outcome.status for outcome in result.outcomes)
        self._tags.update({tag.name for tag in result.tags})
        self._duplicates += result.repeats

    def summary(self) -> Summary:
        """The counts so far."""
        return Summary(
            grades={grade: self._grades[grade] for grade in Grade if self._grades[grade]},
            grades_strict={grade: self._strict[grade] for grade in Grade if self._strict[grade]},
            statuses={status: self._statuses[status] for status in Status},
            tags={tag: self._tags[tag] for tag in Tag if self._tags[tag]},
            failures=self._failures,
            first_failures=tuple(self._first_failures),
            duplicates=self._duplicates,
        )
