"""An ask beside an answer: the figures that say how near the two are.

Alignment is by lemma, weighted by how rare the lemma is; then by figures, years and names that both share, by the ask's
verb said again with a subject and a tense, and by the competition of the other asks.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from spacy.tokens import Doc, Span

from qa_assess.candidates import is_tabled
from qa_assess.codebook import Kind
from qa_assess.cues import word_list
from qa_assess.exchange import Ask
from qa_assess.readings import CUES, ENTITIES, Figures, Reading, Sentence
from qa_assess.wording import printed, topics, words

RARITY_SPACE = 2**14
# What the kinds have in common in how they are met: acts, gestures, dates, steps, judgements, data, yes or no.
GROUPS: dict[Kind, str] = {
    Kind.COMMITMENT: "act",
    Kind.RULE_OUT: "act",
    Kind.MEETING: "act",
    Kind.PUBLISH: "act",
    Kind.GESTURE: "gesture",
    Kind.TIMELINE: "date",
    Kind.ACTION: "steps",
    Kind.REASON: "steps",
    Kind.ASSESSMENT: "judgement",
    Kind.DISCUSSION: "judgement",
    Kind.FIGURE: "data",
    Kind.FACT: "data",
    Kind.CONFIRM: "fact-yes-no",
    Kind.VIEW: "view-yes-no",
}
GROUP_NAMES = tuple(dict.fromkeys(GROUPS.values()))
_KINDS = tuple(Kind)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
# What the wording of an ask says about what would meet it
_ASK_WORDS = {
    "which": r"\bwhich\b",
    "what": r"\bwhat\b",
    "how": r"\bhow\b",
    "when": r"\bwhen\b",
    "why": r"\bwhy\b",
    "will": r"\bwill\b",
    "is": r"^(?:is|are|was|were)\b",
    "does": r"^(?:does|do|did)\b",
    "has": r"^(?:has|have)\b",
    "can": r"\b(?:can|could|may|might)\b",
    "agree": r"agree|accept",
    "confirm": r"confirm|assure",
    "consider": r"consider|look (?:at|into)|review|think about",
    "ensure": r"ensure|make sure|guarantee",
    "tell": r"tell|say|explain|inform",
    "not": r"\bnot\b|n['’]t",
    "or": r"\bor\b",
    "and": r"\band\b",
    "plans": r"\bplans?\b|\bpolicy\b|intend",
    "steps": r"\bsteps?\b|action|doing",
    "urge": r"urge|ask|press|call on",
    "more": r"further|more|additional|extra",
    "debate": r"debate|statement",
    "period": r"\blast\b|each|since|between|years?",
    "cost": r"cost|spent|spend|fund",
    "widest": r"\b(?:only|every|all|any|never|always|full|immediate)\w*",
    "better": r"better|should|ought|time that",
    "if": r"^(?:if|whether)",
    "pointing": r"\b(?:this|that|these|those|it|so)\b",
    "letters": r"\(?[a-h]\)",
    "important": r"important|vital|crucial|essential",
    "join": r"\bjoin\b|congratulat|pay tribute",
}
# Verbs that say nothing of the act wanted, beside those that only wrap the real question
_EMPTY_VERBS = frozenset({"be", "have", "do", "will", "agree", "accept", "confirm", "ensure", "take", "make"})
_POINTERS = frozenset({"that", "this", "it", "they", "these"})
_ASK_PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in _ASK_WORDS.items()}


def slot(lemma: str) -> int:
    """A lemma's place in the table of rarities: the same on every machine.

    >>> slot("pond")
    4341
    """
    return zlib.crc32(lemma.encode()) % RARITY_SPACE


def rarities(texts: Iterable[frozenset[str]]) -> Figures:
    """Inverse document frequencies by slot, shape (RARITY_SPACE,); lemmas never seen weigh most.

    >>> weights = rarities([frozenset({"pond", "road"}), frozenset({"road"})])
    >>> bool(weights[slot("pond")] > weights[slot("road")])
    True
    """
    counts, n = np.zeros(RARITY_SPACE), 0
    for lemmas in texts:
        n += 1
        for lemma in lemmas:
            counts[slot(lemma)] += 1
    return np.log((n + 1) / (counts + 1)).astype(np.float32)


class Overlap:
    """Shared lemmas, weighted by rarity.

    >>> Overlap(np.ones(RARITY_SPACE)).share(frozenset({"pond", "road"}), frozenset({"pond"}))
    0.5
    """

    def __init__(self, rarity: Figures) -> None:
        self._rarity = rarity
        self._cache: dict[str, float] = {}

    def _weight(self, lemma: str) -> float:
        found = self._cache.get(lemma)
        if found is None:
            found = self._cache[lemma] = float(self._rarity[slot(lemma)])
        return found

    def share(self, of: frozenset[str], within: frozenset[str]) -> float:
        """The weighted share of `of` that is also in `within`, 0 to 1. Sums run in a fixed order."""
        total = sum(self._weight(x) for x in sorted(of))
        return sum(self._weight(x) for x in sorted(of & within)) / total if total else 0.0


@dataclass(frozen=True)
class Pair:
    """One ask of a question, beside the answer."""

    ask: Ask
    asks: tuple[Ask, ...]
    question: Doc
    answer: Reading
    overlap: Overlap

    @property
    def group(self) -> str:
        return GROUPS[self.ask.kind]

    def _span(self, ask: Ask) -> Span:
        span = self.question.char_span(ask.start, ask.end, alignment_mode="expand")
        assert span is not None
        return span

    @cached_property
    def span(self) -> Span:
        return self._span(self.ask)

    @cached_property
    def words(self) -> str:
        return " ".join(words(self.span)) or "-"

    @cached_property
    def topics(self) -> frozenset[str]:
        return topics(self.span)

    @cached_property
    def other_topics(self) -> list[frozenset[str]]:
        return [topics(self._span(a)) for a in self.asks if a is not self.ask]

    @cached_property
    def place(self) -> int:
        return self.asks.index(self.ask)

    @cached_property
    def closeness(self) -> Figures:
        """Shared topics of the ask with each sentence, shape (sentences,)."""
        shares = [self.overlap.share(self.topics, s.topics) for s in self.answer.sentences]
        return np.array(shares, np.float32)

    @cached_property
    def figures(self) -> Figures:
        """`ask_figures` of this pair, shape (ASK_BASE,)."""
        return ask_figures(self)

    @cached_property
    def sentence_figures(self) -> Figures:
        """`sentence_figures` of this pair, shape (sentences, SENTENCE_COLUMNS)."""
        return sentence_figures(self)

    @property
    def kind_figures(self) -> Figures:
        """The ask's kind as fourteen columns of 0 and 1."""
        return self.figures[-len(_KINDS) :]

    @cached_property
    def verbs(self) -> frozenset[str]:
        """The verbs by which the ask could be met: its head and what hangs on it."""
        lemmas = {t.lemma_.lower() for t in self.span if t.pos_ == "VERB"}
        return frozenset(lemmas - _EMPTY_VERBS - set(word_list("shell")))


