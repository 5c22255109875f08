"""Debates of a day: the day's sections are listed, then every debate is saved as the interface gives it.

A section's tree is a flat list of headings, each with its parent; its root is the chamber itself. A debate mostly comes
with the debates under it (all of Oral Answers in one), so these are asked for by themselves only where it did not.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from qa_assess.errors import FetchError
from qa_assess.fetching.client import Client, is_gone
from qa_assess.fetching.progress import NOBODY, Report, Setbacks, Watch
from qa_assess.fetching.store import DebateFolder, safe_name

HANSARD = "https://hansard-api.parliament.uk"
HOUSES = ("Commons", "Lords")


@dataclass(frozen=True, slots=True)
class DebateQuery:
    """Which debates.

    Attributes:
        start: The first day.
        end: The last day.
        house: ``Commons`` or ``Lords``; both where empty.
        sections: Parts of the day by their names in Hansard (``Debate``, ``WestHall`` …); all where empty.
    """

    start: date
    end: date
    house: str = ""
    sections: tuple[str, ...] = ()

    def days(self) -> Iterator[date]:
        """The days, first to last.

        >>> [day.day for day in DebateQuery(date(2024, 2, 6), date(2024, 2, 8)).days()]
        [6, 7, 8]
        """
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1))


def fetch_debates(client: Client, query: DebateQuery, folder: Path, watch: Watch = NOBODY) -> Report:
    """Save the debates of some days, one file each; those that are there already are not asked for again.

    Raises:
        FetchError: The interface fails, or there was no debate.
        OutputError: The folder cannot be written.
    """
    run = _Run(client, DebateFolder(folder), watch)
    for day in query.days():
        for house in [query.house] if query.house else HOUSES:
            run.fetch_day(day.isoformat(), house, query.sections)
    if not run.report.saved and not run.report.kept and not run.report.problems:
        raise FetchError("no debate was found", hint="check dates and house; a House does not sit every day")
    return run.report


@dataclass(slots=True)
class _Run:
    client: Client
    folder: DebateFolder
    watch: Watch
    report: Report = field(default_factory=Report)
    setbacks: Setbacks = field(default_factory=Setbacks)
    done: int = 0
    expected: int = 0

    def fetch_day(self, day: str, house: str, wanted: tuple[str, ...]) -> None:
        asked: dict[str, str | int] = {"date": day, "house": house}
        chosen = {name.casefold() for name in wanted}
        for section in self._list("overview/sectionsforday.json", asked):
            if isinstance(section, str) and (not chosen or section.casefold() in chosen):
                for tree in self._list("overview/sectiontrees.json", asked | {"section": section}):
                    items = tree.get("SectionTreeItems") if isinstance(tree, dict) else None
                    self._fetch_tree(day, house, items if isinstance(items, list) else [])

    def _list(self, path: str, parameters: dict[str, str | int]) -> list[Any]:
        try:
            reply = self.client.get(path, parameters)
        except FetchError as error:
            if is_gone(error):  # a day without a sitting
                return []
            raise
        if reply is None:
            return []
        if not isinstance(reply, list):
            raise FetchError(f"the reply for {path} is no list", hint="check the address of the interface (--api)")
        return reply

    def _fetch_tree(self, day: str, house: str, items: list[Any]) -> None:
        covered: set[str] = set()
        missed: set[object] = set()
        headings = top_down(items)
        self.expected += len(headings)
        for heading in headings:
            number = heading["ExternalId"]
            self.watch.reach(self.done, self.expected)
            self.done += 1
            if heading.get("ParentId") in missed:
                missed.add(heading.get("Id"))  # comes with the debate over it, when that comes
            elif number.casefold() not in covered:
                debate = self._debate(day, house, heading)
                if debate is None:
                    missed.add(heading.get("Id"))
                else:
                    covered |= {number.casefold(), *ids_in(debate)}

    def _debate(self, day: str, house: str, heading: dict[str, Any]) -> object | None:
        number = heading["ExternalId"]
        if is_debate(saved := self.folder.load(day, house, number)):
            self.report.kept += 1
            return saved
        try:
            debate = self.client.get(f"debates/debate/{number}.json")
            if not is_debate(debate):
                raise FetchError("the reply is no debate")
        except FetchError as error:
            self.report.problems.append(f"{day} {house}: {heading.get('Title') or number} is missing: {error}")
            if not is_gone(error):
                self.setbacks.note(error)
            return None
        self.setbacks.clear()
        self.folder.save(day, house, number, debate)
        self.report.saved += 1
        return debate


def top_down(items: list[Any]) -> list[dict[str, Any]]:
    """The headings of a tree, those on top first, then those under them; without the root where it is the chamber.

    >>> chamber = {"Id": 1, "ParentId": None, "ExternalId": "r"}
    >>> oral, health = {"Id": 2, "ParentId": 1, "ExternalId": "a"}, {"Id": 3, "ParentId": 2, "ExternalId": "b"}
    >>> [heading["ExternalId"] for heading in top_down([chamber, health, oral])]
    ['a', 'b']
    """
    headings = [item for item in items if isinstance(item, dict) and safe_name(item.get("ExternalId"))]
    headings = [item for item in headings if isinstance(item.get("Id"), int)]
    numbers = {item["Id"] for item in headings}
    under: dict[int | None, list[dict[str, Any]]] = {}
    for item in headings:
        parent = item.get("ParentId")
        under.setdefault(parent if isinstance(parent, int) and parent in numbers else None, []).append(item)
    top = under.get(None, [])
    if len(top) == 1 and top[0]["Id"] in under:
        top = under[top[0]["Id"]]
    ordered: dict[int, dict[str, Any]] = {}
    queue = deque(top)
    while queue:
        item = queue.popleft()
        if item["Id"] not in ordered:
            ordered[item["Id"]] = item
            queue.extend(under.get(item["Id"], []))
    return list(ordered.values())


def is_debate(value: object) -> bool:
    """True for what the interface gives as a debate."""
    return isinstance(value, dict) and isinstance(value.get("Overview"), dict)


def ids_in(debate: object) -> set[str]:
    """The ids of a debate and of all debates in it, in small letters.

    >>> inner = {"Overview": {"ExtId": "B"}, "ChildDebates": None}
    >>> sorted(ids_in({"Overview": {"ExtId": "A"}, "ChildDebates": [inner]}))
    ['a', 'b']
    """
    found, waiting = set(), [debate]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict):
            continue
        overview, children = one.get("Overview"), one.get("ChildDebates")
        if isinstance(overview, dict) and isinstance(overview.get("ExtId"), str):
            found.add(overview["ExtId"].casefold())
        if isinstance(children, list):
            waiting.extend(children)
    return found
