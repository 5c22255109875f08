"""What is made of each ask: tables of the right shape, probabilities that are some, the sentence that says it."""

import numpy as np
import pytest
from conftest import make_ask
from hypothesis import given
from hypothesis import strategies as st
from small_grader import EXCHANGES, fit_small_grader

from qa_assess import outcomes as room
from qa_assess.codebook import STATUSES, Status
from qa_assess.pairs import GROUP_NAMES, Overlap, Pair
from qa_assess.pipeline import load_parser
from qa_assess.readings import Reading


@pytest.fixture(scope="module")
def grader():
    return fit_small_grader()


def make_pairs(grader, exchanges):
    nlp, overlap = load_parser(), Overlap(grader.rarity)
    asked = [(q, make_ask(q, ask, kind), a) for q, ask, kind, a in exchanges]
    return [Pair(ask, (ask,), nlp(q), Reading(nlp(a)), overlap) for q, ask, a in asked]


LEARNT = [(q, ask, kind, a) for q, ask, kind, _, a, _ in EXCHANGES if ask]
STATUS = [STATUSES.index(Status(status)) for _, ask, _, status, _, _ in EXCHANGES if ask]
OTHERS = [
    (
        "Will he mend the lamp?",
        "Will he mend the lamp",
        "commitment",
        "Lamps matter. Yes, we will mend the lamp. We like light.",
    ),
    ("When will the pond open?", "When will the pond open", "timeline", "In due course."),
    ("How many frogs were seen?", "How many frogs were seen", "figure", "I thank him. The information is not held."),
]


def test_asks_that_were_learnt_are_judged_as_labelled(grader):
    judged, sentences = room.judge(make_pairs(grader, LEARNT), grader.outcomes)
    assert (judged.argmax(axis=1) == STATUS).mean() > 0.8
    assert len(sentences) == len(LEARNT)


def test_probabilities_are_some(grader):
    pairs = make_pairs(grader, OTHERS)
    judged, sentences = room.judge(pairs, grader.outcomes)
    assert judged.shape == (3, 3)
    assert np.allclose(judged.sum(axis=1), 1)
    assert [s.shape for s in sentences] == [(3, 4), (1, 4), (2, 4)]
    assert all(np.allclose(s.sum(axis=1), 1, atol=1e-5) for s in sentences)


def test_the_judgement_does_not_depend_on_the_batch(grader):
    pairs = make_pairs(grader, OTHERS)
    together, _ = room.judge(pairs, grader.outcomes)
    alone = np.vstack([room.judge([pair], grader.outcomes)[0] for pair in pairs])
    assert np.allclose(together, alone, atol=1e-6)


def test_the_scores_of_an_ask_stand_beside_those_of_its_siblings(grader):
    question, nlp, overlap = "Will he act, when will he act, and who will pay?", load_parser(), Overlap(grader.rarity)
    asks = tuple(make_ask(question, text) for text in ("Will he act", "when will he act", "who will pay"))
    doc, answer = nlp(question), Reading(nlp("Yes, in May. The fund will pay."))
    pairs = [*make_pairs(grader, OTHERS[:1]), *(Pair(ask, asks, doc, answer, overlap) for ask in asks)]
    scores = np.arange(8.0).reshape(4, 2)
    together = room.beside_siblings(pairs, scores)
    assert (together[:, :2] == scores).all()
    assert together[:, 2:].tolist() == [[0, 0], [5, 6], [4, 5], [3, 4]]


def test_an_ask_that_is_given_twice_is_one_sibling(grader):
    question, nlp, overlap = "Will he act, and who will pay?", load_parser(), Overlap(grader.rarity)
    asks = tuple(make_ask(question, text) for text in ("Will he act", "who will pay"))
    doc, answer = nlp(question), Reading(nlp("Yes. The fund will pay."))
    pairs = [Pair(ask, asks, doc, answer, overlap) for ask in (*asks, asks[1])]
    assert room.beside_siblings(pairs, np.array([[1.0], [2.0], [2.0]]))[:, 1].tolist() == [2, 1, 1]


def test_tables_have_the_columns_that_they_name(grader):
    pairs = make_pairs(grader, OTHERS)
    sentences = room.evidence(pairs, grader.outcomes)
    figures = room.ask_table(pairs, sentences)
    assert figures.shape == (3, len(room.COLUMNS))
    assert np.isfinite(figures).all()
    assert room.crossed_table(pairs, figures).shape[1] > figures.shape[1] * 2
    assert room.vote_table(pairs, sentences).shape == (3, 35)
    assert room.ask_texts(pairs, sentences).shape == (3, 5)
    assert room.sentence_texts(pairs).shape == (6, 3)
    assert len(room.sentence_table(pairs)) == 6


def test_the_best_sentence_is_the_one_that_the_table_shows(grader):
    (pair, *_) = make_pairs(grader, OTHERS)
    sentences = [np.array([[0.9, 0.1, 0, 0], [0.2, 0.1, 0.1, 0.6], [0.7, 0.1, 0.1, 0.1]])]
    row = dict(zip(room.COLUMNS, room.ask_table([pair], sentences)[0], strict=True))
    assert row["evidence_place"] == 1
    assert row["evidence_best"] == pytest.approx(0.8)
    assert row["evidence_sum"] == pytest.approx(0.1 + 0.8 + 0.3)
    assert row["best_cue_yes"] == 1
    assert row["first_yes"] == 0
    assert room.ask_texts([pair], sentences)[0, 2].startswith("yes we will mend")


def test_words_are_shown_by_kind_of_ask(grader):
    for pair in make_pairs(grader, OTHERS):
        assert pair.group in GROUP_NAMES
        shown = room.sentence_texts([pair])[0, 1]
        assert all(word.startswith(f"{pair.group}:") for word in shown.split())


rows = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda r: np.array([r]) / sum(r))
yes_no = st.floats(0.01, 0.99).map(lambda p: np.array([[1 - p, p]]))


@given(yes_no, yes_no, rows)
def test_the_ordinal_pair_is_one_member_among_five(partial, full, rest):
    by_family = {
        "at_least_partial": partial,
        "at_least_full": full,
        **dict.fromkeys(("figures", "votes", "words", "trees"), rest),
    }
    members = room.combine(by_family)
    assert len(members) == 5
    assert all(np.allclose(m.sum(axis=1), 1) and (m >= 0).all() for m in members)


@given(st.lists(rows, min_size=1, max_size=5))
def test_blending_keeps_the_likeliest(members):
    mean = np.mean(members, axis=0)
    scores = room.blend(members)
    assert np.isfinite(scores).all()
    assert mean[0, scores.argmax()] == mean.max()


def test_an_impossible_status_has_a_finite_score():
    assert np.isfinite(room.blend([np.array([[0.0, 0.0, 1.0]])])).all()


def test_rows_are_cut_by_the_sentences_of_each_answer(grader):
    pairs = make_pairs(grader, OTHERS)
    blocks = room.split(pairs, np.arange(6.0)[:, None])
    assert [b.ravel().tolist() for b in blocks] == [[0, 1, 2], [3], [4, 5]]
