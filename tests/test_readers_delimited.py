"""CSV and TSV: columns by name, delimiters by content, and rows that are broken."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from qa_assess.errors import ColumnError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, table_rows
from qa_assess.readers.encoding import binary_kind
from qa_assess.readers.source import Line

FORMATS_DIR = Path(__file__).parent / "formats"


def records(text: str, **options) -> list[Exchange | Failure]:
    return list(read(io.BytesIO(text.encode()), **options))


def test_columns_in_any_order_and_by_their_usual_names():
    first, second = read(FORMATS_DIR / "debate.csv")
    assert (first.id, first.date, first.heading, first.answerer) == (
        "90001",
        "2024-02-06",
        "Ferries",
        "Minister of State",
    )
    assert first.question == "Will the Minister keep the Tarnbrook ferry running, and for how long?"
    assert first.answer == "Yes: the contract runs to March 2027."
    assert first.extra == {"Votes": "4"}
    assert second.question.count("\n") == 2
    assert second.question.startswith('Residents wrote:\n"We cannot')
    assert (first.source, second.source) == ("debate.csv:2", "debate.csv:3")
    assert second.date == "2024-02-06"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Question Text", "question"),
        ("questionText", "question"),
        ("QUESTION", "question"),
        (" question_text ", "question"),
        ("Answer_Text", "answer"),
        ("Response", "answer"),
        ("Minister's reply", ""),
        ("uin", "id"),
        ("Asking Member", "asker"),
        ("Member", "asker"),
        ("askingMember", "asker"),
        ("Answering Body", "department"),
        ("answeringBodyName", "department"),
        ("Subject", "heading"),
        ("Date Answered", "date"),
        ("House", "house"),
        ("Link", "url"),
        ("answering-member", "answerer"),
    ],
)
def test_header_names(name, field):
    others = [other for other in ("question", "answer") if other != field]
    (exchange,) = records(f"{name},{','.join(others)}\nhere,{','.join('there' for _ in others)}\n")
    if field:
        assert getattr(exchange, field) == "here"
        assert exchange.extra == {}
    else:
        assert exchange.extra == {name: "here"}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("grade", "grade"),
        ("Coded Grade", "grade"),
        ("coded_grade_strict", "grade_strict"),
        ("Grade strict", "grade_strict"),
        ("coded_tags", "tags"),
        ("Response tags", "tags"),
        ("Feedback", "feedback"),
        ("coded_context", "context"),
    ],
)
def test_labels_go_to_coded_and_nowhere_else(name, label):
    first, second = records(f"question,answer,{name}\nWhy?,Because., here \nWhy?,Because.,\n")
    assert first.coded == {label: "here"}
    assert first.extra == {}
    assert second.coded == {}


def test_two_columns_for_one_field():
    (exchange,) = records("uin,id,question,coded_grade,grade,note,note,,answer\n7,a,Why?,full,partial,x,y,z,No.\n")
    assert exchange.id == "a"
    assert exchange.coded == {"grade": "full", "grade_2": "partial"}
    assert exchange.extra == {"uin": "7", "note": "x", "note_2": "y", "column_8": "z"}
    assert list(exchange.extra) == ["uin", "note", "note_2", "column_8"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("before", ["", "\n\r\n", "\ufeff"])
def test_delimiters(delimiter, before):
    rows = [["id", "question", "answer"], ["1", "Is it a, b; c | d\te?", 'The "first".']]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    (exchange,) = records(before + written.getvalue())
    assert [exchange.id, exchange.question, exchange.answer] == rows[1]


def test_a_spreadsheet_that_tells_its_delimiter():
    assert records("sep=;\r\nquestion;answer\r\nWhy, then?;Because.\r\n")[0].question == "Why, then?"


def test_a_space_behind_each_delimiter():
    assert records('question, answer, note\n"Why, then?", "Because, well.", x\n')[0].answer == "Because, well."


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    found = records(end.join(["question,answer", "Why?,Because.", "", "Who?,Nobody."]) + end)
    assert [(one.question, one.source) for one in found] == [("Why?", "stream:2"), ("Who?", "stream:4")]


def test_missing_ids_are_numbered_by_position():
    found = records("id,question,answer\n,Why?,a\nx,Why?,b\nbroken\n,Why?,c\n")
    assert [one.id for one in found] == ["row-1", "x", "broken", "row-4"]
    assert [one.id for one in records("question,answer\n" + "Why?,No.\n" * 30)] == [f"row-{n}" for n in range(1, 31)]


def test_empty_texts_are_handed_on_and_empty_rows_are_not():
    found = records("id,question,answer\n1,,Yes.\n2,Why?,\n3,,\n,,\n,  ,\n")
    assert [(one.id, one.question, one.answer) for one in found] == [
        ("1", "", "Yes."),
        ("2", "Why?", ""),
        ("3", "", ""),
    ]


@pytest.mark.parametrize(
    ("header", "missing", "nearest"),
    [
        ("id,question,anwser", ("answer",), "anwser"),
        ("id,qestion,answer", ("question",), "qestion"),
        ("id,the_question_as_put,answer", ("question",), "the_question_as_put"),
        ("id,datum", ("question", "answer"), ""),
        ("1,Will he act?,Yes.", ("question", "answer"), ""),
    ],
)
def test_missing_columns(header, missing, nearest):
    with pytest.raises(ColumnError) as caught:
        records(header + "\n1,2,3\n", format="csv")
    message = caught.value.message
    assert all(f"no {name}" in message for name in missing)
    assert ", ".join(header.split(",")) in message
    assert caught.value.hint
    if nearest:
        assert f'the nearest to "{missing[0]}" is "{nearest}"' in message
        assert f'rename the column "{nearest}" to "{missing[0]}"' in caught.value.hint
    else:
        assert "nearest" not in message


def test_missing_columns_are_told_without_a_named_format():
    with pytest.raises(ColumnError, match="no answer"):
        records("id,question,anwser\n1,Why?,No.\n2,Why?,No.\n")


def test_ragged_rows_fail_by_their_line():
    found = records("id,question,answer\na,Why,then?,No.\nb,Why?\nc,Why?,No.\nd,Why?,No.,,\n")
    assert [type(one) for one in found] == [Failure, Failure, Exchange, Exchange]
    many, few = found[:2]
    assert (many.id, many.stage, many.source) == ("a", "read", "stream:2")
    assert "stream:2: 4 fields where the header has 3" in many.message
    assert "comma" in many.hint
    assert "stream:3: 2 fields where the header has 3" in few.message


def test_columns_without_a_name_at_the_end_do_no_harm():
    found = records("question,answer,,\nWhy?,No.,,\nWhy?,No.\nWhy?,No.,lost\n")
    assert [type(one) for one in found] == [Exchange, Exchange, Failure]


def test_an_unclosed_quotation_mark_costs_its_own_row_and_no_other():
    found = records('id,question,answer\n1,Why?,No.\n2,"Why?,No.\n3,Who?,Me.\n4,When?,Now.\n')
    assert [one.id for one in found] == ["1", "row-2", "3", "4"]
    assert isinstance(found[1], Failure)
    assert "stream:3: a quotation mark opens here and is never closed" in found[1].message
    assert found[1].hint


def test_a_quotation_mark_that_the_next_record_would_close():
    found = records('id,question,answer\n1,"Why?,No.\n2,"Who?","Me."\n3,When?,Now.\n')
    assert [one.id for one in found] == ["row-1", "2", "3"]
    assert "a quotation mark stands inside a quoted text" in found[0].message


def test_the_ruins_of_a_broken_text_of_many_lines_are_one_failure():
    text = 'id,question,answer\n1,Why?,"First line\nsecond line\n\nthird line, and more\n2,Who?,Me.\n'
    broken, good = records(text)
    assert "lines 2 to 5 were not read" in broken.message
    assert (good.id, good.source) == ("2", "stream:6")


def test_a_quotation_mark_that_is_not_doubled():
    found = records('id,question,answer\n1,"He said "no" twice. Why?",Because.\n2,Who?,Me.\n')
    assert [type(one) for one in found] == [Failure, Exchange]
    assert '""' in found[0].hint


def test_an_unclosed_mark_on_the_last_line():
    found = records('id,question,answer\n1,Why?,No.\n2,"Who?,Me.')
    assert [type(one) for one in found] == [Exchange, Failure]


def test_rows_that_merge_without_an_error_tell_their_lines():
    failure, good = records('id,question,answer\n1,"Why?,No.\n2,Who?,Me."\n3,When?,Now.\n')
    assert "on lines 2 to 3" in failure.message
    assert good.id == "3"


def test_a_broken_header_is_told():
    with pytest.raises(ColumnError, match="header cannot be read"):
        records('id,question,"answer\n1,Why?,No.\n', format="csv")


def test_tabs_without_quoting():
    first, second = read(FORMATS_DIR / "debate.tsv")
    assert first.answer == '"Forty," as I told the House.'
    assert second.asker == "Member for Harle"
    found = records('id\tquestion\tanswer\n1\t"Why\tNo.\n2\tWho?\tMe.\n')
    assert [(one.id, one.question) for one in found] == [("1", '"Why'), ("2", "Who?")]


def test_marks_that_would_take_the_square_of_the_length_are_given_up(monkeypatch):
    monkeypatch.setattr(table_rows, "_PATIENCE", 10_000)
    # Each line opens a mark, whether or not the line before left one open.
    lines = ['a","b\n'] * 500
    tried = list(table_rows.rows_of((Line(text, n) for n, text in enumerate(lines, 1)), table_rows.Splitting(",")))
    assert len(tried) < 10
    assert tried[-1].lines[-1].number == 500
    found = records("question,answer\n" + "".join(lines))
    assert {type(one) for one in found} == {Failure}
    assert "to 501 were not read" in found[-1].message


@pytest.mark.parametrize("huge", ["x" * 10_000_010, '"' + ("x" * 99_999 + "\n") * 101], ids=["line", "open quote"])
def test_a_field_beyond_all_measure_fails_and_the_next_row_is_read(huge):
    failure, good = records(f"question,answer\nWhy?,{huge}\nWho?,Me.\n")
    assert "longer than 10,000,000 characters" in failure.message
    assert good.answer == "Me."


def test_a_big_field_is_read_whole():
    (exchange,) = records(f"question,answer\nWhy?,{'word ' * 100_000}\n")
    assert len(exchange.answer) == 500_000


def test_nul_characters_are_taken_out_and_flagged():
    first, second = records("question,answer\nWh\0y?,N\0o.\nWho?,Me.\n")
    assert (first.question, first.answer, first.flags) == ("Why?", "No.", ("nul-removed",))
    assert second.flags == ()


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
@example(rows=[("", "", "\x19\x19", "\x19\x19\x08")], delimiter=",", codec="utf-8", end="\n")
@example(rows=[('"', "\r", "\n", ","), ("", "", "\ufeff", "a")], delimiter=",", codec="utf-16", end="\n")
def test_any_text_survives_a_table(rows, delimiter, codec, end):
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["question", "votes", "answer", "feedback"])
    writer.writerows(rows)
    data = written.getvalue().encode(codec)
    assume(not binary_kind(data))  # what is full of control characters is refused, and says so
    found = list(read(io.BytesIO(data), format="csv"))
    kept = [row for row in rows if any(map(str.strip, row))]
    assert [(one.question, one.extra["votes"], one.answer) for one in found] == [row[:3] for row in kept]
    assert [one.coded.get("feedback", "") for one in found] == [row[3].strip() for row in kept]
    assert len({one.id for one in found}) == len(found)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text('ab",\n', max_size=12), max_size=8))
def test_no_line_of_a_broken_table_vanishes(pieces):
    """Whatever the quotation marks do, the last line comes out as a record or is named in a failure."""
    text = "question,answer\n" + "\n".join(pieces) + "\nlast?,y\n"
    last = records(text, format="csv")[-1]
    if isinstance(last, Exchange):
        assert "last?" in last.question + last.answer
    else:
        number = text.count("\n")
        assert f"to {number}" in last.message or last.source == f"stream:{number}"
