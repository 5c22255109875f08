"""Written questions of data.parliament.uk: lists and daily reports."""

import io
from html import escape

import pytest

from qa_assess.errors import FormatError
from qa_assess.exchange import Failure
from qa_assess.readers import read, sniff

NAMESPACE = 'xmlns="http://data.parliament.uk/QnA/2013/02"'


def question(
    uin: str = "90001", more: str = "", text: str = "To ask the Minister for Ferries, when they will sail."
) -> str:
    return f"""<Question {NAMESPACE}><Uin>{uin}</Uin><UpdatedDate>2021-03-09T11:30:55Z</UpdatedDate>
    <AnsweringBody><AnsweringBodyId>5</AnsweringBodyId>
    <AnsweringBodyName>Ferries Office</AnsweringBodyName></AnsweringBody>
    <House><HouseId>1</HouseId><HouseName>House of Commons</HouseName></House>
    <TablingMember><MemberId>7</MemberId><MemberName>Ruth Alder</MemberName></TablingMember>
    <TabledDate>2021-03-02</TabledDate><Text>{text}</Text><QuestionStatus>Tabled</QuestionStatus>{more}</Question>"""


def records(*questions: str) -> list:
    return list(read(io.BytesIO(f"<Questions {NAMESPACE}>{''.join(questions)}</Questions>".encode())))


VERSION = """<AnswerId>31</AnswerId><Minister><MemberId>9</MemberId><MemberName>Bo Elm</MemberName></Minister>
<IsHoldingAnswer>{holding}</IsHoldingAnswer><Text>{text}</Text><IsMinisterialCorrection>{correction}</IsMinisterialCorrection>"""


def report(text: str, holding: str = "false", correction: str = "false") -> bytes:
    version = VERSION.format(text=text, holding=holding, correction=correction)
    earlier = VERSION.format(text="An earlier answer.", holding="true", correction="false")
    return f"""<?xml version="1.0"?><DailyReport xmlns="http://data.parliament.uk/QnA/private/2013/02"><ReportQuestions>
    <ReportQuestion><Heading>Ferries</Heading><Answer><Uin>90001</Uin><DateAnswered>2021-03-08</DateAnswered>
    <PreviousVersions><Version>{earlier}</Version></PreviousVersions><CurrentVersion>{version}</CurrentVersion></Answer>
    {question()}</ReportQuestion></ReportQuestions><WrittenStatements><WrittenStatement><Text>No answer.</Text>
    </WrittenStatement></WrittenStatements></DailyReport>""".encode()


def test_a_question_without_an_answer_has_an_empty_one():
    (only,) = records(question())
    assert (only.id, only.question, only.answer) == (
        "90001",
        "To ask the Minister for Ferries, when they will sail.",
        "",
    )
    assert (only.asker, only.answerer, only.department) == ("Ruth Alder", "", "Ferries Office")
    assert (only.date, only.house, only.source) == ("2021-03-02", "Commons", "stream:1")
    assert only.url == "https://questions-statements.parliament.uk/written-questions/detail/2021-03-02/90001"
    assert (only.extra["section"], only.extra["question_number"]) == ("written", "90001")
    assert "holding_answer" not in only.extra


@pytest.mark.parametrize(
    "answer",
    [
        "<AnswerText>In May.</AnswerText><AnsweringMember><MemberName>Bo Elm</MemberName></AnsweringMember>",
        "<Answer><Minister><MemberName>Bo Elm</MemberName></Minister><Text>In May.</Text></Answer>",
        "<Answers><Answer><AnswerText>&lt;p&gt;In May.&lt;/p&gt;</AnswerText><Minister>Bo Elm</Minister></Answer>"
        "</Answers>",
    ],
)
def test_where_a_list_may_hold_its_answers(answer):
    (only,) = records(question(more=answer))
    assert (only.question[:6], only.answer, only.answerer) == ("To ask", "In May.", "Bo Elm")


def test_a_daily_report_gives_the_current_answer():
    html = "<p>Two.</p><table><tr><td>Isle</td><td>3</td></tr></table>"
    (only,) = read(io.BytesIO(report(escape(html))))
    assert only.answer == "Two.\nIsle | 3"
    assert (only.asker, only.answerer, only.heading, only.date) == ("Ruth Alder", "Bo Elm", "Ferries", "2021-03-08")
    assert only.extra["answer_id"] == "31"
    assert not {"holding_answer", "correction", "withdrawn"} & set(only.extra)


def test_holding_answers_corrections_and_what_was_withdrawn_or_transferred():
    (held,) = read(io.BytesIO(report("I will reply.", holding="true")))
    (corrected,) = read(io.BytesIO(report("It was three.", correction="true")))
    gone, moved = records(*(question().replace("Tabled</Q", f"{status}</Q") for status in ("Withdrawn", "Transferred")))
    assert (held.extra["holding_answer"], held.answer) == ("yes", "I will reply.")
    assert corrected.extra["correction"] == "yes"
    assert (gone.extra["withdrawn"], moved.extra["transferred"]) == ("yes", "yes")


def test_a_text_that_was_clipped_is_flagged():
    (only,) = records(question(text="To ask " + "x" * 245 + "..."))
    assert only.flags == ("truncated-question",)


def test_a_question_without_words_fails_alone():
    bare = f"<Question {NAMESPACE}/>"
    empty, nothing, good = records(question("90002", text=""), bare, question("90003"))
    assert isinstance(empty, Failure)
    assert (empty.id, nothing.id, good.id) == ("90002", "row-2", "90003")
    assert "stream:1" in empty.message
    assert empty.hint


def test_one_question_by_itself():
    (only,) = read(io.BytesIO(question().encode()))
    assert only.id == "90001"


def test_a_list_that_breaks_keeps_what_stood_before():
    first, broken = records(question("90001"), question("90002")[:-40])
    assert first.id == "90001"
    assert "broken XML" in broken.message


def test_a_list_without_questions_says_so():
    with pytest.raises(FormatError, match="no question"):
        records()


def test_it_is_known_by_its_names_not_by_its_root_alone():
    assert sniff(question()) == "data-parliament"
    assert sniff("<Questions><Question><Uin>1</Uin></Question></Questions>") == "data-parliament"
    with pytest.raises(FormatError, match="cannot tell the format"):
        sniff("<Questions><Riddle>What walks on four legs?</Riddle></Questions>")


def test_deep_nesting_ends_in_a_failure():
    first, broken = records(question(), "<Question>" + "<b>" * 5000)
    assert first.id == "90001"
    assert "nested deeper" in broken.message


@pytest.mark.shared
def test_a_real_list(shared):
    # Counted by hand: six questions, none with its answer.
    found = list(read(shared("samples/data_parliament_QnA_2013-02.xml")))
    assert [one.id for one in found] == ["174151", "174152", "168888", "173380", "173400", "174531"]
    assert {one.answer for one in found} == {""}
    assert {one.department for one in found} == {"Ministry of Justice"}
    assert (found[0].asker, found[0].date, found[0].url) == ("Mr Jim Cunningham", "2013-11-01", "")
