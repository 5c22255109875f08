"""What every command has in common: its errors are caught and shown here, and nowhere else."""

import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn, ParamSpec

import typer

from qa_assess.errors import OutputError, QaAssessError
from qa_assess.settings import Model
from qa_assess.terminal import console, error_text
from qa_assess.writers import STDOUT

SOME_FAILED, COULD_NOT_START, STOPPED, TERMINATED = 1, 2, 130, 143

Arguments = ParamSpec("Arguments")


class EngineName(StrEnum):
    """Where records are assessed."""

    LOCAL = "local"
    DASK = "dask"


Format = Annotated[
    str | None,
    typer.Option(
        "--format", "-f", help="Format of the input (see `qa-assess formats`); found from its content if not given."
    ),
]
Graders = Annotated[
    Model,
    typer.Option(
        "--model",
        help="The grader that ships: standard, or fast, which does without the encoder.",
        rich_help_panel="Models",
    ),
]
Grader = Annotated[Path | None, typer.Option(help="Folder of a grader of your own.", rich_help_panel="Models")]
Parser = Annotated[Path | None, typer.Option(help="Folder of a spaCy pipeline of your own.", rich_help_panel="Models")]


def door(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """The command with its errors shown as what, where and what to do, and turned into an exit code."""

    @wraps(command)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except QaAssessError as error:
            console(stderr=True).print(error_text(error), soft_wrap=True)
            raise typer.Exit(COULD_NOT_START) from error
        except sqlite3.Error as error:
            full = OutputError(
                f"cannot write to the folder for temporary files: {error}",
                hint="make room there, or name another folder in TMPDIR; add --resume to go on with the run",
            )
            console(stderr=True).print(error_text(full), soft_wrap=True)
            raise typer.Exit(COULD_NOT_START) from error
        except KeyboardInterrupt as stop:
            console(stderr=True).print("Stopped. Nothing was written.")
            raise typer.Exit(STOPPED) from stop
        except BrokenPipeError as gone:
            raise typer.Exit(SOME_FAILED) from gone

    return guarded


def refuse_overwriting(inputs: Sequence[str], outputs: Sequence[str], role: str = "the input") -> None:
    """No output may be one of the inputs: it would replace what is read.

    Raises:
        OutputError: One is, by whatever name.
    """
    sources = {Path(name).resolve() for name in inputs if name != STDOUT}
    for name in outputs:
        if name != STDOUT and Path(name).resolve() in sources:
            raise OutputError(f"{name} is {role} too", hint="write to another file")


def settle_streams() -> None:
    """Let no sign stop a run: what a terminal cannot show becomes a question mark, and SIGTERM unwinds like Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(TERMINATED)