def _same_verb(pair: Pair, sentence: Sentence) -> list[float]:
    """Whether the sentence says the ask's verb again: by the speaker's side, as future, past, and denied."""
    said = [c for c in sentence.clauses if c.verb in pair.verbs]
    ours = [c for c in said if c.who in {"I", "we", "name", "-", "NOUN"}]
    return [
        float(bool(said)),
        float(any(c.modal == "will" and not c.negated for c in ours)),
        float(any(c.tense in {"VBD", "VBN", "VBZ", "VBP"} and c.modal not in {"will", "would", "could"} for c in ours)),
        float(any(c.negated for c in said)),
    ]


SENTENCE_BASE = (
    *("close", "close_below_best", "close_rank", "close_before", "close_after", "question_close", "others_close"),
    *("first", "last", "place", "place_back", "sentences", "length", "asks", "ask_place", "diagonal", "tabled"),
    *("same_verb", "same_verb_future", "same_verb_now", "same_verb_denied"),
    *(f"has_{label}" for label in ENTITIES),
    *("starts_he", "pointing"),
)
SENTENCE_COLUMNS = (*SENTENCE_BASE, *(f"cue_{name}" for name in CUES))


def sentence_figures(pair: Pair) -> Figures:
    """One row for each sentence of the answer; shape (sentences, SENTENCE_COLUMNS)."""
    sentences, close = pair.answer.sentences, pair.closeness
    n = len(sentences)
    question = topics(pair.question)
    place = pair.place / max(1, len(pair.asks) - 1)
    rows = []
    for i, sentence in enumerate(sentences):
        others = max((pair.overlap.share(o, sentence.topics) for o in pair.other_topics), default=0.0)
        at = i / max(1, n - 1)
        rows.append(
            np.concatenate(
                [
                    [close[i], close[i] - close.max(), (close > close[i]).sum(), close[i - 1] if i else 0.0],
                    [close[i + 1] if i + 1 < n else 0.0, pair.overlap.share(sentence.topics, question), others],
                    [i == 0, i == n - 1, min(i, 8), min(n - 1 - i, 8), min(n, 12), min(len(sentence.span), 60) / 20],
                    [len(pair.asks), pair.place, abs(at - place), is_tabled(printed(pair.question))],
                    _same_verb(pair, sentence),
                    sentence.entities,
                    [sentence.words.startswith("he "), sentence.words.split(" ", 1)[0] in _POINTERS],
                    sentence.cues,
                ]
            )
        )
    return np.array(rows, np.float32).reshape(n, len(SENTENCE_COLUMNS))


