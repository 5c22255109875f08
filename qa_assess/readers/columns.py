"""What a column's name means: one of our fields, a label that somebody gave, or a column that travels through."""

import itertools
import tomllib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple, TypeVar

NEEDED = ("question", "answer")
_LOOKED_AT = 200  # columns, for one whose name is nearly the wanted one; to compare names takes time
Place = Literal["field", "coded", "extra"]
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Where the values of one column go: a field of `Exchange`, or a name in its `coded` or `extra`."""

    place: Place
    name: str

    def numbered(self, count: int) -> "Slot":
        """The slot of the same name with a number."""
        return Slot(self.place, f"{self.name}_{count}")


class _Known(NamedTuple):
    slot: Slot
    rank: int  # of the name among the synonyms of its field


@cache
def _synonyms() -> dict[str, _Known]:
    """The table of `columns.toml`: plain name to slot and rank."""
    table = tomllib.loads(files("qa_assess.readers").joinpath("columns.toml").read_text(encoding="utf-8"))
    places: tuple[tuple[str, Place], ...] = (("fields", "field"), ("coded", "coded"))
    return {
        plain(synonym): _Known(Slot(place, name), rank)
        for section, place in places
        for name, synonyms in table[section].items()
        for rank, synonym in enumerate(synonyms)
    }


def plain(name: str) -> str:
    """A column's name without case, spaces and punctuation.

    >>> plain(" Question_Text "), plain("answeringBodyName")
    ('questiontext', 'answeringbodyname')
    """
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@lru_cache(maxsize=256)
def slots(header: tuple[str, ...]) -> tuple[Slot, ...]:
    """Where each column goes. Of two columns for one field the better name wins, and the other travels through.

    >>> [f"{slot.place} {slot.name}" for slot in slots(("Question Text", "answer", "question", "grade", "votes"))]
    ['extra Question Text', 'field answer', 'field question', 'coded grade', 'extra votes']
    """
    known = [_synonyms().get(plain(name)) for name in header]
    ranked = sorted((found.rank, index, found.slot) for index, found in enumerate(known) if found)
    winners: dict[Slot, int] = {}
    for _, index, slot in ranked:
        winners.setdefault(slot, index)
    placed: list[Slot] = []
    taken = dict.fromkeys(winners, 1)
    for index, (name, found) in enumerate(zip(header, known, strict=True)):
        if found and winners[found.slot] == index:
            placed.append(found.slot)
        else:
            place: Place = "coded" if found and found.slot.place == "coded" else "extra"
            slot = Slot(place, whole(name) or f"column_{index + 1}")
            placed.append(unused(slot, taken, slot.numbered))
    return tuple(placed)


@lru_cache(maxsize=1024)
def spare_field(name: str) -> tuple[str, int] | None:
    """The field of `Exchange` that a column could serve too, where a better one is empty, and the rank of its name.

    >>> spare_field("dateTabled") > spare_field("dateAnswered"), spare_field("votes")
    (True, None)
    """
    known = _synonyms().get(plain(name))
    return (known.slot.name, known.rank) if known and known.slot.place == "field" else None


def whole(text: str) -> str:
    """A name that can be written anywhere: without NUL characters and halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\0", "").strip()


def unused(wanted: Name, taken: dict[Name, int], numbered: Callable[[int], Name]) -> Name:
    """What is wanted, or the first of its numbered forms that is free; which is then taken.

    Args:
        wanted: A name.
        taken: The names given so far, each with the number up to which none of its forms is free; grows.
        numbered: The form with a number.

    >>> taken: dict[str, int] = {}
    >>> [unused("Q1", taken, "Q1-{}".format) for _ in range(3)]
    ['Q1', 'Q1-2', 'Q1-3']
    """
    free, count = wanted, taken.get(wanted, 0)
    while free in taken:
        count += 1
        free = numbered(count)
    taken[wanted], taken[free] = count, taken.get(free, 1)
    return free


def missing(header: tuple[str, ...]) -> tuple[str, ...]:
    """Which of question and answer the columns do not hold.

    >>> missing(("id", "question", "anwser"))
    ('answer',)
    """
    found = {slot.name for slot in slots(header) if slot.place == "field"}
    return tuple(name for name in NEEDED if name not in found)


@lru_cache(maxsize=256)
def complaint(header: tuple[str, ...], *, noun: str = "column") -> tuple[str, str]:
    """What is missing, beside what was found; and what to do about it.

    >>> complaint(("id", "question", "anwser"))[0]
    'no answer among the columns: id, question, anwser; the nearest to "answer" is "anwser"'
    """
    near = {wanted: _nearest(header, wanted) for wanted in missing(header)}
    told = "".join(f'; the nearest to "{wanted}" is "{name}"' for wanted, name in near.items() if name)
    shown = ", ".join(_short(name) for name in header[:30]) + (", …" if len(header) > 30 else "")
    hint = f"each {noun} stands for a field of the record, for instance: id, question, answer"
    if renames := [f'"{name}" to "{wanted}"' for wanted, name in near.items() if name]:
        hint = f"rename the {noun} " + " and ".join(renames)
    return f"no {' and no '.join(near)} among the {noun}s: {shown}{told}", hint


def _short(name: str) -> str:
    name = whole(name)
    return name if len(name) <= 40 else name[:39] + "…"


def _nearest(header: tuple[str, ...], wanted: str) -> str:
    names = [name for name, known in _synonyms().items() if known.slot == Slot("field", wanted) and len(name) > 2]

    def likeness(column: str) -> float:
        inside = 0.75 if wanted in plain(column) else 0.0
        return max(inside, *(SequenceMatcher(None, plain(column), name).ratio() for name in names))

    free = (name for name, slot in zip(header, slots(header), strict=True) if slot.place == "extra" and len(name) < 60)
    best = max(itertools.islice(free, _LOOKED_AT), key=likeness, default="")
    return whole(best) if best and likeness(best) > 0.72 else ""
