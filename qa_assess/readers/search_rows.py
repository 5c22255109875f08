"""Rows that a search found: single turns, of which only neighbours can be a question and its answer."""

import dataclasses
from collections.abc import Iterator, Sequence

from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import pairing
from qa_assess.readers.records import Position
from qa_assess.readers.turns import Business, Role, Section, Turn, is_chair

# Fewer turns than this do not tell a statement from a debate.
_ENOUGH_FOR_A_STATEMENT = 6


def runs(rows: Sequence[tuple[int | None, Turn]]) -> Iterator[tuple[Turn, ...]]:
    """The turns of one section, parted wherever the search left one out.

    Args:
        rows: Each turn with its place in the section or the day; None where the source does not say.

    >>> a, b, c = (Turn(name, "Yes.") for name in "abc")
    >>> [[turn.id for turn in run] for run in runs([(7, c), (2, a), (3, b)])]
    [['a', 'b'], ['c']]
    """
    run: list[Turn] = []
    last: int | None = None
    for order, turn in sorted(rows, key=lambda row: (row[0] is None, row[0] or 0)):
        if run and (order is None or last is None or order > last + 1):
            yield tuple(run)
            run = []
        run.append(turn)
        last = order
    if run:
        yield tuple(run)


def paired(section: Section, hint: str) -> Iterator[Exchange | Failure]:
    """The exchanges of a run of turns; a `Failure` for half a pair, whose other half the search did not find.

    Args:
        section: One run.
        hint: Where the whole of it is to be had.
    """
    found = list(pairing.exchanges(section))
    if len(section.turns) < _ENOUGH_FOR_A_STATEMENT:
        found = [one for one in found if one.extra["section"] != "statement"]
    used = {name for one in found for name in (one.id, one.extra.get("answer_id", ""))}
    first, last = section.turns[0], section.turns[-1]
    if first.id not in used and _is_half(first, section):
        yield _half(first, section, hint)
    for exchange in found:
        if exchange.answer:
            yield exchange
        else:
            message = "the answer to this question is not among the rows"
            failure = Position(exchange.source, 0).failure(message, hint, record_id=exchange.id)
            yield dataclasses.replace(failure, exchange=exchange)
    if last is not first and last.id not in used and _is_half(last, section):
        before = section.turns[-2]
        if (before.speaker_id or before.speaker) != (last.speaker_id or last.speaker):
            yield _half(last, section, hint)


def _is_half(turn: Turn, section: Section) -> bool:
    """Whether a turn that is in no pair must have been half of one; a speech in a debate need not."""
    asked = section.business is not Business.OTHER
    return asked and turn.role is not Role.PROCEDURE and not is_chair(turn.speaker)


def _half(turn: Turn, section: Section, hint: str) -> Failure:
    what = {Role.QUESTION: "the answer to this question", Role.ANSWER: "the question to this answer"}
    message = f"{what.get(turn.role, 'what was asked or answered with this turn')} is not among the rows"
    return Position(turn.place or section.source, 0).failure(message, hint, record_id=turn.id)
