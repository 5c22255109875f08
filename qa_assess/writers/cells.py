"""Cells of a CSV file: RFC 4180 lines that no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable

# "=HYPERLINK(…)", "'@SUM(A1)": what a spreadsheet runs (OWASP's list, full-width forms too), or our guard before it.
_FORMULA = re.compile("'*[=+\\-@\\t\\r\\n＝＋－＠]")
# "-5", "+3.2": a spreadsheet reads these as the numbers they are, so they stay numbers for everybody else too.
_NUMBER = re.compile(r"[+-]\d+(\.\d+)?")


def guard(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would run it as a formula.

    Plain numbers are left alone. `unguard` takes the apostrophe off again.

    >>> guard("=1+1"), guard("-5"), guard("'twas")
    ("'=1+1", '-5', "'twas")
    """
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def unguard(cell: str) -> str:
    """The cell as it was before `guard`, whatever it was.

    >>> unguard(guard("'=1+1"))
    "'=1+1"
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_line(cells: Iterable[str]) -> str:
    r"""One line of RFC 4180, guarded, with its CRLF.

    >>> csv_line(["a", "b, c", "=d"])
    'a,"b, c",\'=d\r\n'
    """
    line = io.StringIO(newline="")
    csv.writer(line).writerow([guard(cell) for cell in cells])
    return line.getvalue()


def well_formed(text: str) -> str:
    r"""The text with each half of a character (broken input) as an escape: UTF-8 has no bytes for it.

    >>> well_formed("caf\xe9"), well_formed("caf\udce9") == "caf" + chr(92) + "udce9"
    ('café', True)
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def decimal(value: float) -> str:
    """A probability to four places, the same on every run.

    >>> decimal(2 / 3)
    '0.6667'
    """
    return f"{value:.4f}"
