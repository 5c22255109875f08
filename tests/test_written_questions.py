"""The written questions API: lists, single questions, pages one a line; what has no answer, and what is broken."""

import io
import json

import pytest

from qa_assess.codebook import Grade
from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sniff
from qa_assess.replies import no_grade

QUESTION = {
    "id": 5001,
    "askingMemberId": 71,
    "askingMember": None,
    "house": "Commons",
    "memberHasInterest": False,
    "dateTabled": "2031-03-03T00:00:00",
    "dateForAnswer": "2031-03-10T00:00:00",
    "uin": "41207",
    "questionText": "To ask the Secretary of State for Harbours, how many piers were inspected in 2030.",
    "answeringBodyId": 9,
    "answeringBodyName": "Department for Harbours",
    "isWithdrawn": False,
    "isNamedDay": False,
    "groupedQuestions": [],
    "answerIsHolding": False,
    "answerIsCorrection": False,
    "answeringMemberId": 82,
    "answeringMember": None,
    "correctingMemberId": None,
    "correctingMember": None,
    "dateAnswered": "2031-03-11T00:00:00",
    "answerText": "<p>Forty&nbsp;piers were inspected.</p>",
    "originalAnswerText": "",
    "comparableAnswerText": "",
    "dateAnswerCorrected": None,
    "dateHoldingAnswer": None,
    "attachmentCount": 0,
    "heading": "Piers: Inspections",
    "attachments": [],
    "groupedQuestionsDates": [],
}


def question(**changes: object) -> dict[str, object]:
    return {**QUESTION, **changes}


def page(*values: object) -> dict[str, object]:
    return {"totalResults": len(values), "results": [{"value": value, "links": []} for value in values]}


def records(document: object, **options) -> list[Exchange | Failure]:
    text = document if isinstance(document, str) else json.dumps(document, **options)
    return list(read(io.BytesIO(text.encode())))


def record(**changes: object) -> Exchange | Failure:
    (one,) = records(page(question(**changes)))
    return one


def test_the_fields_of_a_question():
    assert record() == Exchange(
        id="5001",
        question="To ask the Secretary of State for Harbours, how many piers were inspected in 2030.",
        answer="Forty piers were inspected.",
        date="2031-03-11",
        asker="member/71",
        answerer="member/82",
        department="Department for Harbours",
        heading="Piers: Inspections",
        house="Commons",
        source="stream:1",
        url="https://questions-statements.parliament.uk/written-questions/detail/2031-03-03/41207",
        extra={
            "section": "written",
            "turn": "tabled",
            "question_number": "41207",
            "asker_id": "71",
            "answerer_id": "82",
            "tabled": "2031-03-03",
            "due": "2031-03-10",
        },
    )


def test_names_where_the_api_was_asked_for_them():
    one = record(
        askingMember={"id": 71, "name": "Ruth Alder"}, answeringMember={"name": None, "listAs": "Harbottle, I"}
    )
    assert (one.asker, one.answerer) == ("Ruth Alder", "Harbottle, I")


