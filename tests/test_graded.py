"""Our own output read back: what JSON Lines give back whole, what tables give back, and what is refused."""

import csv
import io
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import make_ask, make_exchange, make_outcome
from hypothesis import given, settings
from hypothesis import strategies as st
from test_writers import ANSWER, FAILURE, QUESTION, make_assessment

from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import ColumnError, FormatError, InputError
from qa_assess.exchange import LOW_CONFIDENCE, Ask, Assessment, Exchange, Failure, Outcome, ResponseTag, Result, Span
from qa_assess.graded import read_graded
from qa_assess.writers import write

FORMATS = ["csv", "jsonl", "xlsx", "parquet"]
TABLES = ["csv", "xlsx", "parquet"]


def there_and_back(results: list[Result], path: Path, **options: object) -> list[Result]:
    write(results, path, **options)
    return list(read_graded(path))


def nasty() -> list[Result]:
    """Line ends, formulas, quotation marks, null bytes, what parts the items of a list, and texts that repeat."""
    question = '=1+1 | "Will he, or won\'t he, act?"\nWill he act | or rest? Will he act?\x00 <b>é\u2028🐝</b>'
    answer = "'=HYPERLINK(1)\n\n— | yes | no; -5"
    asks = [make_ask(question, "Will he act | or rest"), make_ask(question, "=1+1", Kind.FIGURE)]
    last = question.rindex("Will he act?")
    repeated = Ask("Will he act?", last, last + 12, Kind.CONFIRM, 0.5)
    outcomes = (
        make_outcome(asks[1], Status.PARTIAL, answer, "'=HYPERLINK(1)"),
        make_outcome(asks[0], Status.NONE, answer, "— | yes | no"),
        make_outcome(repeated, Status.NONE),
    )
    exchange = make_exchange(
        question,
        answer,
        id="-1",
        date="2031-05-02",
        extra={"=x": "@y", "Party, colour": '"red"\n'},
        coded={"tags": "a"},
    )
    odd = make_assessment(exchange=exchange, outcomes=outcomes, concern_evidence=None, tags=(), primary_tag=None)
    none = Assessment(make_exchange("I thank her.", "", id=""), grade=Grade.NO_ASK, grade_strict=Grade.NO_ASK)
    again = make_assessment(flags=("truncated-answer", LOW_CONFIDENCE, "duplicate"), duplicate_of="=r1")
    return [odd, FAILURE, none, again, Failure("line 9", "read", "no answer;\nnone", "=add one", "a.csv:9")]


def plain(result: Result) -> Result:
    """The result as a table can give it back: no probabilities of asks, and no places of tags."""
    if isinstance(result, Failure):
        return replace(result, stage="", exchange=result.exchange and as_read(result.exchange, result.source))
    outcomes = (replace(o, ask=replace(o.ask, probability=0.0), probabilities=(0.0, 0.0, 0.0)) for o in result.outcomes)
    graded = result.grade.graded
    return replace(
        result,
        exchange=as_read(result.exchange, result.exchange.source, result.flags),
        outcomes=tuple(outcomes),
        tags=tuple(ResponseTag(tag, 0, 0, 0.0) for tag in dict.fromkeys(tag.name for tag in result.tags)),
        probabilities=rounded(result.probabilities) if graded else (0.0, 0.0, 0.0),
        probabilities_strict=rounded(result.probabilities_strict) if graded else (0.0, 0.0, 0.0),
    )


def rounded(shares: tuple[float, float, float]) -> tuple[float, ...]:
    return tuple(round(share, 4) for share in shares)


def as_read(exchange: Exchange, source: str, flags: tuple[str, ...] = ()) -> Exchange:
    known = {LOW_CONFIDENCE, "duplicate", "duplicate-id"}
    extra = {"=x": "", "Party, colour": "", "party": ""} | dict(exchange.extra)
    return replace(exchange, source=source, extra=extra, flags=tuple(f for f in flags if f not in known))


@pytest.mark.parametrize("suffix", TABLES)
def test_a_table_gives_back_what_its_columns_hold(suffix: str, tmp_path: Path) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    found = there_and_back(nasty(), tmp_path / f"graded.{suffix}")
    assert found == [plain(result) for result in nasty()]


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_read_is_written_as_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    write(there_and_back(nasty(), first), second)
    assert first.read_bytes() == second.read_bytes()


def test_line_ends_of_a_csv_file_stay(tmp_path: Path) -> None:
    exchange = make_exchange("Why?\r\nWhen?\rWho?", " No.\n", id="\t1")
    (found,) = there_and_back([make_assessment(exchange=exchange, outcomes=())], tmp_path / "graded.csv")
    assert (found.exchange.question, found.exchange.answer, found.exchange.id) == (
        "Why?\r\nWhen?\rWho?",
        " No.\n",
        "\t1",
    )


# JSON Lines

