"""The table of formats, sources, encodings and what stops a whole file."""

import io
import os
import random
import sys
import tracemalloc
from pathlib import Path

import pytest

from qa_assess.errors import ColumnError, FormatError, InputError, QaAssessError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import FORMATS, read, sniff
from qa_assess.readers.dates import iso_date

FORMATS_DIR = Path(__file__).parent / "formats"
TABLE = "id,question,answer\n1,Will he act?,Yes.\n"
BINARIES = {
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": "PNG",
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n": "PDF",
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00[Content_Types].xml xl/workbook.xml": "Excel",
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00word/document.xml": "Word",
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00notes.txt": "ZIP",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00": "gzip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00": "Office",
    bytes(range(1, 9)) * 40: "binary data",
}


def records(data: bytes | str, **options) -> list[Exchange | Failure]:
    return list(read(io.BytesIO(data.encode() if isinstance(data, str) else data), **options))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("debate.csv", "csv"),
        ("debate.tsv", "tsv"),
        ("records.jsonl", "jsonl"),
        ("records.json", "json"),
        ("page.txt", "assessed-page"),
        ("page_loose.txt", "assessed-page"),
        ("pasted.txt", "pasted"),
    ],
)
def test_each_format_is_recognised_by_its_content(name, expected):
    head = (FORMATS_DIR / name).read_bytes()
    assert sniff(head) == sniff(head.decode()) == expected
    # With the suffix gone the records are the same.
    assert [getattr(one, "question", one.id) for one in read(io.BytesIO(head))] == [
        getattr(one, "question", one.id) for one in read(FORMATS_DIR / name)
    ]


def test_every_fixture_file_has_its_test():
    files = [path for path in FORMATS_DIR.iterdir() if path.is_file()]
    assert {path.suffix for path in files} <= {suffix for one in FORMATS for suffix in one.suffixes}


def test_names_and_suffixes_in_the_table_are_unique():
    suffixes = [suffix for one in FORMATS for suffix in one.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert len({one.name for one in FORMATS}) == len(FORMATS)
    assert all(one.description for one in FORMATS)


def test_content_goes_before_suffix(tmp_path):
    path = tmp_path / "debate.csv"
    path.write_text('{"question": "Why?", "answer": "Because."}\n')
    (exchange,) = read(path)
    assert exchange.answer == "Because."


def test_a_named_format_is_taken_at_its_word():
    text = "Q: Is this, or that, a table? A: No."
    assert records(text, format="Pasted ")[0].answer == "No."
    with pytest.raises(ColumnError):
        records(text, format="csv")


def test_unknown_format_names_the_known_ones():
    with pytest.raises(FormatError, match='no format "docx"') as caught:
        records(TABLE, format="docx")
    assert all(one.name in caught.value.hint for one in FORMATS)


def test_unknown_content_shows_its_beginning():
    with pytest.raises(FormatError, match="The House met at half-past Two") as caught:
        records("The House met at half-past Two o'clock.\nPrayers were read.\n")
    assert "pasted" in caught.value.hint


@pytest.mark.parametrize(("head", "kind"), BINARIES.items(), ids=BINARIES.values())
@pytest.mark.parametrize("named", [None, "csv", "jsonl", "assessed-page", "pasted"])
def test_binary_files_are_named_for_what_they_look_like(tmp_path, head, kind, named):
    path = tmp_path / "debate.csv"
    path.write_bytes(head)
    with pytest.raises(FormatError, match=kind) as caught:
        read(path, format=named)
    assert "debate.csv" in caught.value.message
    assert caught.value.hint
    if named is None and kind != "Excel":  # which can be read, but not when it is broken
        with pytest.raises(FormatError, match=kind):
            sniff(head)


def test_missing_file_says_where_it_looked(tmp_path):
    with pytest.raises(InputError, match=r"no file .*nothing\.csv") as caught:
        read(tmp_path / "nothing.csv")
    assert str(tmp_path) in caught.value.hint
    with pytest.raises(InputError) as caught:
        read(tmp_path / "nowhere" / "nothing.csv")
    assert "no folder" in caught.value.hint


def test_folder(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        read(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"  \r\n\t\n"])
def test_empty_file(tmp_path, content):
    path = tmp_path / "debate.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"debate\.csv is empty"):
        read(path)


def test_a_table_of_empty_cells_holds_no_header():
    with pytest.raises(InputError, match="without any text"):
        records(",,\n,,\n", format="csv")


def test_a_header_alone_is_a_table_without_records():
    assert records("id,question,answer\n") == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission(tmp_path):
    path = tmp_path / "debate.csv"
    path.write_text(TABLE)
    path.chmod(0)
    with pytest.raises(InputError, match="cannot read"):
        read(path)


def test_a_path_that_the_system_refuses(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read(str(tmp_path / ("x" * 5000)))
    with pytest.raises(InputError):
        read("a\0b.csv")


def test_a_disk_that_fails_on_the_way():
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 100_000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    stream = Failing(TABLE.encode() + b"2,Why?,Because.\n" * 20_000)
    with pytest.raises(InputError, match="Input/output error"):
        list(read(stream))
    stream = Failing(b"x")
    stream.seek(100_001)
    with pytest.raises(InputError, match="Input/output error"):
        read(stream)


def test_a_stream_of_text_is_told_to_be_binary():
    with pytest.raises(InputError, match="stream of text") as caught:
        read(io.StringIO(TABLE))
    assert "rb" in caught.value.hint


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TABLE.encode())))
    (exchange,) = read("-")
    assert exchange.source == "standard input:2"
    assert not sys.stdin.buffer.closed


