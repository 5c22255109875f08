"""The text of a page of written questions: Parliament's own pages, the present one and the one before it.

Labels tell the parts ("Asked by", "Tabled on", "Answered by", "Answered on"), on lines of their own or before what they
label; names stand beside a label, or above a party.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa_assess.readers.dates import iso_date
from qa_assess.readers.page_text import (
    LONGEST_LABEL,
    TextLine,
    is_furniture,
    is_heading,
    label_match,
    told_house,
    unwrapped,
)
from qa_assess.readers.source import Source
from qa_assess.readers.speaker_lines import PARTY, is_name
from qa_assess.readers.turns import Business, Role, Section, Turn

_ASK = re.compile(r"(?:To ask|asked|To move)\b")
_LABEL = re.compile(
    r"(?P<label>question for|asked by|tabled by|asked on|tabled on|date tabled|answered by|answered on|date answered|"
    r"answering department|department|answer(?:ing)? body|question|answer|q|a|uin|house)\s?:?"
    r"(?:\s(?P<value>.{1,200}))?",
    re.IGNORECASE,
)
_UIN = re.compile(
    r"(?:question\s)?UIN:?\s?(?P<uin>(?:HL)?\d{1,7})(?:,? tabled on:? (?P<day>\d{1,2} \w+ \d{4}))?\.?", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?:\[\s?|\(\s?)?(?P<uin>(?:HL)?\d{1,7})(?:\s?\]|\s?\))?")
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)? \w+ \d{4}")
# Labels that mean the same
_SAME = {
    "tabled by": "asked by", "tabled on": "asked on", "date tabled": "asked on", "date answered": "answered on",
    "answering department": "department", "answering body": "department", "answer body": "department", "a": "answer",
}  # fmt: skip
_ANSWER_LABELS = frozenset({"answered by", "answered on", "answer"})
# Labels of a part, which tell nothing else
_PARTS = frozenset({"question", "q", "answer"})
_ASIDE = re.compile(
    r"\[?n\]?|close|named day|.named day. questions? .{0,400}|holding answer received .{0,60}", re.IGNORECASE
)
_LONGEST_PLACE = 80
# What stands under an answer
_FOOT = re.compile(
    r"grouped questions.{0,200}|this answer (?:is|has) .{0,200}|attachments?|(?:previous|next) (?:question|answer)|"
    r"share this page|© ?uk parliament.{0,60}|© ?parliamentary copyright.{0,60}|back to (?:top|results).{0,60}|"
    r"cookie policy|cookie settings|privacy notice|accessibility.{0,40}|contact us|find us|related links|"
    r"(?:original|current) answer|other questions .{0,100}|subscribe.{0,60}",
    re.IGNORECASE,
)


def is_layout(lines: Sequence[TextLine]) -> bool:
    """Whether some lines are of such a page: a question, who asked it or its number, and who answered it or when.

    >>> is_layout([TextLine(text, 1) for text in ("UIN 12, tabled on 4 May 2027", "To ask why", "Answered on")])
    True
    """
    asked = named = answered = False
    for line in lines:
        asked = asked or bool(_ASK.match(line.text))
        label, _ = _labelled(line.text)
        named = named or label in ("asked by", "uin")
        answered = answered or label in ("answered by", "answered on")
    return asked and named and answered


@dataclass(slots=True)
class _Record:
    """One question and its answer, in the making."""

    first: int
    heading: str = ""
    department: str = ""
    house: str = ""
    uin: str = ""
    tabled: str = ""
    answered: str = ""
    people: dict[str, str] = field(default_factory=dict)
    question: list[str] = field(default_factory=list)
    answer: list[str] = field(default_factory=list)
    part: str = "head"  # then question, meta (of the answer), answer, foot
    asks: str = ""  # the label whose value is to come

    def section(self, source: Source) -> Section:
        """The question and the answer as turns."""
        place = source.at(self.first)
        extra = {"tabled": self.tabled} if self.tabled else {}
        turns = [
            Turn(
                self.uin or place,
                unwrapped(self.question),
                self.people.get("asker", ""),
                role=Role.QUESTION,
                number=self.uin,
                place=place,
                extra=extra,
            )
        ]
        if self.answer:
            said = unwrapped(self.answer)
            turns.append(Turn(f"{place}-answer", said, self.people.get("answerer", ""), role=Role.ANSWER, place=place))
        date = self.answered or self.tabled
        return Section(tuple(turns), Business.WRITTEN, date, self.house, self.department, self.heading, source.name)


def sections(lines: Sequence[TextLine], source: Source) -> Iterator[Section]:
    """The questions of a page, each with its answer."""
    lines = [line for line in lines if not is_furniture(line.text)]
    record = _Record(lines[0].number if lines else 0)
    for at, line in enumerate(lines):
        if record.question and record.part != "question" and _begins(lines, at):
            headings = _taken_headings(record, line.text)
            yield record.section(source)
            record = _Record(line.number)
            for text in headings:
                _read_head(record, text, "")
        _read(record, line.text, lines[at + 1].text if at + 1 < len(lines) else "")
    if record.question:
        yield record.section(source)


def _begins(lines: Sequence[TextLine], at: int) -> bool:
    """Whether another question begins here."""
    label, value = _labelled(lines[at].text)
    if label == "q":
        return not value
    return label in ("asked by", "question for", "uin")


def _taken_headings(record: _Record, begins: str) -> list[str]:
    """The heading of the next question, which stands above its first label."""
    taken: list[str] = []
    if _labelled(begins)[0] in ("question for", "uin"):
        while len(record.answer) > 1 and len(taken) < 2 and is_heading(record.answer[-1]):
            taken.insert(0, record.answer.pop())
    return taken


def _labelled(text: str) -> tuple[str, str]:
    """A label, by the first of its names, and what stands behind it on its line."""
    if found := label_match(_UIN, text):
        return "uin", found["uin"]
    found = label_match(_LABEL, text)
    if not found:
        return "", ""
    label, value = found["label"].casefold(), (found["value"] or "").strip()
    alone = label in ("question", "answer", "q", "a", "department", "house", "uin")
    if value and alone and not text[len(label) :].lstrip().startswith(":"):
        return "", ""
    return _SAME.get(label, label), value


def _read(record: _Record, text: str, following: str) -> None:
    if record.part == "foot" or label_match(_ASIDE, text):
        return
    if record.part in ("answer", "meta") and record.answer and label_match(_FOOT, text):
        record.part = "foot"
    elif record.part == "answer":
        record.answer.append(text)
    elif record.part == "head" and _ASK.match(text):
        record.part = "question"
        record.question.append(text)
    else:
        _read_head(record, text, following)


def _read_head(record: _Record, text: str, following: str) -> None:
    """A label, a name, a date, a party: or, in its place, a line of the question or of the answer."""
    label, value = _labelled(text)
    if label:
        if record.part == "question" and label in _ANSWER_LABELS:
            record.part = "meta"
        _settle(record, label, value, text)
        return
    if record.asks:
        label, record.asks = record.asks, ""
        if _is_value(label, text):
            _settle(record, label, text, text)
            return
    if _is_about_person(record, text, following):
        return
    if record.part == "question":
        record.question.append(text)
    elif record.part == "meta":
        record.part = "answer"
        record.answer.append(text)
    elif house := told_house(text):
        record.house = house
    elif not record.heading and following and _labelled(following)[0] in ("question for", "uin"):
        record.heading = text
    elif record.part == "head" and is_heading(text):
        # The old page: the department, then the heading, then the house.
        record.department, record.heading = (record.department or record.heading), text


def _settle(record: _Record, label: str, value: str, text: str) -> None:
    """Keep what a label tells; one without a value tells of the next line."""
    if found := _UIN.fullmatch(text):
        record.uin = found["uin"]
        record.tabled = iso_date(found["day"]) if found["day"] else record.tabled
    elif not value:
        record.asks = label if label not in _PARTS else ""
    elif label == "asked by":
        record.people["asker"] = value
    elif label == "answered by":
        record.people["answerer"] = value
    elif label == "asked on":
        record.tabled = iso_date(value)
    elif label == "answered on":
        record.answered = iso_date(value)
    elif label == "uin":
        record.uin = found["uin"] if (found := _NUMBERED.fullmatch(value)) else ""
    elif label == "house":
        record.house = told_house(value)
    elif label not in _PARTS:
        record.department = value


def _is_value(label: str, text: str) -> bool:
    if len(text) > LONGEST_LABEL:
        return False
    if label.endswith("by"):
        return is_name(text) or is_heading(text)
    if label in ("question for", "department", "uin", "house"):
        return True
    return bool(_DAY.search(text))


def _is_about_person(record: _Record, text: str, following: str) -> bool:
    """A name above a party, the party, the constituency below it, or the house."""
    if len(text) > LONGEST_LABEL:
        return False
    whose = "answerer" if record.part == "meta" else "asker"
    house = told_house(text)
    named = bool(label_match(PARTY, following)) and is_heading(text)
    below = f"{whose} party" in record.people and f"{whose} place" not in record.people and is_heading(text)
    if named:
        record.people.setdefault(whose, text)
    elif PARTY.fullmatch(text):
        record.people[f"{whose} party"] = text
    elif below and not house:
        record.people[f"{whose} place"] = text
    elif house and record.part != "head":
        record.house = house
    else:
        return text.startswith("(") and text.endswith(")") and len(text) <= _LONGEST_PLACE
    return True
