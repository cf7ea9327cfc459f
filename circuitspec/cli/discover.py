"""`circuitspec discover`: from a model and a task to a first spec."""

from __future__ import annotations

from pathlib import Path

from circuitspec.cli.exits import UserError
from circuitspec.cli.models import chosen_model
from circuitspec.cli.progress import progress_bar
from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.search_circuit import Discovery, NotFoundError, discover_circuit
from circuitspec.discovery.to_spec import circuit_to_spec
from circuitspec.document import print_file
from circuitspec.files import write_whole
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task


def discover_to_file(
    out: Path,
    model_name: str,
    task_name: str,
    target_loss: float,
    price: float,
    steps: int,
    seed: int,
) -> int:
    """Find a circuit and write it as a spec; returns the exit code.

    Raises:
        UserError: no such model or task, or no circuit reaches the target.
    """
    model = chosen_model(model_name)
    assert model is not None
    settings = Discovery(
        target_loss=target_loss, training=MaskTraining(price=price, steps=steps, seed=seed)
    )
    try:
        task = load_task(task_name)
        with progress_bar(f"{task_name} in {model_name}") as report:
            circuit = discover_circuit(
                model,
                task,
                settings,
                on_stage=lambda stage, kept, loss: report(
                    0, None, f"{stage}: {kept} kept, {loss:.3f} nats"
                ),
            )
    except TaskError as error:
        raise UserError(str(error), error.diagnostic.help) from None
    except NotFoundError as error:
        raise UserError(str(error)) from None
    spec = circuit_to_spec(circuit, task=task_name, claimed_loss=target_loss)
    write_whole(out, print_file(spec))
    edges = "" if circuit.edges is None else f", {len(circuit.edges)} edges"
    print(f"{out}: {len(circuit.nodes)} nodes{edges}")
    return 0
