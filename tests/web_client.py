"""The page in this process: a client of it that brings the token, and models that are loaded once for all tests."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from starlette.testclient import TestClient

from qa_assess.settings import Model, Settings
from qa_assess.web.app import create_app
from qa_assess.web.security import TOKEN_HEADER
from qa_assess.web.state import Models, State, WebSettings

FAST = Settings(model=Model.FAST)


@lru_cache(maxsize=1)
def fast_models() -> Models:
    return Models(FAST)


class Client(TestClient):
    """A client that says it is our own page; `token` is what a form sends."""

    @property
    def state(self) -> State:
        return self.app.state.held

    @property
    def token(self) -> str:
        return self.state.token

    def post_form(self, path: str, files=None, **fields: str):
        return self.post(path, data={"token": self.token, **fields}, files=files, follow_redirects=False)

    def post_json(self, path: str, value: object):
        return self.post(path, json=value, headers={TOKEN_HEADER: self.token})


@contextmanager
def client(folder: Path, models: Models | None = None, **settings: object) -> Iterator[Client]:
    """The application on a folder, started, with the fast grader; a failure of the server is an answer of 500."""
    web = WebSettings(folder=folder, assess=FAST, **settings)
    app = create_app(web, models or fast_models())
    own = f"http://127.0.0.1:{web.port}"
    with Client(app, base_url=own, headers={"origin": own}, raise_server_exceptions=False) as opened:
        yield opened


def uploaded(page: Client, data: bytes, name: str = "debate.jsonl") -> str:
    """The path of a job that has ended."""
    answered = page.post_form("/jobs", files=[("files", (name, data))])
    assert answered.status_code == 303, answered.text
    path = answered.headers["location"]
    wait_until(page, path, lambda job: job["state"] not in ("waiting", "running"))
    return path


def wait_until(page: Client, path: str, reached: Callable[[dict], bool]) -> None:
    """Wait until a job tells of itself that it is so far."""
    for _ in range(1500):
        told = page.get(f"/api{path}").json()
        if reached(told):
            return
        time.sleep(0.02)
    raise AssertionError(told)
