"""Verb forms for indirect speech: gerunds, and the verb that stays behind when do-support goes.

The forms come from lemminflect; it takes about a second to import, so that it is loaded on first use.
"""

from functools import cache

from spacy.tokens import Token

# "be" has more forms than a tag can tell apart.
_BE = {"VBG": "being", "VBZ": "is", "VBP": "are", "VBD": "was", "VBN": "been"}


@cache
def inflect(lemma: str, tag: str) -> str:
    """A verb's form for a Penn Treebank tag, in British spelling; the lemma itself where there is none.

    >>> inflect("rule", "VBG"), inflect("travel", "VBG"), inflect("begin", "VBD")
    ('ruling', 'travelling', 'began')
    """
    if lemma == "be":
        return _BE.get(tag, lemma)
    from lemminflect import getInflection  # noqa: PLC0415

    forms = getInflection(lemma, tag, inflect_oov=True)
    british = [form for form in forms if form.endswith(("lling", "lled"))]
    return str((british or forms or (lemma,))[0])


def base(verb: Token) -> str:
    """The infinitive of a verb in the text.

    A base form is its own infinitive, whatever the lemmatizer makes of it.
    """
    if verb.tag_ in ("VB", "VBP") and verb.lower_ not in ("am", "are"):
        return verb.lower_
    from lemminflect import getLemma  # noqa: PLC0415

    lemmas = getLemma(verb.lower_, "VERB")
    return str(lemmas[0]) if lemmas else verb.lemma_.lower()


def is_verb(word: Token) -> bool:
    """Whether a word can be a verb at all, whatever the tagger makes of it."""
    from lemminflect import getLemma  # noqa: PLC0415

    return word.is_alpha and bool(getLemma(word.lower_, "VERB", lemmatize_oov=False))


def gerund(verb: Token) -> str:
    """The -ing form of a verb in the text."""
    return verb.lower_ if verb.tag_ == "VBG" else inflect(base(verb), "VBG")


def third_person(verb: Token) -> str:
    """The form that agrees with a singular subject: "have" after "I" becomes "has" after "the Member"."""
    return verb.lower_ if verb.tag_ in ("MD", "VBD") else inflect(base(verb), "VBZ")


def without_do(verb: Token, do: str) -> str:
    """A main verb that takes over the tense of the "do" before it: "did … leave" is "left"."""
    tag = {"does": "VBZ", "did": "VBD"}.get(do)
    return inflect(base(verb), tag) if tag else base(verb)
