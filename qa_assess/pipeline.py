"""The shipped spaCy pipeline: loaded once, and the sentence boundaries that print gives.

Hansard is edited prose: its full stops are where its sentences end. So boundaries come from the punctuation, before the
parser, which then never joins two printed sentences nor cuts one; the parser's own boundaries stay in use for a
pipeline whose factory list already sets them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token

from qa_assess.errors import ModelError
from qa_assess.resources import parser_path

_TERMINAL = frozenset({".", "?", "!", "…", "...", "?!", "!!"})
_CLOSING = frozenset({'"', "'", "”", "’", ")", "]", "''"})
_NEEDED_LABELS = frozenset({"obj", "nsubj:pass", "obl"})
# Its organisations and persons carry no weight in a grade, and it costs a fifth of the time.
_UNUSED = ("ner",)


def _starts_sentence(token: Token) -> bool:
    """True where a printed sentence starts: after a stop and its closing marks, and not in lower case."""
    if token.is_space or token.text in _CLOSING or token.text in _TERMINAL:
        return False
    previous, breaks = token.i - 1, 0
    while previous >= 0 and (token.doc[previous].is_space or token.doc[previous].text in _CLOSING):
        breaks += token.doc[previous].text.count("\n")
        previous -= 1
    if breaks > 1 and previous >= 0:
        return True
    return previous >= 0 and token.doc[previous].text in _TERMINAL and not token.is_lower


@Language.component("printed_sentences", assigns=["token.is_sent_start"])
def printed_sentences(doc: Doc) -> Doc:
    """Set the sentence starts of a doc from its punctuation, line breaks and capitals.

    >>> nlp = spacy.blank("en"); _ = nlp.add_pipe("printed_sentences")
    >>> [s.text for s in nlp("Will he act? No. He said so on 4.5.2001.").sents]
    ['Will he act?', 'No.', 'He said so on 4.5.2001.']
    """
    for token in doc:
        token.is_sent_start = token.i == 0 or _starts_sentence(token)
    return doc


@lru_cache(maxsize=4)
def load_parser(path: Path | None = None) -> Language:
    """Load a pipeline with Universal Dependencies labels (the one that ships, or another at `path`).

    Raises:
        ModelError: There is none there, it does not load, or its labels are of another scheme.

    >>> load_parser().pipe_names[0]
    'printed_sentences'
    """
    folder = parser_path(path)
    try:
        nlp = spacy.load(folder, exclude=list(_UNUSED))
    except (OSError, ValueError) as error:
        hint = "name a spaCy pipeline's folder"
        raise ModelError(f"the parser at {folder} does not load: {error}", hint=hint) from error
    if "parser" not in nlp.pipe_names or not _NEEDED_LABELS.issubset(nlp.pipe_labels["parser"]):
        raise ModelError(
            f"the parser at {folder} has no Universal Dependencies labels",
            hint="the asks are read off UD relations: use the pipeline that ships, or one trained on a UD treebank",
        )
    nlp.add_pipe("printed_sentences", first=True)
    return nlp


def parse(nlp: Language, texts: Iterable[str], *, batch_size: int = 64) -> Iterator[Doc]:
    """Parse texts in order, whitespace at the ends included, so that offsets are those of the text given.

    >>> [doc.text for doc in parse(load_parser(), [" Will he act?", "No."])]
    [' Will he act?', 'No.']
    """
    return nlp.pipe(texts, batch_size=batch_size)
