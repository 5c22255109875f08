"""Cue phrases and word lists: data, each group with its reason, read once."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=8)
def _table(name: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def word_list(name: str) -> tuple[str, ...]:
    """The words of a group of `words.toml`, in its order.

    >>> "urge" in word_list("requesting")
    True
    """
    words = _table("words")[name]["words"]
    assert isinstance(words, list)
    return tuple(words)


@lru_cache(maxsize=4)
def patterns(name: str) -> dict[str, re.Pattern[str]]:
    """The patterns of `<name>.toml` by group, compiled, for texts in lower case.

    A search that ignores case takes twice the time, and every sentence is searched for every group.

    >>> bool(patterns("answer")["in_due_course"].search("We will publish it in due course.".lower()))
    True
    """
    return {group: re.compile(str(entry["pattern"])) for group, entry in _table(name).items()}
