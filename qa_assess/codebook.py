"""The codebook's own words (version 1.2), as values.

Every word that the tool prints about an answer is defined in the project's codebook; this module holds those words and
the two grading rules that follow from them. It imports nothing of ours.
"""

from collections.abc import Iterable
from enum import StrEnum

CODEBOOK_VERSION = "1.2"


class Kind(StrEnum):
    """What an ask wants (codebook section 1)."""

    COMMITMENT = "commitment"
    RULE_OUT = "rule-out"
    TIMELINE = "timeline"
    ACTION = "action"
    ASSESSMENT = "assessment"
    DISCUSSION = "discussion"
    FIGURE = "figure"
    FACT = "fact"
    REASON = "reason"
    CONFIRM = "confirm"
    VIEW = "view"
    MEETING = "meeting"
    PUBLISH = "publish"
    GESTURE = "gesture"


class Status(StrEnum):
    """What the answer does with one ask (codebook section 2)."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class Grade(StrEnum):
    """What the answer does with all asks of a question (codebook section 3), or why it has no grade."""

    FULL = "full"
    PARTIAL = "partial"
    NON_ANSWER = "non-answer"
    NO_ASK = "no-ask"
    PENDING = "pending"
    UNGRADED = "ungraded"

    @property
    def graded(self) -> bool:
        """True for the three grades proper.

        >>> Grade.FULL.graded, Grade.NO_ASK.graded
        (True, False)
        """
        return self in GRADES

    @property
    def label(self) -> str:
        """The word as people read it.

        >>> Grade.NON_ANSWER.label, Grade.NO_ASK.label
        ('Non-answer', 'No ask')
        """
        return "No ask" if self is Grade.NO_ASK else self.value.capitalize()


class Policy(StrEnum):
    """Which of a record's two grades is meant (codebook section 3)."""

    DEFAULT = "default"
    STRICT = "strict"

    @property
    def field(self) -> str:
        """Where assessments, labels and tables hold the grade that is meant.

        >>> Policy.DEFAULT.field, Policy.STRICT.field
        ('grade', 'grade_strict')
        """
        return "grade_strict" if self is Policy.STRICT else "grade"


GRADES = (Grade.NON_ANSWER, Grade.PARTIAL, Grade.FULL)
# As people read them: the best first.
GRADES_SHOWN = GRADES[::-1]
# Why a record has no grade proper.
NO_GRADES = tuple(grade for grade in Grade if not grade.graded)
STATUSES = (Status.NONE, Status.PARTIAL, Status.FULL)


class Tag(StrEnum):
    """The stock moves of ministerial replies (codebook section 4)."""

    UNDER_REVIEW = "under-review"
    LOOKING_AT_THIS = "looking-at-this"
    IN_DUE_COURSE = "in-due-course"
    WILL_WRITE = "will-write"
    WILL_MEET = "will-meet"
    NOT_HELD = "not-held"
    DISPROPORTIONATE_COST = "disproportionate-cost"
    EARLIER_ANSWER = "earlier-answer"
    NOT_MY_DEPARTMENT = "not-my-department"
    CANNOT_COMMENT = "cannot-comment"
    PREMISE_DISPUTED = "premise-disputed"
    PAST_RECORD = "past-record"
    GENERAL_POLICY = "general-policy"
    ATTACK = "attack"
    COUNTER_QUESTION = "counter-question"
    PRAISE = "praise"
    DIFFERENT_QUESTION = "different-question"
    COMMITS = "commits"
    REFUSES = "refuses"

    @property
    def label(self) -> str:
        """The tag as people read it.

        >>> Tag.LOOKING_AT_THIS.label
        'Looking At This'
        """
        return self.value.replace("-", " ").title()


def grade_strict(statuses: Iterable[Status]) -> Grade:
    """Grade under the strict policy: from the statuses alone.

    >>> grade_strict([Status.FULL, Status.NONE])
    <Grade.PARTIAL: 'partial'>
    >>> grade_strict([])
    <Grade.NO_ASK: 'no-ask'>
    """
    found = set(statuses)
    if not found:
        return Grade.NO_ASK
    if found == {Status.FULL}:
        return Grade.FULL
    return Grade.NON_ANSWER if found == {Status.NONE} else Grade.PARTIAL


def grade_default(statuses: Iterable[Status], *, concern_met: bool) -> Grade:
    """Grade under the default policy: specific facts on the concern lift a Non-answer to Partial.

    >>> grade_default([Status.NONE], concern_met=True)
    <Grade.PARTIAL: 'partial'>
    """
    grade = grade_strict(statuses)
    return Grade.PARTIAL if grade is Grade.NON_ANSWER and concern_met else grade
