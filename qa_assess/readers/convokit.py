"""ConvoKit's Parliament Question Time Corpus: the folder, its ``utterances.jsonl``, and the table of 2017.

An answer is put to its question by what it replies to, or by the index of the pair; the two need not stand together.
Names of speakers are taken from ``speakers.json`` beside the utterances, and headings from ``conversations.json``,
where they are there. Nested values of `meta`, such as parses, are left out.
"""

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.columns import Slot, plain, slots, whole
from qa_assess.readers.delimited import header_of, read_tsv
from qa_assess.readers.records import Position, exchange_of
from qa_assess.readers.source import AROUND_JSON, Source, first_lines
from qa_assess.readers.twfy_words import SITE
from qa_assess.readers.utterances import Utterance, Waiting, parsed, utterance_of, word

_SPEAKERS = ("speakers.json", "users.json")
_CONVERSATIONS = ("conversations.json",)
# What is read beside the utterances.
BESIDE = _SPEAKERS + _CONVERSATIONS
# Bytes: the real speakers.json has 2,000 people in less than one million.
_LARGEST_TABLE = 100_000_000

_TABLE_COLUMNS = {"pairidx", "questiontextidx", "answertextidx"}
# 2007-07-25b.822.0: the id of a speech at TheyWorkForYou, and of an utterance here
_SPEECH = re.compile(r"(?P<date>\d{4}-\d\d-\d\d)[a-z]?\.\d+\.\d+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# Said by the record itself, or by what became of it.
_USED = {"is_question", "is_answer", "next_id", "pair_idx"}
_DESCRIBING = ("department", "heading", "house", "url")
_UNKNOWN = ("", "<UNKNOWN>")


def sniff(head: str) -> float:
    """How surely this is a ConvoKit corpus: by the names in the first utterance, or by the columns of the table."""
    first = next(iter(first_lines(head)), "").strip()
    if not first.startswith("{"):
        return 1.0 if {plain(name) for name in header_of(head)} >= _TABLE_COLUMNS else 0.0
    value = parsed(first)
    if isinstance(value, dict):
        return 0.99 if _is_utterance(value) else 0.0
    # The first line goes on behind the first bytes.
    names = set(re.findall(r'"([a-z_-]+)"\s*:', first))
    return 0.9 if _is_utterance(dict.fromkeys(names, "")) else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the utterances of a corpus, or the table of 2017.

    Raises:
        ColumnError: A table without a question or an answer.
    """
    first = next(iter(first_lines(source.text_head)), "").strip()
    return _read_utterances(source) if first.startswith("{") else map(_of_table, read_tsv(source))


def _is_utterance(value: Mapping[str, object]) -> bool:
    """Whether an object has the names that every utterance has, in one of their spellings."""
    return (
        isinstance(value.get("text"), str)
        and "id" in value
        and bool({"speaker", "user"} & value.keys())
        and bool({"reply_to", "reply-to"} & value.keys())
    )


# The table of 2017


def _of_table(record: Exchange | Failure) -> Exchange | Failure:
    if isinstance(record, Failure):
        return record
    extra = dict(record.extra)
    asked, answered = extra.pop("question_text_idx", ""), extra.pop("answer_text_idx", "")
    answerer = "" if record.answerer in _UNKNOWN else record.answerer
    return replace(
        record,
        id=asked or record.id,
        answerer=answerer,
        date=record.date or _date(asked),
        department=record.department or extra.pop("official_name", "") or extra.get("major_name", ""),
        heading=record.heading or extra.pop("minor_name", ""),
        house=record.house or _house(asked),
        url=record.url or _url(asked),
        extra=_told({"pair_idx": record.id, "section": _section(asked), "answer_id": answered, **extra}),
    )


# Utterances


@dataclass(frozen=True, slots=True)
class _Corpus:
    """What stands beside the utterances."""

    speakers: Mapping[str, Any]
    conversations: Mapping[str, Any]


def _read_utterances(source: Source) -> Iterator[Exchange | Failure]:
    (speakers, some), (conversations, more) = (_table(source.folder, names) for names in (_SPEAKERS, _CONVERSATIONS))
    yield from [*some, *more]
    corpus = _Corpus(speakers, conversations)
    questions, answers = Waiting(Utterance.as_question), Waiting(Utterance.as_answer)
    written = (line for line in source.lines() if line.text.strip(AROUND_JSON))
    for number, line in enumerate(written, start=1):
        one = utterance_of(line, Position(source.at(line.number), number, line.guessed))
        if isinstance(one, Failure):
            yield one
        elif one.is_answer and (asked := questions.take(one.as_answer())):
            yield _exchange(asked, one, corpus)
        elif one.is_question and (answer := answers.take(one.as_question())):
            yield _exchange(one, answer, corpus)
        elif one.mark("is_answer"):
            yield from map(_unasked, answers.put(one))
        elif one.is_question or one.is_answer:
            # A reply to a reply, in a corpus that does not say what is what: the next question of a conversation.
            yield from _unanswered(questions.put(one), corpus)
    yield from _unanswered(questions.rest(), corpus)
    yield from map(_unasked, answers.rest())


def _unanswered(asked: Iterable[Utterance], corpus: _Corpus) -> Iterator[Exchange]:
    """Questions without an answer; what the corpus does not call a question has to look like one."""
    return (_exchange(one, None, corpus) for one in asked if one.mark("is_question") or "?" in one.text)


def _unasked(answer: Utterance) -> Failure:
    asked = answer.reply_to or answer.pair or "no question"
    message = f"an answer to {asked}, which is not among the utterances or was answered before"
    return answer.position.failure(message, "add the question, or leave the answer out", record_id=answer.id)


def _exchange(asked: Utterance, answer: Utterance | None, corpus: _Corpus) -> Exchange:
    """A pair, or a question that nobody answered; what both sides say of themselves is told apart by its name."""
    cells = {"section": _section(asked.id), "pair_idx": asked.pair, "answer_id": answer.id if answer else ""}
    theirs = _plain_values(answer.meta) if answer else {}
    own = _plain_values(asked.meta)
    for name in own | theirs:
        if own.get(name) == theirs.get(name) or not (name in own and name in theirs):
            cells[name] = own.get(name) or theirs.get(name, "")
        else:
            cells |= {f"{name}_asker": own[name], f"{name}_answerer": theirs[name]}
    talk = _meta(corpus.conversations.get(asked.conversation))
    cells = _plain_values(talk) | {name: cell for name, cell in cells.items() if cell}
    # Of the fields only those that describe; a `text` or a `tag` among the facts is nobody's question or grade.
    placed = [
        (slot if slot.place == "field" and slot.name in _DESCRIBING else Slot("extra", name), cell)
        for slot, (name, cell) in zip(slots(tuple(cells)), cells.items(), strict=True)
    ]
    fields = {
        "id": asked.id,
        "question": asked.text,
        "answer": answer.text if answer else "",
        "date": _date(asked.time) or _date(asked.id) or _date(asked.pair) or _moment(asked.time),
        "asker": _name(asked.speaker, corpus),
        "answerer": _name(answer.speaker, corpus) if answer else "",
    }
    exchange = exchange_of([*((Slot("field", name), text) for name, text in fields.items()), *placed], asked.position)
    return replace(
        exchange,
        house=exchange.house or _house(asked.id),
        url=exchange.url or _url(asked.id),
        extra=_told(exchange.extra),
    )


def _name(speaker: str, corpus: _Corpus) -> str:
    """The name of a speaker, or the key where the corpus tells no name."""
    name = word(_meta(corpus.speakers.get(speaker)).get("name"))
    return name or ("" if speaker in _UNKNOWN else speaker)


def _meta(entry: object) -> Mapping[str, Any]:
    """The facts of a speaker or of a conversation; older corpora have them without ``meta`` around."""
    if not isinstance(entry, dict):
        return {}
    meta = entry.get("meta")
    return meta if isinstance(meta, dict) else {name: entry[name] for name in entry if name != "vectors"}


def _plain_values(meta: Mapping[str, Any]) -> dict[str, str]:
    return {whole(name): text for name, value in meta.items() if name not in _USED and (text := word(value))}


def _told(extra: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in extra.items() if text}


def _date(text: str) -> str:
    found = _DATE.match(text)
    return found[0] if found else ""


def _moment(text: str) -> str:
    """The day of a time in seconds since 1970; 0 is what corpora without times have."""
    try:
        seconds = float(text or 0)
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat() if seconds else ""
    except (ValueError, OverflowError, OSError):
        return text


def _section(utterance: str) -> str:
    return "oral" if _SPEECH.fullmatch(utterance) else ""


def _house(utterance: str) -> str:
    return "Commons" if _SPEECH.fullmatch(utterance) else ""


def _url(utterance: str) -> str:
    return f"{SITE}/debates/?id={utterance}" if _SPEECH.fullmatch(utterance) else ""


# Files beside the utterances


def _table(folder: Path | None, names: Iterable[str]) -> tuple[Mapping[str, Any], list[Failure]]:
    """The first of these files that there is: an object with an entry for each key."""
    path = folder and next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        return {}, []
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(_LARGEST_TABLE))
        if not isinstance(value, dict):
            raise ValueError("it holds no object")
    except (OSError, ValueError, RecursionError) as error:
        hint = "mend the file or take it away; without it, speakers and headings stay as the utterances have them"
        return {}, [Position(path.name, 0).failure(f"cannot be read: {error}", hint, record_id=path.name)]
    return value, []
