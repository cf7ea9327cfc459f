"""`circuitspec validate`: verdicts held against what is known; each command writes a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from circuitspec.cli.exits import exits_cleanly
from circuitspec.cli.options import Paths

validate_app = typer.Typer(
    name="validate",
    help="Hold verdicts against what is known beforehand, and write a page about it.",
    no_args_is_help=True,
)

PageOption = Annotated[Path, typer.Option("--out", help="The page to write.", show_default=False)]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of whatever is drawn at random.")]


@validate_app.command("ground-truth")
def ground_truth(
    folder: Annotated[Path, typer.Argument(help="A folder of known circuits.", show_default=False)],
    out: PageOption,
    seed: SeedOption = 0,
    repeats: Annotated[
        int, typer.Option(min=1, help="How many variants of each kind are made of each circuit.")
    ] = 8,
) -> None:
    """Judge true and false specs of transformers whose circuit is known.

    Exit code 0: no verdict is false, but where a sample lacks what decides. 1: some are; the page
    lists all.
    """
    with exits_cleanly():
        from circuitspec.cli.validate_ground_truth import validate_ground_truth

        raise typer.Exit(validate_ground_truth(folder, out, seed=seed, repeats=repeats))


@validate_app.command("coverage")
def coverage(
    out: PageOption,
    seed: SeedOption = 0,
    runs: Annotated[
        int, typer.Option(min=100, help="Simulations of the fast kinds; slow ones have fewer.")
    ] = 20_000,
) -> None:
    """Simulate how often intervals of every kind leave out the truth.

    Exit code 0: none does so more often than it says, but for what is known to. 1: some does.
    """
    with exits_cleanly():
        from circuitspec.cli.validate_coverage import validate_coverage

        raise typer.Exit(validate_coverage(out, seed=seed, runs=runs))


@validate_app.command("mutants")
def mutants(
    paths: Paths,
    out: PageOption,
    seed: SeedOption = 0,
    least: Annotated[
        int, typer.Option(min=1, help="At least so many mutants of each spec, if there are.")
    ] = 50,
) -> None:
    """Change specs in one thing each, and say which changes their claims catch.

    What was judged is kept beside the page until it is written, so that the same command goes on
    after a stop. Exit code 0: every mutant was judged. 1: some could not be.
    """
    with exits_cleanly():
        from circuitspec.cli.validate_mutants import validate_mutants

        raise typer.Exit(validate_mutants(paths, out, seed=seed, least=least))


@validate_app.command("made-up")
def made_up(
    out: PageOption,
    model: Annotated[str, typer.Option(help="A shipped model, or a model's folder.")],
    task: Annotated[str, typer.Option(help="A shipped task that the model does.")],
    beside: Annotated[
        Path, typer.Option(help="A folder of specs, for circuits of other tasks.")
    ] = Path("specs"),
    seed: SeedOption = 0,
) -> None:
    """Prune circuits of nonsense, shuffled answers and redrawn weights, and judge them strictly.

    Exit code 0: none of them is confirmed. 1: one is.
    """
    with exits_cleanly():
        from circuitspec.cli.validate_made_up import validate_made_up

        raise typer.Exit(validate_made_up(model, task, beside, out, seed=seed))
