"""Which stretches of a question are asks: the parse proposes (`candidates`), and a classifier sees this of each.

It sees words and structure, never names, and where there is an encoder how much like a part of an ask that finds the
word pieces of each.
"""

import re
from collections.abc import Sequence

import numpy as np
from spacy.tokens import Doc, Span, Token

from qa_assess.asking import subject
from qa_assess.candidates import Candidate, is_tabled
from qa_assess.cues import word_list
from qa_assess.wording import lemma, printed, word, words

# "Is he aware that…", "Has she noticed…": openers that mostly introduce the real ask
_AWARE = re.compile(r".{0,45}\b(?:aware|noticed|seen|heard|know|remember|recall|recogni[sz]e|realise)\b", re.I)
_LONGEST = 60
# Where something is surely asked: a question mark, or the printed opening of a tabled question.
_REQUEST = re.compile(r"\?|\bTo ask (?:the|her|his|my|hm)\b", re.IGNORECASE)
_MODALS = frozenset({"aux", "cop"})


def span_of(doc: Doc, start: int, end: int) -> Span:
    found = doc.char_span(start, end, alignment_mode="expand")
    assert found is not None
    return found


def subject_and_modal(head: Token) -> tuple[str, str]:
    who = subject(head)
    modal = next((word(c) for c in head.children if c.dep_ in _MODALS), "-")
    return word(who) if who is not None else "-", modal


def _structure(doc: Doc, candidate: Candidate) -> dict[str, str]:
    head = doc[candidate.head]
    who, modal = subject_and_modal(head)
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
    span = span_of(doc, candidate.start, candidate.end)
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
    span = span_of(doc, candidate.start, candidate.end)
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


def _same_words(one: Candidate, other: Candidate) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared > min(one.end - one.start, other.end - other.start)


def choose(
    probabilities: Sequence[float],
    found: Sequence[Candidate],
    threshold: float,
    *,
    tabled: bool,
    text: str,
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
