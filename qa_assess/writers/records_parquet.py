"""graded.parquet: the table of records with typed columns, in groups of rows, so that memory does not grow.

Probabilities are float64, counts int64, tags and the like lists of texts. What is not there is null for a number and ""
for a text. What a column means stands in the file, as `description` in its metadata.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from qa_assess.errors import INSTALL_PARQUET, OutputError
from qa_assess.exchange import Result
from qa_assess.writers.cells import well_formed
from qa_assess.writers.drain import Drain
from qa_assess.writers.table import Value, column_of, table_of

ROWS = 1000  # a group


def parquet_pieces(results: Iterable[Result], columns: Sequence[str] | None = None) -> Iterator[bytes]:
    """The bytes of the file.

    Raises:
        OutputError: pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: PLC0415 - an extra, and slow to import
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as error:
        raise OutputError("cannot write Parquet: pyarrow is not installed", hint=INSTALL_PARQUET) from error
    names, rows = table_of(results, columns)
    schema = _schema(pyarrow, names)
    drain = Drain()
    with pyarrow.parquet.ParquetWriter(drain, schema, compression="snappy") as file:
        while group := list(islice(rows, ROWS)):
            cells = {name: [_value(name, row.get(name)) for row in group] for name in names}
            file.write_table(pyarrow.Table.from_pydict(cells, schema))
            yield drain.take()
    yield drain.take()


def _schema(pyarrow: Any, names: Iterable[str]) -> Any:  # noqa: ANN401 - pyarrow has no types
    types = {
        "text": pyarrow.string(),
        "number": pyarrow.float64(),
        "integer": pyarrow.int64(),
        "list": pyarrow.list_(pyarrow.string()),
    }
    columns = ((well_formed(name), column_of(name)) for name in names)
    return pyarrow.schema(
        pyarrow.field(name, types[column.type], metadata={"description": column.meaning}) for name, column in columns
    )


def _value(name: str, value: Value) -> Value:
    if isinstance(value, list):
        return [well_formed(item) for item in value]
    if isinstance(value, str):
        return well_formed(value)
    kind = column_of(name).type if value is None else ""
    return [] if kind == "list" else "" if kind == "text" else value
