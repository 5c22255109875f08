"""The pages and endpoints of uploads: list, progress, table, record, downloads; what is wrong is said."""

import csv
import io
import re
from html import unescape
from urllib.parse import urlencode

import job_engines
import openpyxl
import pytest
from fake_assessor import lines
from hypothesis import given
from hypothesis import strategies as st
from web_client import client, uploaded, wait_until

from qa_assess.web.rows import Rows
from qa_assess.web.rows_query import RowsQuery
from qa_assess.writers import write

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with client(tmp_path_factory.mktemp("serve"), largest_upload=300_000) as opened:
        opened.state.jobs._engine = job_engines.quick
        yield opened


@pytest.fixture(scope="module")
def job(page) -> str:
    return uploaded(page, lines(120))


def test_an_upload_becomes_a_table(page, job):
    shown = page.get(job)
    assert shown.url.path == f"{job}/records"
    assert "120 records" in shown.text
    assert re.findall(r'data-label="Answered by"><bdi>(Bo \d)', shown.text)[:4] == ["Bo 0", "Bo 1", "Bo 2", "Bo 0"]
    assert "debate.jsonl" in page.get("/jobs").text


def test_a_view_is_its_address(page, job):
    shown = page.get(f"{job}/records?grade=full&person=bo+1&sort=id&order=down")
    assert "10 records</h2>" in re.sub(r" of 120", "", shown.text)
    assert 'aria-sort="descending"' in shown.text
    assert [int(n) for n in re.findall(r"<bdi>q(\d+)</bdi>", shown.text)][:3] == [88, 76, 64]
    # Each link of the view keeps the rest of it.
    (strict,) = re.findall(r'href="([^"]*)">Strict<span', shown.text)
    assert unescape(strict) == f"{job}/records?grade=full&person=bo+1&sort=strict"


def test_what_a_form_leaves_empty_is_left_out_of_the_address(page, job):
    form = {
        "q": "",
        "policy": "default",
        "kind": "",
        "tag": "looking-at-this",
        "person": "",
        "show": "all",
        "sort": "date",
    }
    answered = page.get(f"{job}/records?{urlencode(form)}", follow_redirects=False)
    assert answered.status_code == 303
    assert answered.headers["location"] == f"{job}/records?tag=looking-at-this&sort=date"


def test_a_page_too_far_is_the_last_one(page, job):
    answered = page.get(f"{job}/records?page=9000&grade=full", follow_redirects=False)
    assert answered.headers["location"] == f"{job}/records?grade=full"
    assert "No record is like that" in page.get(f"{job}/records?q=nothing").text


@pytest.mark.parametrize("query", ["page=0", "page=x", "grade=best", "sort=n;--", f"q={'x' * 201}", "kind=why"])
def test_a_view_that_cannot_be_is_said_to_be_none(page, job, query):
    assert page.get(f"{job}/records?{query}").status_code == 422
    answered = page.get(f"/api{job}/rows?{query}")
    assert answered.status_code == 422
    assert answered.json()["what"]


def test_a_record_leads_to_those_beside_it(page, job):
    shown = page.get(f"{job}/records/5?grade=full&page=1").text
    assert unescape(re.findall(r'rel="next" href="([^"]*)"', shown)[0]) == f"{job}/records/9?grade=full"
    assert unescape(re.findall(r'rel="prev" href="([^"]*)"', shown)[0]) == f"{job}/records/1?grade=full"
    assert f'<a href="{job}/records?grade=full">Back to the table</a>' in shown
    assert "2 of 30 in this view" in shown
    assert "Not in this view" in page.get(f"{job}/records/2?grade=full").text


def test_what_is_not_there_is_said(page, job):
    nowhere = "/jobs/000000000000"
    paths = [
        nowhere,
        f"{nowhere}/records",
        f"{nowhere}/delete",
        f"{nowhere}/download/graded.csv",
        f"/api{nowhere}/rows",
    ]
    for path in (*paths, f"{job}/records/121", f"{job}/records/9000000000000000", "/jobs/..%2f..%2fetc/records"):
        assert page.get(path).status_code == 404, path
    for path in (f"{job}/download/graded.pdf", f"{job}/records/0", f"{job}/records/{10**30}", f"{job}/records/x"):
        assert page.get(path).status_code == 422, path


def test_an_address_says_what_can_be_done_with_it(page, job):
    assert page.put("/jobs").headers["allow"] == "GET, POST"
    assert page.delete(f"/api{job}").headers["allow"] == "GET"


