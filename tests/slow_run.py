"""The command line with the fake assessor, some milliseconds a record: a run that can be stopped in the middle."""

import sys
import time
from collections.abc import Iterable, Iterator

import fake_assessor
import pytest

from qa_assess.cli import main
from qa_assess.exchange import Exchange, Failure, Result

PAUSE = 0.003


class SlowAssessor(fake_assessor.FakeAssessor):
    def assess(self, exchanges: Iterable[Exchange | Failure]) -> Iterator[Result]:
        for result in super().assess(exchanges):
            time.sleep(PAUSE)
            yield result


if __name__ == "__main__":
    fake_assessor.install(pytest.MonkeyPatch())
    sys.modules["qa_assess.assessor"].Assessor = SlowAssessor
    main()
