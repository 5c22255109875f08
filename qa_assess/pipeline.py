"""The shipped spaCy pipeline: loaded once, and the sentence boundaries that print gives.

Hansard is edited prose: its full stops are where its sentences end. So boundaries come from the punctuation, before the
parser, which then never joins two printed sentences nor cuts one; the parser's own boundaries stay in use for a
pipeline whose factory list already sets them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from qa_assess.errors import ModelError
from qa_assess.resources import parser_path
from qa_assess.ruler import quicken, rulers

_TERMINAL = frozenset({".", "?", "!", "…", "...", "?!", "!!"})
_CLOSING = frozenset({'"', "'", "”", "’", ")", "]", "''"})
_NEEDED_LABELS = frozenset({"obj", "nsubj:pass", "obl"})
# Its organisations and persons carry no weight in a grade, and it costs a fifth of the time.
_UNUSED = ("ner",)


@Language.component("printed_sentences", assigns=["token.is_sent_start"])
def printed_sentences(doc: Doc) -> Doc:
    """Set the sentence starts of a doc from its punctuation, line breaks and capitals.

    A word starts one behind a stop and its closing marks, where it is not in lower case, and behind an empty line.

    >>> nlp = spacy.blank("en"); _ = nlp.add_pipe("printed_sentences")
    >>> [s.text for s in nlp("Will he act? No. He said so on 4.5.2001.").sents]
    ['Will he act?', 'No.', 'He said so on 4.5.2001.']
    """
    starts = np.full(len(doc), -1)
    starts[:1] = 1
    last, breaks = "", 0  # the last word or stop, and the line breaks since
    for n, text in enumerate([token.text for token in doc]):
        if text.isspace() or text in _CLOSING:
            breaks += text.count("\n")
            continue
        opens = breaks > 1 or (last in _TERMINAL and not text.islower())
        if last and opens and text not in _TERMINAL:
            starts[n] = 1
        last, breaks = text, 0
    # All at once: set one by one, each looks through the whole doc for a parse.
    return doc.from_array(["SENT_START"], starts.astype(np.uint64))  # type: ignore[arg-type]  # spaCy wants just these


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
    quicken(nlp)
    return nlp


def parse(nlp: Language, texts: Iterable[str], *, batch_size: int = 64, entities: bool = True) -> Iterator[Doc]:
    """Parse texts in order, whitespace at the ends included, so that offsets are those of the text given.

    Without `entities` the rulers are left out, which mark dates, sums and names.

    >>> [doc.text for doc in parse(load_parser(), [" Will he act?", "No."])]
    [' Will he act?', 'No.']
    """
    return nlp.pipe(texts, batch_size=batch_size, disable=() if entities else rulers(nlp))
