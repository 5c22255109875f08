"""Peak memory of grading few records and many: it must not grow with the input.

    python benchmarks/memory.py [--stub N N] [--fast N N] [--json]

The records are made from `corpora/lookalike`, no two the same, every twenty-fifth a pointer to the answer before it.
They go the whole way (read, link, assess, write), once with an assessor that only fills in an assessment, so that what
stands around the models shows, and once with the fast grader. Each run is a process of its own.
"""

import argparse
import json
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from grading import exchanges_of, grade_file, store
from measuring import Clock, in_a_process, peak_memory
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.engines import Window, serial
from qa_assess.errors import QaAssessError
from qa_assess.exchange import Ask, Assessment, Exchange, Failure, Outcome, ResponseTag, Span
from qa_assess.journal import Results
from qa_assess.settings import Model, Settings

LOOKALIKE = Path(__file__).resolve().parents[1] / "corpora" / "lookalike"
STUB, FAST = (10_000, 200_000), (500, 4_000)
_FIRST_DAY, _A_DAY, _FIRST_NUMBER = date(2001, 1, 1), 250, 100_000


def lookalikes(count: int) -> Iterator[Exchange]:
    """Records in the manner of Hansard, all different.

    >>> [one.answer[-22:] for one in lookalikes(2)]
    [' The case number is 0.', ' The case number is 1.']
    """
    own = [one for path in sorted(LOOKALIKE.glob("*.jsonl")) for one in exchanges_of(path)]
    for n in range(count):
        day = _FIRST_DAY + timedelta(days=n // _A_DAY)
        answer = f"{own[n % len(own)].answer} The case number is {n}."
        if n % 25 == 24:
            answer = f"I refer the hon. Member to the answer to Question {_FIRST_NUMBER + n - 1}."
        extra = {"question_number": str(_FIRST_NUMBER + n)}
        yield replace(own[n % len(own)], id=f"{n:07d}", answer=answer, date=day.isoformat(), extra=extra)


def stub(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    """An engine that reads nothing: the end of each question is asked, the first words of each answer meet it."""
    for window in windows:
        yield [one if isinstance(one, Failure) else _assessment(one) for one in window]


def _assessment(exchange: Exchange) -> Assessment:
    start, end = len(exchange.question) // 2, len(exchange.question)
    ask = Ask(exchange.question[start:], start, end, Kind.ACTION, 0.9)
    evidence = Span(exchange.answer[:80], 0, len(exchange.answer[:80]))
    shares = (0.1, 0.2, 0.7)
    return Assessment(
        exchange,
        context=exchange.question[:start],
        outcomes=(Outcome(ask, Status.FULL, evidence, shares),),
        tags=(ResponseTag(Tag.LOOKING_AT_THIS, 0, evidence.end, 0.6),),
        primary_tag=Tag.LOOKING_AT_THIS,
        grade=Grade.FULL,
        grade_strict=Grade.FULL,
        probabilities=shares,
        probabilities_strict=shares,
        feedback=f"The action was given: {evidence.text}.",
        flags=exchange.flags,
        model="stub",
    )


ENGINES = {"stub": (stub, "stub in the assessor's place"), "fast": (serial, "fast grader")}


def graded(name: str, path: Path) -> dict[str, Any]:
    """Grade a file in this process: what it holds at most, and how long it takes."""
    engine = ENGINES[name][0]
    clock = Clock()
    clock.start()
    with TemporaryDirectory() as folder:
        try:
            summary = grade_file(path, Path(folder) / "graded.csv", Settings(model=Model.FAST), engine)
        except QaAssessError as error:
            return {"skipped": str(error)}
    return {"records": summary.records, "failures": summary.failures, "mb": peak_memory(), "wall": clock.stop().wall}


def peaks(name: str, counts: Sequence[int]) -> list[dict[str, Any]]:
    """The figures of `graded` for several numbers of records, each in a process of its own."""
    found = []
    for count in counts:
        print(f"{ENGINES[name][1]}: {count:,} records", file=sys.stderr)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "records.jsonl"
            store(lookalikes(count), path)
            found.append(in_a_process(Path(__file__), "--within", name, path))
    return found


def peaks_table(found: dict[str, list[dict[str, Any]]]) -> Table:
    table = Table(title="Peak memory", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for n, column in enumerate(("", "records", "peak MB", "growth MB", "bytes/record more", "records/s with loading")):
        table.add_column(column, justify="right" if n else "left")
    for name, runs in found.items():
        for n, run in enumerate(runs):
            if "skipped" in run:
                table.add_row(ENGINES[name][1], "", run["skipped"])
                continue
            few = runs[0]
            grown, more = run["mb"] - few["mb"], run["records"] - few["records"]
            growth = (f"{grown:+.1f}", f"{1e6 * grown / more:,.0f}") if n and more else ("", "")
            speed = f"{run['records'] / run['wall']:,.0f}"
            table.add_row(ENGINES[name][1], f"{run['records']:,}", f"{run['mb']:.1f}", *growth, speed)
    return table


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--stub", type=int, nargs="*", default=STUB, metavar="N", help="none to leave it out")
    arguments.add_argument("--fast", type=int, nargs="*", default=FAST, metavar="N", help="none to leave it out")
    arguments.add_argument("--json", action="store_true", help="figures as JSON instead of a table")
    arguments.add_argument("--within", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.within:
        print(json.dumps(graded(given.within[0], Path(given.within[1]))))
        return 0
    found = {name: peaks(name, counts) for name, counts in (("stub", given.stub), ("fast", given.fast)) if counts}
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        Console(width=None if sys.stdout.isatty() else 110, markup=False, highlight=False).print(peaks_table(found))
    return any(run.get("failures") or "skipped" in run for runs in found.values() for run in runs)


if __name__ == "__main__":
    raise SystemExit(main())
