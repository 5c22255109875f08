"""Which turns are a question and its answer: look-alikes of every hard case. All people and places are invented."""

import time

import pytest

from qa_assess.readers.pairing import exchanges
from qa_assess.readers.turns import Business, Role, Section, Turn, is_chair, is_crowd, is_office, speaker_of

MINISTER = "The Minister for Ferries (Mr. Ian Harbottle)"
TABLED = "What steps he is taking to make the ferries to Northreach run on time."
ANSWER = "We are buying two more ferries."
SUPPLEMENTARY = "I thank the Minister. When will they arrive?"


def section(*said, business=Business.ORAL, **fields):
    """Each turn is (speaker, text) or (speaker, text, fields of the turn)."""
    turns = []
    for number, (speaker, text, *rest) in enumerate(said, start=1):
        turns.append(Turn(f"t{number}", text, speaker, **(rest[0] if rest else {})))
    return Section(tuple(turns), business, **fields)


def pairs(*said, business=Business.ORAL, **fields):
    found = exchanges(section(*said, business=business, **fields))
    return [(one.id, one.extra.get("answer_id", "")) for one in found]


def records(*said, business=Business.ORAL, **fields):
    return list(exchanges(section(*said, business=business, **fields)))


# Question Time


def test_a_tabled_question_and_its_supplementaries():
    said = (
        ("Ann Ash", f"1. [296192] {TABLED}"),
        (MINISTER, ANSWER),
        ("Ann Ash", SUPPLEMENTARY),
        ("Mr. Harbottle", "In May."),
        ("Bo Birch", "That is late."),
        ("Mr. Harbottle", "It is not."),
    )
    first, second, third = records(*said)
    assert (first.question, first.answer, first.asker, first.answerer) == (
        TABLED,
        ANSWER,
        "Ann Ash",
        "Mr. Ian Harbottle",
    )
    assert first.extra == {"section": "oral", "turn": "tabled", "question_number": "296192", "answer_id": "t2"}
    assert (second.question, second.answer, second.extra["turn"]) == (SUPPLEMENTARY, "In May.", "supplementary")
    assert (third.question, third.answer) == ("That is late.", "It is not.")


def test_questions_answered_together_are_one_group():
    said = (
        ("Ann Ash", f"3. {TABLED}", {"number": "910247"}),
        ("Bo Birch", f"4. {TABLED}", {"number": "910256"}),
        ("Cy Cedar", "5. What recent progress has been made on ferries.", {"number": "910257"}),
        (MINISTER, "With permission, I shall answer questions 3, 4 and 5 together."),
        ("Ann Ash", SUPPLEMENTARY),
        ("Mr. Harbottle", "In May."),
    )
    one, two, three, after = records(*said)
    assert {e.extra["group"] for e in (one, two, three)} == {"t1"}
    assert {e.extra["answer_id"] for e in (one, two, three)} == {"t4"}
    assert [e.extra["question_number"] for e in (one, two, three)] == ["910247", "910256", "910257"]
    assert "group" not in after.extra


def test_a_group_without_ids_still_is_a_group():
    turns = (Turn("", f"To ask {n}: why.", "Ann Ash", number=n) for n in ("HL1", "HL2"))
    one, two = exchanges(Section((*turns, Turn("", "Because.", MINISTER)), Business.WRITTEN))
    assert one.extra["group"] == two.extra["group"] == "HL1"


@pytest.mark.parametrize(
    "between",
    [
        ("Mr. Speaker", "Order. I want to hear the question."),
        ("Lindsay Marsh", "Order. I want to hear the question.", {"office": "Speaker of the House of Commons"}),
        ("Hon. Members", "Answer!"),
        ("", "[Interruption.]"),
        ("Bo Birch", "[Interruption.]"),
        ("Bo Birch", "indicated dissent."),
        ("Several hon. Members", "rose—"),
        ("Bo Birch", "  "),
        ("Bo Birch", "A division.", {"role": Role.PROCEDURE}),
    ],
)
def test_what_is_stepped_over_joins_what_it_broke_in_two(between):
    said = [
        ("Ann Ash", TABLED),
        (MINISTER, "We are buying ferries, and—"),
        between,
        ("Mr. Harbottle", "They will be here in May."),
        ("Ann Ash", "But will they—"),
        between,
        ("Ann Ash", "float?"),
        between,
        ("Mr. Harbottle", "Yes."),
    ]
    first, second = records(*said)
    assert first.answer == "We are buying ferries, and—\nThey will be here in May."
    assert (second.id, second.question, second.answer) == ("t5", "But will they—\nfloat?", "Yes.")
    assert first.extra["joined"] == second.extra["joined"] == "yes"
    assert not first.flags


