"""Hansard of Australia, in both ways of marking it up."""

import io

import pytest

from qa_assess.errors import FormatError
from qa_assess.exchange import Failure
from qa_assess.readers import read, sniff

HEADER = "<session.header><date>2011-03-02</date><chamber>{chamber}</chamber></session.header>"


def day(body: str, chamber: str = "REPS") -> bytes:
    header = HEADER.format(chamber=chamber)
    return f'<hansard version="2.1">{header}<chamber.xscript>{body}</chamber.xscript></hansard>'.encode()


def records(body: str, chamber: str = "REPS") -> list:
    return list(read(io.BytesIO(day(body, chamber))))


def debate(title: str, body: str, heading: str = "Ferries") -> str:
    sub = f"<subdebate.1><subdebateinfo><title>{heading}</title></subdebateinfo>{body}</subdebate.1>"
    return f"<debate><debateinfo><title>{title}</title><type>{title}</type></debateinfo>{sub}</debate>"


def start(name: str, key: str, text: str = "", role: str = "") -> str:
    talker = f'<talker><name role="metadata">{name}</name><name.id>{key}</name.id><role>{role}</role></talker>'
    return f"<talk.start>{talker}{text}</talk.start>"


def old(tag: str, name: str, key: str, text: str, more: str = "", role: str = "") -> str:
    return f"<{tag}>{start(name, key, f'<para>—{text}</para>', role)}{more}</{tag}>"


ORDER = old("interjection", "SPEAKER, The", "10000", "Order!")
QUESTION = old("question", "Alder, Ruth, MP", "R1", "My question is to the Minister for Ferries. When?", ORDER)
ANSWER = old(
    "answer",
    "Elm, Bo, MP",
    "B1",
    "In May.",
    f"<para>From Oxmere.</para>{ORDER}{old('continue', 'Elm, Bo, MP', 'B1', 'And twice a day.')}",
    "Minister for Ferries",
)


def test_paragraphs_and_elements_for_what_breaks_in():
    again = QUESTION.replace("When?", "Why?") + ANSWER.replace("In May", "For Oxmere")
    first, second = records(debate("QUESTIONS WITHOUT NOTICE", QUESTION + ANSWER + again))
    assert first.question == "My question is to the Minister for Ferries. When?"
    assert first.answer == "In May.\nFrom Oxmere.\nAnd twice a day."
    assert (first.asker, first.answerer) == ("Ruth Alder", "Bo Elm")
    assert (first.date, first.house) == ("2011-03-02", "House of Representatives")
    assert (first.department, first.heading) == ("Minister for Ferries", "Ferries")
    assert (first.id, first.extra["answer_id"], first.extra["section"]) == ("2011-03-02-1", "2011-03-02-2", "oral")
    assert second.question.endswith("Why?")
    assert second.answer.startswith("For Oxmere.")


def new(tag: str, name: str, key: str, body: str) -> str:
    names = 'xmlns:w="http://schemas.example/w"'
    empty = f"<continue>{start(name, key)}<talk.text>\n</talk.text></continue>"
    return f"<{tag}>{start(name, key)}<talk.text><body {names}>{body}</body></talk.text>{empty}</{tag}>"


def said(kind: str, name: str, text: str, behind: str = "") -> str:
    link = f'<a href="X" type="{kind}"><span class="HPS-{kind}">{name}</span></a>'
    return f'<p class="HPS-Normal"><span class="HPS-Normal">\n {link} {behind}  {text}</span></p>'


BEHIND = (
    '(<span class="HPS-Electorate">Oxmere</span>—<span class="HPS-MinisterialTitles">Minister for Ferries</span>)'
    ' (<span class="HPS-Time">14:01</span>):'
)


