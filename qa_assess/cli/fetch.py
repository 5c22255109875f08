"""`qa-assess fetch`: written questions and debates from the Parliament's interfaces.

Only this command uses the network.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from qa_assess.cli.doors import SOME_FAILED, STOPPED, door
from qa_assess.errors import InputError, OutputError
from qa_assess.terminal import console, counting, plain

if TYPE_CHECKING:
    from qa_assess.fetching import Client, Report, Watch

LICENCE = "Contains Parliamentary information licensed under the Open Parliament Licence v3.0."
PROBLEMS_SHOWN = 10


class House(StrEnum):
    """A House of Parliament."""

    COMMONS = "Commons"
    LORDS = "Lords"


class DateOf(StrEnum):
    """Which date of a written question."""

    TABLED = "tabled"
    ANSWERED = "answered"


def _day(name: str, help: str) -> typer.models.OptionInfo:
    return typer.Option(name, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help=help, show_default=False)  # type: ignore[no-any-return]


InHouse = Annotated[
    House | None,
    typer.Option("--house", case_sensitive=False, help="One House; both if not given.", show_default=False),
]
Rate = Annotated[float, typer.Option("--rate", min=0.01, max=20.0, help="Requests a second, at most.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar and no report.")]

fetch = typer.Typer(
    name="fetch",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Fetch written questions or debates from the Parliament's web interfaces.",
    epilog="A run that was stopped goes on where it stopped: give the same command again.",
)


@fetch.command()
@door
def written(  # noqa: PLR0913 - typer reads the options off the parameters
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, .jsonl.", show_default=False)],
    start: Annotated[datetime | None, _day("--from", "First day.")] = None,
    end: Annotated[datetime | None, _day("--to", "Last day.")] = None,
    by: Annotated[DateOf, typer.Option("--by", help="Which date is meant.")] = DateOf.TABLED,
    house: InHouse = None,
    department: Annotated[
        int | None, typer.Option(min=1, help="Number of the answering department.", show_default=False)
    ] = None,
    member: Annotated[int | None, typer.Option(min=1, help="Number of the asking member.", show_default=False)] = None,
    minister: Annotated[
        int | None, typer.Option(min=1, help="Number of the answering member.", show_default=False)
    ] = None,
    uin: Annotated[str, typer.Option(help="Number of the question as printed (UIN).", show_default=False)] = "",
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Withdrawn questions too.")] = False,
    rate: Rate = 2.0,
    api: Annotated[
        str, typer.Option("--api", envvar="QA_ASSESS_QUESTIONS_API", help="Address of a mirror.", show_default=False)
    ] = "",
    quiet: Quiet = False,
) -> None:
    """Fetch written questions, whole, one a line.

    `qa-assess grade` reads the file. Departments and members go by their numbers in the Parliament's own data.
    """
    if str(output) == "-":
        raise OutputError("a fetch cannot be written to standard output", hint="name a file: -o written.jsonl")
    if not (start or end or department or member or minister or uin.strip()):
        raise InputError("that would be every question ever", hint="give --from and --to, or --uin, or --member")
    from qa_assess import fetching  # noqa: PLC0415 - httpx takes a while to import, and may be absent

    first, last = start and start.date(), end and end.date()
    _check_order(first, last)
    query = fetching.WrittenQuery(
        first, last, by.value, house.value if house else "", department, member, minister, uin.strip(), withdrawn
    )
    _run(
        lambda client, watch: fetching.fetch_written(client, query, output, watch),
        api or fetching.QUESTIONS,
        rate,
        quiet=quiet,
        noun="written questions",
        output=output,
    )


@fetch.command()
@door
def debates(  # noqa: PLR0913 - typer reads the options off the parameters
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.", show_default=False)],
    day: Annotated[datetime, _day("--date", "The day, or the first one.")],
    end: Annotated[datetime | None, _day("--to", "Last day.")] = None,
    house: InHouse = None,
    section: Annotated[
        list[str] | None,
        typer.Option(help="Part of the day: Debate, WestHall ...; all if not given.", show_default=False),
    ] = None,
    rate: Rate = 2.0,
    api: Annotated[
        str, typer.Option("--api", envvar="QA_ASSESS_HANSARD_API", help="Address of a mirror.", show_default=False)
    ] = "",
    quiet: Quiet = False,
) -> None:
    """Fetch the debates of a day, or of some days, one file each.

    `qa-assess grade` reads the files. A debate whose file is there is not fetched again.
    """
    from qa_assess import fetching  # noqa: PLC0415 - httpx takes a while to import, and may be absent

    first, last = day.date(), (end or day).date()
    _check_order(first, last)
    query = fetching.DebateQuery(first, last, house.value if house else "", tuple(section or ()))
    _run(
        lambda client, watch: fetching.fetch_debates(client, query, output, watch),
        api or fetching.HANSARD,
        rate,
        quiet=quiet,
        noun="debates",
        output=output,
    )


def _check_order(first: date | None, last: date | None) -> None:
    if first and last and first > last:
        raise InputError(f"the last day, {last}, is before the first, {first}", hint="change the two")


def _run(  # noqa: PLR0913 - what the two commands differ in
    fetch: "Callable[[Client, Watch], Report]", api: str, rate: float, *, quiet: bool, noun: str, output: Path
) -> None:
    from qa_assess import fetching  # noqa: PLC0415

    screen = console(stderr=True)
    try:
        with (
            _watching(screen, noun, shown=screen.is_terminal and not quiet) as watch,
            fetching.Client(api, fetching.Manners(rate=rate), watch.say) as client,
        ):
            report = fetch(client, watch)
    except KeyboardInterrupt as stop:
        screen.print("Stopped. What has come is kept: give the same command again to go on.")
        raise typer.Exit(STOPPED) from stop
    if not quiet:
        _tell(screen, report, noun, output)
    if report.problems:
        raise typer.Exit(SOME_FAILED)


@contextmanager
def _watching(screen: Console, noun: str, *, shown: bool) -> "Iterator[Watch]":
    from qa_assess.fetching import Watch  # noqa: PLC0415

    if not shown:
        yield Watch()
        return
    with counting(screen) as bar:
        task = bar.add_task(f"Fetching {noun}", total=None)

        class Bar(Watch):
            def reach(self, done: int, total: int) -> None:
                bar.update(task, description=f"Fetching {noun}", completed=done, total=total)

            def say(self, text: str) -> None:
                bar.update(task, description=plain(text, longest=60))

        yield Bar()


def _tell(screen: Console, report: "Report", noun: str, output: Path) -> None:
    kept = f", {report.kept:,} of them by an earlier run" if report.kept else ""
    _show_problems(screen, report.problems)
    screen.print(f"{report.saved + report.kept:,} {noun} in {plain(str(output))}{kept}", soft_wrap=True)
    screen.print(LICENCE, soft_wrap=True)


def _show_problems(screen: Console, problems: Sequence[str]) -> None:
    for problem in problems[:PROBLEMS_SHOWN]:
        screen.print(f"Problem: {plain(problem)}", soft_wrap=True)
    if len(problems) > PROBLEMS_SHOWN:
        screen.print(f"... and {len(problems) - PROBLEMS_SHOWN:,} more", soft_wrap=True)
