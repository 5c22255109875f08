"""Files, folders and patterns to the list of files that they stand for, and all of these read one after the other."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from qa_assess.errors import InputError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import named_format, read
from qa_assess.readers.columns import whole
from qa_assess.readers.records import Position
from qa_assess.readers.source import UTTERANCES, is_corpus

STDIN = "-"

# What lies beside data and is none. Whatever else cannot be read is named in a `Failure`.
_NOT_DATA = frozenset({
    ".py", ".pyc", ".ipynb", ".r", ".sh", ".js", ".css", ".bat", ".exe", ".dll", ".so",
    ".toml", ".yml", ".yaml", ".ini", ".cfg", ".lock", ".log", ".xsd", ".dtd", ".rng", ".xsl", ".xslt",
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".tif", ".tiff", ".woff", ".woff2", ".ttf",
    ".mp3", ".mp4", ".wav", ".tmp", ".bak", ".part", ".journal", ".md5", ".sha256",
})  # fmt: skip
_BESIDE_DATA = re.compile(
    r"(?:readme|licen[cs]e|copying|changelog|contributing|makefile|dockerfile|citation)(?:[._-].*)?|~\$.*|"
    # The lists of people, parties and terms of a ParlaMint corpus
    r".*-list(?:person|org)\.xml|.*taxonomy[^.]*\.xml|thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)
# debates2009-10-28a.xml and debates2009-10-28c.xml: two versions of one day, as TheyWorkForYou publishes them
_VERSION = re.compile(r"(?P<day>[A-Za-z]+\d{4}-\d\d-\d\d)(?P<letter>[a-z])\.xml")
_MAGIC = re.compile(r"[*?\[]")


def expand(inputs: Iterable[str | os.PathLike[str]], *, note: Callable[[str], object] = lambda line: None) -> list[str]:
    """The files that some files, folders, patterns and ``-`` (standard input) stand for, in their order.

    A folder is walked to its ground in the order of names, without hidden files and those that are plainly no data; a
    ConvoKit corpus in it is one input. A pattern is one of a shell's: ``hansard/**/*.xml``. Of several versions that
    TheyWorkForYou has of one day the last is taken. A file that is named twice is taken once.

    Args:
        inputs: What was named.
        note: Called with a line on every file that was left out because a later version of it is there.

    Raises:
        InputError: No such file, a folder with nothing to read, or a pattern that matches nothing.

    >>> expand(["-"])
    ['-']
    """
    seen: dict[Path, str] = {}
    paths: list[str] = []
    for name in [os.fspath(one) for one in inputs]:
        for path in [name] if name == STDIN else _files(name):
            if path == STDIN or seen.setdefault(_resolved(path), path) is path:
                paths.append(path)
    return _latest(paths, note)


def read_all(paths: Sequence[str | os.PathLike[str]], *, format: str | None = None) -> Iterator[Exchange | Failure]:
    """Read the records of several files, one after the other.

    Of several files, one that cannot be read or that holds no question is a `Failure` and the others go on; if there is
    but one, its error is raised, as by `read`.

    Args:
        paths: As `expand` gives them.
        format: The name of one of `FORMATS`, for all of them.

    Raises:
        InputError: The only input cannot be read.
        FormatError: The format is unknown.

    >>> [failure.message for failure in read_all(["no.csv", "none.csv"])]
    ['there is no file no.csv', 'there is no file none.csv']
    """
    if format is not None:
        named_format(format)
    if len(paths) == 1:
        return read(paths[0], format=format)
    return (record for path in paths for record in _guarded(path, format))


def _guarded(path: str | os.PathLike[str], format: str | None) -> Iterator[Exchange | Failure]:
    """The records of one file of several; what stops it is its last record."""
    name = whole(Path(path).name)
    empty = True
    try:
        for record in read(path, format=format):
            empty = False
            yield record
    except InputError as error:
        yield Failure(name, "read", whole(error.message), hint=whole(error.hint), source=name)
        return
    if empty:
        hint = "a debate without questions gives no records; if there are some, name the format or report the file"
        yield Position(name, 0).failure("no question with its answer was found", hint, record_id=name)


def _files(name: str) -> list[str]:
    """What one name stands for."""
    if not name:
        raise InputError("an input has an empty name", hint="name a file, a folder or a pattern; - is standard input")
    path = Path(name)
    if _is_folder(path):
        return _of_folder(path)
    if os.path.lexists(name) or not _MAGIC.search(name):
        return [_there(path, name)]
    files = [file for match in _matches(name) for file in _matched(match, name)]
    if not files:
        hint = "check the pattern; ** stands for folders at any depth, and hidden files are left out"
        raise InputError(f"no file matches {name}", hint=hint)
    return files


def _matches(pattern: str) -> list[Path]:
    """What a pattern matches, in the order of names; `Path.glob` follows no links to folders."""
    path = Path(pattern)
    try:
        found = Path(path.anchor or ".").glob(str(path.relative_to(path.anchor)))
        return sorted(match for match in found if not _is_hidden(match, path))
    except (OSError, ValueError, NotImplementedError, RecursionError) as error:
        raise InputError(f"{pattern} is no pattern: {error}", hint="use * for any name, ** for any folder") from error


def _there(path: Path, name: str) -> str:
    """A file as it was named; one that is not there is found missing here, before anything is read."""
    try:
        path.stat()
    except FileNotFoundError:
        read(path)  # raises the error of a missing file
    except (OSError, ValueError):
        pass  # whoever opens it says what is wrong
    return name


def _matched(path: Path, pattern: str) -> list[str]:
    """The files of one match of a pattern: `folder/*` matches folders too, and what is no data."""
    if is_corpus(path.parent) and path.name != UTTERANCES:
        return []
    if _is_folder(path):
        return list(_walked(path))
    return [str(path)] if _is_data(path.name) or not pattern.endswith("*") else []


def _of_folder(folder: Path) -> list[str]:
    files = list(_walked(folder))
    if not files:
        hint = "name a folder with files of records, or the files; hidden files are left out"
        raise InputError(f"{folder} is a folder with nothing to read", hint=hint)
    return files


def _walked(folder: Path) -> Iterator[str]:
    """All files of data below a folder; links to folders are not followed, for they could lead in a circle."""
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        if is_corpus(here):
            folders.clear()
            names = [UTTERANCES]  # noqa: PLW2901
        yield from (str(here / name) for name in sorted(names) if _is_data(name))


def _is_data(name: str) -> bool:
    hidden = name.startswith(".")
    return not hidden and Path(name).suffix.casefold() not in _NOT_DATA and not _BESIDE_DATA.fullmatch(name)


def _is_hidden(path: Path, pattern: Path) -> bool:
    """Whether a file, or a folder above it, is hidden and was not asked for by its name."""
    return any(part.startswith(".") and part not in {".", "..", *pattern.parts} for part in path.parts)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _resolved(path: str) -> Path:
    try:
        return Path(path).resolve()
    except (OSError, ValueError, RuntimeError):
        return Path(path)


def _latest(paths: Sequence[str], note: Callable[[str], object]) -> list[str]:
    """The paths without the earlier versions of a day that is there in a later one."""
    last: dict[tuple[Path, str], str] = {}
    for path in paths:
        if version := _VERSION.fullmatch(Path(path).name):
            day = (Path(path).parent, version["day"])
            last[day] = max(last.get(day, ""), version["letter"])
    kept = []
    for path in paths:
        version = _VERSION.fullmatch(Path(path).name)
        if version and version["letter"] != (letter := last[Path(path).parent, version["day"]]):
            note(f"Left out {path}: {version['day']}{letter}.xml is a later version of it")
        else:
            kept.append(path)
    return kept
