"""Tables of speeches, as LiPaD and I-analyzer publish them: sections by date and heading, then pairs."""

import csv
import io

import pytest

from qa_assess.errors import ColumnError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sniff, speech_table

UK = ["sentence_id", "speech_id", "speechdate", "debate", "text", "speaker", "speaker_house"]
CANADA = ["", "speech_id", "date_yyyy-mm-dd", "house", "speech_type", "heading1", "heading2", "heading3", "content",
          "speaker_id", "speaker_name"]  # fmt: skip


def table(header: list[str], *rows: list[str], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode()


def records(header: list[str], *rows: list[str], **options: str) -> list[Exchange | Failure]:
    return list(read(io.BytesIO(table(header, *rows, **options))))


def uk(sentence: int, speech: int, text: str, speaker: str, debate: str = "NIGHT FERRIES.") -> list[str]:
    return [f"S{sentence}", str(speech), "1938-03-02", debate, text, speaker, "HOUSE OF COMMONS."]


def canada(number: int, text: str, who: str, heading1: str = "Oral Questions", heading2: str = "Ferries") -> list[str]:
    return [str(number), f"ca.{number}", "2013-04-08", "commons", "Interjection", heading1, heading2, "", text,
            f"key-{who}", who]  # fmt: skip


NIGHT = [
    uk(1, 10, "3. asked the Minister of Ferries whether he will keep the night boats.", "Mr. ALDER"),
    uk(2, 11, "My hon.", "The Minister of Ferries (Captain Birch)"),
    uk(3, 11, "Friend asks too much.", "The Minister of Ferries (Captain Birch)"),
    uk(4, 12, "Is he aware that the piers rot?", "Mr. ALDER"),
    uk(5, 13, "I am.", "Captain BIRCH"),
]


def test_sentences_become_speeches_and_speeches_pairs():
    first, second = records(UK, *NIGHT)
    assert first.question == "asked the Minister of Ferries whether he will keep the night boats."
    assert first.answer == "My hon. Friend asks too much."
    assert (first.id, first.date, first.house, first.heading) == ("10", "1938-03-02", "Commons", "NIGHT FERRIES.")
    assert (first.asker, first.answerer) == ("Mr. ALDER", "Captain Birch")
    assert first.extra == {"section": "oral", "turn": "tabled", "answer_id": "11"}
    assert (second.id, second.answer, second.extra["turn"]) == ("12", "I am.", "supplementary")
    assert first.source == "stream:2"


def test_a_new_heading_or_day_is_a_new_section():
    other = uk(6, 14, "4. asked the Minister of Piers what he spends.", "Mr. CEDAR", "PIERS.")
    found = records(UK, NIGHT[0], other, uk(7, 15, "Nothing.", "The Minister of Piers (Mr. Dogwood)", "PIERS."))
    assert [(one.id, one.heading, one.answer) for one in found] == [("14", "PIERS.", "Nothing.")]
    later = [*NIGHT[1]]
    later[2] = "1938-03-03"
    assert records(UK, NIGHT[0], later) == []
    assert len(records(UK, NIGHT[0], NIGHT[1])) == 1


def test_question_period_where_no_office_is_shown():
    found = records(
        CANADA,
        canada(1, "The Speaker: Order.", "The Speaker"),
        canada(2, "Mr. Speaker, why did the ferry sink?", "Ann Ash"),
        canada(3, "Mr. Speaker, it was old.", "Bo Elm"),
        canada(4, "Mr. Speaker, who will pay?", "Ann Ash"),
        canada(5, "Oh, oh!", "Some hon. members"),
        canada(6, "Mr. Speaker, the owner will.", "Bo Elm"),
        canada(7, "Mr. Speaker, is the pier safe?", "Cy Fir"),
        canada(8, "Mr. Speaker, we looked into it.", "Bo Elm"),
    )
    assert [(one.id, one.asker, one.answerer, one.extra["answer_id"]) for one in found] == [
        ("ca.2", "Ann Ash", "Bo Elm", "ca.3"),
        ("ca.4", "Ann Ash", "Bo Elm", "ca.6"),
        ("ca.7", "Cy Fir", "Bo Elm", "ca.8"),
    ]
    assert (found[0].house, found[0].date, found[0].heading) == ("Commons", "2013-04-08", "Ferries")


def test_who_is_on_both_sides_is_not_guessed():
    turns = [("Why?", "Ann Ash"), ("So.", "Bo Elm"), ("And why?", "Cy Fir"), ("Thus.", "Ann Ash")]
    assert records(CANADA, *(canada(n, text, who) for n, (text, who) in enumerate(turns))) == []
    talk = [("I rise.", "Ann Ash"), ("Why?", "Bo Elm"), ("I sit.", "Ann Ash"), ("When?", "Bo Elm")]
    assert records(CANADA, *(canada(n, text, who) for n, (text, who) in enumerate(talk))) == []


def test_a_debate_gives_no_records():
    rows = [canada(n, "I move. Who would not?", who, "Government Orders") for n, who in enumerate(["Ann", "Bo", "Ann"])]
    assert records(CANADA, *rows) == []


def test_offices_types_links_and_departments():
    header = ["id", "speech", "display_as", "person_id", "date", "speech_class", "oral_heading", "major_heading",
              "minor_heading", "url", "post_name"]  # fmt: skip
    above = ["Oral Answers to Questions", "FERRIES", "Night Boats"]
    found = records(
        header,
        [
            "u.1",
            "What steps he is taking on piers.",
            "Ann Ash",
            "7",
            "2001-02-03",
            "Speech",
            *above,
            "https://x.y/1",
            "",
        ],
        ["u.2", "Bo Elm rose", "", "", "2001-02-03", "Procedural", *above, "", ""],
        ["u.3", "None.", "Bo Elm", "8", "2001-02-03", "Speech", *above, "https://x.y/3", "The Minister for Ferries"],
        delimiter=";",
    )
    (exchange,) = found
    assert (exchange.question, exchange.answer) == ("What steps he is taking on piers.", "None.")
    assert (exchange.department, exchange.heading, exchange.url) == ("FERRIES", "Night Boats", "https://x.y/1")


def test_a_type_column_says_what_is_a_question():
    header = ["date", "section", "speaker", "text", "speech_type"]
    rows = [["2001-02-03", "Question Time", "Ann Ash", "The pier rots.", "Question"],
            ["2001-02-03", "Question Time", "Bo Elm", "Indeed.", "Answer"]]  # fmt: skip
    (exchange,) = records(header, *rows)
    assert (exchange.id, exchange.answer) == ("row-1", "Indeed.")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("date,heading,speaker,text\n", "speeches"),
        ("date\tspeaker_name\tcontent\n", "speeches"),
        ("speaker,text,question,answer\n", "csv"),
        ("speechdate;maintopic;speakername;speechtext\n", "speeches"),
    ],
)
def test_recognised_by_its_columns(head, name):
    assert sniff(head) == name


