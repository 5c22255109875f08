"""The counts in a Parquet footer: as pyarrow tells them, and an error for a footer that makes no sense."""

import io

import pytest

from qa_assess.readers.parquet_footer import value_counts

pa = pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")


def test_the_counts_are_those_that_pyarrow_tells():
    names = [f"n{number}" for number in range(20)]
    table = pa.table({"votes": [[1] * number for number in range(300)]} | {name: [name] * 300 for name in names})
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=128, use_dictionary=["n1"], store_schema=True)
    groups = [pq.ParquetFile(file).metadata.row_group(number) for number in range(3)]
    told = [(group.num_rows, max(group.column(n).num_values for n in range(group.num_columns))) for group in groups]
    assert list(value_counts(file)) == told
    assert [rows for rows, _ in told] == [128, 128, 44]


@pytest.mark.parametrize(
    ("footer", "said"),
    [
        (b"", "ends too early"),
        (b"\x00", "does not say"),
        (b"\x49\x1c\x00\x00", "does not say"),  # a row group without columns
        (b"\x15" + b"\x80" * 30, "too many digits"),
        (b"\x1c" * 5000, "nested too deeply"),
        (b"\x1b\x00", "unknown kind"),
        (b"\x18\x7f", "ends too early"),
        (b"\x19\xf5\xff\xff\xff\xff\x7f\x02", "ends too early"),  # a list of billions
    ],
)
def test_a_footer_that_makes_no_sense(footer, said):
    file = io.BytesIO(footer + len(footer).to_bytes(4, "little") + b"PAR1")
    with pytest.raises(ValueError, match=said):
        list(value_counts(file))
