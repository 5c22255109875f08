"""Labelled records are read exactly, and what departs from the codebook is refused with the place and the remedy."""

import json
from pathlib import Path

import pytest
from labelled import ANSWER, make_row, many_rows, write_rows

from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import InputError, LabelError
from qa_assess.labels import check_labels, labels_sha256, read_labels


def read_one(tmp_path: Path, row: dict[str, object]):
    (labels,) = read_labels(write_rows(tmp_path / "one.jsonl", [row]))
    return labels


def test_a_row_becomes_nouns_with_offsets_found(tmp_path):
    row = make_row("r7", ["full", "none"], concern_evidence="412 lorries a day", tags=["commits"], house="Commons")
    labels = read_one(tmp_path, row)
    assert labels.id == labels.exchange.id == "r7"
    for asked in labels.asks:
        assert labels.exchange.question[asked.ask.start : asked.ask.end] == asked.ask.text
        assert labels.exchange.answer[asked.evidence.start : asked.evidence.end] == asked.evidence.text
    assert [asked.status for asked in labels.asks] == [Status.FULL, Status.NONE]
    assert [asked.ask.kind for asked in labels.asks] == [Kind.TIMELINE, Kind.PUBLISH]
    assert labels.concern_evidence.start == ANSWER.index("412")
    assert (labels.tags, labels.grade, labels.grade_strict) == ((Tag.COMMITS,), Grade.PARTIAL, Grade.PARTIAL)
    assert labels.exchange.house == "Commons"
    assert labels.exchange.extra == {"kind": "oral"}
    assert labels.exchange.source == "one.jsonl:1"


def test_nothing_of_the_labels_is_in_the_exchange(tmp_path):
    labels = read_one(tmp_path, make_row(why="hard", sure=1, feedback="The date was given.", grade_strict="full"))
    assert labels.exchange.coded == {}
    assert set(labels.exchange.extra) == {"kind"}
    assert (labels.why, labels.sure, labels.feedback) == ("hard", 1, "The date was given.")


def test_offsets_given_decide_which_occurrence_is_meant(tmp_path):
    question = "Why? I ask again: Why?"
    ask = {"text": "Why", "start": 18, "end": 21, "kind": "reason", "status": "none", "evidence": None}
    labels = read_one(tmp_path, make_row(question=question, asks=[ask], grade="non-answer"))
    assert labels.asks[0].ask.start == 18
    assert labels.asks[0].evidence is None


@pytest.mark.parametrize(
    ("statuses", "fields", "strict"),
    [
        (["none"], {"concern_evidence": "412 lorries a day"}, Grade.NON_ANSWER),
        (["none", "full"], {}, Grade.PARTIAL),
        ([], {}, Grade.NO_ASK),
        (["none"], {"grade": "pending"}, Grade.PENDING),
        (["full", "partial"], {"grade": "full", "why": "the second is a courtesy"}, Grade.FULL),
    ],
)
def test_a_missing_strict_grade_follows_from_the_statuses(tmp_path, statuses, fields, strict):
    assert read_one(tmp_path, make_row("r1", statuses, **fields)).grade_strict is strict


def broken_ask(**fields: object) -> dict[str, object]:
    row = make_row()
    row["asks"] = [row["asks"][0] | fields]
    return row


