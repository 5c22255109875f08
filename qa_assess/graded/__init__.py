"""Our own output read back: CSV, JSON Lines, XLSX and Parquet as assessments and failures, one at a time.

JSON Lines give back all that was written. A table gives what its columns hold: stretches of text are found again in the
question and the answer (one that is not there stands at 0 to 0), and a probability that no column holds is 0, as are
all of an `Outcome`. Columns of the input keep the names that they have in the file.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import BinaryIO

from qa_assess.errors import ColumnError, FormatError, InputError
from qa_assess.exchange import Assessment, Failure
from qa_assess.graded.lines import KEY_OF, of_line
from qa_assess.graded.rows import Placed, rows
from qa_assess.graded.tables import of_row
from qa_assess.readers.source import Source, open_source

__all__ = ["read_graded"]

_GRADES = ("grade", "grade_strict")


def read_graded(
    path: str | os.PathLike[str] | BinaryIO, needs: Iterable[str] = ("grade",)
) -> Iterator[Assessment | Failure]:
    r"""Read a graded file, whatever its format (found from the content).

    What is wrong with the file as a whole is raised by this call, what is wrong with a row when it is asked for.

    Args:
        path: The file; ``-`` is standard input.
        needs: Columns of the table of records that the caller cannot do without (of JSON Lines, the keys that hold the
            same): `qa-assess grade --columns` may have left them out.

    Raises:
        InputError: The file is missing, empty, or not readable.
        FormatError: It is no output of qa-assess, or a row of it is broken.
        ColumnError: A column that is needed was not written.

    >>> import io
    >>> file = io.BytesIO(b"id,grade,question\r\n7,No ask,'=1+1\r\n")
    >>> [(one.exchange.id, one.grade.label, one.exchange.question) for one in read_graded(file)]
    [('7', 'No ask', '=1+1')]
    """
    source = open_source(path)
    try:
        in_lines, stream = rows(source)
        first = next(stream, None)
        if first is not None:
            _check(first.row, tuple(needs), source.name, in_lines=in_lines)
    except BaseException:
        source.stream.close()
        raise
    return _results(source, chain([first] if first else [], stream), in_lines=in_lines)


def _check(row: Mapping[str, object], needs: tuple[str, ...], name: str, *, in_lines: bool) -> None:
    """See that the first row has what is needed; all rows have the same columns."""
    if not any(grade in row for grade in _GRADES):
        hint = f"grade it first: qa-assess grade {name} -o graded.csv"
        raise FormatError(f"{name} is no graded file: it has no column grade", hint=hint)
    wanted = dict.fromkeys(KEY_OF.get(need, need) for need in needs) if in_lines else dict.fromkeys(needs)
    if missing := [need for need in wanted if need not in row]:
        what = f"the column {missing[0]}" if len(missing) == 1 else f"the columns {', '.join(missing)}"
        hint = (
            f"it was graded with --columns, or by an earlier qa-assess: grade it again, with {', '.join(missing)} too"
        )
        raise ColumnError(f"{name} has not {what}", hint=hint)


def _results(source: Source, stream: Iterable[Placed], *, in_lines: bool) -> Iterator[Assessment | Failure]:
    with source.stream:
        try:
            for placed in stream:
                yield of_line(placed) if in_lines else of_row(placed)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot read on in {source.name}: {reason}", hint="check the disk or the pipe") from error
