"""Uploads in a browser: from the file to the table, the record and the download, with a server stopped in between."""

import csv
import json
import random
import signal
import time
from pathlib import Path

import pytest
from conftest import make_ask, make_exchange, make_outcome
from test_rows import stored

from browser.steps import PATIENCE, press_until, upload, wait_until
from qa_assess.codebook import GRADES, Grade, Kind
from qa_assess.exchange import Assessment
from qa_assess.web.job import Job, JobFolder, JobState, Upload

LOOKALIKE = Path(__file__).parents[2] / "corpora" / "lookalike"
SOON = PATIENCE * 1000  # milliseconds
HOSTILE = "<img src=x onerror=alert(1)>"
GRADE_COLUMN = "td[data-label=Grade]"


def table_is_there(tab) -> None:
    tab.wait_for_url("**/records*", timeout=SOON)
    tab.get_by_role("table").wait_for()


def file_of(folder: Path, count: int) -> Path:
    path = folder / "debate.jsonl"
    rows = (
        {
            "id": f"q{n}",
            "question": f"When will the Minister open bridge {n}?",
            "answer": f"It will open on {n % 28 + 1} May.",
        }
        for n in range(count)
    )
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_file_is_uploaded_filtered_opened_and_downloaded(tab, server, violations, tmp_path):
    upload(tab, server.url, LOOKALIKE / "written.jsonl")
    tab.get_by_role("progressbar").wait_for()
    assert not violations(tab)
    table_is_there(tab)
    assert tab.get_by_role("heading", name="120 records").is_visible()
    tab.get_by_text("Filter and sort").click()
    assert not violations(tab)
    tab.get_by_label("Non-answer").check()
    tab.get_by_label("Sorted by").select_option("department")
    tab.get_by_role("button", name="Show").click()
    tab.wait_for_url("**/records?grade=non-answer&sort=department")
    grades = tab.locator(GRADE_COLUMN).all_inner_texts()
    assert grades
    assert {grade.split()[0] for grade in grades} == {"Non-answer"}
    departments = tab.locator("td[data-label=Department]").all_inner_texts()
    assert departments == sorted(departments, key=str.casefold)
    with tab.expect_download() as waited:
        tab.get_by_role("link", name="CSV", exact=True).click()
    waited.value.save_as(tmp_path / "graded.csv")
    assert waited.value.suggested_filename == "written-graded.csv"
    rows = list(csv.DictReader((tmp_path / "graded.csv").open(encoding="utf-8-sig", newline="")))
    assert {row["grade"] for row in rows} == {"Non-answer"}
    first = tab.locator("th[scope=row] a").first
    opened = first.inner_text()
    first.click()
    assert tab.get_by_role("heading", level=1).is_visible()
    assert tab.get_by_text("Non-answer").first.is_visible()
    assert not violations(tab)
    tab.get_by_role("link", name="Next", exact=True).click()
    tab.wait_for_url(lambda url: not url.endswith(opened))
    assert tab.get_by_text(f"2 of {len(rows)} in this view").is_visible()
    tab.get_by_role("link", name="Back to the table").click()
    assert tab.url.endswith("/records?grade=non-answer&sort=department")


def test_without_scripts_all_of_it_works(browser, server):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    upload(tab, server.url, LOOKALIKE / "oral_old.jsonl")
    table_is_there(tab)
    tab.get_by_role("searchbox", name="Search").fill("minister")
    tab.get_by_role("button", name="Show").click()
    assert tab.url.endswith("/records?q=minister")
    tab.locator("th[scope=row] a").first.click()
    assert tab.get_by_role("heading", level=1).is_visible()
    tab.goto(f"{server.url}/jobs")
    tab.get_by_role("link", name="Delete oral_old.jsonl").click()
    tab.get_by_role("button", name="Delete it").click()
    assert not tab.get_by_text("oral_old.jsonl").is_visible()
    context.close()


def test_a_server_killed_in_the_middle_goes_on_where_it_was(context, serve, tmp_path):
    tab = context.new_page()  # not `tab`: that the server is gone is an error in the console
    first = serve()
    upload(tab, first.url, file_of(tmp_path, 400))
    wait_until(tab, "document.querySelector('progress')?.value > 60")
    first.stop(signal.SIGKILL)
    tab.get_by_text("The program does not answer").wait_for()
    serve(port=first.port)
    # The page that was open goes on by itself.
    table_is_there(tab)
    assert tab.get_by_role("heading", name="400 records").is_visible()
    tab.goto(f"{tab.url}?sort=number&order=down&per_page=200&page=1")
    numbers = tab.locator("th[scope=row] a").all_inner_texts()
    assert numbers == [f"q{n}" for n in range(399, 199, -1)]


def test_two_tabs_upload_at_once(context, server, tmp_path):
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        upload(tab, server.url, file_of(tmp_path, 30))
    for tab in tabs:
        table_is_there(tab)
        assert tab.get_by_role("heading", name="30 records").is_visible()
    assert tabs[0].url != tabs[1].url


