"""What was asked and did not come: the cases of tests/feedback_cases.txt, and the laws that hold of all feedback.

The parser is the one that ships; QA_ASSESS_TEST_PARSER names another.
"""

import json
import os
import re
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from conftest import make_outcome
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from qa_assess.codebook import Grade, Kind, Status, Tag, grade_default
from qa_assess.errors import ModelError
from qa_assess.exchange import Ask, Outcome, ResponseTag, Span
from qa_assess.feedback import feedback
from qa_assess.feedback.tables import leads, reasons
from qa_assess.pipeline import load_parser

CASES = [line.split(" | ") for line in Path(__file__).with_name("feedback_cases.txt").read_text("utf-8").splitlines()]
QUESTIONS = [question for _, _, question, _ in CASES]
FORBIDDEN = re.compile(
    r"\b(evad\w*|dodg\w*|lied|lying|liar|mislead\w*|refused to answer|avoid\w* the question)\b", re.I
)
QUOTED = re.compile(r'"[^"]*"')
FACTS = Span("Fares fell by 6% last year", 0, 26)


@pytest.fixture(scope="module")
def nlp() -> Language:
    given_path = os.environ.get("QA_ASSESS_TEST_PARSER")
    try:
        return load_parser(Path(given_path) if given_path else None)
    except ModelError as error:
        pytest.skip(f"needs a parser: {error}")


def said(
    nlp: Language,
    asks: Sequence[tuple[str, Kind | str, Status | str]],
    *tags: Tag,
    concern: Span | None = None,
) -> str:
    """The feedback on one turn of several asks, each a sentence of its own."""
    text = " ".join(question for question, _, _ in asks)
    outcomes: list[Outcome] = []
    start = 0
    for question, kind, status in asks:
        outcomes.append(make_outcome(Ask(question, start, start + len(question), Kind(kind)), status))
        start += len(question) + 1
    grade = grade_default([one.status for one in outcomes], concern_met=concern is not None)
    return feedback(nlp(text), outcomes, grade=grade, tags=[ResponseTag(tag, 0, 1) for tag in tags], concern=concern)


def check_laws(text: str) -> None:
    assert text.endswith(".")
    assert text[0].isupper()
    assert "  " not in text
    assert not re.search(r"\b(the|a|an|of|was|that) \1\b", QUOTED.sub("", text), re.I), text
    assert not FORBIDDEN.search(QUOTED.sub("", text)), text
    assert text.count('"') % 2 == 0, text
    assert "{" not in text
    assert not re.search(r" [,.;]", text), text
    plain = re.sub(r"\b(hon|rt|Mr|Mrs|Ms|Dr|St|No|per cent)\.", "", QUOTED.sub("", text))
    assert len(re.findall(r"\.(?=\s|$)", plain)) <= 2, text


@pytest.mark.parametrize(("kind", "status", "question", "printed"), CASES)
def test_ask_becomes_the_sentence_a_reporter_prints(nlp, kind, status, question, printed):
    assert said(nlp, [(question, kind, status)]) == printed
    check_laws(printed)


def test_cases_cover_every_kind_in_every_status():
    assert {(kind, status) for kind, status, _, _ in CASES} == {(k.value, s.value) for k, s in product(Kind, Status)}


def test_every_kind_has_words_for_a_quotation_and_for_nothing_in_every_status():
    for status in Status:
        table = leads()[status.value]
        for kind, form in product(Kind, ("bare", "quote", "doing", "that", "whether", "wh", "noun")):
            assert table.get(kind.value, {}).get(form) or table["any"][form]


def test_every_reason_belongs_to_a_tag():
    assert set(reasons()) <= {tag.value for tag in Tag}


@pytest.mark.parametrize(
    ("grade", "start"),
    [(Grade.NO_ASK, "Nothing was asked"), (Grade.PENDING, "The reply is a holding"), (Grade.UNGRADED, "No answer")],
)
def test_without_a_grade_proper_it_says_why(nlp, grade, start):
    outcome = make_outcome(Ask("Why?", 0, 4, Kind.REASON), Status.NONE)
    assert feedback(nlp("Why?"), [outcome], grade=grade).startswith(start)


