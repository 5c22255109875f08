"""The README's two pictures of the local page: a table of the bundled corpus, and one of its records.

    python benchmarks/pictures.py .github/pictures

Needs the extra `test` (Playwright) and a Chromium: `--browser` says where, by default the one on the PATH.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

CORPUS = Path(__file__).parents[1] / "corpora" / "lookalike"
RECORD = "lookalike-om-016"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a page of its own, as long as it is needed."""
    command = [sys.executable, "-m", "qa_assess", "serve", "--no-open", "--port", "0", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            yield next(found[0] for line in server.stdout if (found := re.search(r"http://[\d.:]+/", line)))
        finally:
            server.terminate()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--browser", default=shutil.which("chromium"))
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, served(Path(folder)) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=given.browser, args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(f"{address}jobs")
        page.set_input_files("input[type=file]", sorted(CORPUS.glob("*.jsonl")))
        page.locator("form[enctype] button").click()
        page.wait_for_selector("table", timeout=300_000)
        page.screenshot(path=given.folder / "table.png")
        page.goto(f"{page.url.split('?')[0]}?q={RECORD}")
        page.get_by_role("link", name=RECORD).click()
        page.wait_for_selector("mark")
        page.screenshot(path=given.folder / "record.png")
        browser.close()


if __name__ == "__main__":
    main()
