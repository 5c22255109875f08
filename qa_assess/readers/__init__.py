"""Read question and answer records, whatever file they are in.

One file of this folder reads one format and one line of `FORMATS` names it; everything else (finding the format,
opening, decoding, naming the place of an error) is done here and in `source`, for all of them alike.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from qa_assess.errors import FormatError, InputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import (
    akoma_ntoso,
    assessed_page,
    australia,
    convokit,
    data_parliament,
    delimited,
    hansard_api,
    hansard_page,
    hansard_text,
    json_records,
    oral_questions,
    parla_clarin,
    parquet,
    pasted,
    public_whip,
    sheet,
    speech_table,
    twfy_api,
    twfy_page,
    written_questions,
)
from qa_assess.readers.encoding import BINARY, binary_kind
from qa_assess.readers.source import Source, binary_error, first_lines, open_source, text_of

__all__ = ["FORMATS", "Format", "named_format", "read", "sniff"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read.

    Attributes:
        name: What users call it.
        description: One line for ``--help``.
        suffixes: Of files that hold it, with the dot.
        sniff: From the first bytes as text to how surely they are of this format: 0 to 1; below 0.5 is a hint, no more.
        read: From an open source to its records.
        signature: For a format that is no text: whether the first bytes are of it. It goes before every `sniff`.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]
    sniff: Callable[[str], float]
    read: Callable[[Source], Iterator[Exchange | Failure]]
    signature: Callable[[bytes], bool] | None = None


def _no_text(_: str) -> float:
    """What is no text is known by its signature alone."""
    return 0.0


FORMATS: tuple[Format, ...] = (
    Format("convokit", "ConvoKit corpus: utterances.jsonl, or its table", (), convokit.sniff, convokit.read),
    Format("csv", "table split by commas, semicolons or bars", (".csv",), delimited.sniff_csv, delimited.read_csv),
    Format("tsv", "table split by tabs", (".tsv", ".tab"), delimited.sniff_tsv, delimited.read_tsv),
    Format(
        "jsonl", "JSON Lines: one object a line", (".jsonl", ".ndjson"), json_records.sniff_lines, json_records.read
    ),
    Format("json", "JSON array, or object with records", (".json",), json_records.sniff_document, json_records.read),
    Format(
        "publicwhip", "TheyWorkForYou XML: debates, written answers", (".xml",), public_whip.sniff, public_whip.read
    ),
    Format("twfy-page", "TheyWorkForYou page (HTML): a debate, a written answer", (), twfy_page.sniff, twfy_page.read),
    Format("hansard-page", "Hansard website page (HTML): a day, a debate", (), hansard_page.sniff, hansard_page.read),
    Format("written-questions", "written questions API (JSON)", (), written_questions.sniff, written_questions.read),
    Format("twfy-api", "TheyWorkForYou API (JSON)", (), twfy_api.sniff, twfy_api.read),
    Format("hansard-api", "Hansard API: a debate, or contributions (JSON)", (), hansard_api.sniff, hansard_api.read),
    Format(
        "oral-questions", "oral questions API (JSON): holds no answers", (), oral_questions.sniff, oral_questions.read
    ),
    Format("parla-clarin", "TEI of Parla-CLARIN and ParlaMint", (), parla_clarin.sniff, parla_clarin.read),
    Format("akoma-ntoso", "Akoma Ntoso debates: Oireachtas", (".akn",), akoma_ntoso.sniff, akoma_ntoso.read),
    Format("australia", "Hansard of Australia, XML", (), australia.sniff, australia.read),
    Format("data-parliament", "data.parliament.uk: written questions", (), data_parliament.sniff, data_parliament.read),
    Format("speeches", "table of speeches, one row a speech", (), speech_table.sniff, speech_table.read),
    Format("assessed-page", "hand-assessed page, copied as text", (), assessed_page.sniff, assessed_page.read),
    Format("hansard-text", "text of such pages, copied without its HTML", (), hansard_text.sniff, hansard_text.read),
    Format("xlsx", "Excel workbook", (".xlsx", ".xlsm"), _no_text, sheet.read, sheet.signed),
    Format("parquet", "Parquet table", (".parquet",), _no_text, parquet.read, parquet.signed),
    Format("pasted", "pasted text: Q: … A: …", (".txt", ".md"), pasted.sniff, pasted.read),
)

_SURE = 0.5


def read(source: str | os.PathLike[str] | BinaryIO, *, format: str | None = None) -> Iterator[Exchange | Failure]:
    """Read the records of a file, of standard input (``-``) or of a binary stream, one by one.

    The format is recognised by its content, then by the file's suffix, unless it is named. Whatever stops the whole
    file is raised by this call; what is wrong with one record comes out as a `Failure` in its place.

    Args:
        source: A path, ``-``, or a stream open in binary mode (which is not closed).
        format: The name of one of `FORMATS`.

    Raises:
        InputError: The input is missing, empty, a folder, not readable, or holds no record of its format.
        FormatError: The format is unknown, or the content is not of the format named.
        ColumnError: A table has no question or no answer column.

    >>> import io
    >>> exchange, = read(io.BytesIO(b"Q: Will he act? A: Yes."))
    >>> exchange.question, exchange.answer
    ('Will he act?', 'Yes.')
    """
    named = named_format(format) if format is not None else None
    opened = open_source(source)
    records = _records(opened, named, _suffix(source))
    first = list(itertools.islice(records, 1))
    return itertools.chain(first, records)


def sniff(head: bytes | str) -> str:
    """The name of the format that the first bytes, or the first characters, of an input are in.

    Raises:
        FormatError: They are of none.

    >>> sniff("id;question;answer"), sniff(b'{"question": "Why?", "answer": "Because."}')
    ('csv', 'jsonl')
    """
    if isinstance(head, str):
        return _recognised(head, "the input").name
    if signed := _signed(head):
        return signed.name
    if kind := binary_kind(head):
        raise binary_error("the input", kind)
    return _recognised(text_of(head), "the input").name


def _records(source: Source, named: Format | None, suffix: str) -> Iterator[Exchange | Failure]:
    with source.stream:
        try:
            yield from (named or _chosen(source, suffix)).read(source)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(f"cannot read on in {source.name}: {reason}", hint="check the disk or the pipe") from error


def _signed(head: bytes) -> Format | None:
    return next((found for found in FORMATS if found.signature and found.signature(head)), None)


def _chosen(source: Source, suffix: str) -> Format:
    if signed := _signed(source.head):
        return signed
    # What is full of control characters, and shows no signature of ours, no format here can read.
    kind = binary_kind(source.head)
    if kind == BINARY:
        raise binary_error(source.name, kind)
    try:
        return _recognised(source.text_head, source.name, "" if kind else suffix)
    except FormatError:
        if kind:
            raise binary_error(source.name, kind) from None
        raise


def _recognised(head: str, name: str, suffix: str = "") -> Format:
    sure, best = max(((found.sniff(head), found) for found in FORMATS), key=lambda pair: pair[0])
    if sure >= _SURE:
        return best
    if by_suffix := next((found for found in FORMATS if suffix in found.suffixes), None):
        return by_suffix
    if sure > 0:
        return best
    first = next(iter(first_lines(head)), "").strip()
    shown = first if len(first) <= 60 else first[:59] + "…"
    hint = (
        f'name the format ({_names()}); a table begins with the names of its columns, pasted text with "Q:"; '
        f"{hansard_text.HINT}"
    )
    raise FormatError(f'cannot tell the format of {name}, which begins "{shown}"', hint=hint)


def named_format(name: str) -> Format:
    """The format that a user calls by this name.

    Raises:
        FormatError: There is none.
    """
    found = next((one for one in FORMATS if one.name == name.strip().casefold()), None)
    if found is None:
        raise FormatError(f'there is no format "{name}"', hint=f"the formats are {_names()}")
    return found


def _names() -> str:
    return ", ".join(one.name for one in FORMATS)


def _suffix(source: str | os.PathLike[str] | BinaryIO) -> str:
    return PurePath(os.fspath(source)).suffix.casefold() if isinstance(source, (str, os.PathLike)) else ""