def test_missing_things_of_one_kind_are_merged(nlp):
    asks = [("Will he fund the bridge?", "commitment", "none"), ("Will he open the depot?", "commitment", "none")]
    assert said(nlp, asks) == "No commitment to funding the bridge or to opening the depot was given."


def test_missing_things_of_two_kinds_share_one_verb(nlp):
    asks = [
        ("Will he fund the bridge?", "commitment", "none"),
        ("Can he give a date for the repairs?", "timeline", "none"),
    ]
    assert said(nlp, asks) == "No commitment to funding the bridge and no date for the repairs were given."


def test_what_is_missing_stands_before_what_is_partial_and_what_was_given(nlp):
    asks = [
        ("Who runs the depot?", "fact", "full"),
        ("Will he fund the bridge?", "commitment", "partial"),
        ("Has the toll been cut?", "confirm", "none"),
    ]
    text = said(nlp, asks)
    assert text.index("toll") < text.index("bridge") < text.index("depot")
    assert text.endswith(". An answer was given on who runs the depot.")


def test_the_statement_asked_for_last_comes_last(nlp):
    asks = [("if he will make a statement on fares", "publish", "none"), ("How many buses run?", "figure", "none")]
    text = said(nlp, asks)
    assert text.index("how many buses") < text.index("statement on fares")


def test_asks_beyond_what_a_reader_takes_in_are_counted(nlp):
    long = "Will he ensure that every one of the small village schools along the whole of the coast keeps its nurse?"
    kinds = ["commitment", "confirm", "meeting", "gesture"]
    assert "other point" in said(nlp, [(long, kind, "none") for kind in kinds])
    given = said(nlp, [(long, kind, "full") for kind in kinds])
    assert "other point" in given
    assert "no full answer" not in given


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ([Tag.COMMITS], "A commitment to funding the bridge was given."),
        ([Tag.REFUSES], "A plain refusal to fund the bridge was given."),
        ([Tag.COMMITS, Tag.REFUSES], "A plain answer on funding the bridge was given."),
        ([Tag.PRAISE], "A plain answer on funding the bridge was given."),
        ([], "A plain answer on funding the bridge was given."),
    ],
)
def test_which_way_an_undertaking_went_is_said_only_where_the_tags_say_it(nlp, tags, words):
    assert said(nlp, [("Will he fund the bridge?", "commitment", "full")], *tags) == words


def test_one_tag_never_speaks_for_two_undertakings(nlp):
    asks = [("Will he fund the bridge?", "commitment", "full"), ("Will he open the depot?", "commitment", "full")]
    for tag in (Tag.COMMITS, Tag.REFUSES):
        assert said(nlp, asks, tag) == "A plain answer on funding the bridge and on opening the depot was given."


def test_a_refusal_may_be_of_something_else_that_was_settled(nlp):
    asks = [("Will he fund the bridge?", "commitment", "full"), ("Is the levy fair?", "view", "full")]
    assert "refusal" not in said(nlp, asks, Tag.REFUSES)


def test_a_meeting_is_agreed_where_the_tags_say_so(nlp):
    asks = [("Will she meet the families?", "meeting", "full")]
    assert said(nlp, asks, Tag.WILL_MEET) == "Agreement to meet the families was given."
    assert "greement" not in said(nlp, asks)


