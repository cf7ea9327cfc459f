"""`circuitspec compare`: how large circuits come out by goal and method, as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from circuitspec.cli.exits import UserError
from circuitspec.cli.models import chosen_model
from circuitspec.cli.progress import progress_bar
from circuitspec.discovery.compare import VARIANTS, Variant, compare
from circuitspec.discovery.goal import Goal
from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.search_circuit import Discovery
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task


def print_comparison(
    model_name: str, tasks: Sequence[str], target_loss: float, steps: int, seed: int
) -> int:
    """Search each task in every way, and print a row as soon as it is known.

    Raises:
        UserError: no such model or task.
    """
    model = chosen_model(model_name)
    assert model is not None
    settings = Discovery(
        goal=Goal("loss", target_loss), training=MaskTraining(steps=steps, seed=seed)
    )
    try:
        loaded = [load_task(name) for name in tasks]
        for line in _head():
            print(line, flush=True)
        for task in loaded:
            with progress_bar(task.name) as report:
                variants = compare(model, task, settings, on_progress=report)
            print(_row(task.name, variants), flush=True)
    except TaskError as error:
        raise UserError(str(error), error.diagnostic.help) from None
    return 0


def _head() -> Iterator[str]:
    columns = [f"{name}: nodes, edges | right" for name in VARIANTS]
    yield f"| task | masks, cut: nodes | {' | '.join(columns)} |"
    yield "|---" * (2 + 2 * len(VARIANTS)) + "|"


def _row(task: str, variants: Sequence[Variant]) -> str:
    masks = variants[0].found
    cells = [task, "none" if masks is None else f"{masks.ranked:,}"]
    for variant in variants:
        found = variant.found
        if found is None:
            cells += ["none", ""]
        else:
            size = f"{len(found.nodes):,}, {len(found.edges or ()):,}"
            cells += [size, f"{found.kept.accuracy:.1%}"]
    return f"| {' | '.join(cells)} |"
