"""One pass over the results: what a report tells of them, kept as counts and twenty records."""

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from qa_assess.codebook import GRADES, Grade, Kind, Status
from qa_assess.exchange import LOW_CONFIDENCE, Assessment, Exchange, Failure
from qa_assess.writers import Result

DUPLICATE, FAILED = "duplicate", "failed"
# The words that a record is counted under: the grades proper are the denominator, the others stand beside it. No tag of
# the codebook is such a word, so that one counter can hold both.
GRADED = tuple(grade.value for grade in reversed(GRADES))
APART = (Grade.NO_ASK.value, Grade.PENDING.value, Grade.UNGRADED.value, FAILED, DUPLICATE)
KEPT = 10

Counts = Counter[str]
# As in: 2019-09-10, 2019-09, 2019
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-\d\d)?)?(?:$|[T ])")
# As in: debate.csv:12
_ROW = re.compile(r":\d+$")


@dataclass
class Kept:
    """The records that score highest, at most `KEPT` of them; of equals the first that came."""

    heap: list[tuple[float, int, Assessment]] = field(default_factory=list)

    def offer(self, score: float, number: int, assessment: Assessment) -> None:
        item = (score, -number, assessment)
        if len(self.heap) < KEPT:
            heapq.heappush(self.heap, item)
        elif item[:2] > self.heap[0][:2]:
            heapq.heapreplace(self.heap, item)

    @property
    def best(self) -> list[Assessment]:
        """From the highest score down."""
        return [assessment for *_, assessment in sorted(self.heap, key=lambda item: item[:2], reverse=True)]


@dataclass
class Gathered:
    """What was counted and kept.

    Attributes:
        counts, strict: Of all records, under the two policies.
        months: By ``2019-09``, by ``2019`` where the date has no month, by an empty text where there is none.
        departments, answerers: By name; an empty name where none was given. Of a department also how many of its graded
            answers have each tag.
        kinds: Of the asks of graded records: statuses by kind.
        sources: Records of each file.
        first, last: The earliest and the latest ISO date.
    """

    records: int = 0
    counts: Counts = field(default_factory=Counter)
    strict: Counts = field(default_factory=Counter)
    unsure: int = 0
    months: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counter))
    departments: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counter))
    answerers: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[Kind, Counter[Status]] = field(default_factory=lambda: defaultdict(Counter))
    sources: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    codebooks: Counter[str] = field(default_factory=Counter)
    first: str = ""
    last: str = ""
    clearest: Kept = field(default_factory=Kept)
    least_sure: Kept = field(default_factory=Kept)


def gather(results: Iterable[Result]) -> Gathered:
    """Count results and keep the few that are shown.

    >>> gather([Failure("1", "read", "no answer")]).counts
    Counter({'failed': 1})
    """
    gathered = Gathered()
    for number, result in enumerate(results):
        gathered.records += 1
        _count(gathered, result)
        if isinstance(result, Assessment) and _word(result) in GRADED:
            _look_into(gathered, number, result)
    return gathered


def _word(result: Result, grade: Callable[[Assessment], Grade] = lambda one: one.grade) -> str:
    """What a record is counted as."""
    if isinstance(result, Failure):
        return FAILED
    if result.duplicate_of or DUPLICATE in result.flags:
        return DUPLICATE
    return grade(result).value


def _count(gathered: Gathered, result: Result) -> None:
    word = _word(result)
    exchange = result.exchange or Exchange("", "", "", source=getattr(result, "source", ""))
    gathered.counts[word] += 1
    gathered.strict[_word(result, lambda one: one.grade_strict)] += 1
    gathered.months[_month(exchange.date)][word] += 1
    gathered.departments[_name(exchange.department)][word] += 1
    gathered.answerers[_name(exchange.answerer)][word] += 1
    gathered.sources[_ROW.sub("", exchange.source)] += 1
    if isinstance(result, Assessment):
        gathered.models[result.model] += 1
        gathered.codebooks[result.codebook] += 1
    if _DATE.match(exchange.date):
        day = exchange.date[:10]
        gathered.first, gathered.last = min(gathered.first or day, day), max(gathered.last, day)


def _month(date: str) -> str:
    found = _DATE.match(date)
    return "-".join(part for part in found.groups() if part) if found else ""


def _name(text: str) -> str:
    return " ".join(text.split())


def _look_into(gathered: Gathered, number: int, assessment: Assessment) -> None:
    """What only a graded record has: asks and tags to count, and a probability."""
    for outcome in assessment.outcomes:
        gathered.kinds[outcome.ask.kind][outcome.status] += 1
    gathered.departments[_name(assessment.exchange.department)].update({tag.name.value for tag in assessment.tags})
    gathered.unsure += LOW_CONFIDENCE in assessment.flags
    if not any(assessment.probabilities):
        return
    gathered.least_sure.offer(-max(assessment.probabilities), number, assessment)
    if assessment.grade is Grade.NON_ANSWER:
        gathered.clearest.offer(assessment.probabilities[GRADES.index(Grade.NON_ANSWER)], number, assessment)
