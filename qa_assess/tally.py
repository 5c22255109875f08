"""Counts of what was right in each record: labels beside the assessment of the same exchange, and their groups."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qa_assess.codebook import GRADES, STATUSES, Grade, Kind, Policy
from qa_assess.exchange import LOW_CONFIDENCE, Assessment
from qa_assess.labels import Labels
from qa_assess.metrics import BINS, THRESHOLDS, Array, Counts, match_asks


@dataclass(frozen=True, slots=True)
class Case:
    """One record's labels and assessment (None where it failed), with the pairs of asks that match (gold, found)."""

    labels: Labels
    assessment: Assessment | None
    pairs: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, labels: Labels, assessment: Assessment | None) -> "Case":
        """Match the asks of both sides."""
        found = [outcome.ask.text for outcome in assessment.outcomes] if assessment else []
        return cls(labels, assessment, tuple(match_asks([asked.ask.text for asked in labels.asks], found)))

    @property
    def kinds(self) -> frozenset[Kind]:
        """Kinds of the gold asks."""
        return frozenset(asked.ask.kind for asked in self.labels.asks)

    def grades(self, policy: Policy) -> tuple[Grade, Grade | None]:
        """Gold and given grade under a policy, the second None where the record failed."""
        return getattr(self.labels, policy.field), getattr(self.assessment, policy.field, None)


def tally(cases: Sequence[Case], kind: Kind | None = None) -> Counts:
    """Counts of each record, stacked: every array has the records as its first axis.

    With a `kind`, asks are counted only where they are of that kind: gold asks and what was matched with them, and
    found asks that match nothing but were given that kind. So the counts of all kinds add up to the counts of all asks.
    """
    rows = [_grade_counts(case) | _sure_counts(case) | _ask_counts(case, kind) | _tag_counts(case) for case in cases]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _grade_counts(case: Case) -> dict[str, Array]:
    assessment = case.assessment
    counts: dict[str, Array] = {}
    for policy in Policy:
        gold, given = case.grades(policy)
        confusion, bins = np.zeros((3, 4)), np.zeros((BINS, 3))
        selective, brier = np.zeros((len(THRESHOLDS), 2)), np.zeros(2)
        if gold in GRADES:
            place, right = GRADES.index(gold), float(gold is given)
            confusion[place, GRADES.index(given) if given in GRADES else 3] = 1
            probabilities = _probabilities(assessment, policy) if given in GRADES else None
            confidence = max(probabilities) if probabilities else 0.0
            selective[np.asarray(THRESHOLDS) <= confidence] = 1, right
            if probabilities:
                bins[min(int(confidence * BINS), BINS - 1)] = 1, confidence, right
                brier[:] = 1, sum((p - (i == place)) ** 2 for i, p in enumerate(probabilities))
        counts |= {f"grade_{policy}": confusion, f"bins_{policy}": bins}
        counts |= {f"selective_{policy}": selective, f"brier_{policy}": brier}
    return counts


def _sure_counts(case: Case) -> dict[str, Array]:
    (gold, given), assessment = case.grades(Policy.DEFAULT), case.assessment
    sure = given in GRADES and assessment is not None and LOW_CONFIDENCE not in assessment.flags
    return {"sure": np.array([True, sure, sure and gold is given], float) * (gold in GRADES)}


def _probabilities(assessment: Assessment | None, policy: Policy) -> tuple[float, float, float] | None:
    if assessment is None:
        return None
    given = assessment.probabilities if policy is Policy.DEFAULT else assessment.probabilities_strict
    return given if any(given) else None


def _ask_counts(case: Case, kind: Kind | None) -> dict[str, Array]:
    gold, found = case.labels.asks, case.assessment.outcomes if case.assessment else ()
    confusion, asks = np.zeros((3, 4)), np.zeros(4)
    matches = dict(case.pairs)
    for i, asked in enumerate(gold):
        if kind and asked.ask.kind is not kind:
            continue
        outcome = found[matches[i]] if i in matches else None
        confusion[STATUSES.index(asked.status), STATUSES.index(outcome.status) if outcome else 3] += 1
        asks += 1, outcome is not None, outcome is not None, outcome is not None and outcome.ask.kind is asked.ask.kind
    unmatched = set(range(len(found))) - set(matches.values())
    asks[1] += sum(kind in (None, found[j].ask.kind) for j in unmatched)
    return {"outcome": confusion, "asks": asks}


