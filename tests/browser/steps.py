"""What people do on the page, and waiting for what comes of it; the page's policy lets no `wait_for_function` look."""

import time
from pathlib import Path

import pytest

PATIENCE = 180  # seconds: grading takes some; machines that run tests may be many times as slow
QUESTION = (
    "The ferry to Skarra was cancelled on forty days last winter. When will the Minister publish the review, "
    "and will she meet the islanders?"
)
ANSWER = "I should be happy to meet the islanders. The review will be published in due course."


def graded(tab, question: str = QUESTION, answer: str = ANSWER) -> None:
    """Fill the form of a pair on the page that is open, and send it."""
    tab.get_by_label("Question", exact=True).fill(question)
    tab.get_by_label("Answer", exact=True).fill(answer)
    tab.get_by_role("button", name="Grade the answer").click()
    tab.get_by_role("heading", level=1, name="The grade").wait_for()


def upload(tab, url: str, *files: Path | dict) -> None:
    """Upload files, given by their paths, or by name, type and bytes."""
    tab.goto(f"{url}/jobs")
    tab.get_by_label("Files", exact=True).set_input_files(list(files))
    tab.get_by_role("button", name="Upload and grade").click()


def wait_until(tab, reached: str) -> None:
    """Wait until a script says yes."""
    end = time.monotonic() + PATIENCE
    while not tab.evaluate(reached):
        assert time.monotonic() < end, reached
        tab.wait_for_timeout(50)


def press_until(tab, key: str, reached: str) -> None:
    """Press a key until a script says yes."""
    for _ in range(120):
        tab.keyboard.press(key)
        if tab.evaluate(reached):
            return
    pytest.fail(f"{reached} was not reached with {key}")
