"""Correcting on the page: what is sent is saved, or refused with what to do; two tabs are told; all of it is listed."""

import json
import re
import shlex
from html import unescape

import job_engines
import pytest
from fake_assessor import lines
from web_client import client, uploaded

from qa_assess.label_rows import problems_of
from qa_assess.labels import read_labels
from qa_assess.web import corrections as room
from qa_assess.web.correction_form import CODER_COOKIE

QUESTION = "The ferry is late. Will the Minister meet the islanders, and when will the review be published?"
ANSWER = "I shall meet the islanders.\nThe review will be published in due course. I shall meet the islanders."
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with client(tmp_path_factory.mktemp("serve")) as opened:
        opened.state.jobs._engine = job_engines.quick
        yield opened


@pytest.fixture
def page(served):
    """The page with no correction yet, in a browser that remembers nobody."""
    served.state.corrections.path.unlink(missing_ok=True)
    served.cookies.clear()
    return served


@pytest.fixture(scope="module")
def record(served) -> str:
    return f"{uploaded(served, lines(4))}/records/2"


def fields_of(text: str) -> dict[str, str | list[str]]:
    """What a browser would send of the first form of a correction on a page."""
    form = re.search(r'<div class="correct".*?<form.*?</form>', text, re.S)[0]
    found: dict[str, str | list[str]] = {"tag": []}
    for tag in re.findall(r"<input[^>]*>", form):
        told = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if told.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if told["name"] == "tag":
            found["tag"].append(told["value"])
        else:
            found[told["name"]] = told.get("value", "")
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S):
        found[name] = unescape(value).replace("\n", "\r\n")
    for name, options in re.findall(r'<select[^>]* name="([^"]+)">(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = chosen[1]
    return found


def action_of(text: str) -> str:
    return unescape(re.search(r'<div class="correct".*?<form method="post" action="([^"]*)"', text, re.S)[1])


def sent(page, text: str, act: str = "save", **changed: object):
    """The form of a page, changed here and there and sent."""
    fields = fields_of(text) | {"coder": "Ann", "act": act} | {n.replace("__", "-"): v for n, v in changed.items()}
    return page.post_form(action_of(text), **fields)


def pasted(page, question: str = QUESTION, answer: str = ANSWER) -> str:
    return page.post_form("/", question=question, answer=answer).text


def kept(page) -> list[dict]:
    return page.state.corrections.all()


def words(text: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)))


def test_a_pasted_pair_is_confirmed(page):
    answered = sent(page, pasted(page), "confirm", note="clear")
    assert answered.status_code == 303
    (row,) = kept(page)
    assert problems_of(row) == []
    assert (row["coder"], row["note"], row["grade"]) == ("Ann", "clear", row["was"]["grade"])
    assert row["question"] == QUESTION
    shown = page.get(answered.headers["location"])
    assert "Saved: the tool is right." in shown.text
    assert "Confirmed as it stood. Note: clear" in words(shown.text)
    assert "downloads and reports keep the tool’s own grades" in shown.text
    assert page.get(shown.url.path).text.count("Saved:") == 0


def test_the_form_sent_as_it_is_changes_nothing(page):
    assert sent(page, pasted(page)).status_code == 303
    (row,) = kept(page)
    assert row["was"].items() <= row.items()


def test_a_record_of_a_job_is_corrected_on_its_own_page_and_in_its_view(page, record):
    shown = page.get(f"{record}?sort=grade&q=act").text
    answered = sent(
        page, shown, ask__0__status="full", ask__0__evidence="We will consider it.", tag=["praise", "commits"]
    )
    assert answered.headers["location"] == f"{record}?q=act&sort=grade&saved=1#corrected"
    (row,) = kept(page)
    assert (row["id"], row["page"], row["grade"], row["grade_strict"]) == ("q1", record, "full", "full")
    assert row["tags"] == ["praise", "commits"]
    after = page.get(answered.headers["location"])
    assert "The correction is saved." in after.text
    assert "now Full" in after.text
    assert 'value="full" checked' in after.text
    assert page.get("/corrections").text.count(f'href="{record}"') == 1


