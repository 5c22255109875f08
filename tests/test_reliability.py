"""The coefficients are those of the published examples, and of scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, cohen_kappa_score, confusion_matrix, f1_score

from qa_assess.reliability import agreement, cohen_kappa, coincidences, krippendorff_alpha, macro_f1
from qa_assess.resampling import rounded

# K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), examples A to C: a line a coder, a column a unit,
# a dot where the coder said nothing.
EXAMPLES = {
    "two values": (["0100000010", "1110010000"], 0.095, None),
    "five values": (["aabbdcccedda", "babbbcccedd" + "d"], 0.692, None),
    "four coders": (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 0.743, 0.815),
}


@pytest.mark.parametrize(("coders", "nominal", "ordinal"), EXAMPLES.values(), ids=EXAMPLES)
def test_alpha_is_that_of_krippendorffs_examples(coders, nominal, ordinal):
    classes = sorted(set("".join(coders)) - {"."})
    units = [[classes.index(value) for value in unit if value != "."] for unit in zip(*coders, strict=True)]
    pairs = sum(coincidences(unit, len(classes)) for unit in units)
    assert round(float(krippendorff_alpha(pairs)), 3) == nominal
    if ordinal is not None:
        assert round(float(krippendorff_alpha(pairs, ordinal=True)), 3) == ordinal


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_two_coders_agree_as_scikit_learn_says(items):
    one, other = ([item[n] for item in items] for n in (0, 1))
    confusion = confusion_matrix(one, other, labels=range(4)).astype(float)
    assert float(agreement(confusion)) == pytest.approx(accuracy_score(one, other))
    used = sorted({*one, *other})
    assert float(macro_f1(confusion, range(4))) == pytest.approx(f1_score(one, other, labels=used, average="macro"))
    if len(used) > 1:
        assert float(cohen_kappa(confusion)) == pytest.approx(cohen_kappa_score(one, other, labels=range(4)))


def test_macro_f1_can_be_of_some_classes_alone():
    confusion = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 9.0]])
    assert float(macro_f1(confusion, [0, 1])) == pytest.approx((0.8 + 0) / 2)


def test_full_agreement_is_one_and_one_class_alone_is_not_defined():
    whole = np.diag([3.0, 4.0, 5.0])
    for value in (agreement(whole), cohen_kappa(whole), krippendorff_alpha(2 * whole)):
        assert float(value) == pytest.approx(1)
    alone = np.diag([3.0, 0.0, 0.0])
    assert rounded(float(cohen_kappa(alone))) is rounded(float(krippendorff_alpha(2 * alone, ordinal=True))) is None
    assert rounded(float(agreement(np.zeros((3, 3))))) is None


def test_order_counts_for_ordinal_alpha_alone():
    near = np.array([[0.0, 4.0, 0.0], [4.0, 4.0, 0.0], [0.0, 0.0, 8.0]])
    far = np.array([[8.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 0.0]]) + np.array([[0, 0, 4], [0, 0, 0], [4, 0, 0]])
    assert float(krippendorff_alpha(near, ordinal=True)) > float(krippendorff_alpha(near))
    assert float(krippendorff_alpha(far, ordinal=True)) < float(krippendorff_alpha(far))


def test_many_resamples_are_one_call():
    stack = np.array([[[2.0, 1.0], [0.0, 3.0]], [[1.0, 0.0], [0.0, 0.0]]])
    for measure in (agreement, cohen_kappa, lambda t: macro_f1(t, [0, 1]), krippendorff_alpha):
        apart = [float(measure(one)) for one in stack]
        assert measure(stack).tolist() == pytest.approx(apart, nan_ok=True)
