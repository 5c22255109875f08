"""The wrappings of a request taken off: "can the Minister tell the House when…" wants to know when.

Each wrapping is known by its first word; what is left is one of a few forms, which the leads know how to put into a
sentence.
"""

from collections.abc import Callable

from spacy.tokens import Token

from qa_assess.codebook import Kind
from qa_assess.feedback.clauses import (
    AUXILIARIES,
    MODALS,
    NOT,
    Words,
    is_answerer,
    root_of,
    skip,
    statement,
    subject_end,
)
from qa_assess.feedback.questions import WH, Frame, stated, truth, wh, wh_at
from qa_assess.feedback.requests import FINITE, agreed, indirect, infinitive, promised, request
from qa_assess.feedback.tables import words as listed

_UNDERTAKINGS = (Kind.COMMITMENT, Kind.RULE_OUT, Kind.PUBLISH, Kind.MEETING, Kind.GESTURE)
_TRUTHS = (Kind.CONFIRM, Kind.VIEW)


def unwrap(words: Words, kind: Kind) -> Frame | None:
    """The frame of an ask's words; None where they fit none.

    Where the ask wants a yes or a no, "would he use force" is no request; where it wants an undertaking, "will he tell
    the Chancellor that" is one.
    """
    frame = _unwrapped(words)
    if frame and kind in _UNDERTAKINGS:
        return _as_request(words, frame)
    return _as_truth(words, frame) if frame and kind in _TRUTHS and frame.form == "doing" else frame


def _as_request(words: Words, frame: Frame) -> Frame:
    if frame.form == "doing" or frame.promise:
        return frame
    if telling := [at for at, word in enumerate(words) if word.i < frame.words[0].i and _tells(word)]:
        return Frame("doing", tuple(words[telling[0] :]))
    return Frame("doing", tuple(words)) if _mistaken(words, frame) else frame


def _as_truth(words: Words, frame: Frame) -> Frame | None:
    if words[0].lower_ in AUXILIARIES and (clause := statement(words, 0, keep_not=False)):
        return stated(clause)
    if words[0].lower_ in ("if", "whether"):
        return Frame("own", tuple(words[1:]))
    return frame if words[0].i == frame.words[0].i else None


def _mistaken(words: Words, frame: Frame) -> bool:
    """True where a noun phrase is a bare request whose verb was taken for a noun: "challenge the Opposition to…"."""
    bare = frame.form == "noun" and words[0].i == frame.words[0].i and words[0].tag_ == "NN"
    return bare and len(words) > 1 and words[1].pos_ in ("DET", "PRON", "PROPN")


def _tells(word: Token) -> bool:
    return word.lower_ in listed("tell") and word.tag_ in ("VB", "VBP")


def _unwrapped(words: Words) -> Frame | None:
    words = _after_preface(words)
    first = words[0].lower_
    if first in ("exactly", "precisely", "just", "quite") and wh_at(words, 1):
        words = words[1:]
    if wh_at(words, 0):
        return wh(words)
    openings: tuple[tuple[bool, Callable[[Words], Frame | None]], ...] = (
        (first in ("if", "whether"), indirect),
        (first in AUXILIARIES, _inverted),
        (first == "that" and words[0].dep_ == "mark" and len(words) > 3, lambda found: Frame("that", tuple(found[1:]))),
        (first in ("i", "we"), lambda found: _wish(found[1:])),
        (first == "to" and len(words) > 1 and words[1].tag_ == "VB", lambda found: request(found[1:])),
        (
            words[0].tag_ in ("VB", "VBG")
            or first in listed("tell") | listed("confirm")
            or (words[0].tag_ == "VBP" and words[0].pos_ == "VERB"),
            request,
        ),
    )
    return next((turn for fits, turn in openings if fits), _declared)(words)


