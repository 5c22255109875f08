"""Copied text of pages: the look-alikes are invented; a line is what a browser copies of a block."""

import io
import time
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange
from qa_assess.readers import read, sniff
from qa_assess.readers.markup import node_text
from qa_assess.readers.page_text import unwrapped

SEEDS = Path(__file__).parent / "formats" / "seeds" / "hansard-text"
QUESTION_TIME = (SEEDS / "1.txt").read_text(encoding="utf-8")
TWFY = (SEEDS / "2.txt").read_text(encoding="utf-8")
WRITTEN = (SEEDS / "3.txt").read_text(encoding="utf-8")
BUTTONS = "Share this specific contribution\n"


def records(text: str, **options) -> list[Exchange]:
    return list(read(io.BytesIO(text.encode()), **options))


def told(text: str) -> list[tuple[str, str, str, str]]:
    return [(one.asker, one.question, one.answerer, one.answer) for one in records(text)]


def test_question_time_as_the_hansard_website_shows_it():
    found = records(QUESTION_TIME)
    assert [(one.asker, one.answerer, one.answer.partition("\n")[0]) for one in found] == [
        ("Nell Brook", "Ada Thorn", "We added a boat."),
        ("Tom Reed", "Ada Thorn", "We added a boat."),
        ("Nell Brook", "Ada Thorn", "No."),
        ("Tom Reed", "Ada Thorn", "It costs a million."),
        ("Nell Brook", "Ada Thorn", "I opened a pier."),
        ("Tom Reed", "Cy Moor", "It sank."),
        ("Tom Reed", "Cy Moor", "The rock."),
    ]
    first = found[0]
    assert first.question == "What steps she is taking on winter sailings."
    assert first.answer == "We added a boat.\nIt sails at noon, and it takes the islanders to Saltby in an hour."
    assert [one.extra.get("question_number", "") for one in found[:5]] == ["900100", "900104", "", "", "900140"]
    assert [bool(one.extra.get("group")) for one in found] == [True, True] + [False] * 5
    assert {(one.date, one.house) for one in found} == {("2031-03-04", "Commons")}
    assert [(one.department, one.heading) for one in found] == [
        *[("Ferries", "Winter Sailings")] * 4,
        ("Ferries", "Topical Questions"),
        *[("", "Sunken Ferry")] * 2,
    ]
    assert [one.extra["section"] for one in found] == ["oral"] * 5 + ["urgent question"] * 2
    assert len({one.id for one in found}) == 7


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(BUTTONS, ""),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n  "),
        lambda text: "\ufeff" + text.replace("\n(", " ("),
        lambda text: text.replace(
            BUTTONS, "Share\nthis specific contribution\nCopy link to contribution 1 to clipboard\n"
        ),
        lambda text: text.replace("(Saltby) (Ind)", "(Saltby)\n(Ind)"),
        lambda text: text.replace("1. What", "1.\nWhat").replace("(900100)", "\n(\n900100\n)"),
        lambda text: "Skip to main content\nUK Parliament\nHansard\nDownload text\n" + text + "Back to top\n",
    ],
)
def test_the_same_records_however_it_was_copied(change):
    changed = change(QUESTION_TIME)
    assert changed != QUESTION_TIME
    assert sniff(changed) == "hansard-text"
    assert told(changed) == told(QUESTION_TIME)


def test_names_before_a_colon_as_the_old_hansard_prints_them():
    found = records(
        "Q1. [9001] Mr. Ian Fell (Saltby) (Ind): If he will list his engagements.\n"
        "The Prime Minister (Mr. Bo Elm): I met the pilots.\n"
        "Mr. Fell: Will he sail?\nHon. Members: Answer!\n"
        "The Prime Minister: No. My answer is this: no.\n"
        "Ann Ash (Elmham): Why not?\nMr. Speaker: Order.\nThe Prime Minister: It rains.\n"
    )
    assert [(one.asker, one.question, one.answer) for one in found] == [
        ("Mr. Ian Fell", "If he will list his engagements.", "I met the pilots."),
        ("Mr. Fell", "Will he sail?", "No. My answer is this: no."),
        ("Ann Ash", "Why not?", "It rains."),
    ]


