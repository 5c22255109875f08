"""The asker's words as a reporter prints them: addresses dropped, pronouns re-pointed, no word left dangling.

"my right hon. Friend" and "he" are the Minister, "my constituents" are the Member's, "this scheme" is the scheme. Words
that only make sense in the asker's mouth ("we", a "that" whose noun stands in the preamble) cannot be reported: the
result is then None, and the caller quotes.
"""

import re
from collections.abc import Mapping, Sequence

from spacy.tokens import Token

from qa_assess.feedback.tables import words as listed
from qa_assess.feedback.verbs import third_person

# "(a) Ashby and (ii) Milton"
_ENUMERATOR = re.compile(r"(?:(?:\(|(?<=\s))(?:[a-hA-D]|i{1,3}|iv|vi{0,3})|\((?:[i-z]|ix|xi{0,3}|xi?v))\)\s*")
# "the hon. Member for Ashby (Mrs. Example)"
_NAME = re.compile(r"\s*\((?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Lady|Baroness)\b\.? [^()]*\)")
_TIDY = ((re.compile(r"\s+([,.;:)?!])"), r"\1"), (re.compile(r"([,;])(?:\s*[,;])+"), r"\1"), (re.compile(r"\s+"), " "))


def reported(
    words: Sequence[Token], minister: str = "the Minister", given: Mapping[int, str] | None = None
) -> str | None:
    """The words in the third person, or None where they would not make sense there.

    `words` may stand in another order than in the question; `minister` is how the answerer is called; `given` are
    changes that a turn of the clause has made already, by the word's place in the question.
    """
    if _two_people(words):
        return None
    changes: dict[int, str] = dict(given or {})
    _drop_addresses(words, changes, minister)
    for at, word in enumerate(words):
        if word.i in changes:
            continue
        if word.lower_ in listed("never"):
            return None
        settled = _first_person(words, at, changes) or _answerer(words, at, changes, minister)
        if not settled and not _pointing(words, at, changes):
            return None
    return join(words, changes)


def join(words: Sequence[Token], changes: dict[int, str] | None = None) -> str:
    """The words as running text, with some of them changed or (changed to nothing) left out."""
    pieces: list[str] = []
    last: Token | None = None
    for word in words:
        text = (changes or {}).get(word.i, word.text)
        if not text:
            continue
        glued = (
            last is not None and last.i + 1 == word.i and not last.whitespace_ and (text != "not" or word.text == "not")
        )
        # "do" + "n't", "Minister" + "'s", "2019" + "-" + "20"
        pieces.append(text if glued or not pieces or text in ("'s", "’s", "n't", "n’t") else " " + text)
        last = word
    return tidy("".join(pieces))


def tidy(text: str) -> str:
    """Single spaces, no list letters, no doubled or trailing punctuation.

    >>> tidy("figures for (a) Ashby  and (b) Milton , ")
    'figures for Ashby and Milton'
    """
    text = _NAME.sub("", _ENUMERATOR.sub("", text))
    for pattern, replacement in _TIDY:
        text = pattern.sub(replacement, text)
    return text.strip(" ,;:?!-–—").removesuffix(".") if not text.rstrip().endswith("hon.") else text.strip()


def _drop_addresses(words: Sequence[Token], changes: dict[int, str], minister: str) -> None:
    """Change "my right hon. Friend (the Chancellor)" and leave out names in brackets and calls to the Chair."""
    for at, word in enumerate(words):
        if word.lower_ in ("friend", "friends") and word.text[0] == "F":
            start = at - 1
            while start > 0 and words[start].lower_ in listed("style"):
                start -= 1
            if start >= 0 and words[start].lower_ in ("my", "our"):
                _drop_friend(words, start, at, changes, minister)
        elif word.lower_ == "speaker" and at and words[at - 1].lower_ in ("mr", "mr.", "madam"):
            changes.update({words[at - 1].i: "", word.i: ""})
        elif word.text == "(":
            end = next((i for i in range(at, len(words)) if words[i].text == ")"), None)
            if end and any(words[i].lower_ in listed("titles") for i in range(at, end)):
                changes.update({words[i].i: "" for i in range(at, end + 1)})


