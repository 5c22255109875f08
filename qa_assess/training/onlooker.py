"""What encoders make of the training records that they have not seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_assess.encoder import Encoder, Impression, read_config
from qa_assess.errors import ModelError
from qa_assess.training.material import FOLDS, Example, Record

Probabilities = NDArray[np.float64]
Span = tuple[int, int]


class Onlooker:
    """The encoder's opinion of each record, by a network that was trained without the record's fold.

    Args:
        records: The training records.
        folder: The work folder of `qa_assess.encoder_training`: a network for each group of folds.

    Raises:
        ModelError: A network is missing or broken, or some fold was seen by all.
    """

    def __init__(self, records: Sequence[Record], folder: Path) -> None:
        self._records = records
        self._encoders: dict[int, Encoder] = {}
        for path in sorted(p for p in folder.glob("*") if p.is_dir()):
            encoder = Encoder(path)
            self._encoders |= dict.fromkeys(read_config(path)["unseen"], encoder)
        if missing := sorted(set(range(FOLDS)) - set(self._encoders)):
            raise ModelError(
                f"{folder} has no network that has not seen fold {', '.join(map(str, missing))}",
                hint="name the folder that `python -m qa_assess.encoder_training --folds` wrote",
            )
        self._seen: dict[int, tuple[dict[Span, int], Impression]] = {}

    def _look(self, n: int) -> tuple[dict[Span, int], Impression]:
        """What is seen of a record, once: of the labels' asks and of all candidates, by their places."""
        if n not in self._seen:
            record = self._records[n]
            spans = sorted({*((a.start, a.end) for a in record.asks), *((c.start, c.end) for c in record.found)})
            seen = self._encoders[record.fold].read(record.question, record.answer.doc, spans)
            self._seen[n] = {span: place for place, span in enumerate(spans)}, seen
        return self._seen[n]

    def _of(self, n: int, spans: Sequence[Span]) -> Impression:
        places, seen = self._look(n)
        return seen.of([places[span] for span in spans])

    def asked(self, n: int) -> Probabilities:
        """How much like asks the candidates of a record look; (candidates, `encoder.ASKED`)."""
        return self._of(n, [(c.start, c.end) for c in self._records[n].found]).asked

    def kinds(self, n: int, spans: Sequence[Span]) -> Probabilities:
        """Probabilities of the kinds of asks of a record; (asks, kinds)."""
        return self._of(n, spans).kinds

    def outcomes(self, examples: Sequence[Example]) -> Probabilities:
        """Probabilities of (none, partial, full) of asks; (examples, 3)."""
        return np.vstack([self._of(e.record, [(e.pair.ask.start, e.pair.ask.end)]).outcomes for e in examples])

    def cases(self, records: Sequence[int]) -> Probabilities:
        """Probabilities of the grader's cases; (records, cases)."""
        return np.array([self._look(n)[1].cases for n in records])

    def tags(self, records: Sequence[int]) -> Probabilities:
        """Log-odds of the tags; (records, tags)."""
        return np.array([self._look(n)[1].tags for n in records])