def test_no_file_chosen_is_said_beside_the_box(page):
    token = f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{page.token}\r\n'
    # What a browser sends for a box with no file in it.
    empty = '--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\nContent-Type: x/y\r\n\r\n\r\n'
    for parts in (token, token + empty):
        form = {"content": parts + "--x--\r\n", "headers": {"content-type": "multipart/form-data; boundary=x"}}
        answered = page.post("/jobs", **form)
        assert answered.status_code == 422
        assert "No file was chosen" in answered.text


def test_a_file_that_is_too_large_is_refused_and_kept_nowhere(page):
    before = sorted(page.state.jobs.folder.iterdir())
    answered = page.post_form("/jobs", files=[("files", ("big.csv", b"x" * 400_000))])
    assert answered.status_code == 413
    assert "These files are larger than 300 kB." in answered.text
    assert 'data-too-large="These files are larger than 300 kB. Use qa-assess' in page.get("/jobs").text
    assert "command line" in answered.text
    assert sorted(page.state.jobs.folder.iterdir()) == before


def test_too_many_files_are_refused_with_how_many_may_be_sent(page):
    before = sorted(page.state.jobs.folder.iterdir())
    assert "at most 200 files" in page.get("/jobs").text
    assert 'data-most="200"' in page.get("/jobs").text
    answered = page.post_form("/jobs", files=[("files", (f"{n}.jsonl", b"{}")) for n in range(201)])
    assert answered.status_code == 413
    assert "more than 200 files" in answered.text
    assert "several parts" in answered.text
    assert sorted(page.state.jobs.folder.iterdir()) == before


def test_a_file_that_cannot_be_read_says_where_and_what_to_do(page):
    path = uploaded(page, b"name,age\nBo,9\n", name=f"{SCRIPT}.csv")
    shown = page.get(path).text
    assert "What to do:" in shown
    assert SCRIPT not in shown
    assert "script&gt;.csv" in shown
    assert page.get(f"/api{path}").json()["state"] == "failed"


def test_hostile_records_are_shown_as_text(page):
    texts = {"heading": SCRIPT, "department": "=cmd|' /C calc'!A0", "asker": "\u202eevil", "answerer": "a\x00b\ud800"}
    hostile = lines(3, **texts).replace(b'"q1"', b'"../q/<b>1"')
    path = uploaded(page, hostile, name="../../x\x00.jsonl")
    for shown in (page.get(f"{path}/records").text, page.get(f"{path}/records/2").text):
        assert SCRIPT not in shown
        assert "&lt;script&gt;alert(1)" in shown
        assert "\0" not in shown
    assert "../q/&lt;b&gt;1" in page.get(f"{path}/records").text
    found = page.get(f"/api{path}/rows?q=calc").json()
    assert found["total"] == 3
    assert found["rows"][1]["id"] == "../q/<b>1"
    (cell,) = {row["department"] for row in csv.DictReader(io.StringIO(page.get(f"{path}/download/graded.csv").text))}
    assert cell == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("query", ["", "?grade=full&grade=failed", "?q=nothing"])
def test_a_table_is_downloaded_as_the_command_line_writes_it(page, job, tmp_path, query):
    rows = Rows(page.state.jobs.home(page.state.jobs.get(job.rsplit("/")[-1])).rows)
    grades = {"": [], "?q=nothing": []}.get(query, ["full", "failed"])
    asked = RowsQuery(grade=grades, q="nothing" if "nothing" in query else "")
    for name in ("graded.csv", "graded.jsonl", "graded.xlsx", "asks.csv"):
        write(rows.results(asked), tmp_path / ("x.csv" if name == "asks.csv" else name), asks=tmp_path / "asks.csv")
        answered = page.get(f"{job}/download/{name}{query}")
        assert answered.status_code == 200
        assert answered.content == (tmp_path / name).read_bytes()
        assert answered.headers["content-disposition"] == f'attachment; filename="debate-{name}"'
    sheet = openpyxl.load_workbook(io.BytesIO(page.get(f"{job}/download/graded.xlsx{query}").content)).active
    assert sheet.max_row == 1 + rows.page(asked)[1]
    assert not list(page.state.jobs.folder.glob("*/download-*"))


