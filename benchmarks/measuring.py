"""What the benchmarks of time and memory share: a process of its own for each contender, its clock, its peak."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# One process means one core: every library that would start threads is told not to.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: until the measured work began, of wall time and of CPU time (of this process alone) for the work."""

    loading: float
    wall: float
    cpu: float


class Clock:
    """Runs from `start` to `stop`; what was before `start` is loading."""

    def __init__(self) -> None:
        self._made = self._wall = time.perf_counter()
        self._cpu = time.process_time()

    def start(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def stop(self) -> Spent:
        wall, cpu = time.perf_counter(), time.process_time()
        return Spent(self._wall - self._made, wall - self._wall, cpu - self._cpu)


def peak_memory() -> float:
    """The most memory that this process has held at a time, in MB.

    Linux's getrusage begins a new process with the peak of the one that started it, which may be the larger; /proc
    counts the process alone.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (kilobytes,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(kilobytes) * 1024 / 1e6
    return _getrusage_peak("RUSAGE_SELF")


def children_peak() -> float:
    """The most memory that any process started and awaited by this one has held, in MB."""
    return _getrusage_peak("RUSAGE_CHILDREN")


def _getrusage_peak(whose: str) -> float:
    import resource  # noqa: PLC0415 - not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(getattr(resource, whose)).ru_maxrss * unit / 1e6


def in_a_process(script: Path, *words: object) -> dict[str, Any]:
    """Run a script in a new process, and what it prints in its last line, which is a JSON object.

    Raises:
        SystemExit: It failed; what it said stands on standard error.
    """
    command = [sys.executable, str(script), *map(str, words)]
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[1:])} ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])
