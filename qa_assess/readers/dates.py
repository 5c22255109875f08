"""Dates as sources write them, as ISO dates where there is no doubt."""

import datetime
import re
from functools import lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST_DATE = 80
_WEEKDAY = r"(?:[a-z]{3,6}day,? )?"
_WRITTEN = (
    # 2022-07-05, 2022-07-05T14:30:00Z
    re.compile(r"(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?:[T ]\d{2}:\d{2}\S*)?"),
    # 5 July 2022, Tuesday 5th July 2022, 05-Jul-2022
    re.compile(rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH}[ ,-]{{1,2}}(?P<year>\d{{4}})", re.I),
    # July 5, 2022
    re.compile(rf"{_WEEKDAY}{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})", re.I),
)


def iso_date(text: str) -> str:
    """A date as an ISO date; the source's own words where they could mean two days, or none.

    >>> iso_date("Tuesday 5 July 2022"), iso_date("2022-07-05T00:00:00"), iso_date("05/07/2022")
    ('2022-07-05', '2022-07-05', '05/07/2022')
    """
    found = (pattern.fullmatch(text.strip()) for pattern in _WRITTEN)
    return next((day for match in found if match and (day := _checked(match))), text)


@lru_cache(maxsize=10_000)
def day(text: str) -> str:
    """The ISO date that a text says without doubt; empty where it could mean two days, or none.

    >>> day("5 July 2022"), day("05/07/2022"), day("2022-02-31")
    ('2022-07-05', '', '')
    """
    found = iso_date(text)
    try:
        return found if _ISO.fullmatch(found) and datetime.date.fromisoformat(found) else ""
    except ValueError:  # the 31st of February
        return ""


def split_title(line: str) -> tuple[str, str]:
    """A heading and the date it ends in, either of them empty.

    >>> split_title("Rural Buses, 5 July 2022"), split_title("2022-07-05"), split_title("Rural Buses")
    (('Rural Buses', '2022-07-05'), ('', '2022-07-05'), ('Rural Buses', ''))
    """
    title = line.strip()
    # No date is longer; a heading that is takes the longer to search.
    start = max(0, len(title) - _LONGEST_DATE)
    for pattern in _WRITTEN:
        for match in pattern.finditer(title, start):
            if match.end() == len(title) and (day := _checked(match)):
                return title[: match.start()].rstrip(" ,:|–—-"), day
    return title, ""


def _checked(match: re.Match[str]) -> str:
    parts = match.groupdict()
    month = int(parts["number"]) if parts.get("number") else _MONTHS.index(parts["month"][:3].lower()) + 1
    try:
        return datetime.date(int(parts["year"]), month, int(parts["day"])).isoformat()
    except ValueError:
        return ""
