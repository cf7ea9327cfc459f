"""`circuitspec discover`: from a model and a task to a first spec."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from circuitspec.cli.exits import UserError
from circuitspec.cli.method import Fitted, Method
from circuitspec.cli.models import chosen_model
from circuitspec.cli.progress import progress_bar
from circuitspec.cli.spec_files import SUFFIX
from circuitspec.diagnostics.wording import counted
from circuitspec.discovery.discover import DiscoveredSpec, describe, discover
from circuitspec.discovery.goal import Goal
from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.search_circuit import Discovery, Ground, NotFoundError
from circuitspec.discovery.to_spec import with_comment
from circuitspec.document import print_document
from circuitspec.files import write_whole
from circuitspec.language.spec import Calibration
from circuitspec.model.shipped import shipped_models
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task, shipped_tasks


@dataclass(frozen=True)
class Search:
    """What the command was asked.

    Attributes:
        out: the spec to write.
        seeds: searches; the smallest circuit is written.
        trials: of settings of the mask training before the search.
        force: replace a spec that is there.
    """

    out: Path
    model: str
    task: str
    settings: Discovery
    seeds: tuple[int, ...]
    trials: int
    force: bool


def settings_of(
    target_loss: float | None,
    target_accuracy: float | None,
    least_cost: float,
    price: float | None,
    steps: int,
    *,
    method: Method,
    edges: bool,
    calibrate: Fitted | None,
    subsets: bool,
) -> Discovery:
    """The settings that the options mean.

    Raises:
        UserError: two targets, or one that cannot be reached; options that exclude each other.
    """
    if subsets and calibrate is not None:
        raise UserError(
            "--subsets and --calibrate exclude each other",
            "numbers are fitted to the circuit alone, not to what else is left",
        )
    if target_loss is not None and target_accuracy is not None:
        raise UserError("--target-loss and --target-accuracy exclude each other")
    if target_loss == 0:
        raise UserError("no circuit loses 0 nats", "give a --target-loss above 0")
    goal = Goal()
    if target_loss is not None:
        goal = Goal("loss", target_loss)
    elif target_accuracy is not None:
        goal = Goal("accuracy", target_accuracy)
    training = MaskTraining(steps=steps)
    if price is not None:
        training = replace(training, price=price, price_rate=0.0)
    return Discovery(
        goal=goal,
        least_cost=least_cost,
        training=training,
        edges=edges,
        method=method.value,
        calibration=None if calibrate is None else Calibration(shift=calibrate is Fitted.BOTH),
        subsets=subsets,
    )


def discover_to_file(search: Search) -> int:
    """Find a circuit and write it as a spec; returns the exit code.

    Raises:
        UserError: no such model or task, a file that must not be replaced, or no circuit found.
    """
    out = search.out
    if out.suffix != SUFFIX:
        raise UserError(f"{out} is not the name of a spec", f"name a {SUFFIX} file with --out")
    if out.exists() and not search.force:
        raise UserError(
            f"{out} exists, and may have been edited", "name another file, or add --force"
        )
    model = chosen_model(search.model)
    assert model is not None
    journal = out.with_name(f".{out.name}.search.json")
    settings = search.settings
    try:
        task = load_task(search.task)
        with progress_bar(search.task) as report:
            if search.trials:
                from circuitspec.discovery.tune import TuneError, tune

                ground = Ground.of(model, task, settings)
                try:
                    training = tune(
                        ground, settings, search.trials, seed=search.seeds[0], on_progress=report
                    )
                except TuneError as error:
                    raise UserError(str(error), "`pip install 'circuitspec[tune]'`") from None
                settings = replace(settings, training=training)
            result = discover(
                model,
                task,
                settings,
                seeds=search.seeds,
                model_name=_from(out, search.model, shipped_models()),
                task_name=_from(out, search.task, shipped_tasks()),
                journal=journal,
                on_progress=report,
            )
    except TaskError as error:
        raise UserError(str(error), error.diagnostic.help) from None
    except NotFoundError as error:
        journal.unlink(missing_ok=True)
        raise UserError(str(error)) from None
    except KeyboardInterrupt:
        if journal.exists():
            raise KeyboardInterrupt("the same command goes on from here") from None
        raise
    try:
        write_whole(out, print_document(with_comment(result.spec, describe(result, settings))))
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from None
    journal.unlink(missing_ok=True)
    print(_summary(search, result))
    return 0


def _from(spec: Path, name: str, shipped: tuple[str, ...]) -> str:
    """What a spec calls a model or task: a path is from its own folder, not from here."""
    if name in shipped:
        return name
    path = Path(os.path.relpath(Path(name).expanduser(), spec.absolute().parent)).as_posix()
    return path if path.startswith((".", "/")) else f"./{path}"


def _summary(search: Search, result: DiscoveredSpec) -> str:
    found = result.discovered
    lines = []
    if len(search.seeds) > 1:
        for seed in search.seeds:
            one = found.found.get(seed)
            if one is None:
                lines.append(f"seed {seed}: {found.failed[seed]}")
            else:
                edges = "" if one.edges is None else f", {counted(len(one.edges), 'edge')}"
                lines.append(f"seed {seed}: {counted(len(one.nodes), 'node')}{edges}")
        if found.overlap is not None:
            lines.append(
                f"in every seed's circuit: {counted(len(found.shared), 'node')}; "
                f"overlap of two, on average: {found.overlap:.0%}"
            )
    best, keep = found.best, result.scores.keep
    edges = "" if best.edges is None else f", {counted(len(best.edges), 'edge')}"
    lines.append(
        f"{search.out}: {counted(len(best.nodes), 'node')}{edges}; alone it loses "
        f"{keep.isolated:.3f} nats and is right after {keep.accuracy:.1%} of the finding prompts"
    )
    if keep.alone is not None:
        lines.append(f"with the worst part of the rest ablated it loses {keep.loss:.3f} nats")
    return "\n".join(lines)
