"""Folders, patterns and several files: what is read, in which order, and what one bad file does to the others."""

import json
import os
from pathlib import Path

import fake_assessor
import pytest
from typer.testing import CliRunner

from qa_assess.cli import app
from qa_assess.errors import FormatError, InputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read
from qa_assess.readers.inputs import expand, read_all

UTTERANCES = "".join(
    json.dumps({"id": one, "speaker": "x", "conversation_id": "1", "reply_to": to, "text": text, "meta": {}}) + "\n"
    for one, to, text in (("1", None, "Why?"), ("2", "1", "So."))
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that we stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*names: str) -> None:
    """Files with one record each, whose id is the file's name."""
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"id,question,answer\n{Path(name).name},Will she act?,Yes.\n")


def test_a_folder_is_walked_in_order_without_what_is_no_data(folder):
    put("h/b.csv", "h/a.csv", "h/sub/c.csv", "h/1/z.csv", "h/.hidden.csv", "h/.git/x.csv", "h/README.md", "h/fetch.py")
    put("h/LICENSE", "h/~$a.xlsx", "h/X-listPerson.xml", "h/__pycache__/x.csv", "h/plot.PNG", "h/notes.txt")
    files = ["h/a.csv", "h/b.csv", "h/notes.txt", "h/1/z.csv", "h/sub/c.csv"]
    assert [Path(path) for path in expand(["h"])] == [Path(path) for path in files]
    assert expand([Path("h")]) == expand(["h/"]) == expand(["h"])


def test_patterns_and_names_keep_their_order_and_come_once(folder):
    put("h/b.csv", "h/a.csv", "h/sub/c.csv", "z.csv", "h/.hidden.csv", "h/.git/x.csv")
    assert expand(["z.csv", "-", "h/*.csv"]) == ["z.csv", "-", *map(os.path.normpath, ["h/a.csv", "h/b.csv"])]
    assert [Path(path).name for path in expand(["h/**/*.csv"])] == ["a.csv", "b.csv", "c.csv"]
    assert [Path(path).name for path in expand(["h/b.csv", "h", "h/*", str(folder / "h" / "?.csv")])] == [
        "b.csv", "a.csv", "c.csv",
    ]  # fmt: skip
    assert [Path(path).name for path in expand(["h/.git/*.csv"])] == ["x.csv"]
    assert expand(["../*/z.csv"]) == [str(Path("..", folder.name, "z.csv"))]


def test_a_name_with_the_signs_of_a_pattern_is_a_name_first(folder):
    put("a[1].csv", "a1.csv")
    assert expand(["a[1].csv"]) == ["a[1].csv"]
    Path("a[1].csv").unlink()
    assert expand(["a[1].csv"]) == ["a1.csv"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none.csv", "there is no file none.csv"),
        ("no/none.csv", "there is no file"),
        ("no*.csv", r"no file matches no\*\.csv"),
        ("empty", "empty is a folder with nothing to read"),
        ("", "empty name"),
    ],
)
def test_what_stands_for_no_file_is_an_error(folder, name, said):
    put("empty/.hidden.csv", "empty/README", "a.csv")
    with pytest.raises(InputError, match=said) as caught:
        expand(["a.csv", name])
    assert caught.value.hint


@pytest.mark.parametrize("name", ["a\0b*", "**x/[", "[", "a\0b", "x" * 5000, "*/" * 300])
def test_hostile_names_are_errors_and_no_more(folder, name):
    with pytest.raises(InputError):
        list(read_all(expand([name])))


def test_a_circle_of_links_ends(folder):
    put("h/a.csv")
    try:
        Path("h/again").symlink_to(folder / "h")
        Path("h/lost.csv").symlink_to("nowhere.csv")
    except OSError:
        pytest.skip("needs symbolic links")
    assert [Path(path).name for path in expand(["h"])] == ["a.csv", "lost.csv"]
    assert [type(one) for one in read_all(expand(["h"]))] == [Exchange, Failure]
    assert [Path(path).name for path in expand(["h/**/a.csv"])] == ["a.csv"]


def test_a_corpus_is_one_input(folder):
    put("h/corpus/speakers.csv", "h/corpus/more/x.csv", "h/a.csv")
    Path("h/corpus/utterances.jsonl").write_text(UTTERANCES)
    Path("h/corpus/index.json").write_text("{}")
    utterances = str(Path("h/corpus/utterances.jsonl"))
    assert expand(["h/corpus"]) == [utterances]
    assert expand(["h"]) == [str(Path("h/a.csv")), utterances]
    assert expand(["h/*"]) == [str(Path("h/a.csv")), utterances]
    assert expand(["h/corpus/*"]) == [utterances]
    assert [one.answer for one in read("h/corpus")] == ["So."]


