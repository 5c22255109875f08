"""`qa-assess check`: one answer, looked at closely."""

import io
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from qa_assess.cli.doors import SOME_FAILED, Format, Grader, Graders, Parser
from qa_assess.cli.paste import pasted_pair
from qa_assess.errors import InputError
from qa_assess.exchange import Exchange, Failure, Result
from qa_assess.settings import Model, Settings
from qa_assess.terminal import console, plain, result_panel, show
from qa_assess.writers import STDOUT, write

GIVEN = "given"


def check(  # noqa: PLR0913 - typer reads the options off the parameters
    file: Annotated[
        str | None,
        typer.Argument(
            help="A file with the question and the answer, a folder or a pattern (*.xml); - is standard input.",
            show_default=False,
        ),
    ] = None,
    *,
    question: Annotated[str | None, typer.Option("--question", "-q", help="The question.")] = None,
    answer: Annotated[str | None, typer.Option("--answer", "-a", help="The answer.")] = None,
    format: Format = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines, one line a record.")] = False,
    model: Graders = Model.STANDARD,
    grader: Grader = None,
    parser: Parser = None,
) -> None:
    """Grade one answer and show why.

    The pair comes from --question and --answer, from a file, a folder or a pattern (all records are shown), from
    standard input, or is pasted at a prompt.
    """
    from qa_assess.batch import assess  # noqa: PLC0415 - a word of help must not wait for all readers

    exchanges = _given(question, answer, file) or _read(file, format)
    results = assess(exchanges, Settings(parser=parser, model=model, grader=grader))
    failures = _print_json(results) if as_json else _show(results)
    if failures:
        raise typer.Exit(SOME_FAILED)


def _given(question: str | None, answer: str | None, file: str | None) -> list[Exchange]:
    if question is None and answer is None:
        return []
    if question is None or answer is None:
        missing = "--question" if question is None else "--answer"
        raise InputError(f"{missing} is missing", hint="give both --question and --answer, or a file")
    if file is not None:
        raise InputError(f"both a pair and a file ({file}) were given", hint="give one of them")
    return [Exchange(id=GIVEN, question=question, answer=answer, source="command line")]


def _read(file: str | None, format: str | None) -> Iterable[Exchange | Failure]:
    from qa_assess.readers import read  # noqa: PLC0415 - as above
    from qa_assess.readers.inputs import STDIN, expand, read_all  # noqa: PLC0415

    screen = console(stderr=True)
    if file is not None or not sys.stdin.isatty():
        left_out: list[str] = []
        paths = expand([STDIN if file is None else file], note=left_out.append)
        for line in left_out:
            screen.print(plain(line), soft_wrap=True)
        return read_all(paths, format=format)
    pasted = pasted_pair(screen)
    return [pasted] if isinstance(pasted, Exchange) else read(io.BytesIO(pasted.encode()), format=format)


def _print_json(results: Iterable[Result]) -> int:
    return write(results, STDOUT, format="jsonl").failures


def _show(results: Iterator[Result]) -> int:
    screen, failures, shown = console(), 0, 0
    for result in results:
        show(screen, result_panel(result))
        failures += isinstance(result, Failure)
        shown += 1
    if not shown:
        raise InputError(
            "the input holds no records", hint="a record is a question and its answer: see `qa-assess formats`"
        )
    return failures
