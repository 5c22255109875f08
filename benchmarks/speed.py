"""Records a second on one core, beside the bare parser on the same texts in the same run.

    python benchmarks/speed.py RECORDS [--most N]

RECORDS is anything that `qa-assess grade` reads, so `corpora/lookalike/written.jsonl` works on any machine. Absolute
times on a shared machine are not results: the ratio to the bare parser is.
"""

import argparse
import os
import time
from collections.abc import Callable
from itertools import islice

# Before NumPy is imported: one core means one thread.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

from qa_assess.assessor import Assessor  # noqa: E402
from qa_assess.exchange import Exchange, Failure  # noqa: E402
from qa_assess.pipeline import load_parser, parse  # noqa: E402
from qa_assess.readers import read  # noqa: E402


def seconds(work: Callable[[], object]) -> float:
    """CPU time of some work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("records")
    arguments.add_argument("--most", type=int, default=1000)
    given = arguments.parse_args()
    exchanges = [e for e in islice(read(given.records), given.most) if isinstance(e, Exchange)]
    start = time.process_time()
    assessor, nlp = Assessor(), load_parser()
    loading = time.process_time() - start
    list(assessor.assess(exchanges[:20]))  # fills the caches that a long run fills once
    texts = [text for e in exchanges for text in (e.question, e.answer)]
    failures = []

    def grade() -> None:
        failures.extend(r for r in assessor.assess(exchanges) if isinstance(r, Failure))

    bare, ours = seconds(lambda: [None for _ in parse(nlp, texts)]), seconds(grade)
    tokens = sum(len(nlp.tokenizer(text)) for text in texts)
    print(f"records {len(exchanges)}, tokens {tokens}, failures {len(failures)}, loading {loading:.1f} s of CPU")
    for name, spent in (("bare parser", bare), ("qa-assess", ours)):
        rate = f"{len(exchanges) / spent:7.1f} records/s  {tokens / spent:9.0f} tokens/s"
        print(f"{name:12} {spent:7.2f} s of CPU  {rate}  {spent / bare:.2f} x bare")
    return len(failures) > 0


if __name__ == "__main__":
    raise SystemExit(main())
