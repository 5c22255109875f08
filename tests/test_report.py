import gc
import os
import re
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import matplotlib as mpl
import pytest
from conftest import make_ask, make_exchange, make_outcome
from selectolax.lexbor import LexborHTMLParser
from typer.testing import CliRunner

from qa_assess.aggregates import GroupRates, aggregate
from qa_assess.cli import app
from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import OutputError
from qa_assess.exchange import Assessment, Failure, ResponseTag, Result, Span
from qa_assess.graded import read_graded
from qa_assess.model_files import read_config
from qa_assess.report import charts, write_report
from qa_assess.report.gathering import KEPT, gather
from qa_assess.report.periods import periods
from qa_assess.report.ranking import may_rank
from qa_assess.report.tables import in_order
from qa_assess.resources import grader_path
from qa_assess.writers import write

SHIPPED = "{name} {version}".format_map(read_config(grader_path()))
NON_ANSWER, PARTIAL, FULL = Grade.NON_ANSWER, Grade.PARTIAL, Grade.FULL


def result(number: int, grade: Grade = FULL, *, sure: float = 0.6, **fields: str) -> Assessment:
    question, answer = f"Case {number}. When will it open?", f"It will open in May, {number} says."
    given = {"id": f"r{number}", "department": "Transport", "answerer": "Ana Dúbh", "date": "2031-05-02"} | fields
    rest = (1 - sure) / 2
    ask = make_ask(question, "When will it open", Kind.TIMELINE)
    return Assessment(
        make_exchange(question, answer, source=f"a.csv:{number}", **given),
        outcomes=(make_outcome(ask, Status.FULL, answer, "It will open in May"),),
        tags=(ResponseTag(Tag.COMMITS, 0, 7),),
        grade=grade,
        grade_strict=grade,
        probabilities=tuple(sure if one is grade else rest for one in (NON_ANSWER, PARTIAL, FULL)),
        probabilities_strict=(0.2, 0.3, 0.5),
        model="grader 0",
    )