def _shared_share(pattern: re.Pattern[str], ask: str, answer: str) -> float:
    wanted = set(pattern.findall(ask))
    return len(wanted & set(pattern.findall(answer))) / len(wanted) if wanted else -1.0


ASK_BASE = (
    *("length", "topics", "asks", "place", "last", "tabled", "question_length", "answer_length", "log_answer_length"),
    *("sentences", "close_answer", "question_answer", "answer_in_ask", "preamble_answer", "close_max", "close_mean"),
    *("close_first", "close_last", "close_many", "others_answer", "years_shared", "numbers_shared", "digits"),
    *("lines", "answer_asks_last", "from_start", "from_end", "verb_again", "pointing_ask"),
    *(f"ask_{name}" for name in _ASK_WORDS),
    *(f"kind_{kind.value}" for kind in _KINDS),
)


def ask_figures(pair: Pair) -> Figures:
    """The ask and the answer as wholes; shape (ASK_BASE,)."""
    text, answer, share = pair.ask.text, pair.answer, pair.overlap.share
    question = printed(pair.question)
    close = pair.closeness if len(pair.closeness) else np.zeros(1, np.float32)
    before = topics(pair.question[: pair.span.start]) if pair.span.start else frozenset()
    lower, said, length = text.lower().strip(), printed(answer.doc), max(1, len(question))
    others = max((share(o, answer.topics) for o in pair.other_topics), default=0.0)
    base = [
        min(len(pair.span), 60), len(pair.topics), len(pair.asks), pair.place, pair.place == len(pair.asks) - 1,
        is_tabled(question), min(len(pair.question), 300), min(answer.length, 500), np.log1p(answer.length),
        min(len(answer.sentences), 20), share(pair.topics, answer.topics), share(topics(pair.question), answer.topics),
        share(answer.topics, pair.topics), share(before, answer.topics), close.max(), close.mean(),
        close[0], close[-1], (close > 0.25).mean(), others,
        _shared_share(_YEAR, text, said), _shared_share(_NUMBER, text, said),
        min(sum(c.isdigit() for c in said), 60), min(said.count("\n"), 10),
        said.rstrip().endswith("?"), pair.ask.start / length, 1 - pair.ask.end / length,
        any(c.verb in pair.verbs for s in answer.sentences for c in s.clauses), len(pair.topics) < 2,
    ]  # fmt: skip
    base += [bool(p.search(lower)) for p in _ASK_PATTERNS.values()]
    base += [pair.ask.kind is kind for kind in _KINDS]
    return np.array(base, np.float32)


def crossed(figures: Figures, groups: Sequence[str], columns: Sequence[int]) -> Figures:
    """The figures, and beside them the chosen columns once for each group of kinds; shape (n, f + 7..8 * columns)."""
    chosen = figures[:, list(columns)]
    member = np.array([[g == name for name in GROUP_NAMES] for g in groups], np.float32).reshape(-1, len(GROUP_NAMES))
    blocks = [chosen * member[:, [k]] for k in range(len(GROUP_NAMES))]
    return np.hstack([figures, *blocks]).astype(np.float32)
