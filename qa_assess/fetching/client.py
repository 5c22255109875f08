"""One web interface, asked politely: a steady rate, patience with its faults, and no more than it says to take.

What may pass is tried again with longer and longer waits: a lost connection, a slow or broken reply, 429 and 5xx.
``Retry-After`` is kept to. What no second try mends (404 and the like) is said at once.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Self

from qa_assess.errors import FetchError

try:
    import httpx
except ImportError as error:
    raise FetchError("fetching needs httpx, which is not installed", hint="pip install 'qa-assess[fetch]'") from error

LARGEST = 50_000_000  # bytes of one reply; the longest debate of a day has some 2 million
LONGEST_REPLY = 120.0  # seconds that one reply may drip in
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
PATIENCE = 600.0  # seconds; an interface that asks for a longer wait is left alone, and the run ends
GONE = {404, 410}
PASSING = {408, 425, 429, 500, 502, 503, 504}

_AGAIN = "run the same command again: it goes on where it stopped"

pause = time.sleep  # tests put a faster one here


class RefusedError(FetchError):
    """A reply that no second try mends: not found, not allowed, too large."""

    def __init__(self, message: str, *, status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class BusyError(FetchError):
    """The interface asks for a longer rest than a run waits for: nothing more may be asked of it."""


def is_gone(error: FetchError) -> bool:
    """True where the interface is well, and this one thing is not to be had."""
    return isinstance(error, RefusedError) and error.status in GONE


@dataclass(frozen=True, slots=True)
class Manners:
    """How an interface is asked.

    Attributes:
        rate: Requests a second, at most.
        attempts: How often one thing is asked for.
        timeout: Seconds of silence that are waited through.
    """

    rate: float = 2.0
    attempts: int = 6
    timeout: float = 30.0


class Client:
    """Gets JSON from one interface.

    Args:
        base: Its address, for instance ``https://hansard-api.parliament.uk``.
        manners: How fast and how patiently it is asked.
        say: Told about every wait and its reason.

    Raises:
        FetchError: The address is none.
    """

    def __init__(self, base: str, manners: Manners = Manners(), say: Callable[[str], None] = lambda text: None) -> None:
        self._manners = manners
        self._say = say
        self._next = 0.0
        self._http = httpx.Client(
            base_url=_checked(base),
            headers={"User-Agent": user_agent(), "Accept": "application/json"},
            timeout=manners.timeout,
            follow_redirects=True,
            max_redirects=3,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> object:
        """The reply as parsed JSON.

        Raises:
            RefusedError: The interface will not give it.
            BusyError: The interface asks for a long rest.
            FetchError: It did not come, however often it was asked for.
        """
        trouble = _PassingError("")
        for attempt in range(self._manners.attempts):
            if attempt:
                self._wait(trouble, attempt)
            try:
                return self._once(path, parameters or {})
            except _PassingError as error:
                trouble = error
                self._check_patience(error)
        asked = f"{self._http.base_url.host}/{path}"
        raise FetchError(f"no reply for {asked} after {self._manners.attempts} attempts: {trouble}", hint=_AGAIN)

    def _check_patience(self, trouble: "_PassingError") -> None:
        if trouble.wait > PATIENCE:
            minutes = trouble.wait / 60
            raise BusyError(
                f"{self._http.base_url.host} asks to be left alone for {minutes:.0f} minutes ({trouble})",
                hint="run the same command again after that: it goes on where it stopped",
            ) from trouble

    def _wait(self, trouble: "_PassingError", attempt: int) -> None:
        seconds = max(trouble.wait, min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT))
        self._say(f"{trouble}: next try in {seconds:.0f} s")
        pause(seconds)

    def _once(self, path: str, parameters: Mapping[str, str | int]) -> object:
        self._pace()
        try:
            with self._http.stream("GET", path, params=dict(parameters)) as response:
                _check_status(response)
                body = _body(response, time.monotonic() + LONGEST_REPLY)
        except httpx.TimeoutException as error:
            raise _PassingError("the reply is too slow") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _PassingError(f"connection lost ({str(error) or type(error).__name__})") from error
        except httpx.TooManyRedirects as error:
            raise RefusedError(f"{path} is redirected in circles", status=0, hint="check the address") from error
        except (UnicodeError, OverflowError, httpx.InvalidURL) as error:
            raise _not_an_address(str(self._http.base_url)) from error
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _PassingError("the reply is broken JSON") from error

    def _pace(self) -> None:
        now = time.monotonic()
        if now < self._next:
            pause(self._next - now)
        self._next = max(now, self._next) + 1 / self._manners.rate


class _PassingError(Exception):
    """A fault that may be gone at the next try; `wait` is what the interface asked for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def user_agent() -> str:
    """Who asks: the project and its version, so that the people who run the interface can tell."""
    try:
        return f"qa-assess/{version('qa-assess')} (research; httpx/{httpx.__version__})"
    except PackageNotFoundError:
        return f"qa-assess (research; httpx/{httpx.__version__})"


def _checked(base: str) -> str:
    try:
        url = httpx.URL(base)
        host = url.host  # decoded only now
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _not_an_address(base) from error
    if url.scheme not in ("http", "https") or not host:
        raise _not_an_address(base)
    return base


def _not_an_address(base: str) -> FetchError:
    return FetchError(f"{base} is no address", hint="an address looks like https://hansard-api.parliament.uk")


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status in PASSING:
        raise _PassingError(f"{response.url.host} replied {status}", _retry_after(response.headers))
    if not response.is_success:
        raise RefusedError(
            f"{response.url.host} replied {status} {response.reason_phrase} for {response.url.path}",
            status=status,
            hint="check the options, and the address if you gave one",
        )


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait, written as a number or as the time when to come again.

    >>> _retry_after({"Retry-After": "7"}), _retry_after({"Retry-After": "soon"}), _retry_after({})
    (7.0, 0.0, 0.0)
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _body(response: httpx.Response, end: float) -> bytes:
    """The whole reply, no longer than memory and patience allow: a server may drip, or send without an end."""
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise RefusedError(f"the reply for {response.url.path} is too large", status=response.status_code)
        if time.monotonic() > end:
            raise _PassingError("the reply is too slow")
    return bytes(body)
