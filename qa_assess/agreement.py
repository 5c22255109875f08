"""How far coders agree: two by two, and all together, with bootstrap intervals over the records that they share.

Grades are compared in all six words; macro-F1 is that of the three grades proper, and ordinal alpha, which needs an
order, takes the records to which every coder gave one of these. Asks
are matched by their words (`metrics.match_asks`), and outcomes and kinds compared for those that match. All measures
are the same whichever coder comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from qa_assess.codebook import GRADES, STATUSES, Grade, Policy
from qa_assess.codings import Coding, Codings, read_coders
from qa_assess.errors import InputError
from qa_assess.metrics import Array, Counts, Measure, match_asks
from qa_assess.reliability import agreement as share_of_same
from qa_assess.reliability import cohen_kappa, coincidences, krippendorff_alpha, macro_f1, ratio
from qa_assess.resampling import Estimate, estimates

_GRADES = tuple(Grade)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agree, or, of Krippendorff's alpha alone, several.

    Attributes:
        coders: Their names.
        records: How many records all of them have coded; of several coders, alpha counts those of any two of them.
        alone: How many records each has that not all of them have.
        other_texts: How many records of two coders have one id but other texts, and so are not the same.
        measures: By name; none where no record is shared.
    """

    coders: tuple[str, ...]
    records: int
    alone: Mapping[str, int]
    other_texts: int
    measures: Mapping[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded to 4 decimals; None for what is not defined."""
        return {
            "coders": list(self.coders),
            "records": self.records,
            "only_one": dict(self.alone),
            "same_id_other_texts": self.other_texts,
            "measures": {name: estimate.to_json() for name, estimate in self.measures.items()},
        }


def agreements(
    paths: Sequence[Path],
    coders: Sequence[str] = (),
    *,
    tool: bool = False,
    resamples: int = 1000,
    seed: int = 0,
) -> list[Agreement]:
    """The agreement of every two coders, and of all where there are more than two.

    Args:
        paths: Files of labels, of corrections, or graded by the tool (`codings.read_coders`).
        coders: Names of those to compare; empty compares all.
        tool: Whether what the tool had said of corrected records is compared too.
        resamples: Bootstrap resamples of the records for the 95% intervals.
        seed: Of the resampling.

    Raises:
        InputError: A file cannot be read, a coder is not there, there is one alone, or no two share a record.
    """
    found = _with_texts(_chosen(read_coders(paths, tool=tool), coders))
    if resamples < 1:
        raise InputError(f"{resamples} resamples", hint="give at least one; 1000 is usual")
    compared = [_of_two(pair, found, resamples, seed) for pair in combinations(found, 2)]
    if not any(one.records for one in compared):
        hint = "records are the same where their ids and texts are; name files that code the same records"
        raise InputError(f"no record was coded by two of: {', '.join(found)}", hint=hint)
    return compared + ([_of_all(found, resamples, seed)] if len(found) > 2 else [])


def _chosen(found: dict[str, Codings], names: Sequence[str]) -> dict[str, Codings]:
    here = f"there are: {', '.join(found) or 'none'}"
    if missing := [name for name in names if name not in found]:
        raise InputError(f"no coder is called {missing[0]}", hint=here)
    chosen = {name: found[name] for name in dict.fromkeys(names or found)}
    if len(chosen) < 2:
        raise InputError("agreement needs two coders", hint=f"name a second file or coder; {here}")
    return chosen


def _with_texts(found: Mapping[str, Codings]) -> dict[str, Codings]:
    """The codings, those of a file without the texts put to the record that has their id in the other files."""
    texts: dict[str, set[str]] = {}
    for id, own in (key for codings in found.values() for key in codings):
        texts.setdefault(id, set()).update([own] if own else [])

    def placed(id: str, own: str) -> tuple[str, str]:
        return (id, own) if own or len(texts[id]) != 1 else (id, next(iter(texts[id])))

    return {name: {placed(*key): coding for key, coding in codings.items()} for name, codings in found.items()}


def _of_two(names: tuple[str, ...], found: Mapping[str, Codings], resamples: int, seed: int) -> Agreement:
    one, other = (found[name] for name in names)
    shared = sorted(one.keys() & other.keys())
    alone = {name: len(found[name]) - len(shared) for name in names}
    other_texts = len(({id for id, _ in one} & {id for id, _ in other}) - {id for id, _ in shared})
    if not shared:
        return Agreement(names, 0, alone, other_texts, {})
    rows = [_counts(one[key], other[key]) for key in shared]
    counts = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return Agreement(names, len(shared), alone, other_texts, estimates(MEASURES, counts, resamples, seed))


def _of_all(found: Mapping[str, Codings], resamples: int, seed: int) -> Agreement:
    """Krippendorff's alpha over every record that at least two of the coders have."""
    keys = sorted({key for codings in found.values() for key in codings})
    coded = [[codings[key] for codings in found.values() if key in codings] for key in keys]
    rows = [_coincidences(codings) for codings in coded if len(codings) > 1]
    whole = sum(len(codings) == len(found) for codings in coded)
    alone = {name: len(codings) - whole for name, codings in found.items()}
    if not rows:
        return Agreement(tuple(found), 0, alone, 0, {})
    counts = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return Agreement(tuple(found), whole, alone, 0, estimates(ALPHAS, counts, resamples, seed))


def _grade(coding: Coding, policy: Policy) -> Grade:
    grade: Grade = getattr(coding, policy.field)
    return grade


def _coincidences(codings: Sequence[Coding]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for policy in Policy:
        grades = [_grade(coding, policy) for coding in codings]
        in_order = [GRADES.index(grade) for grade in grades] if all(grade.graded for grade in grades) else []
        found[f"pairs_{policy}"] = coincidences([_GRADES.index(grade) for grade in grades], len(_GRADES))
        found[f"ordered_{policy}"] = coincidences(in_order, len(GRADES))
        found[f"items_{policy}"] = np.array([1, bool(in_order)], float)
    return found


def _counts(one: Coding, other: Coding) -> dict[str, Array]:
    """What one record adds: grades and outcomes as confusions, asks as (one's, other's, matched, of the same kind)."""
    counts = _coincidences((one, other))
    for policy in Policy:
        counts[f"grade_{policy}"] = np.zeros((len(_GRADES), len(_GRADES)))
        counts[f"grade_{policy}"][_GRADES.index(_grade(one, policy)), _GRADES.index(_grade(other, policy))] = 1
    matched = [(one.asks[i], other.asks[j]) for i, j in match_asks(*([a.text for a in c.asks] for c in (one, other)))]
    outcome = np.zeros((3, 3))
    for ask, found in matched:
        outcome[STATUSES.index(ask.status), STATUSES.index(found.status)] += 1
    same_kind = sum(ask.kind is found.kind for ask, found in matched)
    asks = np.array([len(one.asks), len(other.asks), len(matched), same_kind], float)
    tags = np.array([len(one.tags & other.tags), len(one.tags), len(other.tags)], float)
    return counts | {"outcome": outcome, "asks": asks, "tags": tags}


def _alphas(policy: Policy) -> dict[str, Measure]:
    def items(place: int) -> Any:  # noqa: ANN401 - a function of counts
        return lambda t: t[f"items_{policy}"][..., place]

    nominal = Measure(lambda t: krippendorff_alpha(t[f"pairs_{policy}"]), items(0), "records")
    ordinal = Measure(
        lambda t: krippendorff_alpha(t[f"ordered_{policy}"], ordinal=True), items(1), "records all graded"
    )
    return {f"grade_{policy}_alpha": nominal, f"grade_{policy}_alpha_ordinal": ordinal}


def _grade_measures(policy: Policy) -> dict[str, Measure]:
    grade = f"grade_{policy}"

    proper = [_GRADES.index(one) for one in GRADES]

    def records(t: Counts) -> Array:
        return np.asarray(t[grade].sum((-2, -1)))

    return {
        f"{grade}_agreement": Measure(lambda t: share_of_same(t[grade]), records, "records"),
        f"{grade}_kappa": Measure(lambda t: cohen_kappa(t[grade]), records, "records"),
        **_alphas(policy),
        f"{grade}_macro_f1": Measure(lambda t: macro_f1(t[grade], proper), records, "records"),
    }


def _ask_measures() -> dict[str, Measure]:
    def asks(t: Counts) -> Array:
        return np.asarray(t["asks"][..., 0] + t["asks"][..., 1])

    def matched(t: Counts) -> Array:
        return np.asarray(t["asks"][..., 2])

    def tags(t: Counts) -> Array:
        return np.asarray(t["tags"][..., 1] + t["tags"][..., 2])

    def pairs(t: Counts) -> Array:
        return np.asarray(t["outcome"] + np.swapaxes(t["outcome"], -1, -2))

    return {
        "ask_f1": Measure(lambda t: ratio(2 * matched(t), asks(t)), asks, "asks of both"),
        "ask_kind_agreement": Measure(lambda t: ratio(t["asks"][..., 3], matched(t)), matched, "matched asks"),
        "outcome_agreement": Measure(lambda t: share_of_same(t["outcome"]), matched, "matched asks"),
        "outcome_kappa": Measure(lambda t: cohen_kappa(t["outcome"]), matched, "matched asks"),
        "outcome_alpha_ordinal": Measure(lambda t: krippendorff_alpha(pairs(t), ordinal=True), matched, "matched asks"),
        "tags_micro_f1": Measure(lambda t: ratio(2 * t["tags"][..., 0], tags(t)), tags, "tags of both"),
    }


ALPHAS: Mapping[str, Measure] = {**_alphas(Policy.DEFAULT), **_alphas(Policy.STRICT)}
MEASURES: Mapping[str, Measure] = {
    **_grade_measures(Policy.DEFAULT),
    **_grade_measures(Policy.STRICT),
    **_ask_measures(),
}
