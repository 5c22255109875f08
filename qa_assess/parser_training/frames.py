"""Samples gold trees of parliamentary turns from the frames, the lexicon and the phrases cut from a treebank."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

from qa_assess.parser_training.analysis import complete
from qa_assess.parser_training.grammar import Alternative, Grammar, Item, read_grammar
from qa_assess.parser_training.lexicon import Lexicon, read_lexicon, verb_node, word_node
from qa_assess.parser_training.splice import Cut, pick
from qa_assess.parser_training.trees import Node, doc_of, in_order

HERE = Path(__file__).parent
CHANCE_OF_OPTIONAL = 1 / 3
# SIMPLE_VBN, TRANSITIVE_VB: a verb class and a form
VERB = re.compile(r"(VERB|SIMPLE|TRANSITIVE|INTRANSITIVE|PARTICLE)_(VB[DGNZ]?)")


@dataclass(slots=True)
class Sampler:
    """Draws trees; the same seed draws the same trees.

    Without `cuts` the alternatives that call for a treebank phrase are passed over, so that the frames can be tested
    without any treebank.
    """

    grammar: Grammar
    lexicon: Lexicon
    rng: random.Random
    cuts: Mapping[str, Sequence[Cut]] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def tree(self, name: str) -> Node:
        """A complete tree of what a name of the grammar stands for."""
        return complete(self._named(name, "ROOT"), self.rng)

    def turn(self) -> list[Node]:
        """The sentences of one turn."""
        return [self.tree(item.name) for item in self._choose("TURN").items]

    def _choose(self, name: str) -> Alternative:
        possible = [a for a in self.grammar[name] if all(self._available(item) for item in a.items)]
        return self.rng.choices(possible, [a.weight for a in possible])[0]

    def _available(self, item: Item) -> bool:
        return not item.name.startswith("GOLD_") or bool(self.cuts.get(item.name))

    def _named(self, name: str, rel: str) -> Node:
        if name in self.grammar:
            return self._built(self._choose(name).items, rel)
        if name in self.cuts:
            node = pick(self.cuts[name], self.rng, self.numbers)
        elif VERB.fullmatch(name):
            node, verb = verb_node(self.lexicon, name, self.rng)
            if not name.startswith("TRANSITIVE"):
                node.right = self._dependents(verb.takes)
        else:
            entry = self.rng.choice(self.lexicon.lists[name])
            node = Node(entry.word, entry.tag, lemma=entry.lemma)
            node.entity = (entry.entity, next(self.numbers)) if entry.entity else None
        node.rel = rel
        return node

    def _built(self, items: Sequence[Item], rel: str) -> Node:
        place = next(i for i, item in enumerate(items) if item.rel == "*")
        head = self._item(items[place], rel)
        head.left = [*self._dependents(items[:place]), *head.left]
        head.right = [*head.right, *self._dependents(items[place + 1 :])]
        return head

    def _dependents(self, items: Sequence[Item]) -> list[Node]:
        kept = [item for item in items if not item.optional or self.rng.random() < CHANCE_OF_OPTIONAL]
        return [self._item(item, item.rel) for item in kept]

    def _item(self, item: Item, rel: str) -> Node:
        if item.name:
            return self._named(item.name, rel)
        if item.word:
            return word_node(self.lexicon, item.word, rel)
        node = self._built(item.group, rel)
        if item.entity:
            mark = (item.entity, next(self.numbers))
            for part in in_order(node):
                part.entity = mark
        return node


def read_sampler(seed: int, cuts: Mapping[str, Sequence[Cut]] | None = None) -> Sampler:
    """A sampler of the frames and the lexicon of this package."""
    return Sampler(read_grammar(HERE / "frames.txt"), read_lexicon(HERE), random.Random(seed), cuts or {})  # noqa: S311


def sample_docs(sampler: Sampler, vocab: Vocab, sentences: int) -> Iterator[Doc]:
    """Gold docs of one turn each, until so many sentences are made."""
    made = 0
    while made < sentences:
        turn = sampler.turn()
        made += len(turn)
        yield doc_of(vocab, turn)