def test_of_several_versions_of_a_day_the_last_is_taken(folder):
    days = ["debates2009-10-28", "answers2009-10-28"]
    put(
        *(f"h/{day}{letter}.xml" for day in days for letter in "acb"),
        "h/debates2009-10-29a.xml",
        "g/debates2009-10-28a.xml",
    )
    put("h/sp2009-10-28.xml")
    said: list[str] = []
    names = [Path(path).name for path in expand(["h", "g"], note=said.append)]
    assert names == [
        "answers2009-10-28c.xml", "debates2009-10-28c.xml", "debates2009-10-29a.xml", "sp2009-10-28.xml",
        "debates2009-10-28a.xml",
    ]  # fmt: skip
    assert len(said) == 4
    assert "debates2009-10-28a.xml" in said[2] and "debates2009-10-28c.xml is a later version" in said[2]


# Several files


def test_of_several_files_a_bad_one_is_a_row(folder):
    put("a.csv", "z.csv")
    Path("m.csv").write_text("id,question\n1,Why?\n")
    Path("n.csv").write_bytes(b"\0\1\2\3" * 50)
    Path("o.csv").write_text("")
    Path("p.csv").write_text("id,question,answer\n")
    found = list(read_all(expand(["."])))
    assert [(one.id, type(one)) for one in found] == [
        ("a.csv", Exchange), ("m.csv", Failure), ("n.csv", Failure), ("o.csv", Failure), ("p.csv", Failure),
        ("z.csv", Exchange),
    ]  # fmt: skip
    assert all(one.stage == "read" and one.hint and one.source == one.id for one in found[1:5])
    assert "no answer" in found[1].message
    assert found[4].message == "p.csv: no question with its answer was found"


def test_the_error_of_a_single_file_stays_one(folder):
    Path("m.csv").write_text("id,question\n1,Why?\n")
    for named in ("m.csv", "*.csv", "."):
        with pytest.raises(InputError, match="no answer"):
            read_all(expand([named]))


def test_a_format_that_there_is_not_is_no_row(folder):
    put("a.csv", "b.csv")
    with pytest.raises(FormatError, match="morse"):
        read_all(["a.csv", "b.csv"], format="morse")
    assert len(list(read_all(["a.csv", "b.csv"], format="csv"))) == 2


def test_a_file_that_ends_in_an_error_keeps_its_records(folder, monkeypatch):
    put("a.csv", "b.csv")

    def breaking(path, format=None):
        yield from read(path)
        raise InputError("the disk is gone", hint="mount it")

    monkeypatch.setattr("qa_assess.readers.inputs.read", breaking)
    assert [one.id for one in read_all(["a.csv", "b.csv"])] == ["a.csv", "a.csv", "b.csv", "b.csv"]


# The command


@pytest.fixture
def grade(folder, monkeypatch):
    fake_assessor.install(monkeypatch)
    return lambda *args: CliRunner().invoke(app, ["grade", *args], catch_exceptions=False)


def graded(path: str) -> list[tuple[str, str]]:
    lines = map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())
    return [(line["id"], line["grade"]) for line in lines]


def test_grade_takes_folders_and_patterns(grade):
    put("h/b.csv", "h/sub/a.csv", "x.csv", "h/debates2001-01-01a.xml", "h/debates2001-01-01b.xml")
    result = grade("h", "x*", "-o", "out.jsonl")
    assert result.exit_code == 0
    assert [one for one, _ in graded("out.jsonl")] == ["b.csv", "debates2001-01-01b.xml", "a.csv", "x.csv"]
    assert "debates2001-01-01b.xml is a later version" in result.stderr
    assert "later version" not in grade("h", "-o", "out.jsonl", "--quiet").output


def test_grade_goes_on_after_a_bad_file(grade):
    put("h/a.csv", "h/c.csv")
    Path("h/b.csv").write_text("id,question\n1,Why?\n")
    result = grade("h", "-o", "out.jsonl")
    assert result.exit_code == 1
    assert graded("out.jsonl") == [("a.csv", "full"), ("b.csv", "failed"), ("c.csv", "full")]
    assert "no answer" in result.stderr
    assert grade("h/b.csv", "-o", "out.jsonl").exit_code == 2


def test_grade_never_overwrites_what_is_in_a_folder(grade):
    put("h/a.csv", "h/graded.csv")
    before = Path("h/graded.csv").read_text()
    for named in ("h", "h/*.csv"):
        result = grade(named, "-o", "h/graded.csv")
        assert (result.exit_code, "is an input too" in result.stderr) == (2, True)
    assert Path("h/graded.csv").read_text() == before
    assert grade("nothing*", "-o", "x.csv").exit_code == 2
