"""Did the minister answer what was asked?

Three verbs on iterators, so that a pasted pair and a million records take the same way:

>>> import qa_assess
>>> exchanges = [qa_assess.Exchange("1", "When will the report be published?", "It will be published in May.")]
>>> [a.grade.label for a in qa_assess.assess(exchanges)]
['Full']

`read` yields exchanges from a file, `assess` turns them into assessments, `write` stores those. `Assessor` keeps the
models for repeated use. spaCy and scikit-learn are imported when the first exchange is assessed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qa_assess.codebook import CODEBOOK_VERSION, Grade, Kind, Status, Tag
from qa_assess.errors import QaAssessError
from qa_assess.exchange import Ask, Assessment, Exchange, Failure, Outcome, ResponseTag, Span
from qa_assess.settings import Settings

if TYPE_CHECKING:
    from qa_assess.assessor import Assessor
    from qa_assess.batch import assess
    from qa_assess.readers import read
    from qa_assess.writers import write

_LATER = {
    "Assessor": "qa_assess.assessor",
    "assess": "qa_assess.batch",
    "read": "qa_assess.readers",
    "write": "qa_assess.writers",
}

__all__ = [
    "CODEBOOK_VERSION",
    "Ask",
    "Assessment",
    "Assessor",
    "Exchange",
    "Failure",
    "Grade",
    "Kind",
    "Outcome",
    "QaAssessError",
    "ResponseTag",
    "Settings",
    "Span",
    "Status",
    "Tag",
    "assess",
    "read",
    "write",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what a module attribute may be
    """Import what is heavy when it is asked for (PEP 562)."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
