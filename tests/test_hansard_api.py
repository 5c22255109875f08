"""The Hansard API: a debate with all below it, the rows of a search, and the list of oral questions without answers."""

import io
import json

import pytest

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sniff

MINISTER = ("The Minister for Ferries (Mr Ian Harbottle)", 9)
MEMBER = ("Ruth Alder (Netherwick) (Ind)", 7)
OTHER = ("Alan Moss (Oxmere) (Green)", 8)
CHAIR = ("Mr Speaker", 1)
NOBODY = ("", 0)


def item(number: int, who: tuple[str, object], value: object, **changes: object) -> dict[str, object]:
    return {
        "ItemType": "Contribution",
        "ItemId": number,
        "MemberId": who[1],
        "AttributedTo": who[0],
        "Value": value,
        "OrderInSection": number,
        "Timecode": None,
        "ExternalId": f"C{number}",
        "HRSTag": "hs_Para",
        "HansardSection": None,
        "UIN": None,
        "IsReiteration": False,
        **changes,
    }


def tabled(number: int, who: tuple[str, object], text: str, uin: str = "", **changes: object) -> dict[str, object]:
    value = f"<Question>{number}. <QuestionText>{text} </QuestionText></Question>"
    return item(number, who, value, HRSTag="Question", UIN=uin or None, **changes)


def debate(name: str, title: str, items: list[object], *below: object, tag: str = "", **changes: object) -> dict:
    overview = {
        "Id": 40,
        "ExtId": name,
        "Title": title,
        "HRSTag": tag,
        "Date": "2031-03-04T00:00:00",
        "Location": "Commons Chamber",
        "House": "Commons",
        "Source": 2,
        "VolumeNo": 999,
    }
    return {"Overview": {**overview, **changes}, "Navigator": [], "Items": items, "ChildDebates": list(below)}


QUESTIONS = [
    item(0, NOBODY, "<p>The Minister was asked&#8212;</p>"),
    tabled(1, MEMBER, "What steps he is taking to run ferries at night.", "901234"),
    tabled(2, OTHER, "What plans he has for night ferries.", "901240"),
    {**item(3, NOBODY, "11.35 am"), "ItemType": "Timestamp"},
    item(4, MINISTER, "<p>With permission, I will answer Questions 1 and 2.</p><p>We run two.</p>"),
    item(5, MEMBER, "<p>Will he run one to <em>Oxmere</em>?</p>"),
    item(6, CHAIR, "<p>Order.</p>"),
    item(7, ("Mr Harbottle", 9), "<p>No.</p>"),
]
NIGHT = debate("D-3", "Night Ferries", QUESTIONS, tag="hs_8Question")
TREE = debate("D-1", "Oral Answers to Questions", [], debate("D-2", "Harbours", [], NIGHT, tag="hs_6bDepartment"))


def records(document: object, **options) -> list[Exchange | Failure]:
    text = document if isinstance(document, str) else json.dumps(document)
    return list(read(io.BytesIO(text.encode()), **options))


def test_question_time_in_the_sections_below():
    first, second, third = records(TREE)
    assert first == Exchange(
        id="C1",
        question="What steps he is taking to run ferries at night.",
        answer="With permission, I will answer Questions 1 and 2.\nWe run two.",
        date="2031-03-04",
        asker="Ruth Alder",
        answerer="Mr Ian Harbottle",
        department="Harbours",
        heading="Night Ferries",
        house="Commons",
        source="stream:2",
        url="https://hansard.parliament.uk/Commons/2031-03-04/debates/D-3/NightFerries#contribution-C1",
        extra={
            "section": "oral",
            "group": "C1",
            "turn": "tabled",
            "question_number": "901234",
            "answer_id": "C4",
        },
    )
    assert (second.asker, second.extra["question_number"], second.extra["group"]) == ("Alan Moss", "901240", "C1")
    assert (third.question, third.answer) == ("Will he run one to Oxmere?", "No.")
    assert third.extra["turn"] == "supplementary"