def test_an_answer_that_is_cut_short_is_flagged():
    assert records(("Ann Ash", TABLED), (MINISTER, "We are buying—"))[0].flags == ("interrupted",)


def test_a_minister_who_goes_on_after_a_point_of_order_is_not_taken_for_the_answer():
    said = (
        ("Ann Ash", TABLED),
        (MINISTER, ANSWER),
        ("Bo Birch", "On a point of order, Mr. Speaker. Is it in order to read?"),
        ("Mr. Speaker", "It is not."),
        ("Mr. Harbottle", "Further to that point of order, I did not read."),
        ("Mr. Harbottle", "I withdraw the remark."),
        ("Cy Cedar", SUPPLEMENTARY),
        ("Mr. Harbottle", "In May."),
    )
    first, second = records(*said)
    assert first.answer == ANSWER
    assert (second.asker, second.answer) == ("Cy Cedar", "In May.")


def test_a_point_of_order_between_question_and_answer_loses_neither():
    said = (
        ("Ann Ash", TABLED),
        ("Bo Birch", "On a point of order, Mr. Speaker."),
        ("Mr. Speaker", "No."),
        (MINISTER, ANSWER),
        ("Ann Ash", "But will they—"),
        ("Bo Birch", "Further to that point of order, Mr. Speaker."),
        ("Ann Ash", "float?"),
        ("Mr. Harbottle", "Yes."),
    )
    first, second = records(*said)
    assert first.answer == ANSWER
    assert (second.question, second.answer) == ("But will they—\nfloat?", "Yes.")


def test_a_tabled_question_without_an_answer_is_kept_and_a_comment_is_not():
    said = (
        ("Ann Ash", f"1. {TABLED}"),
        ("Bo Birch", "How true."),
        ("Cy Cedar", f"2. {TABLED}"),
        (MINISTER, ANSWER),
        ("Cy Cedar", "I am obliged. Why?"),
    )
    first, second = records(*said)
    assert (first.asker, first.answer, first.answerer) == ("Ann Ash", "", "")
    assert "answer_id" not in first.extra
    assert (second.asker, second.answer) == ("Cy Cedar", ANSWER)


def test_an_answer_by_another_minister_than_the_first():
    said = (
        ("Ann Ash", TABLED),
        (MINISTER, ANSWER),
        ("Bo Birch", SUPPLEMENTARY),
        ("The Secretary of State for the Isles (Dame Olive Tern)", "In May."),
        ("Cy Cedar", "Why May?"),
        ("Dame Olive Tern", "Because of the weather."),
    )
    assert [(e.asker, e.answerer) for e in records(*said)] == [
        ("Ann Ash", "Mr. Ian Harbottle"),
        ("Bo Birch", "Dame Olive Tern"),
        ("Cy Cedar", "Dame Olive Tern"),
    ]


def test_of_two_ministers_on_end_the_first_answers_and_neither_asks():
    said = (("Ann Ash", TABLED), (MINISTER, ANSWER), ("The Prime Minister (Ms Tern)", "I agree."))
    (only,) = records(*said)
    assert (only.answerer, only.answer) == ("Mr. Ian Harbottle", ANSWER)


def test_a_minister_may_ask_as_a_member_elsewhere_in_the_sitting():
    said = (("Ian Harbottle", TABLED), ("The Minister for Roads (Ms Tern)", ANSWER), ("Ian Harbottle", "Why?"))
    said = (*said, ("Ms Tern", "Rain."))
    assert [(e.asker, e.answerer) for e in records(*said)] == [("Ian Harbottle", "Ms Tern")] * 2


