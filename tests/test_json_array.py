"""Arrays of JSON that are read on as they are needed: the same elements, whole or broken, and little memory."""

import json
import sys
import tracemalloc
from io import BytesIO, RawIOBase
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assess import read
from qa_assess.errors import InputError
from qa_assess.exchange import Failure
from qa_assess.readers import json_array
from qa_assess.readers.json_array import ArrayBreakError, elements
from qa_assess.readers.source import Line

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def cut(text, size):
    """A text as pieces of some characters, each with the number of its line."""
    starts = range(0, len(text), size)
    return [Line(text[at : at + size], text.count("\n", 0, at) + 1) for at in starts]


def values(text, size=7):
    return [value for value, _ in elements(cut(text, size), "x.json")]


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(json_array, "_PIECE", 1)


@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 1]), st.integers(1, 40), st.booleans())
def test_any_array_in_any_pieces(found, indent, size, ascii_only):
    text = json.dumps(found, indent=indent, ensure_ascii=ascii_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_PIECE", 1)
        assert values(text, size) == found


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES), min_size=1, max_size=4), st.integers(1, 9), st.data())
def test_what_is_whole_before_a_break_is_kept(found, size, data):
    whole = data.draw(st.integers(0, len(found) - 1))
    before, broken = json.dumps(found[:whole])[:-1], json.dumps(found[whole])
    text = before + ", " * bool(whole) + broken[: data.draw(st.integers(0, len(broken) - 1))]
    kept = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_PIECE", 1)
        with pytest.raises(ArrayBreakError):
            for value, _ in elements(cut(text, size), "x.json"):
                kept.append(value)
    assert kept == found[:whole]


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[1, 2\n 3]', "line 2, character 2: Expecting ',' delimiter"),
        ('[\n {"a": 1},\n {"b" 2}]', "line 3, character 7: Expecting ':' delimiter"),
        ("[1, 2", "line 1, character 6: Expecting ',' delimiter"),
        ("[1, ", "line 1, character 5: Expecting value"),
        ("[1]\n[2]", "line 2, character 1: Extra data"),
        ('["a', "line 1, character 2: Unterminated string"),
        ("[1,,2]", "line 1, character 4: Expecting value"),
        ("[1, " + "[" * 100_000, "line 1, character 5: nested too deeply"),
        ("[" + "7" * 5000 + "]", "line 1, character 2: a number has too many digits"),
        ("{}", "line 1, character 1: Expecting value"),
    ],
)  # fmt: skip
def test_a_break_is_named_with_its_place(text, said):
    with pytest.raises(ArrayBreakError) as caught:
        values(text)
    assert str(caught.value).startswith(said)


@pytest.mark.usefixtures("small_pieces")
def test_a_number_is_not_taken_for_whole_where_a_piece_ends():
    assert values("[12345, 1.5e3, true]", 2) == [12345, 1500.0, True]
    assert values("[" + "7" * 5000 + "e-4999]", 4500) == [pytest.approx(7.7777777777)]


@pytest.mark.parametrize("text", ["[1, 2,]", "[1, 2, \n ]\n", "[1, 2]"])
def test_a_comma_behind_the_last_element_is_passed_over(text):
    assert values(text, 1) == [1, 2]


def test_lines_that_were_left_out_are_counted():
    lines = [Line("[\n", 3), Line("1,\n", 7), Line("2 3]", 9)]
    with pytest.raises(ArrayBreakError, match="line 9, character 3"):
        list(elements(lines, "x.json"))


def test_an_element_may_be_as_large_as_a_document(monkeypatch):
    monkeypatch.setattr(json_array, "_PIECE", 16)
    monkeypatch.setattr("qa_assess.readers.source.LARGEST_DOCUMENT", 1000)
    tail = ', "z"' * 1000 + "]"
    assert values('["' + "x" * 950 + '"' + tail, 10)[:2] == ["x" * 950, "z"]
    with pytest.raises(InputError, match="more than 1,000 characters"):
        values('["' + "x" * 1050 + '"' + tail, 10)


