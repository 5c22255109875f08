import re
import sys
import tomllib

import pytest
from conftest import ROOT, make_ask, make_exchange, make_outcome
from selectolax.lexbor import LexborHTMLParser

from qa_assess.codebook import Grade, Kind, Status, Tag
from qa_assess.errors import OutputError
from qa_assess.exchange import LOW_CONFIDENCE, Assessment, Failure, ResponseTag, Result, Span
from qa_assess.pages import environment, style_sheet
from qa_assess.pages.words import flag_words, grade_words, kind_words, likelihood, status_words, tag_words

PAGE = """{% extends "base.html" %}{% from "pair.html" import pair %}
{% block main %}{% for one in results %}{{ pair(one, name="r" ~ loop.index, level=level) }}{% endfor %}{% endblock %}"""
HOSTILE = "<script>alert(1)</script>\"'`--><img src=x onerror=alert(2)>{{ 7 * 7 }}=cmd|'/c'!A0 \u202etxet\u202c \0\x1b[31m\ud800"  # noqa: E501


def shown(*results: Result, level: int = 2, **more: str) -> LexborHTMLParser:
    return LexborHTMLParser(environment().from_string(PAGE).render(results=results, level=level, **more))


def text_of(tree: LexborHTMLParser, selector: str = "main") -> str:
    return " ".join(tree.css_first(selector).text().split())


def graded(**fields: object) -> Assessment:
    question = "Fares rose. When will it open, and will he meet me?"
    answer = "Fares fell by 2% in May. I will meet him."
    outcomes = (
        make_outcome(make_ask(question, "When will it open", Kind.TIMELINE), Status.NONE),
        make_outcome(make_ask(question, "will he meet me", Kind.MEETING), Status.FULL, answer, "I will meet him"),
    )
    given = {
        "outcomes": outcomes,
        "concern_evidence": Span("Fares fell by 2% in May", 0, 23),
        "tags": (ResponseTag(Tag.WILL_MEET, 25, 40),),
        "grade": Grade.PARTIAL,
        "grade_strict": Grade.PARTIAL,
        "probabilities": (0.1, 0.62, 0.28),
        "probabilities_strict": (0.2, 0.5, 0.3),
        "feedback": "No date was given.",
        "model": "grader 0",
    }
    return Assessment(make_exchange(question, answer, heading="Ferries"), **(given | fields))


def test_a_record_tells_all_that_is_known_of_it():
    text = text_of(shown(graded()))
    for words in (
        "Partial probably: 62%",
        "Full 28% Partial 62% Non-answer 10%",
        "Strict grade Partial perhaps: 50%",
        "timeline: wants a date, deadline or duration",
        "not answered (80%)",
        "nothing in the answer comes near it",
        "All of it: a date, deadline or duration.",
        "Will Meet: the answer offers a meeting or a visit. I will meet him",
        "Feedback to copy No date was given.",
        "Graded bygrader 0",
    ):
        assert words in text


def test_marks_carry_the_letter_of_their_ask_and_words_for_who_hears_them():
    tree = shown(graded())
    question, answer = tree.css(".text")
    assert [badge.text() for badge in question.css(".badge")] == ["A", "B"]
    assert [badge.text() for badge in answer.css(".badge")] == ["Facts", "B"]
    assert "(on ask B, meeting, answered: )" in answer.text()
    assert all(badge.attributes["aria-hidden"] == "true" for badge in tree.css(".text .badge"))
    for extra in tree.css(".text .badge, .text .unseen"):
        extra.decompose()
    assert answer.text() == "Fares fell by 2% in May. I will meet him."


def test_line_ends_of_a_text_are_kept_and_none_are_added():
    tree = shown(Assessment(make_exchange("One.\n\nTwo?", " a\n b ")))
    assert [text.text() for text in tree.css(".text")] == ["One.\n\nTwo?", " a\n b "]


def hostile() -> Assessment:
    exchange = make_exchange(
        HOSTILE,
        HOSTILE,
        **dict.fromkeys(("id", "heading", "asker", "answerer", "department", "house", "date", "source"), HOSTILE),
        url="javascript:alert(3)",
        coded={"grade": HOSTILE},
    )
    ask = make_ask(HOSTILE, "alert(1)</script>\"'`")
    fields = {"feedback": "</textarea>" + HOSTILE, "duplicate_of": HOSTILE, "reason": HOSTILE, "model": HOSTILE}
    outcome = make_outcome(ask, Status.FULL, HOSTILE, "-->")
    return Assessment(exchange, outcomes=(outcome,), flags=(HOSTILE, "duplicate"), grade=Grade.FULL, **fields)


@pytest.mark.parametrize("level", [2, 3])
def test_hostile_text_is_text(level):
    tree = shown(hostile(), Failure(HOSTILE, "read", HOSTILE, HOSTILE), level=level)
    assert not tree.css("script, img, iframe, object, base, form, a[href^='javascript']")
    for node in tree.css("body *"):
        names = set(node.attributes)
        assert not names & {"style", "src", "srcdoc"}
        assert not any(name.startswith("on") for name in names)
    texts = tree.css(".text")
    for extra in tree.css(".text .badge, .text .unseen"):
        extra.decompose()
    as_shown = re.sub("[\0\x1b\ud800]", "\ufffd", HOSTILE)
    assert [text.text() for text in texts[:2]] == [as_shown, as_shown]
    assert "{{ 7 * 7 }}" in texts[0].text()
    assert tree.css_first("textarea").text().strip() == "</textarea>" + as_shown
    assert "javascript:alert(3)" in text_of(tree)


