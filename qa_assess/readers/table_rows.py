"""Lines of a table to rows of fields, such that nothing is swallowed.

A stray quotation mark makes the csv module read the rest of a file, or the next few records, as one field. Here the
row that holds it is given up with its line number, and reading starts again at the very next line.
"""

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from qa_assess.readers.source import LONGEST_LINE, Line

# Characters that may be read a second time: a file full of stray marks must not take the square of its length.
_PATIENCE = 10 * LONGEST_LINE
_EACH_LINE = 100  # a line costs as much time as so many characters
_TOO_LONG = "field larger than a line may be"


@dataclass(frozen=True, slots=True)
class Splitting:
    """How a row is split: its delimiter, and whether a space stands behind each."""

    delimiter: str
    padded: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of a row and the lines that they stand on; or what is wrong with it.

    `swallows` is true where the lines behind a broken row may belong to it.
    """

    lines: Sequence[Line]
    fields: Sequence[str] = ()
    wrong: str = ""
    hint: str = ""
    swallows: bool = False


def rows_of(lines: Iterator[Line], splitting: Splitting) -> Iterator[Row]:
    """Split lines into rows; a broken row carries what is wrong with it and the rest go on.

    >>> table = ['1,"Why, then?"', '2,"Whe', '3,Who?']
    >>> lines = (Line(text + chr(10), number) for number, text in enumerate(table, start=1))
    >>> [row.wrong or list(row.fields) for row in rows_of(lines, Splitting(","))]
    [['1', 'Why, then?'], 'a quotation mark opens here and is never closed', ['3', 'Who?']]
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    tape = _Tape(lines)
    while not tape.ended:
        reader = csv.reader(tape, delimiter=splitting.delimiter, skipinitialspace=splitting.padded, strict=True)
        try:
            for fields in reader:
                yield Row(tape.taken(), fields)
        except csv.Error as error:
            row = tape.taken()
            blamed = row[:1] if tape.rewind(row[1:]) else row
            plain = _without_quoting(row) if splitting.delimiter == "\t" else ()
            yield Row(blamed, plain) if plain else _broken(blamed, str(error), swallows=len(row) > 1)


def _without_quoting(row: Sequence[Line]) -> Sequence[str]:
    """Many programs write tabs without quoting: the fields of the first line, if the next has as many; else none."""
    first, *others = (line.text.rstrip("\r\n").split("\t") for line in row[:2])
    return first if len(first) > 1 and all(len(other) == len(first) for other in others) else ()


def _broken(lines: Sequence[Line], error: str, *, swallows: bool) -> Row:
    hint = 'write "" for each quotation mark that belongs to a quoted text, and close the text with one'
    if "field larger" in error:
        return Row(lines, wrong=f"a field is longer than {LONGEST_LINE:,} characters", hint=hint, swallows=True)
    if "unexpected end" in error:
        return Row(lines, wrong="a quotation mark opens here and is never closed", hint=hint, swallows=swallows)
    if "expected after" in error:
        return Row(lines, wrong="a quotation mark stands inside a quoted text", hint=hint, swallows=swallows)
    return Row(
        lines, wrong=f"the row cannot be split: {error}", hint="check the row in a text editor", swallows=swallows
    )


class _Tape:
    """Hands lines to csv.reader and keeps those of the row in hand, to read them again from the second on."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self._row: list[Line] = []
        self._patience = _PATIENCE
        self.ended = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self._row.append(line)
        if len(line.text) >= LONGEST_LINE:
            raise csv.Error(_TOO_LONG)
        return line.text

    def taken(self) -> Sequence[Line]:
        row, self._row = self._row, []
        return row

    def rewind(self, lines: Sequence[Line]) -> bool:
        """Hand these lines out again, while patience lasts."""
        self._patience -= sum(len(line.text) + _EACH_LINE for line in lines)
        if self._patience < 0:
            return False
        self._again.extendleft(reversed(lines))
        self.ended = self.ended and not lines
        return True
