"""Requests taken out of their wrapping: an act, or something to be told, confirmed, agreed or promised."""

from spacy.tokens import Token

from qa_assess.feedback.clauses import MODALS, NOT, Words, is_answerer, skip, subject_end, verb_at
from qa_assess.feedback.questions import Frame, government, wh, wh_at
from qa_assess.feedback.tables import words as listed
from qa_assess.feedback.verbs import base, is_verb

FINITE = ("MD", "VBZ", "VBP", "VBD")


def indirect(words: Words) -> Frame | None:
    end = subject_end(words, 1)
    if end is None or end >= len(words):
        return None
    own = is_answerer(words[1:end])
    asks = MODALS if words[0].lower_ == "if" else {"will", "would"}
    if own and words[end].lower_ in asks:
        return request(words[end + 1 :])
    they = government(words)
    return Frame("own" if own or they else "whether", tuple(words[1:]), they)


def infinitive(words: Words, at: int) -> Words:
    """The verb phrase of "to act" or "not to act" at this place, with its "not"; nothing where none is."""
    after = skip(words, at, NOT | {"to"})
    before = [word.lower_ for word in words[at:after]]
    if "to" not in before or after - at > 2 or after >= len(words) or words[after].tag_ not in ("VB", "VBG"):
        return ()
    negation = [word for word in words[at:after] if word.lower_ in NOT]
    return (*negation, *words[after:])


def request(words: Words) -> Frame | None:
    """What the verb phrase of a request wants: an act, or something to be told, confirmed, agreed or promised."""
    words = words[skip(words, 0, listed("fillers")) :]
    if not words:
        return None
    inner = _ready(words) or _joined(words)
    if inner:
        return request(inner)
    return promised(words) or agreed(words) or _told(words) or _act(words)


def _act(words: Words) -> Frame | None:
    verb = words[verb_at(words)]
    return Frame("doing", tuple(words)) if verb.pos_ == "VERB" or is_verb(verb) else None


def _ready(words: Words) -> Words:
    """As in "be prepared to act", "agree to act", "commit to acting", "care to act": the act."""
    first = words[0].lower_
    at = 2 if first == "be" and len(words) > 3 and words[1].lower_ in listed("ready") else 1
    if at == 1 and first not in ("agree", "undertake", "commit", "promise", "pledge", "offer", "care", "like"):
        return ()
    at = skip(words, at, {"itself", "himself", "herself", "enough", "today", "here", "now"})
    return infinitive(words, at)


def _joined(words: Words) -> Words:
    """As in "join me in thanking the staff": thanking the staff."""
    if words[0].lower_ not in ("join", "joining"):
        return ()
    places = range(1, min(len(words) - 1, 8))
    at = next((i for i in places if words[i].lower_ == "in" and words[i + 1].tag_ == "VBG"), None)
    return words[at + 1 :] if at else ()


def promised(words: Words) -> Frame | None:
    """As in "give the House an assurance that…", "have his guarantee that…", "give an undertaking to act"."""
    if words[0].lower_ not in ("give", "have", "seek", "offer", "provide", "get", "ask", "make"):
        return None
    at = next((i for i in range(1, min(len(words), 12)) if words[i].lower_ in listed("promises")), len(words))
    places = range(at + 1, min(len(words) - 2, at + 7))
    after = next((i for i in places if words[i].lower_ == "that" and words[i].dep_ != "det"), None)
    if after:
        return Frame("that", tuple(words[after + 1 :]), promise=words[at].lower_.removesuffix("s"))
    act = infinitive(words, at + 1)
    return request(act) if act else None


