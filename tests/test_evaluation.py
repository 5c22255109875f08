"""Evaluation agrees with the project's scoring script to the last digit, and says what it measured and on what."""

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from conftest import SHARED, make_ask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from labelled import ANSWER, ASKS, make_row, many_rows, noisy_assess, prediction, write_rows
from rich.console import Console

from qa_assess.codebook import CODEBOOK_VERSION, Grade, Kind, Status, Tag
from qa_assess.errors import InputError, LabelError
from qa_assess.evaluation import NOTE, Evaluation, evaluate, tables
from qa_assess.exchange import Assessment, Exchange, Failure, Outcome, ResponseTag
from qa_assess.labels import LabelledAsk, Labels, labels_sha256, read_labels
from qa_assess.metrics import MEASURES
from qa_assess.resampling import totals
from qa_assess.settings import Settings
from qa_assess.tally import Case, tally

SCORE = SHARED.parent / "tools" / "score.py"


@pytest.fixture(scope="module")
def score() -> ModuleType:
    if not SCORE.exists():
        pytest.skip("needs ../shared/tools/score.py, which is not on this machine")
    spec = importlib.util.spec_from_file_location("score", SCORE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def many(tmp_path) -> Path:
    return write_rows(tmp_path / "many.jsonl", many_rows(120))


def run_noisy(path: Path, **options: object) -> Evaluation:
    return evaluate(path, assess=noisy_assess(read_labels(path)), **options)


def scored(gold: Path, folder: Path, evaluation: Evaluation) -> dict:
    """What the scoring script says of the same predictions, as a file of them."""
    labelled = list(read_labels(gold))
    results = noisy_assess(labelled)(labels.exchange for labels in labelled)
    lines = [prediction(result) for result in results if isinstance(result, Assessment)]
    path = write_rows(folder / "pred.jsonl", lines)
    run = subprocess.run(
        [sys.executable, SCORE, gold, path, "--json"], capture_output=True, text=True, check=True, timeout=300
    )
    return json.loads(run.stdout)


def assert_as_scored(evaluation: Evaluation, expected: dict) -> None:
    assert set(expected["point"]) <= set(evaluation.measures)
    for name, point in expected["point"].items():
        estimate = evaluation.measures[name]
        assert estimate.point == pytest.approx(point, abs=1e-12), name
        assert (estimate.low, estimate.high) == pytest.approx(tuple(expected["ci95"][name]), abs=1e-12), name
    assert (evaluation.records, len(evaluation.failures)) == (expected["n"], expected["missing"])
    ours = {
        f"{gold.replace('-', '')}>{given.replace('-', '').replace('failed', 'missing')}": n
        for (gold, given), n in evaluation.confusions["default"].items()
    }
    assert ours == expected["confusion"]


def test_every_shared_measure_and_interval_is_that_of_the_scoring_script(score, many, tmp_path):
    evaluation = run_noisy(many, resamples=200)
    assert_as_scored(evaluation, scored(many, tmp_path, evaluation))


@pytest.mark.shared
def test_it_is_so_on_the_real_dev_labels_too(score, shared, tmp_path):
    evaluation = run_noisy(shared("hansard/dev.jsonl"), resamples=200)
    assert_as_scored(evaluation, scored(shared("hansard/dev.jsonl"), tmp_path, evaluation))


QUESTION = "; ".join(text for text, _ in ASKS)
GRADES = st.sampled_from(list(Grade))
TAGS = st.frozensets(st.sampled_from(list(Tag)), max_size=3)
ASK_LISTS = st.lists(
    st.tuples(st.sampled_from([text for text, _ in ASKS]), st.sampled_from(list(Kind)), st.sampled_from(list(Status))),
    max_size=4,
)
SIDES = st.tuples(GRADES, GRADES, ASK_LISTS, TAGS)


def case_of(gold: tuple, said: tuple | None) -> tuple[Case, dict, dict | None]:
    grade, strict, asks, tags = gold
    exchange = Exchange("r", QUESTION, "Yes.")
    labelled = tuple(LabelledAsk(make_ask(QUESTION, text, kind), status) for text, kind, status in asks)
    labels = Labels("r", exchange, labelled, None, tuple(sorted(tags)), grade, strict)
    return Case.of(labels, as_assessment(exchange, said)), as_line(gold), as_line(said)


def as_assessment(exchange: Exchange, side: tuple | None) -> Assessment | None:
    if side is None:
        return None
    grade, strict, asks, tags = side
    outcomes = tuple(Outcome(make_ask(QUESTION, text, kind), status, None, (0, 0, 1)) for text, kind, status in asks)
    named = tuple(ResponseTag(tag, 0, 1) for tag in tags)
    return Assessment(exchange, outcomes=outcomes, tags=named, grade=grade, grade_strict=strict)


def as_line(side: tuple | None) -> dict | None:
    if side is None:
        return None
    grade, strict, asks, tags = side
    lines = [{"text": text, "kind": kind, "status": status} for text, kind, status in asks]
    return {"grade": grade, "grade_strict": strict, "asks": lines, "tags": list(tags)}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(SIDES, st.none() | SIDES), min_size=1, max_size=12))
