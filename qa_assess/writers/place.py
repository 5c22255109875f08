"""Where output goes: a file that appears whole at the end or not at all, or standard output."""

import codecs
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from qa_assess.errors import OutputError
from qa_assess.locks import lock

STDOUT = "-"
# It moves and removes no file that is open.
_WINDOWS = os.name == "nt"
_ADVICE = "choose a folder that you may write to, and close the file if another program has it open"
_ROOM = "make room on the disk; what was graded is kept where there is a journal: add --resume"

Put = Callable[[str | bytes], None]


@contextmanager
def placed(target: Path, *, encoding: str = "utf-8") -> Iterator[Put]:
    """Hand out a function that writes text or bytes; the file stands at `target` when the block ends without an error.

    Until then all is in a temporary file in the same folder, so that an interrupted run leaves what was at the
    target as it was.

    Raises:
        OutputError: At once where the target cannot be written, later where the disk is full.
    """
    target = _checked(target)
    device = target.exists() and not target.is_file()
    # One name for each target: what a killed run left is written over by the next.
    part = target if device else target.with_name(f".{target.name}.part")
    file = _opened(part, "wb", named=target) if device else _alone(part, target)
    try:
        yield _put(file, target, encoding)
        _finish(file, part, target)
    except BaseException:
        if not device:
            _discard(file, part)
        raise
    finally:
        with suppress(OSError):
            file.close()


def _alone(part: Path, target: Path) -> BinaryIO:
    """The temporary file, open for this run only and empty.

    Raises:
        OutputError: Another run is writing to the same target, or the file cannot be written.
    """
    while True:
        file = _opened(part, "ab", named=target)
        try:
            lock(file, wait=False)
        except BlockingIOError as error:
            file.close()
            hint = "wait until it has finished, or write to another file"
            raise OutputError(f"another run is writing {target}", hint=hint) from error
        except OSError:  # a disk of the network that knows no locks
            pass
        # It may have been moved to its target, by a run that has just finished, between opening and locking.
        if _is_at(file, part):
            try:
                file.truncate(0)
            except OSError as error:
                file.close()
                raise _refused(target, error) from error
            return file
        file.close()


def _is_at(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False


def _discard(file: BinaryIO, part: Path) -> None:
    """Remove the temporary file while it is locked: later, one of its name may be another run's."""
    with suppress(OSError):
        if _WINDOWS:
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


def _opened(path: Path, mode: str, *, named: Path | None = None) -> BinaryIO:
    try:
        return path.open(mode)  # type: ignore[return-value]
    except OSError as error:
        raise _refused(named or path, error) from error


def _put(file: BinaryIO, target: Path, encoding: str) -> Put:
    encoded = _encoder(encoding)

    def put(piece: str | bytes) -> None:
        try:
            file.write(encoded(piece))
        except OSError as error:
            raise _refused(target, error) from error

    return put


def _encoder(encoding: str) -> Callable[[str | bytes], bytes]:
    # A lone surrogate (broken input) is written as \udc80: UTF-8 has no bytes for it.
    encoder = codecs.getincrementalencoder(encoding)(errors="backslashreplace")
    return lambda piece: piece if isinstance(piece, bytes) else encoder.encode(piece)


def _finish(file: BinaryIO, part: Path, target: Path) -> None:
    """Write what waits to be written, and let the part stand at the target.

    It is moved while it is still locked: another run that came between would empty it.
    """
    try:
        file.flush()
        if part == target:
            return
        os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, part)
        if _WINDOWS:
            file.close()
        part.replace(target)
    except OSError as error:
        raise _refused(target, error) from error


def _refused(target: Path, error: Exception) -> OutputError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    return OutputError(f"cannot write {target}: {why}", hint=_ROOM if full else _ADVICE)


@contextmanager
def standard_output() -> Iterator[Put]:
    """Hand out a function that writes to standard output, text in UTF-8 whatever the terminal's encoding."""
    encoded = _encoder("utf-8")
    stream = getattr(sys.stdout, "buffer", None)
    sys.stdout.flush()

    def put(piece: str | bytes) -> None:
        if stream is not None:
            stream.write(encoded(piece))
        else:
            sys.stdout.write(encoded(piece).decode("utf-8"))

    try:
        yield put
        sys.stdout.flush()
    except BrokenPipeError:
        _hush()
        raise


def _hush() -> None:
    """Point standard output nowhere: its reader has gone (`| head`), and Python would still flush to it at exit."""
    with suppress(ValueError, OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
