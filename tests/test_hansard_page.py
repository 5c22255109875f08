"""Pages of the Hansard website; the look-alikes are invented, built as the site builds its pages."""

import io

import pytest

from qa_assess.errors import FormatError, InputError
from qa_assess.exchange import Exchange
from qa_assess.readers import read, sniff

DAY = "https://hansard.parliament.uk/Commons/2031-03-04/debates/0a-1b/CommonsChamber"
MINISTER = ("The Secretary of State for Ferries", "(Ada Thorn)", "11")
JUNIOR = ("The Minister for Piers", "(Cy Moor)", "12")
MEMBER = ("Nell Brook", "(Saltby) (Ind)", "21")
OTHER = ("Tom Reed", "(Elmham) (Ind)", "22")


def heading(tag: str, text: str) -> str:
    return f'<div class="child-debate"><h2 data-tag="{tag}">{text}</h2>'


def turn(name: str, who: tuple[str, str, str], body: str, *, link: bool = True) -> str:
    first, second, member = who
    copy = f'<a href="{DAY}#contribution-{name}" class="btn btn-share-copy-link">Copy link</a>' if link else ""
    told = f'<div class="primary-text">{first}</div><div class="secondary-text">{second}</div>' if first else ""
    return f"""<div class="debate-item"><div class="contribution share-enabled" data-contribution-id="{name}"
        data-share-text="View the Hansard contribution by {first} on Tuesday 4 March 2031" id="contribution-{name}">
        <div class="header"><a class="attributed-to-details with-link"
        href="/search/MemberContributions?house=Commons&amp;memberId={member}">{told}</a>
        <div class="share-bar"><svg class="icon"><path d="M0"></path></svg>Share {copy}</div></div>
        <div class="content">{body}</div><span class="hidden" title="AA-AD hs_Para"></span></div></div>"""


def tabled(number: str, uin: str, text: str) -> str:
    return (
        f'<p class="Question"><Question HRSContentId="{{A}}">{number} <QuestionText HRSContentId="{{B}}">{text} '
        f"</QuestionText></Question> <span class='uin'>(<abbr title='Unique'>{uin}</abbr>)</span></p>"
    )


def said(text: str) -> str:
    return f'<p class="hs_Para">{text}</p>'


def known(who: tuple[str, str, str]) -> tuple[str, str, str]:
    """As printed from the second turn on: a minister by name alone."""
    return (who[1].strip("()") if who[0].startswith("The ") else who[0], "", who[2])


def question_time() -> str:
    return (
        heading("hs_3OralAnswers", "Oral Answers to Questions")
        + heading("hs_6bDepartment", "Ferries")
        + '<div data-tag="hs_6fDate"><p><em>The Secretary of State was asked—</em></p></div>'
        + heading("hs_8Question", "Winter Sailings")
        + turn("Q1", MEMBER, tabled("1.", "900100", "What steps she is taking on winter sailings."))
        + turn("Q2", OTHER, tabled("4.", "900104", "What steps she is taking on winter sailings."))
        + turn("A1", MINISTER, said("We added a boat.") + said("It sails."))
        + turn("S1", known(MEMBER), said("Will she add another?"))
        + turn("X1", ("Hon. Members", "", ""), said("Hear, hear!"))
        + turn("A2", known(MINISTER), said("No."))
        + heading("hs_8Question", "Topical Questions")
        + turn("T1", MEMBER, tabled("T1.", "900140", "If she will make a statement on her responsibilities."))
        + turn("A3", known(MINISTER), said("I opened a pier."))
        + turn("S2", known(OTHER), said("How long is it?"))
        + turn("A4", JUNIOR, said("A mile."))
        + heading("hs_8Question", "Gangways")
        + turn("Q3", OTHER, tabled("5.", "900105", "What plans she has for gangways."))
        + turn("A5", known(MINISTER), said("None."))
        + turn("S3", known(OTHER), said("None at all?"))
        + turn("A6", known(JUNIOR), said("None."))
    )


def records(text: str | bytes, **options) -> list[Exchange]:
    data = text.encode() if isinstance(text, str) else text
    return list(read(io.BytesIO(data), **options))


def pairs(found: list[Exchange]) -> list[tuple[str, str]]:
    return [(one.id, one.extra.get("answer_id", "")) for one in found]


