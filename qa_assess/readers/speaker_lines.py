"""Who speaks, found in plain text: the line, or the two or three lines, that stand before a speech.

``Jane Doe (Northfield) (Lab)``, ``The Minister for Ferries (John Smith):``, ``Mr Speaker``; a name and a constituency
on lines of their own; and afterwards the name alone, which counts only where it is known from a line like these.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa_assess.readers.page_text import LONGEST_LABEL, TextLine, label_match
from qa_assess.readers.turns import is_crowd, is_office, speaker_of

# As Hansard shortens them, and as the pages of written questions write them.
PARTY = re.compile(
    r"(?:con|conservative|lab|labour|lab/co-op|lab co-op|labour \(co-op\)|labour/co-operative|ld|lib dem|"
    r"liberal democrats?|snp|scottish national party|pc|plaid cymru|dup|democratic unionist(?: party)?|sdlp|"
    r"social democratic (?:&|and) labour party|uup|ulster unionist party|sf|sinn f[eé]in|apni|alliance|"
    r"green|green party|ind|independent|ind lab|reform|reform uk|ruk|ukip|uk independence party|respect|alba|"
    r"alba party|cb|crossbench|crossbencher|non-afl|non-affiliated|bishops?|bshp|tuv|traditional unionist voice|"
    r"change uk|your party|restore britain|speaker|dep speaker)",
    re.IGNORECASE,
)
_PARENS = re.compile(
    r"(?P<outside>[^()]{2,150}?)\s?(?P<parens>(?:\((?!urgent question|by private notice)[^()]{1,120}\)\s?){1,3})"
    r"(?P<colon>:?)(?=\s|$|:|\()",
    re.IGNORECASE,
)
_ONLY_PARENS = re.compile(r"(?:\([A-ZÀ-Þ][^()]{1,120}\)\s?){1,3}:?")
_INSIDE = re.compile(r"\(([^()]*)\)")
_COLON = re.compile(r"(?P<name>[^:()]{3,100}):\s(?=\S)")
# "Q1. [900123]" before a name
_NUMBER = re.compile(r"(?:[QT]?\s?\d{1,3}\s?\.\s?)(?:[\[(][A-Z]{0,4}\d{3,7}[\])]\s?)?|[\[(][A-Z]{0,4}\d{3,7}[\])]\s?")
_CHAIR = re.compile(
    r"(?:mr\.? |madam |the |madame )?(?:lord |deputy |acting )*(?:speaker|presiding officer|llywydd|"
    r"chair(?:man|woman)?|convener)(?: \([^()]{2,80}\))?",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|miss|dr|sir|dame|lord|lady|baroness|baron|viscount|viscountess|earl|countess|professor|prof|rev|"
    r"the (?:lord|earl|duke|marquess|countess|viscount|archbishop|bishop|lord bishop|lord archbishop|rev))\b\.? ",
    re.IGNORECASE,
)
_LOWER = frozenset({
    "of", "the", "and", "in", "de", "la", "le", "van", "von", "der", "den", "du", "al", "ap", "ab", "y", "to", "for",
    "with", "on", "at", "upon", "hon.", "rt.", "da", "di",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_a-z][^\W\d_]*(?:['’.&-][^\W\d_]*)*[,.]?|&|mac[A-Z]\w+|d[’'][A-Z]\w+|hon\.|ap")
_NO_PERSON = re.compile(
    r"\b(?:bill|act|order|orders|regulations|committee|motion|amendment|clause|schedule|questions?|answers|report)$",
    re.IGNORECASE,
)
_LONGEST_NAME, _LONGEST_OFFICE = 10, 30  # words
# A speech that follows a name alone is a sentence at least.
_SENTENCE = 6


@dataclass(frozen=True, slots=True)
class SpeakerLine:
    """A speaker as printed; `used` lines; and what stands on the last of them behind the name, or before it."""

    printed: str
    used: int = 1
    rest: str = ""


@dataclass(slots=True)
class Known:
    """The speakers that a text has introduced."""

    names: set[str] = field(default_factory=set)
    surnames: set[str] = field(default_factory=set)
    colons: bool = False

    def add(self, found: SpeakerLine) -> None:
        """Remember a speaker."""
        key = speaker_of(found.printed).key
        self.names.add(key)
        self.surnames.add(key.rpartition(" ")[2])
        self.colons |= bool(found.rest)

    def __contains__(self, printed: str) -> bool:
        key = speaker_of(printed).key
        return bool(key) and (key in self.names or (bool(_HONORIFIC.match(printed)) and key in self.surnames))


def introduced(lines: Sequence[TextLine]) -> Known:
    """The speakers that some lines introduce beyond doubt, or name again and again.

    >>> "Mr Smith" in introduced([TextLine("The Minister for Ferries (Mr John Smith)", 1)])
    True
    """
    known, repeated = Known(), dict[str, int]()
    for at, line in enumerate(lines):
        if found := sure_speaker(lines, at):
            known.add(found)
        elif at + 1 < len(lines) and len(line.text) <= LONGEST_LABEL and 2 <= len(line.text.split()) <= 4:
            followed = len(lines[at + 1].text.split()) >= _SENTENCE
            if is_name(line.text) and not _NO_PERSON.search(line.text):
                repeated[line.text] = repeated.get(line.text, 0) + 1 if followed else -len(lines)
    for name in (name for name, times in repeated.items() if times > 1):
        known.add(SpeakerLine(name))
    return known


def speaker_at(lines: Sequence[TextLine], at: int, known: Known) -> SpeakerLine | None:
    """The speaker that begins at a line, if any does.

    >>> lines = [TextLine("Ann Ash (Saltby) (Ind)", 1), TextLine("Why?", 2), TextLine("Ann Ash", 3), TextLine("No?", 4)]
    >>> [found.printed for at in range(4) if (found := speaker_at(lines, at, introduced(lines)))]
    ['Ann Ash (Saltby) (Ind)', 'Ann Ash']
    """
    if found := sure_speaker(lines, at):
        return found
    line = lines[at]
    text = line.text[:LONGEST_LABEL]
    alone = text.rstrip(":") if len(line.text) <= LONGEST_LABEL else ""
    if alone and is_name(alone) and (line.signed or alone in known or _is_titled(alone)):
        return SpeakerLine(alone)
    if alone and (found := _in_one_paren(alone, line, known)):
        return found
    if (said := _COLON.match(text)) and known.colons:
        name = said["name"]
        if name in known or (is_name(name) and 2 <= len(name.split()) <= 5):
            return SpeakerLine(name, rest=line.text[said.end() :])
    return None


def sure_speaker(lines: Sequence[TextLine], at: int) -> SpeakerLine | None:
    """The speaker whom a line names by its form alone."""
    whole = lines[at].text
    text = whole[: 2 * LONGEST_LABEL]
    number = _NUMBER.match(text)
    start = number.end() if number else 0
    if (found := _PARENS.match(text, start)) and _is_introduced(found, rest := whole[found.end() :].strip()):
        before = f"{number[0].strip()} " if number else ""
        return SpeakerLine(text[start : found.end()].rstrip(": "), rest=f"{before}{rest}".strip())
    if number:
        return None
    if len(whole) <= LONGEST_LABEL and (by_itself := _by_itself(lines, at)):
        return by_itself
    said = _COLON.match(text)
    if said and (_is_nobody_else(said["name"]) or (_is_titled(said["name"]) and is_name(said["name"]))):
        return SpeakerLine(said["name"], rest=whole[said.end() :])
    return None


def _by_itself(lines: Sequence[TextLine], at: int) -> SpeakerLine | None:
    """A speaker whose name, or office, has the line for itself; what belongs to it may stand below in parentheses."""
    text = lines[at].text
    below = _parens_from(lines, at + 1)
    if _is_nobody_else(text.rstrip(":")) and not (below and text.startswith("The ")):
        return SpeakerLine(text.rstrip(":"))
    if below and _may_stand_above(text):
        printed = " ".join(line.text for line in lines[at : at + 1 + below])
        return SpeakerLine(printed.rstrip(":"), 1 + below)
    return None


def _is_nobody_else(text: str) -> bool:
    """Whether some words are whoever presides, several members, or an office."""
    crowd = is_crowd(text) and len(text.split()) > 1
    return crowd or bool(_CHAIR.fullmatch(text)) or _is_office_alone(text)


def is_name(text: str) -> bool:
    """Whether some words have the shape of a person's name.

    >>> is_name("Jane O'Doe"), is_name("Lord Fen of Saltby"), is_name("The ferry sails at noon"), is_name("No.")
    (True, True, False, False)
    """
    words = text.split()
    if not 1 <= len(words) <= _LONGEST_NAME or not words[0][0].isupper() or words[-1].lower() in _LOWER:
        return False
    if len(words) == 1 or text.endswith((".", ",")):
        return False
    return all(word in _LOWER or (_WORD.fullmatch(word) and not word.endswith(",")) for word in words)


def _is_title(text: str) -> bool:
    """Whether some words have the shape of an office: capitals, commas and little words."""
    words = text.split()
    return 1 <= len(words) <= _LONGEST_OFFICE and all(word in _LOWER or _WORD.fullmatch(word) for word in words)


def _is_office_alone(text: str) -> bool:
    own = "’s" in text or "'s " in text
    return text.startswith("The ") and not own and _is_title(text) and is_office(text)


def _is_titled(text: str) -> bool:
    return bool(_HONORIFIC.match(text)) and len(text.split()) <= 7


def _is_introduced(found: re.Match[str], rest: str) -> bool:
    """Whether a name with something in parentheses is a speaker, and no heading and no sentence."""
    outside, inside = found["outside"].strip(), _INSIDE.findall(found["parens"])
    ends = not rest or bool(found["colon"])
    begins = rest[:1].isupper() or rest[:1].isdigit() or rest[:1] in "“‘\"'(["
    if _CHAIR.fullmatch(outside):
        return ends
    if _is_title(outside) and is_office(outside):
        return is_name(inside[0]) and (ends or (begins and outside.startswith("The ")))
    if not is_name(outside) or _NO_PERSON.search(outside):
        return False
    if PARTY.fullmatch(inside[-1].strip()):
        return ends or begins or rest.startswith("asked ")
    if any(is_office(words) for words in inside):
        return ends
    short = len(inside[-1]) <= 12 and not any(letter.isdigit() for letter in inside[-1])
    return (len(inside) > 1 and ends and short) or (bool(found["colon"]) and bool(rest))


def _in_one_paren(text: str, line: TextLine, known: Known) -> SpeakerLine | None:
    """A name with a constituency alone could be a heading, "Roads (Wales)", but for what else is known of it."""
    found = _PARENS.fullmatch(text)
    if not found:
        return None
    outside = found["outside"].strip()
    if is_name(outside) and (line.signed or outside in known or _is_titled(outside)):
        return SpeakerLine(text)
    return None


def _parens_from(lines: Sequence[TextLine], at: int) -> int:
    """How many lines from here hold nothing but words in parentheses."""
    here = lines[at : at + 2]
    used = 0
    while used < len(here) and label_match(_ONLY_PARENS, here[used].text):
        used += 1
    return used


def _may_stand_above(text: str) -> bool:
    office = _is_title(text) and (is_office(text) or bool(_CHAIR.fullmatch(text)))
    return office or (is_name(text) and not _NO_PERSON.search(text))
