"""A grader as a folder of plain files: ``grader.skops`` (weights), ``config.json``, ``metrics.json`` and a card.

skops writes known types only and runs nothing on loading. What it writes is put in order before it is stored (its ids
are memory addresses, its file names random), so that the same training gives the same bytes.
"""

import io
import json
import zipfile
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_assess.asks import AskModels
from qa_assess.codebook import CODEBOOK_VERSION
from qa_assess.concern import ConcernModels
from qa_assess.errors import ModelError
from qa_assess.grader import GradeModels
from qa_assess.outcomes import OutcomeModels
from qa_assess.tags import TagModels

# What json.loads gives
Json = Any

WEIGHTS = "grader.skops"
CONFIG = "config.json"
# The scikit-learn types outside skops' own list that the trees are made of.
_TRUSTED = frozenset(
    {
        "numpy.dtype",
        "qa_assess.estimators.CompactTrees",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.link.MultinomialLogit",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn._loss.loss.HalfMultinomialLoss",
        "sklearn._loss._loss.CyHalfBinomialLoss",
        "sklearn._loss._loss.CyHalfMultinomialLoss",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.compose._column_transformer._RemainderColsList",
        "sklearn.multiclass._ConstantPredictor",
    }
)
# What scikit-learn keeps of the run, and what stands for it: the address of a vectorizer's stop words (ours have none),
# and the threads that sorted the trees' training columns into bins.
_OF_THE_RUN = {"_stop_words_id": "0", "n_threads": "1"}
# A date that every zip reader takes: the members carry none of their own.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class GraderModels:
    """All classifiers of a grader, room by room; `rarity` are the weights of topics (`pairs.rarities`)."""

    rarity: NDArray[np.float32]
    asks: AskModels
    outcomes: OutcomeModels
    concern: ConcernModels
    tags: TagModels
    grade: GradeModels


_ROOMS = {
    "asks": AskModels,
    "outcomes": OutcomeModels,
    "concern": ConcernModels,
    "tags": TagModels,
    "grade": GradeModels,
}


def _ordered(node: Json, names: dict[str, str], ids: dict[int, int], fresh: "count[int]") -> Json:
    """A skops schema with its ids and file names numbered in the order in which they stand."""
    if isinstance(node, list):
        return [_ordered(x, names, ids, fresh) for x in node]
    if not isinstance(node, dict):
        return node
    out: dict[str, Json] = {}
    for key, value in node.items():
        if key == "__id__":
            # Plain values are cached or not as the interpreter likes; only real objects are shared for a reason.
            out[key] = next(fresh) if node.get("is_json") else ids.setdefault(value, next(fresh))
        elif key in _OF_THE_RUN:
            out[key] = _ordered({**value, "content": _OF_THE_RUN[key]}, names, ids, fresh)
        elif isinstance(value, str) and value in names:
            names[value] = names[value] or f"{sum(1 for n in names.values() if n):05d}{Path(value).suffix}"
            out[key] = names[value]
        else:
            out[key] = _ordered(value, names, ids, fresh)
    return out


def canonical(archive: bytes) -> bytes:
    """A skops archive with nothing in it that depends on the run: ids, names, order, times, addresses and threads.

    >>> import skops.io
    >>> canonical(skops.io.dumps([1.5])) == canonical(skops.io.dumps([1.5]))
    True
    """
    source = zipfile.ZipFile(io.BytesIO(archive))
    names = {i.filename: "" for i in source.infolist() if i.filename != "schema.json"}
    schema = _ordered(json.loads(source.read("schema.json")), names, {}, count(1))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for old, new in sorted(names.items(), key=lambda pair: pair[1]):
            if new:
                target.writestr(zipfile.ZipInfo(new, _EPOCH), source.read(old), zipfile.ZIP_DEFLATED)
        target.writestr(zipfile.ZipInfo("schema.json", _EPOCH), json.dumps(schema), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _rooms(models: GraderModels) -> dict[str, Any]:
    def parts(room: Any) -> dict[str, Any]:  # noqa: ANN401 - one of the five
        return {f.name: getattr(room, f.name) for f in fields(room)}

    return {"rarity": models.rarity, **{name: parts(getattr(models, name)) for name in _ROOMS}}


def save(models: GraderModels, folder: Path, config: dict[str, Any]) -> None:
    """Write a grader's weights and config into a folder, which is made where it does not exist."""
    import skops.io  # noqa: PLC0415 - only training writes

    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(canonical(skops.io.dumps(_rooms(models))))
    config = {"codebook": CODEBOOK_VERSION, "scikit-learn": version("scikit-learn"), **config}
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def read_config(folder: Path) -> dict[str, Any]:
    """A grader's config.

    Raises:
        ModelError: It is missing, is no JSON object, or names another codebook.

    >>> from qa_assess.resources import grader_path
    >>> read_config(grader_path())["codebook"] == CODEBOOK_VERSION
    True
    """
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint = "name a folder that `qa-assess train` wrote"
        raise ModelError(f"{folder / CONFIG} cannot be read: {error}", hint=hint) from error
    if not isinstance(config, dict) or config.get("codebook") != CODEBOOK_VERSION:
        raise ModelError(
            f"the grader at {folder} was trained under another codebook than {CODEBOOK_VERSION}",
            hint="train it again with `qa-assess train`",
        )
    return config


@lru_cache(maxsize=2)
def load(folder: Path) -> GraderModels:
    """Load a grader.

    Raises:
        ModelError: A file is missing or broken, or holds a type that we do not know.
    """
    import skops.io  # noqa: PLC0415 - takes a while to import

    config = read_config(folder)
    try:
        unknown = set(skops.io.get_untrusted_types(file=folder / WEIGHTS)) - _TRUSTED
        if unknown:
            raise ModelError(
                f"{folder / WEIGHTS} holds types that no grader of ours holds: {', '.join(sorted(unknown))}",
                hint="do not use this file; name a folder that `qa-assess train` wrote",
            )
        stored = skops.io.load(folder / WEIGHTS, trusted=sorted(_TRUSTED))
        rooms = {name: cls(**stored[name]) for name, cls in _ROOMS.items()}
        return GraderModels(rarity=stored["rarity"], **rooms)
    except ModelError:
        raise
    except Exception as error:  # a zip, JSON, NumPy or scikit-learn error: whatever a broken file raises
        own, made = version("scikit-learn"), config.get("scikit-learn")
        hint = f"it was made with scikit-learn {made}, here is {own}" if own != made else "install qa-assess again"
        raise ModelError(f"the grader at {folder} does not load: {error}", hint=hint) from error


__all__ = ["GraderModels", "canonical", "load", "read_config", "save"]
