"""Paste and read, in this process: what is pasted, how it is read, and what is said where it cannot be."""

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_client import client, fast_models

from qa_assess.settings import Settings
from qa_assess.web.app import create_app
from qa_assess.web.state import WebSettings

COPIED = Path(__file__).parent / "formats" / "seeds" / "hansard-text" / "1.txt"
HANSARD = Path(__file__).parent / "formats" / "seeds" / "hansard-page" / "1.txt"
QUESTION = "The ferry was cancelled on forty days. When will the new ferry sail?"
PAGE = "Ferries, 4 May 2027\n" + "\n".join(f"Q: When will ferry {n} sail?\nA: In May." for n in range(1, 31))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with client(tmp_path_factory.mktemp("serve"), most_shown=3) as opened:
        yield opened


def said(answered) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answered.text)).split())


def test_a_pair_is_shown_with_all_that_is_known_of_it(page):
    answered = page.post_form("/", question=QUESTION, answer="It will sail on 4 May 2027.")
    text = said(answered)
    assert answered.status_code == 200
    assert re.search(r"<title>Full – qa-assess</title>", answered.text)
    for part in ("Grade Full", "Strict grade Full", "What was asked, and what became of it", "Feedback to copy"):
        assert part in text
    assert answered.text.count("<article") == 1


def test_what_was_typed_stands_in_the_form_again(page):
    answered = page.post_form("/", question=QUESTION, answer="It will sail\r\non 4 May 2027.")
    assert re.search(r'<textarea id="answer"[^>]*>\nIt will sail\non 4 May 2027.</textarea>', answered.text)


def test_a_whole_text_gives_one_article_a_record_and_says_that_there_are_more(page):
    answered = page.post_form("/", text=PAGE)
    assert answered.text.count("<article") == 3
    assert "The text holds more: these are its first 3 records." in said(answered)
    assert "When will ferry 3 sail?" in said(answered)


def test_a_text_with_no_more_records_than_are_shown_holds_no_more(page):
    answered = page.post_form("/", text="\n".join(PAGE.splitlines()[:7]))
    assert answered.text.count("<article") == 3
    assert "The text holds more" not in said(answered)


def test_a_hansard_page_is_read_as_one(page):
    html = HANSARD.read_text(encoding="utf-8")
    answered = page.post_form("/", text=html)
    assert answered.status_code == 200
    assert answered.text.count("<article") >= 1


def test_the_copied_text_of_a_page_is_read_with_its_speakers(page):
    answered = page.post_form("/", text=COPIED.read_text(encoding="utf-8"))
    assert answered.status_code == 200
    assert answered.text.count("<article") == 3
    assert "What steps she is taking on winter sailings." in said(answered)
    assert "Share this specific contribution" not in answered.text.partition("<textarea")[0]


def test_the_form_says_that_copied_text_will_do(page):
    assert "as you select and copy it, with the speakers’ names" in said(page.get("/"))


def test_a_text_that_names_no_speakers_is_told_what_is_missing(page):
    answered = page.post_form("/", text="The quick brown fox.")
    assert "copy the page with the lines that name the speakers" in said(answered).casefold()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, "There is no question."),
        ({"answer": "Yes."}, "There is no question."),
        ({"question": QUESTION}, "There is no answer."),
        ({"question": QUESTION, "answer": " \r\n "}, "There is no answer."),
        ({"text": "The quick brown fox."}, "Cannot tell the format of the pasted text"),
        ({"text": "question,answer"}, "No question with its answer was found in the text."),
    ],
)
def test_what_cannot_be_graded_is_said_at_its_field(page, typed, wrong):
    answered = page.post_form("/", **typed)
    assert answered.status_code == 422
    field = next(name for name in ("text", "answer", "question") if f'id="{name}-wrong"' in answered.text)
    at_field = re.search(rf'id="{field}-wrong">(.*?)</p>', answered.text, re.S)[1]
    assert wrong in unescape(re.sub(r"<[^>]+>", "", at_field))
    assert re.search(rf'<textarea id="{field}"[^>]*aria-invalid="true"', answered.text)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "{{ 7 * 7 }}",
        "</textarea><b>",
        "\"'><img src=x onerror=alert(1)>",
    ],
)
def test_hostile_text_is_text(page, hostile):
    answered = page.post_form("/", question=f"Will she act? {hostile}", answer=f"Yes. {hostile}")
    assert answered.status_code == 200
    assert "<script>alert" not in answered.text
    assert "<img" not in answered.text
    assert unescape(answered.text).count(hostile) >= 2


def test_control_characters_and_broken_pairs_stop_nobody(page):
    answered = page.post_form("/", question="Will she\0 act\x1b[31m?", answer="Yes \x85 نعم.")
    assert answered.status_code == 200
    assert "\0" not in answered.text
    assert "\x1b" not in answered.text


def test_two_megabytes_are_refused_by_the_record_and_shown_as_text(page):
    answered = page.post_form("/", question="Why? " * 400_000, answer="Because.")
    assert answered.status_code == 200
    assert "the longest that is graded has 200,000" in said(answered)


def test_the_same_pair_has_the_same_name_and_another_pair_another(page):
    names = [
        re.search(r"pasted [0-9a-f]{8}", said(page.post_form("/", question=q, answer="Yes.")))[0]
        for q in ("Will he act?", "Will he act?", "Will she act?")
    ]
    assert names[0] == names[1] != names[2]


def test_nothing_that_was_pasted_is_kept(page):
    page.post_form("/", question="Will the zyzzyva sail?", answer="Yes.")
    for path in page.state.settings.folder.rglob("*"):
        assert path.is_dir() or b"zyzzyva" not in path.read_bytes()


@pytest.mark.parametrize(("grader", "known"), [(None, True), (Path("my-grader"), False)])
def test_how_often_the_grader_is_right_is_said_of_the_shipped_one_alone(tmp_path, grader, known):
    app = create_app(WebSettings(tmp_path, Settings(grader=grader)), fast_models())
    text = TestClient(app, base_url="http://127.0.0.1:8765").get("/").text
    assert ("grades in three" in text) is known
    assert ("It is not known here how often" in text) is not known