@pytest.mark.parametrize(
    ("member", "minister", "later"),
    [
        ("Mr. William Alder", "The Minister of Transport (Mr. Thomas Alder)", "Mr. Thomas Alder"),
        ("Mrs. Alder", "The Minister of Transport (Mr. Thomas Alder)", "Mr. Alder"),
        ("Dame Ann Alder", "The Minister of Transport (Sir Thomas Alder)", "Sir T. Alder"),
    ],
)
def test_two_people_of_one_surname(member, minister, later):
    said = ((member, TABLED), (minister, ANSWER), (member, SUPPLEMENTARY), (later, "In May."))
    found = records(*said)
    assert [(e.asker, e.answer) for e in found[:1]] == [(member, ANSWER)]
    if later != "Sir T. Alder":  # whose initial does not say that he is Sir Thomas
        assert [(e.asker, e.answer) for e in found[1:]] == [(member, "In May.")]


def test_two_people_of_one_name_are_told_apart_by_id():
    said = (
        ("Mr. Alder", TABLED, {"speaker_id": "member/1"}),
        ("Mr. Alder", ANSWER, {"speaker_id": "member/2", "office": "Minister for Ferries"}),
        ("Mr. Alder", SUPPLEMENTARY, {"speaker_id": "member/1"}),
        ("Mr. Alder", "In May.", {"speaker_id": "member/2"}),
    )
    assert pairs(*said) == [("t1", "t2"), ("t3", "t4")]


def test_one_id_joins_two_spellings():
    said = (
        ("Ann Ash", TABLED, {"speaker_id": "person/1"}),
        ("Ian Harbottle", ANSWER, {"speaker_id": "person/2"}),
        ("Miss Ash", SUPPLEMENTARY, {"speaker_id": "person/1"}),
        ("The Minister", "In May.", {"speaker_id": "person/2"}),
    )
    assert pairs(*said) == [("t1", "t2"), ("t3", "t4")]


def test_the_office_alone_is_the_same_minister():
    said = (
        ("Ann Ash", "1. If she will list her engagements for Wednesday 3 May."),
        ("The Prime Minister (Dame Olive Tern)", "This morning I met the keepers of the lighthouse—"),
        ("Mr Speaker", "Order."),
        ("The Prime Minister", "and others."),
    )
    (only,) = records(*said)
    assert only.answer == "This morning I met the keepers of the lighthouse—\nand others."


def test_prime_ministers_questions():
    said = (
        ("Ann Ash", "Q1. [910245] If she will list her official engagements for Wednesday 3 May."),
        ("The Prime Minister (Dame Olive Tern)", "I have had meetings with colleagues."),
        ("Ann Ash", "Will she visit Netherwick?"),
        ("The Prime Minister", "I will."),
        ("Mr Speaker", "I call the Leader of the Opposition."),
        ("Bo Birch", "The ferries are late. Does she care?"),
        ("The Prime Minister", "I do."),
        ("Cy Cedar", "Q2. [910246] My constituents wait for a bridge. When will it be built?"),
        ("The Prime Minister", "Soon."),
    )
    found = records(*said, heading="Engagements")
    assert [(e.asker, e.answer) for e in found] == [
        ("Ann Ash", "I have had meetings with colleagues."),
        ("Ann Ash", "I will."),
        ("Bo Birch", "I do."),
        ("Cy Cedar", "Soon."),
    ]
    assert [e.extra["turn"] for e in found] == ["tabled", "supplementary", "supplementary", "tabled"]
    assert found[3].question.startswith("My constituents")
    assert found[3].extra["question_number"] == "910246"


@pytest.mark.parametrize(
    "answers", ["Answered by the Chairman", "The Chairman of the Catering Committee (Sir Jim Rook)"]
)
def test_whoever_answers_for_the_house_answers(answers):
    said = (("Ann Ash", "To ask the hon. Member for Rookhope, how many cups were broken."), (answers, "Nine."))
    assert [e.answer for e in records(*said)] == ["Nine."]


def test_a_chair_whose_turn_the_source_calls_an_answer_answers():
    said = (
        ("Ann Ash", "To ask the Speaker why.", {"role": Role.QUESTION}),
        ("Mr Speaker", "Because.", {"role": Role.ANSWER}),
    )
    assert [e.answer for e in records(*said)] == ["Because."]


