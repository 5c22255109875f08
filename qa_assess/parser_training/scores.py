"""How good a pipeline is: treebank test sets, our own graded relations, our own entity cases."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Token
from spacy.training import Corpus

HERE = Path(__file__).parent
RELATIONS = HERE / "relations.txt"
ENTITY_CASES = HERE / "entity_cases.txt"
HELD_OUT_CASES = HERE / "entity_cases_held_out.txt"
TEST_SETS = ("ewt_test", "gum_test", "pud")
WITHOUT_ENTITIES = ("gum_test", "pud")
MEASURES = ("tag_acc", "pos_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")
# Entities that UNER does not name, or that our patterns draw otherwise ("the Secretary of State for Health").
GRADED_ENTITIES = frozenset({"DATE", "MONEY", "PERCENT", "QUANTITY", "ORG", "PERSON"})


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of our own and what it holds, one string each."""

    text: str
    expected: tuple[str, ...]


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a file: a text, then an indented line of what it holds."""
    text = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            parts = (part.strip() for part in line.split(";"))
            yield Case(text, tuple(part for part in parts if part != "-"))
        elif line and not line.startswith("#"):
            text = line.strip()


def treebank_scores(nlp: Language, folder: Path, names: Sequence[str] = TEST_SETS) -> dict[str, dict[str, Any]]:
    """Scores by spaCy (percent, punctuation left out) on each test set, and of NER by type where there is gold."""
    scores: dict[str, dict[str, Any]] = {}
    for name in names:
        examples = list(Corpus(folder / f"{name}.spacy")(nlp))
        found = nlp.evaluate(examples, batch_size=64)
        row: dict[str, Any] = {measure: percent(found[measure]) for measure in MEASURES}
        row["tokens"] = sum(len(example.reference) for example in examples)
        if name not in WITHOUT_ENTITIES:
            row["ents_f"] = percent(found["ents_f"])
            row["ents_f_per_type"] = {k: percent(v["f"]) for k, v in sorted(found["ents_per_type"].items())}
        scores[name] = row
    return scores


def percent(share: float) -> float:
    """A share as a percentage with two decimals.

    >>> percent(0.80123)
    80.12
    """
    return round(100 * share, 2)


def relation_scores(nlp: Language, cases: Sequence[Case]) -> dict[str, Any]:
    """How many hand-graded relations a pipeline gets right, in all and by relation, and how many sentence counts."""
    right, seen, sentences, perfect = Counter[str](), Counter[str](), 0, 0
    for case, doc in zip(cases, nlp.pipe(case.text for case in cases), strict=True):
        wrong = 0
        for relation in case.expected:
            if relation.startswith("="):
                sentences += len(list(doc.sents)) == int(relation[1:])
                continue
            name = relation.split()[1].split("|")[0]
            seen[name] += 1
            hit = has_relation(doc, relation)
            right[name] += hit
            wrong += not hit
        perfect += not wrong
    return {
        "questions": len(cases),
        "relations": seen.total(),
        "right": right.total(),
        "percent": percent(right.total() / seen.total()),
        "all_right": perfect,
        "sentence_counts_right": sentences,
        "by_relation": {name: [right[name], seen[name]] for name in sorted(seen)},
    }


def has_relation(doc: Doc, relation: str) -> bool:
    """Whether a doc holds one relation of the notation of `relations.txt`."""
    dependent, labels, heads = relation.split()
    token = find_token(doc, dependent)
    return token is not None and any(
        _labelled(token, label) and _under(token, head) for label in labels.split("|") for head in heads.split("|")
    )


def find_token(doc: Doc, word: str) -> Token | None:
    """The token of a text, or its second with `word#2`."""
    word, _, number = word.partition("#")
    found = [token for token in doc if token.text == word]
    place = int(number or 1) - 1
    return found[place] if place < len(found) else None


def _labelled(token: Token, label: str) -> bool:
    if label == "root":
        return token.dep_ == "ROOT"
    if label in ("nsubj", "aux", "csubj"):
        return token.dep_ in (label, f"{label}:outer")
    return token.dep_ == label or token.dep_.startswith(f"{label}:")


def _under(token: Token, head: str) -> bool:
    return token.dep_ == "ROOT" if head == "-" else token.head == find_token(token.doc, head)


def entity_scores(nlp: Language, cases: Sequence[Case]) -> dict[str, Any]:
    """Entities found, missed and made up, by label: exact spans, a closing full stop aside."""
    counts: dict[str, Counter[str]] = {label: Counter() for label in sorted(GRADED_ENTITIES)}
    for case, doc in zip(cases, nlp.pipe(case.text for case in cases), strict=True):
        gold = {tuple(entity.rstrip(".").split(" ", 1)) for entity in case.expected}
        got = {(ent.label_, ent.text.rstrip(".")) for ent in doc.ents if ent.label_ in GRADED_ENTITIES}
        for kind, found in (("right", gold & got), ("missed", gold - got), ("false", got - gold)):
            for label, _ in found:
                counts[label][kind] += 1
    total = sum(counts.values(), Counter[str]())
    rows = {"all": total, **counts}
    return {"sentences": len(cases)} | {name: _prf(row) for name, row in rows.items()}


def _prf(row: Mapping[str, int]) -> dict[str, float]:
    right, missed, false = (row.get(kind, 0) for kind in ("right", "missed", "false"))
    f = percent(2 * right / (2 * right + missed + false)) if right + missed + false else 0.0
    return {"right": right, "missed": missed, "false": false, "f": f}
