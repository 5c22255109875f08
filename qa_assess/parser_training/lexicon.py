"""The words of the frames: lists, verbs with what they take, and the analyses of closed-class words."""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lemminflect import getInflection

from qa_assess.parser_training.grammar import Item, read_items
from qa_assess.parser_training.trees import Node

# Round brackets are the notation's own, so frames write them as the Penn Treebank does.
BRACKETS = {"-LRB-": "(", "-RRB-": ")"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of a list: its form, lemma and tag, and the entity that it is by itself."""

    word: str
    lemma: str
    tag: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb's lemma and what stands after it (particle, object, clause)."""

    lemma: str
    takes: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Lists by name, verbs by class, and (tag, lemma, features) of closed-class words by (tag, word) and by word."""

    lists: Mapping[str, tuple[Entry, ...]]
    verbs: Mapping[str, tuple[Verb, ...]]
    words: Mapping[tuple[str, str], tuple[str, str]]
    tags: Mapping[str, str]


@cache
def inflect(lemma: str, tag: str) -> str:
    """The form of a word.

    >>> inflect("family", "NNS"), inflect("withdraw", "VBN")
    ('families', 'withdrawn')
    """
    return lemma if tag in ("VB", "NN") else str(getInflection(lemma, tag)[0])


def read_lexicon(folder: Path) -> Lexicon:
    """Reads `lexicon.toml` and `words.toml` of a folder."""
    data = tomllib.loads((folder / "lexicon.toml").read_text(encoding="utf-8"))
    closed = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))
    words: dict[tuple[str, str], tuple[str, str]] = {}
    tags: dict[str, str] = {}
    for tag, table in closed.items():
        for word, analysis in table.items():
            lemma, _, morph = analysis.partition(" ")
            words[tag, word] = (lemma or word, morph)
            tags.setdefault(word, tag)
    return Lexicon(_lists(data["lists"]), _verbs(data["verbs"]), words, tags)


def _lists(tables: Mapping[str, Any]) -> dict[str, tuple[Entry, ...]]:
    lists = {}
    for name, table in tables.items():
        tag, base = table["tag"], table.get("from", name)
        entity = table.get("entity", "")
        lists[name] = tuple(
            Entry(inflect(word, tag) if tag == "NNS" else word, word, tag, entity)
            for word in tables[base]["words"].split()
        )
    return lists


def _verbs(tables: Mapping[str, Any]) -> dict[str, tuple[Verb, ...]]:
    bare = tuple(Verb(lemma) for lemma in tables["transitive"].split())
    particle = tuple(Verb(verb, _after(f"compound:prt:{out}/RP")) for verb, out in map(str.split, tables["particle"]))
    with_object = tuple(Verb(verb.lemma, (*verb.takes, *_after("obj:NP0 ~obl:WHEN"))) for verb in (*bare, *particle))
    fixed = {name: tuple(_verb(line) for line in tables[name]) for name in ("simple", "clausal")}
    simple = (*with_object, *fixed["simple"], *fixed["simple"])
    return {
        "TRANSITIVE": bare,
        "INTRANSITIVE": tuple(Verb(lemma) for lemma in tables["intransitive"].split()),
        "PARTICLE": particle,
        "SIMPLE": (*simple, *particle_objects(particle)),
        "VERB": (*simple, *fixed["clausal"], *fixed["clausal"], *fixed["clausal"]),
    }


def particle_objects(verbs: tuple[Verb, ...]) -> tuple[Verb, ...]:
    """Verbs with a particle once more, with a plain object: the stock phrase of the House ("rule out any cut")."""
    return tuple(Verb(verb.lemma, (*verb.takes, *_after("obj:NP_SG"))) for verb in verbs)


def _verb(line: str) -> Verb:
    lemma, takes = line.split("|")
    return Verb(lemma.strip(), _after(takes))


def _after(takes: str) -> tuple[Item, ...]:
    return read_items(f"*verb {takes}")[1:]


def word_node(lexicon: Lexicon, text: str, rel: str) -> Node:
    """The node of a frame's word: `made/VBN`, or a closed-class word alone.

    Raises:
        KeyError: A word without a tag that `words.toml` does not hold.
    """
    word, _, tag = text.partition("/")
    tag = tag or ("WDT" if (word, rel) == ("what", "det") else lexicon.tags[word])
    lemma, morph = lexicon.words.get((tag, word), ("", ""))
    word = BRACKETS.get(word, word)
    return Node(word, tag, rel, lemma=lemma, morph=morph)


def verb_node(lexicon: Lexicon, name: str, rng: random.Random) -> tuple[Node, Verb]:
    """A verb of a class in a form: `SIMPLE_VBN` is the past participle of a simple verb."""
    kind, tag = name.split("_")
    verb = rng.choice(lexicon.verbs[kind])
    return Node(inflect(verb.lemma, tag), tag, lemma=verb.lemma), verb
