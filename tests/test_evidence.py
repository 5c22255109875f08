"""What is quoted: a clause of the answer, copied exactly, with its place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_assess.evidence import quote
from qa_assess.pairs import RARITY_SPACE, Overlap
from qa_assess.pipeline import load_parser
from qa_assess.readings import Reading

OVERLAP = Overlap(np.ones(RARITY_SPACE, np.float32))
LONG = (
    "We have met the councils of the valley many times over the past year to hear what they think; "
    "the survey of ponds will be printed on 4 May, but I cannot say more about who is to pay for it all."
)


def quoted(text, *about, sentence=0):
    reading = Reading(load_parser()(text))
    return quote(reading.sentences[sentence], frozenset(about), OVERLAP)


def test_a_short_sentence_is_quoted_whole():
    span = quoted("I am glad. We will mend the pier.", "pier", sentence=1)
    assert (span.text, span.start, span.end) == ("We will mend the pier.", 11, 33)


@pytest.mark.parametrize(
    ("about", "start"), [("council", "We have met"), ("survey", "the survey of ponds"), ("pay", "I cannot say more")]
)
def test_a_long_sentence_is_cut_to_the_clause_about_the_ask(about, start):
    span = quoted(LONG, about)
    assert span.text.startswith(start)
    assert len(span.text) < len(LONG) / 1.5


def test_a_leading_conjunction_is_left_out():
    span = quoted("But we will mend the pier.", "pier")
    assert span.text == "we will mend the pier."
    assert span.start == 4


def test_a_long_sentence_without_a_cut_is_quoted_whole():
    text = "We want " + "very " * 30 + "good ponds."
    assert quoted(text, "pond").text == text


WORDS = [
    "we",
    "will",
    "the",
    "pond",
    "survey",
    "pier",
    "is",
    ";",
    ",",
    "but",
    "I",
    "and",
    "—",
    "and",
    "we",
    ":",
    "so",
    "he",
    "may",
    "pay",
    "not",
    "open",
    "4",
    ".",
    "?",
    "“",
    "”",
    "(a)",
    "But",
]


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join), st.sampled_from(["pond", "pay", "zebra"])
)
def test_a_quote_stands_in_the_answer_where_it_says(text, about):
    reading = Reading(load_parser()(text))
    for sentence in reading.sentences:
        span = quote(sentence, frozenset({about}), OVERLAP)
        assert text[span.start : span.end] == span.text
        assert sentence.start <= span.start <= span.end <= sentence.end
