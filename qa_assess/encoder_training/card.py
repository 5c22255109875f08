"""What a trained encoder says of itself."""

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

from qa_assess.encoder import CONFIG, NETWORK

_CARD = Template("""# encoder $version

A small transformer that reads a question and its answer together and gives the grader one more opinion: what is asked,
how each ask was met and of what kind it is, which response tags and which grade are likely. The scikit-learn
classifiers decide.

Rebuild: the encoder's command under "Rebuild the models" in the project's README, with seed $seed. The same machine
gives the same bytes; another kind of processor rounds differently.

- **Starts from** $layers layers of
  [all-MiniLM-L6-v2](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) (Apache-2.0; the weights' SHA-256 is
  checked against the published one) and the $pieces of its word pieces that parliamentary texts use.
- **Fine-tuned on** $records labelled records by codebook $codebook, from the files below; their labels were made by a
  large language model (see the grader's card). Every label teaches it: kind, status and evidence of each ask, tags,
  concern, grade. Some of the word pieces are hidden at every step, and it learns to guess them.
- **Sees** names as numbered masks, parties and the sexes of people as one word each.
- **Stored** as ONNX, matrices as 8-bit whole numbers with a scale a row ($size MB). In its layers the products are of
  8-bit whole numbers too, each word piece rounded with a scale of its own; the rest is in single precision. Runs in
  onnxruntime, on one thread, a record at a time.

By itself, on records whose dates it had not seen (networks trained without $groups groups of folds, up to 1,000 records
each): outcome macro-F1 $outcomes, kind accuracy $kinds, on the labelled asks. What it adds to the grader stands on the
grader's card.

SHA-256 of the labelled files:

$sha

Licence: Apache-2.0 (LICENSE, NOTICE), as the weights it starts from. Contains Parliamentary information licensed under
the [Open Parliament Licence v3.0](https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/).
""")


def write_card(folder: Path, measured: Sequence[tuple[float, float]]) -> None:
    """Write README.md into an encoder's folder, from its config and the figures of its folds' networks."""
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    card = _CARD.substitute(
        config,
        layers="all six" if config["recipe"]["layers"] == 6 else f"{config['recipe']['layers']} of the six",
        size=f"{(folder / NETWORK).stat().st_size / 1e6:.1f}",
        groups=len(measured),
        outcomes=", ".join(f"{outcome:.3f}" for outcome, _ in measured),
        kinds=", ".join(f"{kind:.3f}" for _, kind in measured),
        sha="\n".join(f"- {name}: `{sha}`" for name, sha in config["labelled"].items()),
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
