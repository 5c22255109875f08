"""`qa-assess agreement`: how far coders agree, people among themselves or with the tool."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def agreement(  # noqa: PLR0913 - typer reads the options off the parameters
    *,
    files: Annotated[
        list[Path], typer.Argument(help="Labels, corrections (JSON Lines) or graded files.", metavar="FILE...")
    ],
    coder: Annotated[
        list[str] | None, typer.Option(help="Compare these alone; give it twice or more.", show_default=False)
    ] = None,
    tool: Annotated[
        bool, typer.Option("--tool", help="Of corrections: what the tool had said is a coder too.")
    ] = False,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples for the intervals.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the resampling.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Measure how far coders agree.

    Every two coders are compared on the records that both have: those of several files, and those within a file of
    corrections. Every measure has a 95% interval from a bootstrap over the records.
    """
    import qa_assess.agreement  # noqa: PLC0415 - numpy takes a while to load
    from qa_assess.agreement_tables import report  # noqa: PLC0415

    found = qa_assess.agreement.agreements(files, coder or (), tool=tool, resamples=resamples, seed=seed)
    if as_json:
        typer.echo(json.dumps([one.to_json() for one in found], indent=2))
        return
    Console(highlight=False).print(report(found))
