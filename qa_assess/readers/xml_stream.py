"""XML read piece by piece, with nothing in it that a document could use against its reader.

The parser never sees a document type: what stands before the root element is skipped, so no entity can be declared,
let alone expanded or fetched. The named characters of HTML (``&mdash;``), which old files declare one by one, are put
in from Python's own table.
"""

import codecs
import io
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.sax.saxutils import escape

from qa_assess.errors import FormatError
from qa_assess.exchange import Failure
from qa_assess.readers.encoding import codec_of
from qa_assess.readers.records import Position
from qa_assess.readers.source import Source, beginning

__all__ = ["Element", "attribute", "elements", "local", "paragraphs", "root_of", "words"]

DEEPEST = 100
# In characters: what may pass before an element is complete, and what may stand before the root element.
LONGEST_ELEMENT = 10_000_000
_LONGEST_PROLOG = 1_000_000
_PIECE = 65_536

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# Western encodings that are worth believing; others, and those that do not go with ASCII, are not.
_WESTERN = re.compile(r"iso[-_]?8859[-_]\d{1,2}|windows-125\d|cp125\d|latin-?\d|mac(?:intosh|-?roman)|koi8-[ru]")
_LATIN_1 = ("iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1")
# What stands before the root element. Every loop is possessive, so hostile text cannot make it try again and again.
_PROLOG = re.compile(
    r"""(?: [\ufeff\s]++ | (?><\?.*?\?>) | (?><!--.*?-->)
      | <!DOCTYPE (?: [^\[\]<>"']++ | "[^"]*+" | '[^']*+' )*+
        (?: \[ (?: [^\]"'<]++ | "[^"]*+" | '[^']*+' | (?><!--.*?-->) | (?><\?.*?\?>) | <(?!!--|\?) )*+ \] \s*+ )?+ >
    )*+""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_NAMED = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{0,30});|#(\d{1,8});|#[xX]([0-9A-Fa-f]{1,8});)")
_OWN = {"amp", "lt", "gt", "quot", "apos"}
# Not allowed in XML, and found in old files all the same.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], " ")


def root_of(head: str) -> str:
    """The name of a document's root element, without its prefix; empty where the text is no XML.

    >>> root_of('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a x="1">')
    'a'
    """
    if not beginning(head).startswith("<"):
        return ""
    root = _root(head)
    return root[1] if root else ""


def _root(text: str) -> re.Match[str] | None:
    prolog = _PROLOG.match(text)
    return _ROOT.match(text, prolog.end()) if prolog else None


def elements(
    source: Source, tags: frozenset[str], *, within: list[Element] | None = None
) -> Iterator[Element | Failure]:
    """The elements of these names (without prefixes), each complete, in the order of their ends.

    What has been handed over is freed when the next one is asked for. A document that breaks gives a `Failure` as the
    last item, after all that stood before the break.

    Args:
        source: An open document.
        tags: Of an element of these names within another, the outer one comes without it.
        within: An empty list; it is kept filled with the elements that the one handed over stands in, outermost first,
            whose attributes can be read.

    Raises:
        FormatError: Not one element could be read.
    """
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    passed, any_yet = 0, False
    open_elements: list[Element] = [] if within is None else within
    try:
        for piece in _pieces(source):
            parser.feed(piece)
            passed += len(piece)
            for event, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
                if event == "start":
                    open_elements.append(element)
                    if len(open_elements) > DEEPEST:
                        raise _BrokenError(f"elements are nested deeper than {DEEPEST}")
                    continue
                open_elements.pop()
                wanted = local(element.tag) in tags
                if wanted:
                    passed, any_yet = 0, True
                    yield element
                # Within an element that will be handed over, what follows may be part of its text.
                inside = any(local(one.tag) in tags for one in open_elements)
                if wanted or not inside:
                    tail = element.tail
                    element.clear()
                    element.tail = tail
                if not inside:
                    _forget(open_elements, element)
            if passed > LONGEST_ELEMENT:
                raise _BrokenError(f"no element ends within {LONGEST_ELEMENT:,} characters")
        parser.close()
    except (ParseError, _BrokenError) as error:
        message, hint = f"broken XML: {error}", "nothing behind this place was read; is the file complete?"
        if not any_yet:
            raise FormatError(f"{source.name} is {message}", hint="is the file complete?") from error
        yield Position(source.name, 0).failure(message, hint, record_id=f"{source.name}-rest")


class _BrokenError(Exception):
    """The document cannot be read on."""


def _forget(open_elements: list[Element], done: Element) -> None:
    """Take a finished element off its parent, so that memory does not grow with the file."""
    # The first: of the piece that is being read, those that follow are there already.
    if open_elements and len(open_elements[-1]) and open_elements[-1][0] is done:
        open_elements[-1].remove(done)


def _pieces(source: Source) -> Iterator[str]:
    """The text from the root element on, named characters put in."""
    codec = _codec(source.head)
    errors = "qa-assess-western" if codec.startswith("utf-8") else "replace"
    text = io.TextIOWrapper(source.stream, encoding=codec, errors=errors, newline="")
    held = text.read(_PIECE)
    while not (root := _root(held)):
        # Twice as much each time, so that it is not looked at too often.
        more = text.read(len(held))
        if not more or len(held) > _LONGEST_PROLOG:
            raise _BrokenError("there is no root element")
        held += more
    held = held[root.start() :]
    while held:
        # A name that is cut in two waits for its other half.
        cut = held.rfind("&", len(held) - 32)
        cut = len(held) if cut < 0 or ";" in held[cut:] else cut
        more = text.read(_PIECE)
        ready, held = (held[:cut], held[cut:] + more) if more else (held, "")
        yield _NAMED.sub(_character, ready).translate(_CONTROL)


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if decimal or hexadecimal:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        allowed = number in (9, 10, 13) or (32 <= number <= 0x10FFFF and not 0xD800 <= number < 0xE000)
        return found[0] if allowed and number not in _CONTROL else " "
    if name in _OWN:
        return found[0]
    return escape(html5.get(f"{name};", found[0]))


def _western(error: UnicodeError) -> tuple[str, int]:
    """Read what is not UTF-8 as Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("qa-assess-western", _western)


def _codec(head: bytes) -> str:
    if (shown := codec_of(head)) != "utf-8":
        return shown
    declared = _DECLARED.match(head)
    name = declared[1].decode("ascii").casefold() if declared else "utf-8"
    # What calls itself Latin-1 is Windows' superset of it, as in HTML.
    if name in _LATIN_1:
        return "cp1252"
    try:
        return codecs.lookup(name).name if _WESTERN.fullmatch(name) else "utf-8"
    except LookupError:
        return "utf-8"


def local(tag: object) -> str:
    """An element's name without its namespace; empty for comments.

    >>> local("{http://www.tei-c.org/ns/1.0}seg")
    'seg'
    """
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without prefix, its spaces made single; empty where there is none."""
    for key, value in element.attrib.items():
        if local(key) == name:
            return " ".join(value.split())
    return ""


def words(element: Element) -> str:
    """All text of an element, its spaces made single."""
    return " ".join("".join(element.itertext()).split())


_BLOCKS = frozenset({
    "p", "table", "ul", "ol", "li", "blockquote", "seg", "div", "para", "quote", "note", "list", "item",
})  # fmt: skip


def paragraphs(element: Element, *, without: frozenset[str] = frozenset()) -> str:
    """The text of an element, a line for each paragraph or row of a table, whose cells are parted by `` | ``.

    Args:
        element: A complete element.
        without: Names of elements that are left out, but for what follows them.
    """
    lines: list[str] = []
    loose: list[str] = []

    def close() -> None:
        if text := " ".join("".join(loose).split()):
            lines.append(text)
        loose.clear()

    def walk(node: Element) -> None:
        name = local(node.tag)
        if name == "tr":
            close()
            cells = [" ".join(paragraphs(cell, without=without).split()) for cell in node]
            if any(cells):
                lines.append(" | ".join(cells).strip())
            return
        block = name in _BLOCKS
        if block:
            close()
        if name == "br":
            loose.append(" ")
        loose.append(node.text or "")
        for child in node:
            if isinstance(child.tag, str) and local(child.tag) not in without:
                walk(child)
            loose.append(child.tail or "")
        if block:
            close()

    walk(element)
    close()
    return "\n".join(lines)
