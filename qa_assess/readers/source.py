"""Where records come from: a file, standard input or an open stream, as numbered lines of text.

Nothing is read twice and nothing is kept, so a pipe does as well as a file.
"""

import io
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from qa_assess.errors import FormatError, InputError
from qa_assess.readers.encoding import EXCEL, PARQUET, binary_kind, codec_of, decode_western, not_utf8, western_codec

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

UTTERANCES = "utterances.jsonl"
HEAD_BYTES = 65_536
LONGEST_LINE = 10_000_000  # in characters: a file without line breaks must not fill the memory
LARGEST_DOCUMENT = 500_000_000  # in characters: what has to be in memory as a whole; it takes some times as much there
LONGEST_PIPE = 4 << 30  # in bytes, of what has to be kept on the disk to be read: an endless pipe must not fill it

# What may stand around a JSON text and is none of it: old programs end a file with NUL or Ctrl-Z.
AROUND_JSON = "\ufeff \t\r\n\0\x1a"
_UNDECODED = re.compile("[\udc80-\udcff]")


class Line(NamedTuple):
    """One line with its line break; `guessed` where its bytes were not in the encoding of the file."""

    text: str
    number: int
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """An input that is open and known not to be empty.

    Attributes:
        name: What messages and records call it: the file's name without its folder.
        head: Its first 65,536 bytes.
        stream: All its bytes, the head among them.
        folder: Where the file lies, for formats of several files; None for standard input and streams.
        file: The file itself, where it is one that can be read in any order.
    """

    name: str
    head: bytes
    stream: BinaryIO
    folder: Path | None = None
    file: BinaryIO | None = None

    def __post_init__(self) -> None:
        if not self.head.strip():
            raise InputError(
                f"{self.name} is empty", hint="check that the file was written, or that the pipe sends any text"
            )

    @property
    def text_head(self) -> str:
        """The head as text, to look at and not to keep: what does not decode is replaced."""
        return text_of(self.head)

    def at(self, number: int) -> str:
        """The place of a line or a record: ``debate.csv:12``."""
        return f"{self.name}:{number}"

    def lines(self) -> Iterator[Line]:
        """All lines, their line breaks kept, decoded one by one.

        Raises:
            FormatError: The bytes are no text.
        """
        if kind := binary_kind(self.head):
            raise binary_error(self.name, kind)
        codec = codec_of(self.head)
        errors = "surrogateescape" if codec.startswith("utf-8") else "replace"
        text = io.TextIOWrapper(self.stream, encoding=codec, errors=errors, newline="")
        western = ""
        for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE), ""), start=1):
            if line.isascii():
                yield Line(line, number)
            elif _UNDECODED.search(line):
                raw = line.encode("utf-8", "surrogateescape")
                western = western or western_codec(not_utf8(self.head) + raw)
                yield Line(decode_western(raw, western), number, guessed=True)
            else:
                yield Line(line, number, guessed=errors == "replace" and "\ufffd" in line)


def whole_text(lines: Iterable[Line], name: str) -> tuple[str, bool]:
    """All lines as one text, for a document that has to be read whole; and whether any of them was guessed.

    Raises:
        InputError: It is too large for that.

    >>> whole_text([Line("[", 1), Line("]", 2)], "x.json")
    ('[]', False)
    """
    texts: list[str] = []
    size, guessed = 0, False
    for line in lines:
        texts.append(line.text)
        size, guessed = size + len(line.text), guessed or line.guessed
        if size > LARGEST_DOCUMENT:
            hint = "split it into several files, or write one object a line (JSON Lines)"
            raise InputError(f"{name} is one document of more than {LARGEST_DOCUMENT:,} characters", hint=hint)
    return "".join(texts), guessed


@contextmanager
def searchable(source: Source) -> Iterator[BinaryIO]:
    """An input as a file that can be read in any order: a pipe and a caller's stream go to a temporary file first.

    Raises:
        InputError: More than four gigabytes come out of a pipe.
    """
    if source.file:
        source.file.seek(0)
        yield source.file
        return
    with tempfile.TemporaryFile() as spool:
        while piece := source.stream.read(HEAD_BYTES):
            if spool.tell() + len(piece) > LONGEST_PIPE:
                hint = "write it to a file first, and name that"
                raise InputError(f"{source.name} sends more than {LONGEST_PIPE >> 30} gigabytes", hint=hint)
            spool.write(piece)
        spool.seek(0)
        yield spool


