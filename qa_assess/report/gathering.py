"""One pass over the results: what a report tells of them, kept as counts and twenty records."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from qa_assess.aggregates import Counting
from qa_assess.codebook import GRADES, Grade, Kind, Status
from qa_assess.exchange import Assessment, Result
from qa_assess.readers.dates import day

KEPT = 10


@dataclass
class Kept:
    """The records that score highest, at most `KEPT` of them; of equals those that came first."""

    _heap: list[tuple[float, int, Assessment]] = field(default_factory=list)

    def offer(self, score: float, number: int, assessment: Assessment) -> None:
        """Keep a record if it is among the highest; `number` is its place in the input."""
        if len(self._heap) < KEPT:
            heapq.heappush(self._heap, (score, -number, assessment))
        elif (score, -number) > self._heap[0][:2]:
            heapq.heapreplace(self._heap, (score, -number, assessment))

    @property
    def best(self) -> list[Assessment]:
        """From the highest score down."""
        return [assessment for *_, assessment in sorted(self._heap, key=lambda item: item[:2], reverse=True)]


@dataclass
class Gathered:
    """What was counted and kept.

    Attributes:
        kinds: Of the asks of graded records: how many of a kind have which status.
        first, last: The earliest and the latest date.
        clearest: The likeliest Non-answers.
        least_sure: The graded records whose likeliest grade is least likely.
    """

    total: Counting = field(default_factory=Counting)
    strict: Counting = field(default_factory=lambda: Counting((), "strict"))
    months: Counting = field(default_factory=lambda: Counting(("month",)))
    departments: Counting = field(default_factory=lambda: Counting(("department",)))
    answerers: Counting = field(default_factory=lambda: Counting(("answerer",)))
    tags: Counting = field(default_factory=lambda: Counting(("department", "tag")))
    sources: Counting = field(default_factory=lambda: Counting(("source",)))
    kinds: dict[Kind, Counter[Status]] = field(default_factory=lambda: defaultdict(Counter))
    codebooks: set[str] = field(default_factory=set)
    first: str = ""
    last: str = ""
    clearest: Kept = field(default_factory=Kept)
    least_sure: Kept = field(default_factory=Kept)


def gather(results: Iterable[Result]) -> Gathered:
    """Count results and keep the few that are shown.

    >>> from qa_assess.exchange import Failure
    >>> gather([Failure("1", "read", "no answer")]).total.aggregates().total.failed
    1
    """
    gathered = Gathered()
    groups = [value for value in vars(gathered).values() if isinstance(value, Counting)]
    for number, result in enumerate(results):
        for counting in groups:
            counting.add(result)
        _date(gathered, result)
        if isinstance(result, Assessment):
            gathered.codebooks.update([result.codebook] if result.codebook else [])
            if result.grade.graded and not result.repeats:
                _look_into(gathered, number, result)
    return gathered


def _date(gathered: Gathered, result: Result) -> None:
    found = day(result.exchange.date) if result.exchange else ""
    if found:
        gathered.first, gathered.last = min(gathered.first or found, found), max(gathered.last, found)


def _look_into(gathered: Gathered, number: int, assessment: Assessment) -> None:
    """What only a graded record has: asks to count, and probabilities."""
    for outcome in assessment.outcomes:
        gathered.kinds[outcome.ask.kind][outcome.status] += 1
    if not any(assessment.probabilities):  # a table may have been written without them
        return
    gathered.least_sure.offer(-max(assessment.probabilities), number, assessment)
    if assessment.grade is Grade.NON_ANSWER:
        gathered.clearest.offer(assessment.probabilities[GRADES.index(Grade.NON_ANSWER)], number, assessment)
