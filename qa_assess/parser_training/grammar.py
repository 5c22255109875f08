"""Reads the frames: a small dependency grammar in a text file (the notation is told at the head of `frames.txt`)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from qa_assess.errors import LabelError

SUBTYPE = "pass|poss|prt|relcl|desc|unmarked|agent|outer|predet|preconj"
# "~obl:unmarked:LAST_YEAR" is ("~", "obl:unmarked", "LAST_YEAR"); "*made/VBN" is ("", "*", "made/VBN")
ITEM = re.compile(rf"(~?)(?:(\*)|([a-z]+(?::(?:{SUBTYPE}))?):)(.*)")
# parts of "nsubj:(det:the *@ORG(*Treasury/NNP))": brackets that open and close groups, and words between spaces
TOKEN = re.compile(r"[^\s()]*\(|\)|[^\s()]+")
NAME = re.compile(r"[A-Z][A-Z_0-9]+")


@dataclass(frozen=True, slots=True)
class Item:
    """One dependent or the head (`rel` is ``*``): a word, a name or a group of items."""

    rel: str
    optional: bool = False
    word: str = ""
    name: str = ""
    entity: str = ""
    group: tuple["Item", ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to build what a name stands for, and how often it is taken."""

    weight: int
    items: tuple[Item, ...]


Grammar = Mapping[str, tuple[Alternative, ...]]


def read_grammar(path: Path) -> Grammar:
    """The names of a frames file with their alternatives.

    Raises:
        LabelError: An alternative has no head or more than one, or the file is otherwise malformed.
    """
    rules: dict[str, list[Alternative]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name = line.strip()
            if name in rules:
                raise LabelError(f"{name} stands twice in {path.name}", hint="merge its alternatives")
            rules[name] = []
            continue
        weight, _, text = line.partition("|")
        rules[name].append(Alternative(int(weight), read_turn(text) if name == "TURN" else read_items(text)))
    return {name: tuple(alternatives) for name, alternatives in rules.items()}


def read_turn(text: str) -> tuple[Item, ...]:
    """The sentences of one turn.

    >>> [item.name for item in read_turn("STATEMENT QUESTION")]
    ['STATEMENT', 'QUESTION']
    """
    return tuple(Item("ROOT", name=name) for name in text.split())


def read_items(text: str) -> tuple[Item, ...]:
    """The items of one alternative, exactly one of them its head.

    >>> [(item.rel, item.word or item.name) for item in read_items("aux:will nsubj:SUBJ *act/VB ~advmod:now")]
    [('aux', 'will'), ('nsubj', 'SUBJ'), ('*', 'act/VB'), ('advmod', 'now')]
    """
    return _items(iter(TOKEN.findall(text)), text)


def _items(tokens: Iterator[str], text: str) -> tuple[Item, ...]:
    items = []
    for part in tokens:
        if part == ")":
            break
        items.append(_item(part, tokens, text))
    if sum(item.rel == "*" for item in items) != 1:
        raise LabelError(f"needs exactly one head (*): {text.strip()}", hint="mark the head of every group with *")
    return tuple(items)


def _item(token: str, tokens: Iterator[str], text: str) -> Item:
    match = ITEM.fullmatch(token)
    if match is None:
        raise LabelError(f"not an item: {token!r} in {text.strip()}", hint="write relation:word or *word")
    optional, head, relation, body = match.groups()
    rel = head or relation
    if body.endswith("("):
        return Item(rel, bool(optional), entity=body[:-1].removeprefix("@"), group=_items(tokens, text))
    if NAME.fullmatch(body):
        return Item(rel, bool(optional), name=body)
    return Item(rel, bool(optional), word=body)
