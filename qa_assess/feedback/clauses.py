"""Clauses of the question taken apart: where the subject ends, and the statement order of a question.

The parse is a help, not a master: what every question of the House has in its surface (an auxiliary, then the subject,
then a verb of the form that the auxiliary calls for) is looked for first, so that a slip of the parser costs little.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from spacy.tokens import Token

from qa_assess.feedback.tables import words as listed
from qa_assess.feedback.verbs import is_verb, without_do

Words = Sequence[Token]

MODALS = {"will", "would", "can", "could", "may", "might", "shall", "should", "must", "wo", "ca"}
_DO = {"do", "does", "did"}
_HAVE = {"has", "have", "had"}
BE = {"is", "are", "was", "were", "am", "'s", "’s"}
AUXILIARIES = MODALS | _DO | _HAVE | BE
NOT = {"not", "n't", "n’t"}
_PRONOUNS = {"he", "she", "it", "they", "we", "i", "you", "there", "one", "this", "that", "these", "those", "who"}


# "the Minister *for* Wales", "the Minister *and* his officials": the title goes on.
_GOES_ON = frozenset(["for", "of", "and", "or", "at", "in", "with", "responsible", "who"])
_PLANS = frozenset(["plans", "plan", "intends", "intend", "expects", "expect", "holds", "hold"])


@dataclass(frozen=True, slots=True)
class Clause:
    """Words in statement order, what changes in them, and whether their subject is the one who answers."""

    words: tuple[Token, ...]
    changes: dict[int, str] = field(default_factory=dict)
    own: bool = False


def is_answerer(subject: Words) -> bool:
    """True for the Minister, in whatever words ("he", "the Government", "my right hon. Friend the Chancellor")."""
    if len(subject) == 1:
        return subject[0].lower_ in ("he", "she", "you") or subject[0].lower_ in listed("answerers")
    if any(word.lower_ in ("'s", "’s") for word in subject):
        return False
    head = subject[0].lower_ in ("the", "my", "our", "this", "his", "her", "your", "both", "its")
    return head and any(word.lower_ in listed("answerers") for word in subject[:6])


def skip(words: Words, at: int, out: Set[str]) -> int:
    """The first place from `at` whose word is not in `out`."""
    while at < len(words) and words[at].lower_ in out:
        at += 1
    return at


def root_of(words: Words) -> Token:
    """The word that the stretch from the first to the last of the words hangs on, in whatever order they stand."""
    places = [word.i for word in words]
    return words[0].doc[min(places) : max(places) + 1].root


def verb_at(words: Words) -> int:
    """The place of a verb phrase's verb, after its "not" and its adverbs."""
    at = 0
    while at + 1 < len(words) and (words[at].lower_ in NOT or (words[at].pos_ == "ADV" and is_verb(words[at + 1]))):
        at += 1
    return at


def subject_end(words: Words, start: int, auxiliary: str = "") -> int | None:
    """The place after the subject that begins at `start`; None where no subject can be told.

    `auxiliary` is the one that stands before it in a question; the verb that it calls for ends the subject.
    """
    if start >= len(words):
        return None
    if words[start].lower_ in _PRONOUNS and not _determines(words, start):
        return start + 1
    wanted = _called_for(auxiliary)
    titled = _titled_end(words, start, wanted)
    if titled:
        return titled
    parsed = _parsed_end(words, start)
    if parsed and (not wanted or _verb_at(words, parsed, wanted)):
        return parsed
    found = _before_verb(words, start, wanted) or parsed
    # "when will the scheme start": so short a clause ends in its verb, whatever the tagger makes of it.
    short = "VB" in wanted and words[start].pos_ == "DET" and len(words) - start in (3, 4)
    return found or (len(words) - 1 if short else None)


def _before_verb(words: Words, start: int, wanted: set[str]) -> int | None:
    """The place of the first verb of the form wanted, or of any finite one, with its adverbs."""
    for at in range(start + 1, min(len(words), start + 25)):
        if wanted and words[at].tag_ in wanted and not _carried_on(words[at - 1]):
            return _back_over_adverbs(words, at, start)
        if not wanted and words[at].tag_ in ("MD", "VBZ", "VBP", "VBD") and not _in_relative(words, at):
            return _back_over_adverbs(words, at, start)
    return None


def _determines(words: Words, at: int) -> bool:
    return words[at].dep_ == "det" and words[at].lower_ in ("this", "that", "these", "those")


def _called_for(auxiliary: str) -> set[str]:
    if auxiliary in MODALS | _DO:
        return {"VB", "VBP"}
    return {"VBN"} if auxiliary in _HAVE else {"VBG"} if auxiliary in BE else set()


def _carried_on(before: Token) -> bool:
    """True where the word before a verb makes it part of the subject: "a way of *saving* money"."""
    return before.lower_ in ("to", "and", "or") or before.pos_ == "ADP"


