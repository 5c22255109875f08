"""A file in memory whose bytes are taken away as they come: lets what writes to a file be written piece by piece."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Drain(io.RawIOBase):
    """A file that can be written to but not searched.

    >>> drain = Drain()
    >>> drain.write(b"PK"), drain.take(), drain.take(), drain.tell()
    (2, b'PK', b'', 2)
    """

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._taken = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: "ReadableBuffer", /) -> int:
        self._waiting += piece
        return len(memoryview(piece).cast("B"))

    def tell(self) -> int:
        return self._taken + len(self._waiting)

    def take(self) -> bytes:
        """What was written since the last time."""
        piece = bytes(self._waiting)
        self._waiting.clear()
        self._taken += len(piece)
        return piece
