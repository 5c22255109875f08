"""The report's pictures: shares with their intervals, drawn by matplotlib as SVG that the page's style sheet colours.

Drawn with fixed names inside and no date: the same numbers give the same bytes. Text stays text, in the page's font. A
picture tells its parts apart by place and by the form of the dots, never by colour alone.
"""

import io
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from textwrap import fill
from threading import Lock
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from qa_assess.aggregates import Rate
from qa_assess.errors import INSTALL_REPORT, OutputError

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What is drawn in these colours gets the style sheet's own in the page, light or dark.
INK, RULE, FULL, PARTIAL, NON_ANSWER = (f"#01020{n}" for n in range(5))
_IN_PAGE = {
    INK: "currentColor",
    RULE: "var(--rule)",
    FULL: "var(--full)",
    PARTIAL: "var(--partial)",
    NON_ANSWER: "var(--non-answer)",
}
_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_WIDTH, _SIZE = 6.6, 9.0  # inches, points
_LABEL = 28  # letters a line
# Control characters, and what else XML 1.0 does not allow: halves of surrogate pairs, and two that are none.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# As in: font-size: 9px; font-family: 'DejaVu Sans', sans-serif; text-anchor: end
_FONT_FAMILY = re.compile(r"font-family: [^;]*;? ?")
# The settings that the SVG is written by are matplotlib's global ones.
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Panel:
    """One field of a picture: a title, how its dots look, one share a row (None where there are too few records)."""

    title: str
    shares: Sequence[Rate | None]
    colour: str = FULL
    marker: str = "o"


def dots(name: str, told: str, labels: Sequence[str], panels: Sequence[Panel]) -> "Markup":
    """Fields side by side, a row a group: dots with whiskers from 0 to 100%.

    Args:
        name: Of the picture; no other one on the page has it.
        told: The text alternative.
        labels: Of the rows.
        panels: From left to right.

    >>> picture = dots("d", "Full: 60%", ["Transport"], [Panel("Full", [Rate(0.6, 0.3, 0.8)])])
    >>> picture.startswith('<svg') and 'aria-label="Full: 60%"' in picture
    True
    """
    shown = [_label(label) for label in labels]
    row = 0.34 if any("\n" in label for label in shown) else 0.27
    height = row * len(labels) + (0.75 if len(panels) > 3 else 0.55)
    figure = _figure(height)
    longest = max(len(line) for label in shown for line in label.split("\n"))
    left, gap = (0.15 + 0.073 * longest) / _WIDTH, 0.2 / _WIDTH
    width = (0.99 - left - gap * (len(panels) - 1)) / len(panels)
    most = _most(panels)
    for n, panel in enumerate(panels):
        place = (left + n * (width + gap), 0.28 / height, width, row * len(labels) / height)
        axes = figure.add_axes(place)
        _whiskers(axes, panel, range(len(labels)), across=True)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_xlim(-0.03 * most, most * 1.03)
        ticks = (0, most / 2, most) if len(panels) < 5 else (0, most)
        axes.set_xticks(ticks, labels=[f"{tick:.0%}" for tick in ticks])
        axes.get_xticklabels()[0].set_horizontalalignment("left")
        axes.get_xticklabels()[-1].set_horizontalalignment("right")
        axes.set_yticks(range(len(labels)), labels=[""] * len(labels) if n else shown, parse_math=False)
        axes.grid(axis="both", color=RULE, linewidth=0.6)
        _title(axes, panel.title, narrow=len(panels) > 3)
    return _svg(figure, name, told)