def _titled_end(words: Words, start: int, wanted: set[str]) -> int | None:
    """The end of "my right hon. Friend the Secretary of State for Wales": at the first verb after the title."""
    title = _title_at(words, start)
    if title is None:
        return None
    after = words[title + 1].lower_ if title + 1 < len(words) else ""
    if after == "the":
        return _titled_end(words, title + 1, wanted)
    if not wanted and after not in (AUXILIARIES | _PLANS) - {"'s", "’s"}:
        return None
    if after.isalpha() and after not in _GOES_ON:
        return title + 1
    places = range(title + 1, min(len(words), title + 16))
    at = next((i for i in places if words[i].tag_ in wanted and words[i - 1].lower_ not in _GOES_ON | {"to"}), None)
    return None if at is None else _back_over_adverbs(words, at, title)


def _title_at(words: Words, start: int) -> int | None:
    """The place of the last word of the title that begins at `start`: "the Secretary of State", "my hon. Friend"."""
    places = range(start + 1, min(len(words), start + 9))
    title = next((at for at in places if words[at].lower_ in listed("answerers")), None)
    if title is None or words[start].lower_ not in ("the", "my", "our", "his", "her", "their"):
        return None
    if any(word.lower_ in ("of", "in", "for", "to", "from", "with", "by") for word in words[start:title]):
        return None
    for tail in (["of", "state"], ["of", "the", "house"]):
        if [word.lower_ for word in words[title + 1 : title + 1 + len(tail)]] == tail:
            return title + len(tail)
    return title


def _parsed_end(words: Words, start: int) -> int | None:
    last = words[-1].i
    for word in words[start : start + 20]:
        if word.dep_.startswith(("nsubj", "csubj", "expl")) and word.left_edge.i >= words[start].i:
            edge = min(word.right_edge.i, last)
            if word.left_edge.i == words[start].i and edge < last:
                return edge - words[0].i + 1
    return None


def _in_relative(words: Words, at: int) -> bool:
    return (
        words[at].dep_ == "acl:relcl"
        or words[at].head.dep_ == "acl:relcl"
        or words[at - 1].lower_ in ("which", "who", "that")
    )


def _verb_at(words: Words, at: int, tags: set[str]) -> bool:
    if tags & {"VBG", "VBN"}:
        return True
    at = skip(words, at, NOT | listed("fillers") | {"ever", "only", "fully", "urgently", "again"})
    return at < len(words) and words[at].tag_ in tags


def _back_over_adverbs(words: Words, at: int, start: int) -> int:
    while at - 1 > start and (words[at - 1].pos_ in ("ADV", "PART") or words[at - 1].lower_ in listed("fillers")):
        at -= 1
    return at


def statement(words: Words, at: int, *, keep_not: bool) -> Clause | None:
    """Words with an auxiliary at `at` and the subject after it, in statement order.

    "what steps is the Department taking" becomes "what steps the Department is taking", "did he leave" "he left".
    None where there is no telling the subject.
    """
    auxiliary = words[at]
    start = skip(words, at + 1, NOT)
    end = subject_end(words, start, auxiliary.lower_)
    if end is None or words[end - 1].pos_ == "ADP":
        return None
    subject, rest_at = words[start:end], skip(words, end, NOT)
    negation = [*words[at + 1 : start], *words[end:rest_at]] if keep_not else []
    rest = words[skip(words, rest_at, {"also", "therefore", "further", "then", "please", "thus"}) :]
    changes = {word.i: "not" for word in negation} | {auxiliary.i: _whole(auxiliary.lower_)}
    if auxiliary.lower_ in _DO and not negation:
        main = skip(
            rest, 0, listed("fillers") | {"really", "fully", "ever", "still", "now", "honestly", "agree"} - {"agree"}
        )
        if main == len(rest):
            return None
        verb = rest[main]
        changes |= {auxiliary.i: "", verb.i: without_do(verb, auxiliary.lower_)}
    rest = _one_question(rest)
    ordered = (*words[:at], *subject, auxiliary, *negation, *rest)
    return Clause(ordered, changes, is_answerer(subject))


def _one_question(rest: Words) -> Words:
    """The words up to a second question: "… or will he act"."""
    for at in range(2, len(rest) - 2):
        second = rest[at].pos_ == "CCONJ" and rest[at + 1].lower_ in AUXILIARIES
        if second and rest[at + 2].lower_ in _PRONOUNS | {"the", "my"}:
            return rest[:at]
    return rest


def _whole(auxiliary: str) -> str:
    """As in "wo(n't)" is "will", "ca(n't)" is "can"."""
    return {"wo": "will", "ca": "can", "'s": "is", "’s": "is"}.get(auxiliary, auxiliary)