BROKEN = {
    "bad kind": (broken_ask(kind="promise"), "ask 1: kind is 'promise'", "rule-out"),
    "bad status": (broken_ask(status="half"), "status is 'half'", "partial"),
    "ask not in the question": (broken_ask(text="when will pigs fly"), "text is not in the question", "exactly"),
    "ask without text": (broken_ask(text=""), "it has no text", "shortest span"),
    "evidence not in the answer": (broken_ask(evidence="on 4 June"), "evidence is not in the answer", "exactly"),
    "full without evidence": (broken_ask(evidence=""), "status is full but it has no evidence", "copy the words"),
    "wrong offsets": (broken_ask(start=0, end=4), "does not stand at its offsets", "leave them out"),
    "offsets that are no numbers": (broken_ask(start="0"), "does not stand at its offsets", "leave them out"),
    "bad tag": (make_row(tags=["waffle"]), "tag is 'waffle'", "praise"),
    "a tag twice": (make_row(tags=["praise", "praise"]), "twice", "once"),
    "bad grade": (make_row(grade="good"), "grade is 'good'", "non-answer"),
    "no grade": (make_row(grade=None), "grade is None", "non-answer"),
    "bad strict grade": (make_row(grade_strict="hard"), "grade_strict is 'hard'", "non-answer"),
    "grade off the rule": (make_row(grade="partial"), "grade is partial, but by the rule it is full", "why"),
    "strict grade off the rule": (make_row(grade_strict="partial"), "grade_strict is partial", "why"),
    "concern evidence not there": (make_row(concern_evidence="9 lorries"), "concern_evidence is not in", "exactly"),
    "no question": (make_row(question=" "), "question is ' '", "as text"),
    "no answer": (make_row(answer=None), "answer is missing", "as text"),
    "no id": (make_row(id=None), "id is missing", "as text"),
    "asks that are no list": (make_row(asks="none"), "asks is 'none'", "list"),
    "an ask that is no object": (make_row(asks=["When"]), "ask 1: it is 'When'", "object"),
    "sure out of range": (make_row(sure=4), "sure is 4", "coin toss"),
    "the same ask twice": (make_row(asks=make_row()["asks"] * 2), "same span", "once"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_deviation_is_refused_with_its_place_and_a_remedy(tmp_path, case):
    row, what, todo = BROKEN[case]
    path = write_rows(tmp_path / "mine.jsonl", [make_row("fine"), row])
    labels = read_labels(path)
    assert next(labels).id == "fine"
    with pytest.raises(LabelError) as caught:
        next(labels)
    assert "mine.jsonl:2" in caught.value.message
    assert repr(row["id"]) in caught.value.message
    assert what in caught.value.message
    assert todo in caught.value.hint
    assert what in check_labels(path)[0]


@pytest.mark.parametrize(("line", "what"), [(b"{", "not JSON"), (b"[]", "not a JSON object"), (b'"\xff"', "not UTF-8")])
def test_a_line_that_is_no_record_is_named(tmp_path, line, what):
    path = tmp_path / "mine.jsonl"
    path.write_bytes(json.dumps(make_row()).encode() + b"\n\n" + line + b"\n")
    with pytest.raises(LabelError, match=rf"mine.jsonl:3: {what}"):
        list(read_labels(path))


def test_all_problems_are_listed_and_the_good_rows_with_the_bad_are_not(tmp_path):
    rows = [make_row("a"), make_row("b", tags=["waffle", "cant"]), make_row("a"), make_row("c", grade="full")]
    problems = check_labels(write_rows(tmp_path / "mine.jsonl", rows))
    assert len(problems) == 3
    assert "mine.jsonl:3: record 'a': the id stands at mine.jsonl:1 already" in problems[2]


def test_a_departure_with_its_reason_and_an_ungraded_record_pass(tmp_path):
    rows = [
        make_row("a", ["full", "none"], grade="full", why="a greeting"),
        make_row("b", [], grade="ungraded", answer=""),
    ]
    assert check_labels(write_rows(tmp_path / "mine.jsonl", rows)) == []


def test_a_folder_is_read_file_by_file_and_has_one_sha(tmp_path):
    write_rows(tmp_path / "b.jsonl", [make_row("second")])
    write_rows(tmp_path / "a.jsonl", [make_row("first")])
    assert [labels.id for labels in read_labels(tmp_path)] == ["first", "second"]
    before = labels_sha256(tmp_path)
    write_rows(tmp_path / "b.jsonl", [make_row("third")])
    assert labels_sha256(tmp_path) != before


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(make_row()).encode() + b"\r\n")
    assert check_labels(path) == []


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_a_path_without_labels_says_so(tmp_path, name):
    with pytest.raises(InputError) as caught:
        list(read_labels(tmp_path / name))
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint


def test_made_up_rows_follow_the_codebook(tmp_path):
    assert check_labels(write_rows(tmp_path / "many.jsonl", many_rows(200))) == []


@pytest.mark.shared
@pytest.mark.parametrize("name", ["hansard/train.jsonl", "hansard/dev.jsonl"])
def test_the_shared_labels_follow_the_codebook(shared, name):
    assert check_labels(shared(name)) == []
