"""The shared estimators: hashing that keeps no words, columns with weights, arrays of the right shape."""

import io
import zipfile

import numpy as np
import pytest
import skops.io
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.estimators import SPACE, as_array, hashed_words, linear, scaled_linear, table, text_columns, trees

TEXTS = ["we will mend it", "we will not", "it is not held", "mend it we will", "no plans", "held no more"]
YES = [1, 0, 0, 1, 0, 0]


def test_words_are_hashed_into_the_space_given():
    assert hashed_words().fit_transform(TEXTS).shape == (6, SPACE)
    assert hashed_words(space=64).fit_transform(TEXTS).shape == (6, 64)


def test_no_word_of_the_training_texts_is_kept():
    model = hashed_words(space=64).fit(["zyzzyva"])
    assert "zyzzyva" not in repr([vars(step) for _, step in model.steps])


def test_a_word_counts_as_it_stands():
    rows = hashed_words((1, 1)).fit_transform(["Yes", "yes", "yes,"]).toarray()
    assert len({row.tobytes() for row in rows}) == 3


def test_order_shows_in_pairs_of_words_only():
    def same(ngrams):
        one, other = hashed_words(ngrams).fit(TEXTS).transform(["a b c", "c b a"]).toarray()
        return np.allclose(one, other)

    assert same((1, 1))
    assert not same((1, 2))


def test_letters_within_words():
    one, other = hashed_words((2, 3), analyzer="char_wb").fit_transform(["mending", "mended"]).toarray()
    assert one @ other > 0


def test_columns_count_by_their_weight():
    columns = text_columns([("a", hashed_words(space=8), 1.0), ("b", hashed_words(space=8), 0.25)])
    row = columns.fit_transform(as_array([["yes", "yes"]])).toarray()[0]
    assert np.allclose(row[8:], row[:8] / 4)
    assert row.any()


@pytest.mark.parametrize("make", [lambda: scaled_linear(10.0), lambda: scaled_linear(10.0, balanced=True)])
def test_lines_learn_what_is_plain(make):
    x = np.array([[n, -n] for n in range(12)], float)
    model = make().fit(x, x[:, 0] > 5)
    assert model.predict([[0, 0], [11, -11]]).tolist() == [False, True]


def test_words_and_a_line_learn_what_is_plain():
    x = hashed_words(space=256).fit_transform(TEXTS)
    assert linear(100.0).fit(x, YES).predict(x).tolist() == YES


def test_trees_learn_what_is_plain_and_the_same_each_time():
    x = np.random.default_rng(0).normal(size=(200, 3))
    y = x[:, 0] > 0
    one, other = (trees(30, seed=4).fit(x, y).predict_proba(x) for _ in range(2))
    assert np.array_equal(one, other)
    assert ((one[:, 1] > 0.5) == y).mean() > 0.95


def test_trees_are_kept_in_a_few_arrays_and_say_the_same_when_read_back():
    x = np.random.default_rng(1).normal(size=(300, 4))
    y = (x[:, 0] > 0).astype(int) + (x[:, 1] > 1)
    model = trees(20).fit(x, y)
    stored = skops.io.dumps(model)
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        assert len(archive.namelist()) < 25
    loaded = skops.io.loads(stored, trusted=skops.io.get_untrusted_types(data=stored))
    assert np.array_equal(model.predict_proba(x), loaded.predict_proba(x))
    again = skops.io.loads(skops.io.dumps(loaded), trusted=skops.io.get_untrusted_types(data=stored))
    assert np.array_equal(model.predict_proba(x), again.predict_proba(x))


def test_storing_trees_does_not_change_them():
    x = np.random.default_rng(2).normal(size=(200, 3))
    model = trees(10).fit(x, x[:, 0] > 0)
    before = model.predict_proba(x)
    skops.io.dumps(model)
    assert np.array_equal(model.predict_proba(x), before)


def test_balance_counts_the_rare_class_as_much():
    x, y = np.zeros((20, 1)), np.array([0] * 15 + [1] * 5)
    assert linear(1.0, balanced=True).fit(x, y).predict_proba(x)[0, 1] == pytest.approx(0.5, abs=1e-3)
    assert linear(1.0).fit(x, y).predict_proba(x)[0, 1] == pytest.approx(0.25, abs=1e-3)


@given(st.integers(0, 5).flatmap(lambda w: st.lists(st.lists(st.text(max_size=4), min_size=w, max_size=w), max_size=5)))
def test_rows_of_strings_keep_their_places(rows):
    out = as_array(rows)
    assert out.shape == (len(rows), len(rows[0]) if rows else 0)
    assert out.tolist() == rows


def test_a_table_puts_figures_under_their_names():
    out = table([{"b": 2, "a": True}, {"c": 9}], ["a", "b"])
    assert out.tolist() == [[1, 2], [0, 0]]
    assert out.dtype == np.float32


def test_a_table_of_no_rows_keeps_its_columns():
    assert table([], ["a", "b"]).shape == (0, 2)