def _drop_friend(words: Sequence[Token], start: int, end: int, changes: dict[int, str], minister: str) -> None:
    after = [word.lower_ for word in words[end + 1 : end + 3]]
    changes.update({words[i].i: "" for i in range(start, end + 1)})
    member = next((word for word in words[end + 1 : end + 4] if word.text == "Member"), None)
    if member is not None:
        changes[member.i] = "hon. Member"
    if after[:1] == ["the"]:
        return
    if after == [",", "the"]:
        changes[words[end + 1].i] = ""
    else:
        changes[words[start].i] = "the Member's colleagues" if words[end].lower_ == "friends" else minister


def _first_person(words: Sequence[Token], at: int, changes: dict[int, str]) -> bool:
    word = words[at]
    before = [other.lower_ for other in words[max(0, at - 2) : at]]
    noun = word.head
    if word.text == "I" or word.lower_ == "me":
        changes[word.i] = "the Member"
        _agree(word, changes)
    elif word.lower_ == "my" and before == ["me", "and"]:
        changes[word.i] = "" if noun.tag_ in ("NNS", "NNPS") else "the"
    elif word.lower_ == "my":
        changes[word.i] = "the Member's"
    elif word.lower_ == "our":
        changes[word.i] = "" if words[at + 1 : at + 2] and words[at + 1].lower_ == "own" else "the"
    else:
        return False
    return True


def _agree(subject: Token, changes: dict[int, str]) -> None:
    """The verb of "I have" and "you are" takes the third person."""
    if not subject.dep_.startswith("nsubj"):
        return
    verbs = [child for child in subject.head.children if child.pos_ == "AUX"] or [subject.head]
    if verbs[0].tag_ == "VBP":
        changes[verbs[0].i] = third_person(verbs[0])


def _answerer(words: Sequence[Token], at: int, changes: dict[int, str], minister: str) -> bool:
    word = words[at]
    if word.lower_ in ("you", "your"):
        changes[word.i] = minister if word.lower_ == "you" else f"{minister}'s"
        _agree(word, changes)
        return True
    after = words[at + 1].lower_ if at + 1 < len(words) else ""
    if word.lower_ in ("their", "his", "her") and after == "department":
        changes[word.i] = "the"
        return True
    if word.lower_ not in ("he", "she", "him", "his", "her", "himself", "herself"):
        return False
    owns = word.tag_ == "PRP$" or word.lower_ == "his" or (word.lower_ == "her" and word.dep_ == "nmod:poss")
    if owns and (after in listed("personal") or _is_style(word)):
        return True  # somebody else's: the words do not say whose, or name the Queen
    named = any(change == minister for i, change in changes.items() if i != word.i)
    if named or word.lower_.endswith("self") or any(_person(other) for other in words[:at]):
        return True
    changes[word.i] = f"{minister}'s" if owns else minister
    return True


def _person(word: Token) -> bool:
    return word.lower_ in listed("titles") | listed("ministers") or word.lemma_.lower() in listed("people")


def _two_people(words: Sequence[Token]) -> bool:
    """True where both "he" and "she" are spoken of: then there is no telling which of them is the Minister."""
    said = {word.lower_ for word in words if not _is_style(word)}
    return bool(said & {"he", "him", "his", "himself"}) and bool(said & {"she", "her", "hers", "herself"})


def _is_style(word: Token) -> bool:
    """True for the "Her" of "Her Majesty's Government", "His Royal Highness"."""
    after = word.nbor() if word.i + 1 < len(word.doc) else None
    return after is not None and after.is_title and after.lower_ in listed("styles")


