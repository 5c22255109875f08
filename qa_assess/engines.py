"""Where windows of records are assessed: in this process, in several, or on a Dask cluster.

Every engine is given the same windows and hands their results back in the same order, so what is written does not
depend on the engine. Few windows are under way at a time: memory does not grow with the input.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from qa_assess.errors import EngineError, ModelError, QaAssessError
from qa_assess.exchange import Exchange, Failure
from qa_assess.journal import Results, fingerprint
from qa_assess.settings import Settings

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

    from qa_assess.assessor import Assessor

Window = Sequence[Exchange | Failure]
Engine = Callable[[Iterable[Window], Settings], Generator[Results, None, None]]

# Windows under way for each process: one in work, one that waits.
_AHEAD = 2
_DEATHS = 3
# Seconds until a cluster without workers is given up, at the beginning or on the way.
_PATIENCE = 60
_START = "start one with `dask scheduler`, workers with `dask worker ADDRESS --nthreads 1`"
_lock = threading.Lock()


@lru_cache(maxsize=1)
def _marks(settings: Settings) -> Mapping[str, str]:
    return fingerprint([], settings, {})


@lru_cache(maxsize=1)
def _assessor(settings: Settings) -> "Assessor":
    """The models, loaded once a process."""
    from qa_assess.assessor import Assessor  # noqa: PLC0415 - spaCy and scikit-learn take a second to import

    return Assessor(settings)


def assess_window(settings: Settings, window: Window, marks: Mapping[str, str] | None = None) -> Results:
    """Assess one window in this process; the threads of a Dask worker take turns.

    Args:
        settings: Of the run.
        window: Some records.
        marks: The models' fingerprint where the run was begun, if that may be another machine.

    Raises:
        ModelError: This machine has other models, or another version.
    """
    with _lock:
        if marks is not None and marks != _marks(settings):
            hint = "install the same version of qa-assess and the same models everywhere"
            raise ModelError("a worker has other models than the machine that the run was begun on", hint=hint)
        return list(_assessor(settings).assess(window))


def serial(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    """Assess window after window in this process."""
    from qa_assess.assessor import Assessor  # noqa: PLC0415 - as above

    assessor = Assessor(settings)
    for window in windows:
        yield list(assessor.assess(window))


def processes(jobs: int) -> Engine:
    """An engine of several processes on this machine, each with models of its own.

    A process that dies (killed, out of memory) is replaced and its windows are done again.

    Args:
        jobs: How many; 0 is one for each core that this process may use.

    Raises:
        EngineError: When it runs: the same windows have ended several processes.
    """
    jobs = jobs or _cores()
    if jobs == 1:
        return serial

    def run(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
        pool = _Pool(jobs, settings)
        todo, waiting, deaths = iter(windows), deque[tuple[Window, Future[Results]]](), 0
        try:
            while True:
                while not deaths and len(waiting) < _AHEAD * jobs and (window := next(todo, None)) is not None:
                    waiting.append((window, pool.submit(window)))
                if not waiting:
                    return
                window, future = waiting[0]
                try:
                    results = future.result()
                except BrokenProcessPool:
                    deaths += 1
                    if deaths == _DEATHS:
                        raise _gave_up(window) from None
                    # The first alone: if it ends a process again, it is the one.
                    pool.restart()
                    waiting[0] = (window, pool.submit(window))
                    continue
                waiting.popleft()
                if deaths:
                    deaths = 0
                    waiting = deque((window, pool.submit(window)) for window, _ in waiting)
                yield results
        finally:
            pool.close()

    return run


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Pool:
    """Processes that assess windows, to be started again when one of them has died."""

    def __init__(self, jobs: int, settings: Settings) -> None:
        self._jobs, self._settings = jobs, settings
        self._executor = self._started()

    def _started(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=begin_process)

    def submit(self, window: Window) -> "Future[Results]":
        try:
            return self._executor.submit(assess_window, self._settings, window)
        except BrokenProcessPool as error:
            broken: Future[Results] = Future()
            broken.set_exception(error)
            return broken

    def restart(self) -> None:
        self.close()
        self._executor = self._started()

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


def begin_process() -> None:
    """Let a process leave Ctrl-C to its parent, and end when the parent has gone without a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _gave_up(window: Window) -> EngineError:
    hint = "is there enough memory? Use fewer jobs; with one job the record at fault can be found"
    return EngineError(f"a process ended {_DEATHS} times while it assessed {_records(window)}", hint=hint)


def _records(window: Window) -> str:
    """A window as a message names it."""
    return f"the records {window[0].id} to {window[-1].id}"


def dask(scheduler: str | None = None, jobs: int = 0) -> Engine:
    """An engine on a Dask cluster; the windows of a lost worker are done again by another.

    Args:
        scheduler: The address of a running scheduler (``tcp://host:8786``); None starts a cluster on this machine.
        jobs: Workers of the cluster that is started here; 0 is one for each core.

    Raises:
        EngineError: When it runs: Dask is not installed, the scheduler does not answer, or it gave a window up.
    """

    def run(windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
        try:
            from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise EngineError("Dask is not installed", hint="pip install 'qa-assess[dask]'") from error
        try:
            cluster: Any = None if scheduler else LocalCluster(n_workers=jobs or None, threads_per_worker=1)
        except (OSError, RuntimeError) as error:
            raise EngineError(f"no cluster could be started here: {error}", hint="use --jobs instead") from error
        try:
            with Client(scheduler or cluster, timeout="10s") as client:
                _wait_for_workers(client)
                yield from _by_client(client, windows, settings)
        except (OSError, ValueError) as error:
            raise EngineError(f"no scheduler answers at {scheduler}: {error}", hint=_START) from error
        finally:
            if cluster is not None:
                cluster.close()

    return run


def _by_client(client: "Client", windows: Iterable[Window], settings: Settings) -> Generator[Results, None, None]:
    todo, waiting = iter(windows), deque[tuple[Window, "DaskFuture[Results]"]]()
    while True:
        # The cluster may grow and shrink while it works.
        ahead = _AHEAD * max(1, sum(client.nthreads().values()))
        while len(waiting) < ahead and (window := next(todo, None)) is not None:
            task = client.submit(assess_window, settings, window, _marks(settings), pure=False, retries=_DEATHS)
            waiting.append((window, task))
        if not waiting:
            return
        window, future = waiting.popleft()
        try:
            results = _results(client, future)
        except QaAssessError:
            raise
        except Exception as error:
            message = f"the cluster gave up {_records(window)}: {type(error).__name__}: {error}"
            hint = "do the workers have qa-assess, the same models and enough memory?"
            raise EngineError(message, hint=hint) from error
        yield results


def _results(client: "Client", future: "DaskFuture[Results]") -> Results:
    """What a task found, however long it takes; all workers gone for good is an error."""
    while True:
        try:
            return future.result(timeout=_PATIENCE)
        except TimeoutError:
            if future.done():
                raise
            _wait_for_workers(client)


def _wait_for_workers(client: "Client") -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise EngineError(f"the Dask cluster had no workers for {_PATIENCE} seconds", hint=_START) from error
