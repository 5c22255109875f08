"""`qa-assess serve`: the local page."""

import os
import socket
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_assess.cli.doors import Grader, Graders, Parser
from qa_assess.errors import ServeError
from qa_assess.settings import Model, Settings
from qa_assess.terminal import console, plain

if TYPE_CHECKING:
    from fastapi import FastAPI


def serve(  # noqa: PLR0913 - typer reads the options off the parameters
    *,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 is any free one.")] = 8765,
    folder: Annotated[Path, typer.Option(help="Where uploads, their grades and corrections are kept.")] = Path(
        "qa-assess-serve"
    ),
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = True,
    model: Graders = Model.STANDARD,
    grader: Grader = None,
    parser: Parser = None,
) -> None:
    """Open a local page: paste and read, upload, correct.

    Only this machine can reach it (its other accounts too, while it runs), and nothing typed there is sent anywhere.
    """
    from qa_assess.web.app import create_app  # noqa: PLC0415 - extras, and heavy
    from qa_assess.web.state import HOST, WebSettings  # noqa: PLC0415

    with _listening(HOST, port) as listener:
        settings = WebSettings(folder, Settings(parser=parser, model=model, grader=grader), listener.getsockname()[1])
        app = create_app(settings)
        app.state.held.claim()  # before any address is told that nobody will answer at
        screen = console()
        screen.print(f"The page is at {settings.address}", soft_wrap=True)
        screen.print(f"Uploads and corrections are kept in {plain(str(folder))}. Ctrl-C stops it.", soft_wrap=True)
        sys.stdout.flush()
        if show and _has_screen():
            # Some browsers let the caller wait.
            threading.Thread(target=webbrowser.open, args=(settings.address,), daemon=True).start()
        try:
            _run(app, listener)
        except KeyboardInterrupt:
            screen.print("Stopped.")


def _run(app: "FastAPI", listener: socket.socket) -> None:
    """Serve until Ctrl-C; no request is logged, for what is asked for may tell what was typed."""
    from uvicorn import Config, Server  # noqa: PLC0415 - an extra

    config = Config(
        app,
        access_log=False,
        log_level="warning",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    """A socket at one of this machine's own addresses.

    Raises:
        ServeError: The port is taken, or not ours to take.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        # A port is free again as soon as the page that had it has stopped.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        hint = "is the page running already? Else name another port: --port 0 is any free one"
        raise ServeError(f"cannot listen on port {port}: {reason}", hint=hint) from error
    return listener


def _has_screen() -> bool:
    """Whether somebody sits here who would see a browser; one for the terminal would only be in the way."""
    seen = sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return seen and sys.stdout.isatty()
