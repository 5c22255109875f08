"""TheyWorkForYou's API: whole debates and written answers by gid, and the single rows that a search finds."""

import io
import json

import pytest

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sniff

MINISTER = {"name": "Ian Harbottle", "person_id": "9", "house": "1", "office": [{"position": "Minister for Ferries"}]}
MEMBER = {"name": "Ruth Alder", "person_id": "7", "house": "1", "office": []}
OTHER = {"name": "Alan Moss", "person_id": "8", "house": "1", "office": []}
ORAL = "Oral Answers to Questions &#8212; Harbours: Night Ferries"


def row(gid: str, body: object, speaker: object = MEMBER, **changes: object) -> dict[str, object]:
    person = speaker.get("person_id") if isinstance(speaker, dict) else None
    return {
        "gid": gid,
        "hdate": "2031-03-04",
        "htime": "14:30:00",
        "section_id": "100",
        "subsection_id": "110",
        "htype": "12",
        "major": "1",
        "minor": "0",
        "person_id": person,
        "hpos": "1",
        "epobject_id": f"e{gid}",
        "body": body,
        "listurl": f"/debates/?id=2031-03-04a.1.0&amp;s=night+ferries#g{gid}",
        "speaker": speaker,
        "parent": {"body": ORAL},
        **changes,
    }


def heading(number: str, text: str, htype: str, **changes: object) -> dict[str, object]:
    ids = {"epobject_id": number, "section_id": "100", "subsection_id": number}
    return row(f"h{number}", text, [], **ids | {"htype": htype, "parent": {}} | changes)


DEBATE = [
    heading("100", "Oral Answers to Questions &#8212; Harbours", "10"),
    heading("110", "Night Ferries", "11"),
    row("a.1.1", "<p>What steps he is taking to run ferries at night.</p>", hpos="3"),
    row("a.1.2", "<p>We run two &#163;5 ferries.</p><p>More will come.</p>", MINISTER, hpos="4"),
    row("a.1.3", "<p>Will he run one to Oxmere?</p>", hpos="5"),
    row("a.1.4", "<p>I call Alan Moss.</p>", {"name": "Mr Speaker", "office": []}, hpos="6"),
    row("a.1.5", "<p>No.</p>", MINISTER, hpos="7"),
]
WRITTEN = {"major": "3", "htime": None, "parent": {"body": "Written Answers &#8212; Harbours: Piers"}}


def ques(gid: str, text: str, **changes: object) -> dict[str, object]:
    listed = {"listurl": f"/wrans/?id={gid[:-3]}.h&amp;s=pier#g1.q0"}
    return row(gid, f"<p>{text}</p>", MEMBER, **WRITTEN | {"minor": "1"} | listed | changes)


def reply(gid: str, body: str, **changes: object) -> dict[str, object]:
    listed = {"listurl": f"/wrans/?id={gid[:-3]}.h&amp;s=pier#g1.r0"}
    return row(gid, body, MINISTER, **WRITTEN | {"minor": "2"} | listed | changes)


def search(*rows: object) -> dict[str, object]:
    return {"info": {"s": "ferries", "page": 1}, "searchdescription": "ferries", "rows": list(rows)}


def records(document: object) -> list[Exchange | Failure]:
    text = document if isinstance(document, str) else json.dumps(document)
    return list(read(io.BytesIO(text.encode())))


def test_a_debate_by_gid():
    first, second = records(DEBATE)
    assert first == Exchange(
        id="a.1.1",
        question="What steps he is taking to run ferries at night.",
        answer="We run two £5 ferries.\nMore will come.",
        date="2031-03-04",
        asker="Ruth Alder",
        answerer="Ian Harbottle",
        department="Harbours",
        heading="Night Ferries",
        house="Commons",
        source="stream:3",
        url="https://www.theyworkforyou.com/debates/?id=2031-03-04a.1.0#ga.1.1",
        extra={"section": "oral", "turn": "tabled", "answer_id": "a.1.2"},
    )
    assert (second.question, second.answer) == ("Will he run one to Oxmere?", "No.")