def test_any_labels_and_predictions_score_as_in_the_scoring_script(score, pairs):
    made = [case_of(gold, said) for gold, said in pairs]
    summed = totals(tally([case for case, _, _ in made]))
    for name, expected in score.measure([(gold, said) for _, gold, said in made]).items():
        assert float(MEASURES[name].value(summed)) == pytest.approx(expected, abs=1e-12), name


def perfect(labelled: Path):
    gold = {labels.id: labels for labels in read_labels(labelled)}

    def assess(exchanges):
        for exchange in exchanges:
            labels = gold[exchange.id]
            sure = tuple(float(labels.grade is g) for g in (Grade.NON_ANSWER, Grade.PARTIAL, Grade.FULL))
            strict = tuple(float(labels.grade_strict is g) for g in (Grade.NON_ANSWER, Grade.PARTIAL, Grade.FULL))
            yield Assessment(
                exchange,
                outcomes=tuple(Outcome(a.ask, a.status, a.evidence, (0, 0, 1)) for a in labels.asks),
                tags=tuple(ResponseTag(tag, 0, 1) for tag in labels.tags),
                grade=labels.grade,
                grade_strict=labels.grade_strict,
                probabilities=sure,
                probabilities_strict=strict,
                model="oracle 1",
            )

    return assess


def test_an_assessor_that_is_always_right_gets_1_and_no_calibration_error(many):
    evaluation = evaluate(many, assess=perfect(many), resamples=20)
    for name, estimate in evaluation.measures.items():
        assert estimate.point == pytest.approx(0.0 if name.endswith(("ece", "brier")) else 1.0), name
        assert estimate.low <= estimate.point <= estimate.high
    assert evaluation.model == "oracle 1"
    assert evaluation.failures == ()


def test_records_fail_one_by_one_and_count_as_wrong(tmp_path):
    path = write_rows(tmp_path / "two.jsonl", [make_row("a"), make_row("b"), make_row("c")])

    def assess(exchanges):
        first, second, _ = exchanges
        yield from perfect(path)([first])
        yield Failure(second.id, "assess", "the answer is too long")

    evaluation = evaluate(path, assess=assess, resamples=5)
    assert [(f.id, f.message) for f in evaluation.failures] == [
        ("b", "the answer is too long"),
        ("c", "nothing came back for this record"),
    ]
    assert evaluation.measures["grade_default_accuracy"].point == pytest.approx(1 / 3)
    assert evaluation.measures["outcome_accuracy"].point == pytest.approx(1 / 3)
    assert evaluation.confusions["default"] == Counter({("full", "failed"): 2, ("full", "full"): 1})