def test_what_turns_the_direction_of_writing_stays_in_its_own_element():
    tree = shown(hostile())
    for node in tree.css("main *"):
        if "\u202e" in (node.text(deep=False) or ""):
            holder = node
            while holder.tag != "bdi" and "dir" not in holder.attributes:
                holder = holder.parent
                assert holder.tag != "article", node.html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "http:", " https://a.example", "file:///etc"]
)
def test_only_addresses_of_the_web_become_links(url):
    assert not shown(Assessment(make_exchange(url=url))).css("article a")


def test_a_link_to_the_source_tells_it_nothing():
    (link,) = shown(Assessment(make_exchange(url='https://a.example/?q="><b>'))).css("article a")
    assert link.attributes["href"] == 'https://a.example/?q="><b>'
    assert "noreferrer" in link.attributes["rel"]


def test_ids_are_there_once_and_labels_point_to_them():
    tree = shown(graded(), graded(), Failure("1", "read", "no answer"))
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    assert {node.attributes["aria-labelledby"] for node in tree.css("[aria-labelledby]")} <= set(ids)


@pytest.mark.parametrize("level", [2, 3])
def test_headings_go_down_one_level_at_a_time(level):
    tree = shown(graded(), level=level)
    assert {node.tag for node in tree.css("h1, h2, h3, h4, h5")} == {f"h{level}", f"h{level + 1}"}


def test_a_grade_that_is_not_sure_asks_for_a_reader():
    assert "Not sure: read it yourself." in text_of(shown(graded(flags=(LOW_CONFIDENCE,))))
    assert "Not sure" not in text_of(shown(graded()))


def test_a_record_without_a_grade_says_why_and_shows_no_bar():
    tree = shown(
        Assessment(make_exchange(), grade=Grade.PENDING, reason="a holding answer: the reply is still to come")
    )
    assert "Why: a holding answer: the reply is still to come." in text_of(tree)
    assert not tree.css("svg.bar")


def test_a_table_without_places_and_probabilities_is_shown_without_them():
    question, answer = "When?", "Soon."
    unknown = make_outcome(make_ask(question, "When"), Status.NONE, answer, "Soon")
    outcome = type(unknown)(unknown.ask, Status.NONE, Span("cut", 0, 0), (0.0, 0.0, 0.0))
    tags = (ResponseTag(Tag.IN_DUE_COURSE, 0, 0, 0.0),)
    tree = shown(Assessment(make_exchange(question, answer), outcomes=(outcome,), tags=tags, grade=Grade.NON_ANSWER))
    text = text_of(tree)
    assert "Outcomenot answered The" in text
    assert "%" not in text
    assert not tree.css(".text")[1].css("mark")


def test_a_failure_says_what_to_do():
    text = text_of(shown(Failure("7", "read", "the answer is missing", "fill it in")))
    assert "the answer is missing" in text
    assert "fill it in" in text
    assert "No ask was found" not in text


def test_the_style_sheet_is_held_or_linked():
    assert shown().css_first("head style").text().strip() == style_sheet().strip()
    linked = shown(style_url="/style.css")
    assert not linked.css("style")
    assert linked.css_first("link[rel=stylesheet]").attributes["href"] == "/style.css"


def test_there_are_words_for_every_word_of_the_codebook_and_for_every_flag():
    words = [*map(grade_words, Grade), *map(kind_words, Kind), *map(status_words, Status), *map(tag_words, Tag)]
    assert all(words)
    columns = tomllib.loads((ROOT / "qa_assess/writers/columns.toml").read_text(encoding="utf-8"))["records"]["columns"]
    (meaning,) = (column["meaning"] for column in columns if column["name"] == "flags")
    flags = re.findall(
        r"[a-z]+(?:-[a-z]+)+|interrupted|replaced|withdrawn|unanswered|duplicate", meaning.split(": ", 1)[1]
    )
    assert len(flags) >= 13
    assert all(flag_words(flag) != flag for flag in flags)


def test_likelihood_has_words_from_nothing_to_all():
    assert [likelihood(p) for p in (0, 0.39, 0.4, 0.55, 0.8, 0.95, 1)] == [
        *["at a guess"] * 2,
        "perhaps",
        "probably",
        "very probably",
        *["almost certainly"] * 2,
    ]


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(scheme):
    light, dark = style_sheet().split("prefers-color-scheme: dark", 1)
    colours = dict(
        re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", light if scheme == "light" else dark.split("/* The page")[0])
    )
    for n in range(9):
        assert _contrast(colours["ink"], colours[f"mark-{n}"]) >= 7
        assert _contrast(colours["badge-ink"], colours[f"line-{n}"]) >= 4.5
        assert _contrast(colours[f"line-{n}"], colours["paper"]) >= 3
        assert _contrast(colours[f"line-{n}"], colours["panel"]) >= 3
    for grade in ("full", "partial", "non-answer", "other"):
        assert _contrast(colours[f"{grade}-ink"], colours[grade]) >= 4.5
    for grade in ("full", "partial", "non-answer"):
        assert _contrast(colours[grade], colours["paper"]) >= 3
    for ground in ("paper", "panel"):
        assert min(_contrast(colours[ink], colours[ground]) for ink in ("ink", "soft", "accent")) >= 4.5
    assert _contrast(colours["ink"], colours["warn"]) >= 7
    assert _contrast(colours["edge"], colours["paper"]) >= 3


def test_a_missing_library_is_named_with_the_way_to_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(OutputError, match="jinja2") as raised:
        environment()
    assert "qa-assess[report]" in raised.value.hint
