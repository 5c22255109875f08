"""Factories for labelled records and for assessments of them that are wrong here and there."""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qa_assess.codebook import GRADES, STATUSES, Grade, Kind, Status, Tag, grade_default, grade_strict
from qa_assess.exchange import Ask, Assessment, Exchange, Failure, Outcome, ResponseTag, Result
from qa_assess.labels import Labels

ASKS = (
    ("When will the new bridge at Fenwick open to traffic", Kind.TIMELINE),
    ("will he publish the survey of the river wall", Kind.PUBLISH),
    ("how many lorries crossed it each day last year", Kind.FIGURE),
    ("does she agree that the ferry was never enough", Kind.VIEW),
    ("what steps is the Department taking to pay the boatmen", Kind.ACTION),
)
ANSWER = (
    "The bridge opens on 3 June. The survey is being read in the Department. We counted 412 lorries a day. "
    "I agree with her about the ferry. The boatmen are of great value to the whole coast."
)
EVIDENCE = tuple(sentence.strip() for sentence in ANSWER.split(".") if sentence)


def make_row(id: str = "r1", statuses: Iterable[str] = ("full",), **fields: object) -> dict[str, object]:
    """A labelled record with one ask for each status; its grade follows from them unless `fields` say otherwise."""
    statuses = [Status(status) for status in statuses]
    asked = [
        {"text": text, "kind": kind.value, "status": status.value, "evidence": evidence}
        for (text, kind), evidence, status in zip(ASKS, EVIDENCE, statuses, strict=False)
    ]
    concern = str(fields.get("concern_evidence", ""))
    return {
        "id": id,
        "kind": "oral",
        "date": "2003-04-05",
        "question": "The old crossing is shut. " + ", and ".join(str(ask["text"]) for ask in asked) + "?",
        "answer": ANSWER,
        "asks": asked,
        "concern_evidence": concern,
        "tags": [],
        "grade": grade_default(statuses, concern_met=bool(concern)).value,
        "feedback": "The opening date was given.",
        "sure": 3,
        "why": "",
        **fields,
    }


def write_rows(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def many_rows(number: int, seed: int = 0) -> list[dict[str, object]]:
    rng = random.Random(seed)
    return [_any_row(f"m{i:04}", rng) for i in range(number)]


def _any_row(id: str, rng: random.Random) -> dict[str, object]:
    statuses = rng.choices(list(STATUSES), k=rng.randint(0, len(ASKS)))
    fields: dict[str, object] = {
        "tags": rng.sample(list(Tag), rng.randint(0, 3)),
        "kind": rng.choice(["oral", "written"]),
        "date": rng.choice(["1984-03-01", "1997-07-01", "2009-10-11", "2020-02-02", ""]),
        "answer": ANSWER * rng.randint(1, 8),
        "concern_evidence": rng.choice(["", "412 lorries a day"]),
    }
    if rng.random() < 0.05:
        fields |= {"grade": "ungraded"}
    return make_row(id, statuses, **fields)


def noisy_assess(labelled: Iterable[Labels], seed: int = 0) -> Callable[[Iterable[Exchange]], Iterator[Result]]:
    """What an assessor might say of the records: mostly the labels, with every sort of slip among them."""
    gold = {labels.id: labels for labels in labelled}

    def assess(exchanges: Iterable[Exchange]) -> Iterator[Result]:
        for exchange in exchanges:
            rng = random.Random(f"{seed} {exchange.id}")
            if rng.random() < 0.03:
                yield Failure(exchange.id, "assess", "the answer is too long", exchange=exchange)
            elif rng.random() > 0.01:
                yield _noisy(gold[exchange.id], rng)

    return assess


def _noisy(labels: Labels, rng: random.Random) -> Assessment:
    outcomes = [
        Outcome(_noisy_ask(asked.ask, rng), status, None, (0.2, 0.3, 0.5))
        for asked in labels.asks
        if rng.random() < 0.9
        for status in [asked.status if rng.random() < 0.6 else rng.choice(STATUSES)]
    ]
    if rng.random() < 0.2:
        outcomes.append(
            Outcome(Ask("why so late", 0, 3, rng.choice(list(Kind))), rng.choice(STATUSES), None, (0.2, 0.3, 0.5))
        )
    rng.shuffle(outcomes)
    tags = {tag for tag in labels.tags if rng.random() < 0.7} | set(rng.sample(list(Tag), rng.randint(0, 2)))
    statuses = [outcome.status for outcome in outcomes]
    grade, strict = grade_default(statuses, concern_met=rng.random() < 0.3), grade_strict(statuses)
    return Assessment(
        exchange=labels.exchange,
        outcomes=tuple(outcomes),
        tags=tuple(ResponseTag(tag, 0, 3) for tag in sorted(tags)),
        grade=grade,
        grade_strict=strict,
        probabilities=_probabilities(grade, rng),
        probabilities_strict=_probabilities(strict, rng),
        model="made-up 0",
    )


def _noisy_ask(ask: Ask, rng: random.Random) -> Ask:
    words = ask.text.split()
    text = " ".join(rng.sample(words, rng.randint(1, len(words))))
    return Ask(text, ask.start, ask.end, ask.kind if rng.random() < 0.8 else rng.choice(list(Kind)))


def _probabilities(grade: Grade, rng: random.Random) -> tuple[float, float, float]:
    if grade not in GRADES:
        return (0.0, 0.0, 0.0)
    top = rng.uniform(0.4, 1.0)
    return tuple(top if grade is other else (1 - top) / 2 for other in GRADES)  # type: ignore[return-value]


def prediction(assessment: Assessment) -> dict[str, object]:
    """The line that the JSON Lines output holds of an assessment, as far as it is scored."""
    return {
        "id": assessment.exchange.id,
        "grade": assessment.grade.value,
        "grade_strict": assessment.grade_strict.value,
        "asks": [{"text": o.ask.text, "kind": o.ask.kind.value, "status": o.status.value} for o in assessment.outcomes],
        "tags": [tag.name.value for tag in assessment.tags],
    }
