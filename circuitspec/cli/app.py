"""The `circuitspec` command. Each command imports what it needs when it runs, torch above all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from circuitspec import __version__
from circuitspec.cli.colour import Colour
from circuitspec.cli.exits import exits_cleanly
from circuitspec.cli.form import Form
from circuitspec.cli.list_format import ListFormat
from circuitspec.cli.method import Fitted, Method
from circuitspec.cli.options import (
    ColourOption,
    FormatOption,
    InspectedModel,
    InspectedNodes,
    ListFormatOption,
    ModelOption,
    OutputOption,
    Paths,
    ScoresOption,
    SpecsOption,
    TextsOption,
)
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

        judging = Judging(model, seed, out, allow_inconclusive)
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
    baseline: Annotated[
        bool,
        typer.Option(help="Compare with as many best-attributed nodes as do as well."),
    ] = True,
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
        raise typer.Exit(write_gallery(paths, out, results, baseline=baseline))


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
def inspect(
    model: InspectedModel,
    nodes: InspectedNodes,
    spec: SpecsOption = None,
    text: TextsOption = None,
    task: Annotated[
        str | None, typer.Option(help="Run the model on a task's prompts for finding circuits.")
    ] = None,
    tokens: Annotated[int, typer.Option(min=1, help="How many tokens at most.")] = 1 << 16,
    most: Annotated[
        int, typer.Option(min=1, max=1000, help="Tokens and examples that are listed on each side.")
    ] = 8,
    seed: Annotated[int, typer.Option(min=0, help="Seed of examples drawn at random.")] = 0,
    format: ListFormatOption = ListFormat.FULL,  # noqa: A002
    color: ColourOption = Colour.AUTO,
) -> None:
    """Show what a node reads and writes, and on which text it fires: find the words for it.

    Quote the brackets of a place for the shell: 'L0.mlp.neuron[863]'.
    """
    with exits_cleanly():
        from circuitspec.cli.inspect import Question, inspect_and_print
        from circuitspec.cli.inspected_text import TextChoice

        question = Question(
            model=model,
            nodes=tuple(nodes),
            specs=tuple(spec or ()),
            text=TextChoice(tuple(text or ()), task, tokens),
            most=most,
            seed=seed,
        )
        raise typer.Exit(inspect_and_print(question, format, color))


@app.command()
def discover(
    out: Annotated[Path, typer.Option("--out", "-o", help="The .circ file to write.")],
    model: Annotated[str, typer.Option(help="A shipped model, or a model's folder.")],
    task: Annotated[str, typer.Option(help="A shipped task, or a .jsonl file of pairs.")],
    target_loss: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Nats that the circuit may lose on the finding pairs; 0.15 if nothing is given.",
            show_default=False,
        ),
    ] = None,
    target_accuracy: Annotated[
        float | None,
        typer.Option(
            min=0.5,
            max=1.0,
            help="Instead of a loss: the share of finding prompts to be right after.",
            show_default=False,
        ),
    ] = None,
    least_cost: Annotated[
        float,
        typer.Option(min=0.0, help="Leave out every node and edge that costs fewer nats."),
    ] = 1e-3,
    edges: Annotated[
        bool, typer.Option("--edges/--no-edges", help="Leave out weights between nodes, too.")
    ] = True,
    method: Annotated[
        Method, typer.Option(help="What ranks the nodes: learned masks, or the baseline.")
    ] = Method.MASKS,
    calibrate: Annotated[
        Fitted | None,
        typer.Option(
            help="Fit this to the circuit's logits before the loss is taken, and declare it.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Searches from so many seeds; the smallest circuit is kept.")
    ] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    tune: Annotated[
        int, typer.Option(min=0, help="First try so many settings of the mask training.")
    ] = 0,
    steps: Annotated[int, typer.Option(min=1, help="Updates of a mask training.")] = 400,
    price: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Nats per kept node, fixed; if not given, it moves until the target is met.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a spec that is there.")] = False,
) -> None:
    """Find a small circuit by pruning, and write it down as a spec with claims.

    Learns which nodes the task needs, leaves out every node and weight that it can do without, and
    claims what was measured on the finding pairs; the verifying pairs stay untouched, for `verify`.
    An interrupted search goes on where it was. It takes minutes.
    """
    with exits_cleanly():
        from circuitspec.cli.discover import Search, discover_to_file, settings_of

        settings = settings_of(
            target_loss,
            target_accuracy,
            least_cost,
            price,
            steps,
            method=method,
            edges=edges,
            calibrate=calibrate,
        )
        chosen = tuple(range(seed, seed + seeds))
        search = Search(out, model, task, settings, chosen, tune, force)
        raise typer.Exit(discover_to_file(search))


@app.command()
def compare(
    tasks: Annotated[
        list[str], typer.Argument(metavar="TASK", help="Shipped tasks or .jsonl files of pairs.")
    ],
    model: Annotated[str, typer.Option(help="A shipped model, or a model's folder.")],
    target_loss: Annotated[
        float, typer.Option(min=1e-6, help="Nats that circuits may lose on the finding pairs.")
    ] = 0.15,
    steps: Annotated[int, typer.Option(min=1, help="Updates of a mask training.")] = 400,
    seed: Annotated[int, typer.Option(min=0, help="Of the mask training.")] = 0,
) -> None:
    """Search circuits in four ways and print how large they come out, as a Markdown table.

    By learnt masks; the same with a scale and a shift fitted to the logits; logits as they are, but
    only as accurate as those; and by attribution.
    """
    with exits_cleanly():
        from circuitspec.cli.compare import print_comparison

        raise typer.Exit(print_comparison(model, tasks, target_loss, steps, seed))


@app.command()
def models(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...",
            help="Shipped models or folders; none for all shipped ones.",
            show_default=False,
        ),
    ] = None,
    scores: ScoresOption = False,
    format: ListFormatOption = ListFormat.FULL,  # noqa: A002
) -> None:
    """List models, with what they are made of and, if asked, how well they do the shipped tasks."""
    with exits_cleanly():
        from circuitspec.cli.models_and_tasks import list_models

        raise typer.Exit(list_models(names or [], format, scores=scores))


@app.command()
def tasks(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TASK]...",
            help="Shipped tasks or .jsonl files, shown with examples; none for a list of all.",
            show_default=False,
        ),
    ] = None,
    scores: ScoresOption = False,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Score this model, a shipped name or a folder. May be given several times.",
            show_default=False,
        ),
    ] = None,
    format: ListFormatOption = ListFormat.FULL,  # noqa: A002
) -> None:
    """List tasks and, if asked, how well the full models do them.

    A model does a task if it loses at most 0.15 nats on the verifying pairs and is right after 95%
    of the prompts.
    """
    with exits_cleanly():
        from circuitspec.cli.models_and_tasks import list_tasks

        raise typer.Exit(list_tasks(names or [], model or [], format, scores=scores or bool(model)))


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
