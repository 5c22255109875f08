"""The words of the answer that carry a status: the shortest clause of the sentence that the classifiers chose."""

import re

from qa_assess.exchange import Span
from qa_assess.pairs import Overlap
from qa_assess.readings import Sentence, cue_counts
from qa_assess.wording import topics

_SHORT = 24
# "; ", " — ", ", but ", ", and we ": where a long sentence can be cut without breaking a clause
_CUTS = re.compile(
    r"(?:;|—|–|:)\s*(?:and |but )?|,\s+(?=(?:but|and|so|although|which is why)\s+(?:I|we|he|she|it|they|the|that|this|there|my|our)\b)",
)
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
    """
    start, end = sentence.start, sentence.end
    if len(sentence.text.split()) > _SHORT:
        doc = sentence.span.doc
        best = -1.0
        for s, e in _pieces(sentence.text):
            piece = doc.char_span(sentence.start + s, sentence.start + e, alignment_mode="contract")
            if piece is None:
                continue
            worth = overlap.share(about, topics(piece)) + 0.02 * float((cue_counts(piece.text) > 0).sum())
            if worth > best + 1e-9:
                best, start, end = worth, sentence.start + s, sentence.start + e
    text = sentence.span.doc.text[start:end]
    lead = _LEAD.match(text)
    start += lead.end() if lead else 0
    text = sentence.span.doc.text[start:end].rstrip(" ,;:—–")
    return Span(text, start, start + len(text))
