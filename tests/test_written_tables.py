"""Tables of written questions with the names of the API, as mySociety publishes them: CSV, JSON, JSON Lines."""

import csv
import io
import json

import pytest

from qa_assess.exchange import Exchange
from qa_assess.readers import read
from qa_assess.readers.markup import is_html

ROW = {
    "id": 1900001,
    "askingMemberId": 9001,
    "askingMember": None,
    "house": "Commons",
    "memberHasInterest": False,
    "dateTabled": "2024-03-04T00:00:00",
    "dateForAnswer": "2024-03-08T00:00:00",
    "uin": "16001",
    "questionText": "To ask the Secretary of State for Ferries, how many piers he has.",
    "answeringBodyName": "Department for Ferries",
    "isWithdrawn": False,
    "isNamedDay": True,
    "groupedQuestions": "[]",
    "answerIsHolding": False,
    "answerIsCorrection": False,
    "answeringMemberId": 9002.0,
    "answeringMember": None,
    "dateAnswered": "2024-03-07T00:00:00",
    "answerText": "Three.",
    "dateAnswerCorrected": None,
    "dateHoldingAnswer": None,
    "heading": "Piers: Numbers",
    "person_name": "Ann Ash",
    "twfy_id": "77",
    "url": "https://questions-statements.parliament.uk/written-questions/detail/2024-03-04/16001/",
}
SNAKE = {
    "id": "id", "askingMemberId": "asking_member_id", "dateTabled": "date_tabled", "dateAnswered": "date_answered",
    "questionText": "question_text", "answerText": "answer_text", "answeringBodyName": "answering_body_name",
    "isNamedDay": "is_named_day", "groupedQuestions": "grouped_questions", "answerIsHolding": "answer_is_holding",
    "dateHoldingAnswer": "date_holding_answer", "isWithdrawn": "is_withdrawn",
    "answeringMemberId": "answering_member_id",
}  # fmt: skip


