"""`--columns`: the columns that were asked for, in their order, in every format; and the JSON schema of them all."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_assessor
import openpyxl
import pytest
from conftest import make_exchange
from test_writers import FAILURE, make_assessment
from typer.testing import CliRunner, Result

from qa_assess.cli import app
from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import OutputError
from qa_assess.exchange import Assessment
from qa_assess.settings import Settings
from qa_assess.writers import table, to_json, write
from qa_assess.writers.asks_csv import ask_rows
from qa_assess.writers.columns import outputs
from qa_assess.writers.schema import json_schema

Run = Callable[..., Result]

TABLE = 'id,question,answer,party,"Ward, seat"\n1,Fares rose. Will she cap them?,We will consider it.,Ind,North\n'


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in a folder of its own, with the fake assessor."""
    fake_assessor.install(monkeypatch)
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text(TABLE)
    return lambda *args, **options: CliRunner().invoke(app, list(args), catch_exceptions=False, **options)


def rows_of(name: str) -> list[list[object]]:
    """The table of a file, header first."""
    if name.endswith(".csv"):
        with Path(name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    if name.endswith(".xlsx"):
        return [list(row) for row in openpyxl.load_workbook(name).active.iter_rows(values_only=True)]
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed").read_table(name)
    return [parquet.column_names, *(list(row.values()) for row in parquet.to_pylist())]


def never() -> Iterator[Assessment]:
    raise AssertionError("grading began before the output was found unfit")
    yield


@pytest.mark.parametrize(
    ("name", "share", "asks"), [("x.csv", "0.8000", "1"), ("x.xlsx", 0.8, 1), ("x.parquet", 0.8, 1)]
)
def test_columns_are_picked_and_ordered(run: Run, name: str, share: object, asks: object) -> None:
    names = 'grade, id,probability_partial,party,"Ward, seat",asks'
    result = run("grade", "in.csv", "-o", name, "--columns", names)
    assert result.exit_code == 0
    assert rows_of(name) == [
        ["grade", "id", "probability_partial", "party", "Ward, seat", "asks"],
        ["Partial", "1", share, "Ind", "North", asks],
    ]


def test_columns_that_differ_in_capitals_alone_are_two(run: Run) -> None:
    Path("two.csv").write_text("id,question,answer,Party,party\n1,Will she cap them?,We will consider it.,Ind,North\n")
    assert run("grade", "two.csv", "-o", "x.csv", "--columns", "party,Party").exit_code == 0
    assert rows_of("x.csv") == [["party", "Party"], ["North", "Ind"]]


def test_json_lines_hold_the_keys_that_were_asked_for(run: Run) -> None:
    assert run("grade", "in.csv", "-o", "x.jsonl", "--columns", "grade,extra,id").exit_code == 0
    (line,) = Path("x.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(json.loads(line).items()) == [
        ("grade", "partial"),
        ("extra", {"party": "Ind", "Ward, seat": "North"}),
        ("id", "1"),
    ]


@pytest.mark.parametrize(
    ("name", "columns", "said"),
    [
        ("x.csv", "id,grade_strct", 'no column "grade_strct"; the nearest is "grade_strict"'),
        ("x.csv", "id,Party", 'no column "Party"; the nearest is "party"'),
        ("x.xlsx", "Grade", 'no column "Grade"; the nearest is "grade"'),
        ("x.parquet", "id,zzzzzz", 'no column "zzzzzz"\n'),
        ("x.jsonl", "id,probabilites", 'no column "probabilites"; the nearest is "probabilities"'),
        ("x.jsonl", "id,party", 'no column "party"'),
        ("x.csv", "id,grade,id", 'the column "id" was asked for twice'),
        ("x.csv", " , ", "no column was asked for"),
    ],
)
def test_an_unknown_column_is_found_before_grading(
    run: Run, name: str, columns: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded(self: object, settings: Settings) -> None:
        raise AssertionError("the models were loaded")

    monkeypatch.setattr(fake_assessor.FakeAssessor, "__init__", loaded)
    result = run("grade", "in.csv", "-o", name, "--columns", columns)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr and "What to do: " in result.stderr
    assert [path.name for path in Path().iterdir()] == ["in.csv"]


def test_a_pipe_is_checked_when_its_records_come(run: Run) -> None:
    assert run("grade", "-", "-o", "x.csv", "--columns", "party,id", input=TABLE).exit_code == 0
    assert rows_of("x.csv") == [["party", "id"], ["Ind", "1"]]
    result = run("grade", "-", "-o", "y.csv", "--columns", "partei", input=TABLE)
    assert result.exit_code == 2
    assert 'the nearest is "party"' in result.stderr
    assert not Path("y.csv").exists()


def test_a_column_that_the_input_gives_no_reason_for_is_empty(tmp_path: Path) -> None:
    plain = make_assessment(exchange=make_exchange())
    write([plain, FAILURE], tmp_path / "x.csv", columns=["id", "coded_tags", "failure"])
    assert rows_of(str(tmp_path / "x.csv"))[1:] == [["r1", "", ""], ["r9", "", "the answer is empty"]]


def test_a_column_that_comes_late_is_not_among_those_to_ask_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(table, "WINDOW", 1)
    late = make_assessment(exchange=make_exchange(id="2", extra={"late": "x", "party": "y"}))
    first = make_assessment(exchange=make_exchange(extra={"party": "z"}))
    write([first, late], tmp_path / "x.csv", columns=["id", "extra"])
    assert rows_of(str(tmp_path / "x.csv"))[1:] == [["r1", ""], ["2", '{"late": "x"}']]
    with pytest.raises(OutputError, match='no column "late"'):
        write([first, late], tmp_path / "x.csv", columns=["late"])


def test_the_library_finds_an_unknown_key_of_a_line_before_grading(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match='the nearest is "answer"'):
        write(never(), tmp_path / "x.jsonl", columns=["answr"])


# The schema


def complaints(value: object, schema: dict, place: str = "") -> Iterator[str]:
    """Where a value departs from a JSON schema, as far as ours go."""
    kinds = {"string": str, "number": (int, float), "integer": int, "array": list, "object": dict, "null": type(None)}
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    if allowed and not any(isinstance(value, kinds[one]) for one in allowed):
        yield f"{place}: {value!r} is none of {allowed}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if isinstance(value, (int, float)) and not schema.get("minimum", 0) <= value <= schema.get("maximum", 1e9):
        yield f"{place}: {value} is out of bounds"
    if isinstance(value, dict):
        yield from (f"{place}: no {name}" for name in schema.get("required", []) if name not in value)
        for name, item in value.items():
            inner = schema["properties"].get(name) if "properties" in schema else None
            inner = inner or schema.get("additionalProperties")
            yield from complaints(item, inner, f"{place}.{name}") if inner else [f"{place}: {name} is too many"]
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from complaints(item, schema["items"], f"{place}[{number}]")


def test_the_schema_is_printed(run: Run) -> None:
    for args in (["--json"], ["--columns", "--json"]):
        assert json.loads(run("formats", *args).stdout) == json_schema()


def test_the_schema_names_every_column_and_its_meaning() -> None:
    schemas = json_schema()["$defs"]
    for name, output in outputs().items():
        properties = schemas[name]["properties"]
        assert {key: found["description"] for key, found in properties.items()} == {
            column.name: column.meaning for column in output.columns
        }
    assert schemas["lines"]["properties"]["tags"]["items"]["enum"] == [tag.value for tag in Tag]
    assert schemas["records"]["properties"]["evidence"]["x-separator-in-csv"] == " | "


def everything() -> list:
    no_grade = make_assessment(
        grade=Grade.NO_ASK, grade_strict=Grade.NO_ASK, outcomes=(), concern_evidence=None, tags=()
    )
    bare = Assessment(make_exchange(extra={"party": "Ind"}))
    return [make_assessment(), no_grade, bare, FAILURE]


def test_every_line_follows_the_schema() -> None:
    schema = json_schema()["$defs"]["lines"]
    for result in everything():
        assert list(complaints(json.loads(json.dumps(to_json(result))), schema)) == []
    wrong = to_json(make_assessment()) | {"grade": "Full", "tags": "praise", "more": 1}
    wrong["asks"][0]["probability"] = 1.5
    assert len(list(complaints(wrong, schema))) == 4


def test_every_row_follows_the_schema() -> None:
    schemas = json_schema()["$defs"]
    results = everything()
    names, rows = table.table_of(results)
    for row in rows:
        typed = {name: row.get(name, [] if table.column_of(name).type == "list" else None) for name in names}
        texts = {name: "" for name in names if typed[name] is None and table.column_of(name).type == "text"}
        assert list(complaints(typed | texts, schemas["records"])) == []
    for row in ask_rows(make_assessment()):
        assert list(row) == list(schemas["asks"]["properties"])


def test_the_words_of_the_codebook_are_those_of_the_schema() -> None:
    ask = json_schema()["$defs"]["lines"]["properties"]["asks"]["items"]["properties"]
    assert ask["kind"]["enum"] == [kind.value for kind in Kind]
    assert ask["status"]["enum"] == [status.value for status in Status]
