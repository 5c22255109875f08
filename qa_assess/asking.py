"""Clauses in which English asks, told by their grammar.

An auxiliary before its subject ("will she…"), a question word in the clause's left field, an indirect question under
"ask" or "tell", a verb that shares the subject of such a clause, or a verb of requesting in the first person.
"""

from functools import lru_cache
from typing import NamedTuple

from spacy.tokens import Doc, Token

from qa_assess.cues import word_list

_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer", "csubj", "csubj:pass", "expl"})
_AUXILIARIES = frozenset({"aux", "aux:pass", "cop"})
_QUESTION_TAGS = frozenset({"WP", "WDT", "WRB", "WP$"})
MAIN = frozenset({"ROOT", "conj", "parataxis"})
_LINKED = MAIN | {"ccomp", "advcl", "acl", "appos", "list", "dep"}
# A question word below one of these belongs to another clause.
_OTHER_CLAUSE = frozenset(
    {"ccomp", "advcl", "acl", "acl:relcl", "advcl:relcl", "conj", "parataxis", "csubj", "csubj:pass"}
)
# "I ask her whether…", "will he tell us why…": verbs that an indirect question hangs on
_ASKING = frozenset({"ask", "tell", "know", "explain", "say", "state", "inform", "advise", "wonder"})
# "I am sure that he will agree…": what is expected, and of whom
_EXPECTED = frozenset({"agree", "accept", "join", "confirm", "tell", "explain", "want", "wish", "welcome"})
_ADDRESSED = frozenset({"he", "she", "minister", "secretary", "friend", "gentleman", "lady", "leader", "government"})


class AskingClause(NamedTuple):
    """A clause that asks: how it does, its head, and the index of the token where the ask itself starts."""

    form: str
    head: Token
    first: int


@lru_cache(maxsize=1)
def _requesting() -> frozenset[str]:
    return frozenset(word_list("requesting"))


def subject(head: Token) -> Token | None:
    """The clause's subject, where it has one.

    >>> from qa_assess.pipeline import load_parser
    >>> subject(load_parser()("Will the Minister act?")[3])
    Minister
    """
    return next((c for c in head.children if c.dep_ in _SUBJECTS), None)


def _auxiliaries(head: Token) -> list[Token]:
    own = [head] if head.pos_ == "AUX" else []
    return own + [c for c in head.children if c.dep_ in _AUXILIARIES]


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
    linked = head.dep_ in _LINKED
    main = head.dep_ in MAIN or (head.dep_ == "ccomp" and head.head.lemma_.lower() in _ASKING)
    if not (linked or main):  # as most words; what follows looks through the clause
        return None
    word = question_word(head)
    if linked and is_inverted(head):
        return "polar" if word is None else "wh"
    if main and word is not None:
        return "wh"
    return "if" if main and _condition(head) is not None else None


def _is_request(head: Token) -> bool:
    """A verb of requesting in the first person: "I urge the Minister to…", "may I invite her to…"."""
    if head.lemma_.lower() not in _requesting() or head.dep_ not in _LINKED | {"xcomp"}:
        return False
    near = [*head.children, *head.head.children]
    return any(c.dep_ in _SUBJECTS and c.lower_ in {"i", "we"} for c in near)


def _is_expectation(head: Token) -> bool:
    """What the answerer is expected to say: "I am sure that he will agree…", "the Minister might tell us…"."""
    if head.lemma_.lower() not in _EXPECTED:
        return False
    who = subject(head)
    return who is not None and who.lower_ in _ADDRESSED and any(c.tag_ == "MD" for c in head.children)


def asking_clauses(doc: Doc) -> list[AskingClause]:
    """The clauses of a question that ask, those first that need no other clause to be seen.

    Args:
        doc: The question, parsed with Universal Dependencies labels.

    >>> from qa_assess.pipeline import load_parser
    >>> [(c.form, str(c.head)) for c in asking_clauses(load_parser()("Will he meet me, and when will he act?"))]
    [('polar', 'meet'), ('wh', 'act')]
    """
    forms = {token.i: form for token in doc if (form := _any_form(token))}
    for i, form in list(forms.items()):
        for child in doc[i].children:
            shares = child.dep_ == "conj" and child.pos_ in {"VERB", "AUX"} and subject(child) is None
            if shares and form in {"polar", "if", "wh"}:
                forms.setdefault(child.i, "shared")
    return [AskingClause(form, doc[i], _first(form, doc[i])) for i, form in forms.items()]


def _any_form(token: Token) -> str | None:
    """How the clause of `token` asks, or begs, if it does."""
    if token.is_space or token.is_punct:
        return None
    form = _form(token)
    if form is None and (_is_request(token) or (token.dep_ == "ROOT" and token.lower_ in {"grateful", "please"})):
        return "request"
    return "expectation" if form is None and _is_expectation(token) else form


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
