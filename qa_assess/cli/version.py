"""The versions of the code, the model and the codebook, read without loading any of them."""

import json
from importlib.metadata import PackageNotFoundError, version

from qa_assess.codebook import CODEBOOK_VERSION
from qa_assess.errors import ModelError
from qa_assess.resources import encoder_path, grader_path


def version_line() -> str:
    """All versions on one line."""
    return f"qa-assess {_code()}, model {_model()}, codebook {CODEBOOK_VERSION}"


def _code() -> str:
    try:
        return version("qa-assess")
    except PackageNotFoundError:
        return "(not installed)"


def _model() -> str:
    try:
        config = json.loads((grader_path() / "config.json").read_text(encoding="utf-8"))
        beside = f" with encoder {_encoder()}" if config.get("encoder") else ""
        return f"{config['name']} {config['version']}{beside}"
    except (ModelError, OSError, ValueError, KeyError, TypeError):
        return "(none)"


def _encoder() -> str:
    config = json.loads((encoder_path() / "config.json").read_text(encoding="utf-8"))
    return str(config["version"])
