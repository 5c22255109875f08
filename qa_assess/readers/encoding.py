"""Bytes to text: which encoding a file is in, and whether it is text at all.

UTF-8 is taken for granted until a line proves otherwise. Bytes that do not decode are never replaced by question
marks: the line is read in the likeliest Western encoding instead, and the reader says so.
"""

import codecs
import re

# Longest first: the mark of UTF-32 begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
EXCEL = "an Excel workbook"
PARQUET = "a Parquet file"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document that is old (.xls, .doc) or has a password"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", PARQUET),
    (b"PARE", "an encrypted Parquet file"),
    (b"{\\rtf", "an RTF document"),
)
# What shows no signature, but is no text
BINARY = "binary data"
# Names of files in an archive; what an archive of Office documents begins with may stand a long way before its "xl/".
_ZIPPED = (
    (b"word/", "a Word document"),
    (b"ppt/", "a PowerPoint presentation"),
    (b"opendocument", "an OpenDocument file"),
    (b"xl/", EXCEL),
    (b"[Content_Types].xml", EXCEL),
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))
# Closing quotation marks of Mac Roman; in Windows-1252 "ministerÕs", a capital in the midst of a word
_MAC_QUOTES = re.compile(rb"[a-z.,?!][\xd3\xd5]")
_WINDOWS_QUOTES = re.compile(rb"[\x91-\x97]")


def codec_of(head: bytes) -> str:
    r"""The codec that the first bytes ask for: by their mark, or by the rhythm of zero bytes; else UTF-8.

    >>> codec_of(b"\xff\xfeQ\x00"), codec_of(b"Q\x00:\x00 \x00"), codec_of(b"Q: Why?")
    ('utf-16', 'utf-16-le', 'utf-8')
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    most = 0.4 * min(len(head), 2000)
    if odd >= max(2, most) and not even:
        return "utf-16-le"
    return "utf-16-be" if even >= max(2, most) and not odd else "utf-8"


def western_codec(sample: bytes) -> str:
    """Windows-1252 for bytes that are not UTF-8, or Mac Roman where its curly quotation marks betray it.

    A rule, not a statistical guess: on texts as short as ours a guesser takes one for the other.

    >>> western_codec("He said “soon”.".encode("cp1252")), western_codec("He said “soon”.".encode("mac_roman"))
    ('cp1252', 'mac_roman')
    """
    return "mac_roman" if _MAC_QUOTES.search(sample) and not _WINDOWS_QUOTES.search(sample) else "cp1252"


def not_utf8(data: bytes) -> bytes:
    """Those lines of some bytes that do not decode as UTF-8."""
    return b"".join(line for line in data.splitlines(keepends=True) if "\ufffd" in line.decode(errors="replace"))


def decode_western(data: bytes, codec: str) -> str:
    """Decode by `codec`; where it has no letter for a byte, as Latin-1, which has one for each."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def binary_kind(head: bytes) -> str:
    """What a file that is not text looks like; empty for text.

    >>> binary_kind(b"%PDF-1.7")
    'a PDF document'
    >>> binary_kind("id,question,answer".encode("utf-16"))
    ''
    """
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((name for mark, name in _ZIPPED if mark in head), "a ZIP archive")
    if codec_of(head) not in ("utf-8", "utf-8-sig"):
        return ""
    strange = len(head) - len(head.translate(None, _CONTROL))
    return BINARY if strange > max(32, len(head) // 20) else ""