def test_the_table_says_what_people_made_of_a_grade(page, record):
    table = record.rpartition("/")[0]
    assert not re.search("corrected: |grade confirmed", page.get(table).text)
    sent(page, page.get(record).text, ask__0__status="full", ask__0__evidence="We will consider it.")
    assert [row for row in rows_of(page.get(table).text) if "corrected: Full" in row] == [
        row for row in rows_of(page.get(table).text) if f'href="{record}"' in row
    ]
    sent(page, page.get(record).text, ask__0__status="none")
    given = kept(page)[-1]["grade"]
    assert given != "full"
    (row,) = (row for row in rows_of(page.get(table).text) if re.search("corrected: |grade confirmed", row))
    assert f'href="{record}"' in row
    assert "corrected: Full" not in row


def rows_of(text: str) -> list[str]:
    """The records of a table."""
    return re.findall(r'<tr role="row">\n<th role="rowheader".*?</tr>', text, re.S)


def test_what_was_confirmed_is_the_tools_reading_though_the_fields_say_otherwise(page, record):
    sent(page, page.get(record).text, ask__0__status="full", ask__0__evidence="We will consider it.")
    sent(page, page.get(record).text, "confirm", coder="Bo")
    first, second = kept(page)
    assert first["grade"] == "full"
    assert second["grade"] == second["was"]["grade"] != "full"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"coder": " "}, "There is no name. Write your name or initials"),
        ({"act": "enter"}, "No button was pressed."),
        ({"act": ""}, "No button was pressed."),
        ({"grade": "full"}, "Grade is full, but by the rule it is partial. Write partial, or say in the note"),
        ({"grade": "great"}, "Grade is 'great'"),
        ({"tag": ["waffle"]}, "Tag is 'waffle'"),
        ({"concern": "412 lorries"}, '"412 lorries" is not in the answer. Copy the words exactly'),
        ({"ask__0__text": " "}, "Ask 1: it has no text."),
        (
            {"ask__9__text": "islanders", "ask__9__status": "none"},
            "kind is not chosen. Choose one of: commitment",
        ),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_typed_is_lost(page, changed, said):
    text = pasted(page)
    answered = sent(page, text, **({"note": ""} | changed | {"concern": changed.get("concern", "I shall meet")}))
    assert answered.status_code == 422
    assert said in words(answered.text)
    assert "Not saved." in answered.text
    assert kept(page) == []
    again = fields_of(answered.text)
    for name, value in changed.items():
        if name not in ("act", "grade", "tag", "coder", "ask__0__text"):
            assert value in again.values(), name
    assert again["concern"] == changed.get("concern", "I shall meet")
    assert '<details class="panel edit" open>' in answered.text


def test_asks_are_added_and_removed(page):
    text = pasted(page)
    numbers = [int(n) for n in re.findall(r'name="ask-(\d+)-text"', text)]
    new = {"text": "The ferry is late", "kind": "view", "status": "none"}
    changed = {f"ask__{numbers[-1]}__{name}": value for name, value in new.items()}
    assert sent(page, text, ask__0__remove="1", **changed).status_code == 303
    (row,) = kept(page)
    assert len(row["asks"]) == len(row["was"]["asks"])
    assert row["asks"][-1] == {
        "text": "The ferry is late",
        "start": 0,
        "end": 17,
        "kind": "view",
        "status": "none",
        "evidence": "",
    }
    assert row["was"]["asks"][0] not in row["asks"]


def test_words_that_stand_twice_are_said(page):
    answered = sent(page, pasted(page), concern="I  shall\r\nmeet the islanders.", concern_start="5")
    shown = page.get(answered.headers["location"])
    assert "stands 2 times in the answer; number 2 was taken" in words(shown.text)
    (row,) = kept(page)
    assert row["concern_evidence_start"] == ANSWER.rindex("I shall")


def test_two_tabs_are_told_and_both_are_kept(page, record):
    one = two = page.get(record).text
    assert (
        sent(page, one, ask__0__status="full", ask__0__evidence="We will consider it.", note="first").status_code == 303
    )
    answered = sent(page, two, coder="Bo", ask__0__kind="view")
    assert answered.status_code == 409
    told = words(answered.text)
    assert "Not saved yet: Ann corrected this record in the meantime. Yours would change of that:" in told
    assert "grade: Full, now" in told
    assert "Note: first" in told
    assert [row["coder"] for row in kept(page)] == ["Ann"]
    assert fields_of(answered.text)["ask-0-kind"] == "view"
    assert sent(page, answered.text, coder="Bo").status_code == 303
    assert [row["coder"] for row in kept(page)] == ["Ann", "Bo"]
    assert [labels.coder for labels in read_labels(page.state.corrections.path)] == ["Bo"]


