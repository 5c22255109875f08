"""A small transformer's impression of a record: one more opinion for the classifiers that decide.

It reads question and answer together, word by word as the classifiers see them (names masked, but the same name as the
same mask), and says what in the question looks asked, of each ask what kind it is and how it was met, and of the answer
which tags and grades are likely.
It was fine-tuned by `qa_assess.encoder_training` and runs in onnxruntime on one thread, a record at a time, so that the
same record gives the same figures whatever stands beside it.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from qa_assess.codebook import CODEBOOK_VERSION
from qa_assess.errors import ModelError
from qa_assess.wording import word

NETWORK = "encoder.onnx"
TOKENIZER = "tokenizer.json"
CONFIG = "config.json"

Probabilities = NDArray[np.float64]
Ints = NDArray[np.int64]
# Characters (first, after the last) of a question.
Span = tuple[int, int]

# Word pieces of question and answer together, and of the question alone: the transformer's time grows with them.
MOST_PIECES = 380
MOST_OF_QUESTION = 180
# What is seen of how much like asks the pieces of a span and those beside it look.
ASKED = ("mean", "least", "most", "first", "last", "median", "before", "after", "opening", "everywhere")
_NEAR = 4
_NOTHING = -1.0
# Distinct names of a record that get a mask of their own; any more share the last.
NAMES = 40


@dataclass(frozen=True, slots=True)
class Impression:
    """What the encoder makes of a record.

    Attributes:
        kinds: Probabilities of the fourteen kinds (in the codebook's order) for each span asked about; (spans, 14).
        outcomes: Probabilities of (none, partial, full) for each span; (spans, 3).
        asked: How much like asks the spans look (`ASKED`); (spans, 10).
        cases: Probabilities of the grader's four cases; (4,).
        tags: Log-odds of the nineteen tags; (19,).
    """

    kinds: Probabilities
    outcomes: Probabilities
    asked: Probabilities
    cases: Probabilities
    tags: Probabilities

    def of(self, chosen: Sequence[int]) -> "Impression":
        """The same of some of the spans, by their numbers."""
        at = list(chosen)
        return replace(self, kinds=self.kinds[at], outcomes=self.outcomes[at], asked=self.asked[at])


@dataclass(frozen=True, slots=True)
class Pieces:
    """A record as the transformer sees it: ids of word pieces, where the answer begins, characters of each piece."""

    ids: Ints
    answer_at: int
    question: Ints
    answer: Ints

    def in_question(self, start: int, end: int) -> tuple[int, int]:
        """The pieces (first, after the last) of a span of the question; the opening mark where it was cut off."""
        return _within(self.question, start, end, 1) or (0, 1)

    def in_answer(self, start: int, end: int) -> tuple[int, int] | None:
        """The pieces of a span of the answer; None where it was cut off."""
        return _within(self.answer, start, end, self.answer_at)


def _within(places: Ints, start: int, end: int, shift: int) -> tuple[int, int] | None:
    inside = np.flatnonzero((places[:, 0] < end) & (places[:, 1] > start)) if len(places) else places
    return (int(inside[0]) + shift, int(inside[-1]) + 1 + shift) if len(inside) else None


def masked_words(doc: Doc, names: dict[str, int]) -> Iterator[tuple[str, int, int]]:
    """The words of a text with their characters; figures stay, a name becomes the number of its mask.

    Args:
        doc: A parsed text.
        names: The masks given so far in this record; grows.

    >>> import spacy
    >>> list(masked_words(spacy.blank("en")("She met Bloggs on 4 May"), {}))[2:5]
    [('[unused1]', 8, 14), ('on', 15, 17), ('4', 18, 19)]
    """
    last: tuple[str, int, int] | None = None
    for token in doc:
        if token.is_space:
            continue
        seen = word(token)
        end = token.idx + len(token)
        if seen == "name":
            if last and last[0].startswith("[unused") and token.idx - last[2] <= 1:
                names.setdefault(token.lower_, int(last[0][7:-1]) - 1)
                last = (last[0], last[1], end)
                continue
            mask = names.setdefault(token.lower_, min(len(names), NAMES - 1))
            seen = f"[unused{mask + 1}]"
        elif seen == "0":
            seen = token.lower_
        if last:
            yield last
        last = (seen, token.idx, end)
    if last:
        yield last


def asked_figures(each: Probabilities, first: int, end: int) -> list[float]:
    """How much like an ask a span looks: the figures that `ASKED` names.

    Args:
        each: Of each piece of the question, how likely it is a part of an ask.
        first: The span's first piece; 0 is the question's first, and a span that was cut off lies before it.
        end: The piece after its last.

    >>> dict(zip(ASKED, asked_figures(np.array([0.0, 0.25, 1.0, 0.5]), 1, 3)))["mean"]
    0.625
    """
    own, before, after = each[max(first, 0) : end], each[max(0, first - _NEAR) : first], each[end : end + _NEAR]
    if first < 0 or not len(own):
        return [_NOTHING] * len(ASKED)
    opening = own[: len(own) // 3 + 1]
    return [
        *(float(own.mean()), float(own.min()), float(own.max()), float(own[0]), float(own[-1]), float(np.median(own))),
        float(before.mean()) if len(before) else _NOTHING,
        float(after.mean()) if len(after) else _NOTHING,
        *(float(opening.mean()), float(each.mean())),
    ]


class WordPieces:
    """The encoder's tokenizer: from masked words to ids.

    Args:
        path: A `tokenizer.json` of the tokenizers library.
    """

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415 - only where there is an encoder

        self._tokenizer = Tokenizer.from_file(str(path))
        self._begin, self._end = (self._tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]"))
        self._of = lru_cache(maxsize=100_000)(self._encode)

    def _encode(self, text: str) -> tuple[int, ...]:
        mask = self._tokenizer.token_to_id(text) if text.startswith("[unused") else None
        if mask is not None:
            return (mask,)
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids[:6])

    def _text(self, doc: Doc, names: dict[str, int]) -> tuple[list[int], Ints]:
        ids: list[int] = []
        places: list[tuple[int, int]] = []
        for text, start, end in masked_words(doc, names):
            own = self._of(text)
            ids += own
            places += [(start, end)] * len(own)
        return ids, np.array(places, np.int64).reshape(-1, 2)

    def __call__(self, question: Doc, answer: Doc) -> Pieces:
        """Question and answer as pieces; of a long question the end is kept, of a long answer the beginning."""
        names: dict[str, int] = {}
        asked, asked_at = self._text(question, names)
        said, said_at = self._text(answer, names)
        asked, asked_at = asked[-MOST_OF_QUESTION:], asked_at[-MOST_OF_QUESTION:]
        room = MOST_PIECES - len(asked)
        ids = [self._begin, *asked, self._end, *said[:room], self._end]
        return Pieces(np.array(ids, np.int64), len(asked) + 2, asked_at, said_at[:room])


class Encoder:
    """A trained encoder, loaded once.

    Args:
        folder: What `python -m qa_assess.encoder_training` wrote.

    Raises:
        ModelError: A file is missing or broken, or of another codebook.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime  # noqa: PLC0415 - only where there is an encoder

        config = read_config(folder)
        self.version = str(config["version"])
        options = onnxruntime.SessionOptions()
        # One thread: the order of sums, and so the figures, do not depend on the machine's cores.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self.pieces = WordPieces(folder / TOKENIZER)
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / NETWORK), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # whatever onnxruntime or tokenizers raise for a broken file
            hint = "install qa-assess again"
            raise ModelError(f"the encoder at {folder} does not load: {error}", hint=hint) from error

    def read(self, question: Doc, answer: Doc, spans: Sequence[Span]) -> Impression:
        """What the encoder makes of a record and of spans (characters) of its question."""
        return self.read_all([question], [answer], [spans])[0]

    def read_all(
        self, questions: Sequence[Doc], answers: Sequence[Doc], spans: Sequence[Sequence[Span]]
    ) -> list[Impression]:
        """`read` of each record.

        The network goes from one record straight to the next: its weights stay where the processor has them at hand.
        """
        pieces = [self.pieces(question, answer) for question, answer in zip(questions, answers, strict=True)]
        asked = [[p.in_question(*span) for span in own] for p, own in zip(pieces, spans, strict=True)]
        said = [self._run(p, own) for p, own in zip(pieces, asked, strict=True)]
        return [_impression(*parts) for parts in zip(pieces, asked, said, strict=True)]

    def _run(self, pieces: Pieces, asked: Sequence[tuple[int, int]]) -> list[NDArray[Any]]:
        found: list[NDArray[Any]] = self._session.run(
            ["kinds", "outcomes", "asked", "cases", "tags"],
            {
                "ids": pieces.ids,
                "answer_at": np.array(pieces.answer_at, np.int64),
                "asks": np.array(asked or [(0, 1)], np.int64),  # the network wants at least one
            },
        )
        return found