def agreed(words: Words) -> Frame | None:
    """As in "agree (with me) that prices rose", "confirm that…", "assure the House that…": the clause."""
    words = words[skip(words, 0, listed("fillers")) :]
    verb = _verb(words[0]) if words else ""
    if verb not in listed("agree") | listed("confirm"):
        return None
    kept = "confirmation" if verb == "confirm" else verb if verb in ("guarantee", "promise", "pledge") else ""
    kept = kept or ("assurance" if verb in listed("confirm") else "")
    nearest = skip(words, 1, listed("recipients") | listed("fillers") | {"with", ":", "fully", "again"})
    furthest = 30 if verb in listed("confirm") | {"agree"} else nearest + 1
    for at in range(1, min(len(words) - 2, furthest)):
        if _opens_clause(words, at):
            return Frame("that", tuple(words[at + 1 :]), promise=kept)
        if words[at].lower_ in ("whether", "if") and at <= 4:
            return indirect(words[at:])
        if wh_at(words, at) and at <= 4:
            return wh(words[at:])
    return _agreed_bare(words, kept)


def _opens_clause(words: Words, at: int) -> bool:
    that, before = words[at], words[at - 1].lower_
    if that.lower_ != "that" or (that.dep_ == "det" and that.tag_ == "DT" and words[at + 1].pos_ == "NOUN"):
        return False
    # "confirm, with regard to the speech that he made, that prices rose": the later one.
    later = range(at + 1, len(words) - 1)
    if words[at - 1].pos_ == "NOUN" and any(words[i].lower_ == "that" and words[i - 1].text == "," for i in later):
        return False
    # "acknowledge that gap": what has no verb is no clause, whatever the parser makes of its "that".
    if words[at + 1].tag_ == "NN" and not any(word.pos_ in ("VERB", "AUX") for word in words[at + 1 :]):
        return False
    return that.dep_ == "mark" or that.tag_ == "IN" or at == 1 or before in ("me", "us", "house")


def _agreed_bare(words: Words, promise: str) -> Frame | None:
    """As in "confirm the scheme will go ahead", without a "that"."""
    if words[0].lower_ in ("consider", "see", "find"):
        return None
    at = skip(words, 1, listed("recipients") - {"the", "my", "this", "to"})
    clause = any(child.dep_ == "ccomp" and child.i > words[0].i for child in words[0].children)
    end = subject_end(words, at) if clause and at < len(words) else None
    if end is None or end >= len(words) or words[end].tag_ not in FINITE:
        return None
    return Frame("that", tuple(words[at:]), promise=promise)


def _verb(word: Token) -> str:
    return base(word) if word.tag_ == "VBG" else word.lower_


def _told(words: Words) -> Frame | None:
    """As in "tell the House when…", "set out the reasons for…": the thing to be told."""
    if _verb(words[0]) not in listed("tell"):
        return None
    nearest = skip(words, 1, listed("recipients") | listed("fillers"))
    for at in range(1, min(len(words) - 1, max(nearest, 8) + 1)):
        word = words[at].lower_
        if word in ("what", "how", "why", "when", "where") or (wh_at(words, at) and at <= nearest):
            dated = words[min(at + 2, len(words) - 1)].lower_ in ("grounds", "basis", "date", "day")
            return wh(words[at + (word in ("on", "about", "of") and not dated) :])
        if word in ("whether", "if"):
            return indirect(words[at:])
        if word == "that" and words[at].dep_ == "mark":
            return Frame("that", tuple(words[at + 1 :]))
    return _told_noun(words)


def _told_noun(words: Words) -> Frame | None:
    start = 1
    if words[1:] and words[1].lower_ in ("me", "us", "out", "him", "them"):
        start = 2
    elif [word.lower_ for word in words[1:3]] == ["the", "house"]:
        start = 3
    start = skip(
        words, start, {"out", "with", "on", "about", "of", "to", "clearly", "a", "little", "bit", "more"} - {"a"}
    )
    if start >= len(words) or words[start].pos_ not in ("DET", "NOUN", "ADJ", "PROPN", "PRON", "NUM"):
        return None
    verb = words[0].lower_
    if verb in ("let", "share", "say", "shed") and "about" not in [word.lower_ for word in words[1:6]]:
        return None
    giving = verb in ("give", "provide", "offer", "set", "explore", "name")
    if giving and not any(word.lower_ in listed("told-nouns") for word in words[start : start + 4]):
        return None
    return Frame("noun", tuple(words[start:]))
