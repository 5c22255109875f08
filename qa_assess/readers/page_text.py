r"""The text of a web page as it is copied: its lines, without what belongs to the page and not to what was said.

A browser writes a line a paragraph, and around them buttons, counts of columns and times. Where the text was taken out
of the page node by node, a link in the midst of a sentence stands on a line of its own: `unwrapped` mends that.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qa_assess.readers.dates import split_title
from qa_assess.readers.source import LONGEST_LINE

# No heading, name or button is longer.
LONGEST_LABEL = 300

_TIME = r"(?:\d{1,2}[.:]\d\d(?:[.:]\d\d)?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]m|(?:12 )?noon|midnight)"
_SITES = r"(?:twitter|facebook|email|e-mail|x|whatsapp|linkedin|bluesky|reddit)"
_FURNITURE = re.compile(
    rf"{_TIME},?|"
    r"column \d+[a-z]*\s?(?:is located here)?|is located here|"
    rf"share|share this(?: specific)? (?:contribution|debate|page|question)|this specific contribution|{_SITES}|"
    rf"share a link to this specific contribution:?|share contribution \d+ (?:on|via)(?: {_SITES})?|"
    r"(?:copy link(?: to contribution \d+ to clipboard)?\s?)+|"
    r"(?:previous|next|back to|go to|view|jump to)[ -]"
    r"(?:debate|contents?|top|results|all|this|question|sitting)\b.{0,60}|"
    r"download(?: text| pdf| this debate)?|print(?: this page)?|search(?: hansard)?|skip to (?:main )?content|menu|"
    r"(?:uk parliament )?hansard|toggle .{0,40}|expand all|collapse all|show more|show full question|read more",
    re.IGNORECASE,
)
# What stands behind a speaker on the Hansard website. "Share" by itself stands elsewhere too.
_BEHIND_SPEAKER = re.compile(
    r"share this(?: specific)? contribution|this specific contribution|share a link to this specific contribution:?|"
    r"copy link(?: to contribution \d+ to clipboard)?(?: copy link)?",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"(?:house of )?(?P<house>commons|lords)(?: chamber| hansard)?", re.IGNORECASE)
_VOLUME = re.compile(r"(?:volume|vol\.?)\s?\d+.{0,100}", re.IGNORECASE)
_DAY = re.compile(r"\bon (?P<date>.{0,20}\d{1,2} [A-Za-z]+ \d{4})\b")
# A line that ends so goes on in the next one.
_GOES_ON = re.compile(
    r"(?:[,‘“(—]|\b(?:a|an|and|as|at|by|for|from|her|his|in|its|my|of|on|or|our|such as|"
    r"that|the|their|to|under|with))$",
    re.IGNORECASE,
)
_ENDS = (".", "?", "!", ":", ";", "—", "–", "”", '"', "’", ")", "]", "…")
_WRAPPED_FROM = 55
_LONGEST_HEADING, _MOST_WORDS = 150, 20
_ENDS_IN_FIGURE = re.compile(r"\s[£$€]?[\d.,%]+$")


class TextLine(NamedTuple):
    """A line that holds text; `signed` where the page's buttons for one speech follow: it may name a speaker."""

    text: str
    number: int
    signed: bool = False


def label_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match of a pattern with a whole line; None for a line too long to be more than what was said.

    >>> label_match(_VOLUME, "Volume 669"), label_match(_HOUSE, "x" * 301)
    (<re.Match object; span=(0, 10), match='Volume 669'>, None)
    """
    return pattern.fullmatch(text) if len(text) <= LONGEST_LABEL else None


def is_furniture(text: str) -> bool:
    """Whether a line belongs to the page.

    >>> is_furniture("3.15 pm"), is_furniture("Column 123"), is_furniture("Copy link"), is_furniture("No.")
    (True, True, True, False)
    """
    return bool(label_match(_FURNITURE, text))


def kept(lines: Iterable[TextLine]) -> list[TextLine]:
    """The lines without those of the page.

    >>> [line.text for line in kept([TextLine("Ann Ash", 1), TextLine("Share this contribution", 2)])]
    ['Ann Ash']
    """
    found: list[TextLine] = []
    for line in lines:
        if not is_furniture(line.text):
            found.append(line)
        elif found and _BEHIND_SPEAKER.fullmatch(line.text):
            found[-1] = found[-1]._replace(signed=True)
    return found


def spaced(text: str) -> str:
    """A line with single spaces, without NUL characters and marks that nobody sees; a line without end has a bound."""
    return " ".join(text[:LONGEST_LINE].replace("\0", "").replace("\ufeff", "").replace("\u200b", "").split())


def unwrapped(lines: Sequence[str]) -> str:
    r"""Lines as paragraphs.

    >>> unwrapped(["I met the", "Mayor of Saltby", "in May.", "He is well."])
    'I met the Mayor of Saltby in May.\nHe is well.'
    """
    parts: list[str] = []
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        if not before or not _is_continued(before, line):
            parts.append("\n")
        elif not (line[0] in ",.;:)?!’”—]" or before[-1] in "‘“(—"):
            parts.append(" ")
        parts.append(line)
    return "".join(parts).strip()


def _is_continued(before: str, line: str) -> bool:
    if line[0] in ",.;:)?!’”—]" or before[-1] in "‘“(":
        return True
    if before.endswith(_ENDS) and not before.endswith("—"):
        return False
    wrapped = len(before) >= _WRAPPED_FROM and "|" not in before
    return line[0].islower() or bool(_GOES_ON.search(before[-20:])) or wrapped


def is_heading(text: str) -> bool:
    """Whether a line may head what follows: short, and no sentence.

    >>> is_heading("Winter Sailings"), is_heading("Ferries (Isles)"), is_heading("She sails."), is_heading("Boats 4")
    (True, True, False, False)
    """
    if len(text) > _LONGEST_HEADING or "|" in text or len(text.split()) > _MOST_WORDS:
        return False
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "“‘\"'[") or not re.search(r"[^\W\d_]{2}", text):
        return False
    return not text.endswith(tuple(end for end in _ENDS if end not in ')’”"')) and not _ENDS_IN_FIGURE.search(text)


def told_date(text: str) -> str:
    """The date that a line of the page's head tells, as ISO date; empty where there is none.

    >>> told_date("Volume 669: debated on Thursday 9 January 2020"), told_date("Ferries")
    ('2020-01-09', '')
    """
    if len(text) > LONGEST_LABEL:
        return ""
    if found := _DAY.search(text):
        return split_title(found["date"])[1]
    return split_title(text)[1]


def told_house(text: str) -> str:
    """The house that a line of the page's head names.

    >>> told_house("House of Lords"), told_house("Commons Chamber"), told_house("Ferries")
    ('Lords', 'Commons', '')
    """
    found = label_match(_HOUSE, text)
    return found["house"].capitalize() if found else ""


def is_volume(text: str) -> bool:
    """Whether a line says in which volume the debate is.

    >>> is_volume("Volume 669: debated on Thursday 9 January 2020")
    True
    """
    return bool(label_match(_VOLUME, text))
