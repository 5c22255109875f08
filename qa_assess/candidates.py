"""Stretches of a question that could be asks, read off the parse: liberal, so that a classifier can choose.

A clause is a candidate where English marks a request (`asking`). What the parser misses is caught by the question mark
and by the commas and openers of written questions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

from qa_assess.asking import MAIN, asking_clauses
from qa_assess.wording import printed

_COORDINATED = MAIN | {"advcl", "ccomp"}
_FINITE = frozenset({"MD", "VBZ", "VBD", "VBP"})
_CLOSING = frozenset({")", '"'})
# "Why?"
_SHORTEST = 3
# "; and, if so,": what opens the next ask
_IF_SO = re.compile(r"(?<![\s,;:])[\s,;:]++(?:(?:and|or)[\s,]++)?if (?:so|not)[\s,;:]*+\Z", re.IGNORECASE)
# ", and (b)" and the like at the end of a part
_TAIL = re.compile(r"(?<![\s,;:.])[\s,;:.]*+(?:\b(?:and|or)\b)?(?:\s*+\(?[a-z]++\))?[\s,;:.]*+\Z")

# "..., what", "; and if", "To ask the Secretary of State for X, whether", "and how": a part of a written question
_PART = re.compile(
    r"(?:(?:[,;:.]|\band|\([a-z]\)|\A\W*(?:to )?ask(?:ed)? [^,;]*?(?<!\s\s))\s++(?:and\s++)?(?:\(?[a-z\d]++\)\s++)?|\A)"
    r"(?=(?:(?:on|for|at|by|in|to|from|under|of|with) (?:what|which|whom|how)"
    r"|what|how|whether|if|when|which|why|who|whose|where)\b)",
    re.IGNORECASE,
)
_AUX = r"(?:will|would|can|could|may|might|shall|should|must|is|are|was|were|does|do|did|has|have|had)"
_WHO = r"(?:not )?(?:he|she|they|we|you|it|I|the|my|his|her|our|their|this|that|those|these|there|ministers?|any|all)"
# "Will the Minister…", ", and does she…", "so what is the Secretary of State…": openers that need no parse
_OPENER = re.compile(
    rf"(?:\A|(?<!\W)[^\w.?!;:,—–]*+[.?!;:,—–]\W++(?:(?:and|but|so|or|then|therefore) )?|\b(?:and|but|so) )"
    rf"(?={_AUX}(?:n['’]t)? {_WHO}\b|(?:what|when|why|how|where|who|which)\b(?: \w+){{0,4}}? {_AUX} {_WHO}\b"
    rf"|(?:what|which|how (?:many|much|soon|long|often))\b(?: \w+){{1,5}}? {_AUX}"
    rf" (?:be|been|being|have|now|not|\w+ed)\b)",
    re.IGNORECASE,
)
# "…for Children, Schools and Families on what date…": the first opener of a tabled question without commas before it
_ANY_OPENER = re.compile(
    r"\b(?:(?:on|for|at|by|in|to|from|under|of|with) (?:what|which|whom|how)"
    r"|what|how|whether|if|when|which|why|who|where)\b",
    re.IGNORECASE,
)
# "(b) the cost of…": a lettered part after the first
_LETTER = re.compile(r"\(?(?:[b-h]|ii|iii|iv|[2-6])\)\s+")
# "To ask ...", "asked Her Majesty's Government": a written or tabled question
_TABLED = re.compile(
    r"\A\W*(?:(?!(?:I|we|he|she|they|you|who|and)\b)[\w.'’]+ ){0,8}"
    r"(?:to ask|asked) (?:the|her|his|my|hm|what|whether|if|when|how)\b",
    re.IGNORECASE,
)


# The same after a preamble
_TABLED_LATER = re.compile(r"(?<=[.!?]\s)To ask (?:the|her|his|my|hm)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that could be an ask: character offsets, how it was found, and the index of its head token."""

    start: int
    end: int
    form: str
    head: int
    sentence: int


def is_tabled(text: str) -> bool:
    """True for the printed form of a written or tabled question.

    >>> is_tabled("To ask the Minister for Bees, what hives he keeps.")
    True
    >>> is_tabled("Will he act?")
    False
    """
    return bool(_TABLED.match(text[:160]))


def _trimmed(doc: Doc, start: int, end: int) -> Span:
    """The tokens without punctuation and conjunctions at both ends."""
    while end > start + 1 and _is_edge(doc[end - 1], kept=_CLOSING):
        end -= 1
    while start < end - 1 and _is_edge(doc[start]):
        start += 1
    return doc[start:end]


def _is_edge(token: Token, *, kept: frozenset[str] = frozenset()) -> bool:
    return bool(token.is_space or token.dep_ == "cc" or (token.is_punct and token.text not in kept))