def test_a_section_alone_finds_its_department_in_the_trail():
    trail = [
        {"Id": 1, "ParentId": None, "Title": "Oral Answers to Questions"},
        {"Id": 2, "ParentId": 1, "Title": "Harbours"},
        {"Id": 3, "ParentId": 1, "Title": "Railways"},
        {"Id": 40, "ParentId": 2, "Title": "Night Ferries", "ExternalId": "D-3"},
    ]
    first, *_ = records({**NIGHT, "Navigator": trail})
    assert first.department == "Harbours"


def test_a_trail_that_runs_in_a_circle_ends():
    trail = [{"Id": 1, "ParentId": 40, "Title": "A"}, {"Id": 40, "ParentId": 1, "Title": "B", "ExternalId": "D-3"}]
    assert len(records({**NIGHT, "Navigator": trail})) == 3


def test_a_section_that_comes_twice_is_read_once():
    assert len(records("\n".join(json.dumps(one) for one in (TREE, NIGHT)))) == 3
    assert len(records([TREE, NIGHT])) == 3


def test_a_question_printed_again_is_asked_once():
    again = [*QUESTIONS, tabled(8, OTHER, "What plans he has for night ferries.", "901240", IsReiteration=True)]
    assert [one.id for one in records(debate("D-3", "Night Ferries", again, tag="hs_8Question"))] == ["C1", "C2", "C5"]


def test_the_number_and_the_uin_in_the_text_are_no_part_of_the_question():
    value = "<p><Question>T4. <QuestionText>What he does all day.</QuestionText></Question> <span>(901299)</span></p>"
    found = records(debate("D", "Topical Questions", [item(1, MEMBER, value), QUESTIONS[4]], tag="hs_8Question"))
    assert [(one.question, one.extra["question_number"]) for one in found] == [("What he does all day.", "901299")]


def test_items_come_in_their_order():
    assert [one.id for one in records({**NIGHT, "Items": QUESTIONS[::-1]})] == ["C1", "C2", "C5"]


def test_an_urgent_question():
    items = [
        item(1, MEMBER, "<p>To ask the Minister for Ferries to make a statement on the loss of the pier.</p>"),
        item(2, MINISTER, "<p>The pier fell into the sea last night.</p>"),
        item(3, OTHER, "<p>When will it be rebuilt?</p>"),
        item(4, MINISTER, "<p>In June.</p>"),
    ]
    found = records(debate("D", "Pier", items, tag="hs_2cUrgentQuestion"))
    assert [(one.extra["section"], one.extra["turn"], one.answer) for one in found] == [
        ("urgent question", "tabled", "The pier fell into the sea last night."),
        ("urgent question", "supplementary", "In June."),
    ]


@pytest.mark.parametrize(("line", "section"), [("Question", "oral"), ("Private Notice Question", "urgent question")])
def test_the_lords(line, section):
    items = [
        item(1, NOBODY, line),
        item(2, NOBODY, "Asked by"),
        item(3, ("Lord Moss", 5), "<p>To ask His Majesty&#39;s Government what they are doing on ferries.</p>"),
        item(4, ("The Minister of State, Harbours (Baroness Elm) (Ind)", 6), "<p>My Lords, a great deal.</p>"),
        item(5, ("Lord Ash (Ind)", 4), "<p>My Lords, is it enough?</p>"),
        item(6, ("Baroness Elm (Ind)", 6), "<p>It is.</p>"),
    ]
    found = records(debate("D", "Ferries", items, tag="NewDebate", House="Lords", Location="Lords Chamber"))
    assert [(one.answerer, one.answer) for one in found] == [
        ("Baroness Elm", "My Lords, a great deal."),
        ("Baroness Elm", "It is."),
    ]
    assert {(one.extra["section"], one.house, one.department) for one in found} == {(section, "Lords", "")}


