"""What the words of TheyWorkForYou say, whether they come as a page, as copied text, from its API or in its XML."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from qa_assess.readers.page_text import LONGEST_LABEL
from qa_assess.readers.turns import Business, Role

SITE = "https://www.theyworkforyou.com"
# Of what stands below a page's title; no page's is longer.
LONGEST_LEAD = 1_000
_HOUSES = (
    ("House of Lords", "Lords"), ("Scottish Parliament", "Scottish Parliament"),
    ("Northern Ireland Assembly", "Northern Ireland Assembly"), ("Senedd", "Senedd"), ("Welsh Parliament", "Senedd"),
    ("London Assembly", "London Assembly"), ("House of Commons", "Commons"), ("Westminster Hall", "Commons"),
    ("Public Bill Committee", "Commons"),
)  # fmt: skip
# "Home Office written question – answered at on", "Oral Answers to Questions — Kenya. – in the House of Commons at"
_WHERE = re.compile(
    r"\s*(?:–\s*)?(?:\b(?:Scottish Parliament )?written (?:question|statement)\b.*|"
    r"–\s*in (?:the|a|Westminster|Senedd)\b.*|\b(?:answered|made)?\s*(?:at\s.*)?\bon\s*$)",
    re.DOTALL,
)
_ORAL = re.compile(r"^oral\s+(?:answers|questions)(?:\s+to\s+questions)?\s*[—–:-]*\s*", re.IGNORECASE)
# Lords: "EU: Budget — Question"; a debate's heading may end so too, but with "for Short Debate" and the like.
QUESTION_HEADING = re.compile(r"\s*[—–-]+\s*(?:starred |private notice )?questions?\s*$", re.IGNORECASE)
_HELPS_A_MINISTER = re.compile(
    r"\bPPS\b|private secretary|\b(?:opposition|democrats?|labour|conservative|snp|dup|cymru)\b[^,]*\bspokes",
    re.IGNORECASE,
)
_PRESIDES = re.compile(
    r"(?:^|,\s)(?:the )?(?:first |second |principal |lord )?(?:deputy )*"
    r"(?:speaker|presiding officer|llywydd)\b(?!['’])",
    re.IGNORECASE,
)
_VOTE = re.compile(r"(?P<count>\d[\d,]*)\s.*\bthinks? (?P<side>so|not)\b")
# "[holding answer 9 January 2006]:" before an answer; the old parser at times lost the first letter to a tag.
_HOLDING = re.compile(r"^\W{0,3}h?\s?olding answer\s+(?P<date>[^\]\n]{0,40}?\d{4})[\]).:]*\s*", re.IGNORECASE)
# The words alone, where an element holds them with the date.
HOLDING_WORDS = re.compile(r"^\W*h?\s*olding answer\W*", re.IGNORECASE)
_CORRECTED = re.compile(r"\s*\[(?P<note>This section has been corrected on [^\]\n]{0,120})\]")


class Head(NamedTuple):
    """What the head of a page says of all that stands below it."""

    business: Business
    house: str
    department: str
    heading: str


def head_of(title: str, lead: str, *, written: bool) -> Head:
    """Read the head of a page.

    Args:
        title: The heading of the page.
        lead: What stands below it, without the day.
        written: Whether this is a written question.

    >>> head_of("Dues", "Oral Answers to Questions — Ports – in the House of Commons at 2:30 pm on", written=False)
    Head(business=<Business.ORAL: 'oral'>, house='Commons', department='Ports', heading='Dues')
    """
    before = _WHERE.sub("", lead.strip()).strip(" –")
    oral = bool(_ORAL.match(before) or QUESTION_HEADING.search(title))
    return Head(
        Business.WRITTEN if written else Business.ORAL if oral else Business.OTHER,
        next((house for words, house in _HOUSES if words in lead), ""),
        _ORAL.sub("", before).strip(" ."),
        QUESTION_HEADING.sub("", title),
    )


def office_of(position: str) -> str:
    """The office in what stands beside a name; empty for those who help a minister, or speak for another party.

    >>> office_of("Minister of State"), office_of("PPS to the Minister of State")
    ('Minister of State', '')
    """
    return "" if _HELPS_A_MINISTER.search(position) else position


def role_of(position: str) -> Role:
    """What the position beside a name says of the turn: that of whoever presides is procedure.

    >>> role_of("Deputy Speaker"), role_of("Minister of State")
    (<Role.PROCEDURE: 'procedure'>, <Role.UNKNOWN: 'unknown'>)
    """
    return Role.PROCEDURE if _PRESIDES.search(position) else Role.UNKNOWN


def without_notes(text: str, *, correction: str = "") -> tuple[str, dict[str, str]]:
    """A speech without what the site notes in it, and these notes.

    Args:
        text: The speech.
        correction: A note of one that stands beside the speech; it goes before one within.

    >>> without_notes("[holding answer 9 January 2006]: Two.")
    ('Two.', {'holding_answer': '9 January 2006'})
    """
    notes = {"correction": correction, "holding_answer": ""}
    if found := _HOLDING.match(text):
        notes["holding_answer"] = found["date"]
        text = text[found.end() :]
    if found := _CORRECTED.search(text):
        notes["correction"] = correction or found["note"]
        text = _CORRECTED.sub("", text)
    return text, {name: note for name, note in notes.items() if note}


def votes_in(texts: Iterable[str]) -> dict[str, str]:
    """How many readers think that an answer meets its question, and how many do not; each text tells of one side.

    >>> votes_in(["1,204 people think so", "1 person thinks not"])
    {'votes_yes': '1204', 'votes_no': '1'}
    """
    found = (_VOTE.search(text[:LONGEST_LABEL]) for text in texts)
    return {f"votes_{'yes' if one['side'] == 'so' else 'no'}": one["count"].replace(",", "") for one in found if one}
