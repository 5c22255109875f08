"""Parla-CLARIN and ParlaMint: sittings in TEI."""

import io

import pytest

from qa_assess.errors import FormatError
from qa_assess.exchange import Failure
from qa_assess.readers import parla_clarin, read, sniff
from qa_assess.readers.source import open_source

HEADER = """<teiHeader><fileDesc><titleStmt><meeting n="9" corresp="#parliament.HC" ana="#parla.lower"/></titleStmt>
<publicationStmt><date when="2024-01-23"/></publicationStmt>
<sourceDesc><bibl><idno type="URI">https://hansard.example/day.xml</idno><date when="2021-03-02"/></bibl></sourceDesc>
</fileDesc><profileDesc><settingDesc><setting><name type="place">Commons Chamber</name>
<date when="2021-03-02"/></setting>
</settingDesc>{people}</profileDesc></teiHeader>"""


def sitting(body: str, people: str = "") -> bytes:
    header = HEADER.format(people=people)
    return f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{header}<text><body>{body}</body></text></TEI>'.encode()


def records(body: str, people: str = "") -> list:
    return list(read(io.BytesIO(sitting(body, people))))


def turn(who: str, text: str, **attributes: str) -> str:
    more = "".join(f' {name.replace("xml_", "xml:")}="{value}"' for name, value in attributes.items())
    return f'<u who="#{who}"{more}><seg>{text}</seg></u>'


ASKED = turn("RuthMcAlder", "3. What steps he is taking on ferries to Oxmere.", xml_id="u1")
REPLY = turn("IanHarbottle", "Two ferries are on order.", xml_id="u2")
MORE = turn("RuthMcAlder", "Will he name the day?", xml_id="u3")
AGAIN = turn("IanHarbottle", "In May.", xml_id="u4")


def test_question_time_is_paired_by_the_order_of_the_turns():
    body = f'<div type="debateSection"><head>Oxmere Ferries</head>{ASKED}{REPLY}{MORE}{AGAIN}</div>'
    first, second = records(body)
    assert (first.id, first.question, first.answer) == (
        "u1",
        "What steps he is taking on ferries to Oxmere.",
        "Two ferries are on order.",
    )
    assert (first.asker, first.answerer) == ("Ruth McAlder", "Ian Harbottle")
    assert (first.date, first.house, first.heading) == ("2021-03-02", "Commons", "Oxmere Ferries")
    assert first.url == "https://hansard.example/day.xml"
    assert (first.extra["turn"], second.extra["turn"]) == ("tabled", "supplementary")
    assert (second.question, second.answer) == ("Will he name the day?", "In May.")


def test_the_chair_and_what_is_no_speech_are_left_out():
    chair = turn("AnnMoss", "Order. I call Ruth McAlder.", ana="#chair")
    notes = '<note type="time">11:31</note><incident><desc>Laughter</desc></incident><note type="vote">Ayes 3</note>'
    inner = '<u who="#IanHarbottle"><seg>Two <note type="incident">Laughter</note> more <gap/>ferries.</seg></u>'
    (only,) = records(f"<div><head>Ferries</head>{chair}{ASKED}{chair}{notes}{inner}</div>")
    assert only.answer == "Two more ferries."
    assert only.answerer == "Ian Harbottle"


def test_a_note_may_give_the_name_and_the_office_as_printed():
    asked = f'<note type="speaker">Mrs Alder (Oxmere):</note>{turn("pers_17", "When will they sail?")}'
    reply = '<u who="#pers_9"><note type="speaker">The Minister for Ferries (Mr Bo Elm):</note><seg>In May.</seg></u>'
    speaker = f'<note type="speaker">Mr Speaker:</note>{turn("pers_1", "Order.")}'
    (only,) = records(f'<div type="oralQuestions"><head>Ferries</head>{asked}{speaker}{reply}</div>')
    assert (only.question, only.answer) == ("When will they sail?", "In May.")
    assert (only.asker, only.answerer) == ("Mrs Alder", "Mr Bo Elm")


def test_people_and_their_offices_may_stand_in_the_header():
    people = """<particDesc><listPerson>
    <person xml:id="m9"><persName><surname>Elm</surname><forename>Bo</forename></persName>
      <affiliation role="minister" from="2015-01-01" to="2019-01-01"><roleName>Minister of Bogs</roleName>
      </affiliation>
      <affiliation role="minister" from="2019-01-02"><roleName>Minister for Ferries</roleName></affiliation></person>
    <person xml:id="m17"><persName>Ann Ash</persName></person></listPerson></particDesc>"""
    source = open_source(io.BytesIO(sitting(f"<div>{turn('m17', 'Why?')}{turn('m9', 'No.')}</div>", people)))
    (section,) = parla_clarin.sections(source)
    assert [(one.speaker, one.office) for one in section.turns] == [("Ann Ash", ""), ("Bo Elm", "Minister for Ferries")]


