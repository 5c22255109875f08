"""Records without a grade proper: holding answers, withdrawn questions, printed questions, nothing at all."""

import pytest
from conftest import make_exchange
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.codebook import Grade
from qa_assess.replies import (
    HOLDING_ANSWER,
    TRUNCATED_ANSWER,
    TRUNCATED_QUESTION,
    UNANSWERED,
    no_grade,
)
from qa_assess.replies import WITHDRAWN as WITHDRAWN_FLAG

HOLDING = (
    "I will answer the question shortly.",
    "I shall reply to my hon. Friend as soon as possible.",
    "I will respond to this question as soon as I can.",
    "[Holding answer 4 May 2003]: I will reply to the hon. Member as soon as possible.",
    "Holding answer given on 4 May 2003.",
    "It has not been possible to answer this question before Prorogation.",
    "It has not proved possible to reply to my hon. Friend in the time left.",
    "It will not be possible to answer this question in the time available before the recess.",
    "An answer is being prepared and will be given as soon as it is ready.",
    "A reply will be sent to the hon. Member.",
    "It was not possible to reply to her before the recess. An answer is being prepared.",
    "I shall answer these questions later.",
)
ANSWERS = (
    "I will write to the hon. Member.",
    "I will write to my noble Friend with the figures and place a copy in the Library.",
    "We will respond to the consultation in due course.",
    "I will respond to the review of rural ferries in June.",
    "The answer is no.",
    "An answer was given on 4 May.",
    "I will reply to his letter. Meanwhile 14 bridges have been repaired.",
    "It has not been possible to repair the bridge in the time available.",
    "I shall answer the hon. Gentleman plainly: no.",
    "A response to the flood is being prepared by the council, and sandbags were sent on Monday.",
    "Holding ponds were dug at Aldham.\nThey hold 400 cubic metres.",
    "We will look at this shortly.",
    "It will be published in due course.",
)
WITHDRAWN = (
    "Question withdrawn.",
    "This question was withdrawn.",
    "[The question has been transferred to another Department.]",
)
PRINTED = (
    "To ask the Secretary of State for Fisheries what steps she is taking to count herring",
    "To ask Her Majesty's Government how many lighthouses there are",
    "Mr. Bellweather asked the Minister of Ferries when the pier will open.",
)


@pytest.mark.parametrize("answer", HOLDING)
def test_a_holding_answer_is_pending(answer):
    grade, reason = no_grade(make_exchange(answer=answer))
    assert grade is Grade.PENDING
    assert "holding answer" in reason


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_never_held_back(answer):
    assert no_grade(make_exchange(answer=answer)) is None


@pytest.mark.parametrize(("answers", "reason"), [(WITHDRAWN, "withdrawn"), (PRINTED, "printed question")])
def test_what_is_no_answer_is_ungraded(answers, reason):
    for answer in answers:
        grade, why = no_grade(make_exchange(answer=answer))
        assert grade is Grade.UNGRADED
        assert reason in why


def test_troops_withdrawn_are_no_question_withdrawn():
    assert (
        no_grade(make_exchange(answer="We withdrew the scheme in 2004. The funds were transferred to councils."))
        is None
    )


@given(st.text(st.characters(exclude_categories=("L", "N", "M", "Pc", "Cs", "No", "Nl")), max_size=30))
def test_a_text_without_a_word_is_no_answer(answer):
    assert no_grade(make_exchange(answer=answer)) == (Grade.UNGRADED, "there is no answer text")


def test_the_question_printed_again():
    exchange = make_exchange("Will he act on ferries?", " WILL he act on ferries? ")
    assert no_grade(exchange) == (Grade.UNGRADED, "the text given as the answer is a printed question")


@pytest.mark.parametrize(("flag", "which"), [(TRUNCATED_ANSWER, "answer"), (TRUNCATED_QUESTION, "question")])
def test_a_text_cut_short_is_not_graded(flag, which):
    grade, reason = no_grade(make_exchange(flags=(flag,)))
    assert grade is Grade.UNGRADED
    assert f"the {which} was cut short" in reason


@pytest.mark.parametrize(
    ("flag", "grade", "said"),
    [
        (WITHDRAWN_FLAG, Grade.UNGRADED, "withdrawn"),
        (HOLDING_ANSWER, Grade.PENDING, "holding answer"),
        (UNANSWERED, Grade.UNGRADED, "no answer yet"),
    ],
)
@pytest.mark.parametrize("answer", ["", "The Department is collating the figures."])
def test_what_the_source_itself_says_of_a_question(flag, grade, said, answer):
    found, reason = no_grade(make_exchange(answer=answer, flags=("encoding-guessed", flag)))
    assert found is grade
    assert said in reason


def test_a_flag_of_another_kind_changes_nothing():
    assert no_grade(make_exchange(flags=("duplicate",))) is None
