"""Labels without texts: what may be published of texts that may not, and how the two are joined again.

A dehydrated row holds the record's id, our labels as offsets, and a digest of the texts, so that a copy that differs by
one character is noticed instead of being labelled wrongly.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from qa_assess.errors import InputError, LabelError

Row = dict[str, Any]
DIGEST = "digest"
_COPIED = ("kind", "date", "house", "department", "heading")
_KEPT = ("tags", "grade", "grade_strict", "sure", "why")


def digest(question: str, answer: str) -> str:
    """Sixteen hexadecimal digits for the two texts of a record.

    >>> digest("Will he act?", "Yes.") == digest("Will he act?", "Yes")
    False
    """
    return blake2b(f"{question}\0{answer}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def digest_of_words(question: str, answer: str) -> str:
    r"""The digest of the two texts whatever their white space: programs change line ends and spaces.

    >>> digest_of_words("Will he act?", "Yes.") == digest_of_words("Will\r\nhe  act? ", "Yes.")
    True
    """
    return digest(" ".join(question.split()), " ".join(answer.split()))


def _offsets(text: str, part: str, name: str) -> Row:
    start = text.find(part) if part else -1
    return {f"{name}_start": start, f"{name}_end": start + len(part)} if start >= 0 else {}


def dehydrate(row: Mapping[str, Any]) -> Row:
    """A labelled row without a word of its texts.

    >>> dehydrate({"id": "1", "question": "Why?", "answer": "No.", "grade": "non-answer", "tags": [], "asks": [
    ...     {"text": "Why", "kind": "reason", "status": "none", "evidence": "No"}]})["asks"]
    [{'start': 0, 'end': 3, 'kind': 'reason', 'status': 'none', 'evidence_start': 0, 'evidence_end': 2}]
    """
    question, answer = row["question"], row["answer"]
    asks = []
    for ask in row["asks"]:
        start = ask.get("start", question.find(ask["text"]))
        place = {"start": start, "end": start + len(ask["text"]), "kind": ask["kind"], "status": ask["status"]}
        asks.append(place | _offsets(answer, ask.get("evidence", ""), "evidence"))
    kept = {name: row[name] for name in _KEPT if row.get(name)}
    concern = _offsets(answer, row.get("concern_evidence", ""), "concern")
    return {"id": row["id"], DIGEST: digest(question, answer), "asks": asks, **concern, "tags": [], **kept}


def hydrate(row: Mapping[str, Any], texts: Mapping[str, Row]) -> Row:
    """A dehydrated row with its texts again.

    Args:
        row: What `dehydrate` made.
        texts: Records by id (`read_texts`).

    Raises:
        LabelError: The record is not there, or its texts are not those that were labelled.
    """
    source = texts.get(str(row["id"]))
    if source is None:
        hint = "name the files that hold the texts (train: --texts)"
        raise LabelError(f"the texts of record {row['id']!r} are not among the files given", hint=hint)
    question, answer = str(source["question"]), str(source["answer"])
    if digest(question, answer) != row[DIGEST]:
        hint = "use the version of the texts that the corpus's README names"
        raise LabelError(f"the texts of record {row['id']!r} are not those that were labelled", hint=hint)
    asks = [
        ask
        | {"text": question[ask["start"] : ask["end"]]}
        | {"evidence": answer[ask.get("evidence_start", 0) : ask.get("evidence_end", 0)]}
        for ask in row["asks"]
    ]
    concern = answer[row.get("concern_start", 0) : row.get("concern_end", 0)]
    copied = {name: source[name] for name in _COPIED if source.get(name)}
    whole = copied | {"question": question, "answer": answer, "concern_evidence": concern}
    return {**whole, **{k: v for k, v in row.items() if not k.startswith(("concern_", DIGEST))}, "asks": asks}


def read_texts(paths: Iterable[Path]) -> dict[str, Row]:
    """Records by id, from JSON Lines files or folders of them.

    Raises:
        InputError: A path is not there.
    """
    found: dict[str, Row] = {}
    for path in paths:
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        if not files or not files[0].is_file():
            raise InputError(f"no JSON Lines file at {path}", hint="name a file, or a folder that holds some")
        for file in files:
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.strip() and isinstance(row := json.loads(line), dict) and "id" in row:
                    found[str(row["id"])] = row
    return found