def test_a_table_with_one_of_both_columns_is_still_missed_the_other():
    with pytest.raises(ColumnError, match="no answer"):
        read(io.BytesIO(b"speaker,text,question\nAnn,x,Why?\n"), format="csv")
    assert speech_table.sniff("speaker,text,question\nAnn,x,Why?\n") == 0


@pytest.mark.parametrize("header", ["speaker,words\n", "text,words\n"])
def test_named_but_without_its_columns(header):
    with pytest.raises(ColumnError, match="among the columns"):
        list(read(io.BytesIO(f"{header}Ann,x\n".encode()), format="speeches"))


def test_a_broken_row_parts_what_stands_around_it():
    broken = table(UK, *NIGHT).decode().replace("S4,12,", "S4,12,oops,")
    found = list(read(io.BytesIO(broken.encode())))
    assert [type(one) for one in found] == [Exchange, Failure]
    assert "stream:5" in found[1].message
    # Two answers with a lost question between them must not become one.
    assert found[0].answer == "My hon. Friend asks too much."


@pytest.mark.parametrize("cell", ["", "NA", "\0", " "])
def test_empty_cells(cell):
    found = records(UK, *NIGHT[:3], uk(4, 12, cell, "Mr. ALDER"), ["", cell, "", cell, cell, cell, cell])
    assert [one.id for one in found] == ["10"]
    assert records(UK) == []


def test_a_truncated_file_keeps_what_is_whole():
    found = list(read(io.BytesIO(table(UK, *NIGHT)[:-30])))
    assert found[0].answer == "My hon. Friend asks too much."


def test_a_long_table_without_headings_ends_soon():
    rows = [["2001-02-03", f"Member {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}", "Is it so?"] for n in range(3000)]
    assert records(["date", "speaker", "text"], *rows) == []


@pytest.mark.shared
def test_the_real_table_of_1939(shared):
    # Counted by hand: 11 sentences, 6 speeches of three people; a tabled question and two supplementaries, each
    # followed by an answer of the same minister.
    found = list(read(shared("samples/ianalyzer_uk.csv")))
    assert [(one.id, one.asker.split()[-1], one.extra["answer_id"]) for one in found] == [
        ("1839045", "KENWORTHY", "1839046"),
        ("1839047", "KENWORTHY", "1839048"),
        ("1839049", "MACLEAN", "1839050"),
    ]
    assert {one.answerer for one in found} == {"Mr. WHITELEY"}
    assert {(one.date, one.house) for one in found} == {("1939-07-26", "Commons")}


@pytest.mark.shared
def test_the_real_table_of_canada(shared):
    # Read by hand: three speeches of one debate on a motion, no minister among the speakers; no pair.
    assert list(read(shared("samples/canada_lipad.csv"))) == []
