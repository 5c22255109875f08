"""Which candidates are asks, of which kind, and what is left over as context."""

import numpy as np
import pytest
from conftest import make_ask
from hypothesis import given
from hypothesis import strategies as st
from small_grader import EXCHANGES, fit_small_grader

from qa_assess.ask_filter import FILTER_COLUMNS, choose, filter_figures, filter_row
from qa_assess.asks import find_spans, kind_row, name_asks, preamble
from qa_assess.candidates import Candidate, candidates
from qa_assess.codebook import Kind
from qa_assess.exchange import Ask
from qa_assess.pipeline import load_parser


@pytest.fixture(scope="module")
def models():
    return fit_small_grader().asks


def rows(question):
    doc = load_parser()(question)
    found = candidates(doc)
    return [filter_row(doc, found, n) for n in range(len(found))]


def find_asks(docs, models):
    """The asks of each question, as the assessor takes the room's steps, without an encoder."""
    found = [candidates(doc) for doc in docs]
    chosen = find_spans(docs, found, models)
    return name_asks(docs, [[own[n] for n in at] for own, at in zip(found, chosen, strict=True)], models)


@st.composite
def questions_with_asks(draw):
    """A text and stretches of it, apart or one within another."""
    text = draw(st.text("ab ?.,;é”\n", min_size=1, max_size=50))
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted).filter(lambda p: p[0] < p[1])
    return text, [Ask(text[s:e], s, e, Kind.VIEW) for s, e in draw(st.lists(places, max_size=4))]


@given(questions_with_asks())
def test_context_holds_what_is_in_no_ask_and_nothing_else(case):
    text, asks = case
    inside = {n for ask in asks for n in range(ask.start, ask.end)}
    left = [c for n, c in enumerate(text) if n not in inside and c.isalnum()]
    assert [c for c in preamble(text, asks) if c.isalnum()] == left


@given(
    st.lists(st.from_regex(r"[a-z]{3,8}( [a-z]{3,8}){2,6}", fullmatch=True), min_size=1, max_size=6, unique=True),
    st.data(),
)
def test_context_never_contains_an_ask(sentences, data):
    question = "".join(f"{s}? " for s in sentences)
    chosen = data.draw(st.lists(st.sampled_from(sentences), min_size=1, unique=True))
    asks = [make_ask(question, f"{s}? "[:-2] + "?", Kind.VIEW) for s in chosen if question.count(s) == 1]
    context = preamble(question, asks)
    assert all(ask.text not in context for ask in asks)


def test_context_of_a_question_that_is_all_ask():
    question = "Will he act?"
    assert preamble(question, [make_ask(question, "Will he act")]) == ""


def test_context_without_asks_is_the_question():
    assert preamble(" Rents rose. ", []) == "Rents rose."


def test_the_filter_sees_words_without_names():
    (one, _), (other, _) = rows("Will Mr Ferncombe mend Oldbridge pier?")[0], rows("Will Mr Oduya mend Aldham pier?")[0]
    assert one == other
    assert "name" in one


def test_kinds_see_no_sex():
    nlp = load_parser()
    one, other = (kind_row(nlp(f"Will he meet {who}?"), 0, 16) for who in ("him", "her"))
    assert one == other


def test_figures_have_a_column_each():
    (_, figures), *_ = rows("Rents rose. Will he act, and when?")
    assert set(figures) <= set(FILTER_COLUMNS)
    assert all(np.isfinite(list(figures.values())))
    assert len(set(FILTER_COLUMNS)) == len(FILTER_COLUMNS)


def test_figures_say_where_a_candidate_stands():
    doc = load_parser()("Is he aware that rents rose? Will he act?")
    found = candidates(doc)
    first, last = filter_figures(doc, found, 0), filter_figures(doc, found, len(found) - 1)
    assert (first["first"], first["last"], first["aware"], first["from_end"]) == (True, False, True, len(found) - 1)
    assert (last["first"], last["last"], last["aware"], last["question_mark"]) == (False, True, False, True)


def test_kinds_are_read_off_words_places_and_structure():
    columns = kind_row(load_parser()("Rents rose. When will he act?"), 12, 28)
    assert columns[0] == "when will he act"
    assert columns[2].split()[0] == "F_when"
    assert columns[3].split()[0] == "0_when"
    assert "verb=act" in columns[4]


BEFORE = [Candidate(0, 5, "polar", 0, 0), Candidate(6, 9, "mark", 1, 0), Candidate(10, 15, "wh", 2, 0)]


@pytest.mark.parametrize(
    ("probabilities", "options", "chosen"),
    [
        ((0.9, 0.1, 0.6), {"text": "x", "tabled": False}, [0, 2]),
        ((0.1, 0.1, 0.05), {"text": "x", "tabled": False}, []),
        ((0.1, 0.3, 0.05), {"text": "x", "tabled": False}, [1]),
        ((0.1, 0.12, 0.05), {"text": "x?", "tabled": False}, [1]),
        ((0.1, 0.05, 0.12), {"text": "x", "tabled": True}, [2]),
    ],
)
def test_the_best_candidate_stands_in_where_something_is_asked_but_none_is_sure(probabilities, options, chosen):
    assert choose(probabilities, BEFORE, 0.5, **options) == chosen


def test_nothing_is_chosen_from_nothing():
    assert choose([], [], 0.5, tabled=True, text="?") == []


def test_asks_are_found_in_their_places_with_their_kinds(models):
    nlp = load_parser()
    known = [(q, ask, Kind(kind)) for q, ask, kind, *_ in EXCHANGES if ask]
    found = find_asks([nlp(q) for q, *_ in known], models)
    right = [[(a.text, a.kind) for a in own] == [(ask, kind)] for own, (_, ask, kind) in zip(found, known, strict=True)]
    assert np.mean(right) > 0.85
    assert all(q[a.start : a.end] == a.text for own, (q, *_) in zip(found, known, strict=True) for a in own)


def test_texts_without_a_word_have_no_asks(models):
    nlp = load_parser()
    empty, asked, other = find_asks([nlp(""), nlp("When will the tunnel open?"), nlp(" \n")], models)
    assert (empty, other) == ((), ())
    assert [a.kind for a in asked] == [Kind.TIMELINE]


def test_no_documents_no_asks(models):
    assert find_asks([], models) == []


def test_asks_do_not_depend_on_the_batch(models):
    nlp = load_parser()
    docs = [nlp(q) for q, *_ in EXCHANGES[:6]]
    assert find_asks(docs, models) == [find_asks([doc], models)[0] for doc in docs]
