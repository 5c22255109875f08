"""What every reader of debates hands over: sections of business, and the turns of speech in them.

A reader of one format only says who spoke, in which office, under which heading; which turns are a question and its
answer is decided in `pairing`, for all formats alike.
"""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field


class Role(enum.Enum):
    """What a format itself says of a turn; most say nothing."""

    UNKNOWN = "unknown"
    QUESTION = "question"
    ANSWER = "answer"
    PROCEDURE = "procedure"


class Business(enum.Enum):
    """What a section is. OTHER may be a statement, an urgent question or a plain debate: its turns tell."""

    ORAL = "oral"
    WRITTEN = "written"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Turn:
    """One uninterrupted speech.

    Attributes:
        id: As the source gives it; empty where it gives none.
        text: Paragraphs parted by line breaks, the cells of a table by `` | ``.
        speaker: The name as printed, with what stands beside it: ``The Minister for Ferries (Mr Harbottle)``.
        speaker_id: The source's key for the person, where it has one.
        office: The ministerial office, where the source keeps it apart from the name.
        role: What the source says of the turn.
        number: Of a tabled question: its number on the order paper or its UIN.
        url: A link to the turn.
        place: Where it stands in the file, for messages.
        extra: What else is to travel with a record made of this turn.
    """

    id: str
    text: str
    speaker: str = ""
    speaker_id: str = ""
    office: str = ""
    role: Role = Role.UNKNOWN
    number: str = ""
    url: str = ""
    place: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """The turns under one heading.

    Attributes:
        turns: In the order of the record.
        business: Question Time, written answers or anything else.
        date: ISO date of the sitting.
        house, department, heading: As printed, without surplus spaces.
        source: The file's name.
    """

    turns: tuple[Turn, ...]
    business: Business = Business.OTHER
    date: str = ""
    house: str = ""
    department: str = ""
    heading: str = ""
    source: str = ""


@dataclass(slots=True)
class OpenSection:
    """A section that is being read: what is known of its head, and the turns so far.

    Attributes:
        date, house, business, department, heading: As a `Section` has them.
        turns: Since the last heading.
    """

    date: str = ""
    house: str = ""
    business: Business = Business.OTHER
    department: str = ""
    heading: str = ""
    turns: list[Turn] = field(default_factory=list)

    def close(self, source: str) -> Section:
        """What was gathered; the next begins without turns, under the same head.

        >>> here = OpenSection(heading="Ferries", turns=[Turn("1", "Why?", "Ann Ash")])
        >>> len(here.close("day.xml").turns), here.close("day.xml").turns, here.heading
        (1, (), 'Ferries')
        """
        turns, self.turns = tuple(self.turns), []
        return Section(turns, self.business, self.date, self.house, self.department, self.heading, source)


