"""What the columns of a table of written questions say together: a row's empty fields, its link, and what became of it.

The names are those of the written questions API, flattened, as mySociety and others publish them; every column also
travels through under its own name.
"""

import re
from collections.abc import Mapping

from qa_assess.readers.columns import plain, spare_field
from qa_assess.readers.dates import iso_date

# Where the column that stands for one of these is empty in a row, the next best column serves: a question that was not
# answered yet has the date of its tabling.
_DESCRIBING = ("date", "asker", "answerer", "department", "heading", "url")
_MEMBERS = {"asker": "askingmemberid", "answerer": "answeringmemberid"}
_MEMBER = re.compile(r"(\d{1,9})(?:\.0)?")
_UIN = re.compile(r"(?:HL)?\d{1,7}")
# With a UIN beside them, the columns are the API's and mean what it says.
_OF_THE_API = {"datetabled", "dateforanswer", "isnamedday", "iswithdrawn", "answerisholding", "groupedquestions"}
_FALSE = ("", "0", "false", "no", "nan", "none", "null", "[]")


def settled_fields(fields: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """The fields that a row leaves empty and other columns of it fill.

    >>> row = {"dateTabled": "2024-03-04T00:00:00", "uin": "901", "askingMemberId": "77.0", "answeringMember": ""}
    >>> settled_fields({"id": "5", "date": ""}, row)["date"]
    '2024-03-04T00:00:00'
    >>> settled_fields({"id": "5", "date": ""}, row)["asker"], settled_fields({"id": "5"}, row)["url"][-15:]
    ('member/77', '/2024-03-04/901')
    """
    empty = [name for name in _DESCRIBING if not fields.get(name, "").strip()]
    if not empty or not extra:
        return {}
    found: dict[str, tuple[int, str]] = {}
    for column, cell in extra.items():
        spare = spare_field(column)
        if spare and spare[0] in empty and cell.strip():
            found[spare[0]] = min(found.get(spare[0], (spare[1], cell.strip())), (spare[1], cell.strip()))
    filled = {name: cell for name, (_, cell) in found.items()}
    names = {plain(column): cell.strip() for column, cell in extra.items()}
    for name, column in _MEMBERS.items():
        number = _MEMBER.fullmatch(names.get(column, ""))
        if name in empty and name not in filled and number:
            filled[name] = f"member/{number[1]}"
    tabled, uin = iso_date(names.get("datetabled", "")), names.get("uin", "")
    if "url" in empty and "url" not in filled and re.fullmatch(r"\d{4}-\d\d-\d\d", tabled) and _UIN.fullmatch(uin):
        filled["url"] = question_page(tabled, uin)
    return filled


def settled_extra(extra: Mapping[str, str]) -> dict[str, str]:
    """The facts of a written question under the names that they have for all formats; only those that there are.

    >>> settled_extra({"uin": "12", "groupedQuestions": "[9 14]", "isWithdrawn": "False", "answerIsHolding": "true"})
    {'question_number': '12', 'group': '9', 'holding_answer': 'yes'}
    """
    names = {plain(column): cell.strip() for column, cell in extra.items()}
    uin = names.get("uin", "")
    if not uin or not (_OF_THE_API & names.keys()):
        return {}
    others = re.findall(r"(?:HL)?\d+", names.get("groupedquestions", ""))
    facts = {
        "question_number": uin,
        "group": min([uin, *others], key=lambda number: (len(number), number)) if others else "",
        "holding_answer": iso_date(names.get("dateholdinganswer", "")) or _yes(names.get("answerisholding", "")),
        "corrected": iso_date(names.get("dateanswercorrected", "")) or _yes(names.get("answeriscorrection", "")),
        "withdrawn": _yes(names.get("iswithdrawn", "")),
    }
    return {name: fact for name, fact in facts.items() if fact.casefold() not in _FALSE and name not in extra}


def question_page(tabled: str, uin: str) -> str:
    """The page that shows a written question on Parliament's site, which is found by the day of tabling and the number.

    >>> question_page("2024-03-04", "901")
    'https://questions-statements.parliament.uk/written-questions/detail/2024-03-04/901'
    """
    return f"https://questions-statements.parliament.uk/written-questions/detail/{tabled}/{uin}"


def _yes(cell: str) -> str:
    return "" if cell.casefold() in _FALSE else "yes"
