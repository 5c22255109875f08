"""How many grades change when the people's names, sexes, parties and places are swapped for others.

    python benchmarks/swaps.py RECORDS [--most N] [--show]

A grade must not depend on who asks and who answers. Each record is graded as it stands, and again with every titled
name, "hon. Member for …", party and form of address changed throughout, question and answer alike; nothing else is
touched. The words that our classifiers see are masked, so what changes comes from the parse.
"""

import argparse
import random
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from scoring import wilson

from qa_assess.assessor import Assessor
from qa_assess.exchange import Assessment, Exchange
from qa_assess.readers import read

FIRST = (
    "Ann",
    "Tariq",
    "Moira",
    "Desmond",
    "Xanthe",
    "Ikechukwu",
    "Rosalind",
    "Gwilym",
    "Priya",
    "Hamish",
    "Beatrix",
    "Fergus",
    "Leocadia",
)
LAST = (
    "Achterberg",
    "Bloggs",
    "Chaudhry",
    "Dalrymple",
    "Eze",
    "Fairweather",
    "Gwynne",
    "Holloway-Pratt",
    "Iqbal",
    "Jardine",
    "Kowalczyk",
    "Lumley",
    "McAllister",
    "Nwosu",
    "Oakeshott",
    "Pettigrew",
    "Quayle",
    "Rahman",
    "Sidebottom",
    "Trevelyan",
    "Unsworth",
    "Venkataraman",
    "Wolstenholme",
)
PLACES = ("Aldermere", "Brackenford East", "Carrowdale", "Dunmarsh and Selby Cross", "Eastleigh Vale", "Glenbervie")
PARTIES = {
    "Conservatives": "Liberal Democrats",
    "Conservative": "Labour",
    "Tories": "Liberal Democrats",
    "Tory": "Labour",
    "Labour": "Conservative",
    "Liberal Democrats": "Conservatives",
    "Liberal Democrat": "Conservative",
    "Lib Dems": "Tories",
    "Lib Dem": "Tory",
    "SNP": "DUP",
    "DUP": "SNP",
    "Plaid Cymru": "Labour",
}
ADDRESSES = {"Gentleman": "Lady", "Lady": "Gentleman", "Gentlemen": "Ladies", "Ladies": "Gentlemen"}

_NAME = r"(?:[OD]['’][A-Z][a-z]+|[A-Z][a-z]+(?:-?[A-Z][a-z]+)?)"
_TITLES = "Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Baroness|Viscount"
_TITLED = re.compile(rf"\b(?P<title>{_TITLES})(?P<gap>\.?\s)(?P<name>{_NAME}(?:\s{_NAME})?)")
_MEMBER = re.compile(rf"(?P<lead>\bMembers? for\s)(?P<name>{_NAME}(?:(?:,?\s(?:and|of|upon|the)\s|\s|-){_NAME})*)")
_PARTY = re.compile(rf"\b(?:{'|'.join(sorted(PARTIES, key=len, reverse=True))})\b")
_ADDRESS = re.compile(r"(?P<lead>\bhon\.?\s(?:and\s\w+\s)?)(?P<name>Gentleman|Gentlemen|Lady|Ladies)\b")
# Titles that belong to an office or a thing, not to a person's name.
_OFFICES = frozenset(
    ["Speaker", "Deputy", "Chairman", "President", "Chancellor", "Privy", "Justice", "Advocate", "Mayor", "Chief"]
)


class Swap:
    """Replacements for one record: the same name becomes the same other name wherever it stands.

    >>> swap = Swap(0)
    >>> swap("The Labour party") , swap("the hon. Lady") , swap("Mr. Speaker")
    ('The Conservative party', 'the hon. Gentleman', 'Mr. Speaker')
    >>> swap("Mr Smith") == swap("Mr Smith") != "Mr Smith"
    True
    """

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._chosen: dict[str, str] = {}

    def _other(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._chosen:
            self._chosen[name] = make()
        return self._chosen[name]

    def _person(self, match: re.Match[str]) -> str:
        name = match["name"]
        if name.split()[0] in _OFFICES:
            return match[0]
        both = " " in name
        other = self._other(name, lambda: " ".join([self._rng.choice(FIRST)] * both + [self._rng.choice(LAST)]))
        return f"{match['title']}{match['gap']}{other}"

    def __call__(self, text: str) -> str:
        text = _TITLED.sub(self._person, text)
        place = lambda m: m["lead"] + self._other(m["name"], lambda: self._rng.choice(PLACES))  # noqa: E731
        text = _MEMBER.sub(place, text)
        text = _PARTY.sub(lambda m: PARTIES[m[0]], text)
        return _ADDRESS.sub(lambda m: m["lead"] + ADDRESSES[m["name"]], text)


def swapped(exchange: Exchange, seed: int) -> Exchange:
    """The exchange with its people changed, in its texts and in its fields."""
    swap, other = Swap(seed), random.Random(seed + 1)
    person = lambda: f"{other.choice(FIRST)} {other.choice(LAST)}"  # noqa: E731
    question, answer = swap(exchange.question), swap(exchange.answer)
    return replace(exchange, question=question, answer=answer, asker=person(), answerer=person())


def changed(exchanges: list[Exchange], assessor: Assessor) -> list[tuple[Assessment, Assessment]]:
    """The records whose texts the swap touched, graded before and after."""
    others = [swapped(e, n) for n, e in enumerate(exchanges)]
    both = zip(exchanges, others, strict=True)
    touched = [(e, o) for e, o in both if (e.question, e.answer) != (o.question, o.answer)]
    before, after = (list(assessor.assess(part)) for part in zip(*touched, strict=True))
    graded = zip(before, after, strict=True)
    return [(b, a) for b, a in graded if isinstance(b, Assessment) and isinstance(a, Assessment)]


def share(flags: list[bool]) -> str:
    """A share of records with its 95% interval."""
    p, low, high = wilson(flags)
    return f"{sum(flags)} of {len(flags)}: {p:.2%} [{max(0, low):.2%}, {high:.2%}]"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("records")
    arguments.add_argument("--most", type=int, default=1000)
    arguments.add_argument("--show", action="store_true", help="print the records whose grade changes")
    given = arguments.parse_args()
    exchanges = [e for e in islice(read(given.records), given.most) if isinstance(e, Exchange)]
    pairs = changed(exchanges, Assessor())
    print(f"{len(exchanges)} records, {len(pairs)} of them with a name, party, place or form of address to swap")
    print("default grade changes", share([b.grade is not a.grade for b, a in pairs]))
    print("strict grade changes ", share([b.grade_strict is not a.grade_strict for b, a in pairs]))
    print("number of asks changes", share([len(b.outcomes) != len(a.outcomes) for b, a in pairs]))
    for b, a in pairs if given.show else []:
        if b.grade is not a.grade:
            texts = (b.exchange.question, b.exchange.answer, "--", a.exchange.question, a.exchange.answer)
            print(f"\n{b.grade.label} -> {a.grade.label}", *texts, sep="\n")


if __name__ == "__main__":
    main()
