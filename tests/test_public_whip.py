"""TheyWorkForYou's XML: look-alikes old and new, and the real samples with hand-counted pairs."""

import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.errors import FormatError, QaAssessError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import public_whip, read, sniff

OLD = """<?xml version="1.0" encoding="ISO-8859-1"?>

<!DOCTYPE publicwhip
[
<!ENTITY mdash   "&#8212;">
<!ENTITY pound  "&#163;" > <!-- don't forget "the pound" -->
]>
<publicwhip scraperversion="c" latest="yes">
<oral-heading id="uk.org.publicwhip/debate/2003-05-14a.267.3" nospeaker="true">ORAL ANSWERS TO QUESTIONS</oral-heading>
<major-heading id="uk.org.publicwhip/debate/2003-05-14a.267.4" nospeaker="true">FERRIES</major-heading>
<speech id="uk.org.publicwhip/debate/2003-05-14a.267.5" nospeaker="true"><p>The Minister was asked&mdash;</p></speech>
<minor-heading id="uk.org.publicwhip/debate/2003-05-14a.267.6" nospeaker="true">Late <i>Ferries</i></minor-heading>
<speech id="uk.org.publicwhip/debate/2003-05-14a.267.7" speakerid="uk.org.publicwhip/member/1" speakername="Ann Ash"
 oral-qnum="1"><p pid="1" qnum="295973">What she will spend on ferries; and if she will make a statement.</p></speech>
<speech id="uk.org.publicwhip/debate/2003-05-14a.267.8" speakerid="uk.org.publicwhip/member/2"
 speakername="Olive T\xe9rn" speakeroffice="The Minister for Ferries">
<p>&pound;9 million&mdash;more than ever.</p></speech>
<speech id="uk.org.publicwhip/debate/2003-05-14a.268.0" speakerid="uk.org.publicwhip/member/1" speakername="Ann Ash"><p>
 <mpname>Mr. Rook</mpname> of <phrase class="honfriend" id="x" name="y">my hon. Friend</phrase>'s town
 waits. Why?</p></speech>
<speech id="uk.org.publicwhip/debate/2003-05-14a.268.1" speakerid="unknown" error="No match" speakername="Hon. Members">
<p>Answer!</p></speech>
<speech id="uk.org.publicwhip/debate/2003-05-14a.268.2" speakerid="unknown" speakername="Mr. Speaker">
<p>Order.</p></speech>
<speech id="uk.org.publicwhip/debate/2003-05-14a.268.3" speakerid="uk.org.publicwhip/member/2"
 speakername="Olive T\xe9rn">
<p>Rain.</p><p>Much rain.</p></speech>
<major-heading id="uk.org.publicwhip/debate/2003-05-14a.270.0" nospeaker="true">Ferries Bill</major-heading>
<speech id="uk.org.publicwhip/debate/2003-05-14a.270.1" speakerid="uk.org.publicwhip/member/3" speakername="Bo Birch">
<p>I beg to move. Is it not time? LONG</p></speech>
<speech id="uk.org.publicwhip/debate/2003-05-14a.270.2" speakerid="uk.org.publicwhip/member/2"
 speakername="Olive T\xe9rn"
 speakeroffice="The Minister for Ferries"><p>It is not.</p></speech>
<division id="uk.org.publicwhip/debate/2003-05-14a.271.0" nospeaker="true"><mplist vote="aye"/></division>
</publicwhip>
""".replace("LONG", "It is time. " * 200)

