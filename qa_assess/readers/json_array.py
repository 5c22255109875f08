"""The elements of a JSON array as its lines are read: of any length in the memory of its largest element."""

import json
from collections import deque
from collections.abc import Iterable, Iterator

from qa_assess.errors import InputError
from qa_assess.readers import source

_BLANK = " \t\r\n"
# Characters that are read at a time. What ends, or breaks, this near to the last of them may go on behind it.
_PIECE = 1 << 20
_NEAR = 16


class ArrayBreakError(ValueError):
    """An array that is no JSON any more; the text says where and why. The readers make a failure row of it."""


def elements(lines: Iterable[source.Line], name: str) -> Iterator[tuple[object, bool]]:
    """The elements in turn, and whether a line of theirs had bytes that were not in the encoding of the file.

    A comma behind the last one is passed over. Of a number that the array breaks off in, what is there is handed over.

    Args:
        lines: The array from its first character on; nothing but blanks may stand before or behind it. Blank lines may
            be left out.
        name: What an error calls it.

    Raises:
        ArrayBreakError: The array is broken here; what stood before has been handed over.
        InputError: An element is too large.

    >>> [value for value, _ in elements([source.Line('[{"a": 1},', 1), source.Line(' 2]', 2)], "x.json")]
    [{'a': 1}, 2]
    """
    text = _Growing(lines, name)
    text.skip(source.AROUND_JSON)
    text.take("[")
    while text.peek() != "]":
        yield text.value()
        if text.peek() != ",":
            break
        text.take(",")
    text.take("]", "Expecting ',' delimiter")
    if text.peek(source.AROUND_JSON):
        raise text.broken("Extra data")


class _Growing:
    """A text that is read on when its end comes into view, and dropped behind the place that was reached."""

    def __init__(self, lines: Iterable[source.Line], name: str) -> None:
        self._lines, self._name = iter(lines), name
        self._text, self._at = "", 0
        self._guessed = deque[tuple[int, int]]()  # where in the text such lines stand
        self._line, self._column = 1, 1  # of the first character that is kept
        self._next, self._left_out = 1, list[tuple[int, int]]()  # lines that are not in the text: where, how many
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
                    raise self.broken(error.msg.removesuffix(" starting at"), ahead) from error
            except RecursionError as error:
                raise self.broken("nested too deeply") from error
            except ValueError as error:
                # A fraction that is cut looks like a whole number, of which Python bounds the digits.
                if not (self._text[-1].isdigit() and self._grow()):
                    raise self.broken("a number has too many digits") from error
            else:
                size = end - self._at
                if end + _NEAR < len(self._text) or not self._grow():
                    return value, self._passed_guessed(size)

    def _passed_guessed(self, size: int) -> bool:
        """Go on by so many characters; whether a guessed line is among them."""
        while self._guessed and self._guessed[0][1] <= self._at:
            self._guessed.popleft()
        self._at += size
        return bool(self._guessed) and self._guessed[0][0] < self._at

    def broken(self, why: str, ahead: int = 0) -> ArrayBreakError:
        before = self._text[: self._at + ahead]
        column = len(before) - before.rfind("\n") if "\n" in before else self._column + len(before)
        line = self._line + before.count("\n") + self._left_out_before(len(before))
        return ArrayBreakError(f"line {line}, character {column}: {why}")

    def _left_out_before(self, place: int) -> int:
        return sum(number for at, number in self._left_out if at <= place)

    def _grow(self) -> bool:
        """Drop what is behind, and read as much as is left over again, at least a piece; False at the end."""
        gone, left = self._text[: self._at], self._text[self._at :]
        most = source.LARGEST_DOCUMENT
        if len(left) > most:
            hint = "split it into several, or write one object a line (JSON Lines)"
            raise InputError(f"{self._name} has an element of more than {most:,} characters", hint=hint)
        self._column = len(gone) - gone.rfind("\n") if "\n" in gone else self._column + len(gone)
        self._line += gone.count("\n") + self._left_out_before(self._at)
        self._left_out = [(at - self._at, number) for at, number in self._left_out if at > self._at]
        self._guessed = deque((a - self._at, b - self._at) for a, b in self._guessed if b > self._at)
        size, wanted, texts = len(left), max(len(left) + 1, _PIECE, min(2 * len(left), most + 1)), [left]
        while size < wanted and (line := next(self._lines, None)):
            texts.append(line.text)
            if line.number > self._next:
                self._left_out.append((size, line.number - self._next))
            self._next = line.number + 1
            if line.guessed:
                self._guessed.append((size, size + len(line.text)))
            size += len(line.text)
        self._text, self._at = "".join(texts), 0
        return len(texts) > 1
