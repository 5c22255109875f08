"""Cuts reusable phrases out of gold trees: noun phrases, verb phrases, clauses and whole short sentences."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from spacy.tokens import Doc, Token

from qa_assess.parser_training.trees import Node, in_order

# Relations of talk and layout rather than of sentences: a phrase with one of them inside is not taken.
UNFIT = frozenset(
    {"dep", "parataxis", "discourse", "list", "goeswith", "reparandum", "orphan", "dislocated", "vocative"}
)
ODD_CHARACTERS = frozenset('@/\\_*#[]<>{}"()')
PREMODIFIERS = frozenset({"det", "amod", "compound", "nmod:poss", "nummod"})
JOINERS = frozenset({"that", "because", "although", "while", "if", "and", "but", ","})
FINITE = frozenset({"VBZ", "VBP", "VBD", "VBN", "VBG", "VB"})
WH = frozenset({"WP", "WDT", "WRB", "WP$"})
LONGEST_WORD = 16


@dataclass(frozen=True, slots=True)
class Cut:
    """A phrase in a gold doc: its head, and the dependents (a preposition, a conjunction) that stay behind."""

    head: Token
    without: frozenset[int] = frozenset()


Test = Callable[[Token], Cut | None]


def cut_phrases(docs: Iterable[Doc]) -> Mapping[str, Sequence[Cut]]:
    """All phrases of the treebank by the name under which a frame calls for them (`GOLD_NP`, `GOLD_VB`…)."""
    cuts: dict[str, list[Cut]] = {name: [] for name in TESTS}
    for doc in docs:
        for token in doc:
            for name, test in TESTS.items():
                if (cut := test(token)) is not None:
                    cuts[name].append(cut)
    return cuts


def graft(cut: Cut, numbers: "count[int]") -> Node:
    """A copy of the phrase, labels and all, that can be hung into a frame."""
    node = _copy(cut.head, cut.without)
    number = 0
    copies = list(in_order(node))
    for token, copy in zip(_kept(cut), copies, strict=True):
        number = next(numbers) if token.ent_iob_ == "B" else number
        copy.entity = (token.ent_type_, number) if token.ent_type_ else (None if token.ent_iob else ())
    if copies[0].pos != "PROPN" and copies[0].word not in ("I", "I'm") and _kept(cut)[0].is_sent_start:
        copies[0].word = copies[0].word.lower()
    copies[-1].space = True
    return node


def pick(cuts: Sequence[Cut], rng: random.Random, numbers: "count[int]") -> Node:
    """A random phrase."""
    return graft(rng.choice(cuts), numbers)


def _copy(token: Token, without: frozenset[int]) -> Node:
    node = Node(token.text, token.tag_, token.dep_, token.pos_, token.lemma_, str(token.morph), bool(token.whitespace_))
    node.gold = True
    node.left = [_copy(child, without) for child in token.lefts if child.i not in without]
    node.right = [_copy(child, without) for child in token.rights if child.i not in without]
    return node


def _kept(cut: Cut) -> list[Token]:
    dropped = {t.i for child in cut.head.children if child.i in cut.without for t in child.subtree}
    return [token for token in cut.head.subtree if token.i not in dropped]


def _fit(token: Token, shortest: int, longest: int) -> bool:
    """Whether the phrase under a token is of the right length, in one piece, and of plain words."""
    phrase = list(token.subtree)
    if not shortest <= len(phrase) <= longest or phrase[-1].i - phrase[0].i + 1 != len(phrase):
        return False
    return phrase[0].dep_ != "punct" and all(_plain(t) for t in phrase)


def _plain(token: Token) -> bool:
    text = token.text
    if token.dep_.split(":")[0] in UNFIT or (token.dep_ == "punct" and text not in (",", "-", ".")):
        return False
    return text.isascii() and len(text) <= LONGEST_WORD and not set(text) & ODD_CHARACTERS and not _shouted(text)


def _shouted(text: str) -> bool:
    return text.isupper() and len(text) > 5


def _before(token: Token, relations: Iterable[str], words: frozenset[str] | None = None) -> frozenset[int]:
    wanted = set(relations)
    return frozenset(t.i for t in token.lefts if t.dep_ in wanted and (words is None or t.text.lower() in words))


def noun_phrase(token: Token) -> Cut | None:
    """An object, oblique or nominal modifier without its preposition: "the council's plans for the harbour"."""
    if token.dep_ not in ("obj", "obl", "nmod") or token.tag_ not in ("NN", "NNS", "NNP") or not _fit(token, 1, 9):
        return None
    without = _before(token, ("case", "cc"))
    modifiers = [child for child in token.lefts if child.i not in without]
    if not all(child.dep_ in PREMODIFIERS for child in modifiers) or any(t.dep_ == "punct" for t in token.children):
        return None
    return None if any(t.tag_ in WH for t in token.subtree) else Cut(token, without)


def infinitive(token: Token) -> Cut | None:
    """The verb phrase of a to-infinitive: "close the harbour by Friday"."""
    if token.tag_ != "VB" or token.dep_ not in ("xcomp", "advcl", "acl", "csubj", "ccomp") or not _fit(token, 2, 14):
        return None
    to = _before(token, ("mark",), frozenset({"to"}))
    plain = all(child.i in to or child.dep_ == "advmod" for child in token.lefts)
    ends = any(child.dep_ == "punct" and child.text == "." for child in token.children)
    return Cut(token, to) if len(to) == 1 and plain and not ends else None


def clause(token: Token) -> Cut | None:
    """A finite clause with its subject first, without conjunction or full stop: "he has sold the farm"."""
    if token.dep_ not in ("ccomp", "advcl", "ROOT") or token.tag_ not in FINITE or not _fit(token, 4, 16):
        return None
    without = _before(token, ("mark", "cc", "punct"), JOINERS) | {t.i for t in token.rights if t.text == "."}
    lefts = [child for child in token.lefts if child.i not in without]
    subjects = [child for child in lefts if child.dep_.startswith("nsubj") and child.tag_ not in WH]
    usual = all(child.dep_.startswith(("nsubj", "aux", "advmod", "expl")) for child in lefts)
    if not subjects or not usual or any(child.tag_ in WH for child in lefts):
        return None
    if not lefts[0].dep_.startswith(("nsubj", "expl", "advmod")):
        return None
    return Cut(token, without)


def _participle(token: Token, tag: str, auxiliary: str) -> Cut | None:
    if token.tag_ != tag or (cut := clause(token)) is None:
        return None
    auxiliaries = [t for t in token.lefts if t.dep_ == "aux" and t.lemma_ == auxiliary]
    subjects = [t for t in token.lefts if t.dep_ == "nsubj"]
    others = [t for t in token.lefts if t.dep_.startswith(("aux", "nsubj", "expl"))]
    if len(auxiliaries) != 1 or len(subjects) != 1 or len(others) != 2:
        return None
    return Cut(token, cut.without | {auxiliaries[0].i, subjects[0].i})


def perfect(token: Token) -> Cut | None:
    """What follows "has": "sold the farm to his brother"."""
    return _participle(token, "VBN", "have")


def progressive(token: Token) -> Cut | None:
    """What follows "is": "selling the farm to his brother"."""
    return _participle(token, "VBG", "be")


def sentence(token: Token) -> Cut | None:
    """A short sentence, its full stop with it."""
    if token.dep_ != "ROOT" or token.pos_ not in ("VERB", "ADJ", "NOUN") or not _fit(token, 5, 22):
        return None
    words = list(token.subtree)
    has_subject = any(child.dep_.startswith("nsubj") for child in token.children)
    stop = words[-1].text == "." and all(word.text != "." for word in words[:-1])
    return Cut(token) if has_subject and stop and words[0].text[0].isupper() else None


TESTS: Mapping[str, Test] = {
    "GOLD_NP": noun_phrase,
    "GOLD_VB": infinitive,
    "GOLD_CLAUSE": clause,
    "GOLD_VBN": perfect,
    "GOLD_VBG": progressive,
    "GOLD_SENTENCE": sentence,
}