NEW = """<?xml version="1.0" encoding="utf-8"?>
<publicwhip>
  <oral-heading id="uk.org.publicwhip/debate/2021-05-14b.1.1" nospeaker="true">Oral Answers to Questions</oral-heading>
  <major-heading id="uk.org.publicwhip/debate/2021-05-14b.1.2" nospeaker="true">Ferries</major-heading>
  <minor-heading id="uk.org.publicwhip/debate/2021-05-14b.1.3" nospeaker="true">Late Ferries</minor-heading>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.4" speakername="Ann Ash" type="Start Question"
   person_id="uk.org.publicwhip/person/1"><p qnum="910247">What steps he is taking on “late” ferries.</p></speech>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.5" speakername="Bo Birch" type="Start Question"
   person_id="uk.org.publicwhip/person/2"><p qnum="910256">What steps he is taking on late ferries.</p></speech>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.6" speakername="Ian Harbottle" type="Start Answer"
   person_id="uk.org.publicwhip/person/3"><p>Many, and—</p></speech>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.7" speakername="Lindsay Marsh"
   person_id="uk.org.publicwhip/person/9"><p>I want to hear him.</p></speech>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.8" speakername="Ian Harbottle" type="Continuation Answer"
   person_id="uk.org.publicwhip/person/3"><p>more.</p></speech>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.9" speakername="Lindsay Marsh"
   person_id="uk.org.publicwhip/person/9"><p>Cy Cedar may ask twice.</p></speech>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.10" speakername="Cy Cedar" type="Start SupplementaryQuestion"
   person_id="uk.org.publicwhip/person/4"><p>The isles wait—</p><p>[Official Report.]</p><p>Why?</p></speech>
  <speech id="uk.org.publicwhip/debate/2021-05-14b.1.11" speakername="Ian Harbottle" type="Start Answer"
   person_id="uk.org.publicwhip/person/3"><p>Rain.</p></speech>
</publicwhip>
"""

WRITTEN = """<?xml version="1.0" encoding="ISO-8859-1"?>
<publicwhip>
<major-heading id="uk.org.publicwhip/wrans/2009-10-28c.1.mh" nospeaker="true">FERRIES</major-heading>
<minor-heading id="uk.org.publicwhip/wrans/2009-10-28c.1001.h" nospeaker="true">Ferries: Isles</minor-heading>
<ques id="uk.org.publicwhip/wrans/2009-10-28c.1001.q0" speakerid="uk.org.publicwhip/member/1" speakername="Ann Ash">
<p qnum="1001">To ask the Minister how many ferries there are.</p></ques>
<ques id="uk.org.publicwhip/wrans/2009-10-28c.1001.q1" speakerid="uk.org.publicwhip/member/1" nospeaker="true">
<p qnum="1002">(2) how many float.</p></ques>
<reply id="uk.org.publicwhip/wrans/2009-10-28c.1001.r0" speakerid="uk.org.publicwhip/member/2"
 speakername="Ian Harbottle">
<p class="holdinganswer">h<i> olding answer</i> <phrase class="date" code="2009-10-12">12 October 2009</phrase></p>
<p>As follows:</p>
<table><tbody><tr><td colspan="2">Ferries</td></tr><tr> <td><i>Year</i></td> <td>Number</td> </tr>
<tr><td>2008<br/>2009</td><td></td></tr></tbody></table>
<p>I have placed a copy in the Library.</p></reply>
<ques id="uk.org.publicwhip/wrans/2009-10-28c.1003.q0" speakerid="uk.org.publicwhip/member/1" speakername="Ann Ash">
<p qnum="HL1003">To ask why.</p></ques>
<reply id="uk.org.publicwhip/wrans/2009-10-28c.1003.r0" speakerid="uk.org.publicwhip/member/2" speakername="Lord Rook">
<p>Rain.</p></reply>
<minor-heading id="uk.org.publicwhip/wrans/2009-10-28c.1004.h" nospeaker="true">Ferries: Paint</minor-heading>
<ques id="uk.org.publicwhip/wrans/2009-10-28c.1004.q0" speakerid="uk.org.publicwhip/member/4" speakername="Bo Birch">
<p qnum="1004">To ask what colour.</p></ques>
<minor-heading id="uk.org.publicwhip/wrans/2009-10-28c.1005.h" nospeaker="true">Ferries: Rust</minor-heading>
<reply id="uk.org.publicwhip/wrans/2009-10-28c.1005.r0" speakerid="uk.org.publicwhip/member/2"
 speakername="Ian Harbottle">
<p>None.</p></reply>
</publicwhip>
"""


def records(text, encoding="utf-8", **options):
    return list(read(io.BytesIO(text.encode(encoding)), **options))


