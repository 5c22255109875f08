"""Results counted in groups as they stream past."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qa_assess.aggregates.coded import LEAST_CODED, CodedSample, corrected
from qa_assess.aggregates.groups import ALL, check_names, groups_of, order, several
from qa_assess.aggregates.intervals import Rate, wilson
from qa_assess.codebook import GRADES, Grade, Policy
from qa_assess.errors import LabelError
from qa_assess.exchange import LOW_CONFIDENCE, Failure, Result

# Of fewer graded records no shares are given, only counts.
LEAST = 10


@dataclass(frozen=True, slots=True)
class GroupRates:
    """One group: its counts, and its shares where there are enough records for any.

    `records` is the sum of `graded`, the counts beside it, `failed` and `duplicates`.

    Attributes:
        group: The values that make the group, in the order of `Aggregates.by`.
        counts: Of all grades: those proper, which are the shares' denominator, and No ask, Pending and Ungraded beside.
        failed: Records that could not be read or graded.
        duplicates: Records that repeat an earlier one, whatever their grade. They are counted nowhere else.
        low_confidence: Of the graded records, those that the grader is not sure of.
        rates: Share and interval of each grade proper; empty below `LEAST` graded records.
        coded: Graded records that a person has coded.
        corrected: The rates corrected for the grader's errors; empty without enough coded records.
    """

    group: tuple[str, ...]
    counts: Mapping[Grade, int]
    failed: int = 0
    duplicates: int = 0
    low_confidence: int = 0
    rates: Mapping[Grade, Rate] = field(default_factory=dict)
    coded: int = 0
    corrected: Mapping[Grade, Rate] = field(default_factory=dict)

    @property
    def graded(self) -> int:
        """Records with a grade proper: the denominator."""
        return sum(self.counts[grade] for grade in GRADES)

    @property
    def records(self) -> int:
        """All records."""
        return sum(self.counts.values()) + self.failed + self.duplicates


@dataclass(frozen=True, slots=True)
class Aggregates:
    """The groups, sorted by their names, and all records as one.

    Attributes:
        by: What the groups are made by; nothing for all records alone.
        policy: ``default`` or ``strict``.
        confidence: Of the intervals.
        models: All graders that graded the records.
        several: True where a record may be in more than one group, or asks of several kinds.
        coded: How many records a person coded, and how many of them are among these; None without a coded sample.
    """

    by: tuple[str, ...]
    policy: Policy
    confidence: float
    total: GroupRates
    groups: tuple[GroupRates, ...]
    models: tuple[str, ...] = ()
    several: bool = False
    coded: tuple[int, int] | None = None


def rates_of(counts: Mapping[Grade, int], confidence: float = 0.95) -> dict[Grade, Rate]:
    """Share and interval of each grade proper among them; nothing where there are fewer than `LEAST` records.

    >>> rates_of({Grade.NON_ANSWER: 5, Grade.PARTIAL: 5, Grade.FULL: 0, Grade.PENDING: 90})[Grade.PARTIAL].share
    0.5
    >>> rates_of({Grade.NON_ANSWER: 5, Grade.PARTIAL: 3, Grade.FULL: 1})
    {}
    """
    graded = sum(counts[grade] for grade in GRADES)
    return {grade: wilson(counts[grade] / graded, graded, confidence) for grade in GRADES} if graded >= LEAST else {}


@dataclass(slots=True)
class _Counts:
    """The counts of one group, as they grow."""

    grades: Counter[Grade] = field(default_factory=Counter)
    coded: Counter[tuple[Grade, Grade]] = field(default_factory=Counter)
    failed: int = 0
    duplicates: int = 0
    low_confidence: int = 0

    def add(self, result: Result, grade: Grade, truth: Grade | None) -> None:
        if isinstance(result, Failure):
            self.failed += 1
        elif result.repeats:
            self.duplicates += 1
        else:
            self.grades[grade] += 1
            self.low_confidence += grade.graded and LOW_CONFIDENCE in result.flags
            if truth:
                self.coded[grade, truth] += 1

    def rates(self, group: tuple[str, ...], confidence: float) -> GroupRates:
        return GroupRates(
            group,
            {grade: self.grades[grade] for grade in Grade},
            self.failed,
            self.duplicates,
            self.low_confidence,
            rates_of(self.grades, confidence),
            self.coded.total(),
            corrected(self.grades, self.coded, confidence),
        )


class Counting:
    """Counts results one by one: for callers that need several kinds of groups from one stream.

    Args:
        by: What to group by: `NAMES`, and columns of the input.
        policy: Whose grades.
        coded: What a person has coded of a random sample of these records.

    >>> from qa_assess.exchange import Assessment, Exchange
    >>> counting = Counting(["year"])
    >>> counting.add(Assessment(Exchange("1", "Why?", "No.", date="2031-05-02"), grade=Grade.FULL))
    >>> [(rates.group, rates.graded) for rates in counting.aggregates().groups]
    [(('2031',), 1)]
    """

    def __init__(
        self, by: Sequence[str] = (), policy: Policy | str = Policy.DEFAULT, *, coded: CodedSample | None = None
    ) -> None:
        self._by = tuple(by)
        self._policy = Policy(policy)
        self._coded = coded
        self._total = _Counts()
        self._groups: dict[tuple[str, ...], _Counts] = {}
        self._models: set[str] = set()
        self._columns: set[str] = set()

    def add(self, result: Result) -> None:
        """Count one result."""
        grade, truth = Grade.UNGRADED, None
        if not isinstance(result, Failure):
            grade = getattr(result, self._policy.field)
            self._models.update([result.model] if result.model else [])
            if self._coded and grade.graded and not result.repeats:
                truth = self._coded.grade(result, self._policy)
        if result.exchange:
            self._columns.update(result.exchange.extra)
        self._total.add(result, grade, truth)
        for group in groups_of(result, self._by) if self._by else ():
            self._groups.setdefault(group, _Counts()).add(result, grade, truth)

    def aggregates(self, confidence: float = 0.95) -> Aggregates:
        """What was counted.

        Raises:
            ColumnError: The groups are by something that no record has.
            LabelError: Too few coded records are among those counted to correct anything by.
        """
        check_names(self._by, self._columns)
        total = self._total.rates((ALL,) * len(self._by), confidence)
        if self._coded and total.coded < LEAST_CODED:
            raise _too_few(self._coded, total.coded)
        return Aggregates(
            self._by,
            self._policy,
            confidence,
            total,
            tuple(self._groups[group].rates(group, confidence) for group in sorted(self._groups, key=order)),
            tuple(sorted(self._models)),
            several(self._by),
            (self._coded.total, total.coded) if self._coded else None,
        )


def _too_few(coded: CodedSample, found: int) -> LabelError:
    what = f"of {coded.total:,} coded records, {found:,} are among the graded ones, and fewer than {LEAST_CODED} tell "
    hint = f"code at least {LEAST_CODED} records, drawn at random from the graded ones, texts unchanged"
    return LabelError(f"{what}too little to correct by", hint=hint)


def aggregate(
    results: Iterable[Result],
    by: Sequence[str] = (),
    policy: Policy | str = Policy.DEFAULT,
    *,
    confidence: float = 0.95,
    coded: CodedSample | None = None,
) -> Aggregates:
    """Count results in groups, with shares and their intervals.

    A record that asks several kinds of things, or shows several tags, counts once for each of them where the groups
    are by kind or tag; in the total it counts once.

    Args:
        results: Assessments and failures, from `assess` or `read_graded`; asked for one at a time.
        by: What to group by: ``department``, ``year`` and so on (`NAMES`), or a column of the input; several at once.
        policy: ``default`` or ``strict``.
        confidence: How often the intervals are to hold the truth.
        coded: What a person has coded of a random sample of these records, to correct the shares by (`coded`).

    Raises:
        ColumnError: The groups are by something that no record has.
        LabelError: Too few coded records to correct anything by.

    >>> aggregate([Failure("1", "read", "no answer")], ["department"]).groups[0].group
    ('(none)',)
    """
    counting = Counting(by, policy, coded=coded)
    for result in results:
        counting.add(result)
    return counting.aggregates(confidence)
