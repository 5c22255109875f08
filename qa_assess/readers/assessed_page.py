"""The assessed page: one item of business, its questions and answers already graded by hand, as copied from a web page.

The labels of the page go to `Exchange.coded`; the text between them is context, question and answer, a paragraph each::

    Title 2024-02-06 / 2024-02-06 / TAGS / … / Questions & Answers
    Q1 / Partial Answer / Context / … / (question) / (answer)
    Assessment & feedback / … / Under Review / Response accuracy
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_assess.codebook import Tag
from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.columns import Place, Slot, plain, unused
from qa_assess.readers.dates import split_title
from qa_assess.readers.records import Position, exchange_of
from qa_assess.readers.source import LONGEST_LINE, Line, Source, first_lines

# "▸ Context", "• Under Review"
_BULLET = re.compile(r"^(?:[▸▾►▶▼▲•·‣◦>*–—-]\s*(?=\s|$))+\s*")
# "Q1", "Q 12.", "Question 3"
_NUMBER = re.compile(r"(?:Q|Question)\s?(\d{1,4})[.:)]?", re.IGNORECASE)
# "Partial Answer", "Non-answer", "Fully answered"
_GRADE = re.compile(
    r"(?:full|partial|non?|not|un)?(?:ly|y)?[\s-]*answer(?:ed)?|full|partial|ungraded|no ask", re.IGNORECASE
)

_ANCHORS = {
    "context": "context",
    "assessmentfeedback": "feedback",
    "assessmentandfeedback": "feedback",
    "feedback": "feedback",
    "responseaccuracy": "accuracy",
    "question": "question",
    "answer": "answer",
}
_PLACES: dict[str, Place] = {
    "grade": "coded",
    "context": "coded",
    "feedback": "coded",
    "tags": "coded",
    "page_tags": "extra",
    "response_accuracy": "extra",
}
_HEAD_MARKS = ("tags", "questionsanswers", "questionsandanswers")
_TAG_NAMES = {plain(tag.label) for tag in Tag}


@dataclass(frozen=True, slots=True)
class _Page:
    """What the head of a page says of all its questions."""

    heading: str = ""
    date: str = ""
    tags: str = ""

    @property
    def prefix(self) -> str:
        words = re.findall(r"[a-z0-9]+", self.heading.casefold())
        return "-".join(filter(None, ["-".join(words), self.date])) or "page"


def sniff(head: str) -> float:
    """How surely this is an assessed page: a question's number on a line of its own, and two of the page's marks."""
    lines = [_bare(line) for line in first_lines(head)]
    numbered = any(_NUMBER.fullmatch(line) for line in lines)
    marks = {plain(line) for line in lines if len(line) < 30} & {*_ANCHORS, *_HEAD_MARKS}
    return 0.9 if numbered and len(marks) >= 2 else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the questions of one page, or of several in a row.

    Raises:
        FormatError: No line holds a question's number alone.
    """
    page, seen, number = _Page(), dict[str, int](), 0
    for lines in _sections(source):
        if not _NUMBER.fullmatch(lines[0].text):
            page = _page_of(lines)
            continue
        number += 1
        section, head = _split_at_next_page(lines)
        position = Position(source.at(section[0].number), number, any(line.guessed for line in section))
        yield _exchange(section, page, position, seen)
        page = _page_of(head) if head else page
    if not number:
        hint = 'each question of an assessed page begins with a line that holds its number alone: "Q1"'
        raise FormatError(f"{source.name} is no assessed page: it holds no numbered question", hint=hint)


def _bare(text: str) -> str:
    return _BULLET.sub("", text.strip("\ufeff \t\r\n"))


def _sections(source: Source) -> Iterator[list[Line]]:
    """The head of the page, then each question from its number on; without bullets and blank lines."""
    section: list[Line] = []
    size = 0
    for line in source.lines():
        bare = line._replace(text=_bare(line.text))
        if _NUMBER.fullmatch(bare.text) and section:
            yield section
            section, size = [], 0
        size += len(bare.text)
        if size > LONGEST_LINE:
            message = f"{source.at(line.number)}: no question's number stands within {LONGEST_LINE:,} characters"
            raise FormatError(message, hint='each question of an assessed page begins with its number alone: "Q1"')
        if bare.text:
            section.append(bare)
    if section:
        yield section


