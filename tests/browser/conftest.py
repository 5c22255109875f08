"""A real browser on a real server: Chromium driven by Playwright, `qa-assess serve` in a process of its own."""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# It goes nowhere but to 127.0.0.1.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # For test_cross_site.py.
    "--host-resolver-rules=MAP rebound.example 127.0.0.1",
]  # fmt: skip
WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests need a browser; where there is none they are skipped, each with the reason."""
    reason = _missing()
    here = Path(__file__).parent
    for item in items if reason else ():
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


def _missing() -> str:
    if not CHROMIUM:
        return "needs chromium (apt-get install chromium)"
    try:
        import playwright.sync_api  # noqa: F401, PLC0415
    except ImportError:
        return "needs playwright (pip install '.[test]')"
    return ""


@dataclass
class Server:
    """A page that is served: its address, its folder, its process."""

    url: str
    folder: Path
    process: subprocess.Popen

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def stop(self, how: int = signal.SIGINT) -> int:
        """End the process; SIGKILL is the plug pulled."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            self.process.stdout.close()


def start(folder: Path, port: int = 0, patience: float = 180.0) -> Server:
    """Start the page and wait until it says where it is, and that its models are loaded."""
    command = [sys.executable, "-m", "qa_assess", "serve", "--no-open", "--model", "fast"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--folder", str(folder)], stdout=subprocess.PIPE, text=True
    )
    server = Server("", folder, process)
    try:
        line = process.stdout.readline()
        found = _ADDRESS.search(line)
        assert found, f"no address in {line!r}"
        server.url = found[0]
        end = time.monotonic() + patience
        while not json.load(urlopen(f"{server.url}/api/health"))["ready"]:
            assert time.monotonic() < end, "the models take too long to load"
            time.sleep(0.1)
    except BaseException:
        server.stop()
        raise
    return server


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A page of one's own, to be stopped and started again: ``serve()``, ``serve(port=first.port)``."""
    servers: list[Server] = []

    def begin(folder: Path = tmp_path / "serve", port: int = 0) -> Server:
        servers.append(start(folder, port))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One page for all tests: its models are loaded once."""
    with tempfile.TemporaryDirectory() as folder:
        running = start(Path(folder))
        yield running
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may be absent

    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """A browser of a new person; each `context.new_page()` is a tab of theirs."""
    own = browser.new_context(viewport={"width": 1280, "height": 900})
    own.set_default_timeout(60_000)  # a machine may be busy
    yield own
    own.close()


@pytest.fixture
def tab(context: "BrowserContext") -> Iterator["Page"]:
    """One tab; a script that fails in it, or is refused by the browser, fails the test."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    yield page
    # A page of an error is logged too; what is wanted is ours.
    assert not [line for line in wrong if "status of 4" not in line], wrong


@pytest.fixture(scope="session")
def violations() -> Callable[["Page"], list[str]]:
    """What stands against a page for somebody: ``assert not violations(tab)``."""
    return _violations


def _violations(page: "Page") -> list[str]:
    """What axe finds in the page as it stands, in light and dark, narrow and wide; and whether it is too wide."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - may be absent

    found = []
    size = page.viewport_size
    for scheme in SCHEMES:
        for width in WIDTHS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            for one in Axe().run(page).response["violations"]:
                places = [node["html"][:120] for node in one["nodes"]]
                found.append(f"{scheme}, {width} px: {one['id']}: {one['help']}: {places}")
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                found.append(f"{scheme}, {width} px: the page is {wide} px wide")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)
    return found
