"""The journal of a run: what goes in comes out, and nothing half written does."""

import errno
from pathlib import Path

import pytest
from conftest import make_exchange
from hypothesis import given
from hypothesis import strategies as st

from qa_assess import journal as journal_module
from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import InputError, JournalError, OutputError
from qa_assess.exchange import Ask, Assessment, Failure, Outcome, ResponseTag, Result, Span
from qa_assess.journal import SUFFIX, Journal, fingerprint
from qa_assess.settings import Settings

MARKS = {"input 1 (a.csv)": "12", "batch size": "64"}


def full_assessment(record_id: str = "1") -> Assessment:
    exchange = make_exchange(id=record_id, extra={"votes": "3"}, coded={"grade": "Full"}, flags=("nul-removed",))
    outcome = Outcome(Ask("he act", 5, 11, Kind.COMMITMENT, 0.1), Status.PARTIAL, Span("Yes.", 0, 4), (0.1, 0.7, 0.2))
    return Assessment(
        exchange,
        context="Ferries – “late”.",
        outcomes=(outcome, Outcome(outcome.ask, Status.NONE, None, (1 / 3, 1 / 3, 1 / 3))),
        concern_evidence=Span("Yes", 0, 3),
        tags=(ResponseTag(Tag.UNDER_REVIEW, 0, 3, 0.25),),
        primary_tag=Tag.UNDER_REVIEW,
        grade=Grade.PARTIAL,
        grade_strict=Grade.NON_ANSWER,
        probabilities=(0.1, 0.2, 0.7),
        probabilities_strict=(0.30000000000000004, 0.2, 0.5),
        feedback="No commitment was given.",
        flags=("low-confidence",),
        model="grader 1",
    )


def written(output: Path, windows: list[list[Result]]) -> Journal:
    journal = Journal(output, MARKS, resume=True)
    for window in windows:
        journal.add(window)
    journal.close()
    return journal


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    failure = Failure("2", "read", "a.csv:3: no answer", "fill it in", "a.csv:3", make_exchange(id="2"))
    windows = [[full_assessment(), failure], [Failure("3", "assess", "broken")], [full_assessment("4")]]
    written(tmp_path / "a.csv", windows)
    again = Journal(tmp_path / "a.csv", MARKS, resume=True)
    assert list(again.done()) == windows
    assert again.records == 4


@pytest.mark.parametrize("lost", [1, 3, 9, 40])
def test_a_half_written_window_is_cut_off(tmp_path: Path, lost: int) -> None:
    journal = written(tmp_path / "a.csv", [[full_assessment("1")], [full_assessment("2")]])
    data = journal.path.read_bytes()
    journal.path.write_bytes(data[:-lost])
    again = Journal(tmp_path / "a.csv", MARKS, resume=True)
    assert list(again.done()) == [[full_assessment("1")]]
    again.add([full_assessment("2")])
    again.close()
    assert journal.path.read_bytes() == data