def test_a_form_that_was_sent_twice_is_saved_once(page, record):
    text = page.get(record).text
    assert sent(page, text, note="once").status_code == 303
    assert sent(page, text, note="once").status_code == 303
    assert len(kept(page)) == 1


def test_of_one_coder_the_last_holds_and_the_page_says_so(page, record):
    for status in ("none", "full"):
        sent(page, page.get(record).text, ask__0__status=status, ask__0__evidence="We will consider it.")
    text = page.get(record).text
    assert text.count("Changed by the same coder later.") == 1
    assert text.index("Changed by the same coder later.") < text.rindex("now Full")


def test_the_coder_is_remembered_by_a_cookie_for_this_page_alone(page):
    answered = sent(page, pasted(page), coder=" Zoë  O’Neil; x=1 ")
    cookie = answered.headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    assert fields_of(pasted(page, "Will he act?", "Yes."))["coder"] == "Zoë O’Neil; x=1"
    page.cookies.clear()
    page.cookies.set(CODER_COOKIE, "x" * 3_000)
    assert len(fields_of(pasted(page))["coder"]) == 100


def test_hostile_text_is_text(page):
    coder, note = f"{SCRIPT}A", f'"><img src=x onerror=alert(1)>{SCRIPT}'
    answered = sent(page, pasted(page, f"{SCRIPT} Will he act, نعم?", f"Yes\0 {SCRIPT}."), coder=coder, note=note)
    assert answered.status_code == 303, words(answered.text)
    (row,) = kept(page)
    assert (row["coder"], row["note"]) == (coder, note)
    assert "\0" in row["answer"]
    for address in (answered.headers["location"], "/corrections", f"/corrections?coder={SCRIPT}"):
        text = page.get(address).text
        assert SCRIPT not in text
        assert "onerror=alert(1)>" not in unescape(text).replace(note, "")
        assert "&lt;script&gt;alert(1)&lt;/script&gt;A" in text


def test_the_record_that_a_form_brings_is_checked(page):
    fields = fields_of(pasted(page)) | {"coder": "Ann", "act": "save"}
    for carried in ("", "[]", "{", '{"id": 1}', '{"id": "1", "question": "q", "answer": null}', "[" * 100_000):
        answered = page.post_form("/corrections/records", **(fields | {"record": carried}))
        assert answered.status_code == 422
        assert "did not bring its record" in answered.text
    empty = json.dumps({"id": "1", "question": " ", "answer": "a"})
    assert "cannot be graded" in page.post_form("/corrections/records", **(fields | {"record": empty})).text
    assert kept(page) == []


def test_a_form_without_the_token_is_refused(page, record):
    text = page.get(record).text
    assert sent(page, text, token="guess").status_code == 403
    assert page.post(record, data=fields_of(text), headers={"origin": "http://evil.example"}).status_code == 403
    assert kept(page) == []


def test_the_list_is_paged_by_coder_and_downloaded(page, record):
    assert "Nothing has been corrected yet" in page.get("/corrections").text
    assert page.get("/corrections/file").status_code == 404
    sent(page, page.get(record).text)
    sent(page, page.get(record).text, coder="Bo & Co", ask__0__kind="view")
    listed = words(page.get("/corrections").text)
    assert "2 corrections" in listed
    assert listed.index("Bo & Co") < listed.index("confirmed")
    assert "1 correction by Bo & Co" in words(page.get("/corrections?coder=Bo+%26+Co").text)
    nobody = page.get("/corrections?coder=Cy").text
    assert "No correction by Cy" in words(nobody)
    assert '<option value="Cy" selected>Cy</option>' in nobody
    second = page.get("/corrections?per_page=1&page=2").text
    assert "confirmed" in second
    assert 'href="/corrections?per_page=1"' in second
    file = page.get("/corrections/file")
    assert file.content == page.state.corrections.path.read_bytes()
    assert "corrections.jsonl" in file.headers["content-disposition"]


def test_lines_that_others_wrote_are_shown_or_counted_and_lead_nowhere_else(page):
    sent(page, pasted(page))
    by_hand = {"id": "h", "question": "Why?", "answer": "No.", "asks": [], "tags": [], "grade": "no-ask", "coder": "Di"}
    extra = [
        by_hand,
        by_hand
        | {"id": "i", "page": "javascript:alert(1)", "corrected_at": "last May", "was": 7, "flags": 3, "kind": 5},
    ]
    with page.state.corrections.path.open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in extra)
        file.writelines(json.dumps(by_hand | {"coder": coder}) + "\n" for coder in (["Ann"], {"name": "Di"}, 7))
        file.write("broken\n")
    text = page.get("/corrections").text
    assert "javascript" not in text
    assert "last May" in text
    assert "4 lines of the file cannot be read." in text
    for address in set(re.findall(r'href="(/corrections/records/\w+)"', text)):
        assert page.get(address).status_code == 200
    assert page.get("/corrections/records/0123").status_code == 404


