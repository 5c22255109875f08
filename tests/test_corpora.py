"""The corpora follow the codebook, are as large as they say, and what is held out stands nowhere else."""

import re
from collections import defaultdict

import pytest
from conftest import ROOT

from qa_assess.labels import read_labels

CORPORA = ("contrasts", "contrasts-blind", "contrasts-held-out", "lookalike", "minimal-pairs")
HELD_OUT = ("contrasts-held-out", "lookalike", "minimal-pairs")


@pytest.fixture(scope="module")
def corpora():
    return {name: list(read_labels(ROOT / "corpora" / name)) for name in CORPORA}


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_is_as_large_as_its_readme_says(corpora, name):
    readme = (ROOT / "corpora" / name / "README.md").read_text(encoding="utf-8")
    told = re.search(r"([\d,]+) (?:[\w ]+ )?records", readme)
    assert int(told[1].replace(",", "")) == len(corpora[name])


def test_every_record_has_an_id_of_its_own(corpora):
    ids = [labels.exchange.id for own in corpora.values() for labels in own]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["contrasts-blind", "contrasts-held-out"])
def test_a_group_of_four_shares_a_date_and_so_a_fold(corpora, name):
    dates = defaultdict(list)
    for labels in corpora[name]:
        dates[labels.exchange.id[:-1]].append(labels.exchange.date)
    assert all(len(own) == 4 and len(set(own)) == 1 for own in dates.values())


@pytest.mark.parametrize("name", HELD_OUT)
def test_what_is_held_out_stands_in_no_other_corpus(corpora, name):
    def texts(own):
        return {(labels.exchange.question, labels.exchange.answer) for labels in own}

    others = set().union(*(texts(own) for other, own in corpora.items() if other not in HELD_OUT))
    assert not texts(corpora[name]) & others
