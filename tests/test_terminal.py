"""What people see, on terminals of all kinds."""

import io
from dataclasses import replace

import pytest
from conftest import make_ask, make_exchange, make_outcome
from rich.console import RenderableType

from qa_assess.codebook import Grade, Status, Tag
from qa_assess.errors import InputError
from qa_assess.exchange import Assessment, Failure, ResponseTag, Span
from qa_assess.terminal import WIDEST, console, description_table, error_text, plain, result_panel, show, summary_report
from qa_assess.writers import Summary

QUESTION = "Bus fares in Elmby have doubled. Will the Minister cap fares, and when will the review end?"
ANSWER = "We keep fares under review — a cap costs £4 million."
ASSESSMENT = Assessment(
    make_exchange(QUESTION, ANSWER, id="7", heading="Bus Fares", date="2024-05-14"),
    context="Bus fares in Elmby have doubled.",
    outcomes=(
        make_outcome(
            make_ask(QUESTION, "Will the Minister cap fares"), "partial", ANSWER, "We keep fares under review"
        ),
        make_outcome(make_ask(QUESTION, "when will the review end", "timeline"), "none"),
    ),
    concern_evidence=Span("a cap costs £4 million", 29, 51),
    tags=(ResponseTag(Tag.PRAISE, 0, 2), ResponseTag(Tag.UNDER_REVIEW, 0, 26), ResponseTag(Tag.UNDER_REVIEW, 8, 26)),
    primary_tag=Tag.UNDER_REVIEW,
    grade=Grade.PARTIAL,
    grade_strict=Grade.NON_ANSWER,
    probabilities=(0.21, 0.67, 0.12),
    probabilities_strict=(0.9, 0.08, 0.02),
    feedback="No end date for the review was given.",
    flags=("low-confidence",),
    model="grader 0.1.0",
)


def shown(what: RenderableType, width: int = 100, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    screen = console(io.TextIOWrapper(raw, encoding=encoding, errors="replace", write_through=True))
    screen.width = width
    show(screen, what)
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(
    "said",
    [
        "Partial  7, Bus Fares, 2024-05-14",
        "Default   Partial  (Full 12%, Partial 67%, Non-answer 21%)",
        "Strict    Non-answer  (Full 2%, Partial 8%, Non-answer 90%)",
        "Feedback  No end date for the review was given.",
        "Tags      Under Review; Praise",
        "Context   Bus fares in Elmby have doubled.",
        'Concern   "a cap costs £4 million"',
        "Flags     low-confidence",
        "Ask 1  commitment  partial 80%",
        "Asked   Will the Minister cap fares",
        'Answer  "We keep fares under review"',
        "Ask 2  timeline  none 80%",
        "Answer  nothing comes near it",
        "grader 0.1.0, codebook 1.2",
    ],
)
def test_a_panel_says_all_of_a_record(said: str) -> None:
    assert said in shown(result_panel(ASSESSMENT))


@pytest.mark.parametrize("width", [40, 80, 120, 250])
def test_no_line_is_wider_than_the_terminal_or_than_prose(width: int) -> None:
    long = replace(ASSESSMENT, context="word " * 300, feedback="x" * 300)
    text = shown(result_panel(long), width)
    assert max(len(line) for line in text.splitlines()) == min(width, WIDEST)
    assert text.count("x") >= 300


def test_what_is_not_there_has_no_row() -> None:
    bare = Assessment(
        make_exchange("Lovely day.", "Yes."), grade=Grade.NO_ASK, grade_strict=Grade.NO_ASK, reason="no ask"
    )
    text = shown(result_panel(bare))
    assert "Default   No ask" not in text  # the column is as wide as the longest name that is there
    assert "No ask" in text and "no ask" in text and "No asks were found" in text
    assert not any(word in text for word in ("Strict", "Tags", "Feedback", "Context", "Concern", "Flags", "%"))


def test_a_duplicate_names_the_first() -> None:
    twice = replace(ASSESSMENT, duplicate_of="3", flags=("truncated", "duplicate"))
    assert "truncated, duplicate of 3" in shown(result_panel(twice))


def test_a_failure_says_what_and_what_to_do() -> None:
    text = shown(result_panel(Failure("9", "read", "the answer is empty", "fill it in")))
    assert "Failed  9" in text and "the answer is empty" in text and "fill it in" in text


def test_an_ascii_terminal_gets_ascii() -> None:
    text = shown(result_panel(ASSESSMENT), encoding="ascii")
    assert "+- Partial  7" in text
    assert "a cap costs ?4 million" in text


def test_no_colour_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;33m" in shown(result_panel(ASSESSMENT))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;33m" not in shown(result_panel(ASSESSMENT))
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in shown(result_panel(ASSESSMENT))


def test_records_cannot_steer_the_terminal() -> None:
    nasty = "\x1b]0;pwned\x07\x9b31m[bold]:smile: \x00[/bold]"
    text = shown(result_panel(replace(ASSESSMENT, feedback=nasty, context=nasty, model=nasty)))
    text += shown(result_panel(Failure(nasty, "read", nasty, nasty)))
    text += shown(error_text(InputError(nasty, hint=nasty))) + shown(description_table(nasty, [(nasty, nasty)]))
    text += shown(summary_report(Summary(failures=1, first_failures=(Failure(nasty, "read", nasty),))))
    assert not {"\x1b", "\x07", "\x9b", "\x00"} & set(text)
    assert "[bold]:smile: [/bold]" in text


def test_long_text_is_cut() -> None:
    assert plain("abcdefgh", longest=6) == "abc..."
    assert plain("abcdef", longest=6) == "abcdef"


def test_the_summary_counts_all() -> None:
    failures = tuple(Failure(f"f{number}", "read", "no answer", "fill it in") for number in range(10))
    summary = Summary(
        grades={Grade.FULL: 1200, Grade.PARTIAL: 300, Grade.NO_ASK: 488},
        grades_strict={Grade.PARTIAL: 1500, Grade.NO_ASK: 488},
        tags={Tag.PRAISE: 3, Tag.ATTACK: 40},
        statuses=dict(zip(Status, (1, 2, 3), strict=True)),
        failures=12,
        first_failures=failures,
        duplicates=4,
    )
    text = shown(summary_report(summary), 80)
    assert "2,000 records" in text
    squeezed = " ".join(text.replace("│", " ").split())
    assert "Full 1,200 60% 0 0%" in squeezed
    assert "Non-answer 0 0% 0 0%" in squeezed
    assert "No ask 488 24% 488 24%" in squeezed
    assert "Failed 12 1% 12 1%" in squeezed
    assert "Pending" not in text
    assert text.index("Attack") < text.index("Praise")
    assert "Asks: 6 (3 full, 2 partial, 1 none)" in text
    assert "Duplicates of an earlier record: 4" in text
    assert "Failed f0: no answer (fill it in)" in text and "Failed f9" in text
    assert "... and 2 more" in text


def test_the_summary_of_nothing() -> None:
    assert "0 records" in shown(summary_report(Summary()))


def test_an_error_says_what_to_do() -> None:
    assert shown(error_text(InputError("no such file: x.csv", hint="check the path"))) == (
        "Error: no such file: x.csv\nWhat to do: check the path\n"
    )
