"""Completes a sampled tree by the conventions of UD English EWT: agreement, features, a/an, capitals."""

import random
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from lemminflect import getLemma

from qa_assess.parser_training.trees import Node, in_order

POS = {
    "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN", "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ", "RB": "ADV", "WRB": "ADV",
    "MD": "AUX", "CD": "NUM", "DT": "DET", "PRP": "PRON", "PRP$": "PRON", "WP": "PRON", "WDT": "PRON", "WP$": "PRON",
    "TO": "PART", "POS": "PART", "RP": "ADP", "IN": "ADP", "CC": "CCONJ", "EX": "PRON", "UH": "INTJ", "$": "SYM",
    ",": "PUNCT", ".": "PUNCT", ":": "PUNCT", "VB": "VERB", "VBD": "VERB", "VBG": "VERB", "VBN": "VERB",
    "VBP": "VERB", "VBZ": "VERB", "LS": "X", "SYM": "SYM", "-LRB-": "PUNCT", "-RRB-": "PUNCT",
}  # fmt: skip
FEATURES = {
    "NN": "Number=Sing", "NNP": "Number=Sing", "NNS": "Number=Plur", "JJ": "Degree=Pos", "VB": "VerbForm=Inf",
}  # fmt: skip
FORMS = {
    ("be", "VBZ"): "is", ("be", "VBP"): "are", ("have", "VBZ"): "has", ("have", "VBP"): "have",
    ("do", "VBZ"): "does", ("do", "VBP"): "do", ("be", "VBD"): "was", ("have", "VBD"): "had", ("do", "VBD"): "did",
}  # fmt: skip
SUBJECTS = ("nsubj", "nsubj:pass", "expl", "csubj")
PLURAL = frozenset({"NNS", "NNPS"})
PLURAL_WORDS = frozenset({"they", "we", "many", "%", "cent"})
VOWELS = "aeioAEIO8"


def complete(tree: Node, rng: random.Random) -> Node:
    """Fills in what depends on other words, in place, and returns the tree.

    `rng` decides whether the Government is one or many, as the House itself never has.
    """
    parents = {id(child): node for node in in_order(tree) for child in node.children}
    for node in in_order(tree):
        if not node.gold:
            _agree(node, parents, rng)
            _analyse(node, parents)
    nodes = list(in_order(tree))
    for node, following in pairwise(nodes):
        if node.word == "a" and node.tag == "DT":
            node.word = "an" if following.word[0] in VOWELS else "a"
    nodes[0].word = nodes[0].word[0].upper() + nodes[0].word[1:]
    return tree


def _agree(node: Node, parents: Mapping[int, Node], rng: random.Random) -> None:
    if node.tag not in ("AGR", "PAST", "VBP", "VBD"):
        return
    person, plural = _person(_subject(node, parents), parents, rng)
    lemma = node.lemma or (node.word if node.tag in ("AGR", "PAST") else base_form(node.word, node.tag))
    if node.tag in ("AGR", "PAST"):
        many = plural or (person == 1 and lemma != "be")
        past = node.tag == "PAST"
        node.tag = "VBD" if past else ("VBP" if many or person == 1 else "VBZ")
        node.word = _form(lemma, node.tag, (person, plural))
    tense = "Past" if node.tag == "VBD" else "Pres"
    number = "Plur" if plural else "Sing"
    node.lemma = lemma
    node.morph = f"Mood=Ind|Number={number}|Person={person}|Tense={tense}|VerbForm=Fin"


def _form(lemma: str, tag: str, subject: tuple[int, bool]) -> str:
    if lemma == "be" and subject == (1, False) and tag == "VBP":
        return "am"
    if lemma == "be" and subject[1] and tag == "VBD":
        return "were"
    return FORMS[lemma, tag]


def _subject(node: Node, parents: Mapping[int, Node]) -> Node | None:
    at: Node | None = parents.get(id(node)) if node.rel.startswith(("aux", "cop")) else node
    while at is not None:
        found = [child for rel in SUBJECTS for child in at.children if child.rel == rel]
        if found:
            return found[0]
        at = parents.get(id(at)) if at.rel == "conj" else None
    return None


def _person(subject: Node | None, parents: Mapping[int, Node], rng: random.Random) -> tuple[int, bool]:
    if subject is None:
        return 3, False
    if subject.word in ("who", "which", "that") and (clause := parents[id(subject)]).rel == "acl:relcl":
        subject = parents[id(clause)]
    if subject.word == "Government":
        return 3, rng.random() < 0.5
    joined = any(child.rel == "conj" for child in subject.children)
    plural = joined or subject.tag in PLURAL or subject.word.lower() in PLURAL_WORDS
    return (1 if subject.word in ("I", "we") else 3), plural


def _analyse(node: Node, parents: Mapping[int, Node]) -> None:
    node.lemma = node.lemma or base_form(node.word, node.tag)
    node.pos = _pos(node)
    node.morph = node.morph or FEATURES.get(node.tag, "")
    if node.tag == "CD":
        form = "Digit" if node.word[0].isdigit() else "Word"
        node.morph = f"NumForm={form}|NumType=Card"
    if node.tag in ("VBN", "VBG") and node.lemma != "be":
        node.morph = _participle(node)
    if node.morph.endswith("PronType=Int") and _relative(node, parents):
        node.morph = node.morph.replace("PronType=Int", "PronType=Rel")
    if node.tag == "VBZ" and not node.morph:
        node.morph = "Mood=Ind|Number=Sing|Person=3|Tense=Pres|VerbForm=Fin"


def _pos(node: Node) -> str:
    if node.rel.startswith(("aux", "cop")):
        return "AUX"
    if node.rel in ("mark", "case") and node.tag == "IN":
        return "SCONJ" if node.rel == "mark" else "ADP"
    if node.tag == "WDT" and node.rel == "det":
        return "DET"
    if node.tag == "DT" and node.rel.startswith("nsubj"):
        return "PRON"
    return "PART" if node.word == "not" else POS[node.tag]


def _participle(node: Node) -> str:
    kinds = {child.rel for child in node.children}
    if node.tag == "VBN":
        passive = "aux:pass" in kinds or (node.rel in ("acl", "case") and "nsubj" not in kinds)
        return "Tense=Past|VerbForm=Part" + ("|Voice=Pass" if passive else "")
    return "Tense=Pres|VerbForm=Part" if "aux" in kinds or node.rel == "amod" else "VerbForm=Ger"


def _relative(node: Node, parents: Mapping[int, Node]) -> bool:
    at: Node | None = node
    while at is not None and at.rel not in ("acl:relcl", "ccomp", "ROOT", "conj", "parataxis"):
        at = parents.get(id(at))
    return at is not None and at.rel == "acl:relcl"


@cache
def base_form(word: str, tag: str) -> str:
    """The lemma of a word that a frame gives in a form of its own.

    >>> base_form("taken", "VBN"), base_form("Minister", "NNP"), base_form("measures", "NNS")
    ('take', 'Minister', 'measure')
    """
    kind = {"N": "NOUN", "V": "VERB"}.get(tag[0], "")
    if tag == "NNP" or not kind:
        return word
    return str(getLemma(word, upos=kind)[0])
