"""Who speaks in a section, turn by turn, and whether it is a tabled question: what `pairing` decides by.

Turns of the chair, cries of the House and procedure are stepped over, and what they broke in two is joined.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa_assess.readers.turns import Role, Speaker, Turn, is_chair, is_crowd, speaker_of

# "1.", "Q3. [296192]", "T4.", "[HL123]" before a tabled question; not the beginning of "3.5 million".
_NUMBER = re.compile(r"\s*(?:[QT]?\s?\d{1,3}\s*\.(?!\d)\s*)?(?:[\[(](?P<number>[A-Z]{0,4}[\d-]{3,})[\])]\s*)?(?=\S)")
_PREFIX = r"\W{0,20}(?:\((?:urgent question|by private notice)\)\W{0,20})?"
# "To ask the Minister", "asked Her Majesty's Government", "Mr. Harbottle asked the Minister": sure signs.
_TO_ASK = re.compile(
    rf"{_PREFIX}(?:to ask\b|(?:(?:mr|mrs|ms|miss|dr|sir|dame|lord|lady|captain|major|colonel)\.? [^?!]{{1,60}}? )?"
    r"asked (?:the|her|his|mr)\b)",
    re.IGNORECASE,
)
# "What steps he is taking on ferries."
_INDIRECT = re.compile(
    rf"{_PREFIX}(?:what(?! an?\b)|when|how|which|why|who|whether|if|where|(?:on|in|for|by) what|"
    r"pursuant|with reference)"
    r"\b(?:.{0,400}?\b(?:he|she|they|his|her|their|him|the government|(?:her|his) majesty.s government)\b|"
    r"[^.!]{10,400}\.?$)",
    re.IGNORECASE | re.DOTALL,
)
_FIRST_PERSON = re.compile(r"\b(?:I|my|me|we|our)\b")
_POINT_OF_ORDER = re.compile(
    r"\W{0,20}(?:(?:mr|madam)\.? (?:deputy )?speaker\W{0,20})?"
    r"(?:further to (?:that|the|my|this)|on an?(?:other)?)(?: \w+)? point of order\b",
    re.IGNORECASE,
)
# "My Lords—": a bid for the floor; "indicated assent", "[Interruption.]": a stage direction; "rose—".
_NO_SPEECH = re.compile(
    r"\W*(?:my lords|mr\.? speaker|madam (?:deputy )?speaker|order|interruption|"
    r"indicated (?:as|dis)sent|rose|nodded|shook (?:his|her) head|"
    r"will the (?:minister|right hon\.? \w+|noble \w+) give way)?\W*$",
    re.IGNORECASE,
)
_LONGEST_NO_SPEECH = 80
_CALL_TO_ORDER = re.compile(r"order[.!,]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person says on end.

    Attributes:
        turn: Its first turn, with the text of all.
        speaker: Who speaks.
        tabled: Whether it is a question as printed on the order paper.
        joined: Whether it was broken in two.
        after_order: Whether a point of order stands before it.
    """

    turn: Turn
    speaker: Speaker
    tabled: bool = False
    joined: bool = False
    after_order: bool = False

    def is_of(self, other: "Voice") -> bool:
        """Whether both are one person's: by the source's id, else by the name."""
        if self.turn.speaker_id and other.turn.speaker_id:
            return self.turn.speaker_id == other.turn.speaker_id
        return self.speaker.may_be(other.speaker)


class People:
    """Some persons, each by a voice of theirs.

    >>> minister = Voice(Turn("1", "No.", "The Minister (Bo Elm)"), speaker_of("The Minister (Bo Elm)"))
    >>> Voice(Turn("2", "Yes.", "Mr Elm"), speaker_of("Mr Elm")) in People([minister])
    True
    """

    def __init__(self, voices: Iterable[Voice]) -> None:
        self._with: defaultdict[str, list[Voice]] = defaultdict(list)
        for voice in {(voice.turn.speaker_id, voice.speaker): voice for voice in voices}.values():
            for handle in _handles(voice):
                self._with[handle].append(voice)

    def __contains__(self, voice: Voice) -> bool:
        return any(
            voice.is_of(one) for handle in _handles(voice) for one in self._with.get(handle, ())[:_LARGEST_FAMILY]
        )


