"""A saved web page read whole, within bounds that no document can use against its reader.

An HTML parser mends whatever it is given, and some faults cost it time or memory without bound: elements nested a
hundred thousand deep, tags with as many attributes, bold type that never ends and is repeated in each paragraph. No
page of a parliament has any of that, so it is an error here.
"""

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa_assess.errors import FormatError
from qa_assess.readers.encoding import codec_of, decode_western, not_utf8, western_codec
from qa_assess.readers.markup import node_text
from qa_assess.readers.source import Source, beginning

LARGEST = 50_000_000  # bytes
MOST_TAGS = 1_000_000
DEEPEST = 1_000

_NAME = r"=?[^ \t\n\f\r/>=]*+"
_VALUE = r"""[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:"[^"]*+"?|'[^']*+'?|[^ \t\n\f\r>]*+)"""
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<name>[a-z][^ \t\n\f\r/>]*+)(?:[ \t\n\f\r/]++(?!>|\Z){_NAME}(?:{_VALUE})?+){{0,200}}+"
    r"[ \t\n\f\r/]*+(?P<closed>>|\Z)?",
    re.IGNORECASE,
)
# Elements without an end, or whose end is understood where the next one begins.
_NOT_NESTING = frozenset({
    "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
})  # fmt: skip
# A parser opens these again in each paragraph after one that left them open; as text they are all the same to us.
_TYPE = re.compile(r"(</?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[ \t\n\f\r/>])", re.IGNORECASE)
_UNSEEN = ("script", "style", "svg")


def is_page(head: str) -> bool:
    """Whether a text begins as HTML does.

    >>> is_page('<h2 data-tag="hs_8Question">Ferries</h2>'), is_page("Ferries <b>now</b>")
    (True, False)
    """
    return beginning(head).startswith("<")


def whole_page(source: Source, *, mend: Iterable[tuple[re.Pattern[str], str]] = ()) -> LexborHTMLParser:
    """Read and parse a page.

    Scripts, styles and drawings are left out, and bold and the like are `span`.

    Args:
        source: An open input.
        mend: Patterns and what is put in their place, before anything is parsed.

    Raises:
        FormatError: The page is too large, or is built as no page is.
    """
    data = source.stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        hint = "save one debate, or one day, as a page of its own"
        raise FormatError(f"{source.name} is larger than {LARGEST // 1_000_000} MB, too large for a page", hint=hint)
    text = _text(data)
    for name in _UNSEEN:
        text = _without(text, name)
    for pattern, instead in mend:
        text = pattern.sub(instead, text)
    text = _TYPE.sub(r"\1span", text)
    if fault := _fault(text):
        raise FormatError(f"{source.name} is no page that can be read: {fault}", hint="save the page anew")
    return LexborHTMLParser(text)


def attribute(node: LexborNode | None, name: str) -> str:
    """An attribute, its spaces made single; empty where there is no such node or attribute."""
    return " ".join((node.attributes.get(name) or "").split()) if node is not None else ""


def line(node: LexborNode | None) -> str:
    """All text of a node on one line; empty where there is no node."""
    return " ".join(node_text(node).split()) if node is not None else ""


def outermost(nodes: Iterable[LexborNode]) -> Iterator[LexborNode]:
    """Nodes in the order of the page, without those inside another of them."""
    taken: set[int] = set()
    for node in nodes:
        above = node.parent
        while above is not None and above.mem_id not in taken:
            above = above.parent
        if above is None:
            taken.add(node.mem_id)
            yield node


def _text(data: bytes) -> str:
    try:
        return data.decode(codec_of(data[:4096]))
    except UnicodeDecodeError:
        if codec_of(data[:4096]) not in ("utf-8", "utf-8-sig"):
            return data.decode(codec_of(data[:4096]), errors="replace")
        return decode_western(data, western_codec(not_utf8(data)))


def _without(text: str, name: str) -> str:
    """The text without one kind of element; one that never ends takes the rest with it."""
    kept, at = [], 0
    low = text.casefold() if text.isascii() else text.translate(_LOWER)
    while (start := low.find(f"<{name}", at)) >= 0:
        end = low.find(f"</{name}", start)
        kept.append(text[at:start])
        if end < 0:
            return "".join(kept)
        at = low.find(">", end) + 1 or len(text)
    return "".join(kept) + text[at:]


# Lower case that keeps every character in its place.
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _fault(text: str) -> str:
    """What a parser would choke on; empty where there is nothing of the kind."""
    depth = 0
    for number, tag in enumerate(_TAG.finditer(text), start=1):
        if number > MOST_TAGS:
            return f"it holds more than {MOST_TAGS:,} tags"
        if tag["closed"] is None:
            return "a tag has more than 200 attributes"
        if tag["name"].casefold() not in _NOT_NESTING:
            depth = max(0, depth - 1) if tag["end"] else depth + 1
        if depth > DEEPEST:
            return f"elements are nested deeper than {DEEPEST:,}"
    return ""
