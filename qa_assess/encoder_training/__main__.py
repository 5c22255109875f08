"""`python -m qa_assess.encoder_training`: train the encoder and its folds' networks."""

import argparse
import sys
from pathlib import Path

from qa_assess.errors import QaAssessError


def main() -> int:
    """Read the arguments, train, and say what went wrong in one line."""
    arguments = argparse.ArgumentParser(prog="python -m qa_assess.encoder_training", description=__doc__)
    arguments.add_argument("labelled", nargs="+", type=Path, help="labelled JSON Lines files or folders")
    arguments.add_argument("--texts", action="append", default=[], type=Path, help="texts of labels without them")
    arguments.add_argument("--output", type=Path, default=Path("models/encoder"))
    arguments.add_argument("--folds", type=Path, required=True, help="a work folder for the folds' networks")
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    try:
        from qa_assess.encoder_training.recipe import EncoderOptions, train_encoder  # noqa: PLC0415 - needs the extra
    except ModuleNotFoundError as error:
        print(f"Error: {error.name} is not installed\nWhat to do: pip install 'qa-assess[encoder]'", file=sys.stderr)  # noqa: T201
        return 2
    try:
        options = EncoderOptions(texts=given.texts, seed=given.seed)
        train_encoder(given.labelled, given.output, given.folds, options, lambda line: print(line, flush=True))  # noqa: T201
    except QaAssessError as error:
        print(f"Error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