def _from_parse(doc: Doc, sentence_of: list[int]) -> Iterator[Candidate]:
    clauses = asking_clauses(doc)
    for clause in clauses:
        end = clause.head.right_edge.i + 1
        # A clause ends where a coordinated one starts, but keeps an indirect question that it embeds.
        inner = [c.first for c in clauses if c.head.dep_ in _COORDINATED and clause.first < c.first < end]
        own = _trimmed(doc, clause.first, min([*inner, end]))
        asked = _IF_SO.sub("", printed(doc)[own.start_char : own.end_char])
        yield Candidate(own.start_char, own.start_char + len(asked), clause.form, clause.head.i, sentence_of[own.start])


def _from_marks(doc: Doc, covered: set[int]) -> Iterator[Candidate]:
    """Sentences with a question mark in which the parse shows no request."""
    for n, sentence in enumerate(doc.sents):
        if n not in covered and "?" in sentence.text and len(sentence) > 2:
            own = _trimmed(doc, sentence.start, sentence.end)
            opener = _OPENER.search(printed(doc), own.start_char, own.end_char)
            yield Candidate(opener.end() if opener else own.start_char, own.end_char, "mark", sentence.root.i, n)


def _from_print(doc: Doc, sentence_of: list[int], starts: Iterable[int], form: str) -> Iterator[Candidate]:
    """What the print alone shows: from each start to the next one, or to the end of the sentence or the text."""
    text = printed(doc)
    for start, following in pairwise([*starts, len(text)]):
        end = start + len(_IF_SO.sub("", _TAIL.sub("", text[start:following])))
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            continue
        sentence = sentence_of[span.start]
        if form != "part":
            end = min(end, doc[span.start].sent.end_char)
        yield Candidate(start, end, form, span.root.i, sentence)


def _lettered(doc: Doc, sentence_of: list[int], found: list[Candidate]) -> Iterator[Candidate]:
    """The lettered parts of a candidate, each by itself."""
    for candidate in found:
        text = printed(doc)[candidate.start : candidate.end]
        starts = [candidate.start + m.start() for m in _LETTER.finditer(text)]
        for start, following in pairwise([*([candidate.start, *starts] if starts else []), candidate.end]):
            end = start + len(_TAIL.sub("", printed(doc)[start:following]))
            span = doc.char_span(start, end, alignment_mode="expand")
            if span is not None and len(span) > 1:
                form = "letter" if start > candidate.start else "first-letter"
                yield Candidate(start, end, form, span.root.i, sentence_of[span.start])


def _with_verb(doc: Doc, found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Candidates, those that the parser cut before their verb ("whether the fee paid | is reduced") whole.

    They go on to the end of the sentence, where nothing else is asked before it.
    """
    starts = {c.start for c in found}
    for candidate in found:
        end = _end_with_verb(doc, candidate)
        yield candidate if any(candidate.end <= s < end for s in starts) else replace(candidate, end=end)


def _end_with_verb(doc: Doc, candidate: Candidate) -> int:
    span = doc.char_span(candidate.start, candidate.end, alignment_mode="expand")
    if span is None:
        return candidate.end
    after = span.end + (span.end < len(doc) and doc[span.end].text == ",")
    if after >= span.sent.end or doc[after].tag_ not in _FINITE:
        return candidate.end
    return _trimmed(doc, span.start, span.sent.end).end_char


def _any_opener(text: str) -> re.Match[str] | None:
    """Where a question begins that neither the parse nor its marks show; anywhere if something is surely asked."""
    later = _TABLED_LATER.search(text)
    if later:
        return _ANY_OPENER.search(text, later.end())
    return _ANY_OPENER.search(text) if is_tabled(text) or "?" in text else _ANY_OPENER.match(text)


def candidates(doc: Doc) -> list[Candidate]:
    """All candidates of a question, in the order of the text; none where nothing in it is worded as a request.

    Args:
        doc: The question, parsed with Universal Dependencies labels.

    >>> from qa_assess.pipeline import load_parser
    >>> [c.form for c in candidates(load_parser()("Will he meet me, and when will he act?"))]
    ['polar', 'wh']
    """
    sentences = list(doc.sents)
    if not sentences:
        return []
    sentence_of = [n for n, sentence in enumerate(sentences) for _ in sentence]
    found = list(_from_parse(doc, sentence_of))
    found += _from_marks(doc, {c.sentence for c in found})
    openers, form = (_PART, "part") if is_tabled(printed(doc)) else (_OPENER, "opener")
    starts = [c.start for c in found]
    by_print = _from_print(doc, sentence_of, [m.end() for m in openers.finditer(printed(doc))], form)
    found += [c for c in by_print if all(abs(c.start - s) > 3 for s in starts)]
    found += list(_lettered(doc, sentence_of, found))
    opener = _any_opener(printed(doc))
    if not found and opener:
        found += _from_print(doc, sentence_of, [opener.start()], "part")
    if not found and "?" in printed(doc):
        last = sentences[-1]
        found.append(Candidate(last.start_char, last.end_char, "last", last.root.i, len(sentences) - 1))
    found = list(_with_verb(doc, found))
    unique = {(c.start, c.end): c for c in reversed(found) if c.end - c.start >= _SHORTEST}
    return sorted(unique.values(), key=lambda c: (c.start, c.end))
