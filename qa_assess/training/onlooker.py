"""What encoders make of the training records that they have not seen."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_assess.encoder import Encoder, read_config
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
        self._asks: dict[tuple[int, Span], tuple[Probabilities, Probabilities]] = {}
        self._whole: dict[int, tuple[Probabilities, Probabilities]] = {}

    def _look(self, n: int, spans: Iterable[Span]) -> None:
        """Ask about spans of a record that were not asked about yet; once for all of the labels' and these."""
        record = self._records[n]
        wanted = {*spans, *((a.start, a.end) for a in record.asks)}
        new = sorted(span for span in wanted if (n, span) not in self._asks)
        if new or n not in self._whole:
            found = self._encoders[record.fold].read(record.question, record.answer.doc, new)
            self._asks |= {(n, s): (k, o) for s, k, o in zip(new, found.kinds, found.outcomes, strict=True)}
            self._whole[n] = found.cases, found.tags

    def kinds(self, n: int, spans: Sequence[Span]) -> Probabilities:
        """Probabilities of the kinds of spans of a record; (spans, kinds)."""
        self._look(n, spans)
        return np.array([self._asks[n, span][0] for span in spans])

    def outcomes(self, examples: Sequence[Example]) -> Probabilities:
        """Probabilities of (none, partial, full) of asks; (examples, 3)."""
        rows = []
        for example in examples:
            span = example.pair.ask.start, example.pair.ask.end
            self._look(example.record, [span])
            rows.append(self._asks[example.record, span][1])
        return np.array(rows)

    def cases(self, records: Sequence[int]) -> Probabilities:
        """Probabilities of the grader's cases; (records, cases)."""
        for n in records:
            self._look(n, ())
        return np.array([self._whole[n][0] for n in records])

    def tags(self, records: Sequence[int]) -> Probabilities:
        """Log-odds of the tags; (records, tags)."""
        for n in records:
            self._look(n, ())
        return np.array([self._whole[n][1] for n in records])
