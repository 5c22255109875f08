"""What the documents say is what the code does: README commands, examples, and the one direction of imports."""

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import qa_assess

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(
    m.name for m in pkgutil.walk_packages(qa_assess.__path__, "qa_assess.") if not m.name.endswith("__main__")
)


def command(name: str) -> str:
    return re.search(rf"<!-- {name} -->\n```sh\n(.*?)\n```", README, re.S)[1]


@pytest.mark.parametrize("name", ["qa_assess", *MODULES])
def test_the_examples_in_the_docstrings_hold(name):
    if name.startswith("qa_assess.encoder_training."):
        pytest.importorskip("torch", reason="training an encoder needs pip install 'qa-assess[encoder]'")
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert failed == 0


def test_the_library_example_of_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "debate.csv").write_text(
        "id,question,answer\n1,When will the new ferry sail?,It will sail on 4 May 2027.\n2,Will she resign?,\n",
        encoding="utf-8",
    )
    (example,) = re.findall(r"<!-- library -->\n```python\n(.*?)\n```", README, re.S)
    exec(compile(example, "README.md", "exec"), {})
    assert (tmp_path / "graded.csv").read_text(encoding="utf-8-sig").startswith("id,grade,")


def test_the_run_command_of_the_readme_grades_the_bundled_corpus(tmp_path):
    """The command's own arguments, run by this environment's interpreter: what it installs is what runs these tests."""
    arguments = command("run").rsplit("qa-assess ", 1)[1].replace("graded.csv", str(tmp_path / "graded.csv"))
    arguments = arguments.replace("asks.csv", str(tmp_path / "asks.csv"))
    done = subprocess.run(
        f"{sys.executable} -m qa_assess {arguments}", shell=True, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "graded.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) > 300


def test_ci_runs_the_test_command_of_the_readme():
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert command("test").endswith("pytest")


# Which rooms may import which: each may use those before it, never those after.
LAYERS = (
    {"codebook", "errors"},
    {"exchange", "settings", "resources", "ruler", "cues", "scratch", "locks"},
    {
        "wording",
        "estimators",
        "pipeline",
        "asking",
        "candidates",
        "readers",
        "metrics",
        "replies",
        "parser_training",
        "hydration",
        "fetching",
        "pages",
    },
    {"encoder", "links", "ask_filter"},
    {"asks", "readings", "label_rows", "labels", "feedback", "resampling", "reliability"},
    {"pairs"},
    {"outcomes", "concern", "tags", "grader", "evidence"},
    {"model_files", "tally", "corrections", "correcting", "changes"},
    {"assessor", "journal"},
    {"engines"},
    {"batch", "writers", "evaluation", "evaluation_tables"},
    {"graded"},
    {"codings"},
    {"agreement"},
    {"aggregates"},
    {"report"},
    {"training"},
    {"encoder_training"},
    {"web"},
    {"terminal", "agreement_tables", "cli", "__main__"},
)
PLACE = {name: n for n, layer in enumerate(LAYERS) for name in layer}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("qa_assess."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("qa_assess.")}
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "qa_assess").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_one_way(path):
    room = path.relative_to(ROOT / "qa_assess").parts[0].removesuffix(".py")
    if room == "__init__":
        return  # the front door: it names every verb, and imports the heavy ones when they are asked for
    assert room in PLACE, f"{room} has no place in LAYERS yet"
    wrong = {other for other in imported(path) - {room} if PLACE[other] > PLACE[room]}
    assert not wrong, f"{room} imports {wrong}, which stand above it"


@pytest.mark.parametrize("name", ["read", "assess", "write", "Assessor"])
def test_the_front_door_opens_on_every_verb(name):
    assert callable(getattr(qa_assess, name))


def test_the_front_door_knows_its_own_names_only():
    with pytest.raises(AttributeError, match="no attribute 'grade_all'"):
        _ = qa_assess.grade_all
