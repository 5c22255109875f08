"""`qa-assess serve`: the process, from its first line to Ctrl-C."""

import io
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from typer.testing import CliRunner

from qa_assess.cli import app
from qa_assess.cli.serve import serve


@contextmanager
def serving(*options: str, cwd=None) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "qa_assess", "serve", "--model", "fast", "--no-open", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=cwd) as process:
        yield process
        process.kill()


def port_of(process: subprocess.Popen) -> int:
    return int(re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())[1])


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_says_where_it_is_and_ends_quietly(tmp_path, sign, code):
    with serving("--port", "0", cwd=tmp_path) as process:
        connection = HTTPConnection("127.0.0.1", port_of(process), timeout=20)
        connection.request("GET", "/?private=words")
        assert connection.getresponse().status == 200
        process.send_signal(sign)
        said, wrong = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in wrong
    # What was asked for is not told to anybody.
    assert "private" not in said + wrong
    assert sorted(path.name for path in (tmp_path / "qa-assess-serve").iterdir() if path.is_file()) == ["token"]


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = CliRunner().invoke(app, ["serve", "--no-open", "--port", port, "--folder", str(tmp_path / "serve")])
    assert done.exit_code == 2
    assert f"cannot listen on port {port}" in done.stderr
    assert "--port 0" in done.stderr


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    done = CliRunner().invoke(app, ["serve", "--no-open", "--port", "0", "--folder", str(tmp_path / "file")])
    assert done.exit_code == 2
    assert "--folder" in done.stderr


def test_a_folder_that_another_server_has_is_told_before_any_address(tmp_path):
    folder = ("--port", "0", "--folder", str(tmp_path / "serve"))
    with serving(*folder) as first:
        port_of(first)
        with serving(*folder) as second:
            said, wrong = second.communicate(timeout=60)
    assert second.returncode == 2
    assert said == ""
    assert "another qa-assess serve has the folder" in wrong
    assert "--folder" in wrong
    assert "Traceback" not in wrong


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn", "python_multipart", "jinja2"])
def test_a_missing_extra_is_told_with_the_line_that_installs_it(tmp_path, missing):
    code = f"import sys; sys.modules[{missing!r}] = None; from qa_assess.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "serve", "--no-open", "--port", "0"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert 'pip install "qa-assess[web]"' in done.stderr
    assert "Traceback" not in done.stderr


class Screen(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.isatty = lambda: terminal


@pytest.mark.parametrize(("display", "terminal", "opened"), [(":0", True, 1), ("", True, 0), (":0", False, 0)])
def test_a_browser_is_opened_where_somebody_sees_it(tmp_path, monkeypatch, display, terminal, opened):
    addresses, called = [], threading.Event()
    monkeypatch.setattr("webbrowser.open", lambda address: (addresses.append(address), called.set()))
    # Instead of serving, wait for the browser.
    monkeypatch.setattr(sys.modules["qa_assess.cli.serve"], "_run", lambda app, listener: called.wait(5 * opened))
    monkeypatch.setattr("sys.stdout", Screen(terminal))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    serve(port=0, folder=tmp_path)
    assert len(addresses) == opened
    assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+/", address) for address in addresses)
