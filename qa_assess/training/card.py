"""What a trained grader says of itself: metrics.json and the model card."""

import json
from pathlib import Path
from string import Template
from typing import Any

from qa_assess.evaluation import Evaluation

# Measures on the card, in its order, with the words for them.
_SHOWN = {
    "grade_default_macro_f1": "grade macro-F1, default policy",
    "grade_default_accuracy": "grade accuracy, default policy",
    "grade_default_kappa": "grade quadratic kappa, default policy",
    "grade_strict_macro_f1": "grade macro-F1, strict policy",
    "grade_strict_accuracy": "grade accuracy, strict policy",
    "grade_strict_kappa": "grade quadratic kappa, strict policy",
    "ask_f1": "ask finding F1",
    "ask_kind_accuracy": "kind accuracy of the asks found",
    "outcome_macro_f1": "outcome macro-F1 (a missed ask is wrong)",
    "tags_micro_f1": "response tags micro-F1",
    "grade_default_ece": "expected calibration error, default policy",
    "grade_strict_ece": "expected calibration error, strict policy",
}

_CARD = Template("""# $name $version

The classifiers of qa-assess: which parts of a question are asks and of what kind, what an answer does with each, which
response tags it earns, and whether it is Full, Partial or a Non-answer, by codebook $codebook. Written by
`qa-assess train`.

Rebuild: the command under "Rebuild the models" in the project's README, with seed $seed.

## Data

$records labelled records ($asks asks): real ones of the Commons and the Lords, 1979–2026, oral and written, and where
`contrasts` stands below, made-up ones of this project. The texts are not part of this model (features are hashed, so
none can be read out of it). Contains Parliamentary information licensed under the
[Open Parliament Licence v3.0](https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/).

**The labels were made by a large language model** that read record by record under the codebook, not by people; on the
test data in several independent passes. So the figures below say how near the grader comes to that reading, not to a
panel's.

SHA-256 of the labelled files:

$sha

## Figures

Out of fold: five folds by date on the training records, every figure of one fold from models that had not seen it.
`qa-assess train` prints them.

$table

$held_out
$curve## Use and limits

- For reading many answers in the same way and finding those worth a closer look; not for a verdict on one person
  by itself.
- It grades what the answer says against what was asked: not truth, not merit, not tone.
- About one grade in three differs from the labels. Where the top probability is under $sure_at the record is flagged
  `low-confidence`: above it nine in ten default grades were right out of fold, in each large file by itself.
- Weak: implied answers, paraphrased refusals, whether a figure given is the very figure asked for, "this" and "that"
  where they point into the preamble, Partial against its two neighbours.
- United Kingdom parliamentary English only. Other chambers and interviews were not measured.
- Names, parties and the sexes of people are masked before words become features; the parser sees them.

## Files

`grader.skops` (scikit-learn $sklearn; loads known types only, no pickle), `config.json`, `metrics.json`. Licence:
MIT.
""")

_CURVE = """## More labels

![Figures out of fold against the number of labelled records](learning_curve.svg)

Drawn by `benchmarks/learning_curve.py`, without the encoder: the same training on an eighth, a quarter and a half of
the records.

"""

_HELD_OUT = Template("""Held out: `qa-assess evaluate $name`, $n records of dates that no training record has (SHA-256
`$sha`), with bootstrap 95% intervals over records.

$table

Where it is weak: macro-F1 of the default grade, the strict grade and the outcome, and F1 of ask finding, in parts of
the same records. Parts of less than a hundred records say little.

$groups

$sure
""")

_DIVISIONS = {
    "mode": "oral and written",
    "period": "period",
    "answer_length": "length of the answer",
    "number_of_asks": "number of asks",
    "ask_kind": "kind of ask",
}
_PART = ("grade_default_macro_f1", "grade_strict_macro_f1", "outcome_macro_f1", "ask_f1")


def _rows(values: dict[str, str], head: str) -> str:
    lines = [f"| measure | {head} |", "| --- | --- |"]
    lines += [f"| {words} | {values[key]} |" for key, words in _SHOWN.items() if key in values]
    return "\n".join(lines)


def _held_out(evaluation: Evaluation, path: Path) -> str:
    shown = {
        key: f"{e.point:.3f} [{e.low:.3f}, {e.high:.3f}]" for key, e in evaluation.measures.items() if key in _SHOWN
    }
    return _HELD_OUT.substitute(
        name=path.name,
        n=evaluation.records,
        sha=evaluation.sha256,
        table=_rows(shown, "value [95% interval]"),
        groups=_groups(evaluation),
        sure=_sure(evaluation),
    )


def _groups(evaluation: Evaluation) -> str:
    lines = ["| part | records | default | strict | outcome | asks |", "| --- | --- | --- | --- | --- | --- |"]
    for division, words in _DIVISIONS.items():
        for name, group in evaluation.groups.get(division, {}).items():
            cells = [f"{e.point:.2f}" if (e := group.measures[key]).n else "–" for key in _PART]
            lines.append(f"| {words}: {name} | {group.records} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _sure(evaluation: Evaluation) -> str:
    """How many grades stand over the threshold, and how many of those are right."""
    share, right = evaluation.measures["sure_share"], evaluation.measures["sure_accuracy"]
    return (
        f"Not flagged `low-confidence`: {share.point:.0%} of the records [{share.low:.0%}, {share.high:.0%}]; "
        f"{right.point:.0%} of their default grades are right [{right.low:.0%}, {right.high:.0%}]."
    )


def write_report(
    folder: Path, config: dict[str, Any], metrics: dict[str, Any], held_out: tuple[Path, Evaluation] | None
) -> None:
    """Write metrics.json and README.md into a grader's folder.

    Args:
        folder: The grader's folder.
        config: Its config.
        metrics: Its figures out of fold.
        held_out: Labelled records that no classifier saw, and their evaluation.
    """
    stored: dict[str, Any] = {"out_of_fold": metrics}
    if held_out:
        stored["held_out"] = held_out[1].to_json()
    (folder / "metrics.json").write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    values = {key: f"{value:.3f}" for key, value in metrics.items() if isinstance(value, float)}
    card = _CARD.substitute(
        config,
        sha="\n".join(f"- {name}: `{sha}`" for name, sha in config["labelled"].items()),
        table=_rows(values, f"value (n = {metrics['records']})"),
        curve=_CURVE if (folder / "learning_curve.svg").is_file() else "",
        held_out=_held_out(held_out[1], held_out[0]) if held_out else "",
        sklearn=config["scikit-learn"],
    )
    (folder / "README.md").write_text(card, encoding="utf-8")
