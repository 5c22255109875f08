"""A person's edit becomes a checked line of labels, or is refused with what to do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from conftest import ROOT, make_ask, make_exchange, make_outcome

from qa_assess import Assessor, read
from qa_assess.changes import changes, said_by_tool
from qa_assess.codebook import Grade, Tag
from qa_assess.correcting import Edit, EditedAsk, RefusedError, confirm, correct, edit_of, labels_row
from qa_assess.corrections import Corrections
from qa_assess.exchange import Assessment, ResponseTag, Span
from qa_assess.label_rows import problems_of
from qa_assess.labels import read_labels
from qa_assess.settings import Model, Settings

QUESTION = "The ferry is late. When will it run on time, and will he meet me? Will he meet the boatmen too?"
ANSWER = "I will meet him.\nThe ferry ran 412 times last year. I will meet him."
AT = datetime(2026, 1, 2, 3, 4, 5, 678, UTC)


@pytest.fixture
def said() -> Assessment:
    exchange = make_exchange(
        QUESTION, ANSWER, date="2003-04-05", department="Transport", extra={"kind": "oral", "x": "y"}
    )
    when, meet = (
        make_ask(QUESTION, "When will it run on time", "timeline"),
        make_ask(QUESTION, "will he meet me", "meeting"),
    )
    outcomes = make_outcome(when, "none"), make_outcome(meet, "full", ANSWER, "I will meet him.")
    return Assessment(
        exchange,
        outcomes=outcomes,
        tags=(ResponseTag(Tag.WILL_MEET, 0, 5), ResponseTag(Tag.PRAISE, 6, 9)),
        grade=Grade.PARTIAL,
        grade_strict=Grade.PARTIAL,
        model="grader 0",
    )


def edit(said: Assessment, **changed: object) -> Edit:
    start = edit_of(labels_row(said), "Ann")
    return Edit(**{**{name: getattr(start, name) for name in Edit.__dataclass_fields__}, **changed})


def asks(said: Assessment, **changed: object) -> tuple[EditedAsk, ...]:
    """The asks with the first one changed."""
    first, *rest = edit(said).asks
    return EditedAsk(**{**{name: getattr(first, name) for name in EditedAsk.__dataclass_fields__}, **changed}), *rest


def refused(said: Assessment, **changed: object) -> str:
    with pytest.raises(RefusedError) as caught:
        correct(said, edit(said, **changed))
    return " ".join(f"{problem.what}: {problem.todo}" for problem in caught.value.problems)


def test_a_confirmation_is_a_line_with_no_change(said):
    row, notices = confirm(said, "Ann", at=AT, page="/jobs/1/records/2")
    assert changes(row) == notices == []
    assert problems_of(row) == []
    assert (row["coder"], row["corrected_at"], row["model"]) == ("Ann", "2026-01-02T03:04:05+00:00", "grader 0")
    assert (row["id"], row["date"], row["department"], row["kind"]) == ("r1", "2003-04-05", "Transport", "oral")
    assert row["page"] == "/jobs/1/records/2"
    assert "x" not in row
    assert {name: row[name] for name in row["was"]} == row["was"]


def test_the_time_is_universal(said):
    row, _ = confirm(said, "Ann", at=AT.astimezone(timezone(timedelta(hours=5))))
    assert row["corrected_at"] == "2026-01-02T03:04:05+00:00"


def test_every_change_is_in_the_line_and_in_words(said):
    changed = edit(
        said,
        asks=(
            *asks(said, status="partial", kind="figure", evidence="The ferry ran 412 times last year")[:1],
            EditedAsk("Will he meet the boatmen too", "meeting", "none"),
        ),
        tags=("will-meet", "past-record"),
        concern_evidence="412 times last year",
        note="checked twice",
    )
    row, notices = correct(said, changed, at=AT)
    assert problems_of(row) == notices == []
    assert (row["grade"], row["note"], "why" in row) == ("partial", "checked twice", False)
    evidence = row["asks"][0]
    assert ANSWER[evidence["evidence_start"] : evidence["evidence_end"]] == "The ferry ran 412 times last year"
    assert changes(row) == [
        'kind of "When will it run on time": timeline, now figure',
        'outcome of "When will it run on time": none, now partial',
        'evidence of "When will it run on time": none, now "The ferry ran 412 times last year"',
        'ask "will he meet me", now "Will he meet the boatmen too"',
        'outcome of "will he meet me": full, now none',
        'evidence of "will he meet me": "I will meet him.", now none',
        'facts on the concern: none, now "412 times last year"',
        "tag removed: Praise",
        "tag added: Past Record",
    ]
    assert said_by_tool(row).grade is Grade.PARTIAL


def test_an_ask_removed_and_one_added(said):
    row, _ = correct(said, edit(said, asks=(asks(said)[1], EditedAsk("The ferry is late", "view", "none"))))
    assert changes(row) == ['ask removed: "When will it run on time"', 'ask added: "The ferry is late"']


def test_a_grade_that_is_left_to_the_rule_follows_the_asks(said):
    row, _ = correct(said, edit(said, asks=asks(said, status="full", evidence="last year")))
    assert (row["grade"], row["grade_strict"]) == ("full", "full")
    row, _ = correct(said, edit(said, asks=asks(said)[:1], concern_evidence="412 times"))
    assert (row["grade"], row["grade_strict"]) == ("partial", "non-answer")
    row, _ = correct(said, edit(said, asks=()))
    assert (row["grade"], row["grade_strict"]) == ("no-ask", "no-ask")
    row, _ = correct(said, edit(said, grade="ungraded"))
    assert (row["grade"], row["grade_strict"]) == ("ungraded", "ungraded")


def test_a_grade_off_the_rule_needs_a_note_which_says_why(said, tmp_path):
    assert "grade is full, but by the rule it is partial: write partial, or say in the note" in refused(
        said, grade="full"
    )
    row, _ = correct(said, edit(said, grade="full", note="the date is a side remark"))
    assert (row["grade"], row["grade_strict"], row["why"]) == ("full", "full", "the date is a side remark")
    assert problems_of(row) == []
    assert edit_of(row).grade == "full"
    assert edit_of(row).grade_strict == ""


@pytest.mark.parametrize(
    ("changed", "what", "todo"),
    [
        ({"coder": "  "}, "no name", "initials"),
        ({"coder": "x" * 101}, "101 characters", "at most 100"),
        ({"note": "x" * 5_001}, "5,001 characters", "at most 5,000"),
        ({"grade": "good"}, "grade is 'good'", "choose one of"),
        ({"grade_strict": "full"}, "grade_strict is full, but by the rule", "in the note"),
        ({"tags": ("waffle",)}, "tag is 'waffle'", "choose one of"),
        ({"tags": ("praise", "praise")}, "twice", "once"),
        ({"concern_evidence": "413 times"}, 'facts on the concern: "413 times" is not in the answer', "exactly"),
    ],
)
def test_what_the_codebook_does_not_allow_is_refused(said, changed, what, todo):
    text = refused(said, **changed)
    assert what in text
    assert todo in text


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"kind": "promise"}, "ask 1: kind is 'promise'"),
        ({"status": "half"}, "ask 1: status is 'half'"),
        ({"status": "full"}, "ask 1: its status is full but it has no evidence"),
        ({"text": "When will pigs fly"}, 'ask 1: "When will pigs fly" is not in the question'),
        ({"text": ""}, "ask 1: it has no text"),
        ({"text": "will he meet me", "start": 40}, "two asks have the same span"),
        ({"evidence": "no such words", "status": "full"}, 'evidence of ask 1: "no such words" is not in the answer'),
    ],
)
def test_an_ask_that_is_not_allowed_is_refused(said, changed, what):
    assert what in refused(said, asks=asks(said, **changed))


def test_all_problems_are_said_at_once(said):
    text = refused(said, coder="", asks=asks(said, text="pigs", evidence="fly"))
    assert all(part in text for part in ("no name", '"pigs" is not', '"fly" is not'))


@pytest.mark.parametrize(
    ("near", "start", "said_so"), [(0, 0, False), (3, 52, True), (52, 52, False), (60, 0, True), (-1, 0, True)]
)
def test_words_that_stand_twice_are_taken_at_or_after_the_old_place(said, near, start, said_so):
    changed = asks(said, status="full", evidence="I will meet him.", evidence_start=near)
    row, notices = correct(said, edit(said, asks=changed))
    assert row["asks"][0]["evidence_start"] == start
    assert bool(notices) is said_so
    if said_so:
        nth = 1 + (start > 0)
        assert notices == [
            f'evidence of ask 1: "I will meet him." stands 2 times in the answer; number {nth} was taken'
        ]


@pytest.mark.parametrize("typed", ["him. The ferry", "him.\r\nThe ferry", " him.\nThe  ferry "])
def test_line_breaks_need_not_be_typed_and_are_kept(said, typed):
    row, _ = correct(said, edit(said, concern_evidence=typed, concern_start=3))
    assert row["concern_evidence"] == "him.\nThe ferry"


def test_words_are_found_that_a_page_could_not_show_as_they_are(said):
    answer = "I will\x00 meet him \ud800 at ten."
    odd = Assessment(make_exchange(QUESTION, answer), grade=Grade.NO_ASK, grade_strict=Grade.NO_ASK)
    row, _ = correct(odd, Edit("Ann", concern_evidence="will\ufffd meet him \ufffd at"))
    assert row["concern_evidence"] == "will\x00 meet him \ud800 at"


def test_signs_of_patterns_are_words_too(said):
    assert '".*" is not in the answer' in refused(said, concern_evidence=".*")


def test_the_edit_of_a_line_gives_the_line_again(said, tmp_path):
    row, _ = correct(said, edit(said, tags=("attack",), note="n", asks=asks(said, evidence="him", evidence_start=12)))
    again, _ = correct(said, edit_of(row, "Ann", "n"))
    assert {name: value for name, value in again.items() if name != "corrected_at"} == {
        name: value for name, value in row.items() if name != "corrected_at"
    }


def test_hand_written_labels_without_offsets_can_be_edited():
    row = {"id": "1", "question": QUESTION, "answer": ANSWER, "tags": [], "grade": "full", "asks": [
        {"text": "will he meet me", "kind": "meeting", "status": "full", "evidence": "meet him"}]}  # fmt: skip
    (ask,) = edit_of(row).asks
    assert (ask.start, ask.evidence_start) == (QUESTION.index("will he meet me"), 7)


def test_whatever_the_tool_says_can_be_confirmed():
    records = read(ROOT / "corpora" / "lookalike" / "oral_old.jsonl")
    for said in Assessor(Settings(model=Model.FAST)).assess(records):
        row, notices = confirm(said, "Ann")
        assert changes(row) == notices == []
        assert problems_of(row) == []


def test_the_tool_need_not_have_found_anything(said):
    empty = Assessment(said.exchange, grade=Grade.PENDING, grade_strict=Grade.PENDING, concern_evidence=Span("I", 0, 1))
    row, _ = confirm(empty, "Ann")
    assert (row["grade"], row["asks"], changes(row)) == ("pending", [], [])
    assert edit_of(row).grade == "pending"


def test_what_is_written_is_read_as_labels(said, tmp_path):
    row, _ = correct(said, edit(said, asks=asks(said, status="partial", evidence="last year")))
    path = tmp_path / "corrections.jsonl"
    Corrections(path).add(row)
    (labels,) = read_labels(path)
    assert [asked.status for asked in labels.asks] == ["partial", "full"]
    assert labels.exchange.department == "Transport"
