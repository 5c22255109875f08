"""The elements of a JSON array as its lines are read: of any length in the memory of its largest element."""

import json
from collections.abc import Iterable, Iterator

from qa_assess.errors import InputError
from qa_assess.readers import source as limits
from qa_assess.readers.source import AROUND_JSON, Line

_BLANK = " \t\r\n"
# Characters that are read at a time. What ends, or breaks, this near to the last of them may go on behind it.
_PIECE = 1 << 20
_NEAR = 16


class ArrayBreakError(ValueError):
    """An array that is no JSON any more; the text says why and where."""


def elements(lines: Iterable[Line], name: str) -> Iterator[tuple[object, bool]]:
    """The elements in turn, and whether a line of theirs had bytes that were not in the encoding of the file.

    Args:
        lines: The array from its first character on; nothing but blanks may stand before or behind it.
        name: What an error calls it.

    Raises:
        ArrayBreakError: The array is broken here; what stood before has been handed over.
        InputError: An element is too large.

    >>> [value for value, _ in elements([Line('[{"a": 1},', 1), Line(' 2]', 2)], "x.json")]
    [{'a': 1}, 2]
    """
    text = _Growing(lines, name)
    text.skip(AROUND_JSON)
    text.take("[")
    if text.peek() == "]":
        text.take("]")
    else:
        yield from _each(text)
    if text.peek(AROUND_JSON):
        raise text.broken("Extra data")


def _each(text: "_Growing") -> Iterator[tuple[object, bool]]:
    while True:
        yield text.value()
        if text.peek() != ",":
            text.take("]", "Expecting ',' delimiter")
            return
        text.take(",")


class _Growing:
    """A text that is read on when its end comes into view, and dropped behind the place that was reached."""

    def __init__(self, lines: Iterable[Line], name: str) -> None:
        self._lines, self._name = iter(lines), name
        self._text, self._at = "", 0
        self._guessed: list[tuple[int, int]] = []  # where in the text such lines stand
        self._line, self._column = 1, 1  # of the first character that is kept
        self._decoder = json.JSONDecoder()

    def peek(self, blank: str = _BLANK) -> str:
        """The next character that is not blank; empty at the end."""
        self.skip(blank)
        return self._text[self._at : self._at + 1]

    def skip(self, blank: str = _BLANK) -> None:
        while True:
            while self._text[self._at : self._at + 1] and self._text[self._at] in blank:
                self._at += 1
            if self._at < len(self._text) or not self._grow():
                return

    def take(self, mark: str, otherwise: str = "Expecting value") -> None:
        if self.peek() != mark:
            raise self.broken(otherwise)
        self._at += 1

    def value(self) -> tuple[object, bool]:
        """The value that begins here, and whether a line of it was guessed."""
        self.skip()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                ahead = error.pos - self._at
                cut = error.msg.startswith("Unterminated") or error.pos + _NEAR >= len(self._text)
                if not (cut and self._grow()):
                    raise self.broken(error.msg, ahead) from error
            except RecursionError as error:
                raise self.broken("nested too deeply") from error
            except ValueError as error:
                raise self.broken("a number has too many digits") from error
            else:
                size = end - self._at
                if end + _NEAR < len(self._text) or not self._grow():
                    first, self._at = self._at, self._at + size
                    return value, any(a < self._at and first < b for a, b in self._guessed)

    def broken(self, why: str, ahead: int = 0) -> ArrayBreakError:
        before = self._text[: self._at + ahead]
        column = len(before) - before.rfind("\n") if "\n" in before else self._column + len(before)
        return ArrayBreakError(f"line {self._line + before.count(chr(10))}, character {column}: {why}")

    def _grow(self) -> bool:
        """Drop what is behind, and read as much as is left over again, at least a piece; False at the end."""
        gone, left = self._text[: self._at], self._text[self._at :]
        self._column = len(gone) - gone.rfind("\n") if "\n" in gone else self._column + len(gone)
        self._line += gone.count("\n")
        self._guessed = [(a - self._at, b - self._at) for a, b in self._guessed if b > self._at]
        size, wanted, texts = len(left), max(_PIECE, 2 * len(left)), [left]
        while size < wanted and (line := next(self._lines, None)):
            texts.append(line.text)
            if line.guessed:
                self._guessed.append((size, size + len(line.text)))
            size += len(line.text)
        self._text, self._at = "".join(texts), 0
        if len(self._text) > limits.LARGEST_DOCUMENT + _PIECE:
            hint = "split it into several, or write one object a line (JSON Lines)"
            raise InputError(
                f"{self._name} has an element of more than {limits.LARGEST_DOCUMENT:,} characters", hint=hint
            )
        return len(texts) > 1