@pytest.mark.parametrize(
    ("kind", "tags", "ending"),
    [
        ("figure", [Tag.NOT_HELD], "; the answer says that the information is not held."),
        (
            "figure",
            [Tag.NOT_HELD, Tag.DISPROPORTIONATE_COST],
            "; the answer says that the information is not held and would cost too much to find.",
        ),
        ("figure", [Tag.WILL_WRITE], "; the answer promises a letter."),
        ("commitment", [Tag.IN_DUE_COURSE], "; the answer puts the matter off without a date."),
        ("commitment", [Tag.LOOKING_AT_THIS], "; the answer says that the matter is being considered."),
        ("commitment", [Tag.UNDER_REVIEW, Tag.LOOKING_AT_THIS], "; the answer says that the matter is under review."),
        ("commitment", [Tag.NOT_MY_DEPARTMENT], "; the answer says that the matter is for others."),
        ("commitment", [Tag.EARLIER_ANSWER], "; the answer points to an earlier answer or document."),
        ("commitment", [Tag.CANNOT_COMMENT], "; the answer declines to comment."),
    ],
)
def test_a_tag_that_explains_is_said(nlp, kind, tags, ending):
    assert said(nlp, [("How many buses run in Milton?", kind, "none")], *tags).endswith(ending)


def test_figures_not_held_explain_no_missing_commitment(nlp):
    assert "held" not in said(nlp, [("Will he fund the bridge?", "commitment", "none")], Tag.NOT_HELD)


def test_tags_explain_nothing_where_all_was_given(nlp):
    assert "the answer says" not in said(
        nlp, [("How many buses run?", "figure", "full")], Tag.NOT_HELD, Tag.UNDER_REVIEW
    )


def test_attack_praise_and_motive_are_not_mentioned(nlp):
    asks = [("Will he fund the bridge?", "commitment", "none")]
    assert said(nlp, asks, Tag.ATTACK, Tag.PRAISE, Tag.DIFFERENT_QUESTION) == said(nlp, asks)


def test_facts_on_the_concern_are_said_where_no_ask_was_met(nlp):
    told = "Facts on the subject were given, but not what was asked."
    asks = [("Will he fund the bridge?", "commitment", "none")]
    assert said(nlp, asks, concern=FACTS).endswith(f". {told}")
    assert told not in said(nlp, asks)
    assert told not in said(nlp, [*asks, ("How many buses run?", "figure", "full")], concern=FACTS)
    assert told not in said(nlp, [("Will he fund the bridge?", "commitment", "partial")], concern=FACTS)


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Will my right hon. Friend the Home Secretary thank the crews at Ashby?", "Home Secretary"),
        ("Will he meet my hon. Friend the Member for Ashby (Mrs. Example)?", "Example"),
        ("Will he help me?", " me"),
        ("Will he help our armed forces?", " our "),
        ("Will he raise this with the bank?", " this "),
        ("Will he please now fund the bridge?", "please"),
        ("To ask the Secretary of State for Wales, if he will fund the bridge.", "Wales"),
    ],
)
def test_the_asker_s_own_pointing_words_are_left_behind(nlp, question, kept):
    assert kept not in said(nlp, [(question, "commitment", "none")])


def test_a_negative_question_asks_the_same(nlp):
    plain, negative = ("Will he fund the bridge?", "Will he not fund the bridge?")
    assert said(nlp, [(plain, "commitment", "none")]) == said(nlp, [(negative, "commitment", "none")])


def test_a_request_not_to_do_a_thing_keeps_its_not(nlp):
    text = said(nlp, [("May I urge him not to close the depot?", "rule-out", "none")])
    assert text == "No commitment to not closing the depot was given."


def test_words_that_cannot_be_reported_are_quoted(nlp):
    text = said(nlp, [("Does he agree that we need more nurses?", "view", "none")])
    assert text == 'No view was given on whether "we need more nurses".'


@pytest.mark.parametrize("verb", ["refused to answer", "misled the House", "dodged the vote"])
def test_what_only_the_asker_may_say_stands_in_quotation_marks(nlp, verb):
    text = said(nlp, [(f"Why has he {verb}?", "reason", "none")])
    assert text == f'No reason was given in reply to the question "Why has he {verb}?".'


def test_he_and_she_are_never_both_the_minister(nlp):
    text = said(nlp, [("Can he say why his officials lost her letter?", "reason", "none")])
    assert "Minister's letter" not in text


