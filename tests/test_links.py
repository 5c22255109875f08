"""Answers that point to others, and holding answers that were replaced."""

import pytest
from conftest import make_exchange

from qa_assess.exchange import Exchange, Failure
from qa_assess.links import RESOLVED, Links, linked

HOLDING = "An answer is being prepared and will be provided as soon as it is available."


def written(number: str, answer: str, day: str = "2031-05-02", **fields: object) -> Exchange:
    extra = {"question_number": number, **fields.pop("extra", {})}
    return make_exchange(
        "How many ferries were late?", answer, **{"id": f"q{number}", "date": day, **fields}, extra=extra
    )


def twice(*records: Exchange | Failure) -> list[Exchange | Failure]:
    """The records with the links of a first reading."""
    links = Links()
    for record in records:
        if isinstance(record, Exchange):
            links.learn(record)
    return list(linked(records, links))


def pointer(answer: str, day: str = "2031-05-09", **fields: object) -> Exchange:
    return written("9001", answer, day, id="pointer", **fields)


TWELVE = written("4521", "Twelve ferries were late.")


@pytest.mark.parametrize(
    "text",
    [
        "I refer the hon. Member to the answer of 2 May 2031 to Question 4521.",
        "I refer the hon. Member for Netherwick to the answer given to UIN 4521.",
        "I refer the right hon. Lady to the reply I gave on 2nd May 2031, Official Report, PQ 4521.",
        "I refer the hon. Member to the answer I gave to the hon. Member for Alder to Question UIN 4521 on 2 May 2031.",
        "I have been asked to reply. Please see the response to parliamentary question 4521.",
    ],
)
def test_a_pointer_to_a_number_is_resolved(text: str) -> None:
    _, found = linked([TWELVE, pointer(text)])
    assert isinstance(found, Exchange)
    assert found.answer == f"{text}\nTwelve ferries were late."
    assert found.flags == (RESOLVED,)
    assert found.extra["pointed_to"] == "q4521"


@pytest.mark.parametrize(
    "text",
    [
        "I refer the hon. Member to the answer of 2 May 2031 to Question 4522.",
        "I refer the hon. Member to the answer of 2 May 2030 to Question 4521.",
        "I refer the hon. Member to the Written Ministerial Statement of 2 May 2031 (HCWS4521).",
        "The sum was 4521 and the year 2031.",
        "I refer the hon. Member to the answer of 2 May 2031 to Question 4521. " + "There is more to say. " * 30,
    ],
)
def test_what_points_elsewhere_stays(text: str) -> None:
    record = pointer(text)
    assert list(linked([TWELVE, record]))[1] is record


def test_a_column_of_the_printed_record_is_resolved_where_one_answer_stands_there() -> None:
    held = written("4521", "Twelve.", "2011-03-24", extra={"column": "87W"})
    text = "I refer the right hon. Lady to my reply of 24 March 2011 on ferries to Elm, Official Report, column 87W."
    _, found = linked([held, pointer(text, "2011-04-05")])
    assert found.answer.endswith("\nTwelve.")
    beside = written("4522", "Nine.", "2011-03-24", extra={"column": "87W"})
    *_, found = linked([held, beside, pointer(text, "2011-04-05")])
    assert found.answer == text


def test_numbers_of_another_session_are_not_meant() -> None:
    old = written("4521", "Three ferries were late.", "2024-05-02", id="old")
    text = "I refer the hon. Member to the answer to Question 4521."
    *_, found = linked([old, TWELVE, pointer(text)])
    assert found.extra["pointed_to"] == "q4521"
    _, found = linked([old, pointer(text)])
    assert found.answer == text


def test_a_record_behind_is_known_after_a_first_reading_only() -> None:
    records = [pointer("I refer the hon. Member to the answer to Question 4521."), TWELVE]
    assert next(linked(records)).flags == ()
    assert twice(*records)[0].flags == (RESOLVED,)


def test_a_holding_answer_names_what_replaced_it() -> None:
    holding = written("77", HOLDING, id="holding")
    final = written("77", "Twelve.", "2031-05-20", id="final")
    first, second = twice(holding, final)
    assert first.flags == ("replaced",)
    assert first.extra["replaced_by"] == "final"
    assert second is final


def test_a_pointer_to_a_holding_answer_stays() -> None:
    holding = written("4521", HOLDING)
    record = pointer("I refer the hon. Member to the answer to Question 4521.")
    assert list(linked([holding, record]))[1] is record


def test_a_record_never_points_to_itself_and_failures_pass() -> None:
    failure = Failure("f", "read", "broken")
    record = written("9001", "I refer the hon. Member to the answer to Question 9001.")
    assert twice(failure, record) == [failure, record]


def test_grouped_questions_with_one_answer_are_one_answer() -> None:
    links = Links()
    for number in ("4521", "4522"):
        links.learn(written(number, "Twelve."))
    links.learn(written("4521", "Twelve.", id="again"))
    assert links.link(pointer("I refer the hon. Member to the answer to Question 4521.")).answer.endswith("Twelve.")
    links.close()
