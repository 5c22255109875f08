"""Labelled records: exchanges with what a coder found by the codebook, read from JSON Lines and checked.

One object a line: `id`, `question`, `answer`, `asks` (each `text`, `kind`, `status`, `evidence`), `concern_evidence`,
`tags`, `grade`; optional `grade_strict`, `feedback`, `sure`, `why`, the record's own fields (`date`, `house`…) and the
offsets `start`, `end`, `evidence_start`, `evidence_end`. What the codebook does not allow is refused, not repaired.

A line with a `coder` is a correction (`corrections`): a record may have many. Of those of one coder the last holds, and
where one reading is wanted (training, evaluation) the last of all coders.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from qa_assess.errors import InputError, LabelError
from qa_assess.hydration import DIGEST, hydrate
from qa_assess.label_rows import LabelledAsk, Labels, Problem, Row, labels_of

__all__ = ["LabelledAsk", "Labels", "check_labels", "label_files", "labels_sha256", "read_codings", "read_labels"]

# Of a last line without a line end that is no record.
_CUT = Problem(
    "not JSON: the file's last line is cut off",
    "delete that line (of corrections, `qa-assess serve` sets it aside when it starts)",
)


def label_files(path: Path) -> list[Path]:
    """The files behind a path: itself, or a folder's JSON Lines files by name.

    Raises:
        InputError: There is no such file, or none in the folder.
    """
    if path.is_file():
        return [path]
    files = sorted(path.glob("*.jsonl"))
    if not files:
        what = f"no .jsonl file in {path}" if path.is_dir() else f"no such file: {path}"
        raise InputError(what, hint="name a JSON Lines file of labelled records, or a folder that holds some")
    return files


def labels_sha256(path: Path) -> str:
    """SHA-256 of the labelled data: of the file, or of a folder's files one after the other, in hexadecimal."""
    found = sha256()
    for file in label_files(path):
        found.update(file.read_bytes())
    return found.hexdigest()


def read_labels(path: Path, texts: Mapping[str, Row] | None = None) -> Iterator[Labels]:
    r"""Read labelled records from a JSON Lines file, or from a folder of such files; one for each record.

    Args:
        path: The file or folder.
        texts: Records by id, for labels that come without their texts (`hydration`).

    Raises:
        InputError: There is no such file.
        LabelError: The first deviation from the codebook, with the file, the line and the record's id; or labels whose
            texts are not among `texts`.

    >>> from tempfile import TemporaryDirectory
    >>> row = {"id": "1", "question": "When will it open?", "answer": "In May.", "tags": [], "grade": "full", "asks": [
    ...     {"text": "When will it open", "kind": "timeline", "status": "full", "evidence": "In May"}]}
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "mine.jsonl")
    ...     _ = file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    ...     [(labels.grade_strict.value, labels.asks[0].evidence.start) for labels in read_labels(file)]
    [('full', 0)]
    """
    corrected: dict[tuple[str, str], Labels] = {}
    for labels in read_codings(path, texts):
        if labels.coder:
            corrected.pop(labels.record, None)
            corrected[labels.record] = labels
        else:
            yield labels
    yield from _told_apart(corrected.values())


def read_codings(path: Path, texts: Mapping[str, Row] | None = None) -> Iterator[Labels]:
    """Read every line, as `read_labels` does, all corrections of a record among them."""
    for where, labels, problems in _records(path, texts or {}):
        if labels is None:
            raise LabelError(f"{where}: {problems[0].what}", hint=problems[0].todo)
        yield labels


def _told_apart(corrected: Iterable[Labels]) -> Iterator[Labels]:
    """The corrections, each with an id of its own: of several inputs each may have had a record 1."""
    seen: set[str] = set()
    for labels in corrected:
        id = "-".join(labels.record) if labels.id in seen else labels.id
        seen.add(labels.id)
        yield replace(labels, id=id, exchange=replace(labels.exchange, id=id))


def check_labels(path: Path) -> list[str]:
    """All deviations from the codebook in a file or a folder of files, a line of text each.

    Raises:
        InputError: There is no such file.
    """
    return [f"{where}: {what} ({todo})" for where, _, problems in _records(path, {}) for what, todo in problems]


def _records(path: Path, texts: Mapping[str, Row]) -> Iterator[tuple[str, Labels | None, list[Problem]]]:
    """Where a record stands, its labels (None where it has problems), and its problems."""
    seen: dict[str, tuple[str, bool]] = {}
    for file in label_files(path):
        lines = file.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{file.name}:{number}"
            row, problems = _row(line)
            if row is None:
                yield where, None, [_CUT] if number == len(lines) and line.startswith(b"{") else problems
                continue
            if DIGEST in row:
                row = hydrate(row, texts)
            labels = labels_of(row, where, problems)
            if labels:
                problems += _again(labels, where, seen)
            yield f"{where}: record {row.get('id')!r}", None if problems else labels, problems


def _again(labels: Labels, where: str, seen: dict[str, tuple[str, bool]]) -> Iterator[Problem]:
    """What is wrong with an id that was there before: nothing, where both lines are corrections."""
    place, corrected = seen.setdefault(labels.id, (where, bool(labels.coder)))
    if place != where and corrected is not bool(labels.coder):
        todo = "keep corrections in a file of their own, and name both files"
        yield Problem(f"the id stands at {place} already, and one of the two lines is a correction", todo)
    elif place != where and not corrected:
        yield Problem(f"the id stands at {place} already", "give each record an id of its own")


def _row(line: bytes) -> tuple[Row | None, list[Problem]]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return None, [Problem(f"not UTF-8: {error.reason} at byte {error.start}", "save the file as UTF-8")]
    except json.JSONDecodeError as error:
        return None, [Problem(f"not JSON: {error.msg} at column {error.colno}", "write one JSON object a line")]
    if not isinstance(row, dict):
        return None, [Problem("not a JSON object", "write one JSON object a line")]
    return row, []
