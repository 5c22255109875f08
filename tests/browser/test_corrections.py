"""Corrections, in a browser: a grade and a span, by keyboard alone, without a script, in two tabs, after a kill."""

import json
import re
import signal

import pytest

from browser.steps import PATIENCE, QUESTION, graded, press_until, upload, wait_until

ANSWER = (
    "\N{FERRY} I should be happy to meet the islanders. The ferry ran 412 times last year. "
    "The review will be published in due course. I should be happy to meet the islanders."
)
UPLOAD = "id,question,answer\nq1,When will the pier open?,It will open in May.\nq2,Will he act?,We will consider it.\n"


@pytest.fixture
def fresh(server):
    """The page for all tests, with no correction yet."""
    (server.folder / "corrections.jsonl").unlink(missing_ok=True)
    return server


def paste(tab, server):
    tab.goto(server.url)
    graded(tab, QUESTION, ANSWER)
    return begin(tab)


def begin(tab, coder: str = "Ann"):
    """The form of the page, open and with a name."""
    form = tab.get_by_role("group", name="Is this right?")
    form.get_by_label("Your name or initials").fill(coder)
    form.get_by_text("Correct something").click()
    return form


def upload_record(tab, server, text: str = UPLOAD) -> str:
    """The address of a record of an upload."""
    upload(tab, server.url, {"name": "a.csv", "mimeType": "text/csv", "buffer": text.encode()})
    tab.wait_for_url(re.compile(r"/records$"), timeout=PATIENCE * 1000)
    tab.get_by_role("link", name="q2", exact=True).click()
    return tab.url


def ask(form, number: int):
    return form.get_by_role("group", name=re.compile(rf"^Ask {number}\b"))


def kept(server) -> list[dict]:
    return [json.loads(line) for line in (server.folder / "corrections.jsonl").read_bytes().splitlines()]


def select(tab, text: str, of: int, nth: int = 0, among: str = ".pair") -> None:
    """Select words of a text of the record by the mouse's own means: from the first letter to the last."""
    tab.evaluate(
        """([words, of, nth, among]) => {
            const box = document.querySelectorAll(`${among} .text`)[of];
            const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
            const nodes = [];
            const ours = () => walker.currentNode.parentElement.closest(".badge, .unseen");
            while (walker.nextNode()) if (!ours()) nodes.push(walker.currentNode);
            const whole = nodes.map((node) => node.data).join("");
            let start = -1;
            for (let n = 0; n <= nth; n++) start = whole.indexOf(words, start + 1);
            const at = (place) => {
                let before = 0;
                for (const node of nodes) {
                    if (place <= before + node.data.length) return [node, place - before];
                    before += node.data.length;
                }
            };
            getSelection().setBaseAndExtent(...at(start), ...at(start + words.length));
        }""",
        [text, of, nth, among],
    )


def test_a_grade_and_a_span_are_corrected_saved_and_shown(tab, fresh, violations):
    form = paste(tab, fresh)
    assert not violations(tab)
    when = ask(form, 1)
    select(tab, "published in due course", of=1, among=".at-hand")
    when.get_by_role("button", name=re.compile("for: Words of the answer")).click()
    assert when.get_by_label("Words of the answer that show it").input_value() == "published in due course"
    when.get_by_label("answered in part").check()
    form.get_by_role("group", name="Grade", exact=True).get_by_label("Full", exact=True).check()
    form.get_by_role("checkbox", name=re.compile("^Praise")).check()
    form.get_by_role("button", name="Save the correction").click()

    wrong = tab.get_by_role("alert")
    assert "Grade is full, but by the rule it is partial." in wrong.inner_text()
    wait_until(tab, "document.activeElement.getAttribute('role') === 'alert'")
    assert not violations(tab)
    form.get_by_label("Note").fill("The date is a side remark.")
    form.get_by_role("button", name="Save the correction").click()

    done = tab.locator("#corrected")
    done.wait_for()
    assert "The correction is saved." in done.inner_text()
    wait_until(tab, "document.activeElement.id === 'corrected'")
    (row,) = kept(fresh)
    assert (row["grade"], row["why"], row["coder"]) == ("full", "The date is a side remark.", "Ann")
    assert row["asks"][0]["evidence_start"] == ANSWER.index("published")
    assert "praise" in row["tags"]
    card = tab.get_by_role("group", name=re.compile("^Ann"))
    assert "tag added: Praise" in card.inner_text()
    assert not violations(tab)

    tab.get_by_role("link", name="the list of corrections").click()
    assert "1 correction" in tab.get_by_role("main").inner_text()
    assert not violations(tab)
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download the file").click()
    assert json.loads(download.value.path().read_text(encoding="utf-8")) == row
    tab.get_by_role("link", name=re.compile("^pasted")).click()
    assert begin(tab).get_by_label("Note").input_value() == ""


