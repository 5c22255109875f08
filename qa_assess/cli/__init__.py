"""The command line: typed options, one public call, and what came of it.

Exit codes: 0 all graded, 1 some records failed, 2 could not start, 130 stopped with Ctrl-C. Results go to standard
output, talk to standard error. Nothing here imports spaCy or scikit-learn before a command needs it.
"""

from typing import Annotated

import typer

from qa_assess.cli.agreement import agreement
from qa_assess.cli.check import check
from qa_assess.cli.doors import COULD_NOT_START, door, settle_streams
from qa_assess.cli.evaluate import evaluate
from qa_assess.cli.fetch import fetch
from qa_assess.cli.formats import formats
from qa_assess.cli.grade import grade
from qa_assess.cli.report import report
from qa_assess.cli.serve import serve
from qa_assess.cli.summary import summary
from qa_assess.cli.train import train
from qa_assess.cli.version import version_line

__all__ = ["COULD_NOT_START", "app", "main"]

app = typer.Typer(
    name="qa-assess",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 all graded, 1 some records failed, 2 could not start.",
)
for command in (check, grade, serve, summary, report, formats, train, evaluate, agreement):
    app.command()(door(command))
app.add_typer(fetch)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version_line())
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the versions and stop.")
    ] = False,
) -> None:
    """Did the minister answer what was asked? Grades answers ask by ask, with the evidence quoted."""


def main() -> None:
    """Run the command line on the arguments of the process."""
    settle_streams()
    app(prog_name="qa-assess")
