"""What people read for the codebook's words and for probabilities."""

import tomllib
from functools import cache
from importlib.resources import files

from qa_assess.codebook import Grade, Kind, Status, Tag

# From this probability on, these words; the bands follow the yardstick of the United Kingdom's Professional Head of
# Intelligence Assessment, its gaps closed. Of three grades the likeliest has at least a third.
BANDS = (
    (0.95, "almost certainly"),
    (0.80, "very probably"),
    (0.55, "probably"),
    (0.40, "perhaps"),
    (0.00, "at a guess"),
)
_CUT = "cut-"


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def likelihood(probability: float) -> str:
    """A probability in words.

    >>> likelihood(0.62), likelihood(0.97)
    ('probably', 'almost certainly')
    """
    return next(words for least, words in BANDS if probability >= least)


def percent(share: float) -> str:
    """A probability or share as a whole percentage; only what is nothing is 0%, and only what is all is 100%.

    >>> percent(0.624), percent(0.002), percent(0.998), percent(0), percent(1)
    ('62%', '<1%', '>99%', '0%', '100%')
    """
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def kind_words(kind: Kind) -> str:
    """What an ask of this kind wants.

    >>> kind_words(Kind.TIMELINE)
    'a date, deadline or duration'
    """
    return _tables()["kinds"][kind.value]


def tag_words(tag: Tag) -> str:
    """What an answer with this tag does.

    >>> tag_words(Tag.COUNTER_QUESTION)
    'answers with a question'
    """
    return _tables()["tags"][tag.value]


def status_words(status: Status) -> str:
    """What became of an ask.

    >>> status_words(Status.NONE)
    'not answered'
    """
    return _tables()["statuses"][status.value]


def grade_words(grade: Grade, *, strict: bool = False) -> str:
    """What a grade means under the default or the strict policy.

    >>> grade_words(Grade.NON_ANSWER)
    'Nothing of what was asked is there.'
    """
    words = _tables()["grades"][grade.value]
    return _tables()["grades_strict"].get(grade.value, words) if strict else words


def failed_words() -> str:
    """What it means that a record failed."""
    return _tables()["grades"]["failed"]


def flag_words(flag: str) -> str:
    """What a flag means; one that we do not know speaks for itself.

    >>> flag_words("interrupted"), flag_words("cut-question"), flag_words("mine")
    ('The answer breaks off.', 'The question was too long for a cell of the table and is cut.', 'mine')
    """
    if flag.startswith(_CUT):
        return f"The {flag.removeprefix(_CUT)} was too long for a cell of the table and is cut."
    return _tables()["flags"].get(flag, flag)


def missing_words(kind: Kind, status: Status) -> str:
    """What an ask wanted and did not get; empty where it got it.

    >>> missing_words(Kind.TIMELINE, Status.NONE)
    'All of it: a date, deadline or duration.'
    >>> missing_words(Kind.FIGURE, Status.PARTIAL)
    'Part of it: a number, amount or share.'
    """
    if status is Status.FULL:
        return ""
    return f"{'All' if status is Status.NONE else 'Part'} of it: {kind_words(kind)}."
