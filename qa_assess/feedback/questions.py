"""Wh-questions and yes/no questions as indirect ones: "what is he doing" as what the Minister is doing."""

from dataclasses import dataclass, field

from spacy.tokens import Token

from qa_assess.feedback.clauses import AUXILIARIES, BE, NOT, Clause, Words, skip, statement
from qa_assess.feedback.tables import words as listed

WH = frozenset(["what", "which", "who", "whom", "whose", "when", "where", "why", "how"])
_SUBJECTS = frozenset(["he", "she", "they", "it", "we", "i", "you", "there", "his", "her", "its"])
# An ask that begins later than this has something before it that "they" may mean.
_OPENING = 14


@dataclass(frozen=True, slots=True)
class Frame:
    """What is asked, unwrapped.

    `form` is doing, that, whether, own, wh or noun; `words` in statement order, a `doing` beginning with its verb;
    `changes` by a word's place in the question; `promise` the asker's word for the undertaking wanted ("guarantee"),
    where there is one.
    """

    form: str
    words: tuple[Token, ...]
    changes: dict[int, str] = field(default_factory=dict)
    promise: str = ""


def stated(clause: Clause) -> Frame:
    """The frame of a yes/no question in statement order; ``own`` where its subject is the one who answers."""
    return Frame("own" if clause.own else "whether", clause.words, clause.changes)


def truth(words: Words, subject: Words, end: int) -> Frame | None:
    """As in "Is it not the case that prices rose" asks whether prices rose."""
    at = skip(words, end, NOT | {"the", "a", "also", "simply", "really"})
    if subject[0].lower_ != "it" or at + 3 >= len(words) or words[at].lower_ not in listed("truths"):
        return None
    if words[at + 1].lower_ not in ("that", ","):
        return None
    that = next((i for i in range(at + 1, min(len(words) - 2, at + 12)) if words[i].lower_ == "that"), None)
    return Frame("that", tuple(words[that + 1 :])) if that else None


def wh_at(words: Words, at: int) -> bool:
    """True where a wh-word, or a preposition before one ("on what grounds"), stands at this place."""
    if at >= len(words):
        return False
    if words[at].lower_ in WH:
        return True
    after = skip(words, at + 1, {"the", "basis", "of"})
    return words[at].pos_ == "ADP" and words[at].tag_ != "RP" and after < len(words) and words[after].lower_ in WH


def wh(words: Words) -> Frame | None:
    """An indirect question; "what is the cost" is a noun phrase; None where its parts cannot be told."""
    if len(words) > 1 and words[1].lower_ in ("then", "therefore", "else"):
        words = (words[0], *words[2:])
    places = range(1, min(len(words), 16))
    at = next((i for i in places if words[i].lower_ in AUXILIARIES and words[i].pos_ != "NOUN"), None)
    changes = {words[0].i: words[0].lower_} | government(words)
    if at is None or at + 1 == len(words):
        return Frame("wh", tuple(words), changes) if len(words) > 2 else None
    if at == 1 and words[0].lower_ == "what" and words[1].lower_ in BE and _nominal(words, 2):
        return Frame("noun", tuple(words[2:]))
    if _has_subject(words, at):
        return Frame("wh", tuple(words), changes)
    clause = statement(words, at, keep_not=True)
    if clause is None:
        return _verbless(words, at, changes)
    return Frame("wh", clause.words, changes | clause.changes)


def _verbless(words: Words, at: int, changes: dict[int, str]) -> Frame | None:
    """As in "Where is the report" is where the report is; "what is known" stays as it is."""
    after = words[at + 1].pos_
    if at == 1 and words[1].lower_ in BE and after in ("DET", "PROPN", "NOUN"):
        return Frame("wh", (words[0], *words[2:], words[1]), changes) if len(words) < _OPENING else None
    return Frame("wh", tuple(words), changes) if after in ("VERB", "ADV", "AUX", "ADJ", "ADP") else None


def _nominal(words: Words, start: int) -> bool:
    """True where all that follows is a noun phrase: no verb of a clause of its own after it."""
    if words[start].pos_ not in ("DET", "NOUN", "PROPN", "ADJ", "PRON") or len(words) - start < 2:
        return False
    if words[start].lower_ in _SUBJECTS - {"his", "her", "its"}:
        return False
    heads = (words[0].head, words[1].head)
    return not any(word.tag_ in ("VBG", "VBN") and word in heads for word in words[start:])


def _has_subject(words: Words, at: int) -> bool:
    """True where the subject stands before the auxiliary: "what steps he has taken", "who has paid"."""
    before, after = words[1:at], words[at + 1]
    if any(word.lower_ in _SUBJECTS for word in before):
        return True
    verb = words[at].head if words[at].dep_ in ("aux", "aux:pass", "cop") else words[at]
    subjects = [word for word in verb.children if word.dep_.startswith(("nsubj", "csubj", "expl"))]
    if any(words[0].i <= word.i < words[at].i for word in subjects):
        return after.pos_ not in ("DET", "PRON", "PROPN") or after.lower_ in ("a", "no", "any")
    verbal = ["VERB", "ADV", "AUX"]
    if any(word.dep_ == "det" or word.text[0].isupper() for word in before):
        verbal += ["ADJ", "ADP"]
    return not subjects and after.pos_ in verbal


def government(words: Words) -> dict[int, str]:
    """In a question that begins so, "what steps they have taken" is what the Government have taken."""
    they = next((word for word in words[1:8] if word.lower_ == "they"), None)
    if they is None or words[0].i > _OPENING:
        return {}
    near = [they.head, *they.doc[they.i + 1 : they.i + 3]]
    governs = any(word.lemma_.lower() in listed("governing") for word in near)
    others = any(word.tag_ in ("NNS", "NNPS") for word in words[0].doc[: words[0].i])
    return {they.i: "the Government"} if governs and not others else {}
