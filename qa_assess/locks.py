"""Locks on open files: one process at a time has what such a file stands for."""

from contextlib import suppress
from typing import BinaryIO


def lock(file: BinaryIO, *, wait: bool) -> None:
    """Let no other process lock the file until this one closes it, or ends.

    Windows has no such locks: there nothing is locked.

    Args:
        file: It stays open as long as the lock is to hold.
        wait: Whether to wait while another process has it.

    Raises:
        OSError: Another process has it, or the file cannot be locked.
    """
    with suppress(ModuleNotFoundError):
        import fcntl  # noqa: PLC0415 - not everywhere

        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
