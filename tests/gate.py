"""Quality gate: grades the labelled data of gate.toml and fails where a measure is under its floor.

    python tests/gate.py                                    measure and check; exit 1 where a floor is not met
    python tests/gate.py --update                           raise the floors to what is reached now (less 0.01)
    python tests/gate.py --update --allow-lower "REASON"    let floors sink as well, the reason noted in gate.toml

A floor holds for the data it was measured on, so each stands beside their SHA-256. Data marked `ships = false` may be
absent; the gate then says so and goes by the rest.
"""

import argparse
import json
import math
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Another build of numpy or scikit-learn may flip a few close calls; a real loss is larger.
MARGIN = 0.01
GATED = (
    "grade_default_macro_f1",
    "grade_strict_macro_f1",
    "ask_f1",
    "ask_kind_accuracy",
    "outcome_macro_f1",
    "tags_micro_f1",
)
HEADER = """\
# Floors under the quality of the shipped models; read and rewritten by tests/gate.py, which says how.
# A floor is what was reached (`reached`) less 0.01, on the data with this SHA-256; floors sink only by --allow-lower.
"""
Measure = Callable[[Path], dict[str, float]]


@dataclass(frozen=True)
class Data:
    """One set of labelled data, and the floors that hold on it."""

    name: str
    path: str
    sha256: str = ""
    ships: bool = True
    floors: dict[str, float] = field(default_factory=dict)
    reached: dict[str, float] = field(default_factory=dict)
    lowered: dict[str, str] = field(default_factory=dict)


def read_gate(path: Path) -> list[Data]:
    return [Data(name, **entry) for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()]


def write_gate(path: Path, entries: Iterable[Data]) -> None:
    path.write_text("\n".join([HEADER, *map(_toml, entries)]), encoding="utf-8")


def _toml(data: Data) -> str:
    plain = {"path": data.path, "sha256": data.sha256, "ships": data.ships}
    tables = {"": plain, ".floors": data.floors, ".reached": data.reached, ".lowered": data.lowered}
    filled = {name: table for name, table in tables.items() if table}
    # A JSON string, number or true is written the same way in TOML.
    return "\n".join(
        f"[{data.name}{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in filled.items()
    )


def problems(data: Data, sha256: str, reached: dict[str, float]) -> list[str]:
    """Why the gate stays shut on these data; empty where it opens."""
    if not data.floors:
        return [f"{data.name} has no floors yet: run python tests/gate.py --update"]
    if sha256 != data.sha256:
        return [
            f"{data.path} is not the data that the floors were measured on (SHA-256 {sha256[:12]}…, "
            f"the floors are for {data.sha256[:12]}…): run python tests/gate.py --update"
        ]
    under = [
        f"{data.name}: {name} is {reached[name]:.4f}, under its floor of {floor}"
        for name, floor in data.floors.items()
        if reached[name] < floor
    ]
    return under + [
        f"{data.name}: the floor of {name} was lowered by hand, to {data.floors.get(name, 'nothing')}: "
        'run python tests/gate.py --update --allow-lower "REASON"'
        for name, best in data.reached.items()
        if data.floors.get(name, 0.0) < _floor(best)
    ]


def updated(data: Data, sha256: str, reached: dict[str, float], reason: str) -> Data:
    """The data with its new SHA-256, and with floors raised to what was reached (or lowered, where there is a reason).

    Raises:
        ValueError: A floor would sink and no reason is given.
    """
    floors, noted, lowered = dict(data.floors), dict(data.reached), dict(data.lowered)
    for name in data.floors or GATED:
        old, now = data.floors.get(name, 0.0), round(reached[name], 4)
        if now < old and not reason:
            raise ValueError(f'{data.name}: {name} would sink under {old}, to {now}: give --allow-lower "REASON"')
        if now < old:
            lowered[name] = f"{old} to {_floor(now)}: {reason}"
        if now < old or _floor(now) > old:
            floors[name], noted[name] = _floor(now), now
    return replace(data, sha256=sha256, floors=floors, reached=noted, lowered=lowered)


def _floor(reached: float) -> float:
    return math.floor(round((reached - MARGIN) * 1000, 6)) / 1000


def measure(path: Path) -> dict[str, float]:
    """Every measure of the shipped models on labelled data."""
    from qa_assess.evaluation import evaluate  # noqa: PLC0415  (spaCy loads with it)

    return {name: estimate.point for name, estimate in evaluate(path, resamples=1).measures.items()}


def main(arguments: list[str], gate: Path, root: Path = ROOT, measure: Measure = measure) -> int:
    options = _options(arguments)
    entries = read_gate(gate)
    absent = [data for data in entries if not (root / data.path).exists()]
    for data in absent:
        _say(f"{data.name}: {data.path} is not on this machine; the gate goes by the other data")
    found = [f"{data.path} ships with the project, but is not there" for data in absent if data.ships]
    if len(absent) == len(entries):
        found.append("there is nothing to measure")
    kept = list(absent)
    for data in (data for data in entries if data not in absent):
        after, wrong = _pass(data, root / data.path, options, measure)
        kept.append(after)
        found += wrong
    if options.update and not found:
        write_gate(gate, sorted(kept, key=lambda data: [entry.name for entry in entries].index(data.name)))
    for problem in found:
        _say(f"FAILED {problem}")
    _say("quality gate: shut" if found else "quality gate: open")
    return int(bool(found))


def _pass(data: Data, path: Path, options: argparse.Namespace, measure: Measure) -> tuple[Data, list[str]]:
    """The data as they should stand in gate.toml, and what is wrong with them."""
    from qa_assess.errors import QaAssessError  # noqa: PLC0415  (so that --help needs nothing installed)
    from qa_assess.labels import labels_sha256  # noqa: PLC0415

    wrong: list[str] = []
    try:
        sha256, reached = labels_sha256(path), measure(path)
    except QaAssessError as error:
        return data, [f"{data.name}: {error}: {error.hint}"]
    if unknown := sorted(set(data.floors) - set(reached)):
        return data, [f"{data.name}: {', '.join(unknown)}: no such measure; the names are those of qa_assess.metrics"]
    if options.update:
        try:
            data = updated(data, sha256, reached, options.allow_lower)
        except ValueError as error:
            wrong.append(str(error))
    else:
        wrong = problems(data, sha256, reached)
    for name, floor in data.floors.items():
        _say(f"{data.name}: {name:24} {reached[name]:.4f} (floor {floor:.3f})")
    return data, wrong


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="set the floors by what is reached now")
    parser.add_argument(
        "--allow-lower", default="", metavar="REASON", help="with --update: floors may sink, for REASON"
    )
    options = parser.parse_args(arguments)
    if options.allow_lower and not options.update:
        parser.error("--allow-lower goes with --update")
    return options


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).with_name("gate.toml")))
