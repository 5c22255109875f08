"""The feedback's data files: leads, reasons and the words that the House asks with. Read once, in the files' order."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Leads = Mapping[str, Mapping[str, Mapping[str, str]]]


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def leads() -> Leads:
    """Status (or ``ways``) → kind → form → lead."""
    return _table("leads")


def reasons() -> Mapping[str, str]:
    """Tag → what "the answer" says, does or promises; in the order of telling."""
    return _table("reasons")


@cache
def words(name: str) -> frozenset[str]:
    """A list of the vocabulary.

    >>> "mr." in words("titles")
    True
    """
    return frozenset(_table("vocabulary")[name].split())