def test_written_answers_of_old_volumes():
    items = [
        item(
            1, NOBODY, "<Question><strong>Ruth Alder:</strong> To ask the Minister how many piers there are;</Question>"
        ),
        item(2, NOBODY, "(2) when they were built.", HRSTag="ERR_Question"),
        item(3, MINISTER, "<p>Forty, as follows:</p>"),
        item(4, NOBODY, "<table><tr><td>Aldham</td><td>3</td></tr></table>", HRSTag="hs_tabletext"),
        item(5, NOBODY, "Ferries", HRSTag="hs_8Question"),
    ]
    found = records(debate("D", "Piers", items, Location="Written Answers", Date="1999-03-04T00:00:00"))
    assert [(one.asker, one.question, one.answer, one.extra["section"]) for one in found] == [
        (
            "Ruth Alder",
            "To ask the Minister how many piers there are;\n(2) when they were built.",
            "Forty, as follows:\nAldham | 3",
            "written",
        )
    ]


def test_a_written_question_that_nobody_answered():
    (one,) = records(debate("D", "Piers", [tabled(1, MEMBER, "To ask why.")], Location="Written Answers"))
    assert (one.question, one.answer) == ("To ask why.", "")


def test_a_debate_gives_no_records_and_says_so():
    items = [item(1, OTHER, "<p>I beg to move.</p>"), item(2, MEMBER, "<p>I second it.</p>")]
    with pytest.raises(FormatError, match="no question with its answer") as caught:
        records(debate("D", "Harbours Bill", items))
    assert caught.value.hint


def test_a_contribution_without_a_text_is_a_failure():
    for value in (None, "", "<p> </p>", False, {"a": 1}):
        *good, broken = records({**NIGHT, "Items": [*QUESTIONS, item(8, OTHER, value)]})
        assert len(good) == 3
        assert (type(broken), broken.id, broken.source) == (Failure, "C8", "stream:9")


@pytest.mark.parametrize("name", sorted(QUESTIONS[1]))
@pytest.mark.parametrize("value", [None, [], {}, -1, True, "\ud800\0", [[{}]]])
def test_odd_values_in_items_give_no_traceback(name, value):
    no_traceback({**NIGHT, "Items": [{**one, name: value} for one in QUESTIONS]})


@pytest.mark.parametrize("name", [*NIGHT, *NIGHT["Overview"]])
@pytest.mark.parametrize("value", [None, [], {}, -1, True, "\ud800\0", [[{}]], [None, 3]])
def test_odd_values_in_debates_give_no_traceback(name, value):
    no_traceback({**NIGHT, name: value} if name in NIGHT else {**NIGHT, "Overview": {**NIGHT["Overview"], name: value}})


def no_traceback(document: object) -> None:
    try:
        found = records(document, format="hansard-api")
    except FormatError as error:
        assert error.hint
    else:
        assert found
        assert all(isinstance(one, (Exchange, Failure)) for one in found)


def test_missing_ids_give_places():
    bare = [{key: one[key] for key in ("AttributedTo", "Value")} for one in QUESTIONS]
    found = records({"Overview": {"Title": "X", "HRSTag": "hs_8Question"}, "Items": bare}, format="hansard-api")
    assert [(one.id, one.url) for one in found] == [("stream:2", ""), ("stream:3", ""), ("stream:6", "")]


