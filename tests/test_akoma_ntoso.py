"""Akoma Ntoso debates and written answers."""

import io

import pytest

from qa_assess.errors import FormatError
from qa_assess.exchange import Failure
from qa_assess.readers import akoma_ntoso, read, sniff
from qa_assess.readers.source import open_source
from qa_assess.readers.turns import Role, is_chair

META = """<meta><identification><FRBRWork><FRBRuri value="/akn/ie/debateRecord/dail/2021-03-02/debate"/>
<FRBRdate date="2021-03-02"/><FRBRauthor href="/ie/oireachtas/house/dail/40"/></FRBRWork>
<FRBRManifestation><FRBRdate date="2021-05-05"/></FRBRManifestation></identification><references>
<TLCPerson eId="RuthAlder" showAs="Ruth Alder"/><TLCPerson eId="AnnAsh" showAs="Ann Ash"/>
<TLCPerson eId="BoElm" showAs="Bo Elm"/><TLCPerson eId="JoMoss" showAs="Jo Moss"/>
<TLCRole eId="Ferries" showAs="Minister for Ferries"/><TLCRole eId="Chair" showAs="Chair"/></references></meta>"""


def debate(body: str, meta: str = META) -> bytes:
    namespace = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
    text = f'<akomaNtoso xmlns="{namespace}"><debate>{meta}<debateBody>{body}</debateBody></debate></akomaNtoso>'
    return text.encode()


def records(body: str, meta: str = META) -> list:
    return list(read(io.BytesIO(debate(body, meta))))


def section(name: str, heading: str, body: str) -> str:
    return (
        f'<debateSection name="{name}" eId="dbsect_7"><heading>{heading}<recordedTime/></heading>{body}</debateSection>'
    )


def asked(eid: str, by: str, text: str) -> str:
    return f'<question by="#{by}" to="#Ferries" eId="{eid}"><p>{text}</p></question>'


def speech(eid: str, by: str, text: str, printed: str = "", office: str = "", tag: str = "speech") -> str:
    office = f' as="#{office}"' if office else ""
    return f'<{tag} by="#{by}"{office} eId="{eid}"><from>{printed}</from><p>{text}</p></{tag}>'


FIRST = asked("pq_4", "RuthAlder", "<b>4.</b> Deputy Ruth Alder asked the Minister for Ferries the cost. [123/21]")
SECOND = asked("pq_5", "AnnAsh", "<b>5.</b> Deputy Ann Ash asked the Minister for Ferries if he will report. [124/21]")
REPLY = speech("spk_2", "BoElm", "I take Questions Nos. 4 and 5 together. It was €3.", "Deputy Bo Elm", "Ferries")


def test_oral_questions_with_the_speeches_that_follow():
    chair = speech("spk_1", "JoMoss", "Deputies, please.", "An Ceann Comhairle")
    more = speech("spk_3", "AnnAsh", "What of the isles?", "Deputy Ann Ash")
    again = speech("spk_4", "BoElm", "I will look at the isles.", "Deputy Bo Elm", "Ferries")
    found = records(section("question", "Ferry Costs", FIRST + SECOND + chair + REPLY + more + chair + again))
    assert [(one.id, one.asker, one.extra["answer_id"], one.extra["turn"]) for one in found] == [
        ("pq_4", "Ruth Alder", "spk_2", "tabled"),
        ("pq_5", "Ann Ash", "spk_2", "tabled"),
        ("spk_3", "Ann Ash", "spk_4", "supplementary"),
    ]
    first = found[0]
    assert first.question == "Deputy Ruth Alder asked the Minister for Ferries the cost."
    assert (first.extra["question_number"], first.extra["group"]) == ("123/21", "pq_4")
    assert (first.date, first.house, first.department) == ("2021-03-02", "Dáil", "Minister for Ferries")
    assert (first.heading, first.answerer) == ("Ferry Costs", "Bo Elm")
    assert first.url == "https://www.oireachtas.ie/en/debates/question/2021-03-02/4/"
    assert found[2].url == "https://www.oireachtas.ie/en/debates/debate/dail/2021-03-02/7/#spk_3"
    assert found[2].answer == "I will look at the isles."


def test_an_answer_without_an_office_is_the_first_that_follows():
    own = speech("spk_1", "RuthAlder", "I thank the office.", "Deputy Ruth Alder")
    reply = speech("spk_2", "BoElm", "It was €3.", "The Taoiseach")
    (only,) = records(section("question", "Ferry Costs", FIRST + own + reply))
    assert only.question.endswith("the cost.\nI thank the office.")
    assert (only.answer, only.answerer) == ("It was €3.", "Bo Elm")


