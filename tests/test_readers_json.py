"""JSON Lines, JSON arrays and objects that hold records."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sniff

FORMATS_DIR = Path(__file__).parent / "formats"


def records(text: str, **options) -> list[Exchange | Failure]:
    return list(read(io.BytesIO(text.encode()), **options))


def test_lines_with_our_own_labels_with_breaks_and_with_the_names_of_the_api():
    labelled, broken, api, listed = read(FORMATS_DIR / "records.jsonl")
    assert labelled.coded == {
        "tags": "earlier-answer; praise",
        "grade": "full",
        "grade_strict": "full",
        "feedback": "The contract was said to be published.",
    }
    assert list(labelled.extra) == ["kind", "asks", "sure", "why", "section_type"]
    assert json.loads(labelled.extra["asks"])[0]["kind"] == "publish"
    assert ": " not in labelled.extra["asks"]
    assert (labelled.extra["sure"], labelled.extra["section_type"]) == ("3", "")
    assert isinstance(broken, Failure)
    assert broken.message.startswith("records.jsonl:3: broken JSON")
    assert broken.hint
    assert (api.id, api.source, api.asker, api.department) == (
        "row-3",
        "records.jsonl:4",
        "Member for Oxmere",
        "Department for Harbours",
    )
    assert "records.jsonl:5: a list where an object was expected" in listed.message


def test_a_document_with_records():
    first, second = read(FORMATS_DIR / "records.json")
    assert (first.id, first.source) == ("90003", "records.json:1")
    assert second.answer == ""


RECORD = {"question": "Why?", "answer": "Because."}


@pytest.mark.parametrize("name", ["records", "rows", "items", "data"])
@pytest.mark.parametrize("indent", [None, 2])
def test_where_a_document_may_hold_its_records(name, indent):
    text = json.dumps({name: [RECORD, RECORD]}, indent=indent)
    assert sniff(text) == "json"
    assert [one.answer for one in records(text)] == ["Because.", "Because."]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("named", [None, "json", "jsonl"])
def test_arrays_and_single_records(indent, named):
    assert len(records(json.dumps([RECORD, RECORD], indent=indent), format=named)) == 2
    assert len(records(json.dumps(RECORD, indent=indent), format=named)) == 1
    assert records("[ ]", format=named) == []


def test_an_array_that_breaks_keeps_what_stood_before():
    text = '[{"question": "Why?", "answer": "No."},\n {"question": "Who?", "answer": "Me."},\n {"question": "Wh'
    first, second, broken = records(text)
    assert (first.question, second.question) == ("Why?", "Who?")
    assert "broken JSON" in broken.message
    assert "no record behind it was read" in broken.message


def test_a_broken_object_document_says_where():
    with pytest.raises(FormatError, match="line 3") as caught:
        records('{\n "records": [\n {"question": }\n]}', format="json")
    assert "JSON Lines" in caught.value.hint


def test_a_document_without_records_names_what_it_holds():
    with pytest.raises(FormatError, match="its names are: total, found"):
        records('{\n"total": 1,\n"found": []\n}')


def test_a_first_line_that_is_broken_does_not_stop_the_others():
    found = records('{"question": "Why?", "answ\n{"question": "Who?", "answer": "Me."}\n')
    assert [type(one) for one in found] == [Failure, Exchange]


def test_first_lines_longer_than_the_head():
    long = {"question": "Why?", "answer": "x" * 100_000}
    assert len(records("\n".join([json.dumps(long)] * 3))) == 3
    assert len(records(json.dumps({"records": [long, long]}))) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "k", "question": "Why?", "anwser": "No."}', 'the nearest to "answer" is "anwser"'),
        ('{"id": "k", "columns": 1}', "no question and no answer among the names: id, columns"),
        ('{"id": "k", "question": ["Why?"], "answer": "No."}', "the question should be a text"),
        ('{"id": "k", "question": {"a": 1}, "answer": true}', "the question and the answer should be a text"),
    ],
)
def test_records_that_lack_something(line, said):
    found, good = records(line + '\n{"question": "Why?", "answer": "No."}')
    assert isinstance(found, Failure)
    assert (found.id, found.source) == ("k", "stream:1")
    assert said in found.message
    assert found.hint
    assert good.answer == "No."


@pytest.mark.parametrize("line", ["3", "null", "true", '"Why?"', "[1]", "[" * 100_000, '{"a":' * 100_000, "9" * 5000])
def test_lines_that_are_no_objects(line):
    found = records('{"question": "Why?", "answer": "No."}\n' + line, format="jsonl")
    assert [type(one) for one in found] == [Exchange, Failure]
    assert found[1].source == "stream:2"


def test_numbers_and_missing_values():
    (exchange,) = records(
        '{"id": 7, "question": null, "answer": 12, "cost": 1.5, "named": true, "to": {"a": [1, "é"]}}'
    )
    assert (exchange.id, exchange.question, exchange.answer) == ("7", "", "12")
    assert exchange.extra == {"cost": "1.5", "named": "true", "to": '{"a":[1,"é"]}'}


def test_lines_of_our_corpora(shared):
    found = list(read(shared("hansard/dev.jsonl")))
    assert all(isinstance(one, Exchange) for one in found)
    assert {one.coded["grade"] for one in found} >= {"full", "partial", "non-answer"}
    assert all("asks" in one.extra and "grade" not in one.extra and "tags" not in one.extra for one in found)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=6), st.booleans())
def test_any_text_survives_json(rows, as_array):
    objects = [{"answer": answer, "question": question, "votes": votes} for question, answer, votes in rows]
    text = json.dumps(objects) if as_array else "\n".join(json.dumps(one, ensure_ascii=False) for one in objects)
    found = records(text)
    assert [(one.question, one.answer, one.extra["votes"]) for one in found] == rows
