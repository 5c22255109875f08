"""Parquet tables, a few hundred rows at a time: memory does not grow with the file.

Reading them takes pyarrow, which is large; it comes with the extra `parquet` and is imported only here.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any, BinaryIO

from qa_assess.errors import INSTALL_PARQUET, ColumnError, FormatError, InputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers.cell_values import cell_text, labels_text
from qa_assess.readers.columns import Slot, complaint, missing, slots, whole
from qa_assess.readers.encoding import decode_western, western_codec
from qa_assess.readers.parquet_footer import value_counts
from qa_assess.readers.records import Position, exchange_of
from qa_assess.readers.source import LONGEST_LINE, Source, searchable

ROWS = 256  # that are in memory at once
_BUFFER = 1 << 20
_WRITE_ANEW = "write it anew with the program that made it, or save it as CSV"
_TEXTS = (Slot("field", "question"), Slot("field", "answer"))


def signed(head: bytes) -> bool:
    r"""True for the first bytes of a Parquet file.

    >>> signed(b"PAR1\x15\x04"), signed(b"PARE"), signed(b"id,question")
    (True, False, False)
    """
    return head.startswith(b"PAR1")


def read(source: Source) -> Iterator[Exchange | Failure]:
    """Read a table, row group by row group.

    Raises:
        InputError: pyarrow is not installed.
        FormatError: This is no Parquet file, or a broken one.
        ColumnError: The columns name no question or no answer, or these hold no texts.
    """
    if not signed(source.head):
        raise FormatError(f"{source.name} is no Parquet file", hint="name another format, or none")
    parquet = _pyarrow(source.name)
    with searchable(source) as file:
        table = _opened(parquet, file, source.name)
        header = tuple(table.schema_arrow.names)
        _check(header, table.schema_arrow, source.name)
        yield from _records(table, header, source)


def typed_rows(source: Source) -> Iterator[dict[str, Any]]:
    """All rows as plain values by column name, a few hundred in memory at once.

    Raises:
        InputError: pyarrow is not installed.
        FormatError: The file is broken.
    """
    parquet = _pyarrow(source.name)
    with searchable(source) as file:
        table = _opened(parquet, file, source.name)
        try:
            for batch in table.iter_batches(batch_size=ROWS, use_threads=False):
                yield from batch.to_pylist()
        except Exception as error:
            raise _broken(error, source.name) from error


def _pyarrow(name: str) -> ModuleType:
    try:
        import pyarrow.parquet  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise InputError(f"{name} is a Parquet file, and pyarrow is not installed", hint=INSTALL_PARQUET) from error
    return pyarrow.parquet  # type: ignore[no-any-return]


def _opened(parquet: ModuleType, file: BinaryIO, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    """The table, its texts read as references to what repeats: a text that stands in all rows is in memory once."""
    try:
        schema = parquet.ParquetFile(file).schema
        leaves = (schema.column(number) for number in range(len(schema.names)))
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        file.seek(0)
        table = parquet.ParquetFile(file, read_dictionary=texts, buffer_size=_BUFFER, pre_buffer=False)
        # A few bytes can stand for a list of a billion equal values, which would be in memory at once.
        crowded = any(values > 1_000_000 + 1_000 * rows for rows, values in value_counts(file))
    except Exception as error:  # whatever pyarrow makes of a hostile file
        raise _broken(error, name) from error
    if crowded:
        raise FormatError(f"{name} holds lists of millions of values", hint="leave the columns with lists out")
    return table


def _broken(error: Exception, name: str) -> Exception:
    if isinstance(error, OSError) and error.errno:
        return error  # the disk's and not the file's
    return FormatError(f"{name} is a broken Parquet file: {_reason(error)}", hint=_WRITE_ANEW)


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return whole(lines[0])[:200] if lines else type(error).__name__


def _check(header: tuple[str, ...], schema: Any, name: str) -> None:  # noqa: ANN401
    if missing(header):
        message, hint = complaint(header)
        raise ColumnError(f"{name}: {message}", hint=hint)
    for field, slot in zip(schema, slots(header), strict=True):
        if slot in _TEXTS and (field.type.num_fields or str(field.type) == "bool"):
            message = f"{name}: the column {whole(field.name)} holds {field.type}, not texts"
            raise ColumnError(message, hint="write question and answer as plain text")


def _records(table: Any, header: tuple[str, ...], source: Source) -> Iterator[Exchange | Failure]:  # noqa: ANN401
    before = 0
    for group in range(table.metadata.num_row_groups):
        rows = _rows(table, group)
        end = before + table.metadata.row_group(group).num_rows
        for number in itertools.count(before + 1):
            position = Position(source.at(number), number)
            try:
                row = next(rows, None)
            except Exception as error:
                yield _break(error, position, end)
                break
            if row is None:
                break
            yield _record(row, header, position)
        before = end


def _break(error: Exception, position: Position, end: int) -> Failure:
    """What is told of a row group that breaks; the next may be whole."""
    if isinstance(error, OSError) and error.errno:
        raise error
    return position.failure(f"the file breaks here: {_reason(error)}; rows up to {end} were not read", _WRITE_ANEW)


def _rows(table: Any, group: int) -> Iterator[list[Any]]:  # noqa: ANN401
    for batch in table.iter_batches(batch_size=ROWS, row_groups=[group], use_threads=False):
        columns = batch.columns
        for index in range(batch.num_rows):
            yield [column[index] for column in columns]


def _record(row: list[Any], header: tuple[str, ...], position: Position) -> Exchange | Failure:
    cells, guessed = [], False
    for name, slot, scalar in zip(header, slots(header), row, strict=True):
        try:
            text, not_utf8 = _text(scalar, slot)
        except Exception as error:  # an index into nothing, a type without a text, lists too deep
            hint = "write the column as text"
            return position.failure(f"the value of {whole(name)} cannot be read: {_reason(error)}", hint)
        if len(text) > LONGEST_LINE:
            hint = "a question or an answer is some pages long at the most"
            return position.failure(f"the value of {whole(name)} is longer than {LONGEST_LINE:,} characters", hint)
        cells.append((slot, text))
        guessed = guessed or not_utf8
    return exchange_of(cells, replace(position, guessed=guessed))


def _text(scalar: Any, slot: Slot) -> tuple[str, bool]:  # noqa: ANN401
    """The value as text, and whether its bytes were not UTF-8."""
    try:
        value = scalar.as_py()
        if isinstance(value, bytes):
            value = value.decode("utf-8")
    except UnicodeDecodeError:
        raw = getattr(scalar, "value", scalar).as_buffer().to_pybytes()
        return decode_western(raw, western_codec(raw)), True
    except (ValueError, OverflowError):
        value = scalar.cast("string").as_py()  # a time finer, or farther away, than Python counts
    return cell_text(labels_text(value) if slot.place == "coded" else value), False
