"""How many values the columns of a Parquet file say that they hold, read from its footer byte by byte.

pyarrow tells it too, but ends the whole process (`std::terminate`) where the footer of a broken file contradicts
itself. The footer is a struct in Thrift's compact protocol; numbers of fields are those of ``parquet.thrift``.
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

_DEEPEST = 20
_ROW_GROUPS, _COLUMNS, _NUM_ROWS, _META_DATA, _NUM_VALUES = 4, 1, 3, 3, 5


def value_counts(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Of each row group: its rows, and the most values that any of its columns holds.

    Raises:
        ValueError: The footer cannot be read.
    """
    file.seek(-8, io.SEEK_END)
    length = int.from_bytes(file.read(4), "little")
    file.seek(-8 - length, io.SEEK_END)
    footer = _Thrift(file.read(length)).struct()
    try:
        for group in footer[_ROW_GROUPS]:
            counts = (column.get(_META_DATA, {}).get(_NUM_VALUES, 0) for column in group[_COLUMNS])
            yield group[_NUM_ROWS], max(counts, default=0)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("its footer does not say what it holds") from error


class _Thrift:
    """Reads values one after the other; texts are stepped over.

    >>> _Thrift(bytes([0x15, 0x06, 0x19, 0x25, 0x02, 0x04, 0x00])).struct()
    {1: 3, 2: [1, 2]}
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """The fields up to the stop, by their numbers."""
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            kind = head & 15
            # Whether it is true stands in the kind itself.
            fields[number] = kind == 1 if kind in (1, 2) else self._value(kind, depth + 1)
        return fields

    def _value(self, kind: int, depth: int) -> Any:  # noqa: ANN401
        if depth > _DEEPEST:
            raise ValueError("its footer is nested too deeply")
        if kind in (1, 2, 3):
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind in (7, 8, 13):
            return self._step({7: 8, 13: 16}.get(kind) or self._varint())
        if kind in (9, 10):
            head = self._byte()
            size = head >> 4 if head >> 4 < 15 else self._varint()
            return [self._value(head & 15, depth + 1) for _ in range(size)]
        if kind == 12:
            return self.struct(depth)
        raise ValueError("its footer holds a value of an unknown kind")

    def _byte(self) -> int:
        self._step(1)
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise ValueError("its footer holds a number with too many digits")
        return value | byte << shift

    def _integer(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)

    def _step(self, size: int) -> None:
        self._at += size
        if self._at > len(self._data):
            raise ValueError("its footer ends too early")
