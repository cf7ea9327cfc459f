"""Arguments and options that are long, or that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from circuitspec.cli.colour import Colour
from circuitspec.cli.list_format import ListFormat
from circuitspec.formats.format import Format

Paths = Annotated[
    list[Path],
    typer.Argument(
        help="Files, folders to search for .circ files, or - for standard input.",
        show_default=False,
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(help="Use this model, a shipped name or a folder, whatever the spec says."),
]
FormatOption = Annotated[Format, typer.Option(help="How to print results.")]
ListFormatOption = Annotated[ListFormat, typer.Option(help="How to print it.")]
ScoresOption = Annotated[
    bool, typer.Option("--scores", help="Run the full models on the verifying pairs of the tasks.")
]
OutputOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="Write results to this file, too: .json as JSON, .xml as JUnit, others as --format "
        "says. May be given several times.",
        show_default=False,
    ),
]
ColourOption = Annotated[
    Colour, typer.Option("--color", help="Colours; auto honours NO_COLOR and FORCE_COLOR.")
]
InspectedModel = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A shipped model, or a model's folder.", show_default=False
    ),
]
InspectedNodes = Annotated[
    list[str],
    typer.Argument(
        metavar="NODE",
        help="Places such as L0.mlp.neuron[863], or names that a spec gives.",
        show_default=False,
    ),
]
SpecsOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="Call nodes as this .circ file does. May be given several times.",
        show_default=False,
    ),
]
TextsOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="Run the model on this file, instead of held-out files of the standard library. "
        "May be given several times.",
        show_default=False,
    ),
]
