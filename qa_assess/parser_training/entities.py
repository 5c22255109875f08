"""The entity ruler's patterns: from rows of words in `entity_patterns.toml` to spaCy's token patterns."""

import re
import tomllib
from collections.abc import Mapping
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from spacy.language import Language

from qa_assess.errors import LabelError

PATTERNS = Path(__file__).parent / "entity_patterns.toml"
# "<DAY>?" is ("<DAY>", "?"); "of|in?" is ("of|in", "?"); "hon." is ("hon.", "")
PART = re.compile(r"(.+?)([?*+]?)")
MOST_PHRASES = 120
TokenPattern = dict[str, Any]


def read_patterns(path: Path = PATTERNS) -> list[dict[str, Any]]:
    """The patterns in the form that `EntityRuler.add_patterns` takes.

    >>> sorted({pattern["label"] for pattern in read_patterns()})
    ['DATE', 'MONEY', 'ORG', 'PERCENT', 'PERSON', 'QUANTITY']
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [(label, token_pattern(row, data["classes"])) for label, rows in data["patterns"].items() for row in rows]
    return [
        {"label": label, "pattern": pattern}
        for label, row in rows
        for pattern in (phrases(row) if is_phrase(row) else [row])
    ]


def token_pattern(row: str, classes: Mapping[str, TokenPattern]) -> list[TokenPattern]:
    """One row as token patterns.

    >>> token_pattern("the? end of <MONTH>", {"MONTH": {"TEXT": "May"}})[0]
    {'LOWER': 'the', 'OP': '?'}
    """
    return [_part(part, classes) for part in row.split()]


def is_phrase(row: list[TokenPattern]) -> bool:
    """Whether a row stands for few enough fixed phrases to be written out.

    The phrase matcher's time does not grow with the number of phrases; the token matcher's grows with every pattern.
    """
    if any(len(part) > 1 + ("OP" in part) or part.get("OP", "?") != "?" for part in row):
        return False
    choices = [_choices(part) for part in row]
    return all(choices) and prod(map(len, choices)) <= MOST_PHRASES


def phrases(row: list[TokenPattern]) -> list[str]:
    """All phrases that a row stands for, also with a capital at their head.

    >>> phrases([{"LOWER": "the", "OP": "?"}, {"TEXT": {"IN": ["Treasury", "House"]}}])
    ['Treasury', 'House', 'the Treasury', 'The Treasury', 'the House', 'The House']
    """
    plain = [" ".join(filter(None, words)) for words in product(*(_choices(part) for part in row))]
    return list(dict.fromkeys(form for text in plain for form in (text, text[0].upper() + text[1:])))


def _choices(part: TokenPattern) -> list[str]:
    wanted: Any = part.get("LOWER") or part.get("TEXT") or {}
    words = [wanted] if isinstance(wanted, str) else list(wanted.get("IN", ()))
    return ["", *words] if words and "OP" in part else words


def _part(part: str, classes: Mapping[str, TokenPattern]) -> TokenPattern:
    match = PART.fullmatch(part)
    if match is None:
        raise LabelError(f"not a part of a pattern: {part!r}", hint="write word, word|word or <CLASS>, then ?, * or +")
    word, operator = match.groups()
    if word.startswith("<"):
        pattern = dict(classes[word.strip("<>")])
    else:
        words = word.split("|")
        attribute = "LOWER" if word.islower() or (not word.isalpha() and word.lower() == word) else "TEXT"
        pattern = {attribute: words[0] if len(words) == 1 else {"IN": words}}
    return pattern | ({"OP": operator} if operator else {})


def add_ruler(nlp: Language, *, overwrite: bool, before: str | None = None) -> None:
    """Adds the entity ruler with its patterns, at the end or before a component."""
    ruler = nlp.add_pipe("entity_ruler", before=before, config={"overwrite_ents": overwrite})
    ruler.add_patterns(read_patterns())  # type: ignore[attr-defined]
