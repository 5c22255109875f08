"""One record's cells to one `Exchange`: fields in their places, labels apart, the rest in `extra`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.columns import Slot, whole
from qa_assess.readers.dates import iso_date
from qa_assess.readers.markup import html_text, is_html
from qa_assess.readers.written_columns import settled_extra, settled_fields

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ELLIPSES = ("...", "…")
_END_OF_SENTENCE = (".", "?", "!", ":", ";", ")", "]", '"', "'", "”", "’", "…")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands: its place for messages, and its number among the records, which serves where it has no id.

    `guessed` is true where its bytes were not in the encoding of the file.
    """

    source: str
    number: int
    guessed: bool = False

    @property
    def id(self) -> str:
        """The id of a record that has none: ``row-12``; unique in a source that does not itself use such ids."""
        return f"row-{self.number}"

    def failure(self, message: str, hint: str = "", *, record_id: str = "") -> Failure:
        """A `Failure` of reading, at this place."""
        text = whole(f"{self.source}: {message}")
        return Failure(whole(record_id) or self.id, "read", text, hint=whole(hint), source=self.source)


def exchange_of(cells: Iterable[tuple[Slot, str]], position: Position) -> Exchange:
    """Build the exchange. Question and answer stay as printed, but for NUL characters and halves of characters.

    HTML, as the written questions API sends it, becomes text.

    >>> cells = [(Slot("field", "question"), "Why?"), (Slot("field", "answer"), "Yes."), (Slot("extra", "votes"), "3")]
    >>> exchange = exchange_of(cells, Position("debate.csv:2", 1))
    >>> exchange.id, exchange.answer, exchange.extra
    ('row-1', 'Yes.', {'votes': '3'})
    """
    fields: dict[str, str] = {"question": "", "answer": ""}
    places = {"field": fields, "coded": {}, "extra": {}}
    flags = {"encoding-guessed"} if position.guessed else set()
    for slot, cell in cells:
        text, noticed = _clean(cell)
        flags.update(noticed)
        keep = slot.place == "extra" or slot.name in ("question", "answer")
        places[slot.place][slot.name] = text if keep else text.strip()
    for name in ("question", "answer"):
        if is_html(fields[name]):
            fields[name] = html_text(fields[name])
    flags.update(flags_of(fields["question"], fields["answer"]))
    fields |= settled_fields(fields, places["extra"])
    fields["id"] = fields.get("id") or position.id
    fields["date"] = iso_date(fields.get("date", ""))
    return Exchange(
        **fields,
        source=position.source,
        extra=places["extra"] | settled_extra(places["extra"]),
        coded={name: text for name, text in places["coded"].items() if text},
        flags=tuple(sorted(flags)),
    )


def flags_of(question: str, answer: str) -> tuple[str, ...]:
    """What can be noticed of a record's texts: ``truncated-question``, ``truncated-answer``.

    >>> flags_of("Why?", "x" * 255 + "...")
    ('truncated-answer',)
    """
    texts = {"question": question, "answer": answer}
    return tuple(f"truncated-{name}" for name, text in texts.items() if truncated(text))


def truncated(text: str) -> bool:
    """True for a text that a list of the written questions API cut: at 255 characters, with or without three dots.

    >>> truncated("x" * 255 + "..."), truncated("x" * 255), truncated("Why? ..." )
    (True, True, False)
    """
    text = text.rstrip()
    if 250 <= len(text) <= 258 and text.endswith(_ELLIPSES):
        return True
    return len(text) == 255 and not text.endswith(_END_OF_SENTENCE)


def _clean(text: str) -> tuple[str, tuple[str, ...]]:
    flags: tuple[str, ...] = ()
    if "\0" in text:
        text, flags = text.replace("\0", ""), ("nul-removed",)
    if not text.isascii() and _LONE_SURROGATE.search(text):
        text, flags = _LONE_SURROGATE.sub("\ufffd", text), (*flags, "encoding-guessed")
    return text, flags