@pytest.mark.parametrize(
    "question",
    [
        "Mr. Ash asked the Minister of Transport what steps he is taking about the ferries.",
        "asked the Minister of Transport what steps he is taking about the ferries.",
        "27. asked Her Majesty's Government whether they will buy ferries.",
        "Lieut.-Colonel Ash (by Private Notice) asked the Minister whether he has a statement to make.",
        "(by private notice) asked the Minister of Transport whether he would make a statement.",
    ],
)
def test_old_pages_without_offices_and_with_surnames_only(question):
    said = (
        ("Mr. Ash", question),
        ("Mr. Harbottle", "I am considering it."),
        ("Mr. Ash", "Is the Minister aware that it rains?"),
        ("Mr. Harbottle", "Yes, Sir."),
        ("Sir George Rook", "Will he hurry?"),
        ("Mr. Harbottle", "No, Sir."),
    )
    if question.startswith("Lieut"):
        said = (("Lieut.-Colonel Ash", question.removeprefix("Lieut.-Colonel Ash ")), *said[1:])
    assert pairs(*said) == [("t1", "t2"), ("t3", "t4"), ("t5", "t6")]
    assert records(*said, business=Business.OTHER)[0].extra["turn"] == "tabled"


def test_a_figure_at_the_beginning_is_not_the_number_of_a_question():
    said = (("Ann Ash", TABLED), (MINISTER, ANSWER), ("Ann Ash", "3.5 million people wait. Why?"), (MINISTER, "Rain."))
    second = records(*said)[1]
    assert (second.question, second.extra["turn"]) == ("3.5 million people wait. Why?", "supplementary")


def test_question_time_may_begin_with_a_word_of_the_minister():
    said = ((MINISTER, "I apologise for being late."), ("Ann Ash", TABLED), ("Mr. Harbottle", ANSWER))
    assert pairs(*said) == [("t2", "t3")]


def test_where_the_source_names_the_turns_the_chair_by_name_neither_asks_nor_parts():
    asks, more = {"role": Role.QUESTION, "number": "910244"}, {"role": Role.QUESTION}
    said = (
        ("Lindsay Marsh", "We begin with questions on ferries."),
        ("Ann Ash", TABLED, asks),
        ("Ian Harbottle", "We are buying—", {"role": Role.ANSWER}),
        ("Lindsay Marsh", "The House must listen."),
        ("Ian Harbottle", "two ferries.", {"role": Role.ANSWER}),
        ("Lindsay Marsh", "Bo Birch may ask twice; we wish him well."),
        ("Bo Birch", "When will—", more),
        ("Lindsay Marsh", "I call for quiet."),
        ("Bo Birch", "they arrive?", more),
        ("Lindsay Marsh", "Minister."),
        ("Ian Harbottle", "In May."),
    )
    first, second = records(*said)
    assert (first.question, first.answer) == (TABLED, "We are buying—\ntwo ferries.")
    assert (second.asker, second.question, second.answer) == ("Bo Birch", "When will—\nthey arrive?", "In May.")


def test_lords_bids_and_whips_are_no_questions():
    said = (
        ("Lord Ash", "To ask Her Majesty's Government what they will spend on ferries."),
        ("Baroness Harbottle", "My Lords, very little."),
        ("Lord Birch", "My Lords—"),
        ("Lord Cedar", "My Lords—"),
        ("Lord Rook", "My Lords, let us hear the back row."),
        ("Lord Cedar", "My Lords, why so little?"),
        ("Baroness Harbottle", "My Lords, because of the rain."),
        ("Noble Lords", "Oh!"),
    )
    assert pairs(*said, business=Business.OTHER) == [("t1", "t2"), ("t6", "t7")]


