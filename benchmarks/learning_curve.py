"""What more labels are worth: figures out of fold against the number of records learned from.

    python benchmarks/learning_curve.py LABELLED... --texts FOLDER --grader models/grader

trains on an eighth, a quarter and a half of the records (whole dates, each part within the next) and takes the
last point from the grader's own metrics.json. Writes `learning_curve.json` and `learning_curve.svg` beside it.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qa_assess.training import fit
from qa_assess.training.material import Record, read_records

SHARES = (0.125, 0.25, 0.5)
SHOWN = {
    "grade_default_macro_f1": "grade, default policy",
    "grade_strict_macro_f1": "grade, strict policy",
    "outcome_macro_f1": "outcome of an ask",
    "tags_micro_f1": "response tags (micro-F1)",
}
Point = dict[str, float]


def place(date: str) -> float:
    """Where a date stands between 0 and 1, by hash: a share of the records are those below it.

    >>> 0 <= place("2001-05-04") < 1
    True
    """
    return int(hashlib.sha256(f"curve:{date}".encode()).hexdigest()[:12], 16) / 16**12


def part(records: Sequence[Record], share: float) -> list[Record]:
    """The records of a share of the dates; a smaller share's are among them."""
    return [r for r in records if place(r.labels.exchange.date or r.labels.id) < share]


def gain(points: Sequence[Point], name: str) -> float:
    """What a doubling of the records adds to a figure: the slope of a line through the points, records on a log scale.

    >>> round(gain([{"records": 100, "f": 0.5}, {"records": 400, "f": 0.6}], "f"), 3)
    0.05
    """
    records = np.log2([p["records"] for p in points])
    return float(np.polyfit(records, [p[name] for p in points], 1)[0])


def draw(points: Sequence[Point], path: Path) -> None:
    """The curve as SVG, the same bytes for the same points."""
    import matplotlib as mpl  # noqa: PLC0415  (an extra)
    from matplotlib import pyplot as plt  # noqa: PLC0415

    mpl.use("Agg")
    plt.rcParams.update({"svg.hashsalt": "qa-assess", "svg.fonttype": "none", "font.size": 11})
    figure, axes = plt.subplots(figsize=(8.6, 4.2))
    for (name, label), marker in zip(SHOWN.items(), "osD^", strict=True):
        axes.plot([p["records"] for p in points], [p[name] for p in points], marker=marker, label=label)
    axes.set_xscale("log", base=2)
    axes.set_xticks([p["records"] for p in points], [f"{int(p['records']):,}" for p in points])
    axes.minorticks_off()
    axes.set_xlabel("labelled records (log scale)")
    axes.set_ylabel("macro-F1 out of fold")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("labelled", nargs="+", type=Path)
    arguments.add_argument("--texts", action="append", default=[], type=Path)
    arguments.add_argument("--grader", type=Path, default=Path("models/grader"))
    given = arguments.parse_args()
    records = read_records(given.labelled, None, 0, given.texts)
    points = []
    for share in SHARES:
        chosen = part(records, share)
        _, metrics = fit(chosen, 0)
        points.append({"records": len(chosen), **{name: round(metrics[name], 4) for name in SHOWN}})
        print(points[-1], flush=True)
    whole = json.loads((given.grader / "metrics.json").read_text(encoding="utf-8"))["out_of_fold"]
    points.append({"records": whole["records"], **{name: round(whole[name], 4) for name in SHOWN}})
    (given.grader / "learning_curve.json").write_text(json.dumps(points, indent=2) + "\n", encoding="utf-8")
    draw(points, given.grader / "learning_curve.svg")
    for name, label in SHOWN.items():
        print(f"{label}: {points[-1][name]:.3f}, a doubling of the records adds {gain(points, name):+.3f}")


if __name__ == "__main__":
    main()
