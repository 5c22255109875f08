"""Assessed pages and pasted text."""

import io
from pathlib import Path

import pytest

from qa_assess.errors import FormatError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sniff

FORMATS_DIR = Path(__file__).parent / "formats"


def records(text: str, **options) -> list[Exchange | Failure]:
    return list(read(io.BytesIO(text.encode()), **options))


def test_the_seed_page(shared):
    found = list(read(shared("seeds/assessed-page-probation.txt")))
    assert [one.id for one in found] == [f"probation-service-2022-07-05-Q{number}" for number in (1, 2, 3)]
    assert {(one.date, one.heading, one.coded["grade"]) for one in found} == {
        ("2022-07-05", "Probation Service", "Partial Answer")
    }
    assert [one.coded["tags"] for one in found] == ["Looking At This", "Under Review", "Under Review"]
    assert all(one.coded["feedback"].startswith("The specific ask") for one in found)
    assert all(one.coded["context"].endswith(".") and "?" not in one.coded["context"] for one in found)
    assert [one.question.split()[0] for one in found] == ["What", "Dedicated", "Dedicated"]
    assert [one.answer.split()[0] for one in found] == ["Although", "We", "We"]
    assert all(one.extra == {"page_tags": "Response quality"} for one in found)
    assert [one.source.rpartition(":")[2] for one in found] == ["6", "18", "30"]


def test_a_page():
    first, second = read(FORMATS_DIR / "page.txt")
    assert first.id == "ferry-services-2024-02-06-Q1"
    assert first.question.startswith("The ferry failed again on Sunday.")
    assert first.answer.endswith("ends in May.")
    assert first.coded == {
        "grade": "Partial Answer",
        "context": "The Tarnbrook ferry was cancelled on thirty days last winter, and islanders missed appointments.",
        "feedback": "No commitment to a second boat was given; a survey of the present one was described.",
        "tags": "Under Review",
    }
    assert (second.question, second.answer) == ("By how much did the fare rise?", "It rose by four per cent.")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n  \n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("▸\n", "▸ "),
        lambda text: text.replace("▸\n", ""),
        lambda text: text.replace("Under Review", "• Under Review").replace("Q1", "▾ Q1"),
        lambda text: text.replace("Q1", "Question 1").replace("Q2", "Q 2."),
        lambda text: text.replace("Assessment & feedback", "ASSESSMENT AND FEEDBACK"),
        lambda text: "\n".join("  " + line for line in text.split("\n")),
        lambda text: text.replace("Ferry Services 2024-02-06\n2024-02-06", "Ferry Services\n6 February 2024"),
    ],
)
def test_small_changes_of_the_layout_change_nothing(change):
    def told(found):
        return [(one.id, one.question, one.answer, one.date, one.heading, one.coded, one.extra) for one in found]

    text = (FORMATS_DIR / "page.txt").read_text()
    assert change(text) != text
    assert sniff(change(text)) == "assessed-page"
    assert told(records(change(text))) == told(records(text))


def test_missing_parts_several_tags_and_several_pages():
    first, second, third = read(FORMATS_DIR / "page_loose.txt")
    assert first.coded == {
        "grade": "Non-answer",
        "feedback": "No commitment to the hall at Little Sorrel was given.",
        "tags": "Not My Department; General Policy; Past Record",
    }
    assert first.answer == "It is for councils to decide.\nEvery village has a story."
    assert first.extra == {"page_tags": "Halls; Grants"}
    assert second.coded == {"context": "Halls close early in winter."}
    assert second.question.endswith("Will he fund the heating?")
    assert second.answer.startswith("Is that not what the hall fund is for?")
    assert (third.id, third.heading, third.date) == ("coastal-paths-2024-03-14-Q1", "Coastal Paths", "2024-03-14")
    assert (third.question, third.answer) == ("When will the path at Sorrel Head open?", "Later this year.")


def test_tags_alone_and_unknown_tags():
    text = (
        "Q1\nEvasive\nContext\nIt rains.\nWill he act?\nPerhaps.\nAssessment & feedback\n{}\nResponse accuracy\nHigh\n"
    )
    (alone,) = records(text.format("Under Review"))
    assert alone.coded == {"grade": "Evasive", "context": "It rains.", "tags": "Under Review"}
    assert alone.extra == {"response_accuracy": "High"}
    (unknown,) = records(text.format("No action was promised\nWarm words"))
    assert (unknown.coded["feedback"], unknown.coded["tags"]) == ("No action was promised", "Warm words")