def test_a_written_answer_by_gid_with_a_group_and_a_holding_answer():
    found = records(
        [
            ques("2031-03-03.41207.q0", "To ask how many piers there are."),
            ques("2031-03-03.41208.q1", "To ask when they were built."),
            reply(
                "2031-03-03.41207.r0",
                '<p class="holdinganswer">[Holding answer 1 March 2031]:</p><p>Forty.</p>'
                "<table><tr><td>Aldham</td><td>3</td></tr></table>",
            ),
        ]
    )
    assert [(one.id, one.answer) for one in found] == [
        ("2031-03-03.41207.q0", "Forty.\nAldham | 3"),
        ("2031-03-03.41208.q1", "Forty.\nAldham | 3"),
    ]
    assert [one.extra["question_number"] for one in found] == ["41207", "41208"]
    assert {one.extra["group"] for one in found} == {"2031-03-03.41207.q0"}
    assert {one.extra["holding_answer"] for one in found} == {"1 March 2031"}
    assert (found[0].department, found[0].heading, found[0].house) == ("Harbours", "Piers", "Commons")


def test_a_written_question_by_gid_that_nobody_answered():
    (one,) = records([ques("2031-03-03.HL41.q0", '<p qnum="HL41">To ask how many piers there are.</p>')])
    assert (one.answer, one.house, one.extra["question_number"]) == ("", "Lords", "HL41")


def test_neighbours_among_the_rows_of_a_search_are_paired():
    found = records(search(DEBATE[4], DEBATE[2], DEBATE[3]))
    assert [(one.id, type(one)) for one in found] == [("a.1.1", Exchange), ("a.1.3", Failure)]
    assert found[0].extra["answer_id"] == "a.1.2"
    assert "getDebates with gid=2031-03-04a.1.0" in found[1].hint


def test_turns_that_are_no_neighbours_are_not_paired():
    found = records(search(DEBATE[2], DEBATE[6]))
    assert [(type(one), one.id) for one in found] == [(Failure, "a.1.1"), (Failure, "a.1.5")]
    assert "the answer to this question is not among the rows" in found[0].message


def test_a_question_and_its_reply_are_paired_though_the_group_has_a_gap():
    found = records(
        search(
            reply("2031-03-03.41207.r0", "<p>Forty.</p>", hpos="14"),
            ques("2031-03-03.41207.q0", "To ask how many piers there are.", hpos="11"),
        )
    )
    assert [(one.id, one.answer) for one in found] == [("2031-03-03.41207.q0", "Forty.")]


def test_half_a_written_answer_says_where_the_other_half_is():
    other = {"subsection_id": "111"}
    asked, answered = records(
        search(ques("2031-03-03.41207.q0", "To ask why."), reply("2031-03-03.41208.r0", "<p>Two.</p>", **other))
    )
    assert asked.exchange.question == "To ask why."
    assert "the answer to this question is not among" in asked.message
    assert "the question to this answer is not among" in answered.message
    assert answered.hint.endswith("getWrans with gid=2031-03-03.41208.h")


def test_rows_of_several_pages_one_a_line_belong_together():
    found = records("\n".join(json.dumps(search(one)) for one in (DEBATE[3], DEBATE[2])))
    assert [(one.id, one.answer[:6]) for one in found] == [("a.1.1", "We run")]


PLAIN = {"parent": {"body": "Harbours Bill"}, "subsection_id": "100"}


def test_a_lone_speech_of_a_debate_is_passed_over():
    speech = row("b.1", "<p>Should we not count the piers? I think so.</p>", **PLAIN, hdate="2031-03-05")
    found = records(search(speech, *DEBATE[2:4]))
    assert [one.id for one in found] == ["a.1.1"]


def test_two_neighbours_in_a_debate_are_no_question_and_answer():
    asked = row("b.1", "<p>Does he agree that piers matter?</p>", OTHER, **PLAIN, hpos="8")
    spoke = row("b.2", "<p>I do agree.</p>", MINISTER, **PLAIN, hpos="9")
    with pytest.raises(FormatError, match="no question with its answer") as caught:
        records(search(asked, spoke))
    assert "gid" in caught.value.hint


def test_an_aide_and_a_shadow_minister_do_not_answer():
    for position in ("Parliamentary Private Secretary", "Shadow Minister (Ferries)"):
        aide = OTHER | {"office": [{"position": position}, None, "x"]}
        found = records([*DEBATE[:5], row("a.1.9", "<p>Is that the whole of it?</p>", aide), DEBATE[6]])
        assert [one.id for one in found] == ["a.1.1", "a.1.9"]