def test_the_assessor_sees_no_label_and_no_ungraded_record(tmp_path):
    path = write_rows(tmp_path / "two.jsonl", [make_row("a"), make_row("b", [], grade="ungraded", answer="")])
    seen: list[Exchange] = []

    def assess(exchanges):
        seen.extend(exchanges)
        return perfect(path)(seen)

    evaluation = evaluate(path, assess=assess, resamples=5)
    assert [exchange.id for exchange in seen] == ["a"]
    assert seen[0].coded == {}
    assert not {"grade", "asks", "tags", "why"} & set(seen[0].extra)
    assert (evaluation.records, evaluation.left_out) == (1, 1)


def sure_of(path: Path, probabilities: dict[str, tuple[float, float, float]]):
    def assess(exchanges):
        for exchange in exchanges:
            yield Assessment(
                exchange, grade=Grade.FULL, grade_strict=Grade.FULL, probabilities=probabilities[exchange.id]
            )

    return assess


def test_calibration_brier_and_selective_shares_by_hand(tmp_path):
    rows = [make_row("a"), make_row("b"), make_row("c", ["none"]), make_row("d")]
    path = write_rows(tmp_path / "four.jsonl", rows)
    given_probabilities = {"a": (0.0, 0.05, 0.95), "b": (0.1, 0.2, 0.7), "c": (0.0, 0.09, 0.91), "d": (0.0, 0.0, 0.0)}
    evaluation = evaluate(path, assess=sure_of(path, given_probabilities), resamples=5)
    ece, brier = (evaluation.measures[f"grade_default_{name}"] for name in ("ece", "brier"))
    assert (ece.n, brier.n) == (3, 3)
    assert ece.point == pytest.approx((abs(0.95 + 0.91 - 1) + abs(0.7 - 1)) / 3)
    squares = [0.05**2 * 2, 0.1**2 + 0.2**2 + 0.3**2, 1 + 0.09**2 + 0.91**2]
    assert brier.point == pytest.approx(sum(squares) / 3)
    covered, right = (evaluation.selective[f"{name}_default_at_0.9"] for name in ("coverage", "accuracy"))
    assert (covered.point, right.point, right.n) == (0.5, 0.5, 2)
    assert evaluation.selective["coverage_default_at_0.0"].point == 1.0
    assert evaluation.selective["accuracy_default_at_0.0"].point == 0.75
    assert evaluation.measures["grade_strict_ece"].n == 0
    assert evaluation.calibration["default"][9].n == 2


def test_the_groups_divide_the_records_and_the_kinds_divide_the_asks(many):
    evaluation = run_noisy(many, resamples=5)
    for division in ("mode", "period", "answer_length", "number_of_asks"):
        members = evaluation.groups[division].values()
        assert sum(group.records for group in members) == evaluation.records
        for name in ("grade_default_macro_f1", "ask_recall", "outcome_macro_f1", "tags_recall"):
            assert sum(group.measures[name].n for group in members) == evaluation.measures[name].n
    kinds = evaluation.groups["ask_kind"].values()
    for name in ("ask_recall", "ask_precision", "ask_kind_accuracy", "outcome_macro_f1"):
        assert sum(group.measures[name].n for group in kinds) == evaluation.measures[name].n
    for group in kinds:
        # A record where an ask of the kind was only made up counts against ask finding, not for the grades.
        assert group.measures["grade_default_accuracy"].n == group.records
    assert set(evaluation.groups["period"]) == {"before 1997", "1997-2009", "2010 on", "no date"}
    assert set(evaluation.groups["mode"]) == {"oral", "written"}


