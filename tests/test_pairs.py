"""An ask beside an answer: overlaps, columns, crossings."""

import numpy as np
import pytest
from conftest import make_ask
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.codebook import Kind
from qa_assess.pairs import (
    ASK_BASE,
    GROUP_NAMES,
    GROUPS,
    RARITY_SPACE,
    SENTENCE_COLUMNS,
    Overlap,
    Pair,
    ask_figures,
    crossed,
    rarities,
    sentence_figures,
    slot,
)
from qa_assess.pipeline import load_parser
from qa_assess.readings import Reading

QUESTION = "Will he fund the bridge at Aldham, and when will the 2003 survey of ponds appear?"
ANSWER = "I like that bridge. The survey of ponds from 2003 will appear on 4 May. We will not fund it."
lemmas = st.frozensets(st.sampled_from(["pond", "bridge", "survey", "lamp", "ferry", "road"]), max_size=6)


@pytest.fixture(scope="module")
def overlap():
    return Overlap(np.ones(RARITY_SPACE, np.float32))


def make_pairs(overlap, question=QUESTION, answer=ANSWER):
    asks = (
        make_ask(question, "Will he fund the bridge at Aldham", Kind.COMMITMENT),
        make_ask(question, "when will the 2003 survey of ponds appear", Kind.TIMELINE),
    )
    nlp = load_parser()
    doc, reading = nlp(question), Reading(nlp(answer))
    return [Pair(ask, asks, doc, reading, overlap) for ask in asks]


def row(pair, sentence):
    return dict(zip(SENTENCE_COLUMNS, sentence_figures(pair)[sentence], strict=True))


def whole(pair):
    return dict(zip(ASK_BASE, ask_figures(pair), strict=True))


def test_each_kind_has_a_group():
    assert set(GROUPS) == set(Kind)


def test_the_slot_of_a_lemma_is_the_same_everywhere():
    assert slot("pond") == 4341
    assert 0 <= slot("") < RARITY_SPACE


def test_rare_lemmas_weigh_more():
    weights = rarities([frozenset({"pond", "minister"}), frozenset({"minister"}), frozenset({"minister"})])
    assert weights[slot("never")] > weights[slot("pond")] > weights[slot("minister")]
    assert weights[slot("minister")] == 0
    assert weights.shape == (RARITY_SPACE,)


@given(lemmas, lemmas)
def test_a_share_is_between_nought_and_one(of, within):
    share = Overlap(np.ones(RARITY_SPACE, np.float32)).share(of, within)
    assert share == pytest.approx(len(of & within) / len(of) if of else 0)


@given(lemmas, lemmas, lemmas)
def test_a_share_grows_with_what_it_is_looked_for_in(of, within, more):
    overlap = Overlap(np.linspace(0.5, 2, RARITY_SPACE, dtype=np.float32))
    assert overlap.share(of, within) <= overlap.share(of, within | more) + 1e-9


def test_what_is_rare_makes_more_of_a_share():
    overlap = Overlap(rarities([frozenset({"road", "pond"}), frozenset({"road"})]))
    wanted = frozenset({"road", "pond"})
    assert overlap.share(wanted, frozenset({"pond"})) > overlap.share(wanted, frozenset({"road"}))


def test_the_sentence_about_the_ask_is_the_closest(overlap):
    funded, dated = make_pairs(overlap)
    assert dated.closeness.argmax() == 1
    assert funded.closeness[0] > funded.closeness[1]
    assert row(dated, 1)["close_rank"] == 0
    assert row(dated, 1)["close_below_best"] == 0


def test_the_verb_of_the_ask_said_again(overlap):
    funded, dated = make_pairs(overlap)
    assert funded.verbs == {"fund"}
    assert row(funded, 2)["same_verb"] == row(funded, 2)["same_verb_denied"] == 1
    assert row(funded, 2)["same_verb_future"] == 0
    assert row(funded, 1)["same_verb"] == 0
    assert row(dated, 1)["same_verb"] == 1


def test_figures_of_sentences_have_a_row_each(overlap):
    (pair, _) = make_pairs(overlap)
    figures = sentence_figures(pair)
    assert figures.shape == (3, len(SENTENCE_COLUMNS))
    assert np.isfinite(figures).all()
    assert [row(pair, n)["first"] for n in range(3)] == [1, 0, 0]
    assert [row(pair, n)["last"] for n in range(3)] == [0, 0, 1]


def test_shared_years_and_numbers(overlap):
    funded, dated = make_pairs(overlap)
    assert whole(dated)["years_shared"] == 1
    assert whole(funded)["years_shared"] == -1
    missed = make_pairs(overlap, answer="It appeared in 2009.")[1]
    assert whole(missed)["years_shared"] == 0


def test_figures_of_an_ask_name_its_kind_and_place(overlap):
    funded, dated = make_pairs(overlap)
    assert whole(funded)["kind_commitment"] == whole(dated)["kind_timeline"] == 1
    assert whole(funded)["kind_timeline"] == 0
    assert (whole(funded)["place"], whole(dated)["place"]) == (0, 1)
    assert (whole(funded)["last"], whole(dated)["last"]) == (0, 1)
    assert whole(dated)["ask_when"] == 1


def test_the_other_ask_competes_for_a_sentence(overlap):
    funded, _ = make_pairs(overlap)
    assert row(funded, 1)["others_close"] > row(funded, 0)["others_close"]


@pytest.mark.parametrize("swap", [("Aldham", "Brinkley"), ("Will he", "Will she")])
def test_figures_do_not_depend_on_who_or_where(overlap, swap):
    other = make_pairs_of_swapped(overlap, *swap)
    for one, two in zip(make_pairs(overlap), other, strict=True):
        assert np.allclose(sentence_figures(one), sentence_figures(two))
        changed = [n for n, a, b in zip(ASK_BASE, ask_figures(one), ask_figures(two), strict=True) if abs(a - b) > 0.02]
        assert not changed


def make_pairs_of_swapped(overlap, old, new):
    question = QUESTION.replace(old, new)
    first = "Will he fund the bridge at Aldham".replace(old, new)
    asks = (
        make_ask(question, first, Kind.COMMITMENT),
        make_ask(question, "when will the 2003 survey of ponds appear", Kind.TIMELINE),
    )
    nlp = load_parser()
    doc, reading = nlp(question), Reading(nlp(ANSWER.replace(old, new)))
    return [Pair(ask, asks, doc, reading, overlap) for ask in asks]


@given(st.lists(st.sampled_from(GROUP_NAMES), min_size=1, max_size=6))
def test_crossing_puts_the_columns_into_the_block_of_their_group(groups):
    figures = np.arange(1, len(groups) * 3 + 1, dtype=np.float32).reshape(len(groups), 3)
    out = crossed(figures, groups, [0, 2])
    assert out.shape == (len(groups), 3 + 2 * len(GROUP_NAMES))
    for n, group in enumerate(groups):
        at = 3 + 2 * GROUP_NAMES.index(group)
        assert out[n, at : at + 2].tolist() == figures[n, [0, 2]].tolist()
        assert np.count_nonzero(out[n, 3:]) == 2


def test_an_answer_without_a_sentence_has_no_rows(overlap):
    (pair, _) = make_pairs(overlap, answer=" ")
    assert whole(pair)["close_max"] == 0
