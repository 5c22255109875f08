"""The two training runs: stage 1 on the treebanks alone, stage 2 on from there with the frames mixed in."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.symbols import ORTH  # type: ignore[import-not-found]
from spacy.tokens import Doc, DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from thinc.api import Config

STAGE_1 = Path(__file__).parent / "stage1.cfg"
ABBREVIATIONS = ("hon.", "Hon.", "rt.", "Rt.", "hons.", "Hons.")


@dataclass(frozen=True, slots=True)
class Steps:
    """How long a stage trains; the learning rate falls to nothing at its end, so fewer steps are another model."""

    stage_1: int = 5000
    stage_2: int = 1100


def tokenizer_base(output: Path) -> Path:
    """A blank English pipeline whose tokenizer keeps the stops of the House ("my right hon. Friend")."""
    nlp = spacy.blank("en")
    for word in ABBREVIATIONS:
        nlp.tokenizer.add_special_case(word, [{ORTH: word}])  # type: ignore[union-attr]
    nlp.to_disk(output)
    return output


def merge_bins(paths: Sequence[Path], output: Path, docs: Iterable[Doc] = ()) -> Path:
    """The gold docs of several files, in their order, and more docs after them, as one file."""
    merged = DocBin().from_disk(paths[0])
    for path in paths[1:]:
        merged.merge(DocBin().from_disk(path))
    for doc in docs:
        merged.add(doc)
    merged.to_disk(output)
    return output


def stage_1_config(corpus: Path, dev: Path, base: Path) -> Config:
    """The configuration of stage 1 (`stage1.cfg`) with its three paths put in."""
    config = Config().from_disk(STAGE_1, interpolate=False)
    config["paths"].update(train=str(corpus), dev=str(dev))
    config["initialize"]["before_init"]["tokenizer"] = str(base)
    return config


def stage_2_config(corpus: Path, dev: Path, start: Path, steps: int) -> Config:
    """Stage 2 goes on from a trained pipeline: all components sourced, a lower and shorter learning rate."""
    config = stage_1_config(corpus, dev, start)
    config["components"] = {name: {"source": str(start)} for name in config["nlp"]["pipeline"]}
    training = config["training"]
    training.update(max_steps=steps, eval_frequency=steps)
    training["optimizer"]["learn_rate"].update(warmup_steps=30, total_steps=steps, initial_rate=0.001)
    training["batcher"]["size"] = {"@schedules": "constant.v1", "rate": 1200}
    return config


def train_stage(config: Config, output: Path) -> None:
    """Trains; `model-best` and `model-last` are written below the folder, the talk goes to stderr."""
    output.mkdir(parents=True, exist_ok=True)
    nlp = init_nlp(config, use_gpu=-1)
    restore_lemma_labels(nlp)
    train(nlp, output, use_gpu=-1, stdout=sys.stderr, stderr=sys.stderr)


def restore_lemma_labels(nlp: Language) -> None:
    """Fills `EditTreeLemmatizer.tree2label` again.

    spaCy 3.8 does not restore it on load; without it training on would teach every token the first label.
    """
    lemmatizer = nlp.get_pipe("trainable_lemmatizer")
    if not lemmatizer.tree2label:  # type: ignore[attr-defined]
        labels = lemmatizer.cfg["labels"]  # type: ignore[attr-defined]
        lemmatizer.tree2label = {tree: i for i, tree in enumerate(labels)}  # type: ignore[attr-defined]
