"""Items (a lead and its complement) joined into at most two sentences."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from qa_assess.codebook import Kind, Status
from qa_assess.feedback.phrasing import Phrase
from qa_assess.feedback.tables import leads

# Beyond this many words before "was given" a reader loses the verb: the complement then follows it.
_BEFORE_VERB = 14
# Beyond this many words in all, the asks that are left are counted, not named.
_LONGEST_SENTENCE = 60
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_FINITE = (
    "that ",
    "on whether ",
    "on wh",
    "of wh",
    "for wh",
    "for how",
    "of how",
    "on how",
    "why ",
    "on by",
    "for by",
    "to the question",
    "in reply",
)


_PLURALS = ("figures", "dates", "details", "reasons")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that came or did not: "no date" + "for the opening of the scheme"."""

    lead: str
    complement: str = ""

    @property
    def plural(self) -> bool:
        """Whether the lead takes "were".

        >>> Item("no complete figures").plural, Item("no date").plural
        (True, False)
        """
        return self.lead.split(" of ")[0].rsplit(" ", 1)[-1] in _PLURALS

    @property
    def heavy(self) -> bool:
        """Whether the complement should follow the verb."""
        return (
            self.complement.startswith(_FINITE)
            or '"' in self.complement
            or len(f"{self.lead} {self.complement}".split()) > _BEFORE_VERB
        )


def item(phrase: Phrase, kind: Kind, status: Status, *, way: str = "") -> Item:
    """The item of one ask. `way` is ``commits`` or ``refuses`` where the tags say which way an undertaking went."""
    lead, _, complement = _template(phrase.form, kind, status, way).partition(" | ")
    if phrase.promise and phrase.form == "that" and kind is not Kind.VIEW:
        lead = _promising(lead, phrase.promise)
    return Item(lead.format(**phrase.texts), complement.format(**phrase.texts).replace(" ,", ","))


def _template(form: str, kind: Kind, status: Status, way: str) -> str:
    """The lead of the way it went, of the kind, or of any kind; a form without one falls back on its parent."""
    table = leads()
    rows = [table[status.value].get(kind.value, {}), table[status.value]["any"]]
    if way:
        rows.insert(0, table["ways"][way])
    parents = {"when": "wh", "why": "wh"}
    for row in rows:
        found = row.get(form) or row.get(parents.get(form, ""))
        if found:
            return found
        # A quotation cannot be made a gerund, but stands well behind "to".
        if form == "quoted" and "{inf}" in row.get("doing", ""):
            return row["doing"]
    return rows[-1]["bare"]


def _promising(lead: str, promise: str) -> str:
    """The asker's own word: "an assurance" becomes "a guarantee"."""
    article = "an" if promise[0] in "aeiou" else "a"
    lead = re.sub(r"\ban? (?:assurance|undertaking)\b", f"{article} {promise}", lead)
    return re.sub(r"\b(?:assurance|undertaking)\b", promise, lead)


def sentence(items: Sequence[Item]) -> str:
    """One sentence, without its full stop, that says of every item that it was given.

    >>> sentence([Item("no date", "for the opening"), Item("no commitment", "to funding the scheme")])
    'No date for the opening and no commitment to funding the scheme were given'
    """
    merged = _merged(items)
    if len(merged) == 1:
        return _capital(_clause(merged[0]))
    light = not any(one.heavy for one in merged)
    if light and sum(len(f"{one.lead} {one.complement}".split()) for one in merged) <= _BEFORE_VERB + 8:
        return _capital(f"{_listed([f'{one.lead} {one.complement}'.strip() for one in merged])} were given")
    return _capital(_counted(merged))


def _merged(items: Sequence[Item]) -> list[Item]:
    """Items with the same lead become one: "no view on whether A or on whether B"."""
    order = {one.lead: at for at, one in reversed(list(enumerate(items)))}
    merged = []
    for lead, same in groupby(sorted(items, key=lambda one: order[one.lead]), key=lambda one: one.lead):
        complements = list(dict.fromkeys(one.complement for one in same if one.complement))
        conjunction = "or" if lead.startswith("no ") else "and"
        words = sum(len(one.split()) for one in complements)
        if len(complements) > 1 and words > _LONGEST_SENTENCE - 10:
            merged.append(Item(lead, f"{complements[0]}, {conjunction} on {_points(len(complements) - 1)}"))
        else:
            merged.append(Item(lead, _listed(complements, conjunction)))
    return merged


def _points(number: int) -> str:
    return "one other point" if number == 1 else f"{_NUMBERS[min(number, 6)]} other points"


def _clause(one: Item) -> str:
    verb = "were given" if one.plural else "was given"
    if one.heavy and one.complement:
        return f"{one.lead} {verb} {one.complement}"
    return f"{one.lead} {one.complement}".strip() + f" {verb}"


def _counted(merged: Sequence[Item]) -> str:
    """Full clauses one after the other, as many as a reader takes in."""
    clauses: list[str] = []
    for at, one in enumerate(merged):
        clause = _clause(one)
        if clauses and len(" ".join([*clauses, clause]).split()) > _LONGEST_SENTENCE:
            return f"{'; '.join(clauses)}; {_remainder(one.lead, len(merged) - at)}"
        clauses.append(clause)
    return ", and ".join(clauses) if len(clauses) == 2 and "," not in clauses[0] else "; ".join(clauses)


def _remainder(lead: str, rest: int) -> str:
    if lead.startswith(("no ", "only ", "something ", "nothing ")):
        return f"no full answer was given on {_points(rest)}"
    return f"{_points(rest)} {'was' if rest == 1 else 'were'} answered"


def _listed(parts: Sequence[str], conjunction: str = "and") -> str:
    if len(parts) < 2:
        return "".join(parts)
    comma = "," if any(len(part.split()) > 8 for part in parts[:-1]) else ""
    return f"{', '.join(parts[:-1])}{comma} {conjunction} {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