@pytest.mark.parametrize(
    ("fields", "division", "group"),
    [
        ({"date": "1996-12-31"}, "period", "before 1997"),
        ({"date": "1997-01-01"}, "period", "1997-2009"),
        ({"date": "2009-12-31"}, "period", "1997-2009"),
        ({"date": "2010-01-01"}, "period", "2010 on"),
        ({"date": "4 May"}, "period", "no date"),
        ({"kind": "spoken"}, "mode", "not said"),
        ({"answer": ANSWER + " yes" * (50 - len(ANSWER.split()))}, "answer_length", "up to 50 words"),
        ({"answer": ANSWER + " yes" * (51 - len(ANSWER.split()))}, "answer_length", "51-100 words"),
        ({"answer": ANSWER + " yes" * 200}, "answer_length", "over 200 words"),
        ({"statuses": ["full"] * 2}, "number_of_asks", "2"),
        ({"statuses": ["full"] * 4}, "number_of_asks", "3 or more"),
        ({"statuses": []}, "number_of_asks", "none"),
    ],
)
def test_a_record_falls_into_its_group(tmp_path, fields, division, group):
    path = write_rows(tmp_path / "one.jsonl", [make_row("a", **fields)])
    assert list(evaluate(path, assess=perfect(path), resamples=2).groups[division]) == [group]


def test_a_group_is_measured_as_if_it_stood_alone(tmp_path):
    rows = many_rows(60)
    whole = write_rows(tmp_path / "whole.jsonl", rows)
    oral = write_rows(tmp_path / "oral.jsonl", [row for row in rows if row["kind"] == "oral"])
    assert run_noisy(whole, resamples=30).groups["mode"]["oral"].measures == run_noisy(oral, resamples=30).measures


def test_the_json_form_is_whole_rounded_and_the_same_each_time(many):
    evaluation = run_noisy(many, resamples=50)
    text = json.dumps(evaluation.to_json())
    assert text == json.dumps(run_noisy(many, resamples=50).to_json())
    plain = json.loads(text)
    assert plain["sha256"] == labels_sha256(many)
    assert (plain["model"], plain["codebook"], plain["note"]) == ("made-up 0", CODEBOOK_VERSION, NOTE)
    assert list(plain["measures"]) == list(MEASURES)
    row = plain["measures"]["outcome_macro_f1"]
    assert set(row) == {"point", "low", "high", "n", "unit"}
    assert row["point"] == round(evaluation.measures["outcome_macro_f1"].point, 4)
    grades = plain["confusions"]["default"]
    assert sum(n for given in grades.values() for n in given.values()) == plain["records"]
    assert [row["threshold"] for row in plain["selective"]["strict"]] == [0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    bins = plain["calibration"]["default"]
    assert len(bins) == 10
    assert sum(row["n"] for row in bins) == plain["measures"]["grade_default_ece"]["n"]
    assert all(row["low"] <= row["confidence"] < row["high"] for row in bins if row["n"])


def test_the_tables_read_in_80_columns(many):
    evaluation = run_noisy(many, resamples=20)
    out = StringIO()
    Console(file=out, width=80).print(*tables(evaluation), sep="\n")
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    cut = [line for line in lines if "…" in line and "SHA-256" not in line]
    assert cut == []
    shown = evaluation.measures["grade_default_macro_f1"]
    assert f"{shown.point:.3f} [" in out.getvalue()
    assert "large language model" in out.getvalue()
    for heading in ("quadratic kappa", "non-answer", "rule-out", "before 1997", "0.9 or more", "over 200 words"):
        assert heading in out.getvalue()


def test_the_shipped_assessor_is_used_with_the_settings_given(many, monkeypatch):
    asked: list[Settings] = []

    def assessor(settings: Settings) -> SimpleNamespace:
        asked.append(settings)
        return SimpleNamespace(assess=perfect(many))

    module = ModuleType("qa_assess.assessor")
    module.Assessor = assessor
    monkeypatch.setitem(sys.modules, "qa_assess.assessor", module)
    settings_given = Settings(batch_size=7)
    assert evaluate(many, settings_given, resamples=5).model == "oracle 1"
    evaluate(many, resamples=5)
    assert asked == [settings_given, Settings()]


@pytest.mark.parametrize("rows", [[], [make_row("a", [], grade="ungraded")]])
def test_nothing_to_measure_is_an_error(tmp_path, rows):
    path = write_rows(tmp_path / "few.jsonl", rows)
    with pytest.raises(LabelError, match="no labelled record to measure"):
        evaluate(path, assess=lambda exchanges: [])


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        evaluate(tmp_path / "absent.jsonl", assess=lambda exchanges: [])