def mixed(records: int = 120) -> list[Result]:
    """Three grades, three departments, two years, and one of each that is counted beside."""
    grades, departments = (FULL, PARTIAL, NON_ANSWER), ("Transport", "Health", "$x^2$ <b>Æthel & מרים</b>")
    found: list[Result] = [
        result(
            n,
            grades[n % 3 if n % 7 else 0],
            sure=0.4 + n % 50 / 100,
            department=departments[n // 2 % 3],
            answerer=f"Person {n % 4}",
            date=f"203{n % 5}-0{1 + n % 9}-11",
            url="https://records.example/1",
        )
        for n in range(records)
    ]
    found.append(replace(result(901), duplicate_of="r1", flags=("duplicate",)))
    found += [
        replace(result(902 + n), grade=grade) for n, grade in enumerate((Grade.NO_ASK, Grade.PENDING, Grade.UNGRADED))
    ]
    return [*found, Failure("905", "read", "no answer")]


@pytest.fixture
def report(tmp_path):
    def written(results, **options):
        write_report(iter(results), tmp_path / "report.html", **options)
        return LexborHTMLParser((tmp_path / "report.html").read_bytes())

    return written


def rows(tree: LexborHTMLParser, section: str) -> dict[str, list[str]]:
    table = tree.css_first(f"#{section} table")
    return {
        row.css_first("th").text(): [" ".join(cell.text(separator=" ").split()) for cell in row.css("td")]
        for row in table.css("tbody tr")
    }


def test_the_same_results_give_the_same_bytes_in_any_process(tmp_path):
    graded = tmp_path / "graded.jsonl"
    write(mixed(), graded)
    command = [sys.executable, "-m", "qa_assess", "report", str(graded), "-o"]
    for seed in ("1", "2"):
        done = [*command, str(tmp_path / f"{seed}.html")]
        subprocess.run(done, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
    first = (tmp_path / "1.html").read_bytes()
    assert first == (tmp_path / "2.html").read_bytes()
    write_report(read_graded(graded), tmp_path / "3.html")
    assert first == (tmp_path / "3.html").read_bytes()


def test_the_report_asks_for_nothing_from_elsewhere(report):
    tree = report(mixed())
    assert len(tree.css("svg.drawing")) >= 4
    assert not tree.css(
        "script, img, iframe, object, embed, link[rel=stylesheet], [src], [srcset], [action], style[media]"
    )
    addresses = {node.attributes["href"] for node in tree.css("[href]")}
    assert {one for one in addresses if not one.startswith("#")} == {"data:,", "https://records.example/1"}
    assert not re.search(r"@import|url\((?!#)", tree.html)
    assert "default-src 'none'" in tree.css_first("meta[http-equiv]").attributes["content"]


def test_links_and_labels_inside_the_report_lead_somewhere_and_ids_are_there_once(report):
    tree = report(mixed())
    ids = Counter(node.attributes["id"] for node in tree.css("[id]"))
    assert max(ids.values()) == 1
    inside = [node.attributes["href"][1:] for node in tree.css("[href^='#']")]
    inside += re.findall(r"url\(#([^)]+)\)", tree.html)
    inside += [node.attributes["aria-labelledby"] for node in tree.css("[aria-labelledby]")]
    assert set(inside) <= set(ids)


def test_every_picture_has_words_and_a_table(report):
    tree = report(mixed())
    for section in ("time", "department", "person", "kind", "replies"):
        for picture in tree.css(f"#{section} svg.drawing"):
            assert picture.attributes["role"] == "img"
            assert "95% intervals" in picture.attributes["aria-label"]
        assert tree.css(f"#{section} svg.drawing")
        assert tree.css(f"#{section} table")


def test_what_is_no_grade_is_counted_beside(report):
    tree = report(mixed())
    facts = {row.css_first("dt").text(): row.css_first("dd").text() for row in tree.css("#graded .facts > div")}
    assert facts["Records"] == "125"
    assert facts["Graded"] == "120"
    assert facts["Counted beside"] == "1 No ask, 1 Pending, 1 Ungraded, 1 Failed, 1 Duplicate"
    assert facts["Dates"] == "2030-01-11 to 2034-09-11"
    assert facts["Read from"] == "a.csv (124)"
    assert rows(tree, "department")["(not given)"] == ["0", "0", "0", "0", "1 Failed"]


@pytest.mark.parametrize(
    ("records", "cells"),
    [(9, ["9", "9", "0", "0"]), (10, ["10", "10 100% 72% to 100%", "0 0% 0% to 28%", "0 0% 0% to 28%"])],
)
def test_below_ten_records_there_are_counts_only(report, records, cells):
    tree = report([result(n) for n in range(records)])
    assert rows(tree, "department")["Transport"] == cells
    assert bool(tree.css("#department svg")) == bool(tree.css("#kind svg")) == (records >= 10)
    assert ("%" in " ".join(node.text() for node in tree.css("#graded table"))) == (records >= 10)


def groups(*shares: tuple[int, int]) -> list[GroupRates]:
    """Groups of so many records, of which so many are Non-answers."""
    results = [
        result(n, NON_ANSWER if n < hits else FULL, department=f"{number}")
        for number, (hits, total) in enumerate(shares)
        for n in range(total)
    ]
    return list(aggregate(results, ["department"]).groups)


@pytest.mark.parametrize(
    ("shares", "ranked"),
    [
        ([(1, 40), (35, 40)], True),
        ([(1, 29), (28, 29)], False),
        ([(10, 40), (14, 40)], False),
        ([(1, 40), (20, 40), (39, 40)], True),
        ([(1, 40), (20, 40), (22, 40)], False),
        ([(1, 40), (39, 40), (1, 2)], False),
        ([(1, 40)], False),
        ([], False),
    ],
)
def test_groups_are_put_in_an_order_only_where_it_is_more_than_chance(shares, ranked):
    found = groups(*shares)
    assert may_rank(found, NON_ANSWER) == ranked
    ordered, said = in_order(found)
    if ranked:
        assert [group.group for group in ordered] == [group.group for group in reversed(found)]
        assert said.startswith("In the order of the share of Non-answers")
    else:
        assert ordered == found
        assert len(found) < 2 or said.startswith("In the order of the names, not of the shares")


def test_the_clearest_and_the_least_sure_are_shown_with_their_marks(report):
    sure = [result(n, NON_ANSWER, sure=0.5 + n / 100) for n in range(30)]
    again = [replace(result(77, NON_ANSWER, sure=0.99), duplicate_of="r1"), result(78, FULL, sure=0.97)]
    tree = report([*again, *sure])
    titles = [node.text() for node in tree.css("#clearest article h3")]
    assert titles == [f"r{n}" for n in range(29, 19, -1)]
    assert [node.text() for node in tree.css("#least-sure article h3")] == [f"r{n}" for n in range(10)]
    assert all(article.css("mark") for article in tree.css("article"))


def test_a_day_that_no_calendar_has_is_no_date():
    dates = ("2031-02-31", "2031-05-02", "soon", "7 June 2031")
    found = gather(Assessment(make_exchange(id=str(n), date=day)) for n, day in enumerate(dates))
    assert (found.first, found.last) == ("2031-05-02", "2031-06-07")


def test_of_equals_the_first_are_kept():
    kept = gather(result(n, NON_ANSWER) for n in range(50)).clearest.best
    assert [one.exchange.id for one in kept] == [f"r{n}" for n in range(KEPT)]


@pytest.mark.parametrize(
    ("dates", "unit", "names"),
    [
        (["2031-05-02", "2032-06-01"], "month", ["2031-05", "2032-06"]),
        (["2031-05-02", "2033-06-01", "2031-06-01"], "year", ["2031", "2033"]),
        (["1803-05-02", "2033-06-01", "1809-01-01"], "decade", ["1800s", "2030s"]),
        (["2 May 2031", "spring"], "month", ["2031-05"]),
        ([""], "month", []),
    ],
)
def test_time_is_told_in_months_years_or_decades(dates, unit, names):
    months = gather(result(n, date=date) for n, date in enumerate(dates)).months.aggregates().groups
    found = periods(months)
    assert (found.unit, [group.group[0] for group in found.groups]) == (unit, names)
    assert sum(group.graded for group in found.groups + found.undated) == len(dates)


def test_of_many_people_the_largest_are_drawn_and_all_are_in_the_table(report):
    results = [result(n, answerer=f"Person {n % 60:02}") for n in range(660)]
    tree = report([*results, *(result(1000 + n, answerer="Person 07") for n in range(5))])
    drawn = [text.text() for text in tree.css("#person svg text") if text.text().startswith("Person")]
    assert len(drawn) == 20
    assert "Person 07" in drawn
    assert drawn == sorted(drawn)
    assert len(rows(tree, "person")) == 60
    assert "all 60" in tree.css_first("#person p").text()


@pytest.mark.parametrize(
    "results", [[], [Failure("1", "read", "no answer")], [replace(result(1), outcomes=(), tags=())]]
)
def test_a_report_on_next_to_nothing_says_so(report, results):
    tree = report(results)
    assert len(tree.css("main section")) >= 8
    assert not tree.css("svg.drawing")


def test_hostile_names_are_text(report):
    name = '</svg><script>alert(1)</script>"$\\frac{1}{2}$\x1b\0'
    tree = report([result(n, department=name, answerer=name, heading=name) for n in range(12)], title=name)
    assert not tree.css("script")
    as_shown = name.replace("\x1b", "\ufffd").replace("\0", "\ufffd")
    assert tree.css_first("h1").text() == as_shown
    assert as_shown in rows(tree, "department")
    drawn = [text.text() for text in tree.css("#department svg text")]
    assert "</svg><script>alert(1)</scri" in drawn
    assert 'pt>"$\\frac{1}{2}$' in drawn


def test_signs_that_xml_does_not_allow_are_not_drawn(report):
    name = "Tr\x01\x9f\ud800\ufffean\uffffsp\0ort"
    tree = report([result(n, department=name) for n in range(12)])
    assert "Transport" in [text.text() for text in tree.css("#department svg text")]


def many(records: int) -> Iterator[Assessment]:
    models = [result(n, grade) for n, grade in enumerate((FULL, PARTIAL, NON_ANSWER))]
    for n in range(records):
        one, rest = models[n % 3], n % 997 / 3000
        exchange = replace(one.exchange, id=str(n), answer=f"{one.exchange.answer} {n}" + "x" * 5_000)
        yield replace(one, exchange=exchange, probabilities=(rest, rest, 1 - 2 * rest))


def test_memory_does_not_grow_with_the_records(tmp_path):
    peaks = []
    write_report(many(50), tmp_path / "warm.html")
    for records in (1_000, 10_000):
        gc.collect()  # or the tests before this one decide when what drawing leaves behind is taken away
        tracemalloc.start()
        write_report(many(records), tmp_path / "report.html")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # The texts of 9,000 more records would be 45 MB.
    assert peaks[1] < peaks[0] + 2_000_000


def test_what_stops_on_the_way_leaves_what_was_there(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("before", encoding="utf-8")

    def broken():
        yield result(1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_report(broken(), path)
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_drawing_leaves_the_settings_of_matplotlib_alone(report):
    before = dict(mpl.rcParams)
    report(mixed())
    assert dict(mpl.rcParams) == before
    draw = "import qa_assess.report.charts as c, sys; c.dots('a', 'b', ['x'], [c.Panel('p', [None])])"
    done = f"{draw}; print('matplotlib.pyplot' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", done], check=True, capture_output=True, text=True).stdout
    assert found.strip() == "False"


def test_a_missing_library_is_named_before_anything_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(charts, "find_spec", lambda name: None)
    with pytest.raises(OutputError, match="matplotlib") as raised:
        write_report(iter(()), tmp_path / "report.html")
    assert "qa-assess[report]" in raised.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_the_command_reads_what_grade_writes(tmp_path, suffix):
    graded, out = tmp_path / f"graded.{suffix}", tmp_path / "report.html"
    write(mixed(), graded)
    done = CliRunner().invoke(app, ["report", str(graded), "-o", str(out), "--title", "Ferries & roads"])
    assert done.exit_code == 0, done.output
    tree = LexborHTMLParser(out.read_bytes())
    assert tree.css_first("h1").text() == tree.css_first("title").text() == "Ferries & roads"
    assert rows(tree, "kind")["timeline"][0] == "120"
    assert tree.css("#clearest mark")


def test_the_report_goes_to_standard_output(tmp_path):
    graded = tmp_path / "graded.jsonl"
    write(mixed(30), graded)
    done = CliRunner().invoke(app, ["report", str(graded), "-o", "-"])
    assert done.exit_code == 0
    assert done.stdout.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("report.pdf", "end its name in .html"),
        ("graded.html", "is the input too"),
        ("no/folder.html", "there is no folder"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    write(mixed(3), tmp_path / "graded.html", format="jsonl")
    done = CliRunner().invoke(app, ["report", "graded.html", "-o", name])
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())


def test_a_file_that_was_not_graded_is_refused(tmp_path):
    (tmp_path / "plain.csv").write_text("id,question,answer\n1,Why?,Because.\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["report", str(tmp_path / "plain.csv"), "-o", str(tmp_path / "report.html")])
    assert done.exit_code == 2
    assert "is no graded file" in done.output
    assert not (tmp_path / "report.html").exists()


def test_a_span_that_does_not_fit_its_text_is_not_marked(report):
    one = result(1, NON_ANSWER)
    tree = report([replace(one, concern_evidence=Span("elsewhere", 500, 509))])
    assert [badge.text() for badge in tree.css("#clearest .text .badge")] == ["A", "A"]


@pytest.mark.parametrize(
    ("model", "known"),
    [(f"{SHIPPED} with encoder 0.1.0", True), (f"own {SHIPPED}", False), ("", False), ("grader 0", False)],
)
def test_how_often_the_grader_is_right_is_said_of_the_shipped_one_alone(report, model, known):
    text = report([replace(result(1), model=model)]).text()
    assert ("one grade in three" in text) is known
    assert ("It is not known here how often this grader is right" in text) is not known
