"""The whole way of one record, with the models that ship."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from conftest import ROOT, make_exchange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_assess import Assessor, Exchange, Failure, Grade, Kind, Settings, Status, Tag
from qa_assess.codebook import grade_default, grade_strict
from qa_assess.feedback import feedback
from qa_assess.labels import read_labels
from qa_assess.pipeline import load_parser
from qa_assess.readers import read

CORPUS = ROOT / "corpora" / "lookalike"


@pytest.fixture(scope="module")
def assessor():
    return Assessor()


@pytest.fixture(scope="module")
def assessments(assessor):
    return list(assessor.assess(x.exchange for x in read_labels(CORPUS)))


def test_every_record_of_the_corpus_is_assessed(assessments):
    assert len(assessments) == 320
    assert not [a for a in assessments if isinstance(a, Failure)]


def test_spans_are_exact(assessments):
    for a in assessments:
        for outcome in a.outcomes:
            assert a.exchange.question[outcome.ask.start : outcome.ask.end] == outcome.ask.text
            if outcome.evidence:
                span = outcome.evidence
                assert a.exchange.answer[span.start : span.end] == span.text
            else:
                assert outcome.status is Status.NONE
        for tag in a.tags:
            assert a.exchange.answer[tag.start : tag.end].strip()
        if a.concern_evidence:
            assert a.exchange.answer[a.concern_evidence.start : a.concern_evidence.end] == a.concern_evidence.text


def test_grades_follow_from_what_is_shown(assessments):
    """Grade, strict grade, statuses and concern evidence never contradict one another."""
    for a in assessments:
        if not a.grade.graded:
            assert a.reason
            continue
        statuses = [o.status for o in a.outcomes]
        assert a.grade_strict is grade_strict(statuses)
        if a.grade_strict is Grade.NON_ANSWER:
            assert a.grade is grade_default(statuses, concern_met=a.concern_evidence is not None)
        else:
            assert a.grade is a.grade_strict
        assert sum(a.probabilities) == pytest.approx(1, abs=2e-4)
        assert max(a.probabilities) == a.probabilities[(Grade.NON_ANSWER, Grade.PARTIAL, Grade.FULL).index(a.grade)]


def test_feedback_is_derived_from_what_is_shown(assessments):
    nlp = load_parser()
    for a in assessments[::8]:
        doc = nlp(a.exchange.question)
        assert a.feedback == feedback(doc, a.outcomes, grade=a.grade, tags=a.tags, concern=a.concern_evidence)


def test_batches_do_not_change_what_comes_out(assessor, assessments):
    small = Assessor(Settings(batch_size=3))
    some = [a.exchange for a in assessments[:20]]
    assert list(small.assess(some)) == assessments[:20]


def test_labels_in_the_input_never_touch_the_result(assessor):
    plain = make_exchange("When will the ferry sail?", "In due course.")
    coded = replace(plain, coded={"grade": "full", "tags": "commits", "feedback": "A date was given."})
    one, other = assessor.assess([plain, coded])
    assert replace(other, exchange=plain) == one


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Will the Minister rule out any more cuts to the coastguard?", Kind.RULE_OUT),
        ("When will the new bridge at Oldwick be opened?", Kind.TIMELINE),
        ("How many lifeboats were launched in each of the last three years?", Kind.FIGURE),
        ("Will the Minister meet me and the harbour users to talk about the dredging?", Kind.MEETING),
        ("Why has the lighthouse grant been withdrawn?", Kind.REASON),
        ("What steps is the Department taking to mend the sea wall?", Kind.ACTION),
        ("What assessment has she made of the effect of the toll on ferry fares?", Kind.ASSESSMENT),
        ("Does he agree that the pilots deserve our thanks?", Kind.VIEW),
        ("Will she place a copy of the survey in the Library?", Kind.PUBLISH),
        ("Will he join me in congratulating the crew of the Oldwick lifeboat?", Kind.GESTURE),
        ("What discussions has he had with the harbour board on the dredging?", Kind.DISCUSSION),
    ],
)
def test_plain_asks_are_found_with_their_kind(assessor, question, kind):
    (outcome,) = assessor.assess_one(make_exchange(question, "I thank the hon. Lady for raising this.")).outcomes
    assert outcome.ask.kind is kind
    assert outcome.ask.text.rstrip("?") == question.rstrip("?")


def test_a_date_answers_a_date(assessor):
    given_date = assessor.assess_one(
        make_exchange("When will the report be published?", "It will be published on 4 May 2027.")
    )
    put_off = assessor.assess_one(
        make_exchange("When will the report be published?", "It will be published in due course.")
    )
    assert (given_date.grade, put_off.grade) == (Grade.FULL, Grade.NON_ANSWER)
    assert put_off.primary_tag is Tag.IN_DUE_COURSE
    assert "in due course" in put_off.exchange.answer[put_off.tags[0].start : put_off.tags[0].end]


def test_the_preamble_is_the_context(assessor):
    question = "The tide gauge at Oldwick failed in March. Will the Minister have it mended before the winter?"
    assert assessor.assess_one(make_exchange(question, "Yes.")).context == "The tide gauge at Oldwick failed in March."


@pytest.mark.parametrize(
    ("exchange", "grade", "reason"),
    [
        (make_exchange(answer=""), Grade.UNGRADED, "no answer text"),
        (make_exchange(answer=" … "), Grade.UNGRADED, "no answer text"),
        (make_exchange(answer="It will not be possible to answer this question within the usual time period. "
                              "An answer is being prepared."), Grade.PENDING, "holding answer"),
        (make_exchange("I enjoyed my visit to the harbour.", "So did I."), Grade.NO_ASK, "nothing was asked"),
        (make_exchange(flags=("truncated-answer",)), Grade.UNGRADED, "cut short"),
    ],
)  # fmt: skip
def test_what_cannot_be_graded_says_why(assessor, exchange, grade, reason):
    result = assessor.assess_one(exchange)
    assert (result.grade, result.grade_strict) == (grade, grade)
    assert reason in result.reason
    assert result.probabilities == (0.0, 0.0, 0.0)
    assert result.feedback


def test_what_cannot_be_assessed_is_a_failure_and_the_rest_go_on(assessor):
    long, empty, fine = make_exchange(answer="yes " * 600_000), make_exchange(question=" "), make_exchange()
    read_badly = Failure("7", "read", "broken line")
    one, two, three, four = assessor.assess([long, read_badly, empty, fine])
    assert "2,400,000 characters" in one.message
    assert one.hint
    assert two is read_badly
    assert "no question text" in three.message
    assert four.grade is Grade.FULL


def test_a_record_that_breaks_a_room_takes_no_other_along(assessor, monkeypatch):
    broken = make_exchange("Will he act on the dredging?", "No.", id="bad")
    original = assessor._assess_all

    def fail_on_bad(exchanges):
        if any(e.id == "bad" for e in exchanges):
            raise ZeroDivisionError("no reason at all")
        return original(exchanges)

    monkeypatch.setattr(assessor, "_assess_all", fail_on_bad)
    good, bad = assessor.assess([make_exchange(), broken])
    assert good.grade.graded
    assert (bad.id, bad.stage) == ("bad", "assess")
    assert "ZeroDivisionError" in bad.message


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_assessed_or_refused_in_words(question, answer):
    (result,) = _assessor().assess([Exchange("1", question, answer)])
    assert not isinstance(result, Failure) or "no question text" in result.message


def _assessor(kept=[]):  # noqa: B006 - hypothesis and module fixtures do not mix
    if not kept:
        kept.append(Assessor())
    return kept[0]


def test_two_processes_write_the_same_bytes(tmp_path):
    outputs = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.jsonl"
        command = [
            sys.executable,
            "-m",
            "qa_assess",
            "grade",
            str(CORPUS / "oral_old.jsonl"),
            "-o",
            str(path),
            "--quiet",
        ]
        subprocess.run(command, env={"PYTHONHASHSEED": seed, "PATH": ""}, check=True)
        outputs.append(path.read_bytes())
    assert outputs[0] == outputs[1]
    assert len([json.loads(line) for line in outputs[0].splitlines()]) == 70


@pytest.mark.shared
def test_the_seed_page(assessor, shared):
    results = list(assessor.assess(read(shared("seeds/assessed-page-probation.txt"))))
    assert [a.grade for a in results] == [Grade.PARTIAL] * 3
    assert [a.grade_strict for a in results] == [Grade.PARTIAL, Grade.NON_ANSWER, Grade.NON_ANSWER]
    assert [a.primary_tag for a in results] == [Tag.LOOKING_AT_THIS, Tag.UNDER_REVIEW, Tag.UNDER_REVIEW]
    assert "working conditions" in results[0].feedback
    assert "No commitment to ruling out any more cuts to the probation service was given" in results[1].feedback