@given(place=st.integers(0, 400), bit=st.integers(0, 7))
def test_a_changed_byte_is_never_believed(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    output = tmp_path_factory.mktemp("j") / "a.csv"
    journal = written(output, [[full_assessment("1")], [full_assessment("2")]])
    data = bytearray(journal.path.read_bytes())
    head = data.index(b"\n") + 1
    place = head + place % (len(data) - head)
    data[place] ^= 1 << bit
    journal.path.write_bytes(bytes(data))
    found = list(Journal(output, MARKS, resume=True).done())
    assert found in ([], [[full_assessment("1")]])


def test_an_unfinished_run_is_not_lost_by_forgetting_to_resume(tmp_path: Path) -> None:
    journal = written(tmp_path / "a.csv", [[full_assessment()]])
    with pytest.raises(JournalError, match=r"a\.csv was not finished") as caught:
        Journal(tmp_path / "a.csv", MARKS, resume=False)
    assert "--resume" in caught.value.hint
    assert journal.path.exists()


def test_another_run_is_refused_with_what_differs(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", [[full_assessment()]])
    with pytest.raises(JournalError, match=r"different: batch size$"):
        Journal(tmp_path / "a.csv", MARKS | {"batch size": "32"}, resume=True)
    with pytest.raises(JournalError, match=r"different: input 2"):
        Journal(tmp_path / "a.csv", MARKS | {"input 2 (b.csv)": "9"}, resume=True)


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"a.csv{SUFFIX}").write_bytes(b"\x00not ours")
    with pytest.raises(JournalError, match="no journal"):
        Journal(tmp_path / "a.csv", MARKS, resume=True)


def test_nothing_stands_there_before_a_window_is_done(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.csv", MARKS, resume=False)
    assert list(journal.done()) == []
    assert list(tmp_path.iterdir()) == []
    journal.add([full_assessment()])
    assert journal.path.name == "a.csv.journal"
    journal.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path / "a.csv", MARKS, resume=False)
    journal.add([full_assessment("1")])

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(journal_module.os, "fsync", full)
    with pytest.raises(OutputError, match="No space left") as caught:
        journal.add([full_assessment("2")])
    assert "--resume" in caught.value.hint


def test_a_fingerprint_tells_inputs_and_settings_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("question,answer\nWhy?,No.\n", encoding="utf-8")
    first = fingerprint([path], Settings(), {"format": "csv"})
    assert first == fingerprint([path], Settings(), {"format": "csv"})
    path.write_text("question,answer\nWhy?,No!\n", encoding="utf-8")
    changed = fingerprint([path], Settings(batch_size=8), {"format": "csv"})
    assert {name for name in first if first[name] != changed[name]} == {"input 1 (a.csv)", "batch size"}
    assert any(name.startswith("model ") for name in first)


def test_an_input_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        fingerprint([tmp_path / "none.csv"], Settings(), {})


@pytest.mark.parametrize("head", [b"", b'{"input 1 (a.csv)": "1', b'{"input 1 (a.csv)": "12", "batch size": "64"}'])
@pytest.mark.parametrize("resume", [True, False])
def test_a_run_stopped_before_its_first_window_has_done_nothing(tmp_path: Path, head: bytes, resume: bool) -> None:
    (tmp_path / f"a.csv{SUFFIX}").write_bytes(head)
    journal = Journal(tmp_path / "a.csv", MARKS, resume=resume)
    assert list(journal.done()) == []
    journal.add([full_assessment()])
    journal.close()
    assert list(Journal(tmp_path / "a.csv", MARKS, resume=True).done()) == [[full_assessment()]]


@pytest.mark.parametrize("named", [".", "utterances.jsonl"])
def test_a_corpus_is_known_by_the_files_beside_it_too(tmp_path: Path, named: str) -> None:
    corpus, other = tmp_path / "corpus", tmp_path / "other"
    for folder in (corpus, other):
        folder.mkdir()
        (folder / "utterances.jsonl").write_text("{}", encoding="utf-8")
        (folder / "speakers.json").write_text("{}", encoding="utf-8")
    inputs = [corpus / named, other / "utterances.jsonl"]
    before = fingerprint(inputs, Settings(), {})
    (corpus / "speakers.json").write_text("[]", encoding="utf-8")
    (corpus / "index.json").write_text("[]", encoding="utf-8")
    after = fingerprint(inputs, Settings(), {})
    assert [name for name in before if before[name] != after[name]] == ["speakers.json beside input 1"]
    assert before.keys() == after.keys()


def test_a_folder_that_is_no_corpus_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        fingerprint([tmp_path], Settings(), {})


def test_a_journal_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / f"a.csv{SUFFIX}").mkdir()
    with pytest.raises(JournalError, match="cannot read"):
        Journal(tmp_path / "a.csv", MARKS, resume=True)
