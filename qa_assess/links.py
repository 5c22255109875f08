"""Records that belong together: an answer that only points to another one, a holding answer and what replaced it.

The answers of an input are kept by number, and by date and column of the printed record, in a temporary database that
the system removes. A pointer is resolved only where one answer can be meant; all others stay as they are.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

from qa_assess.codebook import Grade
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.dates import iso_date
from qa_assess.replies import no_grade
from qa_assess.scratch import scratch_database

RESOLVED = "pointer-resolved"
REPLACED = "replaced"
# Numbers begin again with each session of Parliament, which lasts a year or two.
_SESSION = 400
# A pointer names the day of the answer, or that of the question a few days before.
_NEAR = 14
_LONGEST_POINTER = 400

_POINTER = re.compile(
    r"\brefer(?:red)?\b.{0,80}\bto\b.{0,60}\b(?:answer|reply|response)\b|"
    r"\b(?:please see|see) (?:the|my) (?:answer|reply|response)\b|\bto (?:PQ|UIN|question)\b",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(
    r"\b(?:PQ|UIN|(?:parliamentary |written )?questions?|numbers?|no\.?)\s*(?:UIN|PQ|number|no\.?)?\W{0,3}"
    r"(?P<number>(?:HL)?\d{3,6}|S\dW-\d{3,6})\b|\b(?P<lords>HL\d{2,6})\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>January|February|March|April|May|June|July|August|"
    r"September|October|November|December)\s+(?P<year>\d{4})\b",
    re.IGNORECASE,
)
_COLUMN = re.compile(r"\bcolumns?\s+(?P<column>\d{1,4}(?:WS|WA|WH|W|C)?)\b", re.IGNORECASE)


class Links:
    """What an input's records say of one another.

    >>> links = Links()
    >>> first = Exchange("1", "How many ferries?", "Twelve.", date="2031-05-02", extra={"question_number": "4521"})
    >>> links.learn(first)
    >>> pointer = "I refer the hon. Member to the answer of 2 May 2031 to Question 4521."
    >>> print(links.link(Exchange("2", "How many boats?", pointer, date="2031-05-09")).answer)
    I refer the hon. Member to the answer of 2 May 2031 to Question 4521.
    Twelve.
    """

    def __init__(self) -> None:
        self._store = scratch_database(
            """
            CREATE TABLE answers (number TEXT, day TEXT, place TEXT, id TEXT, answer TEXT, holding INTEGER);
            CREATE INDEX by_number ON answers (number); CREATE INDEX by_place ON answers (day, place);
            """
        )

    def learn(self, exchange: Exchange) -> None:
        """Keep an answer that others may point to."""
        number, column = exchange.extra.get("question_number", ""), exchange.extra.get("column", "")
        reason = no_grade(exchange)
        holding = reason is not None and reason[0] is Grade.PENDING
        if not (number or column) or (reason is not None and not holding):
            return
        row = (number.upper(), exchange.date, column.upper(), exchange.id, exchange.answer, holding)
        self._store.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", row)

    def link(self, exchange: Exchange) -> Exchange:
        """The record with the answer that its own points to, or with a note of what replaced its holding answer."""
        reason = no_grade(exchange)
        if reason is not None:
            return self._replaced(exchange) if reason[0] is Grade.PENDING else exchange
        if len(exchange.answer) > _LONGEST_POINTER or not _POINTER.search(exchange.answer):
            return exchange
        found = self._meant(exchange)
        if found is None:
            return exchange
        other, answer = found
        return replace(
            exchange,
            answer=f"{exchange.answer.rstrip()}\n{answer}",
            extra={**exchange.extra, "pointed_to": other},
            flags=(*exchange.flags, RESOLVED),
        )

    def _meant(self, exchange: Exchange) -> tuple[str, str] | None:
        """Id and text of the one answer that a pointer can mean."""
        number, day = _NUMBER.search(exchange.answer), _day(exchange.answer)
        column = _COLUMN.search(exchange.answer)
        if number:
            key = (number["number"] or number["lords"]).upper()
            rows = self._store.execute(
                "SELECT id, answer, day FROM answers WHERE number = ? AND NOT holding AND id != ?", (key, exchange.id)
            ).fetchall()
            meant = [row for row in rows if _near(row[2], day or exchange.date, _NEAR if day else _SESSION)]
        elif day and column:
            meant = self._store.execute(
                "SELECT id, answer, day FROM answers WHERE day = ? AND place = ? AND NOT holding AND id != ?",
                (day, column["column"].upper(), exchange.id),
            ).fetchall()
        else:
            return None
        texts = {answer for _, answer, _ in meant}
        return (meant[0][0], meant[0][1]) if len(texts) == 1 else None

    def _replaced(self, exchange: Exchange) -> Exchange:
        rows = self._store.execute(
            "SELECT id, day FROM answers WHERE number = ? AND number != '' AND NOT holding AND id != ? ORDER BY day",
            (exchange.extra.get("question_number", "").upper(), exchange.id),
        ).fetchall()
        later = [row for row in rows if row[1] >= exchange.date and _near(row[1], exchange.date, _SESSION)]
        if not later:
            return exchange
        extra = {**exchange.extra, "replaced_by": later[0][0]}
        return replace(exchange, extra=extra, flags=(*exchange.flags, REPLACED))

    def close(self) -> None:
        """Give the database back."""
        self._store.close()


def linked(records: Iterable[Exchange | Failure], links: Links | None = None) -> Iterator[Exchange | Failure]:
    """Records with their links.

    Args:
        records: In the order of the input.
        links: What a first reading of the same records has taught; without it, each record knows those before it.
    """
    with closing(links or Links()) as known:
        for record in records:
            if isinstance(record, Failure):
                yield record
                continue
            yield known.link(record)
            if links is None:
                known.learn(record)


def _day(text: str) -> str:
    found = _DATE.search(text)
    return iso_date(f"{found['day']} {found['month']} {found['year']}") if found else ""


def _near(one: str, other: str, days: int) -> bool:
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other)).days) <= days
    except ValueError:
        return False