def _after_preface(words: Words) -> Words:
    """As in "In view of the delays, will he act" asks whether he will act."""
    if [word.lower_ for word in words[:2]] == ["to", "ask"]:
        places = range(3, len(words) - 1)
        at = next((i for i in places if words[i].lower_ in ("if", "whether") or wh_at(words, i)), 0)
        return words[at:]
    opens = words[0].pos_ in ("ADP", "SCONJ", "ADV") or words[0].lower_ in ("if", "given", "during")
    if not opens or words[0].lower_ in ("whether", "that") or wh_at(words, 0):
        return words
    for at in range(len(words) - 4):
        word, after = words[at + 1].lower_, words[at + 2].lower_
        if words[at].text == ",":
            wh_word = word in WH - {"which", "who", "when", "where", "whom", "whose"}
            begins = wh_word or (word in AUXILIARIES - {"'s", "’s"} and subject_end(words, at + 2, word) is not None)
        else:
            # "Given the gravity of the matter what will he do", printed without its comma
            begins = (
                words[at].pos_ in ("NOUN", "PROPN")
                and word in ("what", "how", "why")
                and after in AUXILIARIES
                and subject_end(words, at + 3, after) is not None
            )
        if begins:
            return words[at + 1 :]
    return words


def _inverted(words: Words) -> Frame | None:
    auxiliary = words[0].lower_
    start = skip(words, 1, NOT)
    end = subject_end(words, start, auxiliary)
    if end is None or end >= len(words):
        return None
    subject = words[start:end]
    if len(subject) == 1 and subject[0].lower_ in ("i", "we"):
        wish = _wish(words[skip(words, end, NOT | listed("fillers")) :])
        if wish or auxiliary in MODALS:
            return wish
    if found := truth(words, subject, end):
        return found
    end = skip(words, end, NOT)
    if is_answerer(subject) and end < len(words):
        if auxiliary in MODALS:
            return request(words[end:])
        ready = words[end].lower_ in listed("ready") and words[min(end + 1, len(words) - 1)].lower_ == "to"
        if found := request(words[end + 2 :]) if ready else agreed(words[end:]):
            return found
    clause = statement(words, 0, keep_not=False)
    return stated(clause) if clause else None


def _declared(words: Words) -> Frame | None:
    """A statement ("he will not close the unit") or a noun phrase ("details of the scheme")."""
    end = subject_end(words, 0)
    if end is not None and end + 3 < len(words) and words[end].lower_ in AUXILIARIES:
        asked = subject_end(words, end + 1, words[end].lower_)
        if words[end + 1].lower_ in ("my", "the", "he", "she") and asked and is_answerer(words[end + 1 : asked]):
            return _inverted(words[end:])
    subject = words[0].pos_ in ("DET", "PRON", "PROPN", "ADJ", "NUM", "SCONJ", "ADP") or words[0].tag_ == "NNS"
    if subject and end is not None and end < len(words) and words[end].tag_ in FINITE:
        opening = words[0].lower_ if words[0].pos_ in ("DET", "PRON", "ADP", "SCONJ", "ADV") else words[0].text
        return Frame("that", tuple(words), {words[0].i: opening})
    root = root_of(words)
    if root.pos_ in ("NOUN", "PROPN") and not any(word.tag_ in ("VBZ", "MD") for word in words[:6]):
        return Frame("noun", tuple(words))
    return None


def _wish(words: Words) -> Frame | None:
    """What stands after "may I", "can we", "I": "urge him to act", "have a debate", "hope that he will act"."""
    words = words[skip(words, 0, listed("fillers") | MODALS | {"very", "much", "do", "also", "strongly"}) :]
    if len(words) < 3:
        return None
    if found := promised(words):
        return found
    noun = words[1].pos_ in ("DET", "NOUN", "ADJ", "PROPN")
    if words[0].lower_ in listed("have") and words[1].lower_ != "to" and noun:
        return Frame("noun", tuple(words[1:]))
    if [word.lower_ for word in words[:2]] == ["ask", "for"]:
        return Frame("noun", tuple(words[2:]))
    return _urged(words) if words[0].lower_ in listed("urge") | {"ask"} else None


def _urged(words: Words) -> Frame | None:
    for at in range(1, min(len(words) - 2, 16)):
        word = words[at].lower_
        if act := infinitive(words, at):
            return request(act)
        if word in ("if", "whether"):
            return indirect(words[at:])
        if word == "that" and words[at].dep_ == "mark":
            return Frame("that", tuple(words[at + 1 :]))
        if word in WH - {"who", "which"}:
            return wh(words[at:])
    end = subject_end(words, 1)
    if words[0].lower_ in ("hope", "suggest", "trust") and end and is_answerer(words[1:end]):
        return Frame("that", tuple(words[1:]))
    return None