def test_marks_for_question_and_answer_on_a_page():
    (one,) = records(
        "Q1\nFull Answer\nContext\nIt rains.\nQuestion\nI ask.\nAnswer\nIs it so?\nYes.\nResponse accuracy\n"
    )
    assert (one.coded["context"], one.question, one.answer) == ("It rains.", "I ask.", "Is it so?\nYes.")


def test_a_question_number_without_texts_fails_and_a_number_that_comes_twice_gets_another_id():
    text = "Roads 2024-02-06\nQ1\nPartial Answer\nResponse accuracy\nQ2\nContext\nWhy?\nNo.\nQ2\nContext\nWho?\nMe.\n"
    broken, first, second = records(text, format="assessed-page")
    assert isinstance(broken, Failure)
    assert "no question and no answer behind Q1" in broken.message
    assert broken.source == "stream:2"
    assert [broken.id, first.id, second.id] == ["roads-2024-02-06-Q1", "roads-2024-02-06-Q2", "roads-2024-02-06-Q2-2"]


def test_no_page():
    with pytest.raises(FormatError, match="no numbered question"):
        records("Ferries\nThe House met.\n", format="assessed-page")


def test_pasted_pairs():
    first, second, third = read(FORMATS_DIR / "pasted.txt")
    assert first.question == "Will he fund the heating of village halls?\nI asked this in May."
    assert first.answer == "The hall fund pays for boilers.\nMr. A. Quill runs it: Answer enough."
    assert (second.question, second.answer) == ("Who pays?", "The council does.")
    assert (third.question, third.answer) == ("And when?", "In June.")
    assert {(one.heading, one.date) for one in (first, second, third)} == {("Rural Halls", "2024-03-13")}
    assert [one.source for one in (first, second)] == ["pasted.txt:2", "pasted.txt:8"]


@pytest.mark.parametrize(
    "text",
    [
        "Q: Will he act? A: Yes.",
        "Q: Will he act?\nA: Yes.\n",
        "Question: Will he act?\nAnswer: Yes.",
        "question: Will he act?\r\n\r\nanswer: Yes.\r\n",
        "Q. Will he act?\nA. Yes.",
        "Q. Will he act? A. Yes.",
        "Q1. Will he act?\nA1. Yes.",
        "Q1) Will he act?\nA1) Yes.",
        "**Question:** Will he act?\n\n**Answer:** Yes.",
        "> Q: Will he act?\n> A: Yes.",
        "Q:\nWill he act?\nA:\nYes.",
    ],
)
def test_marks_of_pasted_text(text):
    assert sniff(text) == "pasted"
    (exchange,) = records(text)
    assert (exchange.question, exchange.answer.strip("> ")) == ("Will he act?", "Yes.")


def test_a_name_is_no_mark():
    (exchange,) = records("Q: Who wrote?\nA. Smith of Harle, I think.\nA: Yes, so did\nA. Brown.\nQ. Jones too.\n")
    assert exchange.question == "Who wrote?\nA. Smith of Harle, I think."
    assert exchange.answer == "Yes, so did\nA. Brown.\nQ. Jones too."


def test_half_pairs_are_handed_on():
    found = records("Q: Will he act?\nQ: Why not?\nA: Because.\n")
    assert [(one.question, one.answer) for one in found] == [("Will he act?", ""), ("Why not?", "Because.")]
    (lone,) = records("A: Because.\n", format="pasted")
    assert (lone.question, lone.answer) == ("", "Because.")


def test_text_before_the_first_question():
    (exchange,) = records("Roads\nTuesday 6 February 2024\nColumn 14\nQ: Why? A: No.\n")
    assert (exchange.heading, exchange.date, exchange.extra) == ("Roads", "2024-02-06", {"preamble": "Column 14"})


def test_no_marks():
    with pytest.raises(FormatError, match="no line that begins with"):
        records("Will he act? Yes.", format="pasted")
