"""Engines: the same results in the same order wherever they are computed, also when a process is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from conftest import make_exchange

from qa_assess.engines import Engine, Window, dask, processes, serial
from qa_assess.errors import EngineError, ModelError
from qa_assess.exchange import Exchange, Failure
from qa_assess.settings import Settings
from qa_assess.writers import to_json

ANSWERS = (
    "Yes. We will publish the report in May 2031.",
    "The matter is under review and I cannot say more today.",
    "I refer the hon. Member to the answer that I gave on 3 March.",
    "There are 412 ferries in service, which is more than in any year since 2009.",
)
SETTINGS = Settings(batch_size=4)


def windows(count: int = 5) -> list[Window]:
    def one(n: int) -> Exchange | Failure:
        if n % 7 == 5:
            return Failure(str(n), "read", "no answer")
        question = f"Will the Minister publish the report on ferry {n}, and when will the new pier open?"
        return make_exchange(question, ANSWERS[n % 4], id=str(n))

    return [[one(4 * number + place) for place in range(4)] for number in range(count)]


@pytest.fixture(scope="module")
def expected() -> list[object]:
    return plain(serial(windows(), SETTINGS))


def plain(results: Iterator[object]) -> list[object]:
    return [[to_json(one) for one in window] for window in results]


def workers_of(pid: int) -> list[psutil.Process]:
    return [p for p in psutil.Process(pid).children(recursive=True) if "spawn_main" in " ".join(p.cmdline())]


def test_processes_give_the_serial_results(expected: list[object]) -> None:
    assert plain(processes(2)(windows(), SETTINGS)) == expected
    assert processes(1) is serial


def test_a_killed_process_is_replaced(expected: list[object]) -> None:
    results = processes(2)(windows(), SETTINGS)
    first = [to_json(one) for one in next(results)]
    workers = workers_of(os.getpid())
    assert len(workers) == 2
    workers[0].kill()
    assert [first, *plain(results)] == expected


def test_windows_that_end_every_process_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_assess.engines.assess_window", _end)
    with pytest.raises(EngineError, match="ended 3 times while it assessed the records 0 to 3"):
        list(processes(2)(windows(), SETTINGS))


def _end(settings: Settings, window: Window) -> None:
    os._exit(9)


def test_an_error_of_a_process_comes_through(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        list(processes(2)(windows(), Settings(grader=tmp_path / "none")))
    assert caught.value.hint


def test_few_windows_are_read_ahead() -> None:
    taken = 0

    def counted() -> Iterator[Window]:
        nonlocal taken
        for window in windows(50):
            taken += 1
            yield window

    results = processes(2)(counted(), SETTINGS)
    next(results)
    results.close()
    assert taken <= 5


def test_processes_end_with_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_engines import processes, windows, SETTINGS\n"
        "if __name__ == '__main__':\n"
        "    for _ in processes(2)(windows(10000), SETTINGS): print('on', flush=True)\n"
    )
    path = tmp_path / "run.py"
    path.write_text(script, encoding="utf-8")
    with subprocess.Popen([sys.executable, path, Path(__file__).parent], stdout=subprocess.PIPE) as run:
        assert run.stdout
        run.stdout.readline()
        workers = workers_of(run.pid)
        assert len(workers) == 2
        run.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A real scheduler and two worker processes, as a user would start them."""
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'qa-assess[dask]'")
    log = (tmp_path / "log").open("wb")

    def start(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_scheduler" if words[0] == "scheduler" else WORKER]
        return subprocess.Popen([*command, *words[1:]], stdout=log, stderr=log, cwd=tmp_path)

    file = tmp_path / "scheduler.json"
    scheduler = start(
        "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file), "--host", "127.0.0.1"
    )
    started = [scheduler]
    try:
        for _ in range(200):
            if file.exists() and "address" in file.read_text(encoding="utf-8"):
                break
            time.sleep(0.1)
        address = next(part for part in file.read_text(encoding="utf-8").split('"') if part.startswith("tcp://"))
        common = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        started += [start("worker", address, *common) for _ in range(2)]
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()
        log.close()


WORKER = "distributed.cli.dask_worker"


def test_a_cluster_gives_the_serial_results_though_a_worker_is_killed(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], expected: list[object]
) -> None:
    address, workers = cluster
    engine: Engine = dask(address)
    results = engine(windows(), SETTINGS)
    first = [to_json(one) for one in next(results)]
    workers[0].kill()
    assert [first, *plain(results)] == expected


def test_a_cluster_that_has_lost_all_workers_is_given_up(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, workers = cluster
    results = dask(address)(windows(50), SETTINGS)
    next(results)
    monkeypatch.setattr("qa_assess.engines._PATIENCE", 1)
    for worker in workers:
        worker.kill()
    with pytest.raises(EngineError, match="the Dask cluster had no workers for 1 seconds"):
        list(results)


def test_a_scheduler_that_does_not_answer_is_an_error() -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'qa-assess[dask]'")
    with pytest.raises(EngineError, match="no scheduler answers at tcp://127"):
        list(dask("tcp://127.0.0.1:9")(windows(1), SETTINGS))
