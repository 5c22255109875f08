"""A question and an answer pasted at a prompt."""

import contextlib
import os
import re
import select
import sys
from collections.abc import Iterator

from rich.console import Console

from qa_assess.errors import InputError
from qa_assess.exchange import Exchange

PASTED = "pasted"
# "A: We have no plans to do so.": the answer's mark in a pair that was pasted in one go.
_ANSWER_MARK = re.compile(r"^\s*A(nswer)?\s*[:.]\s", re.MULTILINE | re.IGNORECASE)


def pasted_pair(screen: Console) -> Exchange | str:
    """Ask for a question, then for an answer; a text with both, where both were pasted at the first prompt.

    Raises:
        InputError: One of the two is empty.
    """
    with _prompting():
        question, answer = _texts(screen)
    if not answer and _ANSWER_MARK.search(question):
        return question
    if not question or not answer:
        raise InputError(
            f"no {'answer' if question else 'question'} was pasted",
            hint="paste both, or name a file: qa-assess check FILE",
        )
    return Exchange(id=PASTED, question=question, answer=answer, source=PASTED)


def _texts(screen: Console) -> tuple[str, str]:
    screen.print("Paste the question, then press Enter on an empty line (or Ctrl-D).", style="bold")
    question = _paragraphs()
    if _ANSWER_MARK.search(question):
        return question, ""
    screen.print("Paste the answer, then press Enter on an empty line (or Ctrl-D).", style="bold")
    return question, _paragraphs()


@contextlib.contextmanager
def _prompting() -> Iterator[None]:
    """Read lines from the terminal through readline, and leave nothing of a paste for the shell to run.

    A terminal by itself cuts a line after 4,095 characters. Python reads through readline only where standard output is
    a terminal too: where it is redirected, the error stream stands in for it.
    """
    _bind_readline()
    redirected = not sys.stdout.isatty() and sys.stderr.isatty()
    saved = os.dup(1) if redirected else -1
    if redirected:
        os.dup2(2, 1)
    try:
        yield
    finally:
        if redirected:
            os.dup2(saved, 1)
            os.close(saved)
        _drop_rest()


def _bind_readline() -> None:
    with contextlib.suppress(ImportError):
        import readline  # noqa: PLC0415 - not on every system

        readline.set_auto_history(False)
        readline.parse_and_bind("set enable-bracketed-paste on")


def _paragraphs() -> str:
    """All lines up to an empty one; a paste comes as one line with line breaks in it."""
    text = ""
    with contextlib.suppress(EOFError):
        while True:
            text += input() + "\n"
            if text.strip() and text.endswith("\n\n") and not _more_is_waiting():
                break
    return text.strip()


def _drop_rest() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import termios  # noqa: PLC0415 - not on every system

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _more_is_waiting() -> bool:
    """True where an empty line stands amid a paste."""
    with contextlib.suppress(OSError, ValueError):
        return bool(select.select([sys.stdin], [], [], 0.1)[0])
    return False
