"""An answer as the classifiers read it: sentence by sentence, its words, its subjects, its cues and its clauses.

Built once an answer and shared by the rooms that judge it (outcomes, tags, concern).
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Span, Token

from qa_assess.asking import subject
from qa_assess.cues import patterns, word_list
from qa_assess.wording import lemma, topics, word, words

Figures = NDArray[np.float32]

CUES = tuple(patterns("answer"))
_CAP = 3
ENTITIES = ("DATE", "MONEY", "PERCENT", "QUANTITY", "ORG", "PERSON")
_PERSONS = {w: w for w in ("we", "he", "they", "it", "that", "there")} | {"i": "I", "this": "that", "you": "he"}


@lru_cache(maxsize=1)
def _party() -> re.Pattern[str]:
    names = "|".join(sorted({form for w in word_list("party") for form in (w.capitalize(), w.upper())}))
    return re.compile(rf"\b(?:{names})(?: (?:{names}))*\b")


def cue_counts(text: str) -> Figures:
    """How often each cue group of `answer.toml` occurs in a text, at most three times; shape (groups,).

    >>> cue_counts("No, no, no, no: never.")[CUES.index("negates")]
    np.float32(3.0)
    """
    masked = _party().sub("Party", text).lower()
    return np.array([min(_CAP, len(p.findall(masked))) for p in patterns("answer").values()], np.float32)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of an answer: who does what, when, and whether it is denied."""

    who: str
    modal: str
    verb: str
    tense: str
    negated: bool
    passive: bool

    @property
    def tokens(self) -> tuple[str, ...]:
        """The clause as word features."""
        denied = "not" if self.negated else "so"
        return (
            f"c={self.who},{self.modal},{denied}",
            f"v={self.verb},{denied}",
            f"wv={self.who},{self.verb}",
            f"mv={self.modal},{self.verb},{denied}",
            f"t={self.tense},{self.who},{'passive' if self.passive else 'active'}",
        )


def _who(token: Token | None) -> str:
    if token is None:
        return "-"
    shown = word(token)
    if shown in _PERSONS:
        return _PERSONS[shown]
    return {"name": "name", "government": "we", "department": "we", "ministers": "we"}.get(shown, token.pos_)


def clauses(tokens: Span | Doc) -> list[Clause]:
    """The clauses with a subject or an auxiliary of their own.

    >>> from qa_assess.pipeline import load_parser
    >>> [(c.who, c.modal, c.verb, c.negated) for c in clauses(load_parser()("We will not close it."))]
    [('we', 'will', 'close', True)]
    """
    found = []
    for head in tokens:
        if head.pos_ not in {"VERB", "AUX", "ADJ", "NOUN"}:
            continue
        below = list(head.children)
        who = subject(head)
        auxiliaries = [c for c in below if c.dep_ in {"aux", "aux:pass", "cop"}]
        if who is None and not (auxiliaries and head.dep_ in {"ROOT", "conj", "parataxis"}):
            continue
        modal = next((word(c) for c in auxiliaries if c.tag_ == "MD"), auxiliaries[0].lemma_ if auxiliaries else "-")
        found.append(
            Clause(
                who=_who(who),
                modal=modal,
                verb=lemma(head),
                tense=auxiliaries[0].tag_ if auxiliaries else head.tag_,
                negated=any(c.lemma_.lower() in {"not", "n't", "never", "no"} for c in below),
                passive=any(c.dep_ == "aux:pass" for c in below),
            )
        )
    return found


@dataclass(frozen=True)
class Sentence:
    """A sentence of an answer and what can be seen in it; `start` and `end` are characters of the answer."""

    span: Span

    @property
    def start(self) -> int:
        return self.span.start_char

    @cached_property
    def text(self) -> str:
        return self.span.text.rstrip()

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @cached_property
    def words(self) -> str:
        return " ".join(words(self.span)) or "-"

    @cached_property
    def topics(self) -> frozenset[str]:
        return topics(self.span)

    @cached_property
    def cues(self) -> Figures:
        return cue_counts(self.text)

    @cached_property
    def clauses(self) -> list[Clause]:
        return clauses(self.span)

    @cached_property
    def structure(self) -> str:
        return " ".join(t for c in self.clauses for t in c.tokens) or "-"

    @cached_property
    def entities(self) -> Figures:
        labels = [e.label_ for e in self.span.ents]
        return np.array([min(_CAP, labels.count(label)) for label in ENTITIES], np.float32)


@dataclass(frozen=True)
class Reading:
    """An answer with its sentences (at least one where it has a word)."""

    doc: Doc

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(Sentence(span) for span in self.doc.sents if span.text.strip())

    @cached_property
    def words(self) -> str:
        return " ".join(s.words for s in self.sentences) or "-"

    @cached_property
    def topics(self) -> frozenset[str]:
        return frozenset().union(*(s.topics for s in self.sentences))

    @cached_property
    def cues(self) -> Figures:
        if not self.sentences:
            return np.zeros(len(CUES), np.float32)
        counts: Figures = np.minimum(5, np.sum([s.cues for s in self.sentences], axis=0)).astype(np.float32)
        return counts

    @cached_property
    def length(self) -> int:
        return self.words.count(" ") + 1
