"""The JSON of Parliament's oral questions API, which lists what is to be asked and holds no answers."""

from collections.abc import Iterator

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.json_documents import sniff_names
from qa_assess.readers.source import Source

_NAMES = ("QuestionText", "UIN", "TabledWhen", "AnsweringWhen")
_HINT = (
    "the answers are in Hansard: read the sitting's debates (for instance "
    "https://hansard-api.parliament.uk/debates/debate/….json of that day), and join by the UIN, "
    'which is there as "question_number"'
)


def sniff(head: str) -> float:
    """How surely this is the API's list of tabled questions."""
    return sniff_names(head, _NAMES)


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Say what to do instead.

    Raises:
        FormatError: Always.
    """
    raise FormatError(f"{source.name} is a list of the oral questions API, which holds no answers", hint=_HINT)
