"""What people see: rich panels and tables of assessments, summaries and errors.

Everything is plain text to rich (no markup, no emoji codes), and control characters are taken out: a record may hold
anything, terminal escapes among it. Our own words and signs are ASCII, so that any terminal shows them.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from qa_assess.codebook import GRADES, GRADES_SHOWN, NO_GRADES, Grade, Status
from qa_assess.errors import QaAssessError
from qa_assess.exchange import DUPLICATE, Assessment, Failure, Outcome, Result, Span
from qa_assess.writers import Summary

GRADE_STYLES = {Grade.FULL: "bold green", Grade.PARTIAL: "bold yellow", Grade.NON_ANSWER: "bold red"}
STATUS_STYLES = {Status.FULL: "green", Status.PARTIAL: "yellow", Status.NONE: "red"}
LONGEST = 600
WIDEST = 110  # longer lines of prose are hard to read


def console(stream: TextIO | None = None, *, stderr: bool = False) -> Console:
    """A console that takes all text as it is; colours and boxes as far as the terminal and NO_COLOR allow."""
    return Console(file=stream, stderr=stderr, markup=False, emoji=False, highlight=False)


def show(screen: Console, shown: RenderableType) -> None:
    """Print something no wider than prose can be read."""
    screen.print(shown, width=min(screen.width, WIDEST))


def counting(screen: Console) -> Progress:
    """A bar that counts what is done of how many, with the time left, and is gone when all is done."""
    columns = (SpinnerColumn("line"), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=screen, transient=True)


def plain(text: str, *, longest: int | None = None) -> str:
    r"""The text without control characters, on one line, cut with "..." at `longest` characters.

    >>> plain("He\x1b[31m said\n no")
    'He[31m said no'
    """
    line = "".join(c for c in " ".join(text.split()) if unicodedata.category(c) not in {"Cc", "Cs"})
    return f"{line[: longest - 3]}..." if longest and len(line) > longest else line


def result_panel(result: Result) -> Panel:
    """One record: its grade and probabilities, asks with outcome and evidence, tags and feedback."""
    if isinstance(result, Failure):
        return _failure_panel(result)
    exchange = result.exchange
    title = Text(result.grade.label, style=GRADE_STYLES.get(result.grade, "bold"))
    about = [plain(part, longest=60) for part in (exchange.id, exchange.heading, exchange.date) if part]
    title.append(f"  {', '.join(about)}", style="not bold default")
    foot = Text(f"{plain(result.model)}, codebook {result.codebook}".removeprefix(", "), style="dim")
    return Panel(
        Group(_verdict(result), Text(), *_asks(result)),
        title=title,
        title_align="left",
        subtitle=foot,
        subtitle_align="right",
        border_style=GRADE_STYLES.get(result.grade, "").removeprefix("bold "),
    )


def _failure_panel(failure: Failure) -> Panel:
    rows = _rows([("Problem", Text(plain(failure.message))), ("To do", Text(plain(failure.hint)))])
    title = Text(f"Failed  {plain(failure.id, longest=60)}", style="bold red")
    return Panel(rows, title=title, title_align="left", border_style="red")


def _verdict(assessment: Assessment) -> Table:
    strict, concern = assessment.grade_strict, assessment.concern_evidence
    graded = assessment.grade.graded
    return _rows(
        [
            ("Default", _grade(assessment.grade, assessment.probabilities)),
            ("Strict", _grade(strict, assessment.probabilities_strict) if graded else Text()),
            ("Why", Text(plain(assessment.reason))),
            ("Feedback", Text(plain(assessment.feedback))),
            ("Tags", _tags(assessment)),
            ("Context", Text(plain(assessment.context, longest=LONGEST))),
            ("Concern", Text(_quoted(concern) if concern else "")),
            ("Flags", Text(_flags(assessment), style="yellow")),
        ]
    )


def _rows(rows: Sequence[tuple[str, Text]]) -> Table:
    """Names and texts in two columns; a row without text is left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in rows:
        if text:
            grid.add_row(name, text)
    return grid


def _grade(grade: Grade, probabilities: Sequence[float]) -> Text:
    text = Text(grade.label, style=GRADE_STYLES.get(grade, "bold"))
    if grade.graded:
        shares = [f"{one.label} {share:.0%}" for one, share in zip(GRADES, probabilities, strict=True)]
        text.append(f"  ({', '.join(reversed(shares))})", style="not bold default")
    return text


def _tags(assessment: Assessment) -> Text:
    primary = assessment.primary_tag
    others = dict.fromkeys(tag.name for tag in assessment.tags if tag.name is not primary)
    text = Text(primary.label if primary else "", style="bold")
    text.append("".join(f"; {tag.label}" for tag in others).removeprefix("" if primary else "; "), style="not bold")
    return text