def _split_at_next_page(section: list[Line]) -> tuple[list[Line], list[Line]]:
    """A question, and the head of the next page where one stands behind the question's last mark."""
    names = [plain(line.text) for line in section]
    if not any(mark in names for mark in _HEAD_MARKS) or "responseaccuracy" not in names:
        return section, []
    cut = names.index("responseaccuracy") + 1
    return section[:cut], section[cut:]


def _page_of(head: Sequence[Line]) -> _Page:
    names = [plain(line.text) for line in head]
    marks = [index for index, name in enumerate(names) if name in _HEAD_MARKS]
    titles = [split_title(line.text) for line in head[: marks[0] if marks else None]]
    tags = (
        [head[index].text for index in range(marks[0], len(head)) if names[index] not in _HEAD_MARKS] if marks else []
    )
    heading = next((heading for heading, _ in titles if heading), "")
    return _Page(heading, next((date for _, date in titles if date), ""), "; ".join(tags))


def _exchange(section: list[Line], page: _Page, position: Position, seen: dict[str, int]) -> Exchange | Failure:
    number = re.sub(r"\D", "", section[0].text)
    own = f"{page.prefix}-Q{number}"
    record_id = unused(own, seen, lambda count: f"{own}-{count}")
    cells = _cells([line.text for line in section[1:]])
    if not cells.get("question") and not cells.get("answer"):
        hint = "the question and the answer stand between the context and the feedback, a paragraph each"
        return position.failure(f"no question and no answer behind {section[0].text}", hint, record_id=record_id)
    cells |= {"id": record_id, "heading": page.heading, "date": page.date, "page_tags": page.tags}
    return exchange_of(
        ((Slot(_PLACES.get(name, "field"), name), text) for name, text in cells.items() if text), position
    )


def _cells(texts: Sequence[str]) -> dict[str, str]:
    parts: dict[str, list[str]] = {"": []}
    part = ""
    for text in texts:
        anchor = _ANCHORS.get(plain(text)) if len(text) < 30 else None
        part = anchor if anchor is not None else part
        if anchor is None:
            parts[part].append(text)
        else:
            parts.setdefault(part, [])
    grade = parts[""].pop(0) if parts[""] and ("context" in parts or _GRADE.fullmatch(parts[""][0])) else ""
    feedback, tags = _feedback_and_tags(parts.get("feedback", []))
    labels = {
        "grade": grade,
        "feedback": feedback,
        "tags": tags,
        "response_accuracy": " ".join(parts.get("accuracy", [])),
    }
    return {**labels, **_texts(parts)}


def _texts(parts: dict[str, list[str]]) -> dict[str, str]:
    """Context, question and answer: by their marks, or by their order and the question mark."""
    if "question" in parts or "answer" in parts:
        return {name: "\n".join(parts.get(name, [])) for name in ("context", "question", "answer")}
    paragraphs = [*parts[""], *parts.get("context", [])]
    context = paragraphs.pop(0) if "context" in parts and len(paragraphs) > 2 else ""
    asked = (index for index, text in enumerate(paragraphs[:-1], start=1) if text.endswith("?"))
    cut = next(asked, 1)
    return {"context": context, "question": "\n".join(paragraphs[:cut]), "answer": "\n".join(paragraphs[cut:])}


def _feedback_and_tags(lines: Sequence[str]) -> tuple[str, str]:
    """The tags are the short lines at the end: of our own names, or of four words at most and without a full stop."""
    cut = len(lines)
    while cut and _is_tags(lines[cut - 1], first=cut == 1):
        cut -= 1
    tags = [tag.strip() for line in lines[cut:] for tag in re.split(r"[,;|·]", line) if tag.strip()]
    return "\n".join(lines[:cut]), "; ".join(tags)


def _is_tags(line: str, *, first: bool) -> bool:
    tags = re.split(r"[,;|·]", line)
    if all(plain(tag) in _TAG_NAMES for tag in tags):
        return True
    return not first and not line.endswith((".", "!", "?")) and all(len(tag.split()) <= 4 for tag in tags)
