"""Records a second, memory and the share of each room on one core and two, beside the bare tokenizer and parser.

    python benchmarks/speed.py RECORDS [--most N] [--repeats N] [--only NAME...] [--json]

RECORDS is anything that `qa-assess grade` reads, so `corpora/lookalike` works on any machine. Each contender runs in a
process of its own, after its models have been loaded and warm. Rates of one process are by CPU time, which other work
on the machine hardly changes; those of two are by wall time, so that they say something only on a machine that is
otherwise idle. Absolute times of a shared machine are not results: the ratio to the bare parser is.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contenders import GRADERS, NAMES, Measured
from grading import store
from measuring import in_a_process
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from qa_assess.errors import QaAssessError
from qa_assess.exchange import Exchange
from qa_assess.readers.inputs import expand, read_all

# A full window for each of two processes, eight times.
MOST = 1024
CORES = (2, 8, 64)
# Written questions of a Parliament; oral questions since 1979, of which two turns make one.
WHOLES = {"187,000 written questions": 187_000, "430,000 oral turns": 215_000}


def rate_on(cores: int, two: Measured) -> float:
    """Records a second on some cores, from what two processes reached and what the main process can read and write.

    >>> two = Measured("", jobs=2, records=1000, wall=20.0, cpu=0.5)
    >>> [rate_on(cores, two) for cores in (2, 8, 64, 128)]
    [50.0, 200.0, 1600.0, 2000.0]
    """
    return min(cores * two.rate / 2, two.records / two.cpu)


def hours(records: int, cores: int, two: Measured) -> float:
    """Hours for some records on some cores.

    >>> round(hours(187_000, 8, Measured("", jobs=2, records=1000, wall=20.0, cpu=0.5)), 2)
    0.26
    """
    return records / rate_on(cores, two) / 3600


def measure(names: Sequence[str], inputs: Sequence[str], most: int, repeats: int) -> dict[str, Measured]:
    """Each contender's figures on the same records.

    Raises:
        QaAssessError: The records cannot be read.
    """
    found = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "records.jsonl"
        exchanges = (one for one in read_all(expand(inputs)) if isinstance(one, Exchange))
        store(islice(exchanges, most), path)
        script = Path(__file__).with_name("contenders.py")
        for name in names:
            print(f"measuring {name}", file=sys.stderr)
            found[name] = Measured(**in_a_process(script, name, path, "--repeats", repeats))
    return found


def _table(title: str, first: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right")
    return table


def contenders_table(found: dict[str, Measured]) -> Table:
    columns = ("processes", "records/s", "x bare parser", "ms/record", "loading s", "peak MB")
    table = _table("Speed and memory", "", columns)
    bare = found.get("parser")
    for one in found.values():
        if one.skipped:
            table.add_row(one.label)
            continue
        beside = f"{one.rate / bare.rate:.2f}" if bare and not bare.skipped else ""
        figures = (f"{one.rate:,.1f}", beside, f"{1000 / one.rate:.2f}", f"{one.loading:.1f}", f"{one.memory:,.0f}")
        table.add_row(one.label, str(one.jobs), *figures)
    return table


def rooms_table(found: dict[str, Measured]) -> Table | None:
    """The share of each room, a column a grader; None where no grader ran in one process."""
    graders = [one for one in found.values() if one.rooms]
    if not graders:
        return None
    table = _table("Share of each room, and ms/record", "", [one.label for one in graders])
    for room in graders[0].rooms:
        cells = [f"{one.rooms[room]:5.1%} {1000 * one.rooms[room] / one.rate:7.2f}" for one in graders]
        table.add_row(room, *cells)
    return table


def _pairs(found: dict[str, Measured]) -> Iterator[Measured]:
    """The graders that ran in two processes."""
    return (one for name, one in found.items() if name in GRADERS and one.jobs == 2 and not one.skipped)


def hours_table(found: dict[str, Measured]) -> Table | None:
    """Hours for the whole of a Parliament; None where no grader ran in two processes."""
    two = list(_pairs(found))
    if not two:
        return None
    table = _table("Hours (computed)", "", [f"{cores} cores" for cores in CORES])
    for one in two:
        for name, records in WHOLES.items():
            cells = []
            for cores in CORES:
                held = rate_on(cores, one) < cores * one.rate / 2
                cells.append(f"{hours(records, cores, one):.2f}{'*' if held else ' '}")
            table.add_row(f"{one.label}: {name}", *cells)
    return table


def notes(found: dict[str, Measured]) -> Iterator[str]:
    """What a reader of the tables has to know."""
    tokens = next((one.tokens / one.records for name, one in found.items() if name == "tokenizer"), None)
    records = max(one.records for one in found.values())
    yield f"{records} records" + (f" of {tokens:.0f} tokens" if tokens else "") + f"; {_machine()}."
    yield from (f"{one.label} was left out: {one.skipped}." for one in found.values() if one.skipped)
    for one in _pairs(found):
        yield (
            f"Hours of {one.label}: every core does what each of two did ({one.rate / 2:.1f} records/s) on records as "
            f"long as these; one process reads and writes, at most {one.records / one.cpu:,.0f} records/s (* where "
            "that is the limit)."
        )
    if any(_pairs(found)):
        yield "430,000 turns are taken as 215,000 questions, each with its answer."
    busy = [one.label for one in found.values() if one.jobs == 1 and one.wall > 1.1 * one.cpu]
    if busy:
        yield f"The machine did other work meanwhile (wall time over CPU time: {', '.join(busy)})."


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def as_json(found: dict[str, Measured]) -> dict[str, Any]:
    """All figures, with the rates and hours that follow from them."""
    contenders = {name: asdict(one) | {"rate": None if one.skipped else one.rate} for name, one in found.items()}
    computed = {
        one.label: {name: {str(cores): hours(n, cores, one) for cores in CORES} for name, n in WHOLES.items()}
        for one in _pairs(found)
    }
    return {"machine": _machine(), "contenders": contenders, "hours": computed}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("records", nargs="+")
    arguments.add_argument("--most", type=int, default=MOST, help="records that are measured")
    arguments.add_argument("--repeats", type=int, default=2, help="of which the fastest counts")
    arguments.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    arguments.add_argument("--json", action="store_true", help="figures as JSON instead of tables")
    given = arguments.parse_args()
    try:
        found = measure(given.only, given.records, given.most, given.repeats)
    except QaAssessError as error:
        arguments.error(f"{error}; {error.hint}")
    if given.json:
        print(json.dumps(as_json(found), indent=2))
    else:
        screen = Console(width=None if sys.stdout.isatty() else 110, markup=False, highlight=False)
        for table in (contenders_table(found), rooms_table(found), hours_table(found)):
            if table:
                screen.print(table)
        for line in notes(found):
            screen.print(line)
    return any(one.failures for one in found.values()) or any(found[n].skipped for n in found if n != "minilm")


if __name__ == "__main__":
    raise SystemExit(main())
