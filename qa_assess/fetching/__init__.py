"""Fetch records from the Parliament's interfaces and save them as files that `qa_assess.read` reads.

Nothing else in this package ever uses the network, and nothing here does before one of the two functions is called.
Needs httpx: ``pip install 'qa-assess[fetch]'``.
"""

from qa_assess.fetching.client import Client, Manners
from qa_assess.fetching.debates import HANSARD, DebateQuery, fetch_debates
from qa_assess.fetching.progress import Report, Watch
from qa_assess.fetching.written import QUESTIONS, WrittenQuery, fetch_written

__all__ = [
    "HANSARD",
    "QUESTIONS",
    "Client",
    "DebateQuery",
    "Manners",
    "Report",
    "Watch",
    "WrittenQuery",
    "fetch_debates",
    "fetch_written",
]
