"""The JSON of Parliament's written questions API: questions-statements-api.parliament.uk.

A search's page (``results``, each with its ``value``), one question, or a bare list of either; several documents may
stand one on each line. Lists hold only the first 255 characters of each text: such records are flagged.
"""

import re
from collections.abc import Iterator, Mapping

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.columns import whole
from qa_assess.readers.dates import iso_date
from qa_assess.readers.json_documents import Document, documents, row_in, rows_in, sniff_names, text_in
from qa_assess.readers.markup import html_text
from qa_assess.readers.records import Position, flags_of
from qa_assess.readers.source import Source
from qa_assess.readers.written_columns import question_page
from qa_assess.replies import HOLDING_ANSWER, UNANSWERED, WITHDRAWN

_NAMES = ("questionText", "uin", "dateTabled", "isWithdrawn")
_WHY = {
    WITHDRAWN: "the question was withdrawn",
    HOLDING_ANSWER: "a holding answer",
    UNANSWERED: "not answered when the record was taken",
}
_HINT = 'expected the list {"results": [{"value": {"uin": …, "questionText": …}}]}, or one question'


def sniff(head: str) -> float:
    """How surely this is the API's: its own names for a question are there."""
    return sniff_names(head, _NAMES)


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read the questions, those without an answer and those withdrawn among them.

    Raises:
        FormatError: Broken JSON, or JSON without a question of the API's.
    """
    number, broken = 0, False
    for document in documents(source, apart=True):
        if isinstance(document, Failure):
            broken = True
            yield document
            continue
        if document.partial and not _values(document):
            raise FormatError(f"{source.name} is broken JSON: it breaks off", hint="is the file complete?")
        for value in _values(document):
            number += 1
            yield _record(value, Position(f"{document.place}:{number}", number, document.guessed))
    if not number and not broken:
        raise FormatError(f"{source.name} holds no written question", hint=_HINT)


def _values(document: Document) -> list[object]:
    """The questions of a document, taken out of their wrappers."""
    value = document.value
    listed: object = value
    if isinstance(value, dict):
        # Of a question that breaks off, what is missing may be its answer.
        alone = [value] if not document.partial and value.keys() & {"value", "questionText", "uin"} else []
        listed = value["results"] if isinstance(value.get("results"), list) else alone
    found = listed if isinstance(listed, list) else []
    return [one["value"] if isinstance(one, dict) and "value" in one else one for one in found]


def _record(value: object, position: Position) -> Exchange | Failure:
    if not isinstance(value, dict):
        return position.failure("something other than a question stands here", _HINT)
    record_id = text_in(value, "id") or text_in(value, "uin")
    raw_question, raw_answer = value.get("questionText"), value.get("answerText")
    question, answer = _plain(raw_question), _plain(raw_answer)
    if not question:
        hint = f"look at {url}" if (url := _url(value)) else _HINT
        return position.failure("the question has no text", hint, record_id=record_id)
    state = _state(value, answer)
    flags = {*_clipped(raw_question, question, raw_answer, answer), *([state] if state else [])}
    if position.guessed:
        flags.add("encoding-guessed")
    return Exchange(
        id=whole(record_id) or position.id,
        question=question,
        answer=answer,
        date=_date(value, "dateAnswered") or _date(value, "dateTabled"),
        asker=_name(value, "askingMember") or whole(text_in(value, "person_name")) or _number(value, "askingMemberId"),
        answerer=_name(value, "answeringMember") or _number(value, "answeringMemberId"),
        department=_one_line(value, "answeringBodyName"),
        heading=_one_line(value, "heading"),
        house=_one_line(value, "house"),
        source=position.source,
        url=_link(value),
        extra={name: whole(text) for name, text in _extra(value, state).items() if text},
        flags=tuple(sorted(flags)),
    )


def _extra(value: Mapping[str, object], state: str) -> dict[str, str]:
    uin, group = text_in(value, "uin"), _group(value)
    return {
        "section": "written",
        "turn": "tabled",
        "question_number": uin,
        "group": min((uin, *group), key=lambda one: (len(one), one)) if group else "",
        "grouped_with": ", ".join(group),
        "no_answer": _WHY.get(state, ""),
        "withdrawn": _yes(value, "isWithdrawn"),
        "holding_answer": _date(value, "dateHoldingAnswer"),
        "correction": _yes(value, "answerIsCorrection"),
        "corrected": _date(value, "dateAnswerCorrected"),
        "original_answer": _plain(value.get("originalAnswerText")),
        "correcting_member": _name(value, "correctingMember"),
        "correcting_member_id": text_in(value, "correctingMemberId"),
        "asker_id": text_in(value, "askingMemberId"),
        "answerer_id": text_in(value, "answeringMemberId"),
        "tabled": _date(value, "dateTabled"),
        "due": _date(value, "dateForAnswer"),
        "named_day": _yes(value, "isNamedDay"),
        "interest": _yes(value, "memberHasInterest"),
        "attachments": "; ".join(filter(None, map(_attachment, rows_in(value, "attachments")))),
    }


def _state(value: Mapping[str, object], answer: str) -> str:
    """The flag of a question that has no answer proper."""
    if value.get("isWithdrawn") is True:
        return WITHDRAWN
    if value.get("answerIsHolding") is True:
        return HOLDING_ANSWER
    return "" if answer else UNANSWERED


def _clipped(raw_question: object, question: str, raw_answer: object, answer: str) -> set[str]:
    # Clipped before its line breaks and markup went; a whole text in HTML may by chance be as long.
    raw = [
        text if isinstance(text, str) and not text.rstrip().endswith(">") else "" for text in (raw_question, raw_answer)
    ]
    return {*flags_of(question, answer), *flags_of(*raw)}


def _group(value: Mapping[str, object]) -> list[str]:
    """The numbers of the questions answered with this one."""
    listed = value.get("groupedQuestions")
    numbers = [str(one) for one in listed if isinstance(one, (str, int))] if isinstance(listed, list) else []
    numbers += [text_in(one, "questionUin") for one in rows_in(value, "groupedQuestionsDates")]
    return sorted({number.strip() for number in numbers if number.strip()} - {text_in(value, "uin")})


def _plain(text: object) -> str:
    return whole(html_text(text)) if isinstance(text, str) else ""


def _one_line(value: Mapping[str, object], name: str) -> str:
    return " ".join(_plain(value.get(name)).split())


def _name(value: Mapping[str, object], member: str) -> str:
    """A member's name, which is there only where the API was asked for it (``expandMember``)."""
    found = row_in(value, member)
    return whole(text_in(found, "name") or text_in(found, "listAs") or text_in(value, member))


def _number(value: Mapping[str, object], name: str) -> str:
    """A member without a name: ``member/4514``."""
    number = text_in(value, name).removesuffix(".0")
    return f"member/{number}" if number.isdecimal() else ""


def _date(value: Mapping[str, object], name: str) -> str:
    written = text_in(value, name)
    return whole(iso_date(written)) if written else ""


def _yes(value: Mapping[str, object], name: str) -> str:
    return "yes" if value.get(name) is True else ""


def _attachment(attachment: Mapping[str, object]) -> str:
    title, url = text_in(attachment, "title"), text_in(attachment, "url")
    return f"{title} ({url})" if title and url else title or url


def _link(value: Mapping[str, object]) -> str:
    given = text_in(value, "url")
    return whole(given) if given.startswith("https://") else _url(value)


def _url(value: Mapping[str, object]) -> str:
    tabled, uin = _date(value, "dateTabled"), text_in(value, "uin")
    is_known = re.fullmatch(r"\d{4}-\d\d-\d\d", tabled) and re.fullmatch(r"[A-Za-z0-9]+", uin)
    return question_page(tabled, uin) if is_known else ""
