"""The words of the answer that carry a status: the shortest clause of the sentence that the classifiers chose."""

import re

from qa_assess.exchange import Span
from qa_assess.pairs import Overlap
from qa_assess.readings import Sentence, cue_counts
from qa_assess.wording import printed, topics

_SHORT = 24
# "; ", " — ", ", but ", ", and we ": where a long sentence can be cut without breaking a clause
_CUTS = re.compile(
    r"(?:;|—|–|:)\s*(?:and |but )?"
    r"|,\s+(?=(?:but|and|so|although|which is why)\s+(?:I|we|he|she|it|they|the|that|this|there|my|our)\b)",
)
# "But we will act": a conjunction that no quotation needs
_LEAD = re.compile(r"\A(?:and|but|so)\s+", re.IGNORECASE)


def _pieces(text: str) -> list[tuple[int, int]]:
    starts = [0, *(m.end() for m in _CUTS.finditer(text))]
    ends = [*(m.start() for m in _CUTS.finditer(text)), len(text)]
    return [(s, e) for s, e in zip(starts, ends, strict=True) if len(text[s:e].split()) > 3]


def quote(sentence: Sentence, about: frozenset[str], overlap: Overlap) -> Span:
    """The span to quote from a sentence: all of it where it is short, else the clause that says most about the ask.

    Args:
        sentence: The sentence chosen.
        about: Topics of the ask or of the concern.
        overlap: Weighs shared topics.

    >>> import numpy as np
    >>> from qa_assess.pairs import RARITY_SPACE
    >>> from qa_assess.pipeline import load_parser
    >>> from qa_assess.readings import Reading
    >>> answer = Reading(load_parser()("I thank her. But we will mend it."))
    >>> quote(answer.sentences[1], frozenset({"mend"}), Overlap(np.ones(RARITY_SPACE)))
    Span(text='we will mend it.', start=17, end=33)
    """
    start, end = sentence.start, sentence.end
    if len(sentence.text.split()) > _SHORT:
        start, end = _best_piece(sentence, about, overlap)
    text = printed(sentence.span.doc)
    if lead := _LEAD.match(text[start:end]):
        start += lead.end()
    kept = text[start:end].rstrip(" ,;:—–")
    return Span(kept, start, start + len(kept))


def _best_piece(sentence: Sentence, about: frozenset[str], overlap: Overlap) -> tuple[int, int]:
    """The clause that shares most with what is asked about, cues breaking ties; the whole where there is none."""
    found, best = (sentence.start, sentence.end), -1.0
    for s, e in _pieces(sentence.text):
        place = (sentence.start + s, sentence.start + e)
        piece = sentence.span.doc.char_span(*place, alignment_mode="contract")
        if piece is None:
            continue
        worth = overlap.share(about, topics(piece)) + 0.02 * float((cue_counts(piece.text) > 0).sum())
        if worth > best + 1e-9:
            found, best = place, worth
    return found