@pytest.mark.parametrize("style", ["Her Majesty's Opposition", "His Royal Highness"])
def test_a_style_of_address_is_not_the_minister(nlp, style):
    text = said(nlp, [(f"When will he reply to the letter of {style}?", "timeline", "none")])
    assert text == f"No date was given for when the Minister will reply to the letter of {style}."


def test_a_quotation_that_the_ask_breaks_off_is_closed(nlp):
    question = "Does the Minister agree that the scheme is “a promise without a payment”, or not?"
    end = question.index("”")
    outcome = make_outcome(Ask(question[:end], 0, end, Kind.VIEW), "full")
    assert "“a promise without a payment”" in feedback(nlp(question), [outcome], grade=Grade.FULL)


def test_an_overlong_ask_is_cut_where_a_clause_ends_or_not_named(nlp):
    tail = " and".join(f" the small village of Milton number {n}" for n in range(1, 30))
    text = said(nlp, [(f"Will he fund bridges in{tail}?", "commitment", "none")])
    assert text == "No commitment of the kind asked for was given."
    question = (
        "Will he fund the bridge at Milton, which was built by the county in the year of the great flood, when the "
        "river rose by eleven feet in a single night and swept away the mill, the smithy, the inn, the chapel on the "
        "hill, the school with all its books and maps, and the old ferry house?"
    )
    cut = said(nlp, [(question, "commitment", "none")])
    assert "funding the bridge at Milton" in cut
    assert "ferry house" not in cut


@pytest.mark.parametrize("text", ["x", "???", "( ) .", "Will", "will he", "if", "what is", "(a)", "Why? " * 40])
@pytest.mark.parametrize("kind", Kind)
def test_an_ask_of_no_sense_still_gets_a_sentence(nlp, text, kind):
    for status in Status:
        check_laws(said(nlp, [(text.strip(), kind, status)]))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asks=st.lists(
        st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(list(Kind)), st.sampled_from(list(Status))),
        min_size=1,
        max_size=5,
    ),
    tags=st.lists(st.sampled_from(list(Tag)), max_size=4, unique=True),
    met=st.booleans(),
)
def test_laws_of_all_feedback(nlp, asks, tags, met):
    text = said(nlp, asks, *tags, concern=FACTS if met else None)
    check_laws(text)
    assert text == said(nlp, asks, *tags, concern=FACTS if met else None)
    statuses = {status for _, _, status in asks}
    if statuses == {Status.FULL}:
        assert not re.match(r"No |Only |Something ", text)
    if Status.NONE in statuses:
        assert re.match(r"No |Nothing ", text)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(alphabet=st.characters(codec="latin-1", exclude_categories=["C"]), min_size=3, max_size=80),
    data=st.data(),
)
def test_any_text_and_any_span_give_a_sentence(nlp, text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    ask = Ask(text[start:end], start, end, data.draw(st.sampled_from(list(Kind))))
    written = feedback(nlp(text), [make_outcome(ask, data.draw(st.sampled_from(list(Status))))], grade=Grade.PARTIAL)
    assert written.endswith(".")
    assert "  " not in written


@pytest.mark.shared
def test_laws_hold_on_labelled_records(nlp, shared):
    with shared("hansard/train.jsonl").open(encoding="utf-8") as lines:
        records = [json.loads(line) for line, _ in zip(lines, range(400), strict=False)]
    bare = 0
    for record, question in zip(records, nlp.pipe(record["question"] for record in records), strict=True):
        outcomes = [
            make_outcome(Ask(ask["text"], ask["start"], ask["end"], Kind(ask["kind"])), ask["status"])
            for ask in record["asks"]
        ]
        tags = [ResponseTag(Tag(tag), 0, 1) for tag in record["tags"]]
        text = feedback(question, outcomes, grade=Grade(record["grade"]), tags=tags)
        check_laws(text)
        bare += "of the kind asked for" in text
    assert bare < len(records) * 0.05
