"""The door: `python -m qa_assess.parser_training --data TREEBANKS --output FOLDER`."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qa_assess.errors import QaAssessError
from qa_assess.parser_training.recipe import Recipe, rebuild


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuilds the parser; 0 when the folder is written, 2 when it could not start."""
    parser = argparse.ArgumentParser(prog="python -m qa_assess.parser_training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with ewt_train.spacy, gum_train.spacy…")
    parser.add_argument("--output", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--work", type=Path, help="keep corpora and checkpoints here; finished stages are reused")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            work = options.work or Path(temporary)
            work.mkdir(parents=True, exist_ok=True)
            rebuild(Recipe(options.data, work), options.output)
    except QaAssessError as error:
        sys.stderr.write(f"{error}\n{error.hint}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
