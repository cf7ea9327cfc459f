"""The `circuitspec` command. Each command imports what it needs when it runs, torch above all."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from circuitspec import __version__
from circuitspec.cli.exits import exits_cleanly

app = typer.Typer(
    name="circuitspec",
    help="State, check and draw circuits inside weight-sparse transformers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


class Format(enum.StrEnum):
    """How results are printed."""

    FULL = "full"
    JSON = "json"


Paths = Annotated[
    list[Path],
    typer.Argument(help="Files, or folders to search for .circ files.", show_default=False),
]
ModelOption = Annotated[
    str | None,
    typer.Option(help="Use this model, a shipped name or a folder, whatever the spec says."),
]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"circuitspec {__version__}")
        raise typer.Exit


@app.command()
def verify(
    paths: Paths,
    out: Annotated[
        Path | None,
        typer.Option(help="Write a certificate and drawings of every circuit to this folder."),
    ] = None,
    model: ModelOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of whatever is drawn at random.")] = 0,
    format: Annotated[Format, typer.Option(help="How to print results.")] = Format.FULL,  # noqa: A002
) -> None:
    """Run the model and say of every claim whether it holds.

    Exit code 0: every claim confirmed. 1: some claim refuted, inconclusive or vacuous. 2: a file
    or model could not be used.
    """
    with exits_cleanly():
        from circuitspec.cli.verify import verify_files

        raise typer.Exit(verify_files(paths, out, model, seed, as_json=format is Format.JSON))


@app.command()
def check(paths: Paths, model: ModelOption = None) -> None:
    """Check specs as far as possible without running their model.

    Reads the files, finds the models and tasks that they name, and looks up every place, node and
    weight. Exit code 0: nothing is wrong. 2: something is.
    """
    with exits_cleanly():
        from circuitspec.cli.check import check_files

        raise typer.Exit(check_files(paths, model))


@app.command()
def draw(
    path: Annotated[Path, typer.Argument(help="A .circ file.", show_default=False)],
    out: Annotated[
        Path, typer.Option(help="Where to: .svg, .png, .pdf, or .dot for the Graphviz source.")
    ],
    circuit: Annotated[
        str | None, typer.Option(help="Which circuit, where the file holds several.")
    ] = None,
    model: ModelOption = None,
) -> None:
    """Draw a circuit as it is stated, without checking its claims.

    `verify --out` draws it too, with what was confirmed in the caption.
    """
    with exits_cleanly():
        from circuitspec.cli.draw import draw_file

        raise typer.Exit(draw_file(path, out, circuit, model))


@app.command()
def train(
    config: Annotated[Path, typer.Argument(help="A run's settings, in TOML.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The model's folder; a killed run resumes from it.")],
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processor threads; all if not given.")
    ] = None,
) -> None:
    """Train a weight-sparse transformer on the Python standard library.

    Writes config.json, model.safetensors, tokenizer.json, reference.safetensors and a model card;
    log.jsonl has loss, nonzeros and learning rate of every step.
    """
    with exits_cleanly():
        from circuitspec.cli.train import train_model

        raise typer.Exit(train_model(config, out, threads))


@app.command()
def discover(
    out: Annotated[Path, typer.Option("--out", "-o", help="The .circ file to write.")],
    model: Annotated[
        str, typer.Option(help="A shipped model, or a model's folder.")
    ] = "python-small",
    task: Annotated[str, typer.Option(help="A shipped task.")] = "single_double_quote",
    target_loss: Annotated[
        float, typer.Option(min=0.0, help="Nats that the circuit may lose on the finding pairs.")
    ] = 0.15,
    price: Annotated[float, typer.Option(min=0.0, help="Nats per kept node, in training.")] = 4e-3,
    steps: Annotated[int, typer.Option(min=1, help="Updates of each mask training.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same circuit.")] = 0,
) -> None:
    """Find a small circuit by pruning, and write it down as a spec to be named and claimed."""
    with exits_cleanly():
        from circuitspec.cli.discover import discover_to_file

        raise typer.Exit(discover_to_file(out, model, task, target_loss, price, steps, seed))


def main() -> None:
    """Run the command line."""
    app()
