"""The entity ruler made quick: what it asks of a word's form is worked out once a form, not at every word of a text.

spaCy's matcher calls Python for each pattern such as `{"LOWER": {"REGEX": …}}` at each word. A flag of the vocabulary
holds the same answer for good, and is looked at without Python. What is found does not change.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from typing import Any

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import EntityRuler
from spacy.vocab import Vocab

_FORMS: dict[str, Callable[[str], str]] = {"TEXT": str, "ORTH": str, "LOWER": str.lower}
# The bits that a vocabulary has for flags of word forms; some are spaCy's own (our patterns have more conditions than
# there is room for).
_BITS = range(1, 64)
# A flag stands in it by its number, all else by name.
TokenPattern = dict[Any, Any]


def quicken(nlp: Language) -> None:
    r"""Give the entity rulers of a pipeline matchers that look at flags; their own patterns stay as they are.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> ruler = nlp.add_pipe("entity_ruler")
    >>> ruler.add_patterns([{"label": "DATE", "pattern": [{"TEXT": {"REGEX": r"^20\d\d$"}}]}])
    >>> quicken(nlp)
    >>> nlp("It opened in 2014.").ents
    (2014,)
    """
    for _, component in nlp.pipeline:
        if isinstance(component, EntityRuler):
            flags = _Flags(nlp.vocab, _by_place(p for own in component.token_patterns.values() for p in own))
            matcher = Matcher(nlp.vocab, validate=False, fuzzy_compare=component.matcher_fuzzy_compare)
            for label, patterns in component.token_patterns.items():
                matcher.add(label, [[flags.of(part) for part in pattern] for pattern in patterns])
            component.matcher = matcher


def rulers(nlp: Language) -> list[str]:
    """The names of a pipeline's entity rulers.

    >>> import spacy
    >>> rulers(spacy.blank("en"))
    []
    """
    return [name for name, component in nlp.pipeline if isinstance(component, EntityRuler)]


def _by_place(patterns: Iterable[list[TokenPattern]]) -> Iterator[TokenPattern]:
    """The parts of all patterns, the first of each before the second of each: the first is tried at every word."""
    return (part for place in zip_longest(*patterns) for part in place if part)


class _Flags:
    """Flags for conditions on a word's form, as many as there is room for."""

    def __init__(self, vocab: Vocab, parts: Iterable[TokenPattern]) -> None:
        self._found: dict[str, int] = {}
        taken = vocab.lex_attr_getters  # type: ignore[attr-defined]
        free = sum(bit not in taken for bit in _BITS)
        for name, wanted in (condition for part in parts for condition in part.items()):
            key = json.dumps([name, wanted])
            if key not in self._found and len(self._found) < free and (test := _test(name, wanted)):
                self._found[key] = vocab.add_flag(test)

    def of(self, part: TokenPattern) -> TokenPattern:
        """The same part of a pattern, with flags for the conditions that have one."""
        keys = {name: json.dumps([name, wanted]) for name, wanted in part.items()}
        own = {self._found[key]: True for key in keys.values() if key in self._found}
        return {**own, **{name: part[name] for name, key in keys.items() if key not in self._found}}


def _test(name: str, wanted: object) -> Callable[[str], bool] | None:
    """The condition as a test of a word; None where it is not one on the word's form alone."""
    form = _FORMS.get(name)
    if form is None or not isinstance(wanted, dict) or len(wanted) != 1:
        return None
    if isinstance(pattern := wanted.get("REGEX"), str):
        search = re.compile(pattern).search
        return lambda word: search(form(word)) is not None
    if "IN" in wanted:
        words = frozenset(wanted["IN"])
        return lambda word: form(word) in words
    return None
