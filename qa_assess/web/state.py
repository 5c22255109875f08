"""What the pages share: the settings, the assessor, and the token of the forms.

A page asks for it with a parameter of type `Held`.
"""

import secrets
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from qa_assess.corrections import Corrections
from qa_assess.errors import OutputError
from qa_assess.exchange import Exchange, Failure, Result
from qa_assess.settings import Settings
from qa_assess.web.job import UPLOADS
from qa_assess.web.jobs import Jobs

if TYPE_CHECKING:
    from qa_assess.assessor import Assessor

# This machine alone: no option lets the page out.
HOST = "127.0.0.1"
HTTP_PORT = 80
CORRECTIONS_FILE = "corrections.jsonl"
TOKEN_FILE = "token"  # noqa: S105 - a file's name


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the page is served.

    Attributes:
        folder: Where jobs and corrections are kept; it is made when the server starts.
        assess: How records are assessed.
        port: The one that is listened on: requests that name another are refused.
        largest_paste: Bytes of a request that uploads no file. The longest sitting day has some 2 MB of text.
        largest_upload: Bytes of a request that uploads a file. Larger ones are for the command line, which streams.
        most_files: Of one upload.
        most_shown: Records of one paste that are assessed and shown.

    >>> WebSettings(port=80).largest_body("/jobs") > WebSettings(port=80).largest_body("/")
    True
    """

    folder: Path = Path("qa-assess-serve")
    assess: Settings = field(default_factory=Settings)
    port: int = 8765
    largest_paste: int = 4_000_000
    largest_upload: int = 500_000_000
    most_files: int = 200
    most_shown: int = 20

    def largest_body(self, path: str) -> int:
        """The most bytes that a request to this path may send."""
        return self.largest_upload if path == UPLOADS else self.largest_paste

    @property
    def address(self) -> str:
        """Where the page is.

        >>> WebSettings(port=8080).address
        'http://127.0.0.1:8080/'
        """
        return f"http://{HOST}:{self.port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which this machine knows itself, with the port; browsers leave out that of all sites."""
        names = (HOST, "localhost", "[::1]")
        return frozenset((*(f"{name}:{self.port}" for name in names), *(names if self.port == HTTP_PORT else ())))


class Models:
    """The assessor, loaded once, in the background; one caller at a time is served.

    Args:
        settings: Which models.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: Future[Assessor] = Future()
        self._begun = False
        self._turn, self._beginning = threading.Lock(), threading.Lock()

    def load(self) -> None:
        """Begin to load the models; the call returns at once."""
        with self._beginning:
            if not self._begun:
                self._begun = True
                threading.Thread(target=self._load, name="models", daemon=True).start()

    def _load(self) -> None:
        try:
            from qa_assess.assessor import Assessor  # noqa: PLC0415 - takes a second, and the page is up before that

            self._loaded.set_result(Assessor(self._settings))
        except BaseException as error:
            self._loaded.set_exception(error)  # for whoever asks for an assessment

    @property
    def ready(self) -> bool:
        """Whether an assessment can begin at once."""
        return self._loaded.done() and self._loaded.exception() is None

    def assess(self, exchanges: Iterable[Exchange | Failure]) -> list[Result]:
        """Assess some records, when the models are loaded and nobody else is served.

        Raises:
            ModelError: A model is missing or broken.
        """
        self.load()
        assessor = self._loaded.result()
        with self._turn:
            return list(assessor.assess(exchanges))


@dataclass(frozen=True, slots=True)
class State:
    """What the application holds while it runs.

    Attributes:
        token: What a form has to send back, so that no other site can send it. It is kept in the folder: a page that
            was open while the server was started again loses nothing that was typed.
        notices: What a coder should know of a correction just saved, by the record's key and the correction's number.
    """

    settings: WebSettings
    models: Models
    jobs: Jobs
    corrections: Corrections
    token: str = field(repr=False)
    notices: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def open(cls, settings: WebSettings, models: Models | None = None) -> "State":
        """Make the folder and what is kept in it.

        Args:
            settings: Of the page.
            models: Those to assess with, where they are loaded already.

        Raises:
            OutputError: The folder cannot be written to.
        """
        try:
            # Other accounts of this machine are not to read what is typed and uploaded.
            settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            token = _token(settings.folder / TOKEN_FILE)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(
                f"cannot write to the folder {settings.folder}: {reason}", hint="name another one with --folder"
            ) from error
        jobs = Jobs(settings.folder / "jobs", settings.assess)
        corrections = Corrections(settings.folder / CORRECTIONS_FILE)
        return cls(settings, models or Models(settings.assess), jobs, corrections, token)

    def claim(self) -> None:
        """Let this be the only server of the folder.

        Raises:
            OutputError: Another server has it.
        """
        self.jobs.claim()

    def start(self) -> None:
        """Begin what runs in the background."""
        self.jobs.start()
        self.models.load()

    def close(self) -> None:
        """End what runs in the background."""
        self.jobs.close()


def _token(path: Path) -> str:
    if path.exists() and (kept := path.read_text(encoding="ascii", errors="replace").strip()):
        return kept
    path.touch(mode=0o600)
    path.write_text(token := secrets.token_urlsafe(32), encoding="ascii")
    return token


def state_of(request: Request) -> State:
    """The state of the application that a request came to."""
    return cast("State", request.app.state.held)


Held = Annotated[State, Depends(state_of)]
