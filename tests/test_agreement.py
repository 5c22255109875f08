"""Coders are compared two by two, from whatever files they are in, on the records that they share."""

import json
import re
from pathlib import Path

import pytest
from labelled import make_row, many_rows, noisy_assess, write_rows
from typer.testing import CliRunner

from qa_assess.agreement import MEASURES, agreements
from qa_assess.cli import app
from qa_assess.codings import TOOL, read_coders
from qa_assess.corrections import Corrections
from qa_assess.errors import InputError, LabelError
from qa_assess.exchange import Assessment
from qa_assess.labels import read_labels
from qa_assess.tally import Case
from qa_assess.writers import write

QUESTION = make_row(statuses=["none"] * 5)["question"]


def said(id: str, *statuses: str) -> dict:
    """A record with the same texts whatever is said of them."""
    return make_row(id, statuses, question=QUESTION)


def coded(coder: str, *rows: dict) -> list[dict]:
    return [row | {"coder": coder} for row in rows]


@pytest.fixture
def corrections(tmp_path: Path) -> Path:
    """Ann and Bo code four records and two each alone; Ann changes her mind once."""
    path = tmp_path / "corrections.jsonl"
    kept = Corrections(path)
    ann = [said("a", "full", "none"), said("b", "none"), said("c", "full"), said("d")]
    bo = [said("a", "full", "partial"), said("b", "full"), said("c", "full"), said("d", "none")]
    rows = [*coded("Ann", said("c", "none"), *ann, said("e", "full")), *coded("Bo", *bo, said("f", "full"))]
    for row in rows:
        kept.add(row)
    return path


def only(found):
    (one,) = found
    return one


def points(agreement, *names: str) -> list[float]:
    return [round(agreement.measures[name].point, 3) for name in names]


def test_two_coders_of_one_file_by_hand(corrections):
    one = only(agreements([corrections], resamples=20))
    assert (one.coders, one.records, one.alone, one.other_texts) == (("Ann", "Bo"), 4, {"Ann": 1, "Bo": 1}, 0)
    # Ann: partial, non-answer, full, no-ask; Bo: partial, full, full, non-answer.
    assert points(one, "grade_default_agreement", "grade_default_macro_f1") == [0.5, round((1 + 0 + 2 / 3) / 3, 3)]
    assert points(one, "grade_default_kappa") == [round((0.5 - 4 / 16) / (1 - 4 / 16), 3)]
    assert one.measures["grade_default_alpha_ordinal"].n == 3
    assert points(one, "ask_f1") == [round(2 * 4 / (4 + 5), 3)]
    assert points(one, "ask_kind_agreement", "outcome_agreement") == [1.0, 0.5]
    assert one.measures["outcome_agreement"].n == 4
    assert one.measures["tags_micro_f1"].n == 0
    assert one.to_json()["measures"]["tags_micro_f1"]["point"] is None


def test_the_order_of_the_coders_makes_no_difference(corrections):
    one = only(agreements([corrections], ["Ann", "Bo"], resamples=50))
    other = only(agreements([corrections], ["Bo", "Ann"], resamples=50))
    assert other.coders == ("Bo", "Ann")
    for name in MEASURES:
        assert one.measures[name].to_json() == other.measures[name].to_json(), name


def test_full_agreement_is_one_throughout(tmp_path):
    rows = many_rows(60)
    one, other = write_rows(tmp_path / "a.jsonl", rows), write_rows(tmp_path / "b.jsonl", rows)
    found = only(agreements([one, other], resamples=20))
    assert found.coders == ("a.jsonl", "b.jsonl")
    for name, estimate in found.measures.items():
        assert (estimate.point, estimate.low, estimate.high) == pytest.approx((1, 1, 1)), name


@pytest.mark.parametrize("name", ["graded.jsonl", "graded.csv", "graded.xlsx", "graded.parquet"])
def test_a_graded_file_is_a_coder_whatever_its_format(tmp_path, name):
    labels = write_rows(tmp_path / "labels.jsonl", many_rows(200))
    gold = {one.id: one for one in read_labels(labels)}
    results = list(noisy_assess(gold.values())(one.exchange for one in gold.values()))
    write(results, tmp_path / name)
    graded = [one for one in results if isinstance(one, Assessment)]
    assert len(graded) < 200  # some failed
    found = only(agreements([labels, tmp_path / name], resamples=20))
    assert (found.coders, found.records) == (("labels.jsonl", name), len(graded))
    assert found.alone == {"labels.jsonl": 200 - len(graded), name: 0}
    same = sum(one.grade is gold[one.exchange.id].grade for one in graded)
    assert found.measures["grade_default_agreement"].point == pytest.approx(same / len(graded))
    cases = [Case.of(gold[one.exchange.id], one) for one in graded]
    matched = [(case.labels.asks[i], case.assessment.outcomes[j]) for case in cases for i, j in case.pairs]
    right = sum(asked.status is outcome.status for asked, outcome in matched)
    assert found.measures["outcome_agreement"].point == pytest.approx(right / len(matched))


def test_a_graded_file_without_the_texts_is_matched_by_id(tmp_path):
    labels = write_rows(tmp_path / "labels.jsonl", many_rows(20))
    gold = list(read_labels(labels))
    columns = ["id", "grade", "grade_strict", "tags", "ask_kinds", "ask_statuses", "ask_texts"]
    write(noisy_assess(gold)(one.exchange for one in gold), tmp_path / "graded.csv", columns=columns)
    for paths in ([labels, tmp_path / "graded.csv"], [tmp_path / "graded.csv", labels]):
        assert only(agreements(paths, resamples=5)).records == 20