def test_a_stream_of_the_caller_stays_open_and_a_file_of_ours_is_closed(tmp_path):
    stream = io.BytesIO(TABLE.encode())
    assert len(list(read(stream))) == 1
    assert not stream.closed
    path = tmp_path / "debate.csv"
    path.write_text(TABLE)
    with path.open("rb") as named:
        assert next(read(named)).source == "debate.csv:2"
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for _ in range(20):
        next(read(path))
    assert not before or len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_pipe_can_be_read(tmp_path):
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        stream.write(TABLE.encode())
    with os.fdopen(reading, "rb") as stream:
        assert [one.id for one in read(stream)] == ["1"]


# Encodings

TEXT = "id,question,answer\n1,Will he spend £3 million?,“No” – said Siân.\n2,Why?,Because.\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_needs_no_guess(codec):
    first, second = records(TEXT.encode(codec))
    assert (first.question, first.answer) == ("Will he spend £3 million?", "“No” – said Siân.")
    assert first.id == "1"
    assert first.flags == second.flags == ()


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(codec):
    assert records(TEXT.encode(codec))[0].question == "Will he spend £3 million?"


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
def test_other_encodings_are_guessed_and_flagged_by_the_row(codec):
    for _ in range(3):
        first, second = records(TEXT.encode(codec))
        assert (first.question, first.answer) == ("Will he spend £3 million?", "“No” – said Siân.")
        assert first.flags == ("encoding-guessed",)
        assert second.flags == ()


def test_a_bad_byte_far_behind_the_head_is_guessed_all_the_same():
    rows = b"".join(b"%d,Why?,Because.\n" % number for number in range(20_000))
    found = records(b"id,question,answer\n" + rows + "x,Cost?,£5.\n".encode("cp1252"))
    assert found[-1].answer == "£5."
    assert found[-1].flags == ("encoding-guessed",)
    assert not any(one.flags for one in found[:-1])


def test_capitals_with_accents_are_no_quotation_marks():
    (exchange,) = records("question,answer\nWho spoke?,Éamon Ó Rua and ÓSCAR did.\n".encode("cp1252"))
    assert exchange.answer == "Éamon Ó Rua and ÓSCAR did."


def test_a_file_in_two_encodings():
    rows = "1,Cost?,It’s £5.\n".encode() + "2,Cost?,It’s £6.\n".encode("cp1252")
    first, second = records(b"id,question,answer\n" + rows)
    assert (first.answer, second.answer) == ("It’s £5.", "It’s £6.")
    assert (first.flags, second.flags) == ((), ("encoding-guessed",))


def test_bytes_that_the_guessed_encoding_lacks_are_kept_as_they_are_and_flagged():
    rows = "1,Cost?,“£5” – no more.\n".encode("cp1252") + b"2,What is \x81\x8d?,It is \x90.\n"
    first, second = records(b"id,question,answer\n" + rows)
    assert first.answer == "“£5” – no more."
    assert second.question == "What is \x81\x8d?"
    assert second.flags == ("encoding-guessed",)


