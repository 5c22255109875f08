"""A stream in, the same stream assessed: order, failures and duplicates."""

import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import fake_assessor
import pytest
from conftest import make_exchange
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.batch import assess, mark_duplicates
from qa_assess.errors import JournalError
from qa_assess.exchange import Assessment, Exchange, Failure, Result
from qa_assess.journal import Journal
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

    results = assess(endless(), Settings(batch_size=1))
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


class Counting(fake_assessor.FakeAssessor):
    """Counts what it is asked to assess."""

    asked: ClassVar[list[str]] = []

    def assess(self, exchanges: Iterable[Exchange | Failure]) -> Iterator[Result]:
        for result in super().assess(exchanges):
            self.asked.append(result.id if isinstance(result, Failure) else result.exchange.id)
            yield result


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    fake_assessor.install(monkeypatch)
    monkeypatch.setattr("qa_assess.assessor.Assessor", Counting)
    monkeypatch.setattr(Counting, "asked", [])
    return Counting.asked


def ten() -> list[Exchange]:
    return [make_exchange(answer=f"Yes. {n // 2}", id=str(n)) for n in range(10)]


@pytest.mark.parametrize("stop", [1, 3, 4, 7, 9])
def test_a_run_that_was_stopped_goes_on(tmp_path: Path, counting: list[str], stop: int) -> None:
    settings, output = Settings(batch_size=3), tmp_path / "a.csv"
    whole = list(assess(ten(), settings))
    counting.clear()
    begun = assess(ten(), settings, journal=Journal(output, {}, resume=False))
    for _ in range(stop):
        next(begun)
    begun.close()
    done = len(counting)
    assert list(assess(ten(), settings, journal=Journal(output, {}, resume=True))) == whole
    assert counting[done:] == [str(n) for n in range(done, 10)]


def test_other_records_in_the_same_files_are_noticed(tmp_path: Path, counting: list[str]) -> None:
    output = tmp_path / "a.csv"
    begun = assess(ten(), Settings(batch_size=3), journal=Journal(output, {}, resume=False))
    next(begun)
    begun.close()
    with pytest.raises(JournalError, match="other records"):
        list(assess(ten()[1:], Settings(batch_size=3), journal=Journal(output, {}, resume=True)))


def test_memory_of_what_was_seen_is_bounded() -> None:
    def many(count: int) -> Iterator[Assessment]:
        for n in range(count):
            yield Assessment(make_exchange(answer=str(n), id=str(n)))

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in mark_duplicates(many(count)):
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(100)
    assert peak(20_000) < peak(2_000) + 50_000
