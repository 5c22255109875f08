"""What another site that is open in the same browser can do to the page: nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import psutil
import pytest

FORM = """<!doctype html><form id=f method=post action="{url}/"><input name=question value=Why?>
<input name=answer value=Because.><input name=token value=x></form>
<script>document.getElementById("f").submit()</script>"""
FETCH = """async (url) => {
  const send = (path, more) => fetch(url + path, more).then((answer) => answer.status, () => "refused");
  return [
    await send("/api/token"),
    await send("/api/assess", {method: "POST", headers: {"content-type": "application/json"}, body: "{}"}),
    await send("/api/assess", {method: "POST", mode: "no-cors", body: "{}"}),
  ];
}"""


@pytest.fixture
def other_site() -> Iterator[tuple[str, dict[str, str]]]:
    """A site on another port: its address, and the pages that it has."""
    pages: dict[str, str] = {"/": "<!doctype html><title>Other</title>"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = pages.get(self.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *parts):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}", pages
        site.shutdown()


def test_a_form_of_another_site_is_refused(context, server, other_site):
    address, pages = other_site
    pages["/form"] = FORM.format(url=server.url)
    tab = context.new_page()
    tab.goto(f"{address}/form")
    tab.get_by_role("heading", level=1, name="Another site tried to send something to this page.").wait_for()


def test_a_script_of_another_site_reads_nothing(context, server, other_site):
    tab = context.new_page()
    tab.goto(other_site[0])
    assert tab.evaluate(FETCH, server.url) == ["refused", "refused", "refused"]


def test_another_site_cannot_frame_the_page(context, server, other_site):
    address, pages = other_site
    pages["/frame"] = f'<!doctype html><iframe src="{server.url}/"></iframe>'
    tab = context.new_page()
    tab.goto(f"{address}/frame")
    frame = tab.frames[1]
    assert "Did the minister answer" not in frame.content()


def test_a_name_that_was_bound_to_this_machine_is_refused(context, server):
    """DNS rebinding: the other site's own name leads here (see conftest)."""
    tab = context.new_page()
    tab.goto(f"http://rebound.example:{server.port}/")
    tab.get_by_role("heading", level=1, name="This page answers only under its own address").wait_for()
    assert tab.locator("[name=token]").count() == 0


def test_only_this_machine_is_listened_to(server):
    places = psutil.Process(server.process.pid).net_connections(kind="inet")
    assert {place.laddr.ip for place in places if place.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