def _impression(pieces: Pieces, asked: Sequence[tuple[int, int]], said: list[NDArray[Any]]) -> Impression:
    kinds, outcomes, each, cases, tags = said
    n = len(asked)
    question = each[1 : pieces.answer_at - 1]
    seen = np.array([asked_figures(question, a - 1, b - 1) for a, b in asked])
    parts = (kinds[:n], outcomes[:n], seen.reshape(-1, len(ASKED)), cases, tags)
    return Impression(*(np.asarray(x, np.float64) for x in parts))


def encoder_sha256(folder: Path) -> str:
    """The SHA-256 of an encoder's weights, by which a grader knows the encoder that it was trained beside.

    Raises:
        ModelError: There are none.
    """
    try:
        return hashlib.sha256((folder / NETWORK).read_bytes()).hexdigest()
    except OSError as error:
        hint = "name a folder that `python -m qa_assess.encoder_training` wrote"
        raise ModelError(f"{folder / NETWORK} cannot be read: {error}", hint=hint) from error


def read_config(folder: Path) -> dict[str, Any]:
    """An encoder's config.

    Raises:
        ModelError: It is missing or broken, or names another codebook.
    """
    try:
        config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint = "name a folder that `python -m qa_assess.encoder_training` wrote"
        raise ModelError(f"{folder / CONFIG} cannot be read: {error}", hint=hint) from error
    if config.get("codebook") != CODEBOOK_VERSION:
        raise ModelError(
            f"the encoder at {folder} was trained under another codebook than {CODEBOOK_VERSION}",
            hint="train it again with `python -m qa_assess.encoder_training`",
        )
    return config