def test_question_time():
    found = records(question_time())
    assert pairs(found) == [
        ("Q1", "A1"), ("Q2", "A1"), ("S1", "A2"), ("T1", "A3"), ("S2", "A4"), ("Q3", "A5"), ("S3", "A6"),
    ]  # fmt: skip
    first = found[0]
    assert (first.question, first.answer) == (
        "What steps she is taking on winter sailings.",
        "We added a boat.\nIt sails.",
    )
    assert [one.extra.get("question_number", "") for one in found[:3]] == ["900100", "900104", ""]
    assert [one.extra.get("group", "") for one in found[:3]] == ["Q1", "Q1", ""]
    assert [one.answerer for one in found] == ["Ada Thorn"] * 4 + ["Cy Moor", "Ada Thorn", "Cy Moor"]
    assert {(one.date, one.house, one.department, one.extra["section"]) for one in found} == {
        ("2031-03-04", "Commons", "Ferries", "oral")
    }
    assert [one.heading for one in found] == ["Winter Sailings"] * 3 + ["Topical Questions"] * 2 + ["Gangways"] * 2
    assert first.url == f"{DAY}#contribution-Q1"


def test_an_urgent_question_after_question_time():
    found = records(
        question_time()
        + heading("hs_2cUrgentQuestion", "Sunken Ferry")
        + turn("U1", MEMBER, said("(Urgent Question): To ask the Secretary of State if she will speak of the ferry."))
        + turn("U2", MINISTER, said("It sank."))
        + turn("U3", known(MEMBER), said("Who is to blame?"))
        + turn("U4", known(MINISTER), said("The rock."))
        + heading("hs_2cBusinessWODebate", "Business without Debate")
        + turn("B1", OTHER, said("I beg to move, That the motion be agreed to."))
    )[7:]
    assert pairs(found) == [("U1", "U2"), ("U3", "U4")]
    assert {(one.department, one.heading, one.extra["section"]) for one in found} == {
        ("", "Sunken Ferry", "urgent question")
    }


def test_an_office_ends_with_its_department():
    """The junior minister of one department is a plain member under the next one's questions."""
    found = records(
        question_time()
        + heading("hs_6bDepartment", "Bells")
        + heading("hs_8Question", "Chimes")
        + turn("Q9", known(JUNIOR), tabled("1.", "900200", "What plans he has for chimes."))
        + turn("A9", ("The Minister for Bells", "(Ian Dell)", "13"), said("Many."))
    )[7:]
    assert pairs(found) == [("Q9", "A9")]
    assert (found[0].asker, found[0].department) == ("Cy Moor", "Bells")


def test_a_whole_page_as_a_browser_saves_it():
    column = (
        '<span id="586" class="column-number" data-column-number="586"></span><div class="column-number-indicator '
        'column-number-indicator-fixed"><div class="column-number-indicator-inner">Column 586<span class="sr-only">'
        "is located here</span></div></div>"
    )
    text = question_time().replace("We added a boat.", f"We added {column}a boat.").replace(DAY, "#")
    text = text.replace("<Question ", "<question ").replace("QuestionText", "questiontext")
    found = records(
        "<!DOCTYPE html>\n<!-- saved from url=(0099) -->\n<html><head><title>Commons Chamber - Hansard - UK Parliament"
        f'</title><meta content="{DAY}" property="og:url"><style>p{{}}</style></head><body>'
        f"<h1>Commons Chamber</h1>{text}"
    )
    assert found[0].answer == "We added a boat.\nIt sails."
    assert found[0].url == f"{DAY}#contribution-Q1"
    assert len(found) == 7


def test_one_debate_by_itself_takes_its_heading_from_the_page():
    (one,) = records(
        f'<html><head><meta property="og:url" content="{DAY}"></head><body><h1>Winter Sailings</h1>'
        + turn("Q1", MEMBER, tabled("1.", "900100", "What steps she is taking on winter sailings."))
        + turn("A1", MINISTER, said("None."))
    )
    assert (one.heading, one.question) == ("Winter Sailings", "What steps she is taking on winter sailings.")


def test_date_and_house_where_no_link_tells_them():
    text = turn("Q1", MEMBER, tabled("1.", "900100", "What she is doing."), link=False)
    (one,) = records(heading("hs_8Question", "Boats") + text + turn("A1", MINISTER, said("Much."), link=False))
    assert (one.date, one.house, one.url) == ("2031-03-04", "Commons", "")