def test_a_text_that_begins_in_the_midst_knows_names_that_come_again():
    found = told(
        "Cy Moor\nThe pier was built in a year, and it is a mile long.\n"
        "Ann Ash (Saltby) (Ind)\nWho paid for the pier?\n"
        "The Minister for Piers (Cy Moor)\nThe isle.\nCy Moor\nAnd the mainland paid for the lamps on it.\n"
    )
    assert found == [
        ("Ann Ash", "Who paid for the pier?", "Cy Moor", "The isle.\nAnd the mainland paid for the lamps on it.")
    ]


def test_the_lords():
    (one,) = records(
        "Eels\nVolume 3: debated on Monday 3 May 2027\nLords Chamber\nQuestion\n3.15 pm\nAsked by\n"
        "Lord Fen of Saltby (CB)\nTo ask His Majesty’s Government what they are doing for eels.\n"
        "The Minister of State, Department for Rivers (Baroness Oak) (Ind)\nMy Lords, they thrive.\n"
    )
    assert (one.house, one.date, one.asker, one.answerer) == (
        "Lords",
        "2027-05-03",
        "Lord Fen of Saltby",
        "Baroness Oak",
    )
    assert one.answer == "My Lords, they thrive."


def test_a_heading_with_a_place_in_parentheses_is_no_speaker():
    found = records(QUESTION_TIME.replace("Topical Questions", "Ferry Fares (Wales)"))
    assert found[4].heading == "Ferry Fares (Wales)"
    assert found[3].answer == "It costs a million."


def test_a_plain_debate_gives_no_records():
    speech = "I am glad to speak of eels, of which the House has heard too little this year.\n"
    names = ("Ann Ash (Saltby) (Ind)", "Tom Reed (Elmham) (Ind)", "Nell Brook (Fen) (Ind)", "Bo Elm (Quay) (Ind)")
    text = "Eels\n" + "".join(f"{name}\n{speech}" for name in names)
    assert sniff(text) == "hansard-text"
    assert records(text) == []


def test_a_debate_of_theyworkforyou():
    found = records(TWFY)
    assert told(TWFY) == [
        ("Edda Quill", "What steps he is taking on harbour dues.", "Bram Oldcastle", "We froze all dues.\nFor a year."),
        ("Edda Quill", "Will he freeze them again?", "Bram Oldcastle", "No."),
    ]
    assert {(one.date, one.house, one.department, one.heading, one.extra["section"]) for one in found} == {
        ("2011-05-03", "Commons", "Ports", "Harbour Dues", "oral")
    }


def test_two_pages_of_theyworkforyou_one_below_the_other():
    found = records(TWFY + TWFY.replace("Harbour Dues", "Gulls").replace("3 May 2011", "4 May 2011"))
    assert [(one.heading, one.date) for one in found] == [("Harbour Dues", "2011-05-03")] * 2 + [
        ("Gulls", "2011-05-04")
    ] * 2


def test_a_written_answer_of_theyworkforyou_with_votes():
    (one,) = records(
        "Gulls\nDepartment for Ports written question – answered at on 4 May 2027.\nNext answer »\n"
        "Ann Ash Labour, Saltby\nTo ask the Secretary of State for Ports, what gulls eat.\nTweet Share\n"
        "Hansard source (Citation: HC Deb, 4 May 2027, cW)\n"
        "Cy Moor Minister of State (Department for Ports)\nFish.\nNo more than that is known.\n"
        "Does this answer the above question?\nYes\n5 people think so\nNo\n1,204 people think not\n"
        "Would you like to ask a question like this yourself? Use our Freedom of Information site.\nTweet Share\n"
        "(Citation: HC Deb, 4 May 2027, cW)\nTheyWorkForYou\nDonate now\n"
    )
    assert (one.asker, one.answerer, one.answer) == ("Ann Ash", "Cy Moor", "Fish.\nNo more than that is known.")
    assert (one.date, one.house, one.department) == ("2027-05-04", "Commons", "Department for Ports")
    assert (one.extra["section"], one.extra["votes_yes"], one.extra["votes_no"]) == ("written", "5", "1204")


def test_a_page_of_a_written_question():
    (one,) = records(WRITTEN)
    assert one.question == "To ask the Secretary of State for Ports, how many ferries sailed in winter."
    assert one.answer == "Nine ferries sailed.\nOne of them sank."
    assert (one.asker, one.answerer, one.date, one.house) == ("Nell Brook", "Cy Moor", "2024-01-17", "Commons")
    assert (one.department, one.heading) == ("Department for Ports", "Ferries: Winter")
    assert (one.extra["question_number"], one.extra["tabled"]) == ("12345", "2024-01-09")


