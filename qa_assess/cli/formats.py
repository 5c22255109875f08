"""`qa-assess formats`: what can be read and written."""

import json
from typing import Annotated

import typer

from qa_assess.terminal import console, description_table, show
from qa_assess.writers import FORMATS as OUTPUTS
from qa_assess.writers.columns import markdown, outputs
from qa_assess.writers.schema import json_schema


def formats(
    *,
    columns: Annotated[bool, typer.Option("--columns", help="Say what each column of the output means.")] = False,
    page: Annotated[bool, typer.Option("--markdown", help="The same as a page in Markdown.")] = False,
    schema: Annotated[bool, typer.Option("--json", help="The same as a JSON schema, for programs.")] = False,
) -> None:
    """List input and output formats."""
    from qa_assess.readers import FORMATS as INPUTS  # noqa: PLC0415 - a word of help must not wait for all readers

    screen = console()
    if schema:
        typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    elif page:
        typer.echo(markdown(), nl=False)
    elif columns:
        for output in outputs().values():
            show(screen, description_table(output.title, ((column.name, column.meaning) for column in output.columns)))
    else:
        show(
            screen,
            description_table("Input formats (--format)", {one.name: one.description for one in INPUTS}),
        )
        show(
            screen,
            description_table("Output formats (-o, --to)", {name: one.description for name, one in OUTPUTS.items()}),
        )
