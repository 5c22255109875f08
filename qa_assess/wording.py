"""Texts as the words that classifiers see: lower case, figures folded, and no names, parties or sexes.

A grade must not depend on who speaks. So every proper name becomes ``name``, every party ``party``, "he" and "she" one
word, and so do "Lady" and "Gentleman". Words of the House and its calendar keep their form.
"""

from functools import lru_cache
from typing import TypedDict

from spacy.tokens import Doc, Span, Token

from qa_assess.cues import word_list

_SAME = {
    "she": "he",
    "her": "his",
    "him": "his",
    "hers": "his",
    "herself": "himself",
    "lady": "gentleman",
    "ladies": "gentlemen",
    "baroness": "lord",
    "mrs": "mr",
    "mrs.": "mr",
    "ms": "mr",
    "ms.": "mr",
    "mr.": "mr",
    "miss": "mr",
    "sir": "mr",
    "dame": "mr",
    "madam": "mr",
    "queen": "king",
    "hon": "hon.",
    "n't": "not",
    "n’t": "not",
    "wo": "will",
    "ca": "can",
    "’s": "'s",
    "shall": "will",
}

# What those words become: they must not be taken for names, or a title would tell the sex of its bearer.
_MERGED = frozenset(_SAME.values())
_MASKS = frozenset({"name", "party"})
_GRAMMATICAL = frozenset({"DET", "ADP", "PRON", "PART", "SCONJ", "CCONJ", "AUX"})
# Where a doc keeps what was read of it.
_KEY, _PRINT = "qa_assess.wording", "qa_assess.printed"


@lru_cache(maxsize=1)
def _kept() -> frozenset[str]:
    return frozenset(word_list("institution"))


@lru_cache(maxsize=1)
def _parties() -> frozenset[str]:
    return frozenset(word_list("party"))


def _is_name(token: Token) -> bool:
    first = token.text[:1]
    if not first.isupper() or token.lower_ in _kept() or token.lower_ in _SAME or token.lower_ in _MERGED:
        return False
    return token.pos_ == "PROPN" or not (token.is_sent_start or token.i == 0)


class _Wording(TypedDict):
    """A doc read once, a value a token: its word; the same where it is told, else ""; its topic, or "".

    Plain lists, so that spaCy can store the doc.
    """

    seen: list[str]
    told: list[str]
    topics: list[str]


def _wording(doc: Doc) -> _Wording:
    if _KEY not in doc.user_data:
        seen = [_word(token) for token in doc]
        told = [
            "" if token.is_space or (token.is_punct and token.text not in {"?", "%"}) else word
            for token, word in zip(doc, seen, strict=True)
        ]
        topics = [_topic(token, word) for token, word in zip(doc, seen, strict=True)]
        doc.user_data[_KEY] = _Wording(seen=seen, told=told, topics=topics)
    found: _Wording = doc.user_data[_KEY]
    return found


def printed(doc: Doc) -> str:
    """The text of a doc, joined once: spaCy joins it anew each time that it is asked.

    >>> import spacy
    >>> printed(spacy.blank("en")("Will he act?"))
    'Will he act?'
    """
    if _PRINT not in doc.user_data:
        doc.user_data[_PRINT] = doc.text
    return str(doc.user_data[_PRINT])


def word(token: Token) -> str:
    """The word that a classifier sees for a token of a parsed doc.

    >>> import spacy
    >>> [word(t) for t in spacy.blank("en")("She told Ms Bloggs that 240 Tory councils agreed")]
    ['he', 'told', 'mr', 'name', 'that', '0', 'party', 'councils', 'agreed']
    """
    return _wording(token.doc)["seen"][token.i]


def _word(token: Token) -> str:
    lower = token.lower_
    if lower in _SAME:
        return _SAME[lower]
    if token.text[:1].isupper() and lower in _parties():
        return "party"
    if lower[:1].isdigit() or (token.like_num and not token.is_alpha):
        return "0"
    return "name" if _is_name(token) else lower


def _stretch(tokens: Doc | Span) -> tuple[Doc, slice]:
    return (tokens, slice(None)) if isinstance(tokens, Doc) else (tokens.doc, slice(tokens.start, tokens.end))


def words(tokens: Doc | Span) -> list[str]:
    """The words of a text, a name of several words as one ``name``; spaces and most punctuation left out.

    >>> import spacy
    >>> words(spacy.blank("en")("Will she meet Ann Bloggs?"))
    ['will', 'he', 'meet', 'name', '?']
    """
    doc, where = _stretch(tokens)
    found: list[str] = []
    for told in _wording(doc)["told"][where]:
        if told and not (told in _MASKS and found and found[-1] == told):
            found.append(told)
    return found


def lemma(token: Token) -> str:
    """The lemma that a classifier sees for a token: its masked word where it is masked.

    >>> from qa_assess.pipeline import load_parser
    >>> [lemma(t) for t in load_parser()("She met Labour councils")]
    ['he', 'meet', 'party', 'council']
    """
    lower, seen = token.lower_, word(token)
    return seen if seen != lower or lower in _MERGED else token.lemma_.lower()


@lru_cache(maxsize=1)
def _unspecific() -> frozenset[str]:
    return frozenset(w.lower() for w in word_list("unspecific"))


def _topic(token: Token, word: str) -> str:
    if token.is_space or token.is_punct or token.pos_ in _GRAMMATICAL:
        return ""
    topic = "party" if word == "party" else token.lemma_.lower()
    return "" if topic in _unspecific() or token.lower_ in _unspecific() else topic


def topics(tokens: Doc | Span) -> frozenset[str]:
    """The lemmas that say what a text is about: content words, with names as they stand.

    Names serve only to see whether two texts speak of the same thing; no classifier is shown which name it was.

    >>> from qa_assess.pipeline import load_parser
    >>> sorted(topics(load_parser()("Will he mend the bridges?")))
    ['bridge', 'mend']
    """
    doc, where = _stretch(tokens)
    return frozenset(topic for topic in _wording(doc)["topics"][where] if topic)