def test_scottish_parliament():
    said = (
        ("The Presiding Officer (Alex Marsh)", "Question 1 is from Ann Ash."),
        ("Ann Ash (Netherwick) (Ind)", "To ask the Scottish Executive what it will do about ferries. (S3O-8183)"),
        ("The Minister for Transport (Ian Harbottle)", "We will buy two."),
        ("Ann Ash", "I am glad. When?"),
        ("Ian Harbottle", "In May."),
        ("The Deputy Presiding Officer", "Briefly, please."),
        ("Bo Birch (Northreach) (Ind)", "Why not now?"),
        ("Ian Harbottle", "They are not built."),
    )
    found = records(*said, business=Business.OTHER, house="Scottish Parliament")
    assert [(e.asker, e.answerer) for e in found] == [
        ("Ann Ash", "Ian Harbottle"),
        ("Ann Ash", "Ian Harbottle"),
        ("Bo Birch", "Ian Harbottle"),
    ]
    assert found[0].extra["section"] == "oral"


def test_northern_ireland():
    said = (
        ("Mr Principal Deputy Speaker", "Questions 2 and 5 have been withdrawn."),
        ("Mr Ash", "1. Mr Ash asked the Minister for Ferries to outline his plans. (AQO 1234/11)"),
        ("Mr Harbottle (The Minister for Ferries)", "I shall buy two."),
        ("Mr Ash", "When?"),
        ("Mr Harbottle", "In May."),
    )
    found = records(*said)
    assert [(e.asker, e.answer) for e in found] == [("Mr Ash", "I shall buy two."), ("Mr Ash", "In May.")]
    assert found[0].extra["turn"] == "tabled"


# Statements, urgent questions and debates


def test_urgent_question():
    said = (
        ("Ann Ash", "(Urgent Question): To ask the Minister for Ferries if he will make a statement on the wreck."),
        ("The Minister for Ferries (Ian Harbottle)", "The ferry sank. " * 200),
        ("Ann Ash", "Who is to blame? Will he go?"),
        ("Ian Harbottle", "No."),
        ("Bo Birch", "This is a sad day for the isles."),
        ("Ian Harbottle", "It is."),
        ("Mr. Speaker", "We must move on."),
    )
    for business in (Business.OTHER, Business.ORAL):
        found = records(*said, business=business, heading="Ferry (Wreck)")
        assert [e.id for e in found][:2] == ["t1", "t3"]
        assert found[0].extra["turn"] == "tabled"
    assert [e.id for e in records(*said, business=Business.OTHER)] == ["t1", "t3"]


def test_an_urgent_question_that_somebody_speaks_of_is_none():
    said = (
        ("Ann Ash", "I raised this in an urgent question last week. Ferries are late. " + "They are. " * 300),
        (MINISTER, "They are not. " * 400),
        ("Bo Birch", "May I say a word on buses? " * 80),
    )
    assert pairs(*said, business=Business.OTHER) == []


STATEMENT = (
    (MINISTER, "With permission, Mr. Speaker, I will make a statement on ferries. " + "They float. " * 300),
    ("Ann Ash", "I thank him for sight of it. When will they arrive?"),
    ("Mr. Harbottle", "In May."),
    ("Bo Birch", "The isles welcome this. Will he visit?"),
    ("Mr. Harbottle", "Yes."),
    ("Cy Cedar", "Nonsense."),
    ("Mr. Harbottle", "I disagree."),
)


def test_ministerial_statement():
    for business in (Business.OTHER, Business.ORAL):
        found = records(*STATEMENT, business=business)
        assert [(e.asker, e.answer) for e in found] == [("Ann Ash", "In May."), ("Bo Birch", "Yes.")]
        assert {e.extra["section"] for e in found} == {"statement"}


def test_a_statement_where_no_office_is_printed_is_known_by_its_opening():
    said = [("Ian Harbottle" if "Harbottle" in speaker else speaker, text) for speaker, text in STATEMENT]
    assert pairs(*said, business=Business.OTHER) == [("t2", "t3"), ("t4", "t5")]
    said[0] = ("Ian Harbottle", "The ferries float. " * 300)
    assert pairs(*said, business=Business.OTHER) == []


def test_business_questions():
    said = (
        ("Ann Ash", "Will the Leader of the House give us the business for next week?"),
        ("Ian Harbottle", "The business for the week commencing 3 May will be ferries."),
        ("Ann Ash", "Shall we have a debate on buses?"),
        ("Ian Harbottle", "No."),
    )
    assert pairs(*said, business=Business.OTHER, heading="Business of the House") == [("t1", "t2"), ("t3", "t4")]
    assert pairs(*said, business=Business.OTHER, heading="Ferries Bill") == []