_OFFICE = re.compile(
    r"\b(?:minister|prime minister|secretary of state|secretary|chancellor|attorney|solicitor|paymaster|"
    r"leader of the (?:house|commons)|lord (?:privy seal|president|advocate|chancellor)|advocate[ -]general|"
    r"president of the|comptroller|treasurer|lord commissioner|vice-chamberlain|church commissioners?|"
    r"church estates commissioner|representing|taoiseach|tánaiste|(?:lord|baroness)[ -]in[ -]waiting)\b",
    re.IGNORECASE,
)
_NOT_OFFICE = re.compile(
    r"\b(?:shadow|former|opposition|pps|private secretary|spokes(?:man|woman|person))\b", re.IGNORECASE
)
_CHAIR = re.compile(
    r"^\W*(?:the |mr\.? |madam |mrs\.? |ms\.? |an |madame )*"
    r"(?:lord |acting |principal |deputy |temporary |first |second )*"
    r"(?:speaker|presiding officer|chair(?:man|woman|person)?|convener|(?<!lord )president|clerk|"
    # Not "The Chairman of the Catering Committee", "Chair, Health Committee": they ask and answer.
    r"(?:leas-?)?ch?athaoirleach|(?:leas-?)?ch?eann comhairle|llywydd)\b"
    r"(?!, | of (?!ways and means|the house|commons))",
    re.IGNORECASE,
)
_CROWD = re.compile(
    r"^\W*(?:several |some |many |a |an |the )*(?:hon(?:ourable|\.)?|noble|right hon\.?|opposition|government)?\W*"
    r"(?:members?|lords?|senators?|deputies|interruption)\W*(?:rose)?\W*$",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*\(([^()]*)\)")
_HONORIFIC = re.compile(
    r"^(?:(?:(?:the )?(?:rt|right)\.? hon|mr|mrs|ms|miss|dr|prof|professor|rev|sir|dame|lady|hon|captain|major|"
    r"(?:lieut(?:enant)?\.?[- ]?)?(?:colonel|commander)|brigadier|(?:vice-)?admiral)\.? )+",
    re.IGNORECASE,
)
_MAN = re.compile(r"\b(?:mr|sir|lord|earl|viscount)\b", re.IGNORECASE)
_WOMAN = re.compile(r"\b(?:mrs|ms|miss|dame|lady|baroness|countess)\b", re.IGNORECASE)
# Of a printed name or office; nobody's is longer.
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who a printed name is: the name alone, and the office that stands with it.

    `key` is the name such that one person's two spellings are one, as far as can be.
    """

    name: str
    office: str = ""
    key: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        key = " ".join(re.findall(r"[^\W\d_]+", _HONORIFIC.sub("", self.name).casefold()))
        object.__setattr__(self, "key", key)

    def may_be(self, other: "Speaker") -> bool:
        """Whether two names can be one person's: "Mr. Harbottle" is Mr. Ian Harbottle, and not Mrs. Harbottle.

        A minister may be printed with the office alone, after the first turn.

        >>> speaker_of("Mr. Harbottle").may_be(speaker_of("The Minister for Ferries (Mr. Ian Harbottle)"))
        True
        >>> speaker_of("Mr. Harbottle").may_be(speaker_of("Mrs. Harbottle"))
        False
        """
        if self.office and self.office == other.office and self.office in (self.name, other.name):
            return True
        short, long = sorted((self.key, other.key), key=len)
        if not short or not f" {long}".endswith(f" {short}"):
            return False
        return not (self._is(_MAN) and other._is(_WOMAN)) and not (self._is(_WOMAN) and other._is(_MAN))

    def _is(self, titles: re.Pattern[str]) -> bool:
        return bool(titles.search(self.name))


def speaker_of(printed: str, office: str = "") -> Speaker:
    """Part a printed name into name and office.

    >>> speaker_of("The Minister for Ferries (Mr Ian Harbottle)")
    Speaker(name='Mr Ian Harbottle', office='The Minister for Ferries')
    >>> speaker_of("Ruth Alder (Netherwick) (Ind)")
    Speaker(name='Ruth Alder', office='')
    """
    printed = " ".join(printed[:_LONGEST_NAME].split())
    outside = _PARTS.sub("", printed).strip(" ,;:")
    inside = _PARTS.findall(printed)
    if is_office(outside):
        return Speaker(inside[0] if inside else outside, office or outside)
    office = next((words for words in (office, *inside) if is_office(words)), "")
    return Speaker(outside or printed, office)


def printed_name(printed: str, name: str) -> str:
    """What a source prints before a speech and the name that it keeps elsewhere, as one printed name.

    >>> printed_name("The Minister for Ferries", "Ian Harbottle"), printed_name("Deputy Ruth Alder:", "Ruth Alder")
    ('The Minister for Ferries (Ian Harbottle)', 'Ruth Alder')
    """
    printed = printed.strip(" ,;:")
    if not printed or is_chair(printed) or is_crowd(printed):
        return printed or name
    spoken = speaker_of(printed)
    if not spoken.office:
        return name or printed
    name = name or (spoken.name if spoken.name != spoken.office else "")
    return f"{spoken.office} ({name})" if name else spoken.office


def is_office(words: str) -> bool:
    """Whether some words name a minister's office.

    >>> is_office("Secretary of State for Wales"), is_office("Shadow Secretary of State for Wales")
    (True, False)
    """
    words = words[:_LONGEST_NAME]
    return bool(_OFFICE.search(words)) and not _NOT_OFFICE.search(words)


def is_chair(printed: str) -> bool:
    """Whether a printed name is that of whoever presides.

    >>> is_chair("Mr. Deputy Speaker (Sir Alan Moss)"), is_chair("The President of the Board of Trade")
    (True, False)
    """
    return bool(_CHAIR.match(printed[:_LONGEST_NAME]))


def is_crowd(printed: str) -> bool:
    """Whether a printed name is that of nobody in particular: ``Hon. Members``, ``Several hon. Members rose``."""
    return bool(_CROWD.match(printed[:_LONGEST_NAME]))
