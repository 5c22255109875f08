"""Our own output read back: CSV, JSON Lines, XLSX and Parquet as assessments and failures, one at a time.

JSON Lines give back all that was written. A table gives what its columns hold: stretches of text are found again in the
question and the answer (one that is not there stands at 0 to 0), and a probability that no column holds is 0, as are
all of an `Outcome`. Columns of the input keep the names that they have in the file.
"""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from qa_assess.errors import ColumnError, FormatError, InputError
from qa_assess.exchange import Result
from qa_assess.graded.lines import KEY_OF, of_line
from qa_assess.graded.rows import Rows, rows
from qa_assess.graded.tables import of_row
from qa_assess.readers.source import Source, open_source

__all__ = ["read_graded"]

_GRADES = ("grade", "grade_strict")


def read_graded(path: str | os.PathLike[str] | BinaryIO, needs: Iterable[str] = ("grade",)) -> Iterator[Result]:
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
        opened = rows(source)
        _check(opened, tuple(needs), source.name)
    except BaseException:
        source.stream.close()
        raise
    return _results(source, opened)


def _check(opened: Rows, needs: tuple[str, ...], name: str) -> None:
    """See that the columns hold what is needed."""
    if not any(grade in opened.columns for grade in _GRADES):
        hint = f"grade it first: qa-assess grade {name} -o graded.csv"
        raise FormatError(f"{name} is no graded file: it has no column grade", hint=hint)
    wanted = dict.fromkeys(KEY_OF.get(need, need) for need in needs) if opened.in_lines else dict.fromkeys(needs)
    if missing := [need for need in wanted if need not in opened.columns]:
        what = f"no column {missing[0]}" if len(missing) == 1 else f"none of the columns {', '.join(missing)}"
        hint = f"grade it first, or grade it again without --columns: qa-assess grade {name} -o graded.csv"
        raise ColumnError(f"{name} has {what}", hint=hint)


def _results(source: Source, opened: Rows) -> Iterator[Result]:
    with source.stream:
        try:
            for placed in opened.stream:
                yield of_line(placed) if opened.in_lines else of_row(placed)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot read on in {source.name}: {reason}", hint="check the disk or the pipe") from error