DEBATES = {
    "two interventions": (
        ("Ann Ash", "I beg to move, That this House regrets the ferries. " + "They are late. " * 400),
        (MINISTER, "Will she give way?"),
        ("Ann Ash", "Of course. " + "They are very late. " * 200),
        ("Mr. Harbottle", "Is she aware of the rain?"),
        ("Ann Ash", "I am. " + "They are late all the same. " * 200),
        ("Bo Birch", "What of the buses? " + "They are late. " * 300),
    ),
    "an opposition day behind Question Time": (
        ("Ann Ash", "I beg to move a motion. Is it not a scandal? " + "It is. " * 500),
        (MINISTER, "I beg to move an amendment. " + "It is not. " * 500),
        ("Bo Birch", "Will the Minister give way?"),
        ("Mr. Harbottle", "I will."),
        ("Bo Birch", "Why is it not?"),
        ("Mr. Harbottle", "Because of the rain. " + "It rains. " * 100),
    ),
    "a minister's speech with many interventions": (
        (MINISTER, "I beg to move, That the Bill be now read a Second time. " + "It is a Bill. " * 100),
        ("Ann Ash", "Will the Minister give way?"),
        ("Mr. Harbottle", "I give way to the hon. Lady."),
        ("Ann Ash", "I am grateful to the Minister for giving way. What does clause 2 do?"),
        ("Mr. Harbottle", "It does little. " + "Clause 3 does more. " * 30),
        ("Bo Birch", "Is clause 4 needed?"),
        ("Mr. Harbottle", "It is. " + "Clause 5 is not. " * 30),
        ("Cy Cedar", "Why is clause 5 there?"),
        ("Mr. Harbottle", "For the isles. " + "They are many. " * 30),
    ),
    "an adjournment debate": (
        ("Ann Ash", "I am glad to have this debate. Why is there no ferry? " + "There is none. " * 500),
        (MINISTER, "I congratulate her. " + "There will be one. " * 500),
    ),
    "one speech": ((MINISTER, "I beg to move."),),
    "nothing": (),
    "points of order": (
        ("Ann Ash", "On a point of order, Mr. Speaker. Is it in order to shout?"),
        ("Mr. Speaker", "It is not."),
        (MINISTER, "Further to that point of order, I did not shout."),
    ),
}


@pytest.mark.parametrize("said", DEBATES.values(), ids=DEBATES)
@pytest.mark.parametrize("business", [Business.ORAL, Business.OTHER])
def test_a_plain_debate_gives_no_records(said, business):
    assert pairs(*said, business=business) == []


# Written answers


def test_written_questions_answered_together():
    asks, answers = {"role": Role.QUESTION}, {"role": Role.ANSWER, "extra": {"holding_answer": "3 May"}}
    said = (
        ("Ann Ash", "To ask the Minister how many ferries there are.", asks | {"number": "1001"}),
        ("Ann Ash", "(2) how many of them float.", asks | {"number": "1002"}),
        ("Ian Harbottle", "Nine.\nYear | Ferries\n2009 | 9", answers),
    )
    one, two = records(*said, business=Business.WRITTEN, department="Ferries", date="2009-10-28", house="Commons")
    assert one.extra["group"] == two.extra["group"] == "t1"
    assert one.answer == two.answer == "Nine.\nYear | Ferries\n2009 | 9"
    assert (one.extra["turn"], two.extra["turn"], two.extra["holding_answer"]) == ("tabled", "tabled", "3 May")
    assert (one.department, one.date, one.house) == ("Ferries", "2009-10-28", "Commons")


def test_written_question_without_answer_and_with_an_empty_one():
    asks = {"role": Role.QUESTION}
    said = (("Ann Ash", "To ask why.", asks),)
    assert [(e.question, e.answer) for e in records(*said, business=Business.WRITTEN)] == [("To ask why.", "")]
    said = (*said, ("Ian Harbottle", "", {"role": Role.ANSWER}))
    assert [(e.question, e.answer) for e in records(*said, business=Business.WRITTEN)] == [("To ask why.", "")]


