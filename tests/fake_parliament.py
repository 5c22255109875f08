"""A server on this machine in the shape of the Parliament's two interfaces, with the faults that such servers have."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CLIP = 255


def question(number: int, *, long: bool = True, **changed: object) -> dict:
    """A question as `/questions/{id}` gives it; a long one has texts that the list clips."""
    many = 9 if long else 1
    return {
        "id": number,
        "uin": str(9000 + number),
        "house": "Commons",
        "dateTabled": "2031-03-04T00:00:00",
        "questionText": f"To ask the Minister for Ferries, how many lamps hang on pier {number}. " * many,
        "answerText": f"<p>There are {number} lamps — 3 of them lit.</p>" * many,
        "askingMember": {"id": 7, "name": "Ada Quill"},
        "isWithdrawn": False,
        "answeringBodyName": "Department for Ferries",
    } | changed


def clip(text: str | None) -> str | None:
    return text if text is None or len(text) <= CLIP else text[:CLIP] + "..."


def debate(number: str, *inside: dict, items: int = 2) -> dict:
    turns = [{"ItemType": "Contribution", "ItemId": n, "Value": f"Words {n} of {number}."} for n in range(items)]
    return {"Overview": {"ExtId": number, "Title": f"Lamps {number}"}, "Items": turns, "ChildDebates": list(inside)}


def heading(number: int, parent: int | None, name: str) -> dict:
    return {"Id": number, "ParentId": parent, "ExternalId": name, "Title": f"Lamps {name}"}


class Parliament:
    """What the server has, what goes wrong with it, and what it was asked.

    Attributes:
        questions: By their ids, in the order of the list.
        days: (date, house) to sections, each a list of headings.
        debates: By their ids.
        faults: Part of an address and the fault of the next request for it, first come first served; with ``*`` at
            the end of the part, of all requests for it.
        asked: The addresses, in order.
        before_page: Called before each page of the list with its `skip`.
        total: What the list says that it counts, where that is wrong.
    """

    def __init__(self) -> None:
        self.questions: dict[int, dict] = {}
        self.days: dict[tuple[str, str], dict[str, list[dict]]] = {}
        self.debates: dict[str, dict] = {}
        self.faults: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.before_page: Callable[[int], None] = lambda skip: None
        self.total: int | None = None
        self.address = ""

    def reply(self, path: str, asked: dict[str, str]) -> object:
        name = path.rsplit("/", 1)[-1].removesuffix(".json")
        if path == "/writtenquestions/questions":
            return self.page(int(asked["skip"]), int(asked["take"]))
        if path.startswith("/writtenquestions/questions/"):
            return self.questions.get(int(name)) and {"value": self.questions[int(name)], "links": []}
        if path == "/overview/sectionsforday.json":
            return list(self.days.get((asked["date"], asked["house"]), {}))
        if path == "/overview/sectiontrees.json":
            return [{"SectionTreeItems": self.days[asked["date"], asked["house"]][asked["section"]]}]
        return self.debates.get(name)

    def page(self, skip: int, take: int) -> dict:
        self.before_page(skip)
        rows = list(self.questions.values())[skip : skip + take]
        clipped = [row | {name: clip(row.get(name)) for name in ("questionText", "answerText")} for row in rows]
        total = len(self.questions) if self.total is None else self.total
        return {"totalResults": total, "results": [{"value": row, "links": []} for row in clipped]}

    def fault(self, address: str) -> str:
        for place, (part, fault) in enumerate(self.faults):
            if part.removesuffix("*") in address:
                if not part.endswith("*"):
                    del self.faults[place]
                return fault
        return ""

    def count(self, part: str) -> int:
        return sum(part in address for address in self.asked)


@contextmanager
def serving(parliament: Parliament) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(parliament))
    server.daemon_threads = True
    parliament.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _handler(parliament: Parliament) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parliament.asked.append(self.path)
            parliament.agents.add(self.headers["User-Agent"])
            fault, _, detail = parliament.fault(self.path).partition(" ")
            if fault.isdigit():
                self.answer(b"", int(fault), {"Retry-After": detail} if detail else {})
                return
            parts = urlsplit(self.path)
            found = parliament.reply(parts.path, {name: all[-1] for name, all in parse_qs(parts.query).items()})
            body = json.dumps(found).encode()
            if fault == "reset":
                # Closed with a linger of no seconds, a connection is reset.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif fault == "cut":
                self.answer(body[: len(body) // 2])
            elif fault == "short":
                self.answer(body[: len(body) // 2], headers={"Content-Length": str(len(body))})
            elif fault == "body":
                self.answer(detail.encode())
            elif fault == "slow":
                time.sleep(float(detail))
                self.answer(body)
            elif fault == "elsewhere":
                self.answer(b"", 302, {"Location": self.path})
            else:
                self.answer(body, 404 if found is None else 200)

        def answer(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    return Handler
