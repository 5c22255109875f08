"""What the web page and the report have in common: templates, the style sheet, marked texts and plain words.

`base.html` is the frame of a page, `pair.html` has the macro `pair(result)` that shows one record. Everything that a
record holds is escaped; control characters, which a page cannot hold, become U+FFFD.
"""

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from qa_assess.errors import INSTALL_REPORT, OutputError
from qa_assess.pages import words
from qa_assess.pages.view import pair_view

if TYPE_CHECKING:
    from jinja2 import Environment

# All of C0 and C1 but tab, line ends, form feed and next line; and halves of surrogate pairs, which no encoding has.
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def environment(*packages: str) -> "Environment":
    r"""The templates of this package, behind those of other packages (`templates/` in each).

    A page links the style sheet where the variable `style_url` is set, and holds it in itself where it is not.

    Raises:
        OutputError: jinja2 is not installed.

    >>> environment().from_string("{{ text }}").render(text="<b>\0")
    '&lt;b&gt;\ufffd'
    """
    try:
        from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise OutputError("jinja2, which fills the pages, is not installed", hint=INSTALL_REPORT) from error
    loader = ChoiceLoader([PackageLoader(package) for package in (*packages, __name__)])
    found = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    found.filters |= {"pair_view": pair_view, "percent": words.percent}
    found.globals |= {"style_sheet": _trusted_style}
    return found


def style_sheet() -> str:
    """The style sheet of all pages.

    >>> "prefers-color-scheme: dark" in style_sheet()
    True
    """
    return files(__package__).joinpath("style.css").read_text(encoding="utf-8")


def _trusted_style() -> str:
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    return Markup(style_sheet())  # noqa: S704 - our own file


def _shown(value: object) -> object:
    """A value as a page can hold it, escaped or not as it was."""
    if isinstance(value, str) and _UNSHOWN.search(value):
        return type(value)(_UNSHOWN.sub("\ufffd", value))
    return value