def test_recognised_by_the_root_element():
    assert sniff(OLD.encode("latin-1")) == sniff(NEW) == sniff(WRITTEN.encode()) == "publicwhip"
    assert public_whip.sniff("<publicwhips>") == public_whip.sniff("publicwhip,a,b") == 0


def test_old_debates():
    first, second = records(OLD, "latin-1")
    assert first == Exchange(
        id="debate/2003-05-14a.267.7",
        question="What she will spend on ferries; and if she will make a statement.",
        answer="£9 million—more than ever.",
        date="2003-05-14",
        asker="Ann Ash",
        answerer="Olive Térn",
        department="FERRIES",
        heading="Late Ferries",
        house="Commons",
        source="stream",
        url="https://www.theyworkforyou.com/debates/?id=2003-05-14a.267.7",
        extra={
            "section": "oral",
            "turn": "tabled",
            "question_number": "295973",
            "answer_id": "debate/2003-05-14a.267.8",
        },
    )
    assert second.question == "Mr. Rook of my hon. Friend's town waits. Why?"
    assert second.answer == "Rain.\nMuch rain."


def test_new_debates():
    one, two, three = records(NEW)
    assert [e.answer for e in (one, two, three)] == ["Many, and—\nmore.", "Many, and—\nmore.", "Rain."]
    assert one.extra["group"] == two.extra["group"] == "debate/2021-05-14b.1.4"
    assert [e.asker for e in (one, two, three)] == ["Ann Ash", "Bo Birch", "Cy Cedar"]
    assert three.question == "The isles wait—\n[Official Report.]\nWhy?"
    assert "group" not in three.extra


def test_written_answers():
    one, two, three, four, alone = records(WRITTEN)
    assert one.extra["holding_answer"] == two.extra["holding_answer"] == "12 October 2009"
    assert one.extra["group"] == two.extra["group"]
    assert [e.extra["question_number"] for e in (one, two, three, four)] == ["1001", "1002", "HL1003", "1004"]
    assert two.question == "(2) how many float."
    assert one.answer == ("As follows:\nFerries\nYear | Number\n2008 2009 |\nI have placed a copy in the Library.")
    assert (three.house, one.house, three.answer, three.answerer) == ("Lords", "Commons", "Rain.", "Lord Rook")
    assert (four.answer, four.heading, four.url) == (
        "",
        "Ferries: Paint",
        "https://www.theyworkforyou.com/wrans/?id=2009-10-28c.1004.q0",
    )
    assert isinstance(alone, Failure)
    assert (alone.id, alone.stage) == ("wrans/2009-10-28c.1005.r0", "read")
    assert "answer that stands alone" in alone.message
    assert alone.hint


def test_what_follows_question_time_is_no_question_time():
    text = OLD.replace("I beg to move. Is it not time? " + "It is time. " * 200, "Is it not time?")
    # As short as a question, and answered by a minister: taken for one.
    assert len(records(text, "latin-1")) == 3
    assert len(records(OLD, "latin-1")) == 2


def test_lords_question_headings():
    text = """<publicwhip>
    <major-heading id="uk.org.publicwhip/lords/2009-10-27a.1.0">Ferries: Isles &mdash; Question</major-heading>
    <speech id="uk.org.publicwhip/lords/2009-10-27a.1.1" speakername="Lord Ash"><p>To ask why.</p></speech>
    <speech id="uk.org.publicwhip/lords/2009-10-27a.1.2" speakername="Lord Rook"><p>My Lords, rain.</p></speech>
    <major-heading id="uk.org.publicwhip/lords/2009-10-27a.2.0">Ferries Bill &mdash; Committee</major-heading>
    <speech id="uk.org.publicwhip/lords/2009-10-27a.2.1" speakername="Lord Ash"><p>Clause 2 is wet?</p></speech>
    <speech id="uk.org.publicwhip/lords/2009-10-27a.2.2" speakername="Lord Rook"><p>My Lords, no.</p></speech>
    </publicwhip>"""
    (only,) = records(text)
    assert (only.heading, only.house, only.department) == ("Ferries: Isles", "Lords", "")


