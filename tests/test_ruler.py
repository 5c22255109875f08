"""The quick entity ruler finds what spaCy's own finds, and leaves the pipeline's patterns as they are."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.parser_training.entities import read_patterns
from qa_assess.pipeline import load_parser
from qa_assess.resources import parser_path
from qa_assess.ruler import quicken

WORDS = """
the The end of May march March 2014 1,400 14th 3rd Monday last next financial year years £ £3m 5 million per cent %
percentage points two Hundred tonnes in ten Mr. Mrs Ann Bloggs Lord hon. Member for Ashby Department Health and Social
Council Home Office . , - to
"""
TEXTS = (
    "On 4 May 2014 the Department for Transport paid £3.5 million to Ashby Council.",
    "Mr. Bloggs said that 40 per cent of 1,200 schools closed by the end of the last financial year.",
    "The hon. Member for Milton Keynes asked on the 14th of March, in 1999 and in the mid-1980s.",
)


LABELS = ("DATE", "MONEY", "PERCENT", "QUANTITY", "ORG", "PERSON")


def entities(nlp, text):
    return [(ent.start_char, ent.end_char, ent.label_) for ent in nlp(text).ents]


@pytest.fixture(scope="module")
def plain():
    """The pipeline that ships, with spaCy's own ruler."""
    nlp = spacy.load(parser_path(None), exclude=["ner"])
    nlp.add_pipe("printed_sentences", first=True)
    return nlp


@pytest.fixture(scope="module")
def quick():
    return load_parser()


@pytest.mark.parametrize("text", TEXTS)
def test_it_finds_the_same_in_sentences(plain, quick, text):
    assert entities(quick, text) == entities(plain, text) != []


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join))
def test_it_finds_the_same_in_any_words(plain, quick, text):
    assert entities(quick, text) == entities(plain, text)


def test_words_first_seen_later_are_known_too(quick):
    assert entities(quick, "It was built in 1873.") == [(16, 20, "DATE")]


def test_the_patterns_stay_as_they_were(quick):
    assert sorted(map(str, quick.get_pipe("entity_ruler").patterns)) == sorted(map(str, read_patterns()))


def test_conditions_on_more_than_the_form_stay_with_spacy():
    nlp = spacy.blank("en")
    patterns = [
        [{"LENGTH": {">=": 9}}],
        [{"TEXT": {"REGEX": "^A", "NOT_IN": ["April"]}}],
        [{"LOWER": {"FUZZY": "treasury"}}],
        [{"POS": {"IN": ["PROPN"]}}],
        [{"TEXT": {"REGEX": {"IN": ["^and$"]}}}],
    ]
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "X", "pattern": pattern} for pattern in patterns])
    text = "April Ashby tresury and Manchester"
    before = entities(nlp, text)
    quicken(nlp)
    assert entities(nlp, text) == before == [(6, 11, "X"), (12, 19, "X"), (20, 23, "X"), (24, 34, "X")]


def test_more_conditions_than_there_is_room_for():
    nlp = spacy.blank("en")
    patterns = [[{"TEXT": {"REGEX": f"^a{n}$"}}] for n in range(80)]
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "X", "pattern": pattern} for pattern in patterns])
    quicken(nlp)
    assert len(entities(nlp, " ".join(f"a{n}" for n in range(80)))) == 80


def test_the_shipped_parser_asks_next_to_nothing_of_python_at_each_word(quick):
    matcher = quick.get_pipe("entity_ruler").matcher
    firsts = [pattern[0] for label in LABELS for pattern in matcher.get(matcher._normalize_key(label))[1]]
    assert len(firsts) > 40
    assert not [part for part in firsts if any(isinstance(wanted, dict) for wanted in part.values())]