def lines(name: str, told: str, places: Sequence[int], labels: Sequence[str], panels: Sequence[Panel]) -> "Markup":
    """Fields one below the other, time from left to right: dots with whiskers, joined where they follow each other.

    Args:
        name: Of the picture; no other one on the page has it.
        told: The text alternative.
        places: Of the periods on the axis of time; one that is left out leaves a gap.
        labels: Of the periods.
        panels: From top to bottom.
    """
    height = 0.45 + 1.25 * len(panels)
    figure = _figure(height)
    step = 1.25 / height
    every = max(1, -(-len(places) // 10))
    for n, panel in enumerate(panels):
        axes = figure.add_axes((0.085, 1 - (n + 1) * step + 0.06 / height, 0.895, step - 0.36 / height))
        _join(axes, panel, places)
        _whiskers(axes, panel, places, across=False)
        axes.set_xlim(places[0] - 0.5, places[-1] + 0.5)
        axes.set_ylim(-0.03, 1.03)
        axes.set_yticks((0, 0.5, 1), labels=("0%", "50%", "100%"))
        last = n == len(panels) - 1
        axes.set_xticks(places[::every], labels=labels[::every] if last else [""] * len(places[::every]))
        axes.grid(axis="y", color=RULE, linewidth=0.6)
        _title(axes, panel.title)
    return _svg(figure, name, told)


def check_library() -> None:
    """See that there is something to draw with.

    Raises:
        OutputError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise OutputError("matplotlib, which draws the pictures, is not installed", hint=INSTALL_REPORT)


def _figure(height: float) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra, and slow to import

    return Figure(figsize=(_WIDTH, height))


def _most(panels: Iterable[Panel]) -> float:
    """Where the axis of the shares ends: at 100%, or at 50% or 25% where no whisker reaches further."""
    high = max((share.high for panel in panels for share in panel.shares if share), default=1.0)
    return next(end for end in (0.25, 0.5, 1.0) if high <= end)


def _whiskers(axes: "Axes", panel: Panel, places: Iterable[int], *, across: bool) -> None:
    known = [(place, share) for place, share in zip(places, panel.shares, strict=True) if share]
    where, values = [place for place, _ in known], [share.share for _, share in known]
    # A rounding error may put the share beside its own interval.
    errors = [[max(0.0, s.share - s.low) for _, s in known], [max(0.0, s.high - s.share) for _, s in known]]
    look: dict[str, Any] = {
        "fmt": panel.marker,
        "color": panel.colour,
        "markersize": 4.5,
        "elinewidth": 1.6,
        "clip_on": False,
    }
    if across:
        axes.errorbar(values, where, xerr=errors, zorder=3, **look)
    else:
        axes.errorbar(where, values, yerr=errors, zorder=3, **look)
    axes.tick_params(length=0, labelsize=_SIZE, labelcolor=INK)
    axes.spines[:].set_visible(False)


def _join(axes: "Axes", panel: Panel, places: Sequence[int]) -> None:
    shares = dict(zip(places, panel.shares, strict=True))
    for place, share in shares.items():
        if share and (after := shares.get(place + 1)):
            axes.plot((place, place + 1), (share.share, after.share), color=panel.colour, linewidth=1, alpha=0.6)


def _title(axes: "Axes", title: str, *, narrow: bool = False) -> None:
    text, size = (fill(title, 14), _SIZE - 1) if narrow else (title, _SIZE)
    axes.set_title(text, loc="left", fontsize=size, color=INK, pad=4, linespacing=1.05, parse_math=False)


def _label(text: str) -> str:
    """A name on a line or two, as wide as the picture's margin, without signs that no page can hold."""
    return fill(_UNSHOWN.sub("", " ".join(text.split())), _LABEL, max_lines=2, placeholder="…")


def _svg(figure: "Figure", name: str, told: str) -> "Markup":
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2
    from matplotlib import rc_context  # noqa: PLC0415 - as above

    file = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    # Names may hold letters that matplotlib's own font lacks: the page's font will draw them.
    with _lock, rc_context({"svg.fonttype": "none", "svg.hashsalt": "qa-assess"}), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    return Markup(_for_page(ET.fromstring(file.getvalue()), name, told))  # noqa: S314, S704 - made by ourselves


def _for_page(root: ET.Element, name: str, told: str) -> str:
    """The drawing as a part of a page: its names its own, its colours the page's, its fonts too."""
    view = root.get("viewBox", "")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}style", f"{_SVG}metadata"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.attrib = {key.removeprefix(_XLINK): _value(key, text, name) for key, text in element.attrib.items()}
        if element.tag == "g":
            element.attrib.pop("id", None)
        element.text, element.tail = (element.text or "").strip() or None, None
    root.attrib = {"viewBox": view, "role": "img", "aria-label": told, "class": "drawing"}
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def _value(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key == "style":
        value = _FONT_FAMILY.sub("", value)
        for drawn, in_page in _IN_PAGE.items():
            value = value.replace(drawn, in_page)
    value = value.replace("url(#", f"url(#{name}-")
    return f"#{name}-{value[1:]}" if key.endswith("href") else " ".join(value.split())
