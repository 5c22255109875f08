"""A stream in, the same stream assessed: order, failures and duplicates."""

from collections.abc import Iterator

import fake_assessor
import pytest
from conftest import make_exchange
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.batch import assess, mark_duplicates
from qa_assess.exchange import Assessment, Exchange, Failure
from qa_assess.settings import Settings


def marked(*exchanges: Exchange | Failure) -> list[tuple[str, tuple[str, ...]]]:
    results = (one if isinstance(one, Failure) else Assessment(one) for one in exchanges)
    return [(a.duplicate_of, a.flags) for a in mark_duplicates(results) if isinstance(a, Assessment)]


def test_the_same_texts_are_a_duplicate_of_the_first() -> None:
    same = [make_exchange("Will he  act?", "Yes.", id="a"), make_exchange("will he act?\n", " YES.", id="b")]
    third = make_exchange("Will he act?", "Yes.", id="c")
    assert marked(*same, third) == [("", ()), ("a", ("duplicate",)), ("a", ("duplicate",))]


@pytest.mark.parametrize(
    ("question", "answer"), [("Will he act?", "No."), ("Will she act?", "Yes."), ("Will he act?Yes.", "")]
)
def test_other_texts_are_no_duplicate(question: str, answer: str) -> None:
    assert marked(make_exchange(id="a"), make_exchange(question, answer, id="b")) == [("", ())] * 2


def test_an_id_with_other_texts_is_flagged() -> None:
    found = marked(make_exchange(id="a"), make_exchange(answer="No.", id="a"), make_exchange(answer="No.", id="a"))
    assert found == [("", ()), ("", ("duplicate-id",)), ("a", ("duplicate", "duplicate-id"))]


def test_the_same_record_twice_is_a_duplicate_of_its_own_id() -> None:
    assert marked(make_exchange(id="a"), make_exchange(id="a"))[1] == ("a", ("duplicate",))


def test_an_id_that_failed_before_is_flagged() -> None:
    assert marked(Failure("a", "read", "no answer"), make_exchange(id="a")) == [("", ("duplicate-id",))]


def test_earlier_flags_stay() -> None:
    results = [Assessment(make_exchange(id="a")), Assessment(make_exchange(id="b"), flags=("truncated",))]
    assert [result.flags for result in mark_duplicates(results)] == [(), ("truncated", "duplicate")]


def test_broken_text_is_no_hindrance() -> None:
    assert marked(make_exchange("\udce9", id="a"), make_exchange("\udce9", id="b"))[1] == ("a", ("duplicate",))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["Yes.", "No.", "yes. "])), max_size=12))
def test_marking_keeps_order_and_points_to_earlier_records(pairs: list[tuple[str, str]]) -> None:
    exchanges = [make_exchange(answer=answer, id=identity) for identity, answer in pairs]
    results = list(mark_duplicates(Assessment(exchange) for exchange in exchanges))
    assert [result.exchange for result in results] == exchanges
    for number, result in enumerate(results):
        earlier = [one.exchange for one in results[:number]]
        same = [one.id for one in earlier if one.answer.strip().lower() == result.exchange.answer.strip().lower()]
        assert result.duplicate_of == (same[0] if same else "")


def test_assess_keeps_order_and_passes_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_assessor.install(monkeypatch)
    unread = Failure("b", "read", "no answer")
    stream = [make_exchange(id="a"), unread, make_exchange(answer="explode", id="c"), make_exchange(id="d")]
    results = list(assess(stream, Settings(batch_size=2)))
    assert [one.id if isinstance(one, Failure) else one.exchange.id for one in results] == ["a", "b", "c", "d"]
    assert results[1] is unread
    assert results[2].message == "it exploded"
    assert results[3].duplicate_of == "a"


def test_assess_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_assessor.install(monkeypatch)
    taken = 0

    def endless() -> Iterator[Exchange]:
        nonlocal taken
        while True:
            taken += 1
            yield make_exchange(id=str(taken))

    results = assess(endless())
    assert [next(results).exchange.id, next(results).exchange.id] == ["1", "2"]
    assert taken == 2


def test_no_model_is_loaded_before_a_result_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Never(fake_assessor.FakeAssessor):
        def __init__(self, settings: Settings) -> None:
            raise AssertionError("loaded")

    fake_assessor.install(monkeypatch)
    monkeypatch.setattr("qa_assess.assessor.Assessor", Never)
    results = assess([make_exchange()])
    with pytest.raises(AssertionError, match="loaded"):
        next(results)