def test_what_the_tool_had_said_is_a_coder_too(tmp_path):
    was = {name: make_row("a", ["none"])[name] for name in ("asks", "tags", "grade")}
    rows = coded("Ann", make_row("a", was=was), make_row("b"))
    path = write_rows(tmp_path / "corrections.jsonl", rows)
    one = only(agreements([path], tool=True, resamples=5))
    assert (one.coders, one.records, one.alone) == (("Ann", TOOL), 1, {"Ann": 1, TOOL: 0})
    assert points(one, "grade_default_agreement", "ask_f1") == [0.0, 1.0]


def test_several_coders_are_compared_in_pairs_and_together(corrections):
    with corrections.open("a") as file:
        file.writelines(json.dumps(row) + "\n" for row in coded("Cy", *(said(id, "full") for id in "aez")))
    found = agreements([corrections], resamples=20)
    assert [one.coders for one in found] == [("Ann", "Bo"), ("Ann", "Cy"), ("Bo", "Cy"), ("Ann", "Bo", "Cy")]
    together = found[-1]
    assert (together.records, together.alone) == (1, {"Ann": 4, "Bo": 4, "Cy": 2})
    assert together.measures["grade_default_alpha"].n == 5  # a to e: two coders or more
    assert set(together.measures) == {f"grade_{p}_alpha{o}" for p in ("default", "strict") for o in ("", "_ordinal")}


def test_records_with_one_id_but_other_texts_are_not_the_same(tmp_path):
    one = write_rows(tmp_path / "a.jsonl", [make_row("r1"), make_row("r2"), make_row("r3")])
    spaced = make_row("r3")
    spaced["question"] = str(spaced["question"]).replace(" ", "\n ", 1)
    other = write_rows(
        tmp_path / "b.jsonl",
        [make_row("r1", question="Another. " + str(make_row()["question"])), make_row("r2"), spaced],
    )
    found = only(agreements([one, other], resamples=5))
    assert (found.records, found.other_texts, found.alone) == (2, 1, {"a.jsonl": 1, "b.jsonl": 1})


def test_files_and_coders_of_one_name_are_told_apart(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write_rows(tmp_path / folder / "c.jsonl", [*coded("Ann", make_row("r1")), *coded("Bo", make_row("r1"))])
    write_rows(tmp_path / "gold.jsonl", [make_row("r1")])
    one, two = tmp_path / "one" / "c.jsonl", tmp_path / "two" / "c.jsonl"
    names = list(read_coders([one, two, tmp_path / "gold.jsonl"]))
    assert names == [f"Ann ({one})", f"Bo ({one})", f"Ann ({two})", f"Bo ({two})", "gold.jsonl"]


@pytest.mark.parametrize(
    ("options", "what", "hint"),
    [
        ({"coders": ["Ann", "Di"]}, "no coder is called Di", "there are: Ann, Bo"),
        ({"coders": ["Ann"]}, "agreement needs two coders", "there are: Ann, Bo"),
        ({"resamples": 0}, "0 resamples", "1000"),
    ],
)
def test_what_cannot_be_compared_is_an_error(corrections, options, what, hint):
    with pytest.raises(InputError, match=what) as caught:
        agreements([corrections], **options)
    assert hint in caught.value.hint


def test_no_record_in_common_is_an_error(tmp_path):
    paths = [write_rows(tmp_path / f"{id}.jsonl", [make_row(id)]) for id in "ab"]
    with pytest.raises(InputError, match=r"no record was coded by two of: a.jsonl, b.jsonl"):
        agreements(paths)


def test_broken_files_are_errors(tmp_path):
    good = write_rows(tmp_path / "good.jsonl", [make_row()])
    with pytest.raises(InputError, match="given twice"):
        agreements([good, good])
    with pytest.raises(InputError, match="cannot read"):
        agreements([good, tmp_path / "absent.csv"])
    (tmp_path / "torn.jsonl").write_text('{"id": ')
    with pytest.raises(LabelError, match=r"torn.jsonl:1: .*cut off"):
        agreements([good, tmp_path / "torn.jsonl"])
    with pytest.raises(LabelError, match="asks is None"):
        agreements([good, write_rows(tmp_path / "bad.jsonl", [{"id": "1", "question": "q", "answer": "a"}])])


def test_the_command_prints_tables_of_80_columns_and_json(corrections):
    run = CliRunner().invoke(app, ["agreement", str(corrections), "--resamples", "20"], env={"COLUMNS": "80"})
    assert run.exit_code == 0, run.output
    assert "Ann and Bo: 4 records of both" in run.stdout
    assert "Left out: 1 that only Ann has; 1 that only Bo has." in run.stdout
    assert re.search(r"same grade +0\.500 \[", run.stdout)
    assert max(map(len, run.stdout.splitlines())) <= 80
    as_json = CliRunner().invoke(app, ["agreement", str(corrections), "--json", "--coder", "Bo", "--coder", "Ann"])
    found = only(json.loads(as_json.stdout))
    assert found["coders"] == ["Bo", "Ann"]
    assert set(found["measures"]) == set(MEASURES)
    assert found["measures"]["grade_default_agreement"]["n"] == 4


def test_names_are_shown_as_they_are(tmp_path):
    rows = [
        row
        for coder in ("[red]Ann", "Bo\x1b[31m", "Cy")
        for row in coded(coder, make_row("r1"), make_row("r2", ["none"]))
    ]
    path = write_rows(tmp_path / "c.jsonl", [*rows, *coded("Di", make_row("r9"))])
    run = CliRunner().invoke(app, ["agreement", str(path), "--resamples", "5"])
    assert "[red]Ann and Bo[31m: 2 records of both" in run.stdout
    assert "Cy and Di: 0 records of both" in run.stdout
    assert "All 4 coders" in run.stdout
