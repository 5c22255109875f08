"""An answer as it is read: sentences with their places, cues, clauses and entities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.pipeline import load_parser
from qa_assess.readings import CUES, ENTITIES, Clause, Reading, clauses, cue_counts

ANSWER = "Yes. We have mended 40 bridges since 1997, but we will not close the ferry.\n\nThe Minister was asked in May."


@pytest.fixture(scope="module")
def reading():
    return Reading(load_parser()(ANSWER))


def counts(text):
    return {name: int(n) for name, n in zip(CUES, cue_counts(text), strict=True) if n}


def test_sentences_are_cut_where_the_print_cuts_them(reading):
    assert [s.text for s in reading.sentences] == [
        "Yes.",
        "We have mended 40 bridges since 1997, but we will not close the ferry.",
        "The Minister was asked in May.",
    ]


def test_sentences_know_their_place_in_the_answer(reading):
    assert all(ANSWER[s.start : s.end] == s.text for s in reading.sentences)


@given(st.text("ab. ?!\n,é”", max_size=60))
def test_sentences_cover_every_word_of_any_text(text):
    reading = Reading(load_parser()(text))
    assert all(text[s.start : s.end] == s.text for s in reading.sentences)
    assert "".join("".join(s.text.split()) for s in reading.sentences) == "".join(text.split())


def test_words_of_the_answer_are_those_of_its_sentences(reading):
    assert reading.words == " ".join(s.words for s in reading.sentences)
    assert reading.length == len(reading.words.split())


def test_an_answer_without_a_word():
    reading = Reading(load_parser()("  \n "))
    assert reading.sentences == ()
    assert reading.words == "-"
    assert not reading.cues.any()
    assert reading.topics == frozenset()


def test_cues_are_counted_up_to_three_a_sentence():
    assert counts("I hope, I hope, I hope, I hope and I hope.")["hopes"] == 3


def test_cues_of_an_answer_are_the_sums_of_its_sentences_up_to_five():
    reading = Reading(load_parser()("I hope. I hope. I hope. I hope. I hope. I hope. We hope."))
    assert reading.cues[CUES.index("hopes")] == 5


def test_cues_name_no_party():
    assert (
        counts("Labour did nothing.")
        == counts("Reform did nothing.")
        == {"party_named": 1, "negates": 0} | counts("The Party did nothing.")
    )


@pytest.mark.parametrize("party", ["UKIP", "SDLP"])
def test_cues_name_no_party_of_four_letters(party):
    assert counts(f"{party} did nothing.") == counts("SNP did nothing.")


def by_verb(text):
    return {clause.verb: clause for clause in clauses(load_parser()(text))}


def test_clauses_say_who_does_what_and_when():
    found = by_verb("We will not close the ferry, and the council repaired the pier.")
    assert found["close"] == Clause(who="we", modal="will", verb="close", tense="MD", negated=True, passive=False)
    assert found["repair"].tense == "VBD"
    assert not found["repair"].negated


def test_passives_are_seen():
    assert by_verb("The pier was repaired.")["repair"].passive


@pytest.mark.parametrize(
    ("text", "who"), [("I act.", "I"), ("The Government acted.", "we"), ("She acted.", "he"), ("They acted.", "they")]
)
def test_speakers_are_told_apart_but_not_by_sex(text, who):
    assert by_verb(text)["act"].who == who


def test_clause_tokens_keep_what_is_denied_apart():
    denied, said = (Clause("we", "will", "act", "MD", negated, False).tokens for negated in (True, False))
    assert len(denied) == len(said) == 5
    assert sum(a == b for a, b in zip(denied, said, strict=True)) == 2


def test_entities_are_counted_by_label():
    (sentence,) = Reading(load_parser()("It cost £4 million in May 2004.")).sentences
    assert sentence.entities.shape == (len(ENTITIES),)
    assert sentence.entities[ENTITIES.index("MONEY")] == 1
    assert sentence.entities[ENTITIES.index("DATE")] >= 1


def test_cues_are_single_floats_in_the_order_of_the_file():
    assert cue_counts("Yes.").dtype == np.float32
    assert cue_counts("Yes.")[CUES.index("yes")] == 1