def test_of_words_that_stand_twice_the_selected_ones_are_taken(tab, fresh):
    form = paste(tab, fresh)
    select(tab, "happy to meet the islanders", of=1, nth=1)
    ask(form, 2).get_by_role("button", name=re.compile("for: Words of the answer")).click()
    form.get_by_role("button", name="Save the correction").click()
    tab.locator("#corrected").wait_for()
    (row,) = kept(fresh)
    assert row["asks"][1]["evidence_start"] == ANSWER.rindex("happy")
    assert "times" not in tab.locator("#corrected").inner_text()


def test_line_ends_of_two_characters_are_counted_as_the_text_has_them(tab, fresh):
    answer = "Well." + "\r\n" * 16 + "I shall act. I shall act."
    text = f'id,question,answer\r\nq2,Will he act?,"{answer}"\r\n'
    upload_record(tab, fresh, text)
    form = begin(tab)
    select(tab, "I shall act", of=1, nth=1)
    ask(form, 1).get_by_role("button", name=re.compile("for: Words of the answer")).click()
    form.get_by_role("button", name="Save the correction").click()
    tab.locator("#corrected").wait_for()
    (row,) = kept(fresh)
    assert "\r\n" in row["answer"]
    assert row["asks"][0]["evidence_start"] == row["answer"].rindex("I shall act")


def test_where_nothing_is_selected_the_button_says_so(tab, fresh):
    form = paste(tab, fresh)
    select(tab, "islanders", of=1)
    first = ask(form, 1)
    before = first.get_by_label("Words of the question").input_value()
    first.get_by_role("button", name=re.compile("for: Words of the question")).click()
    first.get_by_text("Select words of the question above first.").wait_for()
    assert first.get_by_label("Words of the question").input_value() == before


def test_the_rule_follows_what_is_edited_and_asks_are_added(tab, fresh):
    form = paste(tab, fresh)
    rules = [form.locator(f'[data-rule="{name}"]') for name in ("grade", "grade_strict")]

    def now() -> list[str]:
        return [rule.inner_text() for rule in rules]

    for number in (1, 2):
        ask(form, number).get_by_label("not answered").check()
    assert now() == ["Non-answer", "Non-answer"]
    form.get_by_label("Specific facts").fill("The ferry ran 412 times last year")
    assert now() == ["Partial", "Non-answer"]
    for number in (1, 2):
        ask(form, number).get_by_label("answered", exact=True).check()
    assert now() == ["Full", "Full"]
    ask(form, 1).get_by_label("Remove this ask").check()
    form.get_by_text("Add an ask", exact=True).click()
    form.get_by_role("button", name="Add another ask").click()
    new = form.get_by_role("group", name="New ask")
    assert new.count() == 2
    wait_until(tab, "document.activeElement.name === 'ask-3-text'")
    for place, words in enumerate(("The ferry to Skarra", "forty days")):
        new.nth(place).get_by_label("Words of the question").fill(words)
        new.nth(place).get_by_label("It wants").select_option("view")
        new.nth(place).get_by_label("not answered").check()
    assert now() == ["Partial", "Partial"]
    form.get_by_role("button", name="Save the correction").click()
    tab.locator("#corrected").wait_for()
    (row,) = kept(fresh)
    assert [one["text"] for one in row["asks"]][1:] == ["The ferry to Skarra", "forty days"]
    assert (row["grade"], row["grade_strict"]) == ("partial", "partial")


