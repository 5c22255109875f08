"""A grader's folder: same training, same bytes; loaded, the same answers; and nothing foreign let in."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io
from conftest import make_ask
from small_grader import fit_small_grader

from qa_assess import model_files
from qa_assess.errors import ModelError
from qa_assess.estimators import hashed_words
from qa_assess.model_files import CONFIG, WEIGHTS, canonical, load, read_config, save
from qa_assess.outcomes import judge
from qa_assess.pairs import Overlap, Pair
from qa_assess.pipeline import load_parser
from qa_assess.readings import Reading

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def grader():
    return fit_small_grader()


@pytest.fixture(scope="module")
def folder(grader, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "deep" / "small"
    save(grader, folder, {"name": "small", "version": "0"})
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    """A folder of its own, so that nothing is taken from the cache."""
    for name in (WEIGHTS, CONFIG):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    return tmp_path


def rewrite(path, change):
    """Change the schema within an archive."""
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(members["schema.json"])
    change(schema)
    members["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)


def test_the_same_training_gives_the_same_bytes_in_one_process(folder, tmp_path):
    save(fit_small_grader(), tmp_path, {"name": "small", "version": "0"})
    assert (tmp_path / WEIGHTS).read_bytes() == (folder / WEIGHTS).read_bytes()
    assert (tmp_path / CONFIG).read_bytes() == (folder / CONFIG).read_bytes()


def test_the_same_training_gives_the_same_bytes_in_another_process(folder, tmp_path):
    environment = {"PYTHONPATH": f"{TESTS.parent}:{TESTS}", "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1", "PATH": ""}
    command = [sys.executable, str(TESTS / "small_grader.py"), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / WEIGHTS).read_bytes() == (folder / WEIGHTS).read_bytes()


def test_other_weights_give_other_bytes(grader, folder):
    other = canonical(skops.io.dumps({"rarity": grader.rarity + 1}))
    assert other != canonical(skops.io.dumps({"rarity": grader.rarity}))


def test_putting_in_order_twice_changes_nothing_more(folder):
    weights = (folder / WEIGHTS).read_bytes()
    assert canonical(weights) == weights


def test_what_skops_shares_stays_shared():
    shared = np.arange(3.0)
    loaded = skops.io.loads(canonical(skops.io.dumps([shared, shared, np.arange(4.0)])))
    assert loaded[0] is loaded[1]
    assert loaded[2].tolist() == [0, 1, 2, 3]


def test_members_carry_no_time_of_their_own(folder):
    with zipfile.ZipFile(folder / WEIGHTS) as archive:
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_grader_judges_the_same_after_loading(grader, folder):
    nlp = load_parser()
    question = "Will he mend the lamp?"
    ask = make_ask(question, "Will he mend the lamp")
    pair = Pair(ask, (ask,), nlp(question), Reading(nlp("No. We will not.")), Overlap(grader.rarity))
    before, after = (judge([pair], models.outcomes)[0] for models in (grader, load(folder)))
    assert np.array_equal(before, after)
    assert np.array_equal(load(folder).rarity, grader.rarity)
    assert load(folder).asks.threshold == grader.asks.threshold


def test_a_folder_is_loaded_once(folder):
    assert load(folder) is load(folder)


def test_config_says_what_made_it(folder):
    config = read_config(folder)
    assert config["name"] == "small"
    assert config["codebook"] == model_files.CODEBOOK_VERSION
    assert config["scikit-learn"]


def test_a_type_that_we_do_not_know_is_refused(copy):
    def name_another_class(schema):
        schema["content"]["rarity"]["__class__"], schema["content"]["rarity"]["__module__"] = "system", "os"
        schema["content"]["rarity"]["__loader__"] = "FunctionNode"

    rewrite(copy / WEIGHTS, name_another_class)
    with pytest.raises(ModelError) as caught:
        load(copy)
    assert "os.system" in caught.value.message
    assert "do not use this file" in caught.value.hint


class Foreign:
    """A class that no grader of ours is made of."""


def test_an_object_of_a_foreign_class_is_refused(copy):
    (copy / WEIGHTS).write_bytes(skops.io.dumps({"rarity": Foreign()}))
    with pytest.raises(ModelError, match=r"holds types that no grader of ours holds: .*Foreign"):
        load(copy)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_a_broken_file_is_named(copy, content):
    (copy / WEIGHTS).write_bytes(content)
    with pytest.raises(ModelError, match="does not load") as caught:
        load(copy)
    assert caught.value.hint == "install qa-assess again"


def test_a_file_cut_short_is_named(copy):
    weights = copy / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-200])
    with pytest.raises(ModelError, match="does not load"):
        load(copy)


def test_a_grader_with_a_room_missing_is_named(copy):
    (copy / WEIGHTS).write_bytes(skops.io.dumps({"rarity": np.zeros(3)}))
    with pytest.raises(ModelError, match="does not load"):
        load(copy)


def test_another_scikit_learn_is_the_first_suspect(copy):
    config = json.loads((copy / CONFIG).read_text())
    (copy / CONFIG).write_text(json.dumps(config | {"scikit-learn": "0.1"}))
    (copy / WEIGHTS).write_bytes(b"")
    with pytest.raises(ModelError) as caught:
        load(copy)
    assert "made with scikit-learn 0.1" in caught.value.hint


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "another codebook"),
        ('{"codebook": "0.9"}', "another codebook"),
    ],
)
def test_a_config_that_is_none_of_ours(tmp_path, config, message):
    if config is not None:
        (tmp_path / CONFIG).write_text(config)
    with pytest.raises(ModelError, match=message):
        read_config(tmp_path)


def test_nothing_of_the_training_texts_is_in_the_file(folder):
    with zipfile.ZipFile(io.BytesIO((folder / WEIGHTS).read_bytes())) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"potholes" not in everything
    assert b"Oldford" not in everything


def test_hashing_keeps_no_state_that_a_run_could_change():
    one, other = (canonical(skops.io.dumps(hashed_words(space=16).fit(["a b"]))) for _ in range(2))
    assert one == other