def test_hostile_texts_are_shown_as_texts(tab, server, violations, tmp_path):
    rows = [
        {
            "id": HOSTILE,
            "question": f"Will he {HOSTILE} act?",
            "answer": "Yes.",
            "heading": HOSTILE,
            "department": HOSTILE,
        },
        {"id": "../..", "question": "=cmd|' /C calc'!A0 What?", "answer": "x" * 2_000_000, "asker": "a\0b"},
        {
            "id": "3",
            "question": "هل ستنشر الوزيرة التقرير؟",
            "answer": "Będzie.",
            "answerer": "Zażółć Gęślą",
            "asker": "דוד",
        },
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    tab.on("dialog", lambda _: pytest.fail("a script of the file ran"))
    file = {"name": f"{HOSTILE}.jsonl", "mimeType": "text/html", "buffer": path.read_bytes()}
    upload(tab, server.url, file)
    table_is_there(tab)
    assert tab.get_by_role("heading", level=1).inner_text() == f"{HOSTILE}.jsonl"
    assert tab.get_by_role("link", name=HOSTILE).is_visible()
    assert tab.locator("img").count() == 0
    assert not violations(tab)
    table = tab.url
    for n in (1, 2, 3):
        tab.goto(f"{table}/{n}")
        assert tab.locator("img").count() == 0
    assert not violations(tab)


def test_a_file_that_cannot_be_read_says_what_to_do(tab, server, violations, tmp_path):
    (tmp_path / "people.csv").write_text("name,age\nBo,9\n", encoding="utf-8")
    upload(tab, server.url, tmp_path / "people.csv")
    tab.get_by_text("What to do:").wait_for(timeout=SOON)
    assert tab.get_by_text("people.csv").first.is_visible()
    assert not violations(tab)
    tab.get_by_role("link", name="Delete").click()
    assert not violations(tab)
    tab.get_by_role("button", name="Delete it").click()
    tab.wait_for_url("**/jobs")
    assert not violations(tab)


def test_a_file_too_large_is_refused_before_it_is_sent(tab, server):
    tab.goto(f"{server.url}/jobs")
    files = tab.get_by_label("Files", exact=True)
    files.evaluate("box => { box.dataset.largest = 3; }")
    files.set_input_files(files=[{"name": "a.csv", "mimeType": "text/csv", "buffer": b"12345"}])
    assert "command line" in files.evaluate("box => box.validationMessage")
    tab.get_by_role("button", name="Upload and grade").click()
    assert tab.url.endswith("/jobs")


def test_too_many_files_are_refused_before_they_are_sent(tab, server, tmp_path):
    tab.goto(f"{server.url}/jobs")
    chosen = [tmp_path / f"{n}.csv" for n in range(201)]
    for path in chosen:
        path.touch()
    files = tab.get_by_label("Files", exact=True)
    files.set_input_files(chosen)
    assert "more than 200 files" in files.evaluate("box => box.validationMessage")
    files.set_input_files(chosen[:200])
    assert files.evaluate("box => box.validationMessage") == ""


def finished_job(folder: Path, name: str, records: int) -> str:
    """A job of so many records that is done, as a server finds it when it starts; the path of its table."""
    chance = random.Random(3)
    words = ["ferry", "harbour", "bridge", "school", "report", "publish", "council", "health", "water", "minister"]

    def text(count: int) -> str:
        return " ".join(chance.choices(words, k=count)).capitalize() + "."

    results = []
    for n in range(1, records + 1):
        exchange = make_exchange(
            text(60), text(120), id=f"q{n}", answerer=f"Élodie {n % 90}", asker=f"Bo {n % 300}", heading=text(3),
            department=f"Ministry of {n % 20}", date=f"20{n % 30 + 10}-05-{n % 28 + 1:02}",
        )  # fmt: skip
        grade = chance.choice(GRADES)
        shares = tuple(0.8 if one is grade else 0.1 for one in GRADES)
        outcome = make_outcome(make_ask(exchange.question, exchange.question[:20], chance.choice(list(Kind))), "none")
        results.append(
            Assessment(
                exchange, outcomes=(outcome,), grade=grade, grade_strict=Grade.NON_ANSWER, probabilities=shares,
                probabilities_strict=shares, feedback="No date was given.",
            )
        )  # fmt: skip
    home = JobFolder(folder / "jobs" / name)
    home.path.mkdir(parents=True)
    stored(home.rows, results)
    now = "2031-05-02T10:00:00+00:00"
    home.save(Job(name, (Upload("large.csv", "upload-0001.csv", 9),), now, now, state=JobState.DONE))
    return f"/jobs/{name}/records"


def quickest(tab, url: str) -> float:
    """Seconds that a page takes to load, the best of three: a busy machine may hold up one of them, or two."""
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        tab.goto(url, wait_until="load")
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def test_ten_thousand_rows_stay_quick_and_the_keyboard_is_enough(tab, serve, violations, tmp_path):
    small = finished_job(tmp_path / "serve", "ba9876543210", 100)
    large = finished_job(tmp_path / "serve", "0123456789ab", 10_000)
    home = serve().url
    url = home + large
    tab.goto(url)
    # A page of fifty rows, taken from a hundred or from ten thousand.
    few = quickest(tab, home + small)
    for query in (
        "",
        "?page=200",
        "?q=ferr+school&sort=answerer",
        "?grade=full&kind=reason&sort=probability&order=down",
    ):
        assert quickest(tab, url + query) < 4 * few
        assert tab.locator("th[scope=row]").count() == 50
    tab.goto(url)
    assert tab.get_by_role("heading", name="10,000 records").is_visible()
    press_until(tab, "Tab", "document.activeElement.id === 'q'")
    tab.keyboard.type('bridge "school report"')
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/records?q=*")
    press_until(tab, "Tab", "document.activeElement.textContent.startsWith('Answered by')")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**sort=answerer")
    header = tab.locator("th[aria-sort=ascending]")
    assert header.inner_text().startswith("Answered by")
    press_until(tab, "Tab", "document.activeElement.closest('th[scope=row]') !== null")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/records/*")
    assert "in this view" in tab.get_by_role("navigation", name="Records").inner_text()
    assert not violations(tab)
