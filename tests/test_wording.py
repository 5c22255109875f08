"""What classifiers see of a text, and the law that a grade cannot depend on who speaks."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from qa_assess.cues import word_list
from qa_assess.pipeline import load_parser
from qa_assess.wording import _SAME, topics, words

VOCAB = spacy.blank("en").vocab
PARTIES = ("Labour", "Conservative", "Tory", "SNP", "UKIP", "Unionist", "Socialist", "Reform")
SEXES = (("he", "PRON", "she"), ("him", "PRON", "her"), ("his", "PRON", "her"))
TITLES = (
    ("Gentleman", "NOUN", "Lady"),
    ("Gentlemen", "NOUN", "Ladies"),
    ("Sir", "PROPN", "Dame"),
    ("King", "PROPN", "Queen"),
)
PLAIN = (
    ("will", "AUX"),
    ("the", "DET"),
    ("hon.", "ADJ"),
    ("mend", "VERB"),
    ("bridges", "NOUN"),
    (".", "PUNCT"),
    ("42", "NUM"),
)

capitals = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZÉÖ")
letters = st.text("abcdefghijklmnopqrstuvwxyzéö'’", min_size=1, max_size=9)
# Words that are folded into others wherever they stand ("Ca" is half of "can't"): no names.
ours = {w for group in ("institution", "party") for w in word_list(group)} | set(_SAME) | set(_SAME.values())
names = st.builds("".join, st.tuples(capitals, letters)).filter(lambda n: n.lower() not in ours and n[-1].isalpha())
full_names = st.lists(names, min_size=1, max_size=3)
plain = st.sampled_from(PLAIN).map(lambda w: ((w,), (w,)))
people = st.tuples(full_names, full_names).map(lambda n: tuple(tuple((w, "PROPN") for w in own) for own in n))
parties = st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES)).map(lambda p: tuple(((w, "PROPN"),) for w in p))
sexes = st.sampled_from(SEXES + TITLES).map(lambda s: (((s[0], s[1]),), ((s[2], s[1]),)))


def make_doc(parts: list[tuple[tuple[str, str], ...]]) -> Doc:
    tokens = [token for part in parts for token in part]
    return Doc(
        VOCAB,
        words=[w for w, _ in tokens],
        pos=[p for _, p in tokens],
        sent_starts=[i == 0 for i in range(len(tokens))],
    )


@given(st.lists(st.one_of(plain, people, parties, sexes), min_size=1, max_size=12))
def test_swapping_names_parties_and_sexes_changes_no_word(slots):
    ours, theirs = (make_doc([slot[side] for slot in slots]) for side in (0, 1))
    assert words(ours) == words(theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Will he meet Ferncombe in Oldbridge?", "Will she meet Oduya in Newbridge?"),
        ("The hon. Gentleman is right.", "The hon. Lady is right."),
        ("I agree with him that Labour failed.", "I agree with her that Reform failed."),
        ("He has written to the hon. Member for Aldham.", "She has written to the hon. Member for Brinkley."),
        ("We shall hear Sir Alan Ashcombe.", "We shall hear Dame Zora Thorley."),
        ("Did the Tory council pay his costs?", "Did the Labour council pay her costs?"),
    ],
)
def test_swaps_through_the_parser_that_ships(one, other):
    nlp = load_parser()
    assert words(nlp(one)) == words(nlp(other))


def test_that_a_masked_text_still_says_what_it_said():
    nlp = load_parser()
    seen = words(nlp("Will the Secretary of State pay Oldbridge 240 pounds by May 2004, or shall we not?"))
    assert " ".join(seen) == "will the secretary of state pay name 0 pounds by may 0 or will we not ?"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Will he meet Mr Ferncombe?", "Will she meet Mrs Oduya?"),
        ("I thank the noble Lord.", "I thank the noble Baroness."),
        ("I quote: He has no plan.", "I quote: She has no plan."),
    ],
)
def test_titles_of_men_and_women(one, other):
    nlp = load_parser()
    assert words(nlp(one)) == words(nlp(other))


def test_parties_of_two_words():
    nlp = load_parser()
    assert words(nlp("The Labour councils agreed.")) == words(nlp("The Liberal Democrat councils agreed."))


@pytest.mark.xfail(reason="surnames that are words of the House (May, Green, King, West) keep their form")
def test_surnames_that_are_words_of_the_house():
    nlp = load_parser()
    assert words(nlp("I thank Mrs May for that.")) == words(nlp("I thank Mrs Oduya for that."))


def test_topics_leave_out_what_every_question_says():
    nlp = load_parser()
    assert topics(nlp("Will the Minister agree that bridges need paint?")) == {"bridge", "need", "paint"}


def test_topics_do_not_depend_on_the_form():
    nlp = load_parser()
    assert topics(nlp("What bridge was painted?")) == topics(nlp("They are painting bridges."))


def test_a_text_that_was_read_can_be_stored():
    doc = load_parser()("Will she mend the bridges in Elmby?")
    read = words(doc), topics(doc)
    back = Doc(doc.vocab).from_bytes(doc.to_bytes())
    assert (words(back), topics(back)) == read