def _tag_counts(case: Case) -> dict[str, Array]:
    gold = set(case.labels.tags)
    found = {tag.name for tag in case.assessment.tags} if case.assessment else set()
    return {"tags": np.array([len(gold & found), len(gold), len(found)], float)}


def _mode(case: Case) -> str:
    mode = case.labels.exchange.extra.get("kind", "")
    return mode if mode in ("oral", "written") else "not said"


def _period(case: Case) -> str:
    year = case.labels.exchange.date[:4]
    if not (year.isascii() and year.isdigit()):
        return "no date"
    return "before 1997" if int(year) < 1997 else "1997-2009" if int(year) < 2010 else "2010 on"


def _length(case: Case) -> str:
    words = len(case.labels.exchange.answer.split())
    return next((name for limit, name in _LENGTHS if words <= limit), "over 200 words")


def _asks(case: Case) -> str:
    return ("none", "1", "2")[len(case.labels.asks)] if len(case.labels.asks) < 3 else "3 or more"


_LENGTHS = ((50, "up to 50 words"), (100, "51-100 words"), (200, "101-200 words"))

# How the records are divided, and the names of the groups in the order of print.
DIVISIONS: Mapping[str, tuple[Callable[[Case], str], tuple[str, ...]]] = {
    "mode": (_mode, ("oral", "written", "not said")),
    "period": (_period, ("before 1997", "1997-2009", "2010 on", "no date")),
    "answer_length": (_length, (*(name for _, name in _LENGTHS), "over 200 words")),
    "number_of_asks": (_asks, ("none", "1", "2", "3 or more")),
}


def groups(cases: Sequence[Case]) -> Iterator[tuple[str, str, int, Counts]]:
    """Division, group, the group's number of records, and its counts: by ask kind, then by each of `DIVISIONS`.

    Empty groups are left out.
    """
    for kind in Kind:
        if members := [case for case in cases if kind in case.kinds or _invents(case, kind)]:
            yield "ask_kind", kind.value, sum(kind in case.kinds for case in members), _of_kind(members, kind)
    for division, (group_of, names) in DIVISIONS.items():
        for name in names:
            if members := [case for case in cases if group_of(case) == name]:
                yield division, name, len(members), tally(members)


def _invents(case: Case, kind: Kind) -> bool:
    matched = {j for _, j in case.pairs}
    found = case.assessment.outcomes if case.assessment else ()
    return any(outcome.ask.kind is kind for j, outcome in enumerate(found) if j not in matched)


def _of_kind(cases: Sequence[Case], kind: Kind) -> Counts:
    """Counts of one kind of ask: the record's grade and tags count where the question really has such an ask."""
    asked = np.array([kind in case.kinds for case in cases], float)
    counts = tally(cases, kind)
    return {
        name: values if name in ("asks", "outcome") else values * asked.reshape(-1, *[1] * (values.ndim - 1))
        for name, values in counts.items()
    }


def confusions(cases: Iterable[Case]) -> dict[str, Counter[tuple[str, str]]]:
    """How often each gold value was given each value: grades under both policies, statuses and kinds of asks."""
    counted: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in (*Policy, "outcome", "kind")}
    for case in cases:
        for policy in Policy:
            gold, given = case.grades(policy)
            counted[policy][gold.value, given.value if given else "failed"] += 1
        matches = dict(case.pairs)
        for i, asked in enumerate(case.labels.asks):
            outcome = case.assessment.outcomes[matches[i]] if case.assessment and i in matches else None
            counted["outcome"][asked.status.value, outcome.status.value if outcome else "missed"] += 1
            counted["kind"][asked.ask.kind.value, outcome.ask.kind.value if outcome else "missed"] += 1
    return counted
