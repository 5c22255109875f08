"""What coders said of records, whoever they are: people in labels and corrections, the tool in a graded file."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_assess.changes import tool_labels
from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import InputError
from qa_assess.exchange import Assessment, Exchange, Failure
from qa_assess.graded import read_graded
from qa_assess.hydration import digest_of_words
from qa_assess.labels import Labels, read_codings

# The coder of what a correction says that the tool had said.
TOOL = "the tool"
# What a graded file has to hold to be compared.
_NEEDED = ("id", "grade", "grade_strict", "tags", "ask_texts", "ask_kinds", "ask_statuses")


@dataclass(frozen=True, slots=True)
class Asked:
    """An ask as a coder has it."""

    text: str
    kind: Kind
    status: Status


@dataclass(frozen=True, slots=True)
class Coding:
    """What one coder said of one record.

    Attributes:
        texts: A digest of the record's two texts, whatever their white space; empty where the file does not hold them.
    """

    id: str
    texts: str
    grade: Grade
    grade_strict: Grade
    asks: tuple[Asked, ...]
    tags: frozenset[Tag]


Codings = Mapping[tuple[str, str], Coding]


def read_coders(paths: Sequence[Path], *, tool: bool = False) -> dict[str, Codings]:
    """Coders by name, each with the last that they said of each record (by id and texts).

    The coder of a line without one, and of a graded file, is the file; files of one name are told apart by their
    folders, and a coder who stands in two files by the files.

    Of a record whose texts are not in the file only the id tells which it is.

    Args:
        paths: JSON Lines of labels or corrections (or folders of such), and graded files of any format.
        tool: Whether what corrections say that the tool had said is a coder too.

    Raises:
        InputError: A file is missing, or cannot be read.
        LabelError: Labels depart from the codebook.
    """
    names = _names(paths)
    read = [(names[path], _of_file(path, names[path], tool=tool)) for path in paths]
    seen = [coder for _, found in read for coder in found]
    coders: dict[str, Codings] = {}
    for name, found in read:
        for coder, codings in found.items():
            coders[coder if seen.count(coder) == 1 else f"{coder} ({name})"] = codings
    return coders


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """What each file is called: its name, or its path where another one has the same name."""
    if len(set(paths)) < len(paths):
        raise InputError("a file was given twice", hint="name each file once: the coders in one file are compared too")
    names = [path.name for path in paths]
    return {path: path.name if names.count(path.name) == 1 else str(path) for path in paths}


def _of_file(path: Path, name: str, *, tool: bool) -> dict[str, Codings]:
    if path.is_dir() or _holds_labels(path):
        return _by_coder(_labelled(read_codings(path), name, tool=tool))
    graded = read_graded(path, needs=_NEEDED)
    return _by_coder((name, _of_assessment(one)) for one in graded if not isinstance(one, Failure))


def _holds_labels(path: Path) -> bool:
    """Whether a file is JSON Lines of labels: of what we write ourselves each line has a codebook."""
    try:
        with path.open("rb") as file:
            first = next((line for line in file if line.strip()), b"")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", hint="check the path") from error
    try:
        row = json.loads(first.decode("utf-8-sig"))
    except ValueError:
        # Broken labels are better told of as what they seem to be.
        return path.suffix == ".jsonl"
    return isinstance(row, dict) and "codebook" not in row and "probabilities" not in row


def _labelled(found: Iterable[Labels], name: str, *, tool: bool) -> Iterator[tuple[str, Coding]]:
    for labels in found:
        yield labels.coder or name, _of_labels(labels)
        if tool and (said := tool_labels(labels)):
            yield TOOL, _of_labels(said)


def _by_coder(found: Iterable[tuple[str, Coding]]) -> dict[str, Codings]:
    coders: dict[str, dict[tuple[str, str], Coding]] = {}
    for coder, coding in found:
        coders.setdefault(coder, {})[coding.id, coding.texts] = coding
    return {**coders}


def _of_labels(labels: Labels) -> Coding:
    asks = tuple(Asked(a.ask.text, a.ask.kind, a.status) for a in labels.asks)
    return Coding(labels.id, _texts(labels.exchange), labels.grade, labels.grade_strict, asks, frozenset(labels.tags))


def _of_assessment(one: Assessment) -> Coding:
    asks = tuple(Asked(o.ask.text, o.ask.kind, o.status) for o in one.outcomes)
    tags = frozenset(tag.name for tag in one.tags)
    return Coding(one.exchange.id, _texts(one.exchange), one.grade, one.grade_strict, asks, tags)


def _texts(exchange: Exchange) -> str:
    question, answer = exchange.question, exchange.answer
    return digest_of_words(question, answer) if question.strip() or answer.strip() else ""
