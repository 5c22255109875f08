"""An ask turned into a phrase that a sentence takes up: a gerund, clause, indirect question, noun or quotation."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from qa_assess.asking import subject
from qa_assess.codebook import Kind
from qa_assess.exchange import Ask
from qa_assess.feedback.clauses import AUXILIARIES, Words, root_of, skip, verb_at
from qa_assess.feedback.frames import unwrap
from qa_assess.feedback.questions import WH, Frame
from qa_assess.feedback.reported import join, reported, tidy
from qa_assess.feedback.shortening import shortened
from qa_assess.feedback.tables import words as listed
from qa_assess.feedback.verbs import base, gerund

# "do that", "look into it": an act of fewer words that cannot be reported is not worth quoting.
_TELLING = 4
# Kinds that want to be told something: a bare statement where such an ask should stand is a fragment of one.
_TOLD = (Kind.ACTION, Kind.ASSESSMENT, Kind.DISCUSSION, Kind.FIGURE, Kind.FACT, Kind.TIMELINE, Kind.REASON)
_TITLE = re.compile(
    r"\b[Tt]he ((?:Deputy )?Prime Minister|Secretary of State|(?:Home|Foreign|Defence|Health|Education) Secretary|"
    r"Chancellor(?: of the Exchequer)?|Leader of the House|(?:Attorney|Solicitor)[- ]General)\b"
)


_PREPOSED = (
    # "for what reasons staff left", "on what date it opened", "on what grounds he refused", "in which month it opens"
    (re.compile(r"^for what reasons?\b"), "why"),
    (re.compile(r"^(?:by|on|from) (?:what|which) (?:date|day)\b"), "when"),
    (re.compile(r"^on what grounds\b"), "the grounds on which"),
    (re.compile(r"^by what (percentage|proportion|amount)\b(?! or)"), r"the \1 by which"),
    (re.compile(r"^(in|by) (?:what|which) (month|year|week)\b"), r"the \2 \1 which"),
)
# Words about conduct that only the asker may say, and then in quotation marks: "why he refused to answer".
_LOADED = re.compile(
    r"\b(?:(?<!tax )evad(?:e|es|ed|ing)|dodg(?:e|es|ed|ing)|lied|lying|liars?|misl(?:ed|ead|eads|eading)|"
    r"c(?:ome|omes|oming|ame) clean|refus\w+ to answer)\b",
    re.IGNORECASE,
)
# "a date for the opening", "any further details of the plan"
_TOLD_NOUN = re.compile(
    r"^(?:(?:an?|any|the|some|more)\s+)*((?:[a-z]+ )?(?:dates?|timetable|timescale|details|information|figures?|"
    r"estimate|assessment|explanation|reasons?|account|update|indication|breakdown|list))\b\s*(.*)$"
)
# "the Minister's assessment of the risk": the lead says "assessment" already
_ASSESSED = re.compile(r"^the (?:[A-Z][\w ]*['’]s? |Minister's )(?:\w+ )?(?:assessment|estimate|evaluation) of (?=\w)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of an ask in the form that a lead takes up.

    `form` is a key of leads.toml; `texts` fills its placeholders; `promise` is the asker's own word for the undertaking
    wanted ("guarantee"), where there is one.
    """

    form: str
    texts: Mapping[str, str]
    promise: str = ""


def phrase(question: Doc, ask: Ask) -> Phrase:
    """The phrase of one ask of a parsed question; deterministic, and never without a result.

    Where the words cannot be turned, the phrase is a quotation; where they are too long or too short even for that, its
    form is ``bare``.
    """
    words = _asked(question, ask)
    if len(words) < 2 or words[-1].lower_ in ("of", "to", "for", "with", "from", "the", "a"):
        return Phrase("bare", {})
    frame = unwrap(words, ask.kind)
    if frame is None or (frame.form == "that" and ask.kind in _TOLD and len(frame.words) == len(words)):
        return _quotation(words)
    if frame.form == "wh" and sum(word.is_alpha and len(word) > 1 for word in frame.words) < 3:
        return Phrase("bare", {})
    turned = _turned(frame, _minister(words))
    if turned and turned.form == "noun" and ask.kind is Kind.ASSESSMENT:
        turned = Phrase("noun", {"noun": _ASSESSED.sub("", turned.texts["noun"])})
    if turned is None and frame.form == "doing" and len(frame.words) < _TELLING:
        return Phrase("bare", {})
    return turned or _quoted(frame) or _quotation(words)


