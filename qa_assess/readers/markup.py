"""HTML, whole pages or the pieces that APIs send, to plain paragraphs."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = frozenset({
    "address", "article", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "li", "main", "ol", "p", "pre", "section", "table", "ul",
})  # fmt: skip
_HIDDEN = frozenset({"script", "style", "template", "noscript", "head", "title"})
_DEEPEST = 200


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
    if "<" not in markup and "&" not in markup:
        return "\n".join(line for part in markup.splitlines() if (line := " ".join(part.split())))
    body = LexborHTMLParser(markup).body
    return node_text(body) if body is not None else ""


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
            loose.append(part.text() or "")
            return
        if name == "tr":
            close()
            cells = [" ".join((cell.text() or "").split()) for cell in part.iter()]
            if any(cells):
                lines.append(" | ".join(cells))
            return
        if name == "br":
            close()
            return
        block = name in _BLOCKS
        if block:
            close()
        child = part.child
        while child is not None:
            walk(child, depth + 1)
            child = child.next
        if block:
            close()

    walk(node, 0)
    close()
    return "\n".join(lines)
