import pytest
from conftest import make_ask, make_outcome
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.exchange import Ask, Span
from qa_assess.pages.marking import COLOURS, Mark, ask_marks, colour, evidence_marks, letter, segments


@st.composite
def marked_texts(draw):
    text = draw(st.text(min_size=1))
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda two: two[0] != two[1])
    pairs = draw(st.lists(ends, max_size=8))
    return text, [Mark(*sorted(two), letter(n), f"ask {letter(n)}", colour(n)) for n, two in enumerate(pairs)]


@given(marked_texts())
def test_every_character_stands_once_and_under_its_own_marks(case):
    text, marks = case
    found = segments(text, marks)
    assert "".join(segment.text for segment in found) == text
    place = 0
    for segment in found:
        end = place + len(segment.text)
        assert segment.text
        assert set(segment.marks) == {mark for mark in marks if mark.start < end and place < mark.end}
        place = end


@given(marked_texts())
def test_every_mark_opens_once_and_closes_once_and_outer_marks_come_first(case):
    text, marks = case
    found = segments(text, marks)
    for ends in ("opening", "closing"):
        assert sorted(m.badge for s in found for m in getattr(s, ends)) == sorted(m.badge for m in marks)
    for segment in found:
        assert list(segment.marks) == sorted(segment.marks, key=lambda mark: (mark.start, -mark.end))


def test_a_sentence_that_meets_two_asks_carries_both_letters():
    question, answer = "When will it open, and where?", "In May, at Ashby."
    outcomes = [
        make_outcome(make_ask(question, "When will it open", "timeline"), "full", answer, answer),
        make_outcome(make_ask(question, "where", "fact"), "full", answer, answer),
    ]
    (segment,) = segments(answer, evidence_marks(answer, outcomes, ["one", "two"], None))
    assert [(mark.badge, mark.colour, mark.words) for mark in segment.marks] == [
        ("A", 1, "on ask A, one"),
        ("B", 2, "on ask B, two"),
    ]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 5), (2, 2), (3, 1)])
def test_a_mark_outside_of_the_text_is_refused(start, end):
    with pytest.raises(ValueError, match="in a text of 4 characters"):
        segments("Yes.", [Mark(start, end, "A", "ask A")])


def test_words_that_stand_elsewhere_are_not_marked():
    ask = Ask("Will he act", 4, 15, "commitment")
    outcomes = [make_outcome(ask, "none")]
    assert ask_marks("Will he act?", outcomes, ["told"]) == []
    assert evidence_marks("No.", [], [], Span("Never", 0, 5)) == []
    assert evidence_marks("No.", [], [], Span("", 0, 0)) == []


def test_colours_come_round_and_letters_go_on():
    question = " ".join(f"Q{n:02}?" for n in range(30))
    marks = ask_marks(question, [make_outcome(make_ask(question, f"Q{n:02}?"), "none") for n in range(30)], ["-"] * 30)
    assert [mark.badge for mark in marks][25:28] == ["Z", "AA", "AB"]
    assert [mark.colour for mark in marks][COLOURS - 1 : COLOURS + 1] == [COLOURS, 1]


def test_a_text_without_marks_is_one_segment_and_no_text_is_none():
    assert [segment.text for segment in segments("a\n\nb", [])] == ["a\n\nb"]
    assert segments("", []) == ()