def test_a_report_is_downloaded(page, job):
    answered = page.get(f"{job}/download/report.html?grade=full")
    assert answered.status_code == 200
    assert answered.headers["content-disposition"] == 'attachment; filename="debate-report.html"'
    assert "debate.jsonl" in answered.text
    assert "<script" not in answered.text


def test_a_job_is_told_as_json(page, job):
    told = page.get(f"/api{job}").json()
    assert told["title"] == "debate.jsonl"
    assert (told["state"], told["done"], told["total"]) == ("done", 120, 120)
    assert told["telling"] == "120 records, all done."
    assert told in page.get("/api/jobs").json()["jobs"]
    rows = page.get(f"/api{job}/rows?per_page=7&page=2&grade=failed").json()
    assert (rows["total"], rows["page"], rows["pages"], len(rows["rows"])) == (30, 2, 5, 7)
    assert rows["rows"][0]["grade"] == "failed"
    assert page.get(f"/api{job}/rows?page=10000000").json()["rows"] == []


def test_a_running_job_is_stopped_goes_on_and_is_deleted(page):
    page.state.jobs._engine = job_engines.stuck
    path = page.post_form("/jobs", files=[("files", ("slow.jsonl", lines(200)))]).headers["location"]
    job_id = path.rsplit("/")[-1]
    wait_until(page, path, lambda job: job["done"])
    shown = page.get(path).text
    assert "64 of 200 records are graded" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown
    assert "64 records" in page.get(f"{path}/records").text
    assert page.post_form(f"{path}/stop").headers["location"] == path
    assert "Go on" in page.get(path).text
    page.state.jobs._engine = job_engines.quick
    assert page.post_form(f"{path}/go-on").status_code == 303
    wait_until(page, path, lambda job: job["state"] == "done")
    assert "200 graded records" in page.get(f"{path}/delete").text
    assert page.state.jobs.get(job_id)
    assert page.post_form(f"{path}/delete").headers["location"] == "/jobs"
    assert page.get(path).status_code == 404
    assert not (page.state.jobs.folder / job_id).exists()


@pytest.mark.parametrize("broken", [b"not a database" * 300, b""])
def test_a_table_that_cannot_be_read_says_so_and_stops_no_other_page(page, job, broken):
    path = uploaded(page, lines(3))
    home = page.state.jobs.home(page.state.jobs.get(path.rsplit("/")[-1]))
    for file in home.path.glob("rows.sqlite*"):
        file.unlink()
    home.rows.write_bytes(broken)
    for shown in (page.get("/jobs"), page.get(path)):
        assert shown.status_code == 200
        assert "The table of this job cannot be read" in shown.text
        assert "upload the file again" in shown.text
    assert "Try again" not in page.get(path).text
    assert page.get(f"/api{path}").json()["state"] == "failed"
    for shown in (f"{path}/records", f"{path}/records/1", f"{path}/download/graded.csv", f"/api{path}/rows"):
        answered = page.get(shown)
        assert answered.status_code == 500
        assert "delete the upload" in answered.text
        assert "nosniff" in answered.headers["x-content-type-options"]
    assert page.get(f"{job}/records").status_code == 200
    assert page.get(f"{path}/delete").status_code == 200
    assert page.post_form(f"{path}/delete").headers["location"] == "/jobs"
    assert page.get(path).status_code == 404


def test_a_job_without_a_table_has_none_and_is_given_none_by_looking(page):
    path = uploaded(page, lines(3))
    home = page.state.jobs.home(page.state.jobs.get(path.rsplit("/")[-1]))
    for file in home.path.glob("rows.sqlite*"):
        file.unlink()
    for shown in (f"/api{path}/rows", f"{path}/records", f"{path}/download/graded.csv"):
        answered = page.get(shown)
        assert answered.status_code == 404, shown
        assert "This job has no table." in answered.text
    assert not home.rows.exists()


@given(
    asked=st.dictionaries(
        st.sampled_from(["q", "person", "department", "grade", "kind", "sort", "page", "per_page", "policy", "other"]),
        st.one_of(st.text(max_size=30), st.integers().map(str), st.sampled_from(["full", "id", "strict", "reason"])),
    )
)
def test_no_view_that_anybody_thinks_of_fails(page, job, asked):
    query = urlencode(asked)
    told = page.get(f"/api{job}/rows?{query}")
    assert told.status_code in (200, 422)
    assert page.get(f"{job}/records?{query}").status_code == told.status_code
    assert page.get(f"{job}/records/1?{query}").status_code == told.status_code
