"""Fuzz the readers: no bytes may make one raise anything but our own errors, hang, or fill the memory.

    python tests/fuzz_readers.py                            every format, 20,000 inputs each
    python tests/fuzz_readers.py --format csv --runs 500000
    python tests/fuzz_readers.py --seconds 60 --corpus /tmp/found

It needs atheris (``pip install -e ".[fuzz]"``), which grows inputs by the lines of the readers that they reach, out of
the look-alikes in ``tests/formats``. An input that breaks a reader is kept in ``tests/formats/crashes``, where
``test_fuzz.py`` replays it for ever; the exit code is then 1. Each format is fuzzed in a process of its own.
"""

import argparse
import hashlib
import io
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Sequence
from pathlib import Path

from fuzz_mutations import changed, pumped

FORMATS_FOLDER = Path(__file__).parent / "formats"
CRASHES = FORMATS_FOLDER / "crashes"
ANY = "any"  # no format is named: it is found from the content
SLOW = 2.0  # seconds of computing
MOST_MEMORY = 1500  # megabytes
_HANGS = 60  # seconds on the clock, which goes on while others compute
_RUNS = 20_000
_LARGEST = 8_000  # bytes of an input, but for those that are pumped up
_PUMPED = 0.002  # of all inputs
_WORD = re.compile(rb'"[\w-]{2,30}":|</?[\w:-]{2,30}|[\w-]{3,30}="?|class="[\w -]{2,40}"')
_SHEET = b"<"


def main() -> int:
    """Fuzz the formats asked for, one after the other, and say how many inputs each was given."""
    wanted = _arguments()
    if wanted.inner:
        _fuzz(wanted.format[0], wanted.inner)
    chosen = wanted.format or [ANY, *names()]
    total = broken = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in chosen:
            folder = Path(wanted.corpus or scratch) / name
            runs, crashes = _run(name, folder, Path(scratch), wanted)
            total, broken = total + runs, broken + crashes
            print(f"{name}: {runs:,} inputs, {crashes} broke it", flush=True)
    print(f"in all: {total:,} inputs, {broken} broke a reader")
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the readers.")
    parser.add_argument("--format", nargs="+", help=f"of these formats only; {ANY} names none to the reader")
    parser.add_argument("--runs", type=int, default=0, help=f"inputs for each format; {_RUNS:,} if no time is told")
    parser.add_argument("--seconds", type=int, default=0, help="for each format")
    parser.add_argument("--corpus", help="a folder that keeps the inputs found, to go on with them another time")
    parser.add_argument("--inner", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser.parse_args()


def names() -> list[str]:
    from qa_assess.readers import FORMATS

    return [one.name for one in FORMATS]


def _run(name: str, folder: Path, scratch: Path, wanted: argparse.Namespace) -> tuple[int, int]:
    """Fuzz one format in a process of its own: how many inputs it read, and how many broke it."""
    folder.mkdir(parents=True, exist_ok=True)
    before = set(CRASHES.glob(f"{name}-*"))
    seeds = seeds_of(name)
    for data in seeds:
        (folder / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
    words = {b"question"} | {word for data in seeds for word in _WORD.findall(data)}
    dictionary = scratch / f"{name}.dict"
    dictionary.write_text("".join(f'"{_escaped(word)}"\n' for word in sorted(words)))
    told = [f"-runs={wanted.runs or (-1 if wanted.seconds else _RUNS)}", f"-max_total_time={wanted.seconds}"]
    kept = [f"-dict={dictionary}", f"-artifact_prefix={CRASHES}/{name}-", str(folder)]
    bounds = [f"-max_len={_LARGEST}", f"-timeout={_HANGS}", f"-rss_limit_mb={MOST_MEMORY}", "-print_final_stats=1"]
    bounds.append("-report_slow_units=1000000")  # the clock goes on while others compute
    command = [sys.executable, __file__, "--format", name, "--inner", *told, *bounds, *kept]
    done = subprocess.run(command, stderr=subprocess.PIPE, check=False)
    said = done.stderr.decode(errors="replace")
    # What ended the process (a hang, too much memory, a fault in a library of C) has been written by libFuzzer.
    for path in CRASHES.glob(f"{name}-*-*[!n]"):
        path.rename(CRASHES / f"{name}-{path.name[-40:][:12]}.bin")
    executed = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    new = set(CRASHES.glob(f"{name}-*")) - before
    if done.returncode or not executed:
        print(said[-3000:], file=sys.stderr)
    return int(executed[1]) if executed else 0, len(new) or int(done.returncode != 0)


def _escaped(word: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word)


def seeds_of(name: str) -> list[bytes]:
    """The look-alikes that fuzzing a format begins with."""
    folders = sorted((FORMATS_FOLDER / "seeds").glob("*" if name == ANY else name))
    seeds = [path.read_bytes() for folder in folders for path in sorted(folder.iterdir())]
    if name == "xlsx":
        seeds += [_sheet_of(data) for data in seeds]
    return seeds


def _sheet_of(workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def as_input(name: str, data: bytes) -> bytes:
    """What is read. Of a workbook, XML is the first sheet: in an archive, hardly a changed byte would get that far."""
    if name != "xlsx" or not data.startswith(_SHEET):
        return data
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(seeds_of("xlsx")[0])) as archive, zipfile.ZipFile(whole, "w") as changed_one:
        for entry in archive.infolist():
            sheet = entry.filename == "xl/worksheets/sheet1.xml"
            changed_one.writestr(entry, data if sheet else archive.read(entry))
    return whole.getvalue()


def check(name: str, data: bytes) -> None:
    """Read an input, with its format named or not, and raise where a reader breaks its promise."""
    from msgspec import json

    from qa_assess.errors import QaAssessError
    from qa_assess.exchange import Exchange, Failure
    from qa_assess.readers import read

    start = time.process_time()
    try:
        for item in read(io.BytesIO(as_input(name, data)), format=None if name == ANY else name):
            assert isinstance(item, (Exchange, Failure)), type(item)
            # Every text of it must be one that can be written: halves of characters cannot.
            json.encode(item)
            assert isinstance(item, Exchange) or (item.message and "\n" not in item.message), item
    except QaAssessError as error:
        assert error.message, "an error without a message"
        error.message.encode()
        error.hint.encode()
    taken = time.process_time() - start
    assert taken < SLOW, f"{len(data):,} bytes took {taken:.1f} s"


def _fuzz(name: str, arguments: Sequence[str]) -> None:
    """Fuzz one format, in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["qa_assess.readers"]):
        import qa_assess.readers  # noqa: F401

    seen: set[str] = set()

    def one(data: bytes) -> None:
        tried(data)
        rng = random.Random(data)
        if rng.random() < _PUMPED:
            tried(pumped(data, rng))

    def tried(data: bytes) -> None:
        try:
            check(name, data)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"{type(error).__name__} at {last.filename}:{last.lineno}"
            if fault not in seen:
                seen.add(fault)
                path = CRASHES / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}.bin"
                path.write_bytes(data)
                print(f"{path.name}: {fault}: {str(error)[:200]}", flush=True)

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        new = changed(data, rng) if rng.random() < 0.5 else atheris.Mutate(data, len(data))
        return new[:most]

    atheris.Setup([sys.argv[0], *arguments], one, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
