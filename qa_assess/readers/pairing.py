"""Which turns are a question and its answer: the same rules for every format of debates.

In Question Time a minister's turn answers whoever spoke before; several tabled questions before one answer are a
group, each graded against it. Statements and urgent questions are taken where one minister keeps answering; a plain
debate gives no records.
"""

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.records import Position, flags_of
from qa_assess.readers.turns import Business, Role, Section
from qa_assess.readers.voices import People, Voice, joined, numbered, voices_of

_URGENT = re.compile(r"\W*(?:urgent question|by private notice)\b", re.IGNORECASE)
_URGENT_HEADING = re.compile(r"\b(?:urgent|private notice) question\b", re.IGNORECASE)
_BUSINESS_HEADING = re.compile(r"\bbusiness (?:of the house|question|statement)", re.IGNORECASE)
_STATEMENT = re.compile(
    r"\b(?:make|repeat) an? (?:\w+ ){0,2}statement\b|\bwith (?:your )?permission\b|"
    r"\b(?:statement|business) (?:will be|for the week)\b",
    re.IGNORECASE,
)
_BROKEN_OFF = ("—", "–", "--", "-")
# Said in debates alone: where a minister gives a statement or answers questions, nobody gives way.
_GIVING_WAY = re.compile(
    r"\bfor giving way\b|\bwill the [\w. ]{3,40} give way\b|\bI (?:will |shall )?(?:not )?give way\b"
)
# A statement or an urgent question, not a debate (from a reading of 88 pairs by hand, none of them wrong).
_MINISTERS_SHARE = 0.4
_QUESTIONS_SHARE = 0.6
_MEDIAN_WORDS = 260
# A question is shorter than the speech that opens a debate.
_LONGEST_QUESTION_WORDS = 300


def exchanges(section: Section) -> Iterator[Exchange]:
    """The questions of a section with their answers.

    A tabled question that nobody answered comes out with an empty answer. Every record has in `extra`: ``section``
    (oral, written, statement, urgent question), ``turn`` (tabled or supplementary), the ``question_number``, the
    ``answer_id`` and, of questions answered together, their ``group``.

    >>> from qa_assess.readers.turns import Turn
    >>> asked = Turn("1", "What steps he is taking on ferries.", "Ann Ash")
    >>> answer = Turn("2", "None.", "The Minister (Bo Elm)")
    >>> [(e.asker, e.answer) for e in exchanges(Section((asked, answer), Business.ORAL))]
    [('Ann Ash', 'None.')]
    """
    voices = voices_of(section.turns, written=section.business is Business.WRITTEN)
    kind = _kind(section, voices)
    if not kind:
        return
    answering = _answering(voices, kind)
    pending: list[Voice] = []
    for voice, answers in zip(voices, answering, strict=True):
        if answers:
            yield from _paired(pending, voice, section, kind)
            pending = []
        elif pending and not voice.tabled and voice.is_of(pending[-1]):
            pending[-1] = joined([pending[-1], voice])
        elif pending and not (pending[-1].tabled and voice.tabled):
            yield from _paired([p for p in pending if p.tabled], None, section, kind)
            pending = [voice]
        else:
            pending.append(voice)
    yield from _paired([p for p in pending if p.tabled], None, section, kind)


def records(sections: Iterable[Section | Failure]) -> Iterator[Exchange | Failure]:
    """The questions of several sections with their answers; what went wrong between sections stays in its place.

    >>> [record.id for record in records([Section((), Business.ORAL), Failure("sitting.xml-rest", "read", "broken")])]
    ['sitting.xml-rest']
    """
    for section in sections:
        if isinstance(section, Failure):
            yield section
        else:
            yield from exchanges(section)


def is_urgent(text: str) -> bool:
    """Whether a turn begins as an urgent question does, or a private notice question of the Lords.

    >>> is_urgent("(Urgent Question): To ask why the ferry sank."), is_urgent("Why was it urgent?")
    (True, False)
    """
    return bool(_URGENT.match(text))


