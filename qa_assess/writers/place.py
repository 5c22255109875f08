"""Where output goes: a file that appears whole at the end or not at all, or standard output."""

import errno
import io
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from qa_assess.errors import OutputError

STDOUT = "-"
_ADVICE = "choose a folder that you may write to, and close the file if another program has it open"
_ROOM = "make room on the disk; what was graded is kept where there is a journal: add --resume"

Put = Callable[[str], None]


@contextmanager
def placed(target: Path, *, encoding: str = "utf-8") -> Iterator[Put]:
    """Hand out a function that writes text; the file stands at `target` when the block ends without an error.

    Until then the text is in a temporary file in the same folder, so that an interrupted run leaves what was at the
    target as it was.

    Raises:
        OutputError: At once where the target cannot be written, later where the disk is full.
    """
    target = _checked(target)
    if target.exists() and not target.is_file():
        with _opened(target, "w", encoding) as device:
            yield _put(device, target)
        return
    part = target.with_name(f".qa-assess-{secrets.token_hex(4)}.part")
    file = _opened(part, "x", encoding, named=target)
    try:
        yield _put(file, target)
        _move(file, part, target)
    finally:
        with suppress(OSError):
            file.close()
        part.unlink(missing_ok=True)


def _checked(target: Path) -> Path:
    """The target, links followed; an error where it is a folder, has none, or is not ours to overwrite."""
    try:
        target = target.resolve()
        if target.is_dir():
            raise OutputError(f"{target} is a folder", hint=f"name a file in it, for instance {target / 'graded.csv'}")
        if not target.parent.is_dir():
            raise OutputError(
                f"cannot write {target}: there is no folder {target.parent}",
                hint="make the folder first, or write elsewhere",
            )
        if target.is_file():
            target.open("ab").close()
    except (OSError, RuntimeError) as error:
        raise _refused(target, error) from error
    return target


def _opened(path: Path, mode: str, encoding: str, *, named: Path | None = None) -> TextIO:
    try:
        # A lone surrogate (broken input) is written as \udc80: UTF-8 has no bytes for it.
        return path.open(mode, encoding=encoding, errors="backslashreplace", newline="")  # type: ignore[return-value]
    except OSError as error:
        raise _refused(named or path, error) from error


def _put(file: TextIO, target: Path) -> Put:
    def put(text: str) -> None:
        try:
            file.write(text)
        except OSError as error:
            raise _refused(target, error) from error

    return put


def _move(file: TextIO, part: Path, target: Path) -> None:
    try:
        file.close()
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except OSError as error:
        raise _refused(target, error) from error


def _refused(target: Path, error: Exception) -> OutputError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    return OutputError(f"cannot write {target}: {why}", hint=_ROOM if full else _ADVICE)


@contextmanager
def standard_output() -> Iterator[Put]:
    """Hand out a function that writes text to standard output, in UTF-8 whatever the terminal's encoding."""
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        yield _put(sys.stdout, Path(STDOUT))
        return
    sys.stdout.flush()
    stream = io.TextIOWrapper(binary, encoding="utf-8", errors="backslashreplace", newline="")

    def put(text: str) -> None:
        stream.write(text)

    try:
        yield put
        stream.flush()
    except BrokenPipeError:
        _hush()
        raise
    finally:
        with suppress(ValueError, OSError):
            stream.detach()


def _hush() -> None:
    """Point standard output nowhere: its reader has gone (`| head`), and Python would still flush to it at exit."""
    with suppress(ValueError, OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
