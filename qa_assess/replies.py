"""Records that have no grade proper: nothing was said, or not yet, or not the whole of it."""

import re

from qa_assess.codebook import Grade
from qa_assess.cues import patterns
from qa_assess.exchange import Exchange

TRUNCATED_ANSWER = "truncated-answer"
TRUNCATED_QUESTION = "truncated-question"
WITHDRAWN = "withdrawn"
HOLDING_ANSWER = "holding-answer"
UNANSWERED = "unanswered"
# What a source itself may say of a question, as a flag of its reader
_STATES = {
    WITHDRAWN: (Grade.UNGRADED, "the question was withdrawn or transferred"),
    HOLDING_ANSWER: (Grade.PENDING, "a holding answer: the reply is still to come"),
    UNANSWERED: (Grade.UNGRADED, "the question had no answer yet when the record was taken"),
}
# The stock replies of `cues/replies.toml`, in the order in which they are looked for
_STOCK = {
    "holding": _STATES[HOLDING_ANSWER],
    "withdrawn": _STATES[WITHDRAWN],
    "printed_question": (Grade.UNGRADED, "the text given as the answer is a printed question"),
}


def no_grade(exchange: Exchange) -> tuple[Grade, str] | None:
    """Why an exchange cannot be graded from its texts alone: Pending or Ungraded, and the reason; None where it can.

    >>> no_grade(Exchange("1", "Will he act?", "An answer is being prepared and will be given shortly."))[0]
    <Grade.PENDING: 'pending'>
    >>> no_grade(Exchange("1", "Will he act?", " "))
    (<Grade.UNGRADED: 'ungraded'>, 'there is no answer text')
    """
    if state := next((why for name, why in _STATES.items() if name in exchange.flags), None):
        return state
    answer = exchange.answer.strip()
    if not re.search(r"\w", answer):
        return Grade.UNGRADED, "there is no answer text"
    if TRUNCATED_ANSWER in exchange.flags:
        return Grade.UNGRADED, "the answer was cut short by its source: get the whole text and grade again"
    if TRUNCATED_QUESTION in exchange.flags:
        return Grade.UNGRADED, "the question was cut short by its source: get the whole text and grade again"
    if answer.casefold() == exchange.question.strip().casefold():
        return _STOCK["printed_question"]
    lower = answer.lower()
    return next((why for name, why in _STOCK.items() if patterns("replies")[name].match(lower)), None)
