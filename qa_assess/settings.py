"""One frozen object with everything that a caller may choose."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Model(StrEnum):
    """The graders that ship: the better one, and one that does without the encoder."""

    STANDARD = "standard"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Settings:
    """How exchanges are assessed.

    Attributes:
        parser: A spaCy pipeline's folder; None is the one that ships. It has to use Universal Dependencies labels.
        model: Which of the graders that ship.
        grader: A grader's folder, instead of one that ships.
        encoder: An encoder's folder, for a grader that was trained beside one; None is the one that ships.
        batch_size: Exchanges that are parsed and graded together. Larger ones are hardly faster, and every record
            waits for its batch: 64 keeps a progress bar moving.
        max_characters: The longest question or answer that is graded. The longest printed answers (tables of several
            pages) stay under 100,000; above the limit the text is a whole document, or a broken file.

    >>> Settings(batch_size=8).max_characters
    200000
    """

    parser: Path | None = None
    model: Model = Model.STANDARD
    grader: Path | None = None
    encoder: Path | None = None
    batch_size: int = 64
    max_characters: int = 200_000