def test_divisions_within_divisions():
    plain = f"<div>{turn('AnnAsh', 'I beg to move.')}{turn('BoElm', 'I do not agree.')}</div>"
    inner = f"<div><head>Oxmere Ferries</head>{ASKED}{REPLY}</div>"
    body = f"<div><head>Oral Answers to Questions</head><div><head>Ferries Office</head>{inner}</div></div>{plain}"
    (only,) = records(body)
    assert (only.department, only.heading, only.extra["section"]) == ("Ferries Office", "Oxmere Ferries", "oral")


def test_questions_answered_together_are_one_group():
    other = turn("AnnAsh", "4. When he expects a ferry to call at Netherwick.", xml_id="u9")
    grouped = records(f"<div><head>Ferries</head>{ASKED}{other}{REPLY}</div>")
    assert [(one.id, one.answer, one.extra["group"]) for one in grouped] == [
        ("u1", "Two ferries are on order.", "u1"),
        ("u9", "Two ferries are on order.", "u1"),
    ]


def test_the_tokens_of_an_annotated_sitting_are_put_together():
    words = '<w join="right">Don\'t<w norm="do"/><w norm="not"/></w><pc>,</pc>'
    words += '<name><w>Bo</w> <w join="right">Elm</w></name>'
    source = open_source(
        io.BytesIO(sitting(f'<div><u who="#A"><seg><s>{words}<pc>.</pc><linkGrp><link/></linkGrp></s></seg></u></div>'))
    )
    assert next(parla_clarin.sections(source)).turns[0].text == "Don't, Bo Elm."


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("JRSmithWestport", "JR Smith Westport"),
        ("Elm.Bo", "Elm Bo"),
        ("AngusMacNeal", "Angus MacNeal"),
        ("AnnAsh-Moss", "Ann Ash-Moss"),
        ("ElmBo.1961", "Elm Bo"),
        ("pers_17", "pers_17"),
        ("", ""),
    ],
)
def test_names_of_ids(who, name):
    assert parla_clarin.name_of(who) == name


def test_a_sitting_that_breaks_keeps_what_stood_before():
    whole = sitting(f"<div><head>Ferries</head>{ASKED}{REPLY}{MORE}</div>")
    first, broken = read(io.BytesIO(whole[: whole.index(b"Will he name")]))
    assert first.answer == "Two ferries are on order."
    assert isinstance(broken, Failure)
    assert "broken XML" in broken.message


def test_ids_and_dates_may_be_missing():
    body = "<u who='#AnnAsh'><seg>What steps he is taking.</seg></u><u who='#BoElm'><seg>None.</seg></u><u/>"
    (only,) = read(io.BytesIO(f"<TEI><text><body>{body}</body></text></TEI>".encode()))
    assert (only.id, only.date, only.house, only.answer) == ("stream-1", "", "", "None.")


def test_what_is_no_sitting_says_so():
    for text in ("<TEI><text><body><p>A poem.</p></body></text></TEI>", "<teiCorpus><teiHeader/></teiCorpus>"):
        assert sniff(text) == "parla-clarin"
        with pytest.raises(FormatError, match="without any speech") as caught:
            list(read(io.BytesIO(text.encode())))
        assert "sittings themselves" in caught.value.hint


def test_deep_nesting_ends_in_a_failure():
    first, broken = read(io.BytesIO(sitting(f"<div>{ASKED}{REPLY}</div>" + "<div>" * 5000)))
    assert first.answer
    assert "nested deeper" in broken.message


@pytest.mark.shared
def test_a_real_sitting(shared):
    # Counted by hand: the first division holds one tabled question and its answer; the second, cut out of an
    # adjournment debate, no question of Question Time.
    (only,) = read(shared("samples/parlamint_gb_tei_2017-09-07.xml"))
    assert only.id == "ParlaMint-GB_2017-09-07-commons.u1"
    assert (only.asker, only.answerer) == ("Stephen Kinnock", "David Davis")
    assert (only.date, only.house) == ("2017-09-07", "Commons")
    assert only.extra["answer_id"].endswith(".u2")