def test_debates_inside_debates():
    deep = NIGHT
    for number in range(100):
        deep = debate(f"E{number}", "Harbours", [], deep)
    assert len(records(deep)) == 3


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"ChildDebates":[' * 50_000, "[]", "{}", "3", '{"Overview": {"Id": 1, "Ti', '{"Overview": 3}'],
)
def test_what_holds_no_debate(text):
    with pytest.raises(FormatError) as caught:
        records(text, format="hansard-api")
    assert caught.value.hint


def test_a_debate_that_breaks_off_keeps_what_is_whole():
    text = json.dumps(NIGHT)
    first, second, broken = records(text[: text.index("Will he run")])
    assert [first.id, second.id] == ["C1", "C2"]
    assert isinstance(broken, Failure)
    assert "broken JSON" in broken.message


def found_row(one: dict[str, object], **changes: object) -> dict[str, object]:
    return {
        "MemberName": "Ruth Alder",
        "MemberId": one["MemberId"],
        "AttributedTo": one["AttributedTo"],
        "ItemId": one["ItemId"],
        "ContributionExtId": one["ExternalId"],
        "ContributionText": "What he has for night ferries",
        "ContributionTextFull": one["Value"],
        "HRSTag": one["HRSTag"],
        "DebateSection": "Night Ferries",
        "DebateSectionExtId": "D-3",
        "SittingDate": "2031-03-04T00:00:00",
        "Section": "Debate",
        "House": "Commons",
        "OrderInDebateSection": one["OrderInSection"],
        **changes,
    }


def search(*rows: object) -> dict[str, object]:
    return {"SearchTerms": ["ferries"], "SpokenResultCount": len(rows), "Results": list(rows), "TotalResultCount": 99}


def test_a_search_gives_the_neighbours_as_a_pair_and_the_rest_as_halves():
    rows = [found_row(one) for one in (QUESTIONS[7], QUESTIONS[2], QUESTIONS[1])]
    rows.append(found_row(QUESTIONS[4], OrderInDebateSection=3))
    found = records(search(*rows))
    assert [(one.id, type(one)) for one in found] == [("C1", Exchange), ("C2", Exchange), ("C7", Failure)]
    assert (found[0].heading, found[0].date, found[0].house) == ("Night Ferries", "2031-03-04", "Commons")
    assert found[0].url.endswith("/debates/D-3/NightFerries#contribution-C1")
    assert found[2].hint.endswith("/debates/debate/D-3.json")


def test_an_extract_is_flagged():
    asked = found_row(QUESTIONS[2])
    answered = found_row(QUESTIONS[4], ContributionTextFull=None, OrderInDebateSection=3)
    (one,) = records(search(asked, answered))
    assert one.flags == ("truncated-answer",)
    (one,) = records(
        search({**asked, "ContributionTextFull": None}, {**answered, "ContributionTextFull": "<p>Yes.</p>"})
    )
    assert one.flags == ("truncated-question",)


def test_lone_speeches_of_debates_are_passed_over():
    speech = found_row(item(3, OTHER, "<p>Is it not so?</p>"), DebateSectionExtId="D-9", DebateSection="Harbours Bill")
    asked, answered = found_row(QUESTIONS[2]), found_row(QUESTIONS[4], OrderInDebateSection=3)
    assert [one.id for one in records(search(speech, asked, answered))] == ["C2"]
    with pytest.raises(FormatError, match="no question with its answer"):
        records(search(speech))


@pytest.mark.parametrize("name", sorted(found_row(QUESTIONS[1])))
@pytest.mark.parametrize("value", [None, [], {}, -1, True, "\ud800\0", [[{}]]])
def test_odd_values_in_a_search_give_no_traceback(name, value):
    no_traceback(search(*[{**found_row(one), name: value} for one in QUESTIONS]))


@pytest.mark.parametrize("document", [TREE, NIGHT, [NIGHT], search(found_row(QUESTIONS[1]))])
@pytest.mark.parametrize("indent", [None, 1])
def test_it_is_recognised_by_its_content(document, indent):
    assert sniff(json.dumps(document, indent=indent)[:2000]) == "hansard-api"


ORAL_QUESTION = {
    "Id": 1,
    "QuestionType": "Substantive",
    "QuestionText": "What steps he is taking to run ferries at night.",
    "Status": "ToBeAsked",
    "Number": 1,
    "TabledWhen": "2031-02-20T12:30:00",
    "UIN": 901234,
    "AnsweringWhen": "2031-03-04T00:00:00",
    "AnsweringBody": "Harbours",
    "AskingMember": {"Name": "Ruth Alder"},
}


def test_a_list_of_oral_questions_says_what_to_do():
    document = {"PagingInfo": {"Skip": 0}, "StatusCode": "OK", "Success": True, "Response": [ORAL_QUESTION]}
    assert sniff(json.dumps(document)) == sniff(json.dumps([ORAL_QUESTION], indent=1)) == "oral-questions"
    with pytest.raises(FormatError, match="holds no answers") as caught:
        records(document)
    assert "Hansard" in caught.value.hint
    assert "UIN" in caught.value.hint
