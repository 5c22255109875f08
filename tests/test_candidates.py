"""Candidates: whatever could be an ask has to be among them, with offsets that hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_assess import candidates as room
from qa_assess.candidates import candidates, is_tabled
from qa_assess.pipeline import load_parser


def found(text):
    return {text[c.start : c.end]: c.form for c in candidates(load_parser()(text))}


@pytest.mark.parametrize(
    ("question", "ask", "form"),
    [
        ("Bus fares doubled. Will the Minister meet me?", "Will the Minister meet me", "polar"),
        ("Is the Minister ready?", "Is the Minister ready", "polar"),
        ("Given that rents rose, does she regret the cut?", "does she regret the cut", "polar"),
        ("When will he publish the plan for hedges?", "When will he publish the plan for hedges", "wh"),
        ("On what date will the tunnel open?", "On what date will the tunnel open", "wh"),
        ("What steps is she taking to mend roads?", "What steps is she taking to mend roads", "wh"),
        ("I urge the Minister to visit Aldham.", "urge the Minister to visit Aldham", "request"),
        ("I ask him why the depot was moved.", "why the depot was moved", "wh"),
        ("Will he tell us whether the fair is to go ahead?", "whether the fair is to go ahead", "if"),
        ("No money for Aldham?", "No money for Aldham", "mark"),
        ("Why?", "Why", "wh"),
    ],
)
def test_each_form_of_request(question, ask, form):
    assert found(question).get(ask) == form


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Will he fund the pier, and when will it open?", ["Will he fund the pier", "when will it open"]),
        ("Will she mend the road and visit the school?", ["Will she mend the road"]),
        (
            "To ask the Secretary of State for Fisheries, what nets he owns; and if he will count them.",
            ["what nets he owns", "if he will count them"],
        ),
        (
            "To ask the Minister for Lamps, how many lamps were mended in (a) 2003 and (b) 2004.",
            ["how many lamps were mended in (a) 2003 and (b) 2004", "2004"],
        ),
        ("So, Mr Speaker: will he act? Or is he too busy?", ["will he act", "is he too busy"]),
        (
            "The clinic shut in May and people drive 20 miles. To ask the Minister on what date it will reopen.",
            ["on what date it will reopen"],
        ),
    ],
)
def test_questions_of_several_asks(question, asks):
    shown = found(question)
    assert all(any(ask in candidate for candidate in shown) for ask in asks)
    assert len(shown) >= len(asks)


@pytest.mark.parametrize(
    ("question", "ask"),
    [
        (
            "To ask the Minister for Tolls, whether the limit applies in Lund; and, if so, why it applies.",
            "whether the limit applies in Lund",
        ),
        ("Does the limit apply to him, and, if not, to whom does it apply?", "Does the limit apply to him"),
    ],
)
def test_what_opens_the_next_ask_does_not_end_this_one(question, ask):
    shown = found(question)
    assert ask in shown
    assert not any(f"{ask}{ending}" in candidate for candidate in shown for ending in ("; and, if so", ", and, if not"))


@pytest.mark.parametrize("text", ["The ferry is late.", "Ferry", "Thank you for that."])
def test_a_text_without_a_request_has_no_candidate(text):
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        (
            "asked the Minister for Ports, Piers and Ferries to what percentage of piers tolls apply.",
            "to what percentage of",
        ),
        ("Whether the ferry will sail in winter.", "Whether the ferry will sail in winter"),
    ],
)
def test_the_first_opener_of_a_printed_question_is_enough(text, ask):
    assert any(candidate.startswith(ask) for candidate in found(text))


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_a_text_without_a_word_has_none_that_can_be_an_ask(text):
    assert candidates(load_parser()(text)) == []


@pytest.mark.parametrize(
    ("text", "tabled"),
    [
        ("To ask the Minister for Bees, what hives he keeps.", True),
        ("Mr. Bellweather asked the Minister of Ferries when the pier will open.", True),
        ("asked Her Majesty’s Government: What is their policy on herring?", True),
        ("— To ask the Lord Chancellor, if he will act.", True),
        ("Will he act?", False),
        ("I asked the Minister for a list. Where is it?", False),
        ("Last week she asked the council to act. Will he?", False),
        ("He and I asked what it cost.", False),
        ("The Minister said no." + " Then silence." * 20 + " To ask the Minister", False),
    ],
)
def test_tabled_questions_are_known_by_their_print(text, tabled):
    assert is_tabled(text) is tabled


WORDS = st.sampled_from(
    [
        "will",
        "he",
        "the",
        "Minister",
        "act",
        "?",
        ".",
        ",",
        "and",
        "what",
        "why",
        "if",
        "to",
        "ask",
        "I",
        "urge",
        "we",
        "(a)",
        "(b)",
        ";",
        "ferry\n",
        "was",
        "not",
        "Oldbridge",
        "—",
        "“",
        "”",
    ]
)


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_offsets_hold_in_any_text(text):
    shown = candidates(load_parser()(text))
    assert all(0 <= c.start < c.end <= len(text) for c in shown)
    assert len({(c.start, c.end) for c in shown}) == len(shown)
    assert [c.start for c in shown] == sorted(c.start for c in shown)
    sentences = list(load_parser()(text).sents)
    assert all(c.sentence < len(sentences) for c in shown)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("what he paid; and (b)", "what he paid"),
        ("what he paid, and", "what he paid"),
        ("what he paid (b) ", "what he paid"),
        ("what he paid...", "what he paid"),
        ("what sand", "what sand"),
        (" \n" * 5000 + "x", " \n" * 5000 + "x"),
    ],
)
def test_what_hangs_on_at_the_end_of_a_part_is_cut(text, left):
    assert room._TAIL.sub("", text) == left


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("So — will he act? And does she agree?", ["will he", "does she"]),
        ("He said that; “But,” I asked, is he sure?", ["is he"]),
        ("What will he do, but when will they act?", ["What will", "when will"]),
        ("Goodwill he has.", []),
    ],
)
def test_openers_need_no_parse(text, starts):
    ends = [m.end() for m in room._OPENER.finditer(text)]
    assert [" ".join(text[e:].split()[:2]) for e in ends] == starts


def test_an_indirect_question_ends_with_its_clause():
    assert "why the depot was moved" in found("Will she explain why the depot was moved?")


def test_the_head_belongs_to_the_candidate_or_to_its_clause():
    doc = load_parser()("Will he fund the pier, and when will it open?")
    assert {doc[c.head].lemma_ for c in candidates(doc)} >= {"fund", "open"}


@pytest.mark.parametrize(
    ("question", "ask"),
    [
        (
            "To ask the Minister whether the bounty payable for each grey heron caught will be paid this year.",
            "whether the bounty payable for each grey heron caught will be paid this year",
        ),
        (
            "To ask the Minister for Bees, what the average sum paid to keepers in each county was in 2019.",
            "what the average sum paid to keepers in each county was in 2019",
        ),
    ],
)
def test_a_verb_that_the_parser_cuts_off_is_taken_along(question, ask):
    assert ask in found(question)
    assert not any(ask.startswith(other) for other in found(question) if other != ask)