def test_turns_without_ids_get_their_own():
    text = """<publicwhip><oral-heading>Oral Answers</oral-heading>
    <minor-heading>A</minor-heading><speech speakername="Ann Ash"><p>What he will do.</p></speech>
    <speech speakername="Bo Birch" speakeroffice="Minister"><p>Much.</p></speech>
    <minor-heading>B</minor-heading><speech speakername="Ann Ash"><p>When he will do it.</p></speech>
    <speech speakername="Bo Birch" speakeroffice="Minister"><p>Soon.</p></speech></publicwhip>"""
    found = records(text.replace("Oral Answers", "Oral Answers to Questions"))
    assert [e.id for e in found] == ["stream-1", "stream-3"]
    assert [(e.date, e.house, e.url) for e in found] == [("", "", "")] * 2


def test_an_unknown_speaker_is_nobody_in_particular():
    found = records(OLD.replace('"uk.org.publicwhip/member/1"', '"unknown"').replace("member/2", "x"), "latin-1")
    assert len(found) == 2
    text = OLD.replace('"uk.org.publicwhip/member/1"', '"unknown"').replace('"uk.org.publicwhip/member/2"', '"unknown"')
    assert [(e.asker, e.answerer) for e in records(text, "latin-1")] == [("Ann Ash", "Olive Térn")] * 2


def test_a_file_without_headings_is_read_in_parts():
    pair = '<ques id="{0}q"><p>To ask {0}.</p></ques><reply id="{0}r" speakername="Bo"><p>No.</p></reply>'
    found = records("<publicwhip>" + "".join(pair.format(n) for n in range(50)) + "</publicwhip>")
    assert [(e.id, e.answer) for e in found] == [(f"{n}q", "No.") for n in range(50)]
    speeches = '<speech speakername="Ann"><p>Why?</p></speech>' * (public_whip._MOST_TURNS + 1)
    assert records(f"<publicwhip>{speeches}</publicwhip>") == []


def test_a_file_cut_short_gives_what_came_before_and_a_failure():
    text = NEW[: NEW.index("<p>Rain.")]
    *found, failure = records(text)
    assert [e.id for e in found] == ["debate/2021-05-14b.1.4", "debate/2021-05-14b.1.5"]
    assert isinstance(failure, Failure)
    assert "broken XML" in failure.message
    assert "complete" in failure.hint
    assert records(WRITTEN[: WRITTEN.index("<p>Rain")])[-1].stage == "read"


def test_cut_before_the_first_element_is_an_error():
    with pytest.raises(FormatError, match="broken XML") as caught:
        records(NEW[:100])
    assert caught.value.hint
    with pytest.raises(FormatError, match="no root element"):
        records("Ferries and nothing else", format="publicwhip")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<speech/>",
        "<ques/><reply/>",
        "<minor-heading/><major-heading/><oral-heading/>",
        '<speech id="" speakername="" type="Start Question"/>',
        '<ques id="uk.org.publicwhip/wrans/9999-99-99z.1.q0"/>',
        "<speech speakername='Ann'>loose text</speech><speech speakername='Bo'/>",
        "<speech><speech><speech speakername='Ann'><p>Why?</p></speech></speech></speech>",
    ],
)
def test_odd_documents_give_no_trouble(body):
    assert all(isinstance(one, (Exchange, Failure)) for one in records(f"<publicwhip>{body}</publicwhip>"))