texts = st.text(st.characters(exclude_categories=()), max_size=12)
shares = st.tuples(*[st.floats(0, 1).map(lambda share: round(share, 4))] * 3)
offsets = st.integers(0, 99)
spans = st.builds(Span, texts, offsets, offsets)
exchanges = st.builds(
    Exchange,
    *[texts] * 11,
    extra=st.dictionaries(texts, texts, max_size=3),
    coded=st.dictionaries(texts, texts, max_size=2),
    flags=st.lists(st.sampled_from(["truncated-answer", "withdrawn"]), max_size=2).map(tuple),
)
outcomes = st.builds(
    Outcome,
    st.builds(Ask, texts, offsets, offsets, st.sampled_from(Kind), st.floats(0, 1).map(lambda share: round(share, 4))),
    st.sampled_from(Status),
    st.none() | spans,
    shares,
)
tags = st.builds(
    ResponseTag, st.sampled_from(Tag), offsets, offsets, st.floats(0, 1).map(lambda share: round(share, 4))
)


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    exchange, grade, strict = draw(exchanges), draw(st.sampled_from(Grade)), draw(st.sampled_from(Grade))
    none = (0.0, 0.0, 0.0)
    return Assessment(
        exchange,
        context=draw(texts),
        outcomes=tuple(draw(st.lists(outcomes, max_size=3))),
        concern_evidence=draw(st.none() | spans),
        tags=tuple(draw(st.lists(tags, max_size=3))),
        primary_tag=draw(st.none() | st.sampled_from(Tag)),
        grade=grade,
        grade_strict=strict,
        probabilities=draw(shares) if grade.graded else none,
        probabilities_strict=draw(shares) if strict.graded else none,
        feedback=draw(texts),
        reason=draw(texts),
        flags=(*exchange.flags, *draw(st.sampled_from([(), (LOW_CONFIDENCE,), ("duplicate",)]))),
        duplicate_of=draw(texts),
        model=draw(texts),
        codebook=draw(texts),
    )


@st.composite
def failures(draw: st.DrawFn) -> Failure:
    exchange = draw(st.none() | exchanges.filter(lambda one: one.question))
    name, source = (exchange.id, exchange.source) if exchange else (draw(texts), draw(texts))
    return Failure(name, draw(texts), draw(texts), draw(texts), source, exchange)


@given(st.lists(assessments() | failures(), min_size=1, max_size=3))
@settings(max_examples=60)
def test_json_lines_give_back_all(results: list[Result]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert there_and_back(results, Path(folder, "graded.jsonl")) == results


# Files that went through other hands


def table(rows: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> io.BytesIO:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (",", "cp1252")])
def test_a_csv_file_that_a_spreadsheet_saved_is_read(delimiter: str, encoding: str) -> None:
    rows = [["id", "grade", "probability_full", "question", "answer"], ["1", "No ask", "0,25", "Café?", "Yes – no."]]
    (found,) = read_graded(table(rows, delimiter=delimiter, encoding=encoding))
    assert (found.grade, found.exchange.question, found.exchange.answer) == (Grade.NO_ASK, "Café?", "Yes – no.")
    assert found.probabilities == (0.0, 0.0, 0.25)


def test_empty_cells_at_the_end_of_a_row_may_be_left_out() -> None:
    (found,) = read_graded(io.BytesIO(b"id,grade,flags,extra\r\n1,Full\r\n\r\n"))
    assert (found.grade, found.flags) == (Grade.FULL, ())


def test_a_text_that_was_cut_stands_at_no_place(tmp_path: Path) -> None:
    question = "x" * 40_000 + ". Will he act?"
    long = make_exchange(question, "Yes.")
    ask = make_outcome(make_ask(question, "Will he act"), "full", "Yes.", "Yes.")
    (found,) = there_and_back([make_assessment(exchange=long, outcomes=(ask,))], tmp_path / "graded.xlsx")
    (outcome,) = found.outcomes
    assert (outcome.ask.text, outcome.ask.start, outcome.ask.end) == ("Will he act", 0, 0)
    assert "cut-question" in found.flags


def test_a_column_that_came_late_is_read_with_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_assess.writers.table.WINDOW", 1)
    late = make_assessment(exchange=make_exchange(id="2", extra={"b": "2"}, coded={"grade": "Full"}))
    _, found = there_and_back([make_assessment(exchange=make_exchange()), late], tmp_path / "graded.csv")
    assert (found.exchange.extra, found.exchange.coded) == ({"b": "2"}, {"grade": "Full"})


# Picked columns


@pytest.mark.parametrize("suffix", FORMATS)
def test_picked_columns_tell_fewer_facts(suffix: str, tmp_path: Path) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    (found,) = there_and_back([make_assessment()], tmp_path / f"x.{suffix}", columns=["id", "grade", "tags"])
    assert (found.exchange.id, found.grade, found.outcomes, found.feedback) == ("r1", Grade.PARTIAL, (), "")
    assert [tag.name for tag in found.tags] == [Tag.UNDER_REVIEW, Tag.PRAISE]


