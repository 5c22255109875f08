"""`qa-assess train`: a grader from labelled records."""

from pathlib import Path
from typing import Annotated

import typer

from qa_assess.cli.doors import Parser
from qa_assess.terminal import console, description_table


def train(  # noqa: PLR0913 - typer reads the options off the parameters
    *,
    labelled: Annotated[
        list[Path],
        typer.Argument(help="Labelled records, or corrections of such, in JSON Lines.", metavar="LABELLED.jsonl"),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder that the grader is written to.")],
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn by chance.")] = 0,
    held_out: Annotated[
        Path | None,
        typer.Option(
            help="Labelled records that nothing learns from: measured once, for the card.", show_default=False
        ),
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option(help="Files or folders with the texts of labels that come without.", show_default=False),
    ] = None,
    encoder: Annotated[
        Path | None, typer.Option(help="Folder of an encoder that the grader is to ask.", show_default=False)
    ] = None,
    encoder_folds: Annotated[
        Path | None, typer.Option(help="Work folder of that encoder's training.", show_default=False)
    ] = None,
    fast: Annotated[
        Path | None,
        typer.Option(help="With an encoder: a folder for the grader that does without, too.", show_default=False),
    ] = None,
    parser: Parser = None,
) -> None:
    """Train a grader on labelled records.

    Writes its folder: weights, config, metrics and card. With --encoder and --encoder-folds (both written by
    `python -m qa_assess.encoder_training` on the same records) the grader asks the encoder too.
    """
    import qa_assess.training  # noqa: PLC0415 - scikit-learn takes a second to import

    with console(stderr=True).status("Training: this takes some minutes"):
        options = qa_assess.training.TrainingOptions(seed, parser, held_out, texts or (), encoder, encoder_folds, fast)
        report = qa_assess.training.train(labelled, output, options)
    rows = {name: f"{value:.3f}" if isinstance(value, float) else str(value) for name, value in report.metrics.items()}
    console().print(description_table(f"Grader written to {output}", rows))
