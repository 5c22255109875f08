"""Written questions as data.parliament.uk published them from 2013 (``QnA/2013/02``): lists, and daily reports.

A list holds questions alone, as the departments got them, or with an ``Answer`` in each. A daily report holds for each
question its answer in all its versions; the current one is read.
"""

from collections.abc import Iterator

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.dates import iso_date
from qa_assess.readers.markup import html_text
from qa_assess.readers.records import Position, flags_of
from qa_assess.readers.source import Source
from qa_assess.readers.written_columns import question_page
from qa_assess.readers.xml_stream import Element, elements, local, paragraphs, root_of, words

_NAMESPACE = "data.parliament.uk/QnA"
_ROOTS = ("Questions", "Question", "DailyReport")
_HOUSES = {"house of commons": "Commons", "house of lords": "Lords"}
_FIRST_PAGE = "2014-06-03"  # the site begins with the session of 2014-15


def sniff(head: str) -> float:
    """How surely these are data.parliament's questions: by the root element and its namespace."""
    known = _NAMESPACE in head[:2000] or "<Uin" in head
    return 0.95 if known and root_of(head) in _ROOTS else 0.0


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read a list of questions or a daily report.

    Raises:
        FormatError: The XML breaks before its first question, or holds none.
    """
    report = root_of(source.text_head) == "DailyReport"
    tag = "ReportQuestion" if report else "Question"
    number = 0
    for number, element in enumerate(elements(source, frozenset({tag})), start=1):
        if isinstance(element, Failure):
            yield element
            return
        yield _record(element, Position(source.at(number), number))
    if not number:
        raise FormatError(f"{source.name} holds no question", hint="was the list asked for a day with questions?")


def _record(element: Element, position: Position) -> Exchange | Failure:
    asked = element if local(element.tag) == "Question" else _first(element, "Question")
    uin = _text(asked, "Uin") or _text(element, "Uin")
    question = _words_of(_child(asked, "Text", "QuestionText"))
    if not question:
        hint = "a question has its words in Text; was the list cut?"
        return position.failure("a question without a text", hint, record_id=uin)
    # A daily report repeats the answer as it first stood; the current version is the one that counts.
    answered = _first(element, "CurrentVersion", "Answer", "Answers")
    reply = _child(asked, "AnswerText") if answered is None else _first(answered, "AnswerText", "Text")
    answer = _words_of(reply)
    minister = _first(asked if answered is None else answered, "Minister", "AnsweringMember")
    house = _text(_first(asked, "House"), "HouseName") or _text(asked, "House")
    tabled = iso_date(_text(asked, "TabledDate"))
    return Exchange(
        id=uin or position.id,
        question=question,
        answer=answer,
        date=iso_date(_found(element, "DateAnswered", "AnswerDate")) or tabled,
        asker=_member(_child(asked, "TablingMember")),
        answerer=_member(minister),
        department=_text(_first(asked, "AnsweringBody"), "AnsweringBodyName"),
        heading=_text(element, "Heading") or _text(asked, "Heading"),
        house=_HOUSES.get(house.casefold(), house),
        source=position.source,
        url=_text(asked, "Url") or _link(uin, tabled),
        extra=_extra(element, asked, answered, uin),
        flags=flags_of(question, answer),
    )


def _extra(element: Element, asked: Element | None, answered: Element | None, uin: str) -> dict[str, str]:
    """What has no field of its own; only what says something."""
    status = _text(asked, "QuestionStatus")
    extra = {
        "section": "written",
        "turn": "tabled",
        "question_number": uin,
        "answer_id": _found(answered, "AnswerId"),
        "holding_answer": iso_date(_found(element, "DateOfHoldingAnswer"))
        or _yes(_found(answered, "IsHoldingAnswer", "AnswerIsHolding")),
        "correction": _yes(_found(answered, "IsMinisterialCorrection", "AnswerIsCorrection")),
        "withdrawn": "yes" if "withdrawn" in status.casefold() else _yes(_text(asked, "IsWithdrawn")),
        "transferred": "yes" if "transfer" in status.casefold() else "",
        "question_status": status,
        "question_type": _text(asked, "QuestionType"),
        "session": _text(asked, "Session"),
        "date_tabled": _text(asked, "TabledDate"),
        "date_for_answer": _text(asked, "DateForAnswer"),
        "target": _text(asked, "Target"),
    }
    return {name: value for name, value in extra.items() if value}


def _member(element: Element | None) -> str:
    if element is None:
        return ""
    return _text(element, "MemberName") or ("" if len(element) else words(element))


def _words_of(element: Element | None) -> str:
    """The text of an element that holds HTML, written out or as elements."""
    if element is None:
        return ""
    return paragraphs(element) if len(element) else html_text(element.text or "")


def _link(uin: str, tabled: str) -> str:
    """The page of a question, which is found by the day of tabling and the number."""
    return question_page(tabled, uin) if uin and tabled >= _FIRST_PAGE else ""


def _yes(text: str) -> str:
    return "yes" if text.casefold() in ("true", "1") else ""


def _first(element: Element | None, *names: str) -> Element | None:
    """The first element of these names within another; the first name that occurs counts."""
    if element is None:
        return None
    return next((one for name in names for one in element.iter() if local(one.tag) == name), None)


def _child(element: Element | None, *names: str) -> Element | None:
    if element is None:
        return None
    return next((one for name in names for one in element if local(one.tag) == name), None)


def _text(element: Element | None, name: str) -> str:
    child = _child(element, name)
    return words(child) if child is not None else ""


def _found(element: Element | None, *names: str) -> str:
    found = _first(element, *names)
    return words(found) if found is not None else ""
