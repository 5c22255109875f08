"""One contribution of the Hansard API as a turn: who spoke, what was said, and where it is to be read."""

import re
from collections.abc import Mapping

from qa_assess.readers.columns import whole
from qa_assess.readers.json_documents import text_in
from qa_assess.readers.markup import html_text
from qa_assess.readers.turns import Business, Role, Turn

ORAL = re.compile(r"^\s*(?:oral answers|oral questions)\b", re.IGNORECASE)
WRITTEN = re.compile(r"^\s*written (?:answers|questions)\b", re.IGNORECASE)

_SITE = "https://hansard.parliament.uk"

_QUESTION = re.compile(r"<Question\b", re.IGNORECASE)
# What stands with a tabled question and is no part of it: "1." before it, "[900123]" or "(900123)" behind it.
_ORDER_NUMBER = re.compile(r"^\s*(?:[QT]?\s?\d{1,3}\s*\.\s*)")
_UIN = re.compile(r"\s*[\[(]\s*(?P<uin>(?:HL)?\d{3,7})\s*[\])]\s*$")
_NAME_BEFORE = re.compile(
    r"^(?P<opening>\s*(?:<[^<>]*>\s*)*)<strong>(?P<name>[^<>]{2,100}):?\s*</strong>:?", re.IGNORECASE
)


def turn_of(item: Mapping[str, object], business: Business, place: str, page: str) -> Turn:
    """The turn of one contribution; whoever is not named speaks in no turn of their own.

    >>> item = {"Value": "<Question>1. <QuestionText>What steps he is taking.</QuestionText></Question> (901)",
    ...         "AttributedTo": "Ann Ash", "ExternalId": "A-1", "MemberId": 7}
    >>> turn = turn_of(item, Business.ORAL, "debate.json:1", "")
    >>> turn.text, turn.number, turn.speaker_id
    ('What steps he is taking.', '901', '7')
    """
    value = item.get("Value")
    value = value if isinstance(value, str) else ""
    speaker, member = plain_in(item, "AttributedTo"), text_in(item, "MemberId")
    if not speaker and (named := _NAME_BEFORE.match(value)):
        speaker, value = named["name"].strip(" :"), named["opening"] + value[named.end() :]
    asked = is_question(line_in(item, "HRSTag"), value)
    text, uin = whole(html_text(value)), line_in(item, "UIN").strip("[]()")
    if asked:
        found = _UIN.search(text)
        uin = uin or (found["uin"] if found else "")
        text = _ORDER_NUMBER.sub("", text[: found.start()] if found else text)
    own = line_in(item, "ExternalId") or line_in(item, "ItemId")
    return Turn(
        id=own or place,
        text=text,
        speaker=speaker,
        speaker_id="" if member == "0" else member,
        role=_role(business, is_question=asked, is_named=bool(speaker)),
        number=uin if asked else "",
        url=f"{page}#contribution-{own}" if page and line_in(item, "ExternalId") else page,
        place=place,
    )


def _role(business: Business, *, is_question: bool, is_named: bool) -> Role:
    """In Question Time only tabled questions are marked, and who answers is for `pairing` to find out."""
    if not is_named:
        return Role.PROCEDURE
    if business is not Business.WRITTEN:
        return Role.UNKNOWN
    return Role.QUESTION if is_question else Role.ANSWER


def page_of(house: str, date: str, own: str, title: str) -> str:
    """The section's page on hansard.parliament.uk, whose address ends in the title without its spaces.

    >>> page_of("Lords", "2031-05-06", "4A-1", "Ferries: Winter")
    'https://hansard.parliament.uk/Lords/2031-05-06/debates/4A-1/FerriesWinter'
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or not re.fullmatch(r"[\w-]+", own) or not house.isalpha():
        return ""
    return f"{_SITE}/{house}/{date}/debates/{own}/{''.join(re.findall('[A-Za-z0-9]+', title))}"


def order_in(values: Mapping[str, object], name: str) -> int | None:
    """A whole number of a row; None where there is none.

    >>> order_in({"Rank": 3}, "Rank"), order_in({"Rank": "3"}, "Rank")
    (3, None)
    """
    place = values.get(name)
    return place if isinstance(place, int) and not isinstance(place, bool) else None


def plain_in(values: Mapping[str, object], name: str) -> str:
    """A text of a row on one line, without its markup.

    >>> plain_in({"Value": "<p>Question</p> "}, "Value")
    'Question'
    """
    return " ".join(whole(html_text(text_in(values, name))).split())


def line_in(values: Mapping[str, object], name: str) -> str:
    r"""A text of a row on one line, as it stands.

    >>> line_in({"Title": "Ferries \n at Night"}, "Title")
    'Ferries at Night'
    """
    return whole(" ".join(text_in(values, name).split()))


def is_question(tag: str, value: str) -> bool:
    """Whether a contribution is a tabled question: its tag says so, or its markup.

    >>> is_question("Question", ""), is_question("", "<p><Question>1. What"), is_question("hs_Para", "<p>Why?</p>")
    (True, True, False)
    """
    return tag in ("Question", "hs_Question") or bool(_QUESTION.search(value))
