"""Response tags: which are given, where they point, and which one is the most telling."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import make_ask
from hypothesis import given
from hypothesis import strategies as st
from small_grader import EXCHANGES, fit_small_grader

from qa_assess.codebook import Tag
from qa_assess.exchange import ResponseTag
from qa_assess.pairs import Overlap
from qa_assess.pipeline import load_parser
from qa_assess.readings import Reading
from qa_assess.tags import TAGS, find_tags, primary_tag, tag_figures


@pytest.fixture(scope="module")
def grader():
    return fit_small_grader()


def read(grader, exchanges):
    nlp, overlap = load_parser(), Overlap(grader.rarity)
    readings = [Reading(nlp(answer)) for _, _, answer in exchanges]
    figures = [
        tag_figures(nlp(q), (make_ask(q, ask),) if ask else (), r, overlap)
        for (q, ask, _), r in zip(exchanges, readings, strict=True)
    ]
    return readings, np.array(figures)


KNOWN = [((q, ask, answer), tags) for q, ask, _, _, answer, tags in EXCHANGES]


def test_tags_of_answers_that_were_learnt(grader):
    readings, figures = read(grader, [exchange for exchange, _ in KNOWN])
    given_tags = find_tags(readings, figures, grader.tags)
    right = [set(tags.split()) <= {t.name for t in own} for (_, tags), own in zip(KNOWN, given_tags, strict=True)]
    assert np.mean(right) > 0.8


def test_a_tag_points_to_the_sentence_that_earns_it(grader):
    answer = "I know the lamps well. The information is not held centrally."
    readings, figures = read(grader, [("How many lamps are lit?", "How many lamps are lit", answer)])
    (tags,) = find_tags(readings, figures, replace(grader.tags, thresholds=np.zeros(len(TAGS))))
    (held,) = [t for t in tags if t.name is Tag.NOT_HELD]
    assert answer[held.start : held.end] == "The information is not held centrally."


def test_tags_come_in_the_order_of_the_codebook_at_their_thresholds(grader):
    readings, figures = read(grader, [exchange for exchange, _ in KNOWN[:3]])
    everything = find_tags(readings, figures, replace(grader.tags, thresholds=np.zeros(len(TAGS))))
    assert all([t.name for t in own] == list(TAGS) for own in everything)
    assert all(0 <= t.probability <= 1 for own in everything for t in own)
    nothing = find_tags(readings, figures, replace(grader.tags, thresholds=np.full(len(TAGS), 1.1)))
    assert nothing == [(), (), ()]


def test_a_lower_threshold_takes_no_tag_away(grader):
    readings, figures = read(grader, [exchange for exchange, _ in KNOWN])
    strict = find_tags(readings, figures, replace(grader.tags, thresholds=np.full(len(TAGS), 0.7)))
    loose = find_tags(readings, figures, replace(grader.tags, thresholds=np.full(len(TAGS), 0.01)))
    assert all(set(a) <= set(b) for a, b in zip(strict, loose, strict=True))
    assert strict != loose


def test_tags_do_not_depend_on_the_batch(grader):
    readings, figures = read(grader, [exchange for exchange, _ in KNOWN[:4]])
    alone = [find_tags([r], figures[[n]], grader.tags)[0] for n, r in enumerate(readings)]
    assert find_tags(readings, figures, grader.tags) == alone


def test_no_answers_no_tags(grader):
    assert find_tags([], np.zeros((0, 3), np.float32), grader.tags) == []


@given(st.lists(st.sampled_from(TAGS), unique=True), st.randoms())
def test_the_primary_tag_does_not_depend_on_the_order(tags, random):
    shuffled = random.sample(tags, len(tags))
    one, other = (primary_tag([ResponseTag(t, 0, 1) for t in own]) for own in (tags, shuffled))
    assert one is other
    assert one is min(tags, key=TAGS.index, default=None)
