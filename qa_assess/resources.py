"""Where the files that ship with the package are: the path given, the packaged copy, or the checkout.

The wheel carries `models/` inside the package; an editable install has it beside the package.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from qa_assess.errors import ModelError
from qa_assess.settings import Model, Settings

PARSER = "en_hansard_ud_sm"
GRADERS = {Model.STANDARD: "grader", Model.FAST: "grader_fast"}
ENCODER = "encoder"
_PACKAGE = Path(__file__).parent


def _find(name: str) -> Path:
    for root in (_PACKAGE, _PACKAGE.parent):
        if (path := root / "models" / name).is_dir():
            return path
    raise ModelError(
        f"models/{name} is not in this installation of qa-assess",
        hint="install it again (pip install --force-reinstall qa-assess), or name a folder of your own",
    )


def _given(path: Path, what: str) -> Path:
    if not path.is_dir():
        raise ModelError(f"no {what} at {path}: no such folder", hint=f"give the folder that holds the {what}'s files")
    return path


def parser_path(given: Path | None = None) -> Path:
    """The spaCy pipeline's folder.

    Raises:
        ModelError: There is none there.

    >>> parser_path().name
    'en_hansard_ud_sm'
    """
    return _given(given, "parser") if given else _find(PARSER)


def grader_path(given: Path | None = None, model: Model = Model.STANDARD) -> Path:
    """The grader's folder: the one given, or the one that ships as `model`.

    Raises:
        ModelError: There is none there.
    """
    return _given(given, "grader") if given else _find(GRADERS[model])


def is_shipped(model: str) -> bool:
    """Whether a result's model, as `Assessor.model` names it, is a grader that ships with the package.

    >>> is_shipped("grader 0"), is_shipped("")
    (False, False)
    """
    return model.partition(" with encoder ")[0] in _shipped()


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    configs = (json.loads((_find(name) / "config.json").read_text(encoding="utf-8")) for name in GRADERS.values())
    return frozenset(f"{config['name']} {config['version']}" for config in configs)


def encoder_path(given: Path | None = None) -> Path:
    """The encoder's folder.

    Raises:
        ModelError: There is none there.
    """
    return _given(given, "encoder") if given else _find(ENCODER)


def model_files(settings: Settings) -> Iterator[Path]:
    """Every file of the models that some settings name, in a fixed order; what describes them is left out.

    The grader's config names the encoder by its SHA-256, so the encoder is told apart with it.

    Raises:
        ModelError: A model is missing.
    """
    for folder in (parser_path(settings.parser), grader_path(settings.grader, settings.model)):
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        yield from (path for path in files if path.suffix not in (".md", ".svg") and path.name != "metrics.json")
