"""From treebanks to the folder that ships: both stages, the entity ruler, scores, card and licence."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from qa_assess.errors import InputError, OutputError
from qa_assess.parser_training.card import meta, versions, write_card
from qa_assess.parser_training.entities import add_ruler
from qa_assess.parser_training.frames import read_sampler, sample_docs
from qa_assess.parser_training.scores import (
    ENTITY_CASES,
    HELD_OUT_CASES,
    RELATIONS,
    entity_scores,
    read_cases,
    relation_scores,
    treebank_scores,
)
from qa_assess.parser_training.splice import cut_phrases
from qa_assess.parser_training.stages import (
    Steps,
    merge_bins,
    stage_1_config,
    stage_2_config,
    tokenizer_base,
    train_stage,
)

TRAIN = ("ewt_train.spacy", "gum_train.spacy")
DEV = "ewt_dev.spacy"
NEEDED = (*TRAIN, DEV, "ewt_test.spacy", "gum_test.spacy", "pud.spacy")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where the treebanks are, where the work goes, and the numbers that decide the weights.

    Attributes:
        data: The folder with the `.spacy` treebanks.
        work: A folder for corpora and checkpoints; a finished stage found there is not trained again.
        steps: Training steps of the two stages.
        sentences: How many sentences are sampled from the frames.
        seed: Of the frames; the training seeds stand in `stage1.cfg`.
    """

    data: Path
    work: Path
    steps: Steps = field(default_factory=Steps)
    sentences: int = 7500
    seed: int = 23


def rebuild(recipe: Recipe, output: Path) -> Mapping[str, Any]:
    """Trains both stages, writes the whole folder and returns the scores.

    Raises:
        InputError: A treebank file is missing.
        OutputError: The output folder holds something that is not a pipeline.
    """
    check_data(recipe.data)
    check_output(output)
    stage_1 = train_stage_1(recipe)
    stage_2 = train_stage_2(recipe, stage_1)
    nlp = assemble(stage_2)
    scores = score(recipe, {"stage_1": spacy.load(stage_1), "stage_2": spacy.load(stage_2)}, nlp)
    nlp.meta["performance"] = scores["stage_2"]["treebanks"]["ewt_test"]
    shutil.rmtree(output, ignore_errors=True)
    nlp.to_disk(output)
    (output / "scores.json").write_text(json.dumps(scores, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_card(scores, output)
    return scores


def check_data(folder: Path) -> None:
    """Refuses to start where a treebank is missing."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise InputError(f"no {', '.join(missing)} in {folder}", hint="give the folder of the treebanks with --data")


def check_output(folder: Path) -> None:
    """Refuses to overwrite a folder that is not a pipeline."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "meta.json").is_file():
        raise OutputError(f"{folder} is not empty and holds no pipeline", hint="name a new or a former model folder")


def train_stage_1(recipe: Recipe) -> Path:
    """Stage 1: the treebanks alone."""
    output = recipe.work / "stage1"
    if not (output / "model-last").exists():
        corpus = merge_bins([recipe.data / name for name in TRAIN], recipe.work / "treebank.spacy")
        config = stage_1_config(corpus, recipe.data / DEV, tokenizer_base(recipe.work / "tokenizer"))
        config["training"]["max_steps"] = recipe.steps.stage_1
        train_stage(config, output)
    return output / "model-best"


def train_stage_2(recipe: Recipe, stage_1: Path) -> Path:
    """Stage 2: on from stage 1, the treebanks and sampled parliamentary turns.

    The last weights are taken: the development set is no parliament, and would rather keep stage 1.
    """
    output = recipe.work / "stage2"
    if not (output / "model-last").exists():
        sampled = sample(recipe)
        corpus = merge_bins([recipe.data / name for name in TRAIN], recipe.work / "mixed.spacy", sampled)
        train_stage(stage_2_config(corpus, recipe.data / DEV, stage_1, recipe.steps.stage_2), output)
    return output / "model-last"


def sample(recipe: Recipe) -> Iterable[Doc]:
    """The parliamentary turns of stage 2, with phrases cut from the training treebanks."""
    vocab = Vocab()
    bins = (DocBin().from_disk(recipe.data / name) for name in TRAIN)
    cuts = cut_phrases(doc for bin_ in bins for doc in bin_.get_docs(vocab))
    return sample_docs(read_sampler(recipe.seed, cuts), vocab, recipe.sentences)


def assemble(stage_2: Path) -> Language:
    """The pipeline that ships: the trained one with the entity ruler at its end, and no path of this machine in it."""
    nlp = spacy.load(stage_2)
    add_ruler(nlp, overwrite=True)
    nlp.config["paths"].update(train=None, dev=None)
    nlp.config["initialize"]["before_init"] = None
    nlp.meta.update(meta())
    return nlp


def score(recipe: Recipe, stages: Mapping[str, Language], nlp: Language) -> dict[str, Any]:
    """All figures of the card: both stages on the treebanks and our relations, the ways to find entities."""
    relations = list(read_cases(RELATIONS))
    scores: dict[str, Any] = {
        name: {
            "treebanks": treebank_scores(stage, recipe.data),
            "relations": relation_scores(stage, relations),
        }
        for name, stage in stages.items()
    }
    scores["entities"] = compare_entities(stages["stage_2"], nlp)
    scores["data"] = {name: hashlib.sha256((recipe.data / name).read_bytes()).hexdigest() for name in NEEDED}
    scores["versions"] = versions()
    return scores


def compare_entities(trained: Language, nlp: Language) -> dict[str, Any]:
    """Entities by `ner` alone, by the ruler alone, and by both, on the cases seen and on those held out."""
    rows: dict[str, Any] = {}
    for name, path in (("seen", ENTITY_CASES), ("held out", HELD_OUT_CASES)):
        cases = list(read_cases(path))
        rows[name] = {"ner alone": entity_scores(trained, cases)}
        with nlp.select_pipes(disable=["ner"]):
            rows[name]["ruler alone"] = entity_scores(nlp, cases)
        rows[name]["ner, then ruler"] = entity_scores(nlp, cases)
    return rows
