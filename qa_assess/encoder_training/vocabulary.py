"""MiniLM's vocabulary cut down to the pieces that parliamentary texts use."""

import json
from collections.abc import Iterable
from pathlib import Path

from spacy.tokens import Doc
from tokenizers import Tokenizer

from qa_assess.encoder import NAMES, masked_words

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def cut(source: Path, target: Path, records: Iterable[tuple[Doc, Doc]]) -> list[int]:
    """Write a tokenizer with the pieces that occur (and every single character), and say which rows they were.

    Args:
        source: MiniLM's `tokenizer.json`.
        target: Where ours goes.
        records: Questions and answers, parsed.

    Returns:
        For each of our ids the id that the piece had.
    """
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    whole: dict[str, int] = tokenizer.get_vocab()
    texts: set[str] = set()
    for question, answer in records:
        names: dict[str, int] = {}
        texts |= {text for doc in (question, answer) for text, *_ in masked_words(doc, names)}
    words = sorted(text for text in texts if not text.startswith("[unused"))
    used = {piece for found in tokenizer.encode_batch(words, add_special_tokens=False) for piece in found.tokens}
    used |= {p for p in whole if len(p.removeprefix("##")) == 1}
    used |= {f"[unused{n + 1}]" for n in range(NAMES)}
    pieces = [*SPECIAL, *sorted(used - set(SPECIAL))]
    stored = json.loads(source.read_text(encoding="utf-8"))
    ids = {piece: n for n, piece in enumerate(pieces)}
    stored["model"]["vocab"] = ids
    stored["truncation"] = stored["padding"] = None
    stored["post_processor"] = None
    stored["added_tokens"] = [{**t, "id": ids[t["content"]]} for t in stored["added_tokens"] if t["content"] in ids]
    target.write_text(json.dumps(stored, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return [whole[piece] for piece in pieces]