@given(
    st.sampled_from([OLD, NEW, WRITTEN]),
    st.lists(
        st.tuples(
            st.integers(0, 6000), st.integers(0, 60), st.sampled_from(["", "<", "&", "]]>", '"', "\0", "&x;", "é"])
        ),
        max_size=5,
    ),
    st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_whatever_is_broken_no_traceback(text, cuts, encoding):
    for start, length, put in cuts:
        text = text[:start] + put + text[start + length :]
    try:
        found = list(read(io.BytesIO(text.encode(encoding, "replace")), format="publicwhip"))
    except QaAssessError as error:
        assert error.hint
    else:
        assert all(isinstance(one, (Exchange, Failure)) for one in found)


# The real samples. Counted by hand from the files: turns that are followed by a minister's turn, under each heading.


def _sample(shared, name):
    found = list(read(shared(f"samples/twfy_{name}.xml")))
    assert not [one for one in found if isinstance(one, Failure)]
    return found


@pytest.mark.shared
def test_real_debates_of_2009(shared):
    # Seven headings with 6 tabled questions; under them 3 + 3 + 3 + 3 + 2 + 1 supplementaries with a reply; the last
    # turn of the file (Robert Key) has none. Interrupted: Angela Smith after 269.3, Peter Bone twice.
    found = _sample(shared, "debates_2009-10-28")
    assert Counter(e.heading for e in found) == {
        "Operation Miser": 4,
        "Third Sector (Recession)": 4,
        "Charities (Regulatory Burden)": 4,
        "Bogus Charitable Collections": 4,
        "List of Ministerial Responsibilities": 3,
        "Social Enterprise": 2,
    }
    assert Counter(e.extra["turn"] for e in found) == {"tabled": 6, "supplementary": 15}
    assert [e.id.rpartition("c.")[2] for e in found if "joined" in e.extra] == ["269.1", "272.7"]
    assert {e.answerer for e in found} == {"Tessa Jowell", "Angela Smith"}
    assert {(e.department, e.date, e.house) for e in found} == {("CABINET OFFICE", "2009-10-28", "Commons")}
    assert found[0].extra["question_number"] == "295973"


@pytest.mark.shared
def test_real_debates_of_2020(shared):
    # Tabled: 253.6, 253.11, 256.3, 257.5 with 257.6 (grouped), 258.6, 259.5, 260.2; supplementaries with a reply:
    # 1 + 6 + 3 + 2 + 2 + 1 + 1; the last (Mark Tami) has none. Lindsay Hoyle's turn is the chair's.
    found = _sample(shared, "debates_2020-12-16")
    assert Counter(e.extra["turn"] for e in found) == {"tabled": 8, "supplementary": 16}
    assert [e.id.rpartition("b.")[2] for e in found if "group" in e.extra] == ["257.5", "257.6"]
    assert not {"Lindsay Hoyle", "Mark Tami"} & {e.asker for e in found}
    assert {e.answerer for e in found} == {"Simon Hart", "David Davies"}


@pytest.mark.shared
def test_real_lords_questions(shared):
    # Lord Myners has nine turns, each after a question; three bids and two turns of the whip ask nothing.
    found = _sample(shared, "lords_2009-10-27")
    assert [e.asker for e in found] == [
        "Lord Vinson",
        "Lord Vinson",
        "Lord Lea of Crondall",
        "Baroness Noakes",
        "Lord Newby",
        "Lord Jay of Ewelme",
        "Lord Brooke of Alverthorpe",
        "Lord Lawson of Blaby",
        "Lord Forsyth of Drumlean",
    ]
    assert {e.answerer for e in found} == {"Lord Myners"}
    assert {(e.house, e.heading) for e in found} == {("Lords", "EU: Budget")}


@pytest.mark.shared
def test_real_scottish_statement(shared):
    # Eight members question the first statement, one of them interrupted by the chair; of the second there is only
    # the statement in the file.
    found = _sample(shared, "scottish_parliament_2009-10-29")
    assert len(found) == 8
    assert {(e.answerer, e.extra["section"]) for e in found} == {("Nicola Sturgeon", "statement")}
    assert [e.asker for e in found if "joined" in e.extra] == ["Ross Finnie"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "count", "house", "held", "grouped"),
    [
        # <ques> elements, <reply> elements being as many but for the group of two; lines with holdinganswer.
        ("wrans_2009-10-28", 26, "Commons", 4, 0),
        ("lords_wrans_2009-10-28", 26, "Lords", 0, 0),
        ("scottish_written_2009-10-29", 27, "Scottish Parliament", 0, 2),
        ("wms_2009-10-28", 0, "", 0, 0),
    ],
)
def test_real_written_answers(shared, name, count, house, held, grouped):
    found = _sample(shared, name)
    assert len(found) == count
    assert all(e.question and e.answer and e.url and e.asker and e.answerer for e in found)
    assert {e.house for e in found} == ({house} if count else set())
    assert sum("holding_answer" in e.extra for e in found) == held
    assert sum("group" in e.extra for e in found) == grouped
    assert len({e.id for e in found}) == count
