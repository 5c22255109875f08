"""Written questions: listed page by page, the clipped ones asked for one by one, saved as JSON Lines.

A list clips texts at 255 characters; the whole text comes with ``/questions/{id}`` only. Rows may come and go while the
pages are turned, so the list is gone through again until one pass has shown as many questions as there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from qa_assess.errors import FetchError
from qa_assess.fetching.client import BusyError, Client, is_gone
from qa_assess.fetching.progress import NOBODY, Report, Setbacks, Watch
from qa_assess.fetching.store import QuestionFile

QUESTIONS = "https://questions-statements-api.parliament.uk/api"
PAGE = 100
MOST_PASSES = 3

_LIST = "writtenquestions/questions"
_EMPTY = "no written question was found"
_DATES = {"tabled": "tabledWhen", "answered": "answeredWhen"}


@dataclass(frozen=True, slots=True)
class WrittenQuery:
    """Which questions.

    Attributes:
        start: The first day.
        end: The last day.
        by: Which date is meant: ``tabled`` or ``answered``.
        house: ``Commons`` or ``Lords``; both where empty.
        department: Number of the answering body.
        member: Number of the member who asked.
        minister: Number of the member who answered.
        uin: The question's number as printed, which each session begins anew.
        withdrawn: Withdrawn questions too.
    """

    start: date | None = None
    end: date | None = None
    by: str = "tabled"
    house: str = ""
    department: int | None = None
    member: int | None = None
    minister: int | None = None
    uin: str = ""
    withdrawn: bool = False

    def parameters(self) -> dict[str, str | int]:
        """What the interface is asked with.

        >>> WrittenQuery(start=date(2024, 1, 8), department=13).parameters()
        {'tabledWhenFrom': '2024-01-08', 'answeringBodies': 13, 'includeWithdrawn': 'false'}
        """
        found: dict[str, str | int | None] = {
            f"{_DATES[self.by]}From": self.start.isoformat() if self.start else None,
            f"{_DATES[self.by]}To": self.end.isoformat() if self.end else None,
            "house": self.house,
            "answeringBodies": self.department,
            "askingMemberId": self.member,
            "answeringMemberId": self.minister,
            "uIN": self.uin,
            "includeWithdrawn": "true" if self.withdrawn else "false",
        }
        return {name: value for name, value in found.items() if value}


@dataclass(slots=True)
class _Pass:
    """One way through the list: which questions it showed, and how many there were at its begin and at its end."""

    seen: set[int] = field(default_factory=set)
    totals: list[int] = field(default_factory=list)

    @property
    def showed_all(self) -> bool:
        return self.totals[0] == self.totals[-1] <= len(self.seen)


def fetch_written(client: Client, query: WrittenQuery, target: Path, watch: Watch = NOBODY) -> Report:
    """Save all questions of a query, whole, one a line; go on where an earlier run stopped.

    Returns:
        What it came to. A question whose whole text did not come is saved as the list has it, and named.

    Raises:
        FetchError: The interface fails, or there is no such question.
        OutputError: The file holds something else, or cannot be written.
    """
    with QuestionFile(target, query.parameters()) as file:
        report = Report(kept=len(file.known))
        if not file.complete:
            run = _Run(client, query, file, watch, report)
            run.fetch()
            if not file.known:
                file.finish()
                raise FetchError(_EMPTY, hint="check dates, numbers and house; a House does not sit every day")
            file.finish()
    return report


@dataclass(slots=True)
class _Run:
    client: Client
    query: WrittenQuery
    file: QuestionFile
    watch: Watch
    report: Report
    setbacks: Setbacks = field(default_factory=Setbacks)
    late: dict[int, dict[str, Any]] = field(default_factory=dict)
    total: int = 0

    def fetch(self) -> None:
        for _ in range(MOST_PASSES):
            way = _Pass()
            for item in self._items(way):
                self._take(item)
            if way.showed_all:
                break
        else:
            said = f"the list counts {way.totals[-1]} questions and shows {len(way.seen)}; some may be missing"
            self.report.problems.append(said)
        self._take_late()

    def _items(self, way: _Pass) -> Iterator[dict[str, Any]]:
        """The items of the list that this pass has not shown yet, however its pages and totals are wrong."""
        skip = 0
        while True:
            items, total = self._page(skip)
            way.totals.append(total)
            self.total = total
            self.watch.reach(len(self.file.known), total)
            fresh = {item["value"]["id"]: item for item in items if _is_question(item)}
            for number in fresh.keys() & way.seen:
                del fresh[number]
            way.seen.update(fresh)
            yield from fresh.values()
            skip += len(items)
            if not fresh or (skip >= total and len(items) < PAGE):
                return

    def _page(self, skip: int) -> tuple[list[Any], int]:
        extra: dict[str, str | int] = {"sessionStatus": "Any", "expandMember": "true", "skip": skip, "take": PAGE}
        reply = self.client.get(_LIST, self.query.parameters() | extra)
        items = reply.get("results") if isinstance(reply, dict) else None
        total = reply.get("totalResults") if isinstance(reply, dict) else None
        if items is None and total == 0:
            return [], 0
        if not isinstance(items, list):
            raise FetchError(
                "the reply is no list of written questions", hint="check the address of the interface (--api)"
            )
        self._note_strange(items, skip)
        return items, total if isinstance(total, int) else 0

    def _note_strange(self, items: list[Any], skip: int) -> None:
        strange = sum(not _is_question(item) for item in items)
        line = f"{strange} of the rows {skip + 1} to {skip + len(items)} of the list are no questions"
        if strange and line not in self.report.problems:
            self.report.problems.append(line)

    def _take(self, item: dict[str, Any]) -> None:
        number = item["value"]["id"]
        if number in self.file.known or number in self.late:
            return
        try:
            whole = self._whole(item)
        except FetchError as error:
            if is_gone(error):
                self._save_clipped(item, error)
            else:
                self.late[number] = item
                self.setbacks.note(error)
        else:
            self._save(whole)

    def _take_late(self) -> None:
        """Ask once more for what did not come: a fault that lasts for one record must not stop the others."""
        if self.late:
            self._page(0)  # where nothing at all comes, the run ends here, and goes on another time
        for item in self.late.values():
            try:
                whole = self._whole(item)
            except BusyError:
                raise
            except FetchError as error:
                self._save_clipped(item, error)
            else:
                self._save(whole)

    def _whole(self, item: dict[str, Any]) -> dict[str, Any]:
        """The item with its texts whole.

        Raises:
            FetchError: They did not come.
        """
        value = item["value"]
        if not any(clipped(value.get(name)) for name in ("questionText", "answerText")):
            return item
        reply = self.client.get(f"{_LIST}/{value['id']}", {"expandMember": "true"})
        if not _is_question(reply) or reply["value"]["id"] != value["id"]:  # type: ignore[index]
            raise FetchError(f"the reply for question {value['id']} is another thing")
        self.setbacks.clear()
        return {**item, "value": value | reply["value"]}  # type: ignore[index]

    def _save(self, item: dict[str, Any]) -> None:
        self.file.add(item["value"]["id"], item)
        self.report.saved += 1
        self.watch.reach(len(self.file.known), self.total)

    def _save_clipped(self, item: dict[str, Any], error: FetchError) -> None:
        value = item["value"]
        self.report.problems.append(f"question {value.get('uin')} (id {value['id']}) is cut short: {error}")
        self._save(item)


def clipped(text: object) -> bool:
    """True for a text that the list may have cut. One of that length by chance is merely asked for once more.

    >>> clipped("x" * 255), clipped("x" * 255 + "..."), clipped("Why?"), clipped(None)
    (True, True, False, False)
    """
    return isinstance(text, str) and 250 <= len(text) <= 258


def _is_question(item: object) -> bool:
    value = item.get("value") if isinstance(item, dict) else None
    number = value.get("id") if isinstance(value, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and number >= 0
