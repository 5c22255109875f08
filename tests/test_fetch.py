"""Fetching from a server on this machine: everything comes, once and whole, whatever goes wrong on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from conftest import ROOT
from fake_parliament import Parliament, debate, heading, question, serving
from typer.testing import CliRunner, Result

from qa_assess.cli import app
from qa_assess.errors import FetchError, OutputError
from qa_assess.fetching import (
    Client,
    DebateQuery,
    Manners,
    Report,
    Watch,
    WrittenQuery,
    client,
    fetch_debates,
    fetch_written,
)
from qa_assess.readers import read

JANUARY = WrittenQuery(start=date(2031, 1, 1), end=date(2031, 1, 31))
DAY = DebateQuery(date(2031, 2, 6), date(2031, 2, 6), "Commons")
DETAIL = "/writtenquestions/questions/"
LIST = "questions?"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits after faults, none of which is waited for."""
    found: list[float] = []
    monkeypatch.setattr(client, "pause", found.append)
    return found


@pytest.fixture
def parliament(monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> Iterator[Parliament]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    there = Parliament()
    with serving(there):
        yield there


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "written.jsonl"


def get_written(there: Parliament, target: Path, query: WrittenQuery = JANUARY, **manners: float) -> Report:
    with Client(there.address, Manners(**{"rate": 1e9} | manners)) as one:
        return fetch_written(one, query, target)


def get_debates(there: Parliament, folder: Path, query: DebateQuery = DAY) -> Report:
    with Client(there.address, Manners(rate=1e9)) as one:
        return fetch_debates(one, query, folder)


def saved(target: Path) -> list[dict]:
    return [json.loads(line)["value"] for line in target.read_bytes().splitlines()]


def ids(target: Path) -> list[int]:
    return [value["id"] for value in saved(target)]


def fill(there: Parliament, count: int, **changed: object) -> None:
    there.questions = {number: question(number, **changed) for number in range(1, count + 1)}


# written questions


def test_all_questions_come_over_pages_in_their_order(parliament, target):
    fill(parliament, 230, long=False)
    report = get_written(parliament, target)
    assert (report.saved, report.kept, report.problems) == (230, 0, [])
    assert ids(target) == list(range(1, 231))
    assert [address.partition("skip=")[2].partition("&")[0] for address in parliament.asked] == ["0", "100", "200"]
    assert set(target.parent.iterdir()) == {target, target.with_name(".written.jsonl.fetch")}


def test_the_query_is_sent_in_the_words_of_the_interface(parliament, target):
    fill(parliament, 1, long=False)
    query = WrittenQuery(
        date(2031, 1, 2), date(2031, 1, 3), "answered", "Lords", 13, 4514, 4369, uin="HL 12&x", withdrawn=True
    )
    get_written(parliament, target, query)
    (asked,) = parliament.asked
    for part in (
        "answeredWhenFrom=2031-01-02&answeredWhenTo=2031-01-03&house=Lords&answeringBodies=13&askingMemberId=4514",
        "&answeringMemberId=4369&uIN=HL",
        "&includeWithdrawn=true&sessionStatus=Any&expandMember=true&skip=0&take=100",
    ):
        assert part in asked
    assert "&x" not in asked
    (agent,) = parliament.agents
    assert agent.startswith("qa-assess")


def test_clipped_texts_are_fetched_whole_and_the_others_not(parliament, target):
    parliament.questions = {
        1: question(1, long=False),
        2: question(2),
        3: question(3, long=False, answerText=None),
        4: question(4, long=False, questionText="x" * 255),
    }
    get_written(parliament, target)
    assert saved(target) == list(parliament.questions.values())
    assert [address for address in parliament.asked if DETAIL in address] == [
        f"{DETAIL}2?expandMember=true",
        f"{DETAIL}4?expandMember=true",
    ]


def test_a_reader_reads_what_was_saved(parliament, target):
    pytest.importorskip("qa_assess.readers.written_questions", reason="the reader is not there yet")

    fill(parliament, 3)
    get_written(parliament, target)
    records = list(read(target))
    assert [record.asker for record in records] == ["Ada Quill"] * 3
    assert all(len(record.question) > 255 and not record.flags for record in records)


@pytest.mark.parametrize(
    "fault", ["500", "502", "503", "429", "408", "cut", "short", "reset", "body <html>Sorry</html>", "body"]
)
@pytest.mark.parametrize("where", [LIST, DETAIL])
def test_a_passing_fault_is_tried_again(parliament, target, waits, fault, where):
    fill(parliament, 3)
    parliament.faults = [(where, fault)] * 2
    report = get_written(parliament, target)
    assert (report.saved, report.problems) == (3, [])
    assert saved(target) == list(parliament.questions.values())
    assert [wait for wait in waits if wait >= 0.5] == [1, 2]


def test_a_silent_server_is_tried_again(parliament, target):
    fill(parliament, 1, long=False)
    parliament.faults = [(LIST, "slow 1")]
    assert get_written(parliament, target, timeout=0.2).saved == 1
    assert parliament.count(LIST) == 2


def test_a_reply_that_drips_without_an_end_is_given_up(parliament, target, monkeypatch):
    fill(parliament, 1, long=False)
    monkeypatch.setattr(client, "LONGEST_REPLY", -1.0)
    with pytest.raises(FetchError, match="too slow"):
        get_written(parliament, target, attempts=2)
    assert parliament.count(LIST) == 2


def test_a_reply_may_not_fill_the_memory(parliament, target, monkeypatch):
    fill(parliament, 50)
    monkeypatch.setattr(client, "LARGEST", 10_000)
    with pytest.raises(FetchError, match="too large"):
        get_written(parliament, target)


def test_retry_after_is_kept_to(parliament, target, waits):
    fill(parliament, 1, long=False)
    parliament.faults = [(LIST, "429 17"), (LIST, "503 23")]
    assert get_written(parliament, target).saved == 1
    assert [wait for wait in waits if wait >= 0.5] == [17, 23]


def test_retry_after_may_be_a_time(parliament, target, waits):
    fill(parliament, 1, long=False)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    parliament.faults = [(LIST, f"429 {soon}")]
    get_written(parliament, target)
    (wait,) = [wait for wait in waits if wait >= 0.5]
    assert 30 < wait <= 40


def test_a_server_that_asks_for_a_long_rest_is_left_alone(parliament, target, waits):
    fill(parliament, 1)
    parliament.faults = [(LIST, "429 7200")]
    with pytest.raises(FetchError, match="left alone for 120 minutes") as caught:
        get_written(parliament, target)
    assert "goes on where it stopped" in caught.value.hint
    assert len(parliament.asked) == 1
    assert not [wait for wait in waits if wait >= 0.5]


@pytest.mark.parametrize("late", [False, True])
def test_amid_a_run_too_a_long_rest_ends_it(parliament, target, late):
    fill(parliament, 3)
    parliament.faults = [(DETAIL + "1", "500")] * late + [(DETAIL + ("1" if late else "2"), "429 7200")]
    with pytest.raises(FetchError, match="left alone"):
        get_written(parliament, target, attempts=1 + (not late))
    assert "429" not in parliament.asked[-1] and DETAIL + ("1" if late else "2") in parliament.asked[-1]
    assert get_written(parliament, target).problems == []
    assert sorted(ids(target)) == [1, 2, 3]


def test_the_rate_is_kept(parliament, target, waits):
    fill(parliament, 5)
    get_written(parliament, target, rate=4)
    assert len(waits) == 5  # before each of the six requests but the first
    assert waits[0] <= 0.25 and waits[-1] > 0.25  # no wait was waited, so they add up


@pytest.mark.parametrize("fault", ["500", "403", "body nonsense", "body [1]"])
def test_a_list_that_does_not_come_ends_the_run(parliament, target, fault):
    fill(parliament, 1)
    parliament.faults = [(LIST + "*", fault)]
    with pytest.raises(FetchError) as caught:
        get_written(parliament, target)
    assert caught.value.hint
    assert not target.exists()
    assert len(parliament.asked) == (1 if fault in ("403", "body [1]") else 6)


def test_nobody_at_the_address(target, waits):
    with Client("http://127.0.0.1:9", Manners(attempts=3)) as one, pytest.raises(FetchError, match="connection lost"):
        fetch_written(one, JANUARY, target)
    assert [wait for wait in waits if wait >= 1] == [1, 2]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "questions",
        "ftp://127.0.0.1/x",
        "http://",
        "http://a..b",
        "http://xn--a--",
        "http://\u2028",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(FetchError, match="no address"):
        Client(address).get("questions")


def test_a_redirect_in_circles_ends_the_run(parliament, target):
    parliament.faults = [(LIST + "*", "elsewhere")]
    with pytest.raises(FetchError, match="in circles"):
        get_written(parliament, target)
    assert len(parliament.asked) == 4


def test_a_question_whose_text_is_gone_is_saved_as_listed_and_named(parliament, target):
    fill(parliament, 3)
    parliament.faults = [(DETAIL + "2*", "404")]
    report = get_written(parliament, target)
    assert ids(target) == [1, 2, 3]
    assert saved(target)[1]["answerText"].endswith("...")
    assert len(report.problems) == 1 and "9002" in report.problems[0] and "cut short" in report.problems[0]


def test_a_broken_record_does_not_stop_the_others(parliament, target):
    fill(parliament, 8)
    parliament.faults = [(f"{DETAIL}{number}?*", "500") for number in (1, 3, 5, 6)]
    report = get_written(parliament, target, attempts=2)
    assert sorted(ids(target)) == list(range(1, 9))
    assert len(report.problems) == 4
    assert [value["id"] for value in saved(target) if value["answerText"].endswith("...")] == [1, 3, 5, 6]


def test_a_record_that_fails_for_a_while_comes_at_the_end(parliament, target):
    fill(parliament, 3)
    parliament.faults = [(DETAIL + "1", "500")] * 2
    report = get_written(parliament, target, attempts=2)
    assert ids(target) == [2, 3, 1]
    assert report.problems == []
    assert sorted(saved(target), key=lambda value: value["id"]) == list(parliament.questions.values())


@pytest.mark.parametrize("fault", ["500", "403", 'body {"value": {"id": 77}}'])
def test_a_service_that_fails_is_left_and_gone_on_with_later(parliament, target, fault):
    fill(parliament, 20)
    parliament.faults = [(f"{DETAIL}{number}?*", fault) for number in range(4, 21)]
    with pytest.raises(FetchError):
        get_written(parliament, target, attempts=1)
    assert not target.exists()
    assert parliament.count(DETAIL) == 3 + 5
    parliament.faults = []
    report = get_written(parliament, target)
    assert (report.kept, report.saved, report.problems) == (3, 17, [])
    assert ids(target) == list(range(1, 21))
    assert saved(target) == list(parliament.questions.values())


def test_a_row_that_goes_between_pages_takes_no_other_with_it(parliament, target):
    fill(parliament, 250, long=False)

    def withdraw(skip: int) -> None:
        if skip == 100:
            parliament.questions.pop(5, None)

    parliament.before_page = withdraw
    report = get_written(parliament, target)
    # 101 has moved to the first page, and comes with the second pass; 5 was seen before it went.
    assert set(ids(target)) == set(range(1, 251))
    assert report.problems == []
    assert len(ids(target)) == 250


def test_rows_that_come_between_pages_are_taken_once(parliament, target):
    fill(parliament, 150, long=False)

    def table(skip: int) -> None:
        if skip == 100:
            parliament.questions = {900: question(900, long=False)} | parliament.questions

    parliament.before_page = table
    report = get_written(parliament, target)
    assert sorted(ids(target)) == [*range(1, 151), 900]
    assert report.problems == []


def test_a_total_that_is_too_low_hides_nothing(parliament, target):
    fill(parliament, 250, long=False)
    parliament.total = 100
    report = get_written(parliament, target)
    assert ids(target) == list(range(1, 251))
    assert report.problems == []


def test_a_total_that_is_too_high_is_said_and_ends(parliament, target):
    fill(parliament, 120, long=False)
    parliament.total = 125
    report = get_written(parliament, target)
    assert ids(target) == list(range(1, 121))
    assert report.problems == ["the list counts 125 questions and shows 120; some may be missing"]
    assert parliament.count(LIST) <= 9


def test_a_list_that_repeats_itself_without_an_end_ends(parliament, target, monkeypatch):
    fill(parliament, 100, long=False)
    page = parliament.page
    parliament.page = lambda skip, take: page(0, take) | {"totalResults": 10_000}
    report = get_written(parliament, target)
    assert ids(target) == list(range(1, 101))
    assert "some may be missing" in report.problems[0]


def test_rows_that_are_no_questions_are_counted_and_the_rest_saved(parliament, target):
    fill(parliament, 2, long=False)
    page = parliament.page
    strange = [None, 7, {}, {"value": None}, {"value": {"id": "1"}}, {"value": {"id": True}}, {"value": {"id": -1}}]

    def strange_page(skip: int, take: int) -> dict:
        found = page(skip, take)
        return found | {"results": [*strange, *found["results"]] if skip == 0 else []}

    parliament.page = strange_page
    report = get_written(parliament, target)
    assert ids(target) == [1, 2]
    assert report.problems == ["7 of the rows 1 to 9 of the list are no questions"]


def test_no_question_makes_no_file(parliament, target):
    with pytest.raises(FetchError, match="no written question was found") as caught:
        get_written(parliament, target)
    assert "does not sit every day" in caught.value.hint
    assert list(target.parent.iterdir()) == []


def test_halves_of_characters_and_odd_line_ends_are_saved(parliament, target):
    text = "a\ud83db\u2028c\x85d\x00"
    parliament.questions = {1: question(1, long=False, answerText=text)}
    get_written(parliament, target)
    (value,) = saved(target)
    assert value["answerText"] == text
    assert len(target.read_text(encoding="utf-8").splitlines()) == 1


# going on


def test_a_finished_file_is_not_fetched_again(parliament, target):
    fill(parliament, 3)
    get_written(parliament, target)
    before, asked = target.read_bytes(), len(parliament.asked)
    report = get_written(parliament, target)
    assert (report.saved, report.kept, len(parliament.asked)) == (0, 3, asked)
    assert target.read_bytes() == before


def test_a_stopped_run_goes_on_where_it_stopped(parliament, target):
    fill(parliament, 12)

    class Impatient(Watch):
        def reach(self, done: int, total: int) -> None:
            if done == 7:
                raise KeyboardInterrupt

    with Client(parliament.address, Manners(rate=1e9)) as one, pytest.raises(KeyboardInterrupt):
        fetch_written(one, JANUARY, target, Impatient())
    assert not target.exists()
    asked = parliament.count(DETAIL)
    report = get_written(parliament, target)
    assert (report.kept, report.saved) == (7, 5)
    assert parliament.count(DETAIL) - asked == 5
    assert saved(target) == list(parliament.questions.values())


@pytest.mark.parametrize(
    "rest", [b'{"value": {"id": 3, "questi', b"\0\0\0\0", b'{"value": {"id": 3}}', b"null\n", b"\xff\n"]
)
def test_half_a_line_is_cut_off_and_fetched_again(parliament, target, rest):
    fill(parliament, 4, long=False)
    parliament.faults = [(LIST + "*", "403")]
    with pytest.raises(FetchError):
        get_written(parliament, target)
    part = target.with_name(".written.jsonl.part")
    lines = [json.dumps({"value": question(number, long=False)}) + "\n" for number in (1, 2)]
    part.write_bytes("".join(lines).encode() + rest)
    parliament.faults = []
    report = get_written(parliament, target)
    assert (report.kept, report.saved) == (2, 2)
    assert saved(target) == list(parliament.questions.values())


@pytest.mark.parametrize("finished", [True, False])
def test_another_query_is_not_mixed_in(parliament, target, finished):
    fill(parliament, 3)
    if not finished:
        parliament.faults = [(LIST + "*", "403")]
        with pytest.raises(FetchError):
            get_written(parliament, target)
        target.with_name(".written.jsonl.part").touch()
        parliament.faults = []
    else:
        get_written(parliament, target)
    asked = len(parliament.asked)
    with pytest.raises(OutputError, match="other options: tabledWhenFrom 2031-01-01") as caught:
        get_written(parliament, target, WrittenQuery(uin="9001"))
    assert "name another file" in caught.value.hint
    assert len(parliament.asked) == asked
    assert get_written(parliament, target).problems == []


def test_a_file_of_somebody_else_is_not_touched(parliament, target):
    target.write_text("my notes")
    with pytest.raises(OutputError, match="there already"):
        get_written(parliament, target)
    assert target.read_text() == "my notes"
    assert parliament.asked == []


def test_notes_that_are_broken_are_none(parliament, target):
    fill(parliament, 1)
    get_written(parliament, target)
    target.with_name(".written.jsonl.fetch").write_text("[" * 10_000)
    with pytest.raises(OutputError, match="there already"):
        get_written(parliament, target)


def test_a_file_that_was_removed_is_fetched_anew(parliament, target):
    fill(parliament, 2)
    get_written(parliament, target)
    target.unlink()
    assert get_written(parliament, target, WrittenQuery(uin="9001")).saved == 2


def test_a_run_killed_between_the_last_question_and_the_file_ends_without_asking(parliament, target):
    fill(parliament, 2)
    get_written(parliament, target)
    target.rename(target.with_name(".written.jsonl.part"))
    asked = len(parliament.asked)
    report = get_written(parliament, target)
    assert (report.kept, len(parliament.asked), ids(target)) == (2, asked, [1, 2])


@pytest.mark.parametrize("name", ["no/written.jsonl", "."])
def test_a_place_that_cannot_be_written_is_said_before_anything_is_asked(parliament, tmp_path, name):
    with pytest.raises(OutputError):
        get_written(parliament, tmp_path / name)
    assert parliament.asked == []


# debates


def sit(there: Parliament) -> None:
    """A day: Oral Answers with two debates in it, a statement whose inner debate comes by itself, Westminster Hall."""
    there.days["2031-02-06", "Commons"] = {
        "Debate": [
            heading(1, None, "CHAMBER"),
            heading(3, 2, "Health-1"),
            heading(2, 1, "Oral"),
            heading(4, 3, "Question-1"),
            heading(5, 1, "Statement"),
            heading(6, 5, "Annex"),
        ],
        "WestHall": [heading(9, None, "Hall")],
    }
    oral = debate("ORAL", debate("Health-1", debate("Question-1")))
    there.debates = {"Oral": oral, "Statement": debate("Statement"), "Annex": debate("Annex"), "Hall": debate("Hall")}
    there.debates |= {"Health-1": debate("Health-1"), "Question-1": debate("Question-1"), "CHAMBER": debate("CHAMBER")}


def names(folder: Path) -> list[str]:
    return sorted(path.name.removeprefix("2031-02-06-commons-").removesuffix(".json") for path in folder.iterdir())


def test_each_debate_of_a_day_comes_once(parliament, tmp_path):
    sit(parliament)
    report = get_debates(parliament, tmp_path / "debates")
    assert names(tmp_path / "debates") == ["Annex", "Hall", "Oral", "Statement"]
    assert (report.saved, report.kept, report.problems) == (4, 0, [])
    assert json.loads((tmp_path / "debates/2031-02-06-commons-Oral.json").read_bytes()) == parliament.debates["Oral"]


def test_debates_that_are_there_are_not_fetched_again(parliament, tmp_path):
    sit(parliament)
    get_debates(parliament, tmp_path)
    (tmp_path / "2031-02-06-commons-Hall.json").unlink()
    (tmp_path / "2031-02-06-commons-Annex.json").write_text('{"Overview": {"Ext')
    asked = parliament.count("/debates/")
    report = get_debates(parliament, tmp_path)
    assert (report.saved, report.kept) == (2, 2)
    assert parliament.count("/debates/") == asked + 2
    assert json.loads((tmp_path / "2031-02-06-commons-Annex.json").read_bytes()) == parliament.debates["Annex"]


def test_one_section_of_one_day_or_both_houses_of_many(parliament, tmp_path):
    sit(parliament)
    get_debates(parliament, tmp_path, DebateQuery(DAY.start, DAY.end, "Commons", ("westhall",)))
    assert names(tmp_path) == ["Hall"]
    parliament.asked.clear()
    get_debates(parliament, tmp_path, DebateQuery(date(2031, 2, 5), date(2031, 2, 7)))
    days = [address for address in parliament.asked if "sectionsforday" in address]
    assert len(days) == 6
    assert "date=2031-02-05&house=Commons" in days[0] and "date=2031-02-07&house=Lords" in days[-1]


def test_a_debate_that_is_missing_does_not_stop_the_others_nor_bring_its_parts(parliament, tmp_path):
    sit(parliament)
    parliament.faults = [("debate/Oral*", "500")]
    report = get_debates(parliament, tmp_path)
    assert names(tmp_path) == ["Annex", "Hall", "Statement"]
    (problem,) = report.problems
    assert problem.startswith("2031-02-06 Commons: Lamps Oral is missing")
    parliament.faults = []
    assert get_debates(parliament, tmp_path).saved == 1
    assert names(tmp_path) == ["Annex", "Hall", "Oral", "Statement"]


@pytest.mark.parametrize("fault", ["404", 'body {"Message": "no"}', "body 7"])
def test_what_is_no_debate_is_not_saved(parliament, tmp_path, fault):
    sit(parliament)
    parliament.faults = [("debate/Statement*", fault)]
    report = get_debates(parliament, tmp_path)
    assert "Statement" not in names(tmp_path) and len(report.problems) == 1


def test_a_hansard_that_fails_is_left_alone(parliament, tmp_path):
    parliament.days["2031-02-06", "Commons"] = {"Debate": [heading(n, None, f"D{n}") for n in range(1, 21)]}
    parliament.faults = [("/debates/*", "403")]
    with pytest.raises(FetchError, match="403"):
        get_debates(parliament, tmp_path)
    assert parliament.count("/debates/") == 5


@pytest.mark.parametrize("fault", ["cut", "reset", "429 3", "502"])
def test_faults_pass_for_debates_too(parliament, tmp_path, fault):
    sit(parliament)
    parliament.faults = [("sectionsforday", fault), ("sectiontrees", fault), ("debate/Oral", fault)]
    assert get_debates(parliament, tmp_path).problems == []
    assert names(tmp_path) == ["Annex", "Hall", "Oral", "Statement"]


@pytest.mark.parametrize("fault", ["body []", "body null", "404"])
def test_a_day_without_a_sitting_is_said(parliament, tmp_path, fault):
    parliament.faults = [("sectionsforday*", fault)]
    with pytest.raises(FetchError, match="no debate was found"):
        get_debates(parliament, tmp_path)


def test_hostile_trees_do_no_harm(parliament, tmp_path):
    sit(parliament)
    loop = [heading(20, 21, "LoopA"), heading(21, 20, "LoopB")]
    bad = [None, 7, {}, heading(30, 1, "../../evil"), heading(31, 1, ""), {"Id": [], "ParentId": {}, "ExternalId": "x"}]
    parliament.days["2031-02-06", "Commons"]["Debate"] += [*loop, *bad, heading(5, 1, "Statement")]
    folder = tmp_path / "in"
    get_debates(parliament, folder)
    assert names(folder) == ["Annex", "Hall", "Oral", "Statement"]
    assert list(tmp_path.iterdir()) == [folder]
    assert parliament.count("evil") == 0


def test_a_debate_in_a_debate_deep_down_is_saved(parliament, tmp_path):
    inner = debate("Deep")
    for _ in range(300):
        inner = debate("Deep", inner, items=0)
    parliament.days["2031-02-06", "Commons"] = {"Debate": [heading(1, None, "Deep")]}
    parliament.debates = {"Deep": inner}
    assert get_debates(parliament, tmp_path).saved == 1


def test_a_folder_that_is_a_file_is_refused(parliament, tmp_path):
    (tmp_path / "debates").write_text("")
    with pytest.raises(OutputError):
        get_debates(parliament, tmp_path / "debates")
    assert parliament.asked == []


# the command


def run(there: Parliament | None, *args: str) -> Result:
    api = ["--api", there.address] if there else []
    return CliRunner().invoke(app, ["fetch", *args, *api], catch_exceptions=False)


def test_the_command_fetches_written_questions(parliament, target):
    fill(parliament, 3)
    parliament.questions[2]["uin"] = "9002\x1b[31m"
    result = run(parliament, "written", "--from", "2031-01-01", "--to", "2031-01-31", "-o", str(target), "--rate", "20")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 written questions in" in result.stderr
    assert "Open Parliament Licence" in result.stderr
    assert ids(target) == [1, 2, 3]
    again = run(parliament, "written", "--from", "2031-01-01", "--to", "2031-01-31", "-o", str(target))
    assert "3 of them by an earlier run" in again.stderr


def test_the_command_fetches_debates(parliament, tmp_path):
    sit(parliament)
    args = ["debates", "--date", "2031-02-06", "--house", "commons", "--section", "Debate", "-o", str(tmp_path / "d")]
    result = run(parliament, *args, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert names(tmp_path / "d") == ["Annex", "Oral", "Statement"]


def test_the_command_says_what_is_missing_and_exits_1(parliament, target):
    fill(parliament, 3)
    parliament.faults = [(DETAIL + "2*", "404")]
    result = run(parliament, "written", "--uin", "9002", "-o", str(target))
    assert result.exit_code == 1
    assert "Problem: question 9002 (id 2) is cut short" in result.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["written", "-o", "x.jsonl"], "every question ever"),
        (["written", "--house", "lords", "--department", "3", "--to", "2031-01-01", "-o", "-"], "standard output"),
        (["written", "--from", "2031-02-01", "--to", "2031-01-01", "-o", "x.jsonl"], "before the first"),
        (["debates", "--date", "2031-02-01", "--to", "2031-01-01", "-o", "d"], "before the first"),
        (["written", "--uin", "1", "--api", "nowhere", "-o", "x.jsonl"], "no address"),
        (["written", "--from", "1 May", "-o", "x.jsonl"], "--from"),
        (["debates", "-o", "d"], "--date"),
        (["written", "--uin", "1", "--rate", "1000", "-o", "x.jsonl"], "--rate"),
    ],
)
def test_a_wrong_command_asks_nobody(monkeypatch, tmp_path, args, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asked somebody"))
    result = run(None, *args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_address_may_stand_in_the_environment(parliament, target, monkeypatch):
    fill(parliament, 1)
    monkeypatch.setenv("QA_ASSESS_QUESTIONS_API", parliament.address)
    assert run(None, "written", "--uin", "9001", "-o", str(target)).exit_code == 0
    assert ids(target) == [1]


def test_without_httpx_the_command_says_what_to_install(tmp_path):
    script = "import sys; sys.modules['httpx'] = None\nfrom qa_assess.cli import main; main()"
    done = child(script, "written", "--uin", "1", "-o", str(tmp_path / "x.jsonl"))
    err = done.communicate(timeout=60)[1].decode()
    assert done.returncode == 2
    assert "needs httpx" in err and "pip install 'qa-assess[fetch]'" in err


def test_only_the_command_imports_what_can_reach_the_network():
    script = (
        "import sys, qa_assess.cli, qa_assess.readers, qa_assess.writers\n"
        "print([name for name in ('httpx', 'qa_assess.fetching') if name in sys.modules])"
    )
    assert child(script).communicate(timeout=60)[0] == b"[]\n"


def child(script: str, *args: str, api: str = "http://127.0.0.1:9") -> subprocess.Popen:
    """The command as a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QA_ASSESS_QUESTIONS_API": api, "NO_PROXY": "127.0.0.1"}
    line = [sys.executable, "-c", script, *(["fetch", *args] if args else [])]
    return subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_process_stopped_at_any_moment_loses_nothing(parliament, target, sign, code):
    fill(parliament, 40)
    for value in parliament.questions.values():
        value["answerText"] *= 200  # lines longer than a page of memory
    command = "from qa_assess.cli import main; main()"
    args = ["written", "--uin", "1", "-o", str(target), "--rate", "20"]
    one = child(command, *args, api=parliament.address)
    deadline = time.monotonic() + 60
    while parliament.count(DETAIL) < 8:
        assert time.monotonic() < deadline and one.poll() is None, one.communicate()
        time.sleep(0.01)
    one.send_signal(sign)
    err = one.communicate(timeout=60)[1].decode()
    assert one.returncode == code, err
    assert ("give the same command again" in err) == (sign == signal.SIGINT)
    assert not target.exists()
    parliament.asked.clear()
    report = get_written(parliament, target, WrittenQuery(uin="1"))
    assert report.kept >= 6 and report.kept + report.saved == 40
    assert parliament.count(DETAIL) == report.saved
    assert saved(target) == list(parliament.questions.values())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_a_bar_moves_at_a_terminal(parliament, target):
    pty = pytest.importorskip("pty")
    fill(parliament, 3)
    parliament.faults = [(DETAIL + "2", "503")]
    ours, theirs = pty.openpty()
    environment = {"PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1", "TERM": "xterm", "COLUMNS": "120"}
    line = ["-m", "qa_assess", "fetch", "written", "--uin", "1", "-o", str(target), "--api", parliament.address]
    one = subprocess.Popen([sys.executable, *line], env=os.environ | environment, stderr=theirs, stdout=theirs)
    os.close(theirs)
    seen = b""
    try:
        while some := os.read(ours, 4096):
            seen += some
    except OSError:
        pass
    assert one.wait(timeout=60) == 0
    assert b"Fetching written questions" in seen and b"/3" in seen
    assert b"replied 503: next try in 1 s" in seen