def test_written_answers_with_tables_and_without_a_reply():
    table = "<table><tr><td><p>Isle</p></td><td><p>3</p></td></tr></table>"
    answered = section("writtenAnswer", "Ferry Costs", FIRST + SECOND + REPLY + "<p>As follows.</p>" + table)
    none_yet = section("writtenAnswer", "Bogs", asked("pq_6", "AnnAsh", "6. Deputy Ann Ash asked about bogs."))
    missing = section(
        "writtenAnswer", "Moors", asked("pq_7", "AnnAsh", "7. About moors.") + "<p>Reply not received.</p>"
    )
    found = records(section("writtenAnswers", "Written Answers", answered + none_yet + missing))
    assert [(one.id, one.extra.get("group", ""), one.heading) for one in found] == [
        ("pq_4", "pq_4", "Ferry Costs"),
        ("pq_5", "pq_4", "Ferry Costs"),
        ("pq_6", "", "Bogs"),
        ("pq_7", "", "Moors"),
    ]
    assert found[0].answer == "I take Questions Nos. 4 and 5 together. It was €3.\nAs follows.\nIsle | 3"
    assert [one.answer for one in found[2:]] == ["", "Reply not received."]
    assert {one.extra["section"] for one in found} == {"written"}


def test_written_questions_one_after_the_other_in_one_section():
    third = speech("spk_3", "BoElm", "Soon.", "Deputy Bo Elm", "Ferries")
    first, second = records(section("writtenAnswers", "Answers", FIRST + REPLY + SECOND + third))
    assert (first.answer[:6], second.answer) == ("I take", "Soon.")
    assert "group" not in first.extra


def test_answers_that_are_marked_as_such():
    one = speech("q1", "AnnAsh", "Will the ferry sail?", "MS. ASH", tag="question")
    two = speech("a1", "BoElm", "It will.", "HON. BO ELM", tag="answer")
    three = speech("q2", "AnnAsh", "On a Monday?", "MS. ASH", tag="question")
    meta = META.replace("/akn/ie/debateRecord/dail/2021-03-02/debate", "https://hansard.example/7")
    first, second = records(f"<questions><heading>Ferries</heading>{one}{two}{three}{two}</questions>", meta)
    assert (first.question, first.answer, first.answerer) == ("Will the ferry sail?", "It will.", "Bo Elm")
    assert (second.question, second.answer) == ("On a Monday?", "It will.")
    assert first.url == "https://hansard.example/7"


def test_a_plain_debate_gives_no_records():
    motion = speech("s1", "AnnAsh", "I move the Bill.", "Deputy Ann Ash")
    assert (
        records(section("debate", "Bogs Bill", motion + speech("s2", "JoMoss", "I oppose it.", "Deputy Jo Moss"))) == []
    )


def test_a_debate_that_breaks_keeps_what_stood_before():
    whole = debate(section("question", "Ferry Costs", FIRST + REPLY) + section("question", "Bogs", SECOND))
    first, broken = read(io.BytesIO(whole[: whole.index(b"Deputy Ann Ash")]))
    assert first.id == "pq_4"
    assert isinstance(broken, Failure)
    assert broken.hint


def test_references_ids_and_numbers_may_be_missing():
    body = "<debateSection><question><p>To ask about ferries.</p></question><answer><p>No.</p></answer></debateSection>"
    (only,) = records(body, meta="")
    assert (only.id, only.answer, only.asker, only.date, only.url) == ("stream-1", "No.", "", "", "")


def test_what_is_no_debate_says_so():
    text = "<akomaNtoso><act><body><p>Section 1.</p></body></act></akomaNtoso>"
    assert sniff(text) == "akoma-ntoso"
    with pytest.raises(FormatError, match="without any speech"):
        list(read(io.BytesIO(text.encode())))


def test_the_chair_in_irish():
    chairs = (
        "An Cathaoirleach",
        "An Leas-Chathaoirleach",
        "An Leas-Cheann Comhairle",
        "Acting Chairman (Deputy Jo Moss)",
    )
    assert all(is_chair(printed) for printed in chairs)


@pytest.mark.shared
def test_a_real_committee(shared):
    # Counted by hand: 25 speeches, 24 of them under one heading. A committee's debate on an estimate, in which 4 of
    # the 10 turns of members ask something: no questions to a minister, so no records.
    path = shared("samples/oireachtas_akoma_ntoso_2014-12-09.xml")
    assert list(read(path)) == []
    debated, message = akoma_ntoso.sections(open_source(path))
    assert (len(debated.turns), len(message.turns)) == (24, 1)
    assert (debated.date, debated.house) == ("2014-12-09", "Select Committee on Agriculture, Food and the Marine")
    assert sum(turn.role is Role.PROCEDURE for turn in debated.turns) == 5
    ministers = {turn.speaker for turn in debated.turns if turn.office}
    assert ministers == {"Minister for Agriculture, Food and the Marine (Simon Coveney)", "Simon Coveney"}
