"""The grader beside plain classifiers on the same split, quality and time in one run.

    python benchmarks/peers.py ../shared/data/hansard/train.jsonl ../shared/data/hansard/dev.jsonl

The plain ones are fitted on the first file, all are measured on the second; the grader is the one that ships. Time is
CPU time of grading the second file on one thread, also as a multiple of the bare parser's on the same texts.
"""

import argparse
import os
from pathlib import Path

from measuring import ONE_THREAD

# Before NumPy is imported.
os.environ.update(ONE_THREAD)

import numpy as np
from baselines import baselines
from scoring import Report, timed

from qa_assess.assessor import Assessor
from qa_assess.codebook import GRADES
from qa_assess.exchange import Assessment
from qa_assess.labels import Labels, read_labels
from qa_assess.pipeline import load_parser, parse


def graded(path: Path) -> list[Labels]:
    """The records whose label is a grade proper (not No ask, Pending or Ungraded)."""
    return [labels for labels in read_labels(path) if labels.grade in GRADES]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("train", type=Path)
    arguments.add_argument("test", type=Path)
    given = arguments.parse_args()
    train, test = graded(given.train), graded(given.test)
    texts, tested = ([(x.exchange.question, x.exchange.answer) for x in part] for part in (train, test))
    nlp, assessor = load_parser(), Assessor()
    list(assessor.assess(x.exchange for x in test[:20]))  # fills the caches that a long run fills once
    _, parser = timed(lambda: np.array([len(doc) for doc in parse(nlp, [t for pair in tested for t in pair])]))
    results, ours = timed(lambda: list(assessor.assess(x.exchange for x in test)))
    for policy in ("grade", "grade_strict"):
        gold, learnt = (np.array([GRADES.index(getattr(x, policy)) for x in part]) for part in (test, train))
        report = Report(f"{policy}: {len(test)} records, Non-answer, Partial and Full; fitted on {len(train)}")
        for name, make in baselines().items():
            model = make()
            model.fit(texts, learnt)
            report.add(name, gold, *timed(lambda model=model: model.predict(tested)), parser)
        answers = [getattr(r, policy) if isinstance(r, Assessment) else None for r in results]
        found = np.array([GRADES.index(g) if g in GRADES else 3 for g in answers])
        report.add(f"qa-assess ({assessor.model})", gold, found, ours, parser)
        report.show()


if __name__ == "__main__":
    main()