def _flags(assessment: Assessment) -> str:
    named = [f"duplicate of {assessment.duplicate_of}" if flag == DUPLICATE else flag for flag in assessment.flags]
    return plain(", ".join(named))


def _quoted(span: Span) -> str:
    return f'"{plain(span.text)}"'


def _asks(assessment: Assessment) -> Iterator[RenderableType]:
    if not assessment.outcomes:
        yield Text("No asks were found in the question.", style="dim")
    for number, outcome in enumerate(assessment.outcomes, start=1):
        if number > 1:
            yield Text()
        yield from _ask(number, outcome)


def _ask(number: int, outcome: Outcome) -> Iterator[RenderableType]:
    head = Text(f"Ask {number}", style="bold")
    head.append(f"  {outcome.ask.kind.value}  ", style="not bold")
    head.append(outcome.status.value, style=STATUS_STYLES[outcome.status])
    head.append(f" {outcome.probability:.0%}", style="not bold")
    evidence = Text(_quoted(outcome.evidence)) if outcome.evidence else Text("nothing comes near it", style="dim")
    yield head
    yield Padding(_rows([("Asked", Text(plain(outcome.ask.text))), ("Answer", evidence)]), (0, 0, 0, 2))


def summary_report(summary: Summary) -> Group:
    """What a run came to: grades, tags, and the first failures with what to do about them."""
    parts: list[RenderableType] = [Columns([_grade_table(summary), *_tag_tables(summary)], padding=(0, 4))]
    asks = summary.statuses
    if total := sum(asks.values()):
        counts = ", ".join(f"{asks.get(status, 0)} {status.value}" for status in reversed(Status))
        parts.append(Text(f"Asks: {total} ({counts})"))
    if summary.duplicates:
        parts.append(Text(f"Duplicates of an earlier record: {summary.duplicates} (counted above too)"))
    return Group(*parts, *_failures(summary))


def _plain_table(title: str) -> Table:
    """A table without side lines: two of them fit into 80 columns."""
    return Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)


def _grade_table(summary: Summary) -> Table:
    table = _plain_table(f"{summary.records:,} records")
    table.add_column("Grade")
    for name in ("Default", "%", "Strict", "%"):
        table.add_column(name, justify="right")
    for grade in (*GRADES_SHOWN, *NO_GRADES):
        counts = summary.grades.get(grade, 0), summary.grades_strict.get(grade, 0)
        if any(counts) or grade.graded:
            cells = [cell for count in counts for cell in (f"{count:,}", _share(count, summary.records))]
            table.add_row(Text(grade.label, style=GRADE_STYLES.get(grade, "")), *cells)
    if summary.failures:
        cell = f"{summary.failures:,}", _share(summary.failures, summary.records)
        table.add_row(Text("Failed", style="red"), *cell, *cell)
    return table


def _share(count: int, records: int) -> str:
    return f"{count / records:.0%}" if records else ""


def _tag_tables(summary: Summary) -> Iterator[Table]:
    if summary.tags:
        table = _plain_table("Response tags")
        table.add_column("Tag", no_wrap=True)
        table.add_column("Answers", justify="right")
        for tag, count in sorted(summary.tags.items(), key=lambda item: -item[1]):
            table.add_row(tag.label, f"{count:,}")
        yield table


def _failures(summary: Summary) -> Iterator[Text]:
    for failure in summary.first_failures:
        line = Text("Failed ", style="red")
        line.append(f"{plain(failure.id, longest=60)}: {plain(failure.message)}", style="default")
        line.append(f" ({plain(failure.hint)})" if failure.hint else "", style="dim")
        yield line
    if unshown := summary.failures - len(summary.first_failures):
        yield Text(f"... and {unshown:,} more: see the failure of each in the output", style="red")


def error_text(error: QaAssessError) -> Text:
    """An error as people read it: what and where, then what to do."""
    text = Text("Error: ", style="bold red")
    text.append(plain(error.message), style="not bold red")
    if error.hint:
        text.append("\nWhat to do: ", style="bold default").append(plain(error.hint), style="not bold default")
    return text


def description_table(title: str, rows: Mapping[str, str] | Iterable[tuple[str, str]]) -> Table:
    """A table of names and what they mean."""
    table = Table(title=plain(title), title_justify="left", title_style="bold", show_header=False)
    table.add_column("Name", style="bold", no_wrap=True)
    table.add_column("Meaning", overflow="fold")
    for name, meaning in rows.items() if isinstance(rows, Mapping) else rows:
        table.add_row(plain(name), plain(meaning))
    return table