# Of one surname in one section.
_LARGEST_FAMILY = 100


def _handles(voice: Voice) -> list[str]:
    """By one of these two voices of a person agree: the id, the surname, the office."""
    return [
        words for words in (voice.turn.speaker_id, voice.speaker.key.rpartition(" ")[2], voice.speaker.office) if words
    ]


def voices_of(turns: Sequence[Turn], *, written: bool = False) -> list[Voice]:
    r"""What members and ministers say in some turns.

    >>> said = [("Ann Ash", "Will he—"), ("Mr. Speaker", "Order."), ("Ann Ash", "go?"), ("Hon. Members", "Answer!")]
    >>> [voice.turn.text for voice in voices_of([Turn("", text, speaker) for speaker, text in said])]
    ['Will he—\ngo?']
    """
    voices = list(_spoken(turns))
    # Where the source says which turns ask, whoever neither asks nor answers is the chair, printed by name.
    if {Role.QUESTION, Role.ANSWER} <= {voice.turn.role for voice in voices}:
        people = People(voice for voice in voices if voice.turn.role is not Role.UNKNOWN)
        voices = [voice for voice in voices if voice.turn.role is not Role.UNKNOWN or voice in people]
    runs: list[list[Voice]] = []
    for voice in voices:
        # A new tabled question stays by itself.
        apart = voice.after_order or voice.tabled or (written and voice.turn.role is Role.QUESTION)
        if runs and not apart and voice.is_of(runs[-1][-1]):
            runs[-1].append(voice)
        else:
            runs.append([voice])
    return [joined(run) for run in runs]


def joined(run: Sequence[Voice]) -> Voice:
    """One voice of several on end."""
    if len(run) == 1:
        return run[0]
    text = "\n".join(voice.turn.text for voice in run)
    return replace(run[0], turn=replace(run[0].turn, text=text), joined=True)


def numbered(text: str) -> tuple[str, str, str]:
    """A question's number as printed, the number in it that stands for it alone, and the question without.

    >>> numbered("Q3. [296192] If he will visit Netherwick.")
    ('Q3. [296192]', '296192', 'If he will visit Netherwick.')
    >>> numbered("3.5 million wait.")
    ('', '', '3.5 million wait.')
    """
    found = _NUMBER.match(text)
    return (found[0].strip(), found["number"] or "", text[found.end() :]) if found else ("", "", text)


def is_tabled(turn: Turn) -> bool:
    """Whether a turn is a question as printed on the order paper: by its number, else by the indirect speech.

    >>> is_tabled(Turn("1", "What steps he is taking on ferries.")), is_tabled(Turn("2", "What is he doing?"))
    (True, False)
    """
    printed, _, text = numbered(turn.text)
    if turn.number or printed or _TO_ASK.match(text):
        return True
    return "?" not in text and not _FIRST_PERSON.search(text) and bool(_INDIRECT.match(text))


def _spoken(turns: Sequence[Turn]) -> Iterator[Voice]:
    order = False
    for turn in turns:
        if _POINT_OF_ORDER.match(turn.text):
            order = True
        elif not _is_procedure(turn):
            yield Voice(turn, speaker_of(turn.speaker, turn.office), is_tabled(turn), after_order=order)
            order = False


def _is_procedure(turn: Turn) -> bool:
    """Whether nobody asks or answers here."""
    text = turn.text.strip()
    if turn.role is Role.QUESTION:
        return False
    if not text or turn.role is Role.PROCEDURE or (len(text) <= _LONGEST_NO_SPEECH and _NO_SPEECH.match(text)):
        return True
    if turn.role is Role.ANSWER:
        return False
    nobody = not (turn.speaker or turn.speaker_id or turn.office)
    chair = is_chair(turn.speaker) or is_chair(turn.office) or bool(_CALL_TO_ORDER.match(text))
    return nobody or chair or is_crowd(turn.speaker)