def test_one_body_with_links_for_who_speaks():
    asked = new(
        "question",
        "Alder, Ruth, MP",
        "R1",
        said("MemberQuestion", "Mrs ALDER", "When (and why): that is it?", '(<span class="HPS-Electorate">Bog</span>):')
        + said("MemberInterjecting", "Mr Moss:", "Shame!")
        + "<p>He has no shame.</p>"
        + said("MemberContinuation", "Mrs ALDER:", "I ask again."),
    )
    reply = new(
        "answer",
        "Elm, Bo, MP",
        "B1",
        said("MemberAnswer", "Mr ELM", "In May.", BEHIND)
        + '<p><span><span class="HPS-GeneralIInterjecting">Members interjecting</span>—</span></p>'
        + "<p>From Oxmere:</p><table><tr><td>Isle</td><td>3</td></tr></table>"
        + '<p><span class="HPS-OfficeInterjecting">The SPEAKER:</span> Order!</p>'
        + said("MemberContinuation", "Mr ELM:", "Twice a day."),
    )
    (only,) = records(debate("QUESTIONS WITHOUT NOTICE", asked + reply), "House of Reps")
    assert only.question == "When (and why): that is it?\nI ask again."
    assert only.answer == "In May.\nFrom Oxmere:\nIsle | 3\nTwice a day."
    assert (only.answerer, only.department) == ("Bo Elm", "Minister for Ferries")
    assert only.house == "House of Representatives"


def test_questions_in_writing_with_their_number():
    body = old("question", "Alder, Ruth, MP", "R1", "asked the Minister for Ferries, in writing: When?")
    title = "Ferries (Question No. 512)"
    unanswered = debate("QUESTIONS ON NOTICE", body, "Bogs (Question No. 513)")
    first, second = records(debate("QUESTIONS IN WRITING", body + ANSWER, title) + unanswered)
    assert (first.extra["section"], first.extra["question_number"], first.heading) == ("written", "512", "Ferries")
    assert first.answer.startswith("In May.")
    assert (second.extra["question_number"], second.answer, second.answerer) == ("513", "", "")


def test_points_of_order_and_plain_debates_give_no_records():
    order = old("speech", "Elm, Bo, MP", "B1", "That was no answer of mine.", role="Minister for Ferries")
    bill = old("speech", "Ash, Ann, MP", "A1", "I move the bill.") + order
    only, *others = records(debate("Questions", QUESTION + ANSWER + order) + debate("Bogs Bill 2011", bill))
    assert "no answer of mine" not in only.answer
    assert others == []


def test_the_senate_names_its_senators():
    asked = old("question", "Alder, Sen Ruth", "R1", "When?")
    (only,) = records(debate("Questions Without Notice", asked + ANSWER), "SENATE")
    assert (only.house, only.asker) == ("Senate", "Senator Ruth Alder")


def test_a_day_that_breaks_keeps_what_stood_before():
    whole = day(debate("QUESTIONS WITHOUT NOTICE", QUESTION + ANSWER) + debate("Bills", '<p style="a\n<b>'))
    first, broken = read(io.BytesIO(whole))
    assert first.answer.startswith("In May.")
    assert isinstance(broken, Failure)
    assert "broken XML" in broken.message


def test_names_headings_and_dates_may_be_missing():
    body = "<question><talk.start/></question><question><para>When?</para></question><answer><para>Now.</para></answer>"
    text = f"<hansard><session.header/><debate><debateinfo/>{body}</debate></hansard>"
    (only,) = read(io.BytesIO(text.encode()))
    assert (only.question, only.answer, only.asker, only.date, only.id) == ("When?", "Now.", "", "", "stream-2")


def test_a_day_without_speeches_and_other_hansards():
    with pytest.raises(FormatError, match="no speech"):
        list(read(io.BytesIO(day("<division/>"))))
    assert sniff(day("<division/>")) == "australia"
    with pytest.raises(FormatError, match="cannot tell the format"):
        sniff("<hansard><housecommons><title>HOUSE OF COMMONS.</title></housecommons></hansard>")


@pytest.mark.shared
def test_a_real_day(shared):
    # The sample breaks in the attribute of a paragraph before its first question: one failure, no record.
    path = shared("samples/australia_house_hansard_excerpt.xml")
    (broken,) = read(path)
    assert "line 24" in broken.message
    # Its questions by themselves, counted by hand: one with its answer, and one whose answer is cut off.
    text = path.read_text(encoding="utf-8")
    asked = text[text.index("<question>") : text.rindex("</question>") + len("</question>")]
    (only,) = records(debate("QUESTIONS WITHOUT NOTICE", asked), "House of Reps")
    assert (only.asker, only.answerer, only.department) == ("Tony Abbott", "Julia Gillard", "Prime Minister")
    assert only.question.startswith("My question is to")
    assert "interjecting" not in only.answer
    assert "GILLARD" not in only.answer
    assert len(only.answer.splitlines()) == 4  # five paragraphs, one of them a cry of the House
