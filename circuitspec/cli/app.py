"""The `circuitspec` command. Each command imports what it needs when it runs, torch above all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from circuitspec import __version__
from circuitspec.cli.colour import Colour
from circuitspec.cli.exits import exits_cleanly
from circuitspec.cli.form import Form
from circuitspec.cli.model_commands import compare, discover, inspect, models, tasks, train
from circuitspec.cli.options import (
    ColourOption,
    FormatOption,
    ModelOption,
    OutputOption,
    Paths,
)
from circuitspec.cli.validate import validate_app
from circuitspec.formats.format import Format

app = typer.Typer(
    name="circuitspec",
    help="State, check and draw circuits inside weight-sparse transformers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

# As `circuitspec.drawing.View`, which is not imported before something is drawn.
DrawnView: TypeAlias = Literal["full", "compact"]


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
    allow_inconclusive: Annotated[
        bool,
        typer.Option("--allow-inconclusive", help="Claims that the data do not decide may stay."),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Hold circuits against the strict battery as well: faithfulness inside, other "
            "ablations, controls, searches for a second circuit and for nonsense.",
        ),
    ] = False,
    no_cache: Annotated[
        bool,
        typer.Option(
            "--no-cache",
            help="Measure everything again. Otherwise --strict keeps what it measures, by all that "
            "it follows from, and an interrupted run goes on from there.",
        ),
    ] = False,
    format: FormatOption = Format.FULL,  # noqa: A002
    output: OutputOption = None,
    color: ColourOption = Colour.AUTO,
) -> None:
    """Run the model and say of every claim whether it holds.

    Exit code 0: every claim confirmed. 1: some claim refuted, inconclusive or vacuous. 2: a file
    or model could not be used.
    """
    with exits_cleanly():
        from circuitspec.cli.results import Results
        from circuitspec.cli.verify import Judging, verify_files

        judging = Judging(model, seed, out, allow_inconclusive, strict, keep=not no_cache)
        results = Results(format, tuple(output or ()), color)
        raise typer.Exit(verify_files(paths, judging, results))


@app.command()
def check(
    paths: Paths,
    model: ModelOption = None,
    syntax: Annotated[
        bool, typer.Option("--syntax", help="Stop before looking for model and task.")
    ] = False,
    format: FormatOption = Format.FULL,  # noqa: A002
    output: OutputOption = None,
    color: ColourOption = Colour.AUTO,
) -> None:
    """Check specs as far as possible without running their model.

    Reads the files, finds the models and tasks that they name, and looks up every place, node and
    weight. Exit code 0: nothing is wrong. 2: something is.
    """
    with exits_cleanly():
        from circuitspec.cli.check import check_files
        from circuitspec.cli.results import Results

        results = Results(format, tuple(output or ()), color)
        raise typer.Exit(check_files(paths, model, results, syntax_only=syntax))


@app.command()
def fmt(
    paths: Paths,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if a file would change.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; show what would change.")
    ] = False,
    color: ColourOption = Colour.AUTO,
) -> None:
    """Bring specs into the one style of the language.

    Only the syntax of a file must be right. Exit code 0: all files are in the style now. 1: with
    --check, some file is not. 2: a file could not be formatted; it is as it was.
    """
    with exits_cleanly():
        from circuitspec.cli.fmt import Formatting, format_files

        raise typer.Exit(format_files(paths, Formatting(check=check, diff=diff, colour=color)))


@app.command()
def convert(
    path: Annotated[
        Path, typer.Argument(help="A .circ or .json file, or - for standard input.", metavar="FILE")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write, instead of stdout.")
    ] = None,
    source: Annotated[
        Form | None, typer.Option("--from", help="What the file holds, if its name does not say.")
    ] = None,
) -> None:
    """Convert a spec from text to JSON, or from JSON to text.

    Nothing is lost on the way: not the order of statements, not comments, not how numbers are
    written. Exit code 0: converted. 2: the file has a mistake.
    """
    with exits_cleanly():
        from circuitspec.cli.convert import convert_file

        raise typer.Exit(convert_file(path, out, source))


@app.command()
def schema() -> None:
    """Print the JSON Schema of specs in JSON."""
    with exits_cleanly():
        from circuitspec.cli.convert import print_schema

        raise typer.Exit(print_schema())


def _complete_code(incomplete: str) -> list[tuple[str, str]]:
    from circuitspec.cli.explain import complete_code

    return list(complete_code(incomplete))


@app.command()
def explain(
    codes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CODE",
            help="Codes such as zero-weight; none for a list of all.",
            show_default=False,
            autocompletion=_complete_code,
        ),
    ] = None,
) -> None:
    """Explain the code of a message: what it means, what is wrong and what is right."""
    with exits_cleanly():
        from circuitspec.cli.explain import explain

        raise typer.Exit(explain(codes or []))


@app.command()
def draw(
    path: Annotated[Path, typer.Argument(help="A .circ file.", show_default=False)],
    out: Annotated[
        Path, typer.Option(help="Where to: .svg, .png, .pdf, or .dot for the Graphviz source.")
    ],
    circuit: Annotated[
        str | None, typer.Option(help="Which circuit, where the file holds several.")
    ] = None,
    view: Annotated[
        DrawnView,
        typer.Option(help="Every node and weight, or what goes from head to head, for one column."),
    ] = "full",
    plain: Annotated[
        bool,
        typer.Option("--plain", help="No snippets and no predictions, which take a run."),
    ] = False,
    model: ModelOption = None,
) -> None:
    """Draw a circuit as it is stated, without checking its claims.

    Snippets of text show where its nodes fire, on prompts of the task that are not for verifying.
    `verify --out` draws it too, with what was confirmed in the caption.
    """
    with exits_cleanly():
        from circuitspec.cli.draw import Drawing, draw_file

        raise typer.Exit(draw_file(path, Drawing(out, view, circuit, model, plain)))


@app.command()
def gallery(
    paths: Paths,
    out: Annotated[Path, typer.Option(help="The folder of the pages.", show_default=False)],
    no_baseline: Annotated[
        bool,
        typer.Option("--no-baseline", help="Leave out how many best-attributed nodes do as well."),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Hold circuits against the strict battery as well; minutes for each.",
        ),
    ] = False,
    color: ColourOption = Colour.AUTO,
) -> None:
    """Verify circuits and write a page about each, with a table of all.

    Pages are Markdown: drawing, sizes, verdicts and spec. What a person adds to a page outside the
    marks in it stays when the command runs again. Exit codes are those of verify.
    """
    with exits_cleanly():
        from circuitspec.cli.gallery import write_gallery
        from circuitspec.cli.results import Results

        results = Results(Format.FULL, (), color)
        raise typer.Exit(
            write_gallery(paths, out, results, baseline=not no_baseline, strict=strict)
        )


@app.command()
def lsp(
    stdio: Annotated[
        bool, typer.Option("--stdio", hidden=True, help="What editors add; there is no other way.")
    ] = True,
) -> None:
    """Serve an editor: diagnostics, formatting, hover, completion and more while you type.

    For editors to start, over standard input and output; docs/how-to/editors.md says how.
    """
    with exits_cleanly():
        from circuitspec.cli.lsp import run_server

        raise typer.Exit(run_server())


for _command in (inspect, models, tasks, discover, compare, train):
    app.command()(_command)
app.add_typer(validate_app)