def beginning(head: str) -> str:
    r"""A head without the mark of the byte order and the blank space that may stand before a text.

    >>> beginning("\ufeff\n<page>")
    '<page>'
    """
    return head.lstrip("\ufeff \t\r\n")


def first_lines(head: str) -> list[str]:
    r"""The lines of a head that hold text. Only line feeds and carriage returns end a line, as in `Source.lines`.

    >>> first_lines("Ferries\r\n\r\nQ: Why?")
    ['Ferries', 'Q: Why?']
    """
    return [line for line in re.split(r"[\r\n]+", head.lstrip("\ufeff")) if line.strip()]


def text_of(head: bytes) -> str:
    """Bytes as text good enough to recognise a format by."""
    return head.decode(codec_of(head), errors="replace")


def binary_error(name: str, kind: str) -> FormatError:
    """The error for a file that is no text."""
    hint = "save or export it as CSV (UTF-8), JSON Lines or plain text first"
    if "archive" in kind:
        hint = "unpack it first"
    elif "Office" in kind:
        hint = "open it in Excel or LibreOffice, and save it as .xlsx without a password"
    elif kind in (EXCEL, PARQUET):
        hint = f"name the format {'xlsx' if kind == EXCEL else 'parquet'}, or none: it is found from the content"
    return FormatError(f"{name} looks like {kind}, not like text", hint=hint)


def open_source(source: str | os.PathLike[str] | BinaryIO) -> Source:
    """Open a path, ``-`` (standard input) or a binary stream, and look at its first bytes.

    Raises:
        InputError: No such file, a folder, not readable, empty, or a stream of text instead of bytes.
    """
    if isinstance(source, (str, os.PathLike)):
        stdin = os.fspath(source) == "-"
        return _opened("standard input", sys.stdin.buffer) if stdin else _open_file(Path(source))
    name = getattr(source, "name", "")
    return _opened(Path(name).name if isinstance(name, str) and name else "stream", source)


def is_corpus(folder: Path) -> bool:
    """Whether a folder is one input: a ConvoKit corpus, whose pairs are in its utterances."""
    try:
        return (folder / UTTERANCES).is_file()
    except (OSError, ValueError):  # not ours to look into; whoever opens it says so
        return False


def _open_file(path: Path) -> Source:
    if is_corpus(path):
        path /= UTTERANCES
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}", hint=_nearby(path)) from error
    except IsADirectoryError as error:
        hint = "name one file; qa_assess.readers.inputs.read_all reads all that are in a folder"
        raise InputError(f"{path} is a folder", hint=hint) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot read {path}: {reason}", hint="check the path and the permissions of the file"
        ) from error
    try:
        return _opened(path.name, stream, folder=path.parent)
    except BaseException:
        stream.close()
        raise


def _nearby(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either; check the path"
    return f"check the spelling; the folder is {path.parent.resolve()}"


def _opened(name: str, stream: BinaryIO, *, folder: Path | None = None) -> Source:
    head = b""
    while len(head) < HEAD_BYTES:
        try:
            piece = stream.read(HEAD_BYTES - len(head))
        except OSError as error:
            raise InputError(
                f"cannot read {name}: {error.strerror or error}", hint="check the file or the pipe"
            ) from error
        if isinstance(piece, str):
            raise InputError(f"{name} is a stream of text", hint='open it in binary mode: open(path, "rb")')
        if not piece:
            break
        head += piece
    name = name.encode("utf-8", "replace").decode()
    # A stream that was handed over stays open for whoever opened it.
    owned = folder is not None
    file = stream if owned and stream.seekable() else None
    return Source(name, head, io.BufferedReader(_Rejoined(head, stream, owned=owned)), folder, file)


class _Rejoined(io.RawIOBase):
    """The head that was read already, then the rest of the stream."""

    def __init__(self, head: bytes, rest: BinaryIO, *, owned: bool) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest
        self._owned = owned

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer)
        piece = self._head.read(len(view)) or self._rest.read(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if self._owned and not self.closed:
            self._rest.close()
        super().close()
