"""A grader is trained on records of our own: a folder that loads, a card, errors that say what to do."""

import json

import pytest
from conftest import ROOT, make_exchange
from labelled import make_row, write_rows

from qa_assess import Assessor, Settings
from qa_assess.errors import LabelError, OutputError
from qa_assess.model_files import CONFIG, WEIGHTS
from qa_assess.training import TrainingOptions, material, train
from qa_assess.training.material import fold_of, read_corrected
from qa_assess.training.scores import sure_at

CORPUS = ROOT / "corpora" / "lookalike"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grader")
    options = TrainingOptions(held_out=CORPUS / "oral_old.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(material, "FOLDS", 2)  # each fold is a training of its own: two show all that five do
        return folder, train([CORPUS / "oral_modern.jsonl"], folder, options)


def test_the_folder_is_whole(trained):
    folder, report = trained
    assert {p.name for p in folder.iterdir()} == {WEIGHTS, CONFIG, "metrics.json", "README.md"}
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    assert config["records"] == 129
    assert list(config["labelled"]) == ["oral_modern.jsonl"]
    assert 0 < report.metrics["grade_default_macro_f1"] < 1


def test_the_card_has_the_figures_of_both_kinds_and_says_whose_the_labels_are(trained):
    card = (trained[0] / "README.md").read_text(encoding="utf-8")
    assert "large language model" in card
    assert f"{trained[1].metrics['ask_f1']:.3f}" in card
    assert "oral_old.jsonl" in card


def test_what_was_trained_grades(trained):
    assessor = Assessor(Settings(grader=trained[0]))
    assert assessor.assess_one(make_exchange("When will the pier open?", "It will open in May.")).grade.graded


def test_too_few_records_are_refused(tmp_path):
    few = tmp_path / "few.jsonl"
    few.write_text(
        "\n".join((CORPUS / "written.jsonl").read_text(encoding="utf-8").splitlines()[:20]), encoding="utf-8"
    )
    with pytest.raises(LabelError, match="too few to train on"):
        train([few], tmp_path / "grader")


def test_a_folder_that_cannot_be_written_is_found_before_the_training(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        train([CORPUS / "oral_modern.jsonl"], tmp_path / "file" / "grader")


def test_all_records_of_a_date_are_in_one_fold():
    assert {fold_of("2001-05-04", 0) for _ in range(3)} == {fold_of("2001-05-04", 0)}
    assert len({fold_of(f"2001-05-{day:02d}", 0) for day in range(1, 31)}) == 5


def test_each_correction_takes_the_place_of_its_record_though_ids_repeat(tmp_path):
    first, second = make_row("1", sure=1), make_row("1", question="On the ferry. " + make_row()["question"], sure=1)
    one = write_rows(tmp_path / "one.jsonl", [first, make_row("2", sure=2)])
    other = write_rows(tmp_path / "other.jsonl", [second])
    changed = [row | {"coder": coder, "sure": 3} for row, coder in ((first, "Ann"), (second, "Ann"), (first, "Ben"))]
    corrections = write_rows(tmp_path / "corrections.jsonl", changed)
    for paths in ([one, other, corrections], [corrections, other, one]):
        found = sorted((x.id, x.exchange.question, x.coder, x.sure) for x in read_corrected(paths))
        wanted = [("1", first, "Ben", 3), ("1", second, "Ann", 3), ("2", first, "", 2)]
        assert found == sorted((id, row["question"], coder, sure) for id, row, coder, sure in wanted)


def test_sure_grades_are_right_in_nine_of_ten_in_each_source():
    easy = [("easy", 0.4, True)] * 2000
    hard = [("hard", 0.9 - n / 2000, n % 5 > 0 or n < 400) for n in range(1200)]
    threshold = sure_at([*easy, *hard])
    kept = [right for _, probability, right in hard if probability >= threshold]
    assert sum(kept) / len(kept) >= 0.9
    less = [right for _, probability, right in hard if probability >= threshold - 0.02]
    assert sum(less) / len(less) < 0.9


def test_a_small_source_counts_where_there_is_no_large_one():
    few = [(str(n % 3), 0.5 + n / 1000, n >= 60) for n in range(300)]
    assert 0.5 < sure_at(few) < 0.6
    assert sure_at([*few, *[("large", 0.4, True)] * 1000]) == 0.4


@pytest.mark.parametrize("grades", [[("a", 0.9, False)] * 600, [("a", 0.9, True)] * 20])
def test_where_no_grade_is_sure_none_passes(grades):
    assert sure_at(grades) == 1.0