def _pointing(words: Sequence[Token], at: int, changes: dict[int, str]) -> bool:
    """Settle a word that points at something; False where what it points at is not in these words."""
    word = words[at]
    if word.lower_ in ("this", "that", "these", "those"):
        return _demonstrative(words, at, changes)
    if word.lower_ in ("it", "its", "itself"):
        return _expletive(words, at) or _antecedent(words[:at], plural=False) or _matter(word, changes)
    if word.lower_ in ("they", "them", "their", "themselves", "theirs"):
        return _antecedent(words[:at], plural=True)
    return True


def _demonstrative(words: Sequence[Token], at: int, changes: dict[int, str]) -> bool:
    if _opens(words, at):
        return True
    word, after = words[at], words[at + 1].lower_ if at + 1 < len(words) else ""
    if word.dep_ == "det" and after and word.head.i > word.i:
        _determine(word, after, changes)
        return True
    if at and words[at - 1].lower_ == "all" and _matter(word, changes):
        changes[words[at - 1].i] = ""
    return word.i in changes or _matter(word, changes) or _clear(words, at)


def _opens(words: Sequence[Token], at: int) -> bool:
    """True for a "that" that opens a clause, and for "those who" and "that allotted", which point at nothing before."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else word
    if word.lower_ == "those":
        return after.tag_ in ("VBG", "VBN") or after.lower_ in ("who", "of", "in", "with", "whose", "which", "that")
    if word.lower_ != "that":
        return False
    if at and words[at - 1].lower_ in listed("before-that") and after.pos_ in ("ADJ", "DET"):
        return True
    if word.dep_ == "det":
        return word.head.tag_ in ("NNS", "NNPS")
    return word.pos_ == "SCONJ" or word.tag_ in ("IN", "WDT", "RB") or after.tag_ == "VBN" or after.lower_ == "of"


def _determine(word: Token, after: str, changes: dict[int, str]) -> None:
    """As in "this scheme" is the scheme; "this year" and "those who" stay."""
    stays = after == "very" or word.head.lemma_.lower() in listed("deictic")
    if word.lower_ == "those":
        stays = any(child.dep_ in ("acl", "acl:relcl") for child in word.head.children)
    if not stays or word.lower_ == "these":
        changes[word.i] = "the"


def _clear(words: Sequence[Token], at: int) -> bool:
    """True where a clause before it has said what "this" is."""
    before = words[:at]
    verbs = sum(word.tag_ in ("VBZ", "VBD", "VBP", "MD") for word in before)
    return verbs > 0 and len(before) > 6 and _antecedent(before, plural=words[at].lower_ in ("these", "those"))


def _matter(word: Token, changes: dict[int, str]) -> bool:
    """As in "to discuss this" is to discuss the matter."""
    if word.lower_ in ("its", "itself", "those", "these") or word.dep_ not in ("obj", "obl", "nmod"):
        return False
    if word.dep_ == "obj" and word.head.lemma_ not in listed("matter-verbs") - {"do", "take"}:
        return False
    if word.dep_ == "obl" and word.head.lemma_ not in listed("matter-verbs") | {"happen"}:
        return False
    changes[word.i] = "the matter"
    return True


def _expletive(words: Sequence[Token], at: int) -> bool:
    """As in "it is right that", "it would be better to", "make it clear that"."""
    if words[at].dep_ == "expl":
        return True
    rest = [word.lower_ for word in words[at + 1 : at + 12]]
    be = any(verb in rest[:5] for verb in ("is", "was", "be", "were", "'s", "’s", "been"))
    said = rest[:1] != [] and rest[0] in listed("made-it")
    return (be or said) and any(word in rest for word in ("that", "to", "for", "time", "when", "if"))


def _antecedent(before: Sequence[Token], *, plural: bool) -> bool:
    nouns = [
        word
        for word in before
        if word.pos_ in ("NOUN", "PROPN")
        and word.lower_ not in listed("ministers") | listed("deictic") - {"house", "government"}
    ]
    if plural:
        return (
            any(n.tag_ in ("NNS", "NNPS") or n.lower_ in listed("plurals") for n in nouns)
            or len([n for n in nouns if n.dep_ == "conj"]) > 0
        )
    return bool([n for n in nouns if n.tag_ in ("NN", "NNP")])
