"""HTML, whole pages or the pieces that APIs send, to plain paragraphs."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = frozenset({
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "li", "main", "ol", "p", "pre", "section", "table", "ul",
})  # fmt: skip
_HIDDEN = frozenset({"script", "style", "template", "noscript", "head", "title"})
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(
    r"<(?:script|style)\b.*?(?:</(?:script|style)\b|\Z)|<!--.*?(?:-->|\Z)|<(/?)([a-z][a-z0-9-]*)[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
# Elements that need no end of their own, so that many of them are not deep.
_NEVER_DEEP = frozenset({
    "area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option", "p", "source",
    "tbody", "td", "th", "thead", "tr", "wbr",
})  # fmt: skip
# Such elements, left open, are opened again in each paragraph that follows.
_REOPENED = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
_DEEPEST = 200
_MOST_REOPENED = 2_000_000


_TAGS = re.compile(
    r"</(?:p|div|span|table|tbody|tr|td|th|ul|ol|li|em|strong|sup|sub|blockquote|h[1-6]|b|i|a)\s*>|<br\s*/?>",
    re.IGNORECASE,
)


def is_html(text: str) -> bool:
    """Whether a text is a piece of HTML beyond doubt: it has an end tag, or a line break.

    >>> is_html("<p>Yes.</p>"), is_html("No<br/>"), is_html("if x < 3 and <p> stands for pence")
    (True, True, False)
    """
    return "<" in text and bool(_TAGS.search(text))


def html_text(markup: str) -> str:
    r"""The text of a piece of HTML: a line for each paragraph or row of a table, whose cells are parted by `` | ``.

    >>> html_text("<p>Two&nbsp;ferries.</p><table><tr><td>Isle</td><td>3</td></tr></table>")
    'Two ferries.\nIsle | 3'
    """
    markup = _LONE_SURROGATE.sub("\ufffd", markup)
    if "<" not in markup and "&" not in markup:
        return "\n".join(line for part in markup.splitlines() if (line := " ".join(part.split())))
    body = parsed(markup).body
    return node_text(body) if body is not None else ""


def parsed(markup: str) -> LexborHTMLParser:
    """HTML as a tree. What is nested so deep that the parser would take minutes loses its tags first.

    >>> parsed("<p>Two <b>ferries").body.text()
    'Two ferries'
    """
    markup = _LONE_SURROGATE.sub("\ufffd", markup)
    return LexborHTMLParser(_TAG.sub("<p>", markup) if _is_too_deep(markup) else markup)


def _is_too_deep(markup: str) -> bool:
    tags = markup.count("<")
    if tags <= _DEEPEST:
        return False
    depth = reopened = 0
    for found in _TAG.finditer(markup):
        name = (found[2] or "").lower()
        if not name or name in _NEVER_DEEP:
            continue
        step = -1 if found[1] else 1
        depth = max(0, depth + step)
        reopened = max(0, reopened + step) if name in _REOPENED else reopened
        if depth > _DEEPEST or reopened * tags > _MOST_REOPENED:
            return True
    return False


def node_text(node: LexborNode, *, without: frozenset[str] = frozenset()) -> str:
    """The text of one node of a page, in lines as `html_text` makes them.

    Args:
        node: From a parsed page.
        without: Names of elements that are left out.
    """
    lines: list[str] = []
    loose: list[str] = []

    def close() -> None:
        if text := " ".join("".join(loose).split()):
            lines.append(text)
        loose.clear()

    def walk(part: LexborNode, depth: int) -> None:
        name = part.tag or ""
        if name == "-text":
            loose.append(part.text_content or "")
            return
        if name in _HIDDEN or name in without or name.startswith(("-", "!", "_")):
            return
        if depth > _DEEPEST:
            loose.append(part.text(separator=" ") or "")
            return
        if name == "tr":
            close()
            row(part, depth)
            return
        if name == "br":
            close()
            return
        block = name in _BLOCKS
        if block:
            close()
        children(part, depth)
        if block:
            close()

    def children(part: LexborNode, depth: int) -> None:
        child = part.child
        while child is not None:
            walk(child, depth + 1)
            child = child.next

    def row(part: LexborNode, depth: int) -> None:
        before = len(lines)
        cells = []
        for cell in part.iter():
            children(cell, depth + 1)
            close()
            cells.append(" ".join(lines[before:]))
            del lines[before:]
        if any(cells):
            lines.append(" | ".join(cells).strip())

    walk(node, 0)
    close()
    return "\n".join(lines)