SHAPES = {
    "page": page(question()),
    "list of wrappers": page(question())["results"],
    "list of questions": [question()],
    "wrapped question": {"value": question(), "links": []},
    "bare question": question(),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("indent", [None, 1])
def test_every_shape_gives_the_same_record(shape, indent):
    assert sniff(json.dumps(SHAPES[shape], indent=indent)) == "written-questions"
    (one,) = records(SHAPES[shape], indent=indent)
    assert (one.id, one.answer) == ("5001", "Forty piers were inspected.")


def test_pages_one_a_line_and_a_broken_line_among_them():
    lines = [
        json.dumps(page(question(id=1), question(id=2))),
        '{"results": [{"value"',
        json.dumps(page(question(id=3))),
    ]
    first, second, broken, third = records("\n".join(lines))
    assert [one.id for one in (first, second, third)] == ["1", "2", "3"]
    assert (second.source, third.source) == ("stream:1:2", "stream:3:3")
    assert isinstance(broken, Failure)
    assert broken.source == "stream:2"


def test_a_broken_first_line_does_not_stop_the_others():
    broken, one = records('{"value": {"uin\n' + json.dumps(question()))
    assert (type(broken), one.id) == (Failure, "5001")


def test_a_head_cut_in_the_middle_is_recognised():
    text = json.dumps(page(question(answerText="x" * 100_000)))
    assert sniff(text[:65_536]) == "written-questions"
    assert len(records(text)[0].answer) == 100_000


def test_a_table_of_somebody_with_like_names_stays_ordinary_json():
    own = {"uin": "1", "questionText": "Why?", "answerText": "Because.", "dateTabled": "2031-01-01"}
    assert sniff(json.dumps([own])) == "json"
    assert sniff(json.dumps(own)) == "jsonl"


def test_a_table_in_an_answer_stays_as_text():
    one = record(
        answerText="<p>By pier:</p><table><tr><td>Aldham</td><td>3</td></tr><tr><td>Oxmere</td><td>4</td></tr></table>"
    )
    assert one.answer == "By pier:\nAldham | 3\nOxmere | 4"


@pytest.mark.parametrize("end", ["", "...", "…"])
def test_clipped_texts_are_flagged(end):
    clipped = "how many piers of the old kind were inspected and by whom " * 5
    one = record(questionText=clipped[:255], answerText=clipped[:255] + end)
    assert one.flags == ("truncated-answer", "truncated-question")


def test_a_text_clipped_before_its_line_breaks_went_is_flagged():
    assert record(answerText=("Forty piers.\n\n" * 30)[:255] + "...").flags == ("truncated-answer",)


def test_a_whole_text_is_not_flagged_for_its_length_with_markup():
    text = "<p>" + "a" * 248 + "</p>"
    assert len(text) == 255
    assert record(answerText=text).flags == ()


@pytest.mark.parametrize(
    ("changes", "flag", "grade", "why"),
    [
        ({"isWithdrawn": True, "answerText": None, "dateAnswered": None}, "withdrawn", Grade.UNGRADED, "withdrawn"),
        ({"answerText": "", "dateAnswered": None}, "unanswered", Grade.UNGRADED, "not answered"),
        ({"answerText": "<p> </p>"}, "unanswered", Grade.UNGRADED, "not answered"),
        (
            {"answerIsHolding": True, "answerText": "It is being looked into."},
            "holding-answer",
            Grade.PENDING,
            "holding",
        ),
    ],
)
def test_what_has_no_answer_proper(changes, flag, grade, why):
    one = record(**changes)
    assert one.flags == (flag,)
    assert why in one.extra["no_answer"]
    assert no_grade(one)[0] is grade
    assert one.date == ("2031-03-03" if changes.get("dateAnswered", 1) is None else "2031-03-11")


def test_an_answer_after_a_holding_answer_is_an_answer():
    one = record(dateHoldingAnswer="2031-03-05T00:00:00")
    assert one.extra["holding_answer"] == "2031-03-05"
    assert "no_answer" not in one.extra
    assert no_grade(one) is None


def test_a_correction_keeps_what_was_said_first():
    one = record(
        answerIsCorrection=True,
        originalAnswerText="<p>Fourteen piers.</p>",
        dateAnswerCorrected="2031-04-01T00:00:00",
        correctingMemberId=83,
    )
    assert one.answer == "Forty piers were inspected."
    found = {name: one.extra[name] for name in ("correction", "corrected", "original_answer", "correcting_member_id")}
    assert found == {
        "correction": "yes",
        "corrected": "2031-04-01",
        "original_answer": "Fourteen piers.",
        "correcting_member_id": "83",
    }


def test_questions_answered_together_share_their_group():
    first = question(id=1, uin="998", groupedQuestions=["1002", 1003])
    second = question(
        id=2, uin="1002", groupedQuestions=None, groupedQuestionsDates=[{"questionUin": "998"}, {"questionUin": "1003"}]
    )
    found = records(page(first, second, question(id=3)))
    assert [one.extra.get("group") for one in found] == ["998", "998", None]
    assert found[0].extra["grouped_with"] == "1002, 1003"


def test_attachments_are_named():
    one = record(attachments=[{"title": "Piers", "url": "https://example.org/p.xlsx"}, None, {"title": "Notes"}, {}])
    assert one.extra["attachments"] == "Piers (https://example.org/p.xlsx); Notes"


@pytest.mark.parametrize("bad", [None, 3, "text", [], True])
def test_a_row_that_is_no_question_does_not_stop_the_others(bad):
    first, broken, last = records(page(question(id=1), bad, question(id=2)))
    assert (first.id, last.id) == ("1", "2")
    assert isinstance(broken, Failure)
    assert (broken.source, bool(broken.hint)) == ("stream:2", True)


@pytest.mark.parametrize("text", [None, "", " <p></p>", 7, ["To ask"], {"a": 1}])
def test_a_question_without_a_text_is_a_failure(text):
    one = record(questionText=text)
    assert isinstance(one, Failure)
    assert (one.id, one.message) == ("5001", "stream:1: the question has no text")
    assert "41207" in one.hint


@pytest.mark.parametrize("name", sorted(set(QUESTION) - {"questionText", "answerText", "id", "uin", "isWithdrawn"}))
@pytest.mark.parametrize("value", [None, [], {}, -1, True, "\ud800\0", [[{}]]])
def test_odd_values_anywhere_leave_the_texts_alone(name, value):
    one = record(**{name: value})
    assert (one.id, one.answer) == ("5001", "Forty piers were inspected.")
    assert all(isinstance(text, str) and text.isprintable() for text in one.extra.values())


def test_missing_ids():
    one = record(id=None, uin=None)
    assert (one.id, one.url) == ("row-1", "")
    assert record(id=None).id == "41207"


def test_a_file_that_breaks_off_keeps_what_is_whole():
    text = json.dumps(page(question(id=1), question(id=2), question(id=3)))
    for end in range(text.rindex('"id": 3'), text.rindex("]}") - 1, 37):
        *whole, broken = records(text[:end])
        assert [one.id for one in whole] == ["1", "2"]
        assert "broken JSON at line 1" in broken.message
        assert broken.hint


def test_a_single_question_that_breaks_off_is_no_record():
    text = json.dumps(question(attachments=[{"title": "Piers"}]))
    with pytest.raises(FormatError, match="broken JSON") as caught:
        list(read(io.BytesIO(text[:-40].encode()), format="written-questions"))
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"results": ' * 50_000, "[]", "{}", "3", '{"results": []}', '{"results": 3}', "{}\n[]"]
)
def test_what_holds_no_question(text):
    with pytest.raises(FormatError) as caught:
        list(read(io.BytesIO(text.encode()), format="written-questions"))
    assert caught.value.hint


@pytest.mark.shared
def test_a_real_page(shared):
    # Counted by hand: 12 uins in the file; of the answers three do not end in "..." (7301, 6047, 6048); two questions
    # (7300, 7471) break off in mid-word; 7567 and 7568, and 7646 and 7647, name each other.
    found = list(read(shared("samples/written_questions_api.json")))
    assert [one.extra["question_number"] for one in found] == [
        "7300", "7301", "7338", "7471", "7568", "7567", "7647", "7646", "7632", "6047", "7585", "6048",
    ]  # fmt: skip
    whole = {one.extra["question_number"] for one in found if not one.flags}
    assert whole == {"7301", "6047", "6048"}
    clipped = {one.extra["question_number"] for one in found if "truncated-question" in one.flags}
    assert clipped == {"7300", "7471"}
    assert [one.extra.get("group") for one in found[4:8]] == ["7567", "7567", "7646", "7646"]
    assert {one.date for one in found} == {"2024-01-10"}