def _asked(question: Doc, ask: Ask) -> Words:
    span = question.char_span(ask.start, ask.end, alignment_mode="expand")
    words = [word for word in span or () if not word.is_space]
    words += _closing_quote(words)
    stops = [
        at for at, word in enumerate(words[:-4]) if word.text in ("?", "!") or (word.text == "." and word.is_sent_end)
    ]
    words = words[stops[-1] + 1 :] if stops else words
    while words and (words[0].lower_ in listed("leading") or (words[0].is_punct and words[0].text != "(")):
        words = words[1:]
    while words and ((words[-1].is_punct and not _closes(words)) or words[-1].lower_ in ("and", "or", "but", "please")):
        words = words[:-1]
    if len(words) > 3 and words[0].text == "(" and words[2].text == ")":
        words = words[3:]
    return words


def _closing_quote(words: Words) -> Words:
    """The quotation mark behind the words that closes what began in them."""
    text = "".join(word.text for word in words)
    if not words or text.count("“") <= text.count("”") or words[-1].i + 1 == len(words[-1].doc):
        return []
    after = words[-1].nbor()
    return [after] if after.text == "”" else []


def _closes(words: Words) -> bool:
    """True where the last mark closes a bracket or a quotation that began within the words."""
    if words[-1].text in (")", "”", "’"):
        return True
    return words[-1].text in ("'", '"') and any(word.text == words[-1].text for word in words[:-1])


def _minister(words: Words) -> str:
    found = _TITLE.match(join(words[1:8])) if words else None
    return f"the {found[1]}" if found else "the Minister"


def _turned(frame: Frame, minister: str) -> Phrase | None:
    words = shortened(_opened(frame))
    if not words or _LOADED.search(join(words)):
        return None
    if frame.form == "doing":
        return _doing(words, minister)
    text = reported(words, minister, {**frame.changes, **_second_that(words)})
    if not text:
        return None
    if frame.form in ("that", "whether", "own"):
        text = _with_comma(frame.words, text)
    if frame.form == "wh":
        for pattern, replacement in _PREPOSED:
            text = pattern.sub(replacement, text)
        return Phrase(_wh_form(text), {"wh": text})
    if frame.form == "noun" and (told := _TOLD_NOUN.match(text)):
        return Phrase("told", {"noun": told[1], "rest": told[2]})
    slot = "noun" if frame.form == "noun" else "clause"
    return Phrase(frame.form, {slot: text}, frame.promise)


def _second_that(words: Words) -> dict[int, str]:
    """The "that" of "that prices rose and that wages fell" goes, so that the clause fits behind "whether" too."""
    pairs = itertools.pairwise(words)
    return {
        that.i: "" for before, that in pairs if before.pos_ == "CCONJ" and that.lower_ == "that" and that.dep_ == "mark"
    }


def _opened(frame: Frame) -> Words:
    """The frame's words without what only opens it ("surely", "the need for")."""
    if frame.form == "noun" and [word.lower_ for word in frame.words[:3]] == ["the", "need", "for"]:
        return frame.words[3:]
    return frame.words[skip(frame.words, 0, {"surely", "perhaps", "indeed", "also", "actually"}) :]


def _with_comma(words: Words, text: str) -> str:
    """As in "that, when the scheme ends, staff will stay": the comma after "that"."""
    return f", {text}" if words[0].text == "," or (words[0].lower_ in listed("opening") and "," in text) else text


