"""Labelled records as tensors: pieces padded to a common length, and every label that the heads learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from qa_assess.codebook import STATUSES, Kind
from qa_assess.encoder import Pieces, WordPieces
from qa_assess.tags import TAGS
from qa_assess.training.material import Record

_KINDS = tuple(Kind)
# Lengths are rounded up to this, so that few shapes occur: the matrix routines are made ready once for each.
_STEP = 32
# Records sorted by length within a window of this many batches: little padding, and still a fresh order each epoch.
_WINDOW = 20
UNLABELLED = -100


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled record in pieces: asks as (span, kind, status, evidence), the concern's span, tags, the case."""

    pieces: Pieces
    asks: tuple[tuple[tuple[int, int], int, int, tuple[int, int] | None], ...]
    concern: tuple[int, int] | None
    tags: tuple[int, ...]
    case: int


def sample(record: Record, tokenizer: WordPieces) -> Sample:
    """A record's pieces and labels."""
    labels, pieces = record.labels, tokenizer(record.question, record.answer.doc)
    asks = tuple(
        (
            pieces.in_question(a.ask.start, a.ask.end),
            _KINDS.index(a.ask.kind),
            STATUSES.index(a.status),
            pieces.in_answer(a.evidence.start, a.evidence.end) if a.evidence else None,
        )
        for a in labels.asks
    )
    concern = labels.concern_evidence
    return Sample(
        pieces,
        asks,
        pieces.in_answer(concern.start, concern.end) if concern else None,
        tuple(int(tag in labels.tags) for tag in TAGS),
        UNLABELLED if record.case is None else record.case,
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Some samples as tensors; asks of all of them in one row, `rows` saying whose they are."""

    ids: Tensor
    mask: Tensor
    answer: Tensor
    rows: Tensor
    spans: Tensor
    kinds: Tensor
    statuses: Tensor
    evidence: list[tuple[int, int] | None]
    asked: Tensor
    concern: Tensor
    tags: Tensor
    cases: Tensor


def collate(samples: Sequence[Sample]) -> Batch:
    """One batch of some samples, at least one of which has an ask."""
    length = -(-max(len(s.pieces.ids) for s in samples) // _STEP) * _STEP
    ids, asked, concern = (torch.zeros(len(samples), length) for _ in range(3))
    mask, answer = (torch.zeros(len(samples), length, dtype=torch.bool) for _ in range(2))
    for n, s in enumerate(samples):
        end = len(s.pieces.ids)
        ids[n, :end] = torch.from_numpy(s.pieces.ids).float()
        mask[n, :end], answer[n, s.pieces.answer_at : end] = True, True
        for (first, last), *_ in s.asks:
            asked[n, first:last] = 1
        if s.concern:
            concern[n, s.concern[0] : s.concern[1]] = 1
    asks = [(n, *ask) for n, s in enumerate(samples) for ask in s.asks]
    return Batch(
        ids.long(),
        mask,
        answer,
        torch.tensor([n for n, *_ in asks], dtype=torch.long),
        torch.tensor([span for _, span, *_ in asks], dtype=torch.long).reshape(-1, 2),
        torch.tensor([kind for _, _, kind, *_ in asks], dtype=torch.long),
        torch.tensor([status for *_, status, _ in asks], dtype=torch.long),
        [evidence for *_, evidence in asks],
        asked,
        concern,
        torch.tensor([s.tags for s in samples]).float(),
        torch.tensor([s.case for s in samples]),
    )


def shuffled(samples: Sequence[Sample], size: int, rng: torch.Generator) -> Iterator[Batch]:
    """All samples once, in batches of like length, in a random order."""
    order = torch.randperm(len(samples), generator=rng).tolist()
    window = size * _WINDOW
    near = [
        n
        for start in range(0, len(order), window)
        for n in sorted(order[start : start + window], key=lambda n: len(samples[n].pieces.ids))
    ]
    chunks = [near[start : start + size] for start in range(0, len(near), size)]
    for place in torch.randperm(len(chunks), generator=rng).tolist():
        own = [samples[n] for n in chunks[place]]
        if any(s.asks for s in own):
            yield collate(own)