def test_the_time_of_guessed_lines_grows_with_their_number():
    def fastest(number):
        lines = [Line("[\n", 1), *(Line('"x",\n', n + 2, True) for n in range(number)), Line("1]", number + 2)]
        times = []
        for _ in range(3):
            start = process_time()
            assert sum(guessed for _, guessed in elements(lines, "x.json")) == number
            times.append(process_time() - start)
        return min(times)

    assert fastest(16_000) < 25 * fastest(2_000)


@pytest.mark.parametrize("end", ["", "\n", "\0\0", "\x1a", "\r\n\x1a"])
def test_what_old_programs_put_behind_a_file_is_passed_over(end):
    assert values("[1]" + end) == [1]


@pytest.mark.usefixtures("small_pieces")
def test_only_elements_on_a_guessed_line_are_flagged():
    lines = [Line('["a",\n', 1), Line('"b",\n', 2, True), Line('"c",\n', 3), Line('"d"]', 4)]
    assert [value for value, guessed in elements(lines, "x.json") if guessed] == ["b"]


def test_a_break_early_in_a_long_file_is_told_without_reading_on():
    taken = []

    def lines():
        for number in range(50):
            taken.append(number)
            yield Line("[1 2,\n" if not number else '"' + "x" * (1 << 20) + '",\n', number + 1)

    with pytest.raises(ArrayBreakError):
        list(elements(lines(), "x.json"))
    assert len(taken) < 4


class Endless(RawIOBase):
    """A stream of one array of records, made as it is read."""

    def __init__(self, record, number, last=b"]"):
        self.parts = ((b"[" if not n else b",") + record for n in range(number))
        self.last, self.left = last, b""

    def readable(self):
        return True

    def readinto(self, buffer):
        while len(self.left) < len(buffer):
            part = next(self.parts, None)
            if part is None:
                self.left, self.last = self.left + self.last, b""
                break
            self.left += part
        taken, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


RECORD = {"uin": "7", "questionText": "Why?", "answerText": "Because of the tide. " * 200, "isWithdrawn": False}
OWN = {"question": "Why?", "answer": "Because of the tide. " * 200}


@pytest.mark.parametrize(
    ("record", "name"), [({**RECORD, "dateTabled": "2020-01-01"}, "written-questions"), (OWN, "json")]
)
def test_a_long_array_is_read_in_little_memory(record, name, monkeypatch):
    """12 megabytes of records, on lines of their own and on a single one."""
    monkeypatch.setattr("qa_assess.readers.source.LONGEST_LINE", 1 << 20)
    for around in (b"\n%s\n", b"%s"):
        stream = Endless(around % json.dumps(record).encode(), 3_000)
        tracemalloc.start()
        try:
            whole = sum(not isinstance(one, Failure) for one in read(stream, format=name))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert whole == 3_000
        assert peak < 8e6


def test_a_break_is_one_row_and_the_records_before_it_are_kept():
    for record, name in ((RECORD, "written-questions"), (OWN, "json")):
        text = json.dumps([record, record])[:-30]
        first, broken = read(BytesIO(text.encode()), format=name)
        assert not isinstance(first, Failure)
        assert "broken JSON at line 1, character" in broken.message


def test_a_value_too_deep_to_be_written_down_is_one_failure():
    """Reading it takes fewer frames than writing it as the text of a column."""
    kinds = set()
    for depth in range(sys.getrecursionlimit() - 120, sys.getrecursionlimit(), 1):
        deep = '{"question": "Why?", "answer": "No.", "x": ' + "[" * depth + "]" * depth + "}"
        for text in (f"[{json.dumps(OWN)}, {deep}, {json.dumps(OWN)}]", f"{json.dumps(OWN)}\n{deep}\n"):
            first, second, *_ = read(BytesIO(text.encode()), format="json" if text[0] == "[" else "jsonl")
            kinds.add(type(second))
            assert not isinstance(first, Failure)
    assert Failure in kinds
