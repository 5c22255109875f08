"""`qa-assess evaluate`: how well a grader does on labelled records."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from qa_assess.cli.doors import Grader, Graders, Parser
from qa_assess.settings import Model, Settings
from qa_assess.terminal import console


def evaluate(
    *,
    labelled: Annotated[Path, typer.Argument(help="Labelled records in JSON Lines.", metavar="LABELLED.jsonl")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    model: Graders = Model.STANDARD,
    grader: Grader = None,
    parser: Parser = None,
) -> None:
    """Measure a grader on labelled records.

    Every measure has a 95% interval from a bootstrap over the records.
    """
    import qa_assess.evaluation  # noqa: PLC0415 - the models take seconds to load
    import qa_assess.evaluation_tables  # noqa: PLC0415

    with console(stderr=True).status("Assessing the labelled records"):
        evaluation = qa_assess.evaluation.evaluate(labelled, Settings(parser=parser, model=model, grader=grader))
    if as_json:
        typer.echo(json.dumps(evaluation.to_json(), indent=2))
        return
    for table in qa_assess.evaluation_tables.tables(evaluation):
        Console(highlight=False).print(table)