def test_a_written_question_without_text_takes_its_answer_with_it():
    said = (("Ann Ash", " ", {"role": Role.QUESTION}), ("Ian Harbottle", "Nine.", {"role": Role.ANSWER}))
    assert [(e.id, e.question.strip(), e.answer) for e in records(*said, business=Business.WRITTEN)] == [
        ("t1", "", "Nine.")
    ]


def test_clipped_texts_are_flagged():
    said = (("Ann Ash", "To ask " + "x" * 248 + "..."), (MINISTER, "y" * 255))
    assert records(*said)[0].flags == ("truncated-answer", "truncated-question")


# Names


@pytest.mark.parametrize(
    "printed",
    [
        "Mr. Speaker",
        "Madam Deputy Speaker (Dame Olive Tern)",
        "The Presiding Officer (Alex Marsh)",
        "The Chairman of Ways and Means (Sir Jim Rook)",
        "Mr Principal Deputy Speaker",
        "The Chairman",
        "An Ceann Comhairle",
        "Speaker of the House of Commons",
        "The Temporary Chairman",
    ],
)
def test_chairs(printed):
    assert is_chair(printed)


@pytest.mark.parametrize(
    "printed",
    [
        "The President of the Board of Trade (Mr. Harbottle)",
        "The Lord President of the Council",
        "The Lord President (Mr. Harbottle)",
        "The Chairman of Committees (Lord Rook)",
        "Chair, Ferries Committee",
        "Mr. Clerkson",
        "Ann Ash",
        "",
    ],
)
def test_not_chairs(printed):
    assert not is_chair(printed)


def test_crowds():
    crowds = [
        "Hon. Members",
        "Several Hon. Members",
        "An hon. Member",
        "Noble Lords",
        "A Noble Lord",
        "Some Members rose",
    ]
    assert all(map(is_crowd, [*crowds, "Several hon. Members rose—", "Opposition Members"]))
    assert not any(map(is_crowd, ["Ann Ash", "Lord Rook", "The hon. Member for Rookhope", "Sir Jim Members"]))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Minister for Ferries", True),
        ("The Second Church Estates Commissioner, Representing Church Commissioners", True),
        ("Baroness in Waiting (HM Household) (Whip)", True),
        ("Shadow Minister (Ferries)", False),
        ("PPS (Rt Hon Olive Tern, Secretary of State), Ferries", False),
        ("Parliamentary Private Secretary", False),
        ("Opposition Whip (Treasury Secretary)", False),
        ("Member, Ferries Committee", False),
    ],
)
def test_offices(words, expected):
    assert is_office(words) is expected


def test_names_and_offices_are_parted():
    assert speaker_of("Ian Harbottle (Minister for Ferries)").office == "Minister for Ferries"
    assert speaker_of("The Prime Minister").name == "The Prime Minister"
    assert speaker_of("Ann  Ash\n(Netherwick)", "Shadow Minister").office == ""
    assert speaker_of("(((").name == "((("


# Hostile input


@pytest.mark.parametrize(
    "said",
    [
        [("." * 100_000 + "x", "." * 200_000 + "x"), (MINISTER, " —" * 100_000)],
        [("(" * 100_000, "what " * 40_000), ("mr " * 30_000, "(urgent question)" * 10_000)],
        [("Ann Ash", "Why?")] * 10_000 + [(MINISTER, ANSWER)],
        [("", ""), ("", "?"), ("?", "—"), ("—", "?"), ("\0", "\0")] * 1000,
        [(f"The Minister ({n})", "x") for n in range(2000)] + [(f"Ann Ash {n}", "Why?") for n in range(2000)],
        [("Mr " * 50, "1. " * 20_000), ("Ann Ash", "[" * 50_000)],
    ],
    ids=["dots", "brackets", "one speaker", "empty", "many people", "numbers"],
)
@pytest.mark.parametrize("business", list(Business))
def test_hostile_turns_cost_little_time(said, business):
    start = time.process_time()
    pairs(*said, business=business)
    assert time.process_time() - start < 5