@pytest.mark.parametrize(
    "data",
    [
        '{"question": "Cost?", "answer": "£5."}\n'.encode("cp1252"),
        b"[\n" + '{"question": "Cost?", "answer": "£5."}]\n'.encode("cp1252"),
        "Q: Cost?\nA: £5.\n".encode("cp1252"),
        "Q1\nPartial Answer\nContext\nCost?\n£5.\nResponse accuracy\n".encode("cp1252"),
    ],
)
def test_every_format_flags_a_guess(data):
    (exchange,) = records(data)
    assert (exchange.question, exchange.answer) == ("Cost?", "£5.")
    assert exchange.flags == ("encoding-guessed",)


def test_half_a_character_is_replaced_and_flagged():
    (exchange,) = records('{"question": "Why \\ud800?", "answer": "\\udc00", "x\\ud800": "1"}')
    assert exchange.question == "Why \ufffd?"
    assert exchange.flags == ("encoding-guessed",)
    assert "".join([exchange.answer, *exchange.extra, *exchange.extra.values()]).encode()


def test_utf_16_cut_in_the_middle_is_flagged():
    assert records(TEXT.encode("utf-16")[:-41] + b"\x00\xd8")[-1].flags == ("encoding-guessed",)


# What the reader notices


@pytest.mark.parametrize("end", ["...", "…"])
def test_texts_that_the_list_of_written_questions_cut(end):
    cut = "a" * 255 + end
    first, second, third = records(f"question,answer\n{cut},{cut}\nWhy?,Because...\n{'b' * 254}x,{'b' * 254}.\n")
    assert first.flags == ("truncated-answer", "truncated-question")
    assert second.flags == ()
    assert third.flags == ("truncated-question",)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("6 February 2024", "2024-02-06"),
        ("Tuesday 6th Feb 2024", "2024-02-06"),
        ("February 6, 2024", "2024-02-06"),
        ("06-Feb-2024", "2024-02-06"),
        ("2024-02-06T09:30:00Z", "2024-02-06"),
        ("06/02/2024", "06/02/2024"),
        ("31 February 2024", "31 February 2024"),
        ("Michaelmas", "Michaelmas"),
    ],
)
def test_dates(written, iso):
    assert iso_date(written) == iso


# Laws


def test_random_bytes_raise_nothing_but_our_own_errors():
    chance = random.Random(7)
    heads = [
        b"",
        b"id,question,answer\n",
        b'{"question":',
        b"[{",
        b"Q: ",
        b"Q1\nContext\n",
        b"\xff\xfe",
        b"sep=;\n",
        b'"',
    ]
    for size in (1, 3, 20, 400, 3000):
        for head in heads:
            for named in (None, *(one.name for one in FORMATS)):
                data = head + chance.randbytes(size)
                try:
                    found = records(data, format=named)
                except QaAssessError as error:
                    assert error.message
                    assert error.hint
                    continue
                assert all(isinstance(one, Exchange | Failure) for one in found)


class Rows(io.RawIOBase):
    """A source of as many rows as wanted that exists nowhere."""

    def __init__(self, header: bytes, row: bytes, count: int) -> None:
        self.pieces = iter([header + row * 100, *([row * 100] * (count // 100 - 1))])
        self.left = b""

    def read(self, size=-1):
        while len(self.left) < size and (piece := next(self.pieces, b"")):
            self.left += piece
        found, self.left = self.left[:size], self.left[size:]
        return found


ROW = b"Will the Minister repair the bridge at Harle before the winter?"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (b"question,answer,note\n", ROW + b',"No, not yet.",x\n'),
        (b"", b'{"question": "' + ROW + b'", "answer": "Not yet.", "note": [1]}\n'),
        (b"", b"Q: " + ROW + b"\nA: Not yet.\n"),
    ],
    ids=["csv", "jsonl", "pasted"],
)
def test_memory_does_not_grow_with_the_rows(header, row):
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            assert sum(1 for _ in read(Rows(header, row, count))) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    assert peak(12_000) < 1.2 * peak(3000)
