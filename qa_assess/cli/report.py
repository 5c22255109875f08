"""`qa-assess report`: a graded file as a report for people."""

from pathlib import Path
from typing import Annotated

import typer

from qa_assess.cli.doors import refuse_overwriting
from qa_assess.errors import OutputError
from qa_assess.terminal import console, plain
from qa_assess.writers import STDOUT

_HTML = (".html", ".htm")


def report(
    graded: Annotated[
        str,
        typer.Argument(
            metavar="GRADED", help="A file that `qa-assess grade` wrote; - is standard input.", show_default=False
        ),
    ],
    *,
    output: Annotated[
        str,
        typer.Option("--output", "-o", help="File to write: .html; - is standard output.", show_default=False),
    ],
    title: Annotated[
        str | None, typer.Option(help="Title of the report, if not one of ours.", show_default=False)
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing.")] = False,
) -> None:
    """Write a report on a graded file: one HTML page that works offline and prints well.

    Grades over time, by department, by person and by kind of ask, response tags, the clearest Non-answers and the
    least sure grades with their evidence marked, and what to know before anything is printed.
    """
    # Not before they are needed: a word of help must not wait for them.
    from qa_assess.graded import read_graded  # noqa: PLC0415
    from qa_assess.report import COLUMNS, TITLE, write_report  # noqa: PLC0415

    _check(graded, output)
    screen = console(stderr=True)
    with screen.status("Reading and drawing"):
        records = write_report(read_graded(graded, COLUMNS), output, title=title or TITLE)
    if not quiet:
        screen.print(f"A report on {records:,} records was written to {plain(output)}", soft_wrap=True)


def _check(graded: str, output: str) -> None:
    if output == STDOUT:
        return
    if Path(output).suffix.lower() not in _HTML:
        raise OutputError(f"cannot write a report to {output}", hint="a report is a web page: end its name in .html")
    refuse_overwriting([graded], [output])
