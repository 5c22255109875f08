"""The utterances of a ConvoKit corpus, and what keeps them until the other half of their pair comes."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from qa_assess.exchange import Failure
from qa_assess.readers.records import Position
from qa_assess.readers.source import AROUND_JSON, Line

# Characters of utterances that wait for the other half of their pair.
MOST_WAITING = 500_000_000

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance, and where it stood."""

    id: str
    text: str
    speaker: str
    conversation: str
    reply_to: str
    time: str
    meta: Mapping[str, Any]
    position: Position

    @property
    def pair(self) -> str:
        """The index of its pair."""
        return word(self.meta.get("pair_idx"))

    @property
    def is_answer(self) -> bool:
        """As the corpus says; where it says nothing, a reply is one."""
        answer, question = self.mark("is_answer"), self.mark("is_question")
        return answer is True or (answer is None and question is not True and bool(self.reply_to))

    @property
    def is_question(self) -> bool:
        """As the corpus says; where it says nothing, whatever is no reply is one."""
        question = self.mark("is_question")
        return question is True or (question is None and not self.is_answer)

    def mark(self, name: str) -> bool | None:
        """A mark of the corpus, which some corpora write as a word; None where there is none."""
        return {"true": True, "1": True, "false": False, "0": False}.get(word(self.meta.get(name)).casefold())

    def as_question(self) -> tuple[Key, ...]:
        """What its answer is found by, surest first."""
        return tuple(key for key in (("id", self.id), ("pair", self.pair)) if key[1])

    def as_answer(self) -> tuple[Key, ...]:
        """What its question is found by, surest first."""
        return tuple(key for key in (("id", self.reply_to), ("pair", self.pair)) if key[1]) or (("id", self.id),)


@dataclass(slots=True)
class Waiting:
    """Utterances without the other half of their pair, under each of their keys."""

    keys: Callable[[Utterance], tuple[Key, ...]]
    found: dict[Key, Utterance] = field(default_factory=dict)
    size: int = 0

    def put(self, one: Utterance) -> Iterator[Utterance]:
        """Keep one more; whatever had its key, or is too old by now, is let go."""
        for key in self.keys(one):
            if there := self.take((key,)):
                yield there
        self.found |= dict.fromkeys(self.keys(one), one)
        self.size += len(one.text)
        while self.size > MOST_WAITING and self.found:
            if oldest := self.take([next(iter(self.found))]):
                yield oldest

    def take(self, keys: Iterable[Key]) -> Utterance | None:
        """The one that has the first of these keys, and no longer waits."""
        one = next((self.found[key] for key in keys if key in self.found), None)
        if one is not None:
            self.size -= len(one.text)
            for key in self.keys(one):
                self.found.pop(key, None)
        return one

    def rest(self) -> Iterator[Utterance]:
        """All that still wait, each once, in their order."""
        return iter({one.position.number: one for one in self.found.values()}.values())


def utterance_of(line: Line, position: Position) -> Utterance | Failure:
    """One line of the file, in the names of newer corpora or of older ones.

    >>> line = Line('{"id": "2", "user": "bo", "root": "1", "reply-to": "1", "text": "Yes."}', 1)
    >>> utterance = utterance_of(line, Position("utterances.jsonl:1", 1))
    >>> utterance.speaker, utterance.is_answer
    ('bo', True)
    """
    value = parsed(line.text.strip(AROUND_JSON))
    hint = 'an utterance looks like {"id": "1", "speaker": "…", "reply_to": null, "text": "…", "meta": {}}'
    if not isinstance(value, dict):
        return position.failure("this line is no whole JSON object", hint)
    name = word(value.get("id"))
    if not isinstance(value.get("text"), str):
        return position.failure("the utterance has no text", hint, record_id=name)
    meta = value.get("meta")
    return Utterance(
        id=name or position.id,
        text=value["text"],
        speaker=word(value.get("speaker") or value.get("user")),
        conversation=word(value.get("conversation_id") or value.get("root")),
        reply_to=word(value.get("reply_to") or value.get("reply-to")),
        time=word(value.get("timestamp")),
        meta=meta if isinstance(meta, dict) else {},
        position=position,
    )


def word(value: object) -> str:
    """A plain value as text; empty for null and for what is nested.

    >>> word(True), word(4.5), word(["x"]), word("None")
    ('true', '4.5', '', '')
    """
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, (str, int, float)) else ""
    return "" if text in ("None", "nan") else text.strip()


def parsed(line: str) -> object:
    """A JSON value; None for what is none, or null.

    >>> parsed('{"id": 1}'), parsed('{"id": ')
    ({'id': 1}, None)
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