def test_commands_to_copy_hold_the_path_as_a_shell_reads_it(tmp_path):
    with client(tmp_path / "my serve; rm x") as page:
        row = {"id": "h", "question": "Why?", "answer": "No.", "asks": [], "tags": [], "grade": "no-ask", "coder": "Di"}
        page.state.corrections.add(row)
        commands = re.findall(r"<code>(qa-assess (?:agreement|train) [^<]*)</code>", page.get("/corrections").text)
        path = str(page.state.corrections.path)
    assert [path in shlex.split(unescape(command)) for command in commands] == [True, True]


def test_a_full_disk_is_said(page, monkeypatch):
    text = pasted(page)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    answered = sent(page, text)
    assert answered.status_code == 500
    assert "No space left on device" in answered.text
    monkeypatch.undo()
    assert kept(page) == []


# The endpoints for programs

PAIR = {"question": "When will the pier open?", "answer": "It will open in May."}
ASK = {"text": "When will the pier open", "kind": "timeline", "status": "full", "evidence": "in May"}


def test_a_program_corrects_and_reads(page):
    given = {"record": PAIR, "coder": "Bot", "asks": [ASK], "tags": ["commits"], "note": "n"}
    answered = page.post_json("/api/corrections", given)
    assert answered.status_code == 201, answered.text
    line = answered.json()["line"]
    assert (line["id"], line["grade"], line["tags"], line["coder"]) == ("given", "full", ["commits"], "Bot")
    (found,) = page.get("/api/corrections?coder=Bot").json()["corrections"]
    assert found == answered.json()
    assert page.get("/api/corrections?coder=Nobody").json() == {"total": 0, "page": 1, "pages": 1, "corrections": []}
    assert page.get(f"/corrections/records/{found['key']}").status_code == 200


def test_a_program_confirms_a_record_of_a_job(page, record):
    job, number = record.split("/")[2], int(record.split("/")[4])
    answered = page.post_json(
        "/api/corrections", {"record": {"job": job, "number": number}, "coder": "Bot", "confirm": True}
    )
    assert answered.status_code == 201
    assert answered.json()["changes"] == []
    assert kept(page)[0]["page"] == record


@pytest.mark.parametrize(
    ("changed", "status", "what"),
    [
        ({"asks": [ASK | {"evidence": "in June"}]}, 422, 'Evidence of ask 1: "in June" is not in the answer.'),
        ({"grade": "partial"}, 422, "Grade is partial, but by the rule it is full."),
        ({"coder": "  "}, 422, "There is no name."),
        ({"asks": [ASK | {"kind": "wish"}]}, 422, "kind"),
        ({"record": {"job": "0" * 12, "number": 1}}, 404, "There is no such job."),
        ({"record": {"question": "?" * 300_000, "answer": "a"}}, 422, "cannot be graded"),
        ({"sure": 3}, 422, "sure: extra inputs are not permitted"),
    ],
)
def test_a_program_is_told_what_is_wrong(page, changed, status, what):
    answered = page.post_json("/api/corrections", {"record": PAIR, "coder": "Bot", "asks": [ASK]} | changed)
    assert answered.status_code == status
    assert what in answered.json()["what"]
    assert answered.json()["todo"]
    assert kept(page) == []


def test_a_program_is_told_of_other_corrections(page):
    given = {"record": PAIR, "coder": "Bot", "asks": [ASK], "seen": 0}
    assert page.post_json("/api/corrections", given).status_code == 201
    assert page.post_json("/api/corrections", given | {"coder": "Bo"}).status_code == 409
    assert page.post_json("/api/corrections", given | {"coder": "Bo", "seen": 1}).status_code == 201


def test_what_is_remembered_of_saved_corrections_is_bounded(page, monkeypatch):
    monkeypatch.setattr(room, "_NOTICES", 2)
    page.state.notices.clear()
    for n in range(4):
        page.post_json("/api/corrections", {"record": PAIR | {"id": str(n)}, "coder": "Bot", "confirm": True})
    assert len(page.state.notices) == 2