def as_csv(row: dict[str, object]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue().encode()


def one(row: dict[str, object], *, write=as_csv) -> Exchange:
    (exchange,) = read(io.BytesIO(write(row)))
    return exchange


@pytest.mark.parametrize(
    "write", [as_csv, lambda row: json.dumps(row).encode(), lambda row: json.dumps([row]).encode()]
)
def test_a_row_as_mysociety_writes_it(write):
    exchange = one(ROW, write=write)
    assert (exchange.id, exchange.date, exchange.house) == ("1900001", "2024-03-07", "Commons")
    assert (exchange.question, exchange.answer) == (ROW["questionText"], "Three.")
    assert (exchange.department, exchange.heading) == ("Department for Ferries", "Piers: Numbers")
    assert (exchange.asker, exchange.answerer) == ("Ann Ash", "member/9002")
    assert exchange.url == ROW["url"]
    assert exchange.extra["question_number"] == "16001"
    assert not {"group", "holding_answer", "corrected", "withdrawn"} & exchange.extra.keys()
    assert exchange.flags == ()


def test_columns_that_are_not_known_travel():
    assert one(ROW).extra["twfy_id"] == "77"


def test_the_names_with_underscores_mean_the_same():
    snake = one({SNAKE.get(name, name): value for name, value in ROW.items()})
    plain = one(ROW)
    for field in ("id", "question", "answer", "date", "asker", "answerer", "department", "heading", "house", "url"):
        assert getattr(snake, field) == getattr(plain, field), field
    assert snake.extra["question_number"] == "16001"


def test_an_empty_cell_is_served_by_the_next_best_column():
    waiting = one(ROW | {"dateAnswered": None, "answerText": None, "answeringMemberId": None, "url": None})
    assert (waiting.date, waiting.answer, waiting.answerer) == ("2024-03-04", "", "")
    assert waiting.url == "https://questions-statements.parliament.uk/written-questions/detail/2024-03-04/16001"
    assert one(ROW | {"askingMember": "Bo Elm"}).asker == "Bo Elm"
    assert one(ROW | {"person_name": ""}).asker == "member/9001"
    assert one(ROW | {"person_name": "", "askingMemberId": "nan"}).asker == ""
    assert one(ROW | {"url": "", "uin": "16001/../x"}).url == ""
    assert one(ROW | {"url": "", "dateTabled": "4/3/24"}).url == ""


def test_question_and_answer_are_never_served_by_another_column():
    assert one(ROW | {"answerText": "", "reply": "Not this."}).answer == ""


@pytest.mark.parametrize(
    ("cells", "facts"),
    [
        ({"groupedQuestions": "['16003' '16000']"}, {"group": "16000"}),
        ({"groupedQuestions": ["16003"]}, {"group": "16001"}),
        ({"uin": "HL12", "groupedQuestions": '["HL9"]'}, {"group": "HL9"}),
        ({"answerIsHolding": True}, {"holding_answer": "yes"}),
        ({"dateHoldingAnswer": "2024-03-05T00:00:00"}, {"holding_answer": "2024-03-05"}),
        ({"answerIsCorrection": "True"}, {"corrected": "yes"}),
        ({"answerIsCorrection": "1", "dateAnswerCorrected": "2024-03-09"}, {"corrected": "2024-03-09"}),
        ({"isWithdrawn": "true"}, {"withdrawn": "yes"}),
        ({"isWithdrawn": "False", "groupedQuestions": "", "answerIsHolding": "nan"}, {}),
    ],
)
def test_what_became_of_a_question(cells, facts):
    extra = one(ROW | cells).extra
    assert {
        name: extra[name] for name in ("group", "holding_answer", "corrected", "withdrawn") if name in extra
    } == facts


def test_a_number_alone_makes_no_written_question():
    (exchange,) = read(io.BytesIO(b"uin,id,question,answer\n7,a,Why?,No.\n"))
    assert exchange.extra == {"uin": "7"}


def test_clipped_texts_are_flagged():
    assert one(ROW | {"answerText": "x" * 255 + "..."}).flags == ("truncated-answer",)
    assert one(ROW | {"questionText": "x" * 255}).flags == ("truncated-question",)


def test_html_becomes_text_with_its_tables():
    table = "<table><tr><td>Isle</td><td>Piers</td></tr><tr><td>Tarn</td><td>3</td></tr></table>"
    html = f"<p>As follows:</p>{table}<p>&pound;4.</p>"
    exchange = one(ROW | {"answerText": html, "questionText": "<p>To ask how&nbsp;many.</p>"})
    assert exchange.answer == "As follows:\nIsle | Piers\nTarn | 3\n£4."
    assert exchange.question == "To ask how many."
    assert one(ROW | {"answerText": "<p>" + "x" * 600 + "</p>"}).flags == ()


@pytest.mark.parametrize(
    "text", ["Is 3 < 4 and 5 > 2?", "See <https://x.y>.", "He said <p> for page.", "AT&T", "x </ p", "[a](b) </", ""]
)
def test_text_that_is_no_html_stays_as_printed(text):
    assert not is_html(text)
    assert one(ROW | {"answerText": text}).answer == text


def test_hostile_html_ends():
    assert one(ROW | {"answerText": "<div>" * 5_000 + "deep</div>"}).answer == "deep"


@pytest.mark.shared
def test_the_real_rows_flattened(shared):
    # Counted by hand: 12 objects with "value" in the sample, all answered; two pairs of grouped questions (7567 with
    # 7568, 7646 with 7647). Of the clipped texts, two questions end in the middle of a word.
    results = json.loads(shared("samples/written_questions_api.json").read_text())["results"]
    found = list(read(io.BytesIO(json.dumps([row["value"] for row in results]).encode())))
    assert len(found) == 12
    assert [one.extra.get("group", "") for one in found] == [
        "", "", "", "", "7567", "7567", "7646", "7646", "", "", "", "",
    ]  # fmt: skip
    assert sum("truncated-question" in one.flags for one in found) == 2
    assert {one.date for one in found} == {"2024-01-10"}
    assert found[0].url.endswith("/2023-12-18/7300")
    assert (found[0].asker, found[0].answerer) == ("member/1541", "member/4369")