def test_two_tabs_are_told_and_both_are_kept(context, tab, fresh):
    address = upload_record(tab, fresh)
    other = context.new_page()
    other.goto(address)
    one, two = begin(tab, "Ann"), begin(other, "Bo")
    one.get_by_role("group", name="Grade", exact=True).get_by_label("Ungraded").check()
    one.get_by_role("button", name="Save the correction").click()
    tab.locator("#corrected").wait_for()
    two.get_by_role("button", name="All correct").click()
    told = other.get_by_role("alert").inner_text()
    assert "Not saved yet: Ann corrected this record in the meantime." in told
    assert "grade: Ungraded, now" in told
    two.get_by_role("button", name="All correct").click()
    other.locator("#corrected").wait_for()
    assert [row["coder"] for row in kept(fresh)] == ["Ann", "Bo"]
    assert other.url.startswith(address)


def test_a_server_that_is_killed_and_started_again_has_lost_no_correction(tab, serve):
    first = serve()
    address = upload_record(tab, first)
    begin(tab)
    tab.get_by_role("button", name="All correct").click()
    tab.locator("#corrected").wait_for()
    tab.wait_for_load_state()
    first.stop(signal.SIGKILL)
    with (first.folder / "corrections.jsonl").open("ab") as file:
        file.write(b'{"id": "half a li')
    # The tab was open all the while, with another correction half made.
    form = begin(tab, "Bo")
    form.get_by_label("Note").fill("typed while the server was down")
    second = serve(port=first.port)
    form.get_by_role("button", name="Save the correction").click()
    tab.locator("#corrected").wait_for()
    assert [row["coder"] for row in kept(second)] == ["Ann", "Bo"]
    tab.goto(address)
    assert tab.get_by_role("group", name=re.compile("^(Ann|Bo)")).count() == 2


def test_without_a_script_everything_can_be_corrected(browser, fresh):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    form = paste(tab, fresh)
    assert form.get_by_role("button", name=re.compile("Use the selection")).count() == 0
    ask(form, 1).get_by_label("Words of the answer").fill("The review will be published")
    form.get_by_text("Add an ask", exact=True).click()
    new = form.get_by_role("group", name="New ask")
    new.get_by_label("Words of the question").fill("forty  days last winter")
    new.get_by_label("It wants").select_option("fact")
    new.get_by_label("not answered").check()
    form.get_by_role("button", name="Save the correction").click()
    tab.locator("#corrected").wait_for()
    (row,) = kept(fresh)
    assert row["asks"][0]["evidence"] == "The review will be published"
    assert row["asks"][-1]["text"] == "forty days last winter"
    context.close()


def test_by_keyboard_alone(tab, fresh):
    paste(tab, fresh)
    name = tab.get_by_label("Your name or initials")
    name.focus()
    tab.keyboard.press("Enter")
    assert "No button was pressed" in tab.get_by_role("alert").inner_text()
    assert not (fresh.folder / "corrections.jsonl").exists()

    def go_to(wanted: str) -> None:
        here = "`${document.activeElement.name}=${document.activeElement.value}`"
        press_until(tab, "Tab", f"{here}.includes({wanted!r})")

    go_to("act=confirm")
    go_to("grade=")
    tab.keyboard.press("ArrowUp")  # round to the last one: Ungraded
    go_to("act=save")
    tab.keyboard.press("Enter")
    tab.locator("#corrected").wait_for()
    (row,) = kept(fresh)
    assert (row["grade"], row["grade_strict"], row["coder"]) == ("ungraded", "ungraded", "Ann")
