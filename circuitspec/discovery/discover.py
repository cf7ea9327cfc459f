"""From a model and a task to a spec: search, measure, claim, and say in a comment how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from circuitspec import __version__
from circuitspec.diagnostics.wording import counted
from circuitspec.discovery.claims import FoundScores, claims_of, score_found
from circuitspec.discovery.goal import Kept
from circuitspec.discovery.journal import Journal
from circuitspec.discovery.search_circuit import Discovery, Ground, OnProgress, as_circuit
from circuitspec.discovery.seeds import Discovered, discover_seeds
from circuitspec.discovery.to_spec import circuit_to_spec
from circuitspec.language.spec import Spec
from circuitspec.model.folder import Model
from circuitspec.tasks.task import Task


@dataclass(frozen=True)
class DiscoveredSpec:
    """A found circuit as a spec, and what is known of it.

    Attributes:
        discovered: what every seed found; the spec is of the best.
        scores: how the best circuit does on all finding pairs.
    """

    spec: Spec
    discovered: Discovered
    scores: FoundScores


def discover(
    model: Model,
    task: Task,
    settings: Discovery,
    *,
    seeds: Sequence[int] = (0,),
    model_name: str | None = None,
    task_name: str | None = None,
    journal: Path | None = None,
    on_progress: OnProgress = lambda done, total, what: None,
) -> DiscoveredSpec:
    """The smallest circuit of all seeds, found and measured on the finding pairs alone.

    Args:
        model_name, task_name: what the spec calls them, if not by their own names.
        journal: a file that remembers what is done; it is taken up, and gone in the end.

    Raises:
        NotFoundError: no seed found a circuit.
        TaskError: the task cannot be asked of this model.
    """
    ground = Ground.of(model, task, settings)
    remembered = None if journal is None else Journal(journal, ground, settings)
    found = discover_seeds(ground, settings, seeds, journal=remembered, on_progress=on_progress)
    on_progress(0, None, "measuring the circuit on all finding pairs")
    scores = score_found(ground, found.best)
    spec = circuit_to_spec(
        as_circuit(ground, found.best),
        model=model_name or model.name,
        task=task_name or task.name,
        claims=claims_of(scores),
        calibration=settings.calibration,
        also=("subsets",) if settings.subsets else (),
    )
    return DiscoveredSpec(spec, found, scores)


def describe(result: DiscoveredSpec, settings: Discovery) -> list[str]:
    """How a circuit was found, and how it did, for the comment above it."""
    return list(_described(result, settings))


def _described(result: DiscoveredSpec, settings: Discovery) -> Iterator[str]:
    found, best, scores = result.discovered, result.discovered.best, result.scores
    how = (
        "learned masks" if settings.method == "masks" else "attribution (activation times gradient)"
    )
    yield f"Found by circuitspec {__version__}: {how}, for {settings.goal}."
    if settings.subsets:
        reached = "is" if settings.goal.met(best.kept) else "was not"
        yield f"The goal {reached} reached also where random parts of the rest are ablated."
    yield f"Left out where it costs less than {settings.least_cost:g} nats: any node or edge."
    if settings.method == "masks":
        yield from _training(settings, found)
    yield ""
    yield f"On the {scores.pairs} finding pairs:"
    rows = (
        ("whole model", scores.full),
        ("this circuit alone", scores.keep),
        ("without it", scores.drop),
    )
    yield from (f"  {name:<20}{_kept(kept)}" for name, kept in rows)
    costs = [
        f"{unit} {cost:.3g}"
        for unit, cost in (("node", scores.node_cost), ("edge", scores.edge_cost))
        if cost is not None
    ]
    yield f"Least cost of leaving one out, in nats: {', '.join(costs)}."
    if best.cheap:
        yield (
            f"{counted(best.cheap, 'unit')} cost less than {settings.least_cost:g}; "
            "without any of them the goal is missed."
        )
    kinds = {claim.kind for claim in result.spec.claims}
    if "necessary" not in kinds:
        yield "Not claimed to be necessary: the model does about as well without it."
    yield ""
    yield "Names are of places. `circuitspec inspect` shows what they respond to: rename them."


def _training(settings: Discovery, found: Discovered) -> Iterator[str]:
    training = settings.training
    yield (
        f"Masks: {training.steps} steps, price from {training.price:g}, learning rate "
        f"{training.learning_rate:g}, temperature {training.temperature:g};"
    )
    yield "again, more slowly and for less, where these do not settle or miss the goal."
    seeds = (*found.found, *found.failed)
    if len(seeds) == 1:
        yield f"Seed {found.best_seed}."
        return
    sizes = [len(one.nodes) for one in found.found.values()]
    text = f"Seed {found.best_seed} of {len(seeds)}"
    if found.failed:
        text += f", {len(found.failed)} of which found nothing"
    few, many = min(sizes), max(sizes)
    text += f"; they found {few} nodes" if few == many else f"; they found {few} to {many} nodes"
    if found.overlap is not None:
        text += f", {len(found.shared)} of them in all, overlap {found.overlap:.0%} (Jaccard)"
    yield f"{text}."


def _kept(kept: Kept) -> str:
    text = f"loss {kept.isolated:.3f}, {kept.accuracy:.1%} right"
    if kept.by_template:
        text += f"; {kept.hardest:.3f} on the hardest template"
    if kept.alone is not None:
        text += f"; {kept.loss:.3f} with the worst part of the rest ablated"
    return text