def test_a_list_of_written_questions_as_parliament_showed_them():
    entry = (
        "Q\nAsked by {asker}\n(Saltby)\n[N]\nAsked on: 1 March 2029\nDepartment for Ports\nGulls\nCommons\n"
        "To ask the Secretary of State for Ports, what gulls eat in {place}.\n"
        "A\nAnswered by: Cy Moor\nAnswered on: 26 March 2029\n\nThey eat fish in {place}.\nIt is cheap.\n"
    )
    found = records(entry.format(asker="Ann Ash", place="Fen") + entry.format(asker="Tom Reed", place="Quay"))
    assert [(one.asker, one.answer, one.date) for one in found] == [
        ("Ann Ash", "They eat fish in Fen.\nIt is cheap.", "2029-03-26"),
        ("Tom Reed", "They eat fish in Quay.\nIt is cheap.", "2029-03-26"),
    ]
    assert {(one.answerer, one.house, one.department, one.heading) for one in found} == {
        ("Cy Moor", "Commons", "Department for Ports", "Gulls")
    }


def test_an_unanswered_written_question_is_pending_and_no_error():
    (one,) = records(WRITTEN[: WRITTEN.index("Nine ferries")])
    assert (one.answer, one.asker) == ("", "Nell Brook")


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["I met the", "Mayor", "in May."], "I met the Mayor in May."),
        (["The", "OECD", ", and others."], "The OECD, and others."),
        (["Long | 4", "Short | 5"], "Long | 4\nShort | 5"),
        (["One thing;", "another."], "One thing;\nanother."),
    ],
)
def test_what_a_link_broke_is_joined_and_nothing_else(lines, text):
    assert unwrapped(lines) == text


@pytest.mark.parametrize("named", [None, "hansard-text"])
def test_a_text_without_speakers_says_what_pasted_text_can_be(named):
    with pytest.raises(FormatError) as caught:
        records("The quick brown fox.\nIt jumps (over) the dog.\n", format=named)
    assert "Jane Doe (Northfield) (Lab)" in caught.value.hint


def test_other_texts_keep_their_formats():
    assert sniff("Q: Did Ann Ash (Saltby) (Ind)\nspeak?\nA: Yes.") == "pasted"
    assert sniff(f'id,question,answer\n1,"{QUESTION_TIME}","No."\n') == "csv"
    assert sniff("<p>Ann Ash (Saltby) (Ind)</p>" + '<div class="debate-speech">') == "twfy-page"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2_000_000,
        "Ann Ash (" * 200_000,
        "(Ind) " * 300_000,
        "Ann Ash (Saltby) (Ind)\n" + "(" * 2_000_000,
        "Ann Ash (Saltby) (Ind)\n" * 20_000,
        "Ann Ash\n" * 60_000,
        "A\n" * 60_000,
        "Asked by\nUIN 1\nTo ask\nAnswered on\n" * 20_000,
        "In context\n(Citation: HC Deb, 4 May 2027)\nAnn Ash\n" * 20_000,
        "Gulls – in the House of Commons\n" + "– in the " * 200_000 + "\n(Citation: HC Deb, 4 May 2027)\n",
        "Ann Ash (Saltby) (Ind): " + "a, b: (c) [HL" * 100_000,
        "Copy link " * 200_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_texts_end_soon(text):
    start = time.process_time()
    try:
        records(text, format="hansard-text")
    except FormatError as error:
        assert error.hint
    assert time.process_time() - start < 10


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["hansard_website_2020-01-09_excerpt", "twfy_debate_page_2020-09-02", "twfy_written_answer_page_with_votes"]
)
@pytest.mark.parametrize("whole_blocks", [True, False])
def test_the_visible_text_of_a_real_page_gives_the_same_pairs_as_the_page(shared, name, whole_blocks):
    path = shared(f"samples/{name}.html")
    page = LexborHTMLParser(path.read_text(encoding="utf-8"))
    for node in page.css("script, style, svg, noscript"):
        node.decompose()
    text = node_text(page.body) if whole_blocks else page.body.text(separator="\n")
    assert sniff(text) == "hansard-text"

    def pairs(found):
        # Each link has a line of its own where nodes are taken one by one, so spaces differ.
        return [
            ("".join(one.question.split()), "".join(one.answer.split()), one.asker, one.answerer, one.heading)
            for one in found
        ]

    assert pairs(records(text)) == pairs(read(path))