def _kind(section: Section, voices: Sequence[Voice]) -> str:
    """What the section is called in `extra`; empty where it is a debate."""
    if section.business is Business.WRITTEN or (section.business is Business.ORAL and _begins_with_question(voices)):
        return str(section.business.value)
    if len(voices) < 2:
        return ""
    first = voices[0]
    if is_urgent(first.turn.text) or _URGENT_HEADING.search(section.heading):
        return "urgent question"
    if first.tabled and not voices[1].is_of(first):
        return str(Business.ORAL.value)
    return "statement" if _is_statement(voices, section.heading) else ""


def _begins_with_question(voices: Sequence[Voice]) -> bool:
    """Whether the section is one of Question Time's; what follows it may stand under the same heading."""
    if any(voice.tabled or voice.turn.role is Role.QUESTION for voice in voices[:3]):
        return True
    if len(voices) < 2 or voices[0].speaker.office:
        return False
    text = voices[0].turn.text
    is_question = "?" in text and len(text.split()) <= _LONGEST_QUESTION_WORDS
    return is_question and (voices[1].turn.role is Role.ANSWER or bool(voices[1].speaker.office))


def _is_statement(voices: Sequence[Voice], heading: str) -> bool:
    minister = _busiest(voices)
    own = [minister.is_of(voice) for voice in voices]
    asked = [v.turn.text for v, answers in zip(voices, own, strict=True) if not answers]
    replies = [len(v.turn.text.split()) for v, answers in list(zip(voices, own, strict=True))[1:] if answers]
    is_minister = any(v.speaker.office or v.turn.role is Role.ANSWER for v in voices if minister.is_of(v))
    opened = own[0] or len(voices[0].turn.text.split()) <= _LONGEST_QUESTION_WORDS
    announced = own[0] and bool(_STATEMENT.search(voices[0].turn.text[:400]))
    return (
        bool(asked and replies)
        and opened
        and (is_minister or announced or bool(_BUSINESS_HEADING.search(heading)))
        and sum(own) >= _MINISTERS_SHARE * len(voices)
        and sum("?" in text for text in asked) >= _QUESTIONS_SHARE * len(asked)
        and statistics.median(replies) <= _MEDIAN_WORDS
        and not any(_GIVING_WAY.search(voice.turn.text) for voice in voices)
    )


def _busiest(voices: Sequence[Voice]) -> Voice:
    """Who has most turns; of several, who asks least."""
    people = [voice.turn.speaker_id or voice.speaker.key for voice in voices]
    turns = Counter(people)
    asks = Counter(person for person, voice in zip(people, voices, strict=True) if "?" in voice.turn.text)
    return voices[people.index(max(turns, key=lambda person: (turns[person], -asks[person])))]


def _answering(voices: Sequence[Voice], kind: str) -> list[bool]:
    """Which turns answer: what the source says, else who holds an office, else who follows a tabled question."""
    if any(voice.turn.role is Role.ANSWER for voice in voices):
        known = People(v for v in voices if v.turn.role is Role.ANSWER)
        return [v.turn.role is Role.ANSWER or (v.turn.role is Role.UNKNOWN and v in known) for v in voices]
    ministers = [v for v in voices if v.speaker.office]
    if not ministers:
        askers = People(v for v in voices if v.tabled)
        following = (v for before, v in itertools.pairwise(voices) if before.tabled and not v.tabled)
        ministers = [v for v in following if v not in askers]
    if not ministers and kind == "statement":
        ministers = [_busiest(voices)]
    people = People(ministers)
    return [v in people for v in voices]


def _paired(asked: Sequence[Voice], answer: Voice | None, section: Section, kind: str) -> Iterator[Exchange]:
    # Comments in a debate are no questions; in Question Time whatever the minister answers was put as one.
    if kind not in (Business.ORAL.value, Business.WRITTEN.value):
        asked = [voice for voice in asked if "?" in voice.turn.text or voice.tabled]
    group = (asked[0].turn.id or asked[0].turn.number or "1") if len(asked) > 1 else ""
    for voice in asked:
        yield _exchange(voice, answer, section, {"section": kind, "group": group})


def _exchange(asked: Voice, answer: Voice | None, section: Section, extra: dict[str, str]) -> Exchange:
    _, number, question = numbered(asked.turn.text)
    reply = answer.turn.text if answer else ""
    extra |= {
        "turn": "tabled" if asked.tabled or section.business is Business.WRITTEN else "supplementary",
        "question_number": asked.turn.number or number,
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