@pytest.mark.parametrize(("suffix", "named"), [("csv", "no column ask_kinds"), ("jsonl", "no column asks")])
def test_what_is_needed_and_was_not_written_is_named(suffix: str, named: str, tmp_path: Path) -> None:
    path = tmp_path / f"x.{suffix}"
    write([make_assessment()], path, columns=["id", "grade", "department"])
    with pytest.raises(ColumnError, match=f"x.{suffix} has {named}"):
        read_graded(path, ["grade", "department", "ask_kinds"])


def test_a_strict_grade_alone_tells_of_failures_too(tmp_path: Path) -> None:
    write([make_assessment(), FAILURE], tmp_path / "x.csv", columns=["grade_strict"])
    one, other = read_graded(tmp_path / "x.csv", ["grade_strict"])
    assert (one.grade_strict, type(other)) == (Grade.NON_ANSWER, Failure)


# Files that are none of ours

# Keys of a line that hold probabilities, %s one of them.
SHARES = [
    ("probabilities", '{"full": %s, "partial": 0, "non-answer": 0}'),
    ("probabilities_strict", '{"full": 0, "partial": 0, "non-answer": %s}'),
    ("tag_spans", '[{"name": "praise", "start": 0, "end": 1, "probability": %s}]'),
]


@pytest.mark.parametrize(
    ("content", "error", "match"),
    [
        (b"id,question,answer\r\n1,Why?,No.\r\n", FormatError, "it has no column grade"),
        (b"# Buses, ferries\n\na, b, c\n", FormatError, "it has no column grade"),
        (b'{"question": "Why?", "answer": "No."}\n', FormatError, "it has no column grade"),
        (b"{broken\n", FormatError, "stream:1 is no JSON"),
        (b"", InputError, "empty"),
        (b"%PDF-1.7", FormatError, "looks like a PDF document"),
        (b"PK\x03\x04xl/workbook.xml", FormatError, "is a broken Excel workbook"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_at_once(content: bytes, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match) as caught:
        read_graded(io.BytesIO(content))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"id,grade\n1,Full\n2,Full Answer\n", 'stream:3: grade is "Full Answer"'),
        (b"id,grade,tags\n1,Full,Praise; Thanks\n", 'a tag is "Thanks"'),
        (b"id,grade,probability_full\n1,Full,much\n", 'probability_full is "much"'),
        *(
            (f"id,grade,probability_full\n1,Full,{number}\n".encode(), f'stream:2: probability_full is "{number}"')
            for number in ("nan", "-inf", "1e999", "1.5", "-0.1")
        ),
        (b"id,grade,ask_kinds,ask_statuses\n1,Full,view | view,full\n", "2 ask_kinds and 1 ask_statuses"),
        (b"id,grade,extra\n1,Full,{broken\n", "stream:2: "),
        (b"id,grade,extra\n1,Full," + b"[" * 100_000 + b"\n", "stream:2: the column extra holds JSON too deep"),
        (b"id,grade,extra\n1,Full,[]\n", "the column extra holds no JSON object"),
        (b'id,grade\n1,"Full\n', "a quotation mark opens here and is never closed"),
        (b"id,grade\n1,Full,more\n", "stream:2 has 3 cells, and the header names 2"),
        (b'{"grade": "full"}\n{"grade": "good"}\n', "stream:2 is no line of qa-assess"),
        *(
            (
                f'{{"grade": "full", "{name}": {shares % number}}}\n'.encode(),
                rf"stream:1 is .* Expected `float` .*\$\.{name}",
            )
            for name, shares in SHARES
            for number in ("NaN", "Infinity", "1.5", "-0.1")
        ),
        (b'{"grade": "full", "question": 5}\n', r"Expected `str`, got `int` - at `\$.question`"),
        (b'{"grade": "full"}\n[]\n', "stream:2 is no JSON object"),
    ],
)
def test_a_row_that_we_do_not_write_is_named_with_its_place(content: bytes, match: str) -> None:
    with pytest.raises(FormatError, match=match) as caught:
        list(read_graded(io.BytesIO(content)))
    assert caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_graded(tmp_path / "none.csv")


def test_rows_are_read_one_at_a_time() -> None:
    lines = (json.dumps({"id": str(number), "grade": "full"}).encode() + b"\n" for number in range(100_000))

    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:
            line = next(lines, b"")
            Endless.taken += len(line)
            buffer[: len(line)] = line
            return len(line)

    results = read_graded(Endless())
    assert next(results).exchange.id == "0"
    assert Endless.taken < 200_000


def test_the_example_of_the_writers_is_found_again_in_full(tmp_path: Path) -> None:
    (found,) = there_and_back([make_assessment()], tmp_path / "graded.csv")
    assert (found.exchange.question, found.exchange.answer) == (QUESTION, ANSWER)
    for outcome in found.outcomes:
        assert QUESTION[outcome.ask.start : outcome.ask.end] == outcome.ask.text
    assert [outcome.ask.kind for outcome in found.outcomes] == [Kind.COMMITMENT, Kind.TIMELINE]
    assert found.outcomes[0].evidence == make_assessment().outcomes[0].evidence
    assert found.concern_evidence == make_assessment().concern_evidence
