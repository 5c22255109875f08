"""What is asked: which candidates are asks, and of which kind.

The parse proposes (`candidates`), two classifiers decide: one whether a candidate is an ask, one of which of the
codebook's fourteen kinds. Both were trained on labelled records; both see words and structure, never names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc, Span, Token

from qa_assess.candidates import Candidate, candidates, is_tabled, subject
from qa_assess.codebook import Kind
from qa_assess.cues import patterns, word_list
from qa_assess.estimators import as_array, table
from qa_assess.exchange import Ask
from qa_assess.wording import lemma, printed, word, words

_KINDS = tuple(Kind)

# "Is he aware that…", "Has she noticed…": openers that mostly introduce the real ask
_AWARE = re.compile(r".{0,45}\b(?:aware|noticed|seen|heard|know|remember|recall|recogni[sz]e|realise)\b", re.I)
_LONGEST = 60
# ", and": what is left between two asks
# Where something is surely asked: a question mark, or the printed opening of a tabled question.
_REQUEST = re.compile(r"\?|\bTo ask (?:the|her|his|my|hm)\b", re.IGNORECASE)
_LOOSE_END = re.compile(r"(?:\A|(?<=\s))(?:and|but|or|so)[\s,;:]*\Z", re.IGNORECASE)
_MODALS = frozenset({"aux", "cop"})
_COMPLEMENTS = frozenset({"xcomp", "ccomp", "obj"})


@dataclass(frozen=True, slots=True)
class AskModels:
    """The classifiers of this room, fitted; `threshold` is the least probability at which a candidate is an ask."""

    filter_words: Any
    filter_trees: Any
    kinds: Any
    threshold: float


def _span(doc: Doc, start: int, end: int) -> Span:
    found = doc.char_span(start, end, alignment_mode="expand")
    assert found is not None
    return found


def _subject_and_modal(head: Token) -> tuple[str, str]:
    who = subject(head)
    modal = next((word(c) for c in head.children if c.dep_ in _MODALS), "-")
    return word(who) if who is not None else "-", modal


def _structure(doc: Doc, candidate: Candidate) -> dict[str, str]:
    head = doc[candidate.head]
    who, modal = _subject_and_modal(head)
    return {
        "form": candidate.form,
        "lemma": lemma(head),
        "subject": who,
        "modal": modal,
        "relation": head.dep_,
        "above": lemma(head.head),
        "wrapped": str(any(c.dep_ in {"ccomp", "xcomp"} for c in head.children) and head.lemma_ in word_list("shell")),
    }


def filter_figures(doc: Doc, found: Sequence[Candidate], n: int) -> dict[str, float]:
    """The figures by which a candidate is told from context: where it stands, and what stands around it."""
    candidate = found[n]
    text = printed(doc)[candidate.start : candidate.end]
    span = _span(doc, candidate.start, candidate.end)
    sentences = sum(1 for _ in doc.sents)
    following = found[n + 1] if n + 1 < len(found) else None
    own = set(text.lower().split())
    other = set(printed(doc)[following.start : following.end].lower().split()) if following else set()
    return {
        "candidates": min(len(found), 8),
        "alone": len(found) == 1,
        "first": n == 0,
        "last": n == len(found) - 1,
        "from_end": min(len(found) - 1 - n, 5),
        "sentences_left": min(sentences - 1 - candidate.sentence, 6),
        "sentence": min(candidate.sentence, 8),
        "length": min(len(span), _LONGEST),
        "tabled": is_tabled(printed(doc)),
        "question_mark": "?" in printed(doc)[candidate.end - 1 : candidate.end + 2],
        "aware": bool(_AWARE.match(text)),
        "quoted": '"' in text or "“" in text,
        "contained": any(c is not candidate and c.start <= candidate.start and c.end >= candidate.end for c in found),
        "contains": any(c is not candidate and c.start >= candidate.start and c.end <= candidate.end for c in found),
        "same_sentence_next": following is not None and following.sentence == candidate.sentence,
        "overlap_next": len(own & other) / max(1, min(len(own), len(other))),
        "starts_sentence": candidate.start == span.sent.start_char,
    }


FILTER_FIGURES = (
    *("candidates", "alone", "first", "last", "from_end", "sentences_left", "sentence", "length", "tabled"),
    *("question_mark", "aware", "quoted", "contained", "contains", "same_sentence_next", "overlap_next"),
    "starts_sentence",
)
_FORMS = (
    *("polar", "wh", "if", "request", "expectation", "shared", "mark", "opener", "part", "letter", "first-letter"),
    "last",
)
_DEPENDENCIES = ("ROOT", "conj", "parataxis", "ccomp", "advcl", "xcomp", "acl", "appos")


def filter_row(doc: Doc, found: Sequence[Candidate], n: int) -> tuple[str, dict[str, float]]:
    """A candidate as the filter sees it: a string of word features, and a row of figures."""
    candidate = found[n]
    span = _span(doc, candidate.start, candidate.end)
    shown, before = words(span) or ["-"], words(doc[max(0, span.start - 4) : span.start])
    structure = _structure(doc, candidate)
    following = found[n + 1].form if n + 1 < len(found) else "-"
    previous = found[n - 1].form if n else "-"
    figures = filter_figures(doc, found, n)
    tokens = [f"{name}={value}" for name, value in structure.items()]
    tokens += [f"w{k}=" + "_".join(shown[:k]) for k in (1, 2, 3, 4)]
    tokens += [f"b{k}=" + "_".join(before[-k:]) for k in (1, 2)]
    tokens += [f"next={following}", f"previous={previous}", f"form,next={candidate.form},{following}"]
    tokens += [f"subject,lemma={structure['subject']},{structure['lemma']}"]
    tokens += [f"modal,subject={structure['modal']},{structure['subject']}"]
    tokens += [f"form,last={candidate.form},{figures['last']}", f"form,tabled={candidate.form},{figures['tabled']}"]
    tokens += [f"w2,last={'_'.join(shown[:2])},{figures['last']}"]
    tokens += [f"has={w}" for w in shown[:8]]
    figures |= {f"form={form}": candidate.form == form for form in _FORMS}
    figures |= {f"dep={dep}": structure["relation"] == dep for dep in _DEPENDENCIES}
    return " ".join(tokens), {k: float(v) for k, v in figures.items()}


FILTER_COLUMNS = (*FILTER_FIGURES, *(f"form={f}" for f in _FORMS), *(f"dep={d}" for d in _DEPENDENCIES))


def kind_row(doc: Doc, start: int, end: int) -> list[str]:
    """An ask as the kind classifier sees it: its words, its first letters, its opener, its places, its structure."""
    span = _span(doc, start, end)
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
    who, modal = _subject_and_modal(head)
    complements = (c for c in head.children if c.dep_ in _COMPLEMENTS and word(c) != "name")
    complement = next((lemma(c) for c in complements), "-")
    verb = lemma(head)
    return [
        *(f"verb={verb}", f"modal={modal}", f"subject={who}", f"complement={complement}"),
        *(f"{modal}+{verb}", f"{verb}+{complement}", f"{modal}+{who}+{verb}", f"tense={head.tag_}"),
    ]


def _wording_cues(text: str) -> list[str]:
    """The groups of `asks.toml` that a text matches; ``none`` where there is none."""
    return [name for name, pattern in patterns("asks").items() if pattern.search(text)] or ["none"]


def _same_words(one: Candidate, other: Candidate) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared > min(one.end - one.start, other.end - other.start)


def choose(
    probabilities: Sequence[float], found: Sequence[Candidate], threshold: float, *, tabled: bool, text: str
) -> list[int]:
    """Which candidates are asks: those above the threshold; the best one where a request is printed but none passes.

    Of two that share most of their words the likelier one is taken: no ask lies within another.

    >>> found = [Candidate(0, 11, "polar", 0, 0), Candidate(13, 24, "wh", 3, 1)]
    >>> choose([0.2, 0.9], found, 0.5, tabled=False, text="Will he act? When will he?")
    [1]
    """
    chosen: list[int] = []
    for n in sorted(range(len(found)), key=lambda n: -probabilities[n]):
        if probabilities[n] >= threshold and not any(_same_words(found[n], found[k]) for k in chosen):
            chosen.append(n)
    chosen.sort()
    if not chosen and found and (tabled or _REQUEST.search(text) or max(probabilities) >= threshold / 3):
        chosen = [int(np.argmax(probabilities))]
    return chosen


def find_asks(docs: Sequence[Doc], models: AskModels) -> list[tuple[Ask, ...]]:
    """The asks of each question, in its order.

    Args:
        docs: Parsed questions.
        models: The fitted classifiers.
    """
    return name_asks(docs, find_spans(docs, models), models)


def find_spans(docs: Sequence[Doc], models: AskModels) -> list[list[Candidate]]:
    """The candidates of each question that are asks, in its order."""
    found = [candidates(doc) for doc in docs]
    rows = [filter_row(doc, own, n) for doc, own in zip(docs, found, strict=True) for n in range(len(own))]
    if not rows:
        return [[] for _ in docs]
    by_words = models.filter_words.predict_proba([text for text, _ in rows])[:, 1]
    by_trees = models.filter_trees.predict_proba(table([figures for _, figures in rows], FILTER_COLUMNS))[:, 1]
    scores = iter((by_words + by_trees) / 2)
    chosen = []
    for doc, own in zip(docs, found, strict=True):
        likely = [next(scores) for _ in own]
        at = choose(likely, own, models.threshold, tabled=is_tabled(printed(doc)), text=printed(doc))
        chosen.append([own[n] for n in at])
    return chosen


def name_asks(
    docs: Sequence[Doc],
    spans: Sequence[Sequence[Candidate]],
    models: AskModels,
    seen: Sequence[np.ndarray[Any, Any]] | None = None,
) -> list[tuple[Ask, ...]]:
    """The asks with their kinds.

    Args:
        docs: Parsed questions.
        spans: What is asked in each (`find_spans`).
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
