"""A dependency tree under construction, and the way from trees to a gold `Doc`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc
from spacy.vocab import Vocab

CLOSE_TO_THE_LEFT = frozenset({",", ".", "?", ";", ":", "'s", "n't", "%", ")"})
OPENING = frozenset({"£", "$", "("})


@dataclass(slots=True, eq=False)
class Node:
    """One token with its dependents; `entity` is ``(label, number)``, ``None`` outside, ``()`` where nobody looked.

    Mutable, since trees are put together from parts: everything else of the package is frozen.

    >>> tree = Node("act", rel="ROOT", left=[Node("Will", rel="aux"), Node("he", rel="nsubj")])
    >>> [node.word for node in in_order(tree)]
    ['Will', 'he', 'act']
    """

    word: str
    tag: str = ""
    rel: str = "dep"
    pos: str = ""
    lemma: str = ""
    morph: str = ""
    space: bool = True
    gold: bool = False
    entity: tuple[str, int] | tuple[()] | None = None
    left: list["Node"] = field(default_factory=list)
    right: list["Node"] = field(default_factory=list)

    @property
    def children(self) -> list["Node"]:
        """The dependents, in the order of the sentence."""
        return [*self.left, *self.right]


def in_order(node: Node) -> Iterator[Node]:
    """The tokens of a tree from left to right; a tree built this way is projective."""
    for child in node.left:
        yield from in_order(child)
    yield node
    for child in node.right:
        yield from in_order(child)


def doc_of(vocab: Vocab, sentences: Sequence[Node]) -> Doc:
    """One gold `Doc` of a turn: words, spaces, tags, lemmas, heads, relations, sentence starts and entities."""
    tokens = [list(in_order(sentence)) for sentence in sentences]
    flat = [node for sentence in tokens for node in sentence]
    place = {id(node): i for i, node in enumerate(flat)}
    heads = {id(child): place[id(node)] for node in flat for child in node.children}
    return Doc(
        vocab,
        words=[node.word for node in flat],
        spaces=_spaces(flat),
        tags=[node.tag for node in flat],
        pos=[node.pos for node in flat],
        lemmas=[node.lemma for node in flat],
        morphs=[node.morph for node in flat],
        heads=[heads.get(id(node), i) for i, node in enumerate(flat)],
        deps=[node.rel for node in flat],
        sent_starts=[i == 0 for sentence in tokens for i in range(len(sentence))],
        ents=_bio(flat),
    )


def _spaces(nodes: Sequence[Node]) -> list[bool]:
    following = [*((node.word, node.tag) for node in nodes[1:]), ("", "")]
    return [
        node.space and node.word not in OPENING and word not in CLOSE_TO_THE_LEFT and "SYM" not in (node.tag, tag)
        for node, (word, tag) in zip(nodes, following, strict=True)
    ]


def _bio(nodes: Sequence[Node]) -> list[str]:
    tags, before = [], None
    for node in nodes:
        if node.entity:
            tags.append(f"{'I' if node.entity == before else 'B'}-{node.entity[0]}")
        else:
            tags.append("O" if node.entity is None else "")
        before = node.entity
    return tags
