"""What is asked: which candidates are asks, and of which kind.

The parse proposes (`candidates`), two classifiers decide: one whether a candidate is an ask (it sees what `ask_filter`
shows it), one of which of the codebook's fourteen kinds. Both were trained on labelled records; both see words and
structure, never names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc, Token

from qa_assess.ask_filter import FILTER_COLUMNS, choose, filter_row, span_of, subject_and_modal
from qa_assess.candidates import Candidate, is_tabled
from qa_assess.codebook import Kind
from qa_assess.cues import patterns
from qa_assess.estimators import as_array, table
from qa_assess.exchange import Ask
from qa_assess.wording import lemma, printed, word, words

_KINDS = tuple(Kind)

# ", and": what is left between two asks
_LOOSE_END = re.compile(r"(?:\A|(?<=\s))(?:and|but|or|so)[\s,;:]*\Z", re.IGNORECASE)
_COMPLEMENTS = frozenset({"xcomp", "ccomp", "obj"})


@dataclass(frozen=True, slots=True)
class AskModels:
    """The classifiers of this room, fitted; `threshold` is the least probability at which a candidate is an ask."""

    filter_words: Any
    filter_trees: Any
    kinds: Any
    threshold: float


def kind_row(doc: Doc, start: int, end: int) -> list[str]:
    """An ask as the kind classifier sees it: its words, its first letters, its opener, its places, its structure."""
    span = span_of(doc, start, end)
    shown = words(span) or ["-"]
    before = words(doc[max(0, span.start - 5) : span.start])
    structure = _kind_structure(span.root)
    structure += [
        f"before={'_'.join(before[-2:])}",
        f"before1={'_'.join(before[-1:])}",
        f"tabled={is_tabled(printed(doc))}",
    ]
    return [
        " ".join(shown),
        " ".join(shown)[:90],
        " ".join(f"F_{w}" for w in shown[:12]),
        " ".join(f"{n}_{w}" for n, w in enumerate(shown[:5])),
        " ".join(structure),
        " ".join(_wording_cues(printed(doc)[start:end])),
    ]


def _kind_structure(head: Token) -> list[str]:
    who, modal = subject_and_modal(head)
    complements = (c for c in head.children if c.dep_ in _COMPLEMENTS and word(c) != "name")
    complement = next((lemma(c) for c in complements), "-")
    verb = lemma(head)
    return [
        *(f"verb={verb}", f"modal={modal}", f"subject={who}", f"complement={complement}"),
        *(f"{modal}+{verb}", f"{verb}+{complement}", f"{modal}+{who}+{verb}", f"tense={head.tag_}"),
    ]


def _wording_cues(text: str) -> list[str]:
    """The groups of `asks.toml` that a text matches; ``none`` where there is none."""
    lower = text.lower()
    return [name for name, pattern in patterns("asks").items() if pattern.search(lower)] or ["none"]


def find_spans(
    docs: Sequence[Doc],
    found: Sequence[Sequence[Candidate]],
    models: AskModels,
    seen: Sequence[np.ndarray[Any, Any]] | None = None,
) -> list[list[int]]:
    """Which candidates of each question are asks, in its order.

    Args:
        docs: Parsed questions.
        found: The candidates of each.
        models: The fitted classifiers.
        seen: How much like asks the encoder finds them, an array (candidates, `encoder.ASKED`) a question, where there
            is an encoder.
    """
    rows = [filter_row(doc, own, n) for doc, own in zip(docs, found, strict=True) for n in range(len(own))]
    if not rows:
        return [[] for _ in docs]
    figures = table([figures for _, figures in rows], FILTER_COLUMNS)
    scores = iter(filter_scores([text for text, _ in rows], figures, models, None if seen is None else np.vstack(seen)))
    return [
        choose([next(scores) for _ in own], own, models.threshold, tabled=is_tabled(printed(doc)), text=printed(doc))
        for doc, own in zip(docs, found, strict=True)
    ]


def filter_scores(
    texts: Sequence[str], figures: np.ndarray[Any, Any], models: AskModels, seen: np.ndarray[Any, Any] | None
) -> np.ndarray[Any, Any]:
    """How likely each candidate is an ask (candidates,): the mean of what its words say and what its figures say."""
    by_words = models.filter_words.predict_proba(texts)[:, 1]
    by_trees = models.filter_trees.predict_proba(figures if seen is None else np.hstack([figures, seen]))[:, 1]
    return np.asarray((by_words + by_trees) / 2)


def name_asks(
    docs: Sequence[Doc],
    spans: Sequence[Sequence[Candidate]],
    models: AskModels,
    seen: Sequence[np.ndarray[Any, Any]] | None = None,
) -> list[tuple[Ask, ...]]:
    """The asks with their kinds.

    Args:
        docs: Parsed questions.
        spans: The candidates of each that are asks (`find_spans`).
        models: The fitted classifiers.
        seen: The encoder's probabilities of the kinds, an array (spans, kinds) a question, where there is an encoder.
    """
    rows = [kind_row(doc, c.start, c.end) for doc, own in zip(docs, spans, strict=True) for c in own]
    if not rows:
        return [() for _ in docs]
    probabilities = kind_probabilities(rows, models, None if seen is None else np.vstack(seen))
    kinds = ((_KINDS[int(p.argmax())], round(float(p.max()), 4)) for p in probabilities)
    return [
        tuple(Ask(printed(doc)[c.start : c.end], c.start, c.end, *next(kinds)) for c in own)
        for doc, own in zip(docs, spans, strict=True)
    ]


def kind_probabilities(
    rows: Sequence[list[str]], models: AskModels, seen: np.ndarray[Any, Any] | None
) -> np.ndarray[Any, Any]:
    """Probabilities of the kinds, in the codebook's order (asks, kinds): the mean of ours and the encoder's, if any."""
    own = np.zeros((len(rows), len(_KINDS)))
    own[:, [_KINDS.index(Kind(c)) for c in models.kinds.classes_]] = models.kinds.predict_proba(as_array(rows))
    return own if seen is None else (own + seen) / 2


def preamble(question: str, asks: Sequence[Ask]) -> str:
    """The question without its asks: what the codebook calls context.

    >>> preamble("Bills rose. Will he act? I hope so.", [Ask("Will he act", 12, 23, Kind.COMMITMENT)])
    'Bills rose. I hope so.'
    >>> asks = [Ask("Will he act", 0, 11, Kind.COMMITMENT), Ask("when", 17, 21, Kind.TIMELINE)]
    >>> preamble("Will he act, and when?", asks)
    ''
    """
    kept, at = [], 0
    for ask in sorted(asks, key=lambda a: a.start):
        kept.append(question[at : ask.start])
        at = max(at, ask.end)
    kept.append(question[at:])
    pieces = (_LOOSE_END.sub("", re.sub(r"\A[\s?,;.]+", "", piece)).strip() for piece in kept)
    return " ".join(piece for piece in pieces if re.search(r"\w", piece))
