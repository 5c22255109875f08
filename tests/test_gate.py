"""The quality gate opens only on the data and above the floors it was set by, and its floors sink only for a reason."""

import tomllib
from pathlib import Path

import gate
import pytest
from labelled import make_row, write_rows

from qa_assess.errors import ModelError

REACHED = dict(zip(gate.GATED, (0.612, 0.601, 0.921, 0.823, 0.544, 0.561), strict=True))


@pytest.fixture
def project(tmp_path) -> Path:
    """A project with one corpus of its own and one that stays outside, its gate never measured."""
    write_rows(tmp_path / "own.jsonl", [make_row()])
    entries = [gate.Data("own", "own.jsonl"), gate.Data("outside", "absent/dev.jsonl", "ab12", False, {"ask_f1": 0.89})]
    gate.write_gate(tmp_path / "gate.toml", entries)
    return tmp_path


def run(project: Path, *arguments: str, **changed: float) -> int:
    return gate.main(list(arguments), project / "gate.toml", project, lambda path: REACHED | changed)


def stored(project: Path) -> dict:
    return tomllib.loads((project / "gate.toml").read_text(encoding="utf-8"))


def test_a_gate_that_was_never_measured_is_shut(project, capsys):
    assert run(project) == 1
    assert "own has no floors yet: run python tests/gate.py --update" in capsys.readouterr().out


def test_an_update_sets_floors_a_margin_under_what_was_reached(project):
    assert run(project, "--update") == 0
    own = stored(project)["own"]
    assert own["floors"]["grade_default_macro_f1"] == 0.602
    assert own["reached"]["grade_default_macro_f1"] == 0.612
    assert len(own["sha256"]) == 64
    assert run(project) == 0


def test_absent_outside_data_are_named_kept_and_no_reason_to_fail(project, capsys):
    run(project, "--update")
    assert run(project) == 0
    assert "outside: absent/dev.jsonl is not on this machine" in capsys.readouterr().out
    assert stored(project)["outside"]["floors"] == {"ask_f1": 0.89}
    assert list(stored(project)) == ["own", "outside"]


def test_absent_data_of_our_own_shut_the_gate(project, capsys):
    run(project, "--update")
    (project / "own.jsonl").unlink()
    assert run(project) == 1
    assert "own.jsonl ships with the project, but is not there" in capsys.readouterr().out


def test_a_measure_under_its_floor_shuts_the_gate(project, capsys):
    run(project, "--update")
    assert run(project, ask_f1=0.912) == 0
    assert run(project, ask_f1=0.9109) == 1
    assert "own: ask_f1 is 0.9109, under its floor of 0.911" in capsys.readouterr().out


def test_other_data_than_the_floors_were_measured_on_shut_the_gate(project, capsys):
    run(project, "--update")
    write_rows(project / "own.jsonl", [make_row("another")])
    assert run(project) == 1
    assert "is not the data that the floors were measured on" in capsys.readouterr().out
    assert run(project, "--update") == 0
    assert run(project) == 0


def test_floors_rise_with_what_is_reached_and_do_not_sink_within_the_margin(project):
    run(project, "--update")
    assert run(project, "--update", ask_f1=0.95) == 0
    assert stored(project)["own"]["floors"]["ask_f1"] == 0.94
    assert run(project, "--update", ask_f1=0.945) == 0
    assert stored(project)["own"]["floors"]["ask_f1"] == 0.94


def test_a_floor_sinks_only_with_a_reason_and_the_reason_is_kept(project, capsys):
    run(project, "--update")
    before = stored(project)
    assert run(project, "--update", ask_f1=0.8) == 1
    assert 'give --allow-lower "REASON"' in capsys.readouterr().out
    assert stored(project) == before
    assert run(project, "--update", "--allow-lower", 'harder "look-alikes"', ask_f1=0.8) == 0
    assert stored(project)["own"]["floors"]["ask_f1"] == 0.79
    assert stored(project)["own"]["lowered"] == {"ask_f1": '0.911 to 0.79: harder "look-alikes"'}
    assert run(project, ask_f1=0.8) == 0


@pytest.mark.parametrize("by_hand", ["ask_f1 = 0.5", ""])
def test_a_floor_lowered_or_struck_out_by_hand_shuts_the_gate(project, capsys, by_hand):
    run(project, "--update")
    path = project / "gate.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("ask_f1 = 0.911", by_hand), encoding="utf-8")
    assert run(project) == 1
    assert "the floor of ask_f1 was lowered by hand" in capsys.readouterr().out


def test_what_cannot_be_measured_shuts_the_gate_with_its_reason(project, capsys):
    def broken(path):
        raise ModelError("no grader at models/grader", hint="train one")

    assert gate.main([], project / "gate.toml", project, broken) == 1
    assert "own: no grader at models/grader: train one" in capsys.readouterr().out


def test_a_floor_under_no_known_measure_shuts_the_gate(project, capsys):
    run(project, "--update")
    path = project / "gate.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("ask_f1 = ", "ask_fone = "), encoding="utf-8")
    assert run(project) == 1
    assert "own: ask_fone: no such measure" in capsys.readouterr().out


def test_a_reason_without_an_update_is_refused(project, capsys):
    with pytest.raises(SystemExit) as caught:
        run(project, "--allow-lower", "because")
    assert caught.value.code == 2
    assert "--allow-lower goes with --update" in capsys.readouterr().err


def test_the_gate_of_the_project_names_the_six_measures_and_where_their_data_are():
    path = Path(gate.__file__).with_name("gate.toml")
    entries = {data.name: data for data in gate.read_gate(path)}
    assert entries["lookalike"].ships
    assert not entries["dev"].ships
    assert set(entries["dev"].floors) == set(gate.GATED)
    assert (gate.ROOT / entries["lookalike"].path).is_dir()


def test_measures_are_those_of_the_evaluation(tmp_path, monkeypatch):
    asked = []

    def evaluate(path, **options):
        asked.append(path)
        estimate = type("Estimate", (), {"point": 0.7})
        return type("Evaluation", (), {"measures": {"ask_f1": estimate}})

    monkeypatch.setattr("qa_assess.evaluation.evaluate", evaluate)
    assert gate.measure(tmp_path / "x.jsonl") == {"ask_f1": 0.7}
    assert asked == [tmp_path / "x.jsonl"]
