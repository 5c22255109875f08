"""Which turns are a question and its answer: the same rules for every format of debates.

In Question Time a minister's turn answers whoever spoke before; several tabled questions before one answer are a
group, each graded against it. Turns of the chair, cries of the House and procedure are stepped over, and what they
broke in two is joined. Statements and urgent questions are taken where one minister keeps answering; a plain debate
gives no records.
"""

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa_assess.exchange import Exchange
from qa_assess.readers.records import Position, flags_of
from qa_assess.readers.turns import Business, Role, Section, Speaker, Turn, is_chair, is_crowd, speaker_of

# "1.", "Q3. [296192]", "T4.", "[HL123]" before a tabled question.
_NUMBER = re.compile(r"^\s*(?:[QT]?\s?\d{1,3}\s*\.\s*)?(?:[\[(](?P<number>[A-Z]{0,4}[\d-]{3,})[\])]\s*)?(?=\S)")
_TABLED = re.compile(
    r"^(?:\(Urgent Question\):?\s*)?(?:to ask\b|asked the\b|"
    r"(?:what|when|how|which|why|who|whether|if|where|on what|in what|for what|pursuant)\b.{0,400}?"
    r"\b(?:he|she|they|his|her|their|him|the government|her majesty.s government)\b)",
    re.IGNORECASE | re.DOTALL,
)
_TO_ASK = re.compile(r"(?:\(urgent question\):?\s*)?(?:to ask|asked the)\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(r"\b(?:I|my|me|we|our)\b")
_URGENT = re.compile(r"\burgent question\b|\bprivate notice question\b", re.IGNORECASE)
_POINT_OF_ORDER = re.compile(r"^(?:further to (?:that|the) point|on a point) of order\b", re.IGNORECASE)
# "My Lords—": a bid for the floor; "indicated assent": a stage direction; "rose—".
_NO_SPEECH = re.compile(
    r"^\W*(?:my lords|mr\.? speaker|madam (?:deputy )?speaker|order)?\W*$|"
    r"^\W*will the (?:minister|right hon\.? \w+) give way\W*$|"
    r"^\W*(?:indicated (?:as|dis)sent|rose|nodded|shook (?:his|her) head)\W*$",
    re.IGNORECASE,
)
_BROKEN_OFF = ("—", "–", "--", "-")
# A statement or an urgent question, not a debate (from a reading of 88 pairs by hand, none of them wrong).
_MINISTERS_SHARE = 0.4
_QUESTIONS_SHARE = 0.6
_MEDIAN_WORDS = 260


@dataclass(frozen=True, slots=True)
class _Voice:
    """A turn, and who speaks in it."""

    turn: Turn
    speaker: Speaker
    joined: bool = False

    def is_of(self, other: "_Voice") -> bool:
        """Whether both turns are one person's: by the source's id, else by the end of the name."""
        if self.turn.speaker_id and other.turn.speaker_id:
            return self.turn.speaker_id == other.turn.speaker_id
        short, long = sorted((self.speaker.key, other.speaker.key), key=len)
        return bool(short) and (long == short or long.endswith(f" {short}"))

    @property
    def is_tabled(self) -> bool:
        """Whether this is a question as printed on the order paper: by its number, else by its indirect speech."""
        text = _NUMBER.sub("", self.turn.text, count=1)
        indirect = bool(_TO_ASK.match(text)) or ("?" not in text and not _FIRST_PERSON.search(text))
        return bool(self.turn.number) or (indirect and bool(_TABLED.match(text)))


def exchanges(section: Section) -> Iterator[Exchange]:
    """The questions of a section with their answers.

    A tabled question that nobody answered comes out with an empty answer. Every record has in `extra`: ``section``
    (oral, written, statement, urgent question), ``turn`` (tabled or supplementary), the ``question_number``, the
    ``answer_id`` and, of questions answered together, their ``group``.

    >>> asked = Turn("1", "What steps he is taking on ferries.", "Ann Ash")
    >>> answer = Turn("2", "None.", "The Minister (Bo Elm)")
    >>> [(e.asker, e.answer) for e in exchanges(Section((asked, answer), Business.ORAL))]
    [('Ann Ash', 'None.')]
    """
    voices = _joined(_spoken(section.turns))
    kind = _kind(section, voices)
    if not kind:
        return
    answering = _answering(voices, kind)
    pending: list[_Voice] = []
    for voice, answers in zip(voices, answering, strict=True):
        if answers:
            yield from _paired(pending, voice, section, kind)
            pending = []
        elif pending and not (pending[-1].is_tabled and voice.is_tabled):
            yield from _paired([p for p in pending if p.is_tabled], None, section, kind)
            pending = [voice]
        else:
            pending.append(voice)
    yield from _paired([p for p in pending if p.is_tabled], None, section, kind)


def _spoken(turns: Sequence[Turn]) -> list[_Voice]:
    """Turns of members and ministers; without the chair, cries, procedure, bids for the floor and points of order."""
    voices, order = [], False
    for turn in turns:
        text = turn.text.strip()
        if not text or turn.role is Role.PROCEDURE or is_crowd(turn.speaker) or _NO_SPEECH.match(text):
            continue
        if is_chair(turn.speaker):
            continue
        if _POINT_OF_ORDER.match(text):
            order = True
            continue
        speaker = speaker_of(turn.speaker, turn.office)
        if order and speaker.office and turn.role is not Role.ANSWER:
            continue
        order = False
        voices.append(_Voice(turn, speaker))
    return voices


def _joined(voices: Sequence[_Voice]) -> list[_Voice]:
    """One voice of what a person says in several turns on end; a new tabled question stays by itself."""
    out: list[_Voice] = []
    for voice in voices:
        if out and voice.is_of(out[-1]) and not voice.turn.number and voice.turn.role is not Role.QUESTION:
            text = f"{out[-1].turn.text}\n{voice.turn.text}"
            out[-1] = replace(out[-1], turn=replace(out[-1].turn, text=text), joined=True)
        else:
            out.append(voice)
    return out


def _kind(section: Section, voices: Sequence[_Voice]) -> str:
    """What the section is called in `extra`; empty where it is a debate."""
    if section.business is Business.WRITTEN or (section.business is Business.ORAL and _begins_with_question(voices)):
        return str(section.business.value)
    if len(voices) < 2:
        return ""
    first = voices[0]
    if _URGENT.search(first.turn.text[:200]) or _URGENT.search(section.heading):
        return "urgent question"
    if first.is_tabled and voices[1].speaker.key != first.speaker.key:
        return str(Business.ORAL.value)
    return "statement" if _is_statement(voices) else ""


def _begins_with_question(voices: Sequence[_Voice]) -> bool:
    """Whether the section is one of Question Time's; what follows it may stand under the same heading."""
    if not voices:
        return False
    replied = len(voices) > 1 and (voices[1].turn.role is Role.ANSWER or bool(voices[1].speaker.office))
    return voices[0].is_tabled or voices[0].turn.role is Role.QUESTION or (replied and not voices[0].speaker.office)


def _is_statement(voices: Sequence[_Voice]) -> bool:
    minister = _busiest(voices)
    own = [minister.is_of(voice) for voice in voices]
    asked = [v.turn.text for v, answers in zip(voices, own, strict=True) if not answers]
    replies = [len(v.turn.text.split()) for v, answers in list(zip(voices, own, strict=True))[1:] if answers]
    return (
        bool(asked and replies)
        and sum(own) >= _MINISTERS_SHARE * len(voices)
        and sum("?" in text for text in asked) >= _QUESTIONS_SHARE * len(asked)
        and statistics.median(replies) <= _MEDIAN_WORDS
        and any(v.speaker.office or v.turn.role is Role.ANSWER for v in voices if minister.is_of(v))
    )


def _busiest(voices: Sequence[_Voice]) -> _Voice:
    counts = Counter(voice.turn.speaker_id or voice.speaker.key for voice in voices)
    best = counts.most_common(1)[0][0]
    return next(voice for voice in voices if best in (voice.turn.speaker_id, voice.speaker.key))


def _answering(voices: Sequence[_Voice], kind: str) -> list[bool]:
    """Which of the turns answer: what the source says, then whoever holds an office or follows a tabled question."""
    if not voices:
        return []
    if any(voice.turn.role is not Role.UNKNOWN for voice in voices):
        known = [v for v in voices if v.turn.role is Role.ANSWER]
        return [
            v.turn.role is Role.ANSWER or (v.turn.role is Role.UNKNOWN and any(v.is_of(k) for k in known))
            for v in voices
        ]
    ministers = [v for v in voices if v.speaker.office]
    askers = [v for v in voices if v.is_tabled]
    for before, voice in itertools.pairwise(voices):
        if before.is_tabled and not voice.is_tabled and not any(voice.is_of(asker) for asker in askers):
            ministers.append(voice)
    if not ministers and kind == "statement":
        ministers = [_busiest(voices)]
    return [any(voice.is_of(minister) for minister in ministers) for voice in voices]


def _paired(asked: Sequence[_Voice], answer: _Voice | None, section: Section, kind: str) -> Iterator[Exchange]:
    # Comments in a debate are no questions; in Question Time whatever the minister answers was put as one.
    if kind not in (Business.ORAL.value, Business.WRITTEN.value):
        asked = [voice for voice in asked if "?" in voice.turn.text or voice.is_tabled]
    group = asked[0].turn.id if len(asked) > 1 else ""
    for voice in asked:
        yield _exchange(voice, answer, section, {"section": kind, "group": group})


def _exchange(asked: _Voice, answer: _Voice | None, section: Section, extra: dict[str, str]) -> Exchange:
    number = _NUMBER.match(asked.turn.text)
    question = asked.turn.text[number.end() :] if number else asked.turn.text
    reply = answer.turn.text if answer else ""
    extra |= {
        "turn": "tabled" if asked.is_tabled or section.business is Business.WRITTEN else "supplementary",
        "question_number": asked.turn.number or (number and number["number"]) or "",
        "answer_id": answer.turn.id if answer else "",
        "joined": "yes" if asked.joined or (answer and answer.joined) else "",
        **(answer.turn.extra if answer else {}),
        **asked.turn.extra,
    }
    flags = set(flags_of(question, reply))
    if reply.rstrip().endswith(_BROKEN_OFF):
        flags.add("interrupted")
    position = Position(asked.turn.place or section.source, 0)
    return Exchange(
        id=asked.turn.id,
        question=question,
        answer=reply,
        date=section.date,
        asker=asked.speaker.name,
        answerer=answer.speaker.name if answer else "",
        department=section.department,
        heading=section.heading,
        house=section.house,
        source=position.source,
        url=asked.turn.url,
        extra={name: value for name, value in extra.items() if value},
        flags=tuple(sorted(flags)),
    )
