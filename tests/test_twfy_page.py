"""Pages of TheyWorkForYou; the look-alikes are invented, built as the site builds its pages."""

import io

import pytest

from qa_assess.errors import FormatError, InputError
from qa_assess.exchange import Exchange
from qa_assess.readers import read, sniff, whole_page


def speech(anchor: str, name: str, position: str, body: str, after: str = "", person: str = "") -> str:
    person = person or str(sum(map(ord, name)))
    speaker = f"""<h2 class="debate-speech__speaker"><a href="/mp/?p={person}">
        <img src="/people-images/mps/1.jpg" alt="Photo of {name}">
        <strong class="debate-speech__speaker__name">{name}</strong>
        <small class="debate-speech__speaker__position">{position}</small></a></h2>"""
    return f"""<div class="debate-speech" id="g{anchor}"><div class="full-page__row"><a name="g{anchor}"></a>
        {speaker if name else ""}<div class="debate-speech__content">{body}</div>{after}
        <ul class="debate-speech__meta"><li class="link-to-hansard">
        <span> (Citation: HC Deb, 3 May 2011, c12)</span></li></ul></div></div>"""


def page(lead: str, speeches: str, heading: str = "Harbour Dues", address: str = "debates/?id=2011-05-03b.12.0") -> str:
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
        <title>{heading}: 3 May 2011 - TheyWorkForYou</title>
        <meta property="og:site_name" content="TheyWorkForYou">
        <meta property="og:url" content="https://www.theyworkforyou.com/{address}&amp;amp;s=dues">
        <script>if (a<b) document.write('<div class="debate-speech">');</script></head>
        <body><header><h1 class="site-header__logo"><a href="/">TheyWorkForYou</a></h1></header>
        <div class="debate-header"><h1>{heading}</h1><p class="lead">{lead} on <a href="/debates/?d=2011-05-03">
        3 May 2011</a>.</p></div><div class="full-page">{speeches}</div></body></html>"""


def records(text: str | bytes, **options) -> list[Exchange]:
    data = text.encode() if isinstance(text, str) else text
    return list(read(io.BytesIO(data), **options))


ORAL = "Oral Answers to Questions &#8212; Ports &ndash; in the House of Commons at 2:30 pm"
WRITTEN = "Ports Office written question &ndash; answered at "
VOTES = """<div class="debate-speech__question-answered"><p><a class="button" href="/vote/?v=1">Yes</a>
    <span class="question-answered-result__vote-text">1 person thinks so</span></p><p><a href="/vote/?v=0">No</a>
    <span class="question-answered-result__vote-text">1,204 people think not</span></p></div>"""


def question_time() -> str:
    return page(
        ORAL,
        speech(
            "12.1", "Edda Quill", "Labour, Mossford", '<p qnum="5501">1. What steps he is taking on harbour dues.</p>'
        )
        + speech(
            "12.2", "Bram Oldcastle", "The Minister for Ports", "<p>We froze <i>all</i> dues.</p><p>For a year.</p>"
        )
        + speech("12.3", "Edda Quill", "Labour, Mossford", "<p>Will he freeze them again?</p>")
        + speech("12.4", "Ivo Starling", "Speaker of the House of Commons, Chair, Art Committee", "<p>Order.</p>")
        + speech("13.0", "Bram Oldcastle", "The Minister for Ports", "<p>No.</p>"),
    )


def test_question_time():
    first, second = records(question_time())
    assert (first.question, first.answer) == (
        "What steps he is taking on harbour dues.",
        "We froze all dues.\nFor a year.",
    )
    assert (second.question, second.answer) == ("Will he freeze them again?", "No.")
    assert [one.extra["turn"] for one in (first, second)] == ["tabled", "supplementary"]
    assert (first.id, first.extra["answer_id"]) == ("debate/2011-05-03b.12.1", "debate/2011-05-03b.12.2")
    assert first.url == "https://www.theyworkforyou.com/debates/?id=2011-05-03b.12.1"
    assert first.extra["question_number"] == "5501"
    for one in (first, second):
        assert (one.date, one.house, one.department, one.heading, one.asker, one.answerer, one.extra["section"]) == (
            ("2011-05-03", "Commons", "Ports", "Harbour Dues", "Edda Quill", "Bram Oldcastle", "oral")
        )  # fmt: skip


def written(*speeches: str, **options: str) -> str:
    options = {"address": "wrans/?id=2011-05-01b.771.h"} | options
    return page(WRITTEN, "".join(speeches), **options)


def test_a_written_answer_with_the_votes_of_readers():
    (one,) = records(
        written(
            speech("771.q0", "Edda Quill", "Labour, Mossford", '<p qnum="771">To ask what the dues are.</p>'),
            speech(
                "771.r0", "Bram Oldcastle", "Minister of State",
                "<p>Thus:</p><table><tr><th>Port</th><th>£</th></tr><tr><td>Mossford</td><td>12</td></tr></table>",
                VOTES,
            ),
        )
    )  # fmt: skip
    assert one.answer == "Thus:\nPort | £\nMossford | 12"
    assert (one.extra["votes_yes"], one.extra["votes_no"]) == ("1", "1204")
    assert (one.department, one.house, one.extra["section"], one.extra["question_number"]) == (
        ("Ports Office", "Commons", "written", "771")
    )  # fmt: skip
    assert one.id == "wrans/2011-05-01b.771.q0"
    assert one.date == "2011-05-03"


def test_a_link_that_the_site_put_into_the_number_of_a_question():
    number = '<a rel="nofollow" href="https://en.wikipedia.org/wiki/HL7">HL7</a>'
    asked = speech("HL7.q0", "Lord Fenner", "Crossbench", f'<p qnum="{number}">To ask the Government why.</p>')
    (one,) = records(
        written(asked.replace("HC Deb", "HL Deb"), speech("HL7.r0", "Lady Oak", "Minister of State", "<p>Tides.</p>"))
    )
    assert (one.question, one.extra["question_number"], one.house) == ("To ask the Government why.", "HL7", "Lords")


def test_questions_answered_together_and_the_next_one():
    asked = [speech(f"9.q{n}", "Edda Quill", "Labour", f"<p>To ask about dues, part {n}.</p>") for n in (0, 1)]
    found = records(
        written(
            *asked,
            speech("9.r0", "Bram Oldcastle", "Minister of State", "<p>See the tide table.</p>"),
            speech("10.q0", "Una Marsh", "Green", "<p>To ask about eels.</p>"),
            speech("10.r0", "Bram Oldcastle", "Minister of State", "<p>There are eels.</p>"),
        )
    )
    assert [(one.id[-4:], one.answer) for one in found] == [
        ("9.q0", "See the tide table."), ("9.q1", "See the tide table."), ("0.q0", "There are eels."),
    ]  # fmt: skip
    assert [one.extra.get("group", "") for one in found] == ["wrans/2011-05-01b.9.q0"] * 2 + [""]


@pytest.mark.parametrize(
    "note",
    ['<p class="holdinganswer">[holding answer 9 April 2011]:</p><p>', "<p>holding answer issued 9 April 2011 "],
)
def test_a_holding_answer_is_kept_beside_the_text(note):
    asked = speech("9.q0", "Edda Quill", "Labour", "<p>To ask about dues.</p>")
    (one,) = records(written(asked, speech("9.r0", "Bram Oldcastle", "", note + "None.</p>")))
    assert one.answer == "None."
    assert one.extra["holding_answer"].endswith("9 April 2011")


@pytest.mark.parametrize(
    "body",
    [
        '<div class="qna-result-correction-rubric"><p>Corrected on 8 May.</p></div><p>Six.</p>',
        "<p>Six. <big>[This section has been corrected on 8 May, column 1MC &mdash; read correction]</big></p>",
    ],
)
def test_a_correction_is_kept_beside_the_text(body):
    asked = speech("9.q0", "Edda Quill", "Labour", "<p>To ask about dues.</p>")
    (one,) = records(written(asked, speech("9.r0", "Bram Oldcastle", "", body)))
    assert one.answer == "Six."
    assert "orrected on 8 May" in one.extra["correction"]


def test_a_written_question_without_its_answer():
    (one,) = records(written(speech("9.q0", "Edda Quill", "Labour", "<p>To ask about dues.</p>")))
    assert (one.question, one.answer, one.answerer) == ("To ask about dues.", "", "")


def test_an_old_page_shows_no_office():
    lead = "Oral Answers to Questions &#8212; Ports. &ndash; in the House of Commons at "
    number = '<span class="question_no">23.</span>'
    found = records(
        page(
            lead,
            speech("1.1", "Mr Otto Quill", ", Mossford", number + "<p>asked the Minister whether eels are taxed?</p>")
            + speech("1.2", "Sir Bram Oldcastle", ", Alder", "<p>No, Sir.</p>")
            + speech("1.3", "", "", "<p>Are herring?</p>")
            + speech("1.4", "Sir Bram Oldcastle", ", Alder", "<p>They are.</p>"),
        )
    )
    assert [(one.asker, one.question, one.answer) for one in found] == [
        ("Mr Otto Quill", "asked the Minister whether eels are taxed?", "No, Sir."),
        ("", "Are herring?", "They are."),
    ]
    assert found[0].extra["question_number"] == "23"
    assert found[0].department == "Ports"


@pytest.mark.parametrize(
    "position",
    [
        "PPS (Rt Hon Bram Oldcastle, Secretary of State), Ports Office",
        "Liberal Democrat Spokesperson (Attorney General)",
    ],
)
def test_who_only_helps_a_minister_asks(position):
    text = question_time().replace("<p>No.</p>", "<p>No, for now.</p>")
    text = text.replace('position">Labour, Mossford', f'position">{position}')
    assert [one.asker for one in records(text)] == ["Edda Quill", "Edda Quill"]


@pytest.mark.parametrize(
    ("place", "house"),
    [
        ("in the House of Lords", "Lords"),
        ("in Westminster Hall", "Commons"),
        ("in the Scottish Parliament", "Scottish Parliament"),
        ("in the Northern Ireland Assembly", "Northern Ireland Assembly"),
        ("in the Senedd", "Senedd"),
    ],
)
def test_the_houses(place, house):
    text = question_time().replace("in the House of Commons", place)
    assert {(one.house, one.department) for one in records(text)} == {(house, "Ports")}


def test_a_question_of_the_lords_by_its_heading():
    text = (
        question_time()
        .replace("Oral Answers to Questions &#8212; Ports ", "")
        .replace("<h1>Harbour Dues", "<h1>Harbour Dues &#8212; Question")
    )
    assert {(one.heading, one.department, one.extra["section"]) for one in records(text)} == {
        ("Harbour Dues", "", "oral")
    }


def test_a_debate_gives_no_record():
    talk = "".join(
        speech(f"1.{n}", f"Member {'ABCDE'[n]}", "Labour", "<p>I beg to differ at some length on eels.</p>")
        for n in range(5)
    )
    assert records(page("Orders of the Day &ndash; in the House of Commons at ", talk)) == []


def test_the_format_is_found_in_the_content_under_any_name(tmp_path):
    path = tmp_path / "page.csv"
    path.write_text(question_time(), encoding="utf-8")
    assert len(list(read(path))) == 2
    assert sniff(question_time()) == "twfy-page"
    assert sniff(speech("1.1", "Edda Quill", "Labour", "<p>Why?</p>")) == "twfy-page"


def test_a_text_that_mentions_the_site_is_no_page():
    assert sniff('Q: Why "debate-speech"? A: <p>As TheyWorkForYou</p>') == "pasted"


@pytest.mark.parametrize("codec", ["utf-8-sig", "cp1252", "utf-16"])
def test_encodings(codec):
    text = question_time().replace("For a year.", "For the Île’s £5.")
    assert records(text.encode(codec))[0].answer.endswith("For the Île’s £5.")


def test_a_page_cut_off_anywhere_gives_records_or_a_plain_error():
    whole = question_time()
    counts = set()
    for cut in range(200, len(whole), 97):
        try:
            counts.add(len(records(whole[:cut], format="twfy-page")))
        except (FormatError, InputError) as error:
            assert error.hint
    assert counts >= {0, 2} or counts >= {1, 2}


def test_missing_ids_and_heads():
    text = question_time()
    for part in ("meta property", 'id="g', 'class="lead"', "<h1>", "href="):
        text = text.replace(part, "x-" + part)
    found = records(text)
    assert [one.answer for one in found] == ["We froze all dues.\nFor a year.", "No."]
    assert len({one.id for one in found}) == 2
    assert {one.url for one in found} == {""}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (page(ORAL, ""), "shows no speech"),
        (page(ORAL, speech("1.1", "A", "B", "", '<p class="speech-link-in-context">')), "without its debate"),
        (page(ORAL, "<div>" * 3_000), "nested deeper"),
        (page(ORAL, f"<div {' '.join(f'a{n}=1' for n in range(50_000))}>"), "more than 200 attributes"),
        (page(ORAL, "<br>" * 5_000), "more than 4,000 tags"),
        (page(ORAL, "x" * 2_000_000), "larger than 2 MB"),
    ],
    ids=["empty", "alone", "deep", "attributes", "tags", "large"],
)  # fmt: skip
def test_what_is_no_page_of_a_debate(text, message, monkeypatch):
    monkeypatch.setattr(whole_page, "LARGEST", 2_000_000)
    monkeypatch.setattr(whole_page, "MOST_TAGS", 4_000)
    with pytest.raises(FormatError, match=message) as caught:
        records(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    "body",
    [
        "<b class=x>" * 900 + "</div>",
        "".join(f"<font size={n}>" for n in range(900)) + "<p>x" * 5_000,
        "<table>" * 300 + "<tr><td>x" * 1_000,
        "<script>" * 50_000,
        "<svg " * 50_000,
        "<" * 100_000,
        '<p qnum="<a href="' * 20_000,
        "\0\x1a&#0;&#xD800;",
    ],
)
def test_hostile_bodies_end_soon(body):
    text = page(ORAL, speech("1.1", "Edda Quill", "Labour", body) + speech("1.2", "Bo", "The Minister", "<p>No.</p>"))
    try:
        found = records(text)
    except FormatError as error:
        assert error.hint
    else:
        assert len(found) <= 1


def test_speeches_within_speeches_are_read_once():
    nested = '<div class="debate-speech"><div class="debate-speech__content">' * 300 + "<p>Why?</p>"
    assert records(page(ORAL, nested)) == []


def test_an_empty_turn_is_stepped_over():
    (one,) = records(question_time().replace("<p>Will he freeze them again?</p>", ""))
    assert one.answer == "We froze all dues.\nFor a year.\nNo."
    assert one.extra["joined"] == "yes"


@pytest.mark.shared
def test_the_real_debate(shared):
    """By hand: eight speeches, the minister's at 187.2, 189.0, 190.1 and 191.1, each after another member's."""
    found = list(read(shared("samples/twfy_debate_page_2020-09-02.html")))
    assert [one.id for one in found] == [f"debate/2020-09-02b.{part}" for part in ("187.1", "188.0", "190.0", "191.0")]
    assert [one.asker for one in found] == ["Lisa Nandy", "Lisa Nandy", "Thomas Tugendhat", "Alyn Smith"]
    assert {(one.answerer, one.date, one.house, one.extra["section"]) for one in found} == {
        ("Dominic Raab", "2020-09-02", "Commons", "urgent question")
    }


@pytest.mark.shared
def test_the_real_written_answer(shared):
    """By hand: one question, one answer, 5 readers for and 282 against."""
    (one,) = read(shared("samples/twfy_written_answer_page_with_votes.html"))
    assert (one.id, one.date, one.house) == ("wrans/2019-10-14.HL1.q0", "2019-10-21", "Lords")
    assert one.department == "Foreign and Commonwealth Office"
    assert one.question.startswith("To ask Her Majesty's Government") and one.answer.endswith("15th October.")
    assert (one.extra["votes_yes"], one.extra["votes_no"], one.extra["question_number"]) == ("5", "282", "HL1")
