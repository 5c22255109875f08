"""Who is let in: our own page alone; what is sent is bounded; what comes back forbids the browser what is not ours."""

import os
import re
import stat

import pytest
from web_client import client

from qa_assess.web.app import ROUTERS
from qa_assess.web.security import HEADERS, TOKEN_HEADER

OWN = "http://127.0.0.1:8765"
PAIR = {"question": "Will he act?", "answer": "Yes."}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with client(tmp_path_factory.mktemp("serve"), largest_paste=20_000, largest_upload=50_000) as opened:
        yield opened


def unsafe_routes():
    """Every way of changing something, whatever router it is in."""
    for route in (route for router in ROUTERS for route in router.routes):
        for method in sorted(route.methods - {"GET", "HEAD", "OPTIONS"}):
            yield method, re.sub(r"\{.*?\}", "1", route.path)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "localhost:1", ""])
def test_another_name_than_our_own_is_refused(page, host):
    answered = page.get("/", headers={"host": host})
    assert answered.status_code == 403
    assert OWN in answered.text
    assert page.token not in answered.text


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765"])
def test_the_names_of_this_machine_are_let_in(page, host):
    assert page.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.0.0.1:80"])
def test_at_the_port_of_all_sites_names_need_no_port(tmp_path, host):
    with client(tmp_path, port=80) as page:
        assert page.get("/corrections", headers={"host": host}).status_code == 200
        sent = page.post("/", data={"token": page.token}, headers={"host": host, "origin": f"http://{host}"})
        assert sent.status_code != 403
        assert page.get("/corrections", headers={"host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8765"},
        {"origin": "http://127.0.0.1:8766"},
        {"origin": "http://localhost:8765"},
        {"origin": OWN, "sec-fetch-site": "cross-site"},
        {"origin": OWN, "sec-fetch-site": "same-site"},
    ],
)
def test_what_another_site_sends_is_refused_though_it_had_the_token(page, headers):
    assert page.post("/", data=PAIR | {"token": page.token}, headers=headers).status_code == 403
    assert page.post("/api/assess", json=PAIR, headers={TOKEN_HEADER: page.token} | headers).status_code == 403


def test_our_own_page_and_a_program_with_the_token_are_let_in(page):
    assert page.post_form("/", **PAIR).status_code == 200
    del page.headers["origin"]
    try:
        assert page.post_json("/api/assess", PAIR).status_code == 200
    finally:
        page.headers["origin"] = OWN


def test_no_way_of_changing_anything_does_without_the_token(page):
    routes = list(unsafe_routes())
    assert {("POST", "/"), ("POST", "/api/assess")} <= set(routes)
    for method, path in routes:
        for token in ("", "wrong", page.token[:-1], "é"):
            sent = {"json": PAIR} if path.startswith("/api/") else {"data": PAIR | {"token": token}}
            answered = page.request(method, path, headers={TOKEN_HEADER: token.encode()}, **sent)
            assert answered.status_code == 403, (method, path, token)


def test_a_page_that_was_open_before_the_server_was_started_again_goes_on(tmp_path):
    with client(tmp_path) as first:
        token = first.token
    with client(tmp_path) as second:
        assert second.post("/", data=PAIR | {"token": token}).status_code == 200
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/api/nowhere", "/static/page.js", "/static/style.css", "/openapi.json"]
)
def test_every_answer_brings_the_headers(page, path):
    answered = page.get(path)
    assert {name: answered.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_a_refusal_and_a_failure_of_the_server_bring_them_too(page, monkeypatch):
    refused = page.get("/", headers={"host": "evil.example"})
    monkeypatch.setattr(type(page.state.models), "assess", lambda self, exchanges: 1 / 0)
    failed = page.post_form("/", **PAIR)
    assert failed.status_code == 500
    assert "Something went wrong in the program itself" in failed.text
    for answered in (refused, failed):
        assert {name: answered.headers[name] for name in HEADERS} == HEADERS
    trouble = page.post_json("/api/assess", PAIR)
    assert trouble.status_code == 500
    assert set(trouble.json()) == {"what", "todo"}


def test_too_large_a_text_is_refused_in_words(page):
    answered = page.post_form("/", question="Why? " * 5_000, answer="Because.")
    assert answered.status_code == 413
    assert "The text has more than 20 kB." in answered.text
    trouble = page.post_json("/api/assess", {"question": "Why? " * 5_000, "answer": "Because."})
    assert trouble.status_code == 413
    assert trouble.json()["what"] == "The text has more than 20 kB."


def test_a_text_whose_length_was_not_said_is_bounded_too(page):
    def pieces():
        yield f"token={page.token}&answer=Yes&question=".encode()
        for _ in range(30):
            yield b"x" * 1_000

    answered = page.post("/", content=pieces(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert answered.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status", "what"),
    [
        ("GET", "/nowhere", 404, "There is no such page."),
        ("GET", "/docs", 404, "There is no such page."),
        ("DELETE", "/", 405, "This address cannot be used in this way."),
        ("GET", "/static/../app.py", 404, "There is no such page."),
    ],
)
def test_what_goes_wrong_is_said_in_our_words(page, method, path, status, what):
    answered = page.request(method, path)
    assert answered.status_code == status
    assert f'<h1 tabindex="-1" data-focus>{what}</h1>' in answered.text


def test_a_program_gets_what_went_wrong_as_an_object(page):
    assert page.get("/api/nowhere").json()["what"] == "There is no such page."
    wrong = page.put("/api/assess", json=PAIR)
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


@pytest.mark.skipif(os.name != "posix", reason="folders have no such modes")
def test_other_accounts_of_the_machine_cannot_read_the_folder(tmp_path):
    with client(tmp_path / "serve") as page:
        folder = page.state.settings.folder
        assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "jobs")] == [0o700, 0o700]