def test_the_lords():
    asked = turn("Q1", ("Lord Fen", "(CB)", "9"), said("To ask the Government about eels."))
    answer = turn("A1", ("The Minister of State", "(Lady Oak) (Ind)", "8"), said("They thrive."))
    text = heading("hs_2cLords", "Eels") + asked + answer
    (one,) = records(text.replace("/Commons/", "/lords/").replace("house=Commons", "house=Lords"))
    assert (one.house, one.heading, one.answerer) == ("Lords", "Eels", "Lady Oak")


def test_written_answers():
    (one,) = records(
        heading("hs_3MainHdg", "Written Answers")
        + heading("hs_6bDepartment", "Ferries")
        + heading("hs_8Question", "Ropes")
        + turn("Q1", MEMBER, said("To ask the Secretary of State how many ropes there are."))
        + turn("A1", ("Ada Thorn", "", "11"), said("Nine.") + "<table><tr><td>Long</td><td>4</td></tr></table>")
    )
    assert (one.extra["section"], one.department, one.answer) == ("written", "Ferries", "Nine.\nLong | 4")


def test_a_turn_without_a_name_is_procedure():
    text = question_time().replace(
        turn("X1", ("Hon. Members", "", ""), said("Hear, hear!")),
        turn("X1", ("", "", ""), said("Will it? Interruption.")),
    )
    assert pairs(records(text))[2] == ("S1", "A2")


def test_the_format_is_found_in_the_content_under_any_name(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(question_time(), encoding="utf-8")
    assert len(list(read(path))) == 7
    assert sniff(question_time()) == "hansard-page"
    assert sniff("<html><title>Boats - Hansard - UK Parliament</title>") == "hansard-page"
    assert sniff('Q: What is data-tag="hs_8Question"? A: A mark.') == "pasted"


def test_a_page_without_a_debate():
    with pytest.raises(FormatError, match="no contribution") as caught:
        records("<html><title>Search - Hansard - UK Parliament</title><body><p>None found")
    assert caught.value.hint


def test_missing_ids_and_attributes():
    text = question_time()
    for part in ("data-contribution-id=", "href=", "data-share-text="):
        text = text.replace(part, "x-" + part)
    found = records(text)
    assert len(found) == 7
    assert len({one.id for one in found}) == 7
    assert {(one.date, one.url) for one in found} == {("", "")}


def test_a_page_cut_off_anywhere_gives_records_or_a_plain_error():
    whole, counts = question_time(), []
    for cut in range(100, len(whole), 211):
        try:
            counts.append(len(records(whole[:cut], format="hansard-page")))
        except (FormatError, InputError) as error:
            assert error.hint
    assert counts == sorted(counts)
    assert counts[-1] >= 6


@pytest.mark.parametrize("body", ["<div>" * 60_000, "<p>" * 20_000, "<b><p>" * 400, "</div>" * 400, "<h2 data-tag>"])
def test_hostile_bodies_end_soon(body):
    try:
        found = records(question_time() + turn("Z1", MEMBER, body))
    except FormatError as error:
        assert error.hint
    else:
        assert len(found) == 7


@pytest.mark.shared
def test_the_real_excerpt(shared):
    """By hand: four tabled questions with one answer, then four supplementaries; "Hon. Members" cry between two."""
    found = list(read(shared("samples/hansard_website_2020-01-09_excerpt.html")))
    assert [one.asker for one in found] == ["Andy Carter", "Kate Griffiths", "Mark Logan", "Daniel Kawczynski"] * 2
    assert [one.extra.get("question_number", "") for one in found] == ["900000", "900011", "900017", "900018"] + [
        ""
    ] * 4
    assert len({one.extra["answer_id"] for one in found}) == 5
    assert [bool(one.extra.get("group")) for one in found] == [True] * 4 + [False] * 4
    assert {(one.answerer, one.date, one.house, one.department, one.heading) for one in found} == {
        ("Steve Barclay", "2020-01-09", "Commons", "Exiting the European Union", "Marking Exit Day")
    }
    assert all(one.url.endswith(f"#contribution-{one.id}") for one in found)
