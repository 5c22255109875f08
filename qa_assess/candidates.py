"""Stretches of a question that could be asks, read off the parse: liberal, so that a classifier can choose.

A clause is a candidate where English marks a request: an auxiliary before its subject ("will she…"), a question word in
the clause's left field, an indirect question under "ask" or "tell", a verb that shares the subject of such a clause, or
a verb of requesting in the first person. What the parser misses is caught by the question mark and by the commas and
openers of written questions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from spacy.tokens import Doc, Token

from qa_assess.cues import word_list
from qa_assess.wording import printed

SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer", "csubj", "csubj:pass", "expl"})
AUXILIARIES = frozenset({"aux", "aux:pass", "cop"})
_QUESTION_TAGS = frozenset({"WP", "WDT", "WRB", "WP$"})
_MAIN = frozenset({"ROOT", "conj", "parataxis"})
_LINKED = _MAIN | {"ccomp", "advcl", "acl", "appos", "list", "dep"}
# A question word below one of these belongs to another clause.
_OTHER_CLAUSE = frozenset(
    {"ccomp", "advcl", "acl", "acl:relcl", "advcl:relcl", "conj", "parataxis", "csubj", "csubj:pass"}
)
# "I ask her whether…", "will he tell us why…": verbs that an indirect question hangs on
_ASKING = frozenset({"ask", "tell", "know", "explain", "say", "state", "inform", "advise", "wonder"})
# "I am sure that he will agree…": what is expected, and of whom
_EXPECTED = frozenset({"agree", "accept", "join", "confirm", "tell", "explain", "want", "wish", "welcome"})
_ADDRESSED = frozenset({"he", "she", "minister", "secretary", "friend", "gentleman", "lady", "leader", "government"})
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


@lru_cache(maxsize=1)
def _requesting() -> frozenset[str]:
    return frozenset(word_list("requesting"))


def is_tabled(text: str) -> bool:
    """True for the printed form of a written or tabled question.

    >>> is_tabled("To ask the Minister for Bees, what hives he keeps.")
    True
    >>> is_tabled("Will he act?")
    False
    """
    return bool(_TABLED.match(text[:160]))


def subject(head: Token) -> Token | None:
    """The clause's subject, where it has one.

    >>> from qa_assess.pipeline import load_parser
    >>> subject(load_parser()("Will the Minister act?")[3])
    Minister
    """
    return next((c for c in head.children if c.dep_ in SUBJECTS), None)


def _auxiliaries(head: Token) -> list[Token]:
    own = [head] if head.pos_ == "AUX" else []
    return own + [c for c in head.children if c.dep_ in AUXILIARIES]


def is_inverted(head: Token) -> bool:
    """True where an auxiliary stands before the subject: "will she", "is the Minister".

    >>> from qa_assess.pipeline import load_parser
    >>> [is_inverted(next(load_parser()(text).sents).root) for text in ("Will she act?", "She will act.")]
    [True, False]
    """
    who = subject(head)
    return who is not None and any(a.i < who.i for a in _auxiliaries(head))


def question_word(head: Token) -> Token | None:
    """The question word in the clause's own left field.

    >>> from qa_assess.pipeline import load_parser
    >>> question_word(next(load_parser()("When will she act?").sents).root)
    When
    """
    for token in head.doc[head.left_edge.i : head.i + 1]:
        if token.tag_ in _QUESTION_TAGS:
            above = token
            while above != head and above.dep_ not in _OTHER_CLAUSE and above.head != above:
                above = above.head
            if above == head:
                return token
    return None


def _condition(head: Token) -> Token | None:
    return next((c for c in head.children if c.dep_ == "mark" and c.lower_ in {"if", "whether"}), None)


def _form(head: Token) -> str | None:
    """How the clause of `head` asks, if it does."""
    above = head.head.lemma_.lower()
    asked = head.dep_ == "ccomp" and above in _ASKING
    word = question_word(head)
    if is_inverted(head) and head.dep_ in _LINKED:
        return "polar" if word is None else "wh"
    if word is not None and (head.dep_ in _MAIN or asked):
        return "wh"
    if (head.dep_ in _MAIN or asked) and _condition(head) is not None:
        return "if"
    return None


def _is_request(head: Token) -> bool:
    """A verb of requesting in the first person: "I urge the Minister to…", "may I invite her to…"."""
    if head.lemma_.lower() not in _requesting() or head.dep_ not in _LINKED | {"xcomp"}:
        return False
    near = [*head.children, *head.head.children]
    return any(c.dep_ in SUBJECTS and c.lower_ in {"i", "we"} for c in near)


def _is_expectation(head: Token) -> bool:
    """What the answerer is expected to say: "I am sure that he will agree…", "the Minister might tell us…"."""
    who = subject(head)
    if who is None or head.lemma_.lower() not in _EXPECTED:
        return False
    return who.lower_ in _ADDRESSED and any(c.tag_ == "MD" for c in head.children)


def _clauses(doc: Doc) -> dict[int, tuple[str, Token]]:
    found: dict[int, tuple[str, Token]] = {}
    for token in doc:
        if token.is_space or token.is_punct:
            continue
        form = _form(token)
        if form is None and (_is_request(token) or _is_expectation(token)):
            form = "request" if _is_request(token) else "expectation"
        if form is None and token.dep_ == "ROOT" and token.lower_ in {"grateful", "please"}:
            form = "request"
        if form:
            found[token.i] = (form, token)
    for form, head in list(found.values()):
        for child in head.children:
            shares = child.dep_ == "conj" and child.pos_ in {"VERB", "AUX"} and subject(child) is None
            if shares and form in {"polar", "if", "wh"} and child.i not in found:
                found[child.i] = ("shared", child)
    return found


def _first(form: str, head: Token) -> int:
    """Index of the token where the ask itself starts, its preamble ("Given that…,") left out."""
    if form in {"request", "shared"}:
        return head.i
    if form == "expectation":
        return head.left_edge.i
    if form == "if":
        condition = _condition(head)
        return condition.i if condition is not None else head.left_edge.i
    if form == "polar":
        return min(a.i for a in _auxiliaries(head))
    word = question_word(head)
    if word is None:
        return head.left_edge.i
    above = word
    while head not in (above.head, above):
        above = above.head
    start = word.i if above == head else min(above.left_edge.i, word.i)
    while start < word.i and head.doc[start].is_punct:
        start += 1
    return start


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    """Leave out punctuation and conjunctions at both ends."""
    while end > start + 1 and _is_edge(doc[end - 1], kept=_CLOSING):
        end -= 1
    while start < end - 1 and _is_edge(doc[start]):
        start += 1
    return start, end


def _is_edge(token: Token, *, kept: frozenset[str] = frozenset()) -> bool:
    return bool(token.is_space or token.dep_ == "cc" or (token.is_punct and token.text not in kept))


def _from_parse(doc: Doc, sentence_of: list[int]) -> Iterator[Candidate]:
    clauses = _clauses(doc)
    firsts = {i: _first(form, head) for i, (form, head) in clauses.items()}
    for i, (form, head) in clauses.items():
        end = head.right_edge.i + 1
        later = [f for j, f in firsts.items() if j != i and firsts[i] < f < end]
        # A clause ends where a coordinated one starts, but keeps an indirect question that it embeds.
        inner = [f for j, f in firsts.items() if f in later and clauses[j][1].dep_ in _MAIN | {"advcl"} | {"ccomp"}]
        start, end = _trim(doc, firsts[i], min([*inner, end]))
        first, last = doc[start].idx, doc[end - 1]
        asked = _IF_SO.sub("", printed(doc)[first : last.idx + len(last)])
        yield Candidate(first, first + len(asked), form, i, sentence_of[start])


def _from_marks(doc: Doc, covered: set[int]) -> Iterator[Candidate]:
    """Sentences with a question mark in which the parse shows no request."""
    for n, sentence in enumerate(doc.sents):
        if n not in covered and "?" in sentence.text and len(sentence) > 2:
            start, end = _trim(doc, sentence.start, sentence.end)
            first, last = doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
            opener = _OPENER.search(printed(doc), first, last)
            yield Candidate(opener.end() if opener else first, last, "mark", sentence.root.i, n)


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
    last = doc[_trim(doc, span.start, span.sent.end)[1] - 1]
    return last.idx + len(last)


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