def test_a_question_in_the_lords():
    lords = {"major": "101", "subsection_id": "100"}
    found = records(
        [
            heading("100", "Ferries: Safety &#8212; Question", "10", **lords),
            row("l.1", "<p>To ask Her Majesty's Government what they are doing on ferries.</p>", OTHER, **lords),
            row("l.2", "<p>My Lords, a great deal.</p>", MINISTER, **lords),
        ]
    )
    assert [(one.heading, one.house, one.extra["section"]) for one in found] == [("Ferries: Safety", "Lords", "oral")]


def test_a_row_without_a_text_and_what_is_no_row():
    found = records([DEBATE[2], None, row("a.1.8", None), 3, *DEBATE[3:4]])
    assert [type(one) for one in found] == [Failure, Exchange, Failure, Failure]
    assert (found[0].id, found[0].source) == ("a.1.8", "stream:3")
    assert all(one.hint for one in found if isinstance(one, Failure))


def test_missing_ids_and_old_names():
    old = {
        "title": "Mr",
        "first_name": "Ian",
        "last_name": "Harbottle",
        "office": [{"position": "Minister for Ferries"}],
    }
    rows = [
        {**row("", "<p>What steps he is taking.</p>"), "listurl": None, "hpos": None, "parent": None},
        row("", "<p>None.</p>", old),
    ]
    (one,) = records([{**r, "section_id": "1", "subsection_id": "2", "person_id": None} for r in rows])
    assert (one.id, one.answer, one.answerer, one.extra["answer_id"]) == ("row-1", "None.", "Ian Harbottle", "row-2")


@pytest.mark.parametrize("name", sorted(DEBATE[2]))
@pytest.mark.parametrize("value", [None, [], {}, -1, True, "\ud800\0", [[{}]]])
def test_odd_values_give_no_traceback(name, value):
    for document in ([{**one, name: value} for one in DEBATE], search(*[{**one, name: value} for one in DEBATE])):
        try:
            found = list(read(io.BytesIO(json.dumps(document).encode()), format="twfy-api"))
        except FormatError as error:
            assert error.hint
        else:
            assert all(isinstance(one, (Exchange, Failure)) for one in found)


def test_a_listing_of_a_day_says_what_to_ask_for():
    listing = [{"entry": heading("100", "Harbours", "10"), "subs": [heading("110", "Night Ferries", "11")]}]
    assert sniff(json.dumps(listing)) == "twfy-api"
    with pytest.raises(FormatError, match="holds no speeches") as caught:
        records(listing)
    assert "gid" in caught.value.hint


@pytest.mark.parametrize("text", ["[]", "{}", '{"error": "Invalid key"}', '{"rows": 3}', "[" * 100_000, '[{"gid": "a'])
def test_what_holds_no_rows(text):
    with pytest.raises(FormatError) as caught:
        list(read(io.BytesIO(text.encode()), format="twfy-api"))
    assert caught.value.hint


def test_a_file_that_breaks_off_keeps_what_is_whole():
    text = json.dumps(DEBATE)
    one, broken = records(text[: text.index("Will he run")])
    assert (one.id, type(broken)) == ("a.1.1", Failure)
    assert "broken JSON" in broken.message


@pytest.mark.parametrize("document", [DEBATE, search(*DEBATE)])
@pytest.mark.parametrize("indent", [None, 1])
def test_it_is_recognised_by_its_content(document, indent):
    assert sniff(json.dumps(document, indent=indent)[:3000]) == "twfy-api"


@pytest.mark.shared
def test_a_real_search(shared):
    # Counted by hand: of 6 rows one is a speech in an opposition day debate; three are written questions (gid ends in
    # q0, q0, q1) and two are replies (r0), and no two have the same page: no pair, five halves.
    found = list(read(shared("samples/twfy_api_getHansard.json")))
    assert all(isinstance(one, Failure) for one in found)
    assert [one.id for one in found] == [
        "2023-12-18.HL1246.q0",
        "2023-12-18.HL1247.r0",
        "2023-12-14.HL1198.q0",
        "2023-12-07.HL990.r0",
        "2023-12-12.HL1090.q1",
    ]
    assert found[4].hint.endswith("gid=2023-12-12.HL1089.h")
    asked = found[0].exchange
    assert (asked.asker, asked.house, asked.date) == ("Lord Alton of Liverpool", "Lords", "2024-01-08")
    assert (asked.department, asked.heading) == ("Foreign, Commonwealth and Development Office", "Jimmy Lai")