def _wh_form(text: str) -> str:
    if text.startswith("why"):
        return "why"
    # "from which councils", "in how many countries"
    if re.match(r"(?:from|by|in|at|to|with|for|under|of) (?:which|what|how|whom)\b", text):
        return "in-which"
    return "when" if re.match(r"when\b|the (?:month|year|week) (?:in|by) which\b", text) else "wh"


def _doing(words: Words, minister: str) -> Phrase | None:
    verb = words[verb_at(words)]
    verbs = [verb, *_coordinated(verb, words)]
    acting = reported(words, minister, {verb.i: gerund(verb) for verb in verbs})
    act = reported(words, minister, {verb.i: base(verb) for verb in verbs})
    if not acting or not act:
        return None
    if statement := re.match(r"make an? ((?:\w+ )?statement)\b\s*(.*)$", act):
        return Phrase("statement", {"noun": statement[1], "rest": statement[2]})
    return Phrase("doing", {"ing": acting, "inf": act})


def _coordinated(verb: Token, words: Words) -> list[Token]:
    """Verbs that share the first one's place: "meet them and *discuss* the scheme"."""
    inside = {word.i for word in words if not _infinitive_between(verb, word)}
    return [
        child
        for child in verb.conjuncts
        if child.i in inside
        and child.tag_ in ("VB", "VBP")
        and not any(other.dep_ in ("aux", "mark", "nsubj", "cop") and other.i > words[0].i for other in child.children)
    ]


def _infinitive_between(verb: Token, word: Token) -> bool:
    """True in "permit families to apply and *receive*", where the second verb may well go with "apply"."""
    between = verb.doc[verb.i + 1 : word.i]
    return any(other.tag_ == "TO" and other.nbor().tag_ == "VB" for other in between)


def _quoted(frame: Frame) -> Phrase | None:
    """The asker's own words inside our sentence: whether "we need a plan"; an undertaking to "look at our schools"."""
    words = shortened(frame.words)
    if words is None or len(words) < 4 or any(frame.changes.values()):
        return None
    if any(after.i < before.i for before, after in itertools.pairwise(words)):
        return None
    text = quotation(words, cut=len(words) < len(frame.words))
    if frame.form == "doing":
        return Phrase("quoted", {"inf": text, "ing": text}) if words[0].tag_ == "VB" else None
    # "Whether it is this or that, all of it…" is no clause behind another "whether".
    if frame.form in ("that", "whether") and words[0].lower_ != "whether":
        return Phrase(frame.form, {"clause": text}, frame.promise)
    return None


def _quotation(words: Words) -> Phrase:
    kept = shortened(words)
    if kept is None or len(kept) < 4:
        return Phrase("bare", {})
    cut = len(kept) < len(words)
    text = quotation(kept, cut=cut)
    asking = kept[0].lower_ in AUXILIARIES | WH and kept[0].tag_ != "VB"
    if not asking or _in_statement_order(kept):
        return Phrase("quote", {"quote": text, "asked": "point"})
    return Phrase("quote", {"quote": f'"{text[1].upper()}{text[2:-1]}{"" if cut else "?"}"', "asked": "question"})


def _in_statement_order(words: Words) -> bool:
    """True for an indirect question by itself: "what talks they are having"."""
    who = subject(root_of(words))
    if who is None or words[0].lower_ not in WH:
        return False
    before = [word for word in words if word.i < who.left_edge.i]
    return bool(before) and not any(word.lower_ in AUXILIARIES for word in before)


def quotation(words: Words, *, cut: bool) -> str:
    """The words as printed, in quotation marks; with an ellipsis where more of them was cut."""
    text = tidy(words[0].doc[words[0].i : words[-1].i + 1].text)
    return '"' + re.sub(r"[\"“”]", "'", text) + ('…"' if cut else '"')
