"""Commands about models and tasks, where no spec is given; `app` registers them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from circuitspec.cli.colour import Colour
from circuitspec.cli.exits import exits_cleanly
from circuitspec.cli.list_format import ListFormat
from circuitspec.cli.method import Fitted, Method
from circuitspec.cli.options import (
    ColourOption,
    InspectedModel,
    InspectedNodes,
    ListFormatOption,
    ScoresOption,
    SpecsOption,
    TextsOption,
)


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
    no_edges: Annotated[
        bool, typer.Option("--no-edges", help="Keep all weights between nodes, and list none.")
    ] = False,
    method: Annotated[
        Method, typer.Option(help="What ranks the nodes: learned masks, or the baseline.")
    ] = Method.MASKS,
    subsets: Annotated[
        bool,
        typer.Option(
            "--subsets",
            help="Reach the target also where random parts of the rest are ablated and not all of "
            "it, and claim that; takes several times as long.",
        ),
    ] = False,
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
            edges=not no_edges,
            calibrate=calibrate,
            subsets=subsets,
        )
        chosen = tuple(range(seed, seed + seeds))
        search = Search(out, model, task, settings, chosen, tune, force)
        raise typer.Exit(discover_to_file(search))


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


def train(
    config: Annotated[Path, typer.Argument(help="A run's settings, in TOML.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The model's folder; a killed run resumes from it.")],
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processor threads; all if not given.")
    ] = None,
    device: Annotated[
        str, typer.Option(help="What computes, as torch names it: cpu, cuda, cuda:1.")
    ] = "cpu",
) -> None:
    """Train a weight-sparse transformer on the Python standard library.

    Writes config.json, model.safetensors, tokenizer.json, reference.safetensors and a model card;
    log.jsonl has loss, nonzeros and learning rate of every step.
    """
    with exits_cleanly():
        from circuitspec.cli.train import train_model

        raise typer.Exit(train_model(config, out, threads, device))
