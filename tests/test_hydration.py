"""Labels without texts, and back."""

import json

import pytest

from qa_assess.errors import InputError, LabelError
from qa_assess.hydration import dehydrate, hydrate, read_texts
from qa_assess.labels import read_labels

ROW = {
    "id": "r|1",
    "kind": "oral",
    "date": "2020-05-04",
    "question": "The pier is shut. When will it open, and who pays?",
    "answer": "It opens in May. The council pays.",
    "asks": [
        {"text": "When will it open", "kind": "timeline", "status": "full", "evidence": "in May"},
        {"text": "who pays", "kind": "fact", "status": "full", "evidence": "The council pays"},
    ],
    "concern_evidence": "It opens in May.",
    "tags": ["commits"],
    "grade": "full",
    "sure": 3,
}
TEXTS = {"r|1": {k: ROW[k] for k in ("id", "kind", "date", "question", "answer")}}


def test_no_word_of_the_texts_is_left():
    dry = json.dumps(dehydrate(ROW))
    assert not [w for w in ("pier", "open", "May", "council", "pays") if w in dry]


def test_the_round_trip_gives_the_labels_back():
    wet = hydrate(dehydrate(ROW), TEXTS)
    assert {k: wet[k] for k in ROW if k != "asks"} == {k: v for k, v in ROW.items() if k != "asks"}
    assert [{k: a[k] for k in ("text", "kind", "status", "evidence")} for a in wet["asks"]] == ROW["asks"]


def test_read_labels_joins_the_texts(tmp_path):
    (tmp_path / "dry.jsonl").write_text(json.dumps(dehydrate(ROW)) + "\n", encoding="utf-8")
    (tmp_path / "texts.jsonl").write_text(json.dumps(TEXTS["r|1"]) + "\n", encoding="utf-8")
    (labels,) = read_labels(tmp_path / "dry.jsonl", read_texts([tmp_path / "texts.jsonl"]))
    assert [a.ask.text for a in labels.asks] == ["When will it open", "who pays"]
    assert labels.exchange.date == "2020-05-04"


def test_another_copy_of_the_text_is_noticed():
    other = {"r|1": TEXTS["r|1"] | {"answer": "It opens in June. The council pays."}}
    with pytest.raises(LabelError, match="not those that were labelled"):
        hydrate(dehydrate(ROW), other)


def test_a_text_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LabelError, match=r"r\|1"):
        hydrate(dehydrate(ROW), {})
    with pytest.raises(InputError, match="nowhere"):
        read_texts([tmp_path / "nowhere"])
