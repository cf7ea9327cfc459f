"""One search: score the nodes, cut to the goal, leave out nodes and edges, clean up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.connected import disconnected_nodes
from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.discovery.attribution import attribution_scores
from circuitspec.discovery.goal import Edges, Goal, Keeping, Kept, Nodes, PartlyAblated
from circuitspec.discovery.mask_training import MaskTraining, learn_node_masks
from circuitspec.discovery.rank import Scores, fewest_that_suffice, wanted
from circuitspec.discovery.remove import remove_cheapest
from circuitspec.engine.ablation import AblationValues, mean_ablation
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masks import Masks
from circuitspec.language.spec import Calibration
from circuitspec.model.folder import Model
from circuitspec.model.places import Place, layer_places
from circuitspec.model.transformer import Transformer
from circuitspec.tasks.task import Pair, Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

Method: TypeAlias = Literal["masks", "attribution"]

Units: TypeAlias = frozenset[Node | Edge]

OnProgress: TypeAlias = Callable[[int, int | None, str], None]
"""Told units of work done, units in all or None, and at what."""

# Of the goal's loss, what the search for nodes and edges leaves to the clean-up.
_RESERVE = 0.03
# Where the goal is an accuracy, or a loss of scaled logits, masks steer to this loss of logits as
# they are. Answers are right then, most of them narrowly.
_LOSS_OF_ACCURATE_MASKS = 0.3
# Of the goal's loss, what masks are trained to reach: with nodes to spare, removal has a choice.
# Where what they want does not reach the goal or is not settled, they are trained again, more
# slowly and for less.
_AIMS = (0.8, 0.5, 0.3)
_UNSETTLED = 300
# Pairs that are run with parts of the rest ablated: the first ones, which go through all templates
# in turn; and how large the parts are in mask training.
_PARTLY_ABLATED = 48
_SHARES = (0.25, 0.5, 0.75, 1.0)
_TRAINING_BATCH = 16
FIRST_ATTRIBUTED = 64
"""Where the search for how many best-attributed nodes suffice begins."""


@dataclass(frozen=True)
class Discovery:
    """How to search.

    Attributes:
        goal: what the circuit is to reach on the finding pairs.
        least_cost: the clean-up leaves out every node and edge that costs less, in nats, as long as
            the goal is reached.
        pairs: how many finding pairs removals are measured on; masks are learnt on all of them.
        edges: leave out weights between kept nodes, too.
        method: what scores the nodes.
        calibration: what is fitted to the logits of whatever is kept; the spec declares it.
        subsets: the goal must also be reached where random parts of the rest are ablated and not
            all of it, so that the circuit cannot lean on the rest standing still. Takes many times
            as long.
    """

    goal: Goal = field(default_factory=Goal)
    least_cost: float = 1e-3
    training: MaskTraining = field(default_factory=MaskTraining)
    pairs: int = 256
    edges: bool = True
    method: Method = "masks"
    calibration: Calibration | None = None
    subsets: bool = False


@dataclass(frozen=True)
class Found:
    """What a search ended with.

    Attributes:
        kept: how it does on the pairs that were measured on.
        ranked: how many best-scored nodes reached the goal, before any was left out.
        cheap: units that cost less than `least_cost`, and without which the goal is not reached.
    """

    nodes: Nodes
    edges: Edges | None
    kept: Kept
    ranked: int
    cheap: int


class NotFoundError(Exception):
    """No circuit reaches the goal; `str()` of it is for the user."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What searches of one model on one task share.

    Attributes:
        scope: the places that ablation may touch.
        training: batches of few pairs, for masks.
        keeping: runs on the first `Discovery.pairs` pairs.
    """

    model: Model
    task: Task
    scope: tuple[Place, ...]
    ablation: AblationValues
    training: tuple[PairBatch, ...]
    keeping: Keeping

    @staticmethod
    def of(model: Model, task: Task, settings: Discovery) -> Ground:
        """Tokenise the finding pairs and prepare the model.

        Raises:
            TaskError: the task cannot be asked of this model.
        """
        scope = tuple(layer_places(model.config.n_layer))
        ablation = mean_ablation(model.reference.means)
        compiler = Compiler.of(model.transformer, ablation)
        return Ground(
            model=model,
            task=task,
            scope=scope,
            ablation=ablation,
            training=tokenize_pairs(task.finding, model.tokenizer, batch_size=_TRAINING_BATCH),
            keeping=Keeping(
                compiler,
                tokenize_pairs(task.finding[: settings.pairs], model.tokenizer),
                scope,
                settings.calibration,
                templates_of(task.finding[: settings.pairs]),
                PartlyAblated(tokenize_pairs(task.finding[:_PARTLY_ABLATED], model.tokenizer))
                if settings.subsets
                else None,
            ),
        )


def templates_of(pairs: Sequence[Pair]) -> Tensor:
    """The template of every pair, numbered from 0."""
    names = list(dict.fromkeys(pair.template for pair in pairs))
    return torch.tensor([names.index(pair.template) for pair in pairs])


def score_nodes(
    ground: Ground, settings: Discovery, *, on_progress: OnProgress = lambda done, total, what: None
) -> Scores:
    """How strongly each node in scope is wanted, by the method of the settings."""
    if settings.method == "attribution":
        on_progress(0, None, "gradients")
        return attribution_scores(
            ground.model.transformer, ground.training, ground.ablation, ground.scope
        )
    config, goal = ground.model.config, settings.goal
    steps = settings.training.steps
    if goal.metric == "accuracy" or settings.calibration is not None:
        targets: tuple[float, ...] = (_LOSS_OF_ACCURATE_MASKS,)
    else:
        targets = tuple(goal.value * aim for aim in _AIMS)
    training = replace(settings.training, shares=_SHARES if settings.subsets else (1.0,))
    for i, target in enumerate(targets):
        scores = learn_node_masks(
            ground.keeping.compiler,
            ground.training,
            {place: torch.ones(config.width(place), dtype=torch.bool) for place in ground.scope},
            training if i == 0 else training.slower(),
            target,
            on_step=lambda step, loss, kept: on_progress(
                step, steps, f"masks: {kept} nodes kept, {loss:.3f} nats"
            ),
        )
        chosen = wanted(scores)
        if len(chosen) <= _UNSETTLED and goal.met(ground.keeping(chosen)):
            break
    return scores


def search_circuit(
    ground: Ground,
    scores: Scores,
    settings: Discovery,
    *,
    on_progress: OnProgress = lambda done, total, what: None,
) -> Found:
    """A small circuit that reaches the goal, from how strongly each node is wanted.

    Raises:
        NotFoundError: not even all nodes reach the goal.
    """
    keeping, goal = ground.keeping, settings.goal
    on_progress(0, None, "cutting to the goal")
    first = len(wanted(scores)) if settings.method == "masks" else FIRST_ATTRIBUTED
    nodes = fewest_that_suffice(scores, keeping, goal, first=first)
    if nodes is None:
        raise NotFoundError(_why_not(ground, goal))
    ranked = len(nodes)
    inner = _with_reserve(goal) if goal.met(keeping(nodes)) else goal

    def tell(what: str) -> Callable[[int, Kept], None]:
        return lambda count, kept: on_progress(0, None, f"{what}: {count} left, {kept.loss:.3f}")

    def keep(units: Units, *, edges: bool = settings.edges) -> Kept:
        # Where parts of the rest are left alone, nodes that lead nowhere in the circuit do
        # something by way of these. They will go, and are not to be reckoned with.
        if keeping.partly is not None:
            units = _heard(ground, units, edges=edges)
        return keeping(*_split(units, edges=edges))

    chosen: Nodes = remove_cheapest(
        nodes,
        lambda nodes: keep(nodes, edges=False),
        lambda kept, cost: inner.met(kept),
        on_change=tell("nodes"),
    )
    units: Units = chosen
    if settings.edges:
        left: Edges = remove_cheapest(
            weights_between(ground.model.transformer, chosen),
            lambda edges: keep(chosen | edges),
            lambda kept, cost: inner.met(kept),
            on_change=tell("edges"),
        )
        units |= left

    def may_go(kept: Kept, cost: float) -> bool:
        return goal.met(kept) and cost < settings.least_cost

    units = remove_cheapest(units, keep, may_go, without=_without, on_change=tell("clean-up"))
    if keeping.partly is None:
        units = _connected(ground, units, keep, goal, edges=settings.edges)
    else:
        units = _heard(ground, units, edges=settings.edges)
    kept = keep(units)
    nodes, edges = _split(units, edges=settings.edges)
    cheap = sum(
        keep(_without(units, unit)).loss - kept.loss < settings.least_cost for unit in units
    )
    return Found(nodes, edges, kept, ranked, cheap)


def as_circuit(ground: Ground, found: Found) -> Circuit:
    """The found nodes and edges, each under its place's name."""
    return _circuit(ground, found.nodes, found.edges)


def weights_between(transformer: Transformer, nodes: Nodes) -> Edges:
    """Every nonzero weight that joins two of `nodes`."""
    by_place: dict[Place, list[Node]] = {}
    for node in sorted(nodes, key=lambda node: node.order):
        by_place.setdefault(node.place, []).append(node)
    found = set()
    for place, targets in by_place.items():
        if place.source is None or place.source not in by_place:
            continue
        sources = by_place[place.source]
        weight = transformer.matrix(place).weight.detach()
        between = weight[[t.index for t in targets]][:, [s.index for s in sources]]
        for row, column in between.nonzero().tolist():
            found.add(Edge(sources[column], targets[row], float(between[row, column])))
    return frozenset(found)


def _circuit(ground: Ground, nodes: Nodes, edges: Edges | None) -> Circuit:
    return Circuit(
        name=ground.task.name,
        description=ground.task.description,
        model=ground.model,
        groups=tuple(
            NamedNodes(str(node), (node,)) for node in sorted(nodes, key=lambda node: node.order)
        ),
        edges=None if edges is None else tuple(sorted(edges, key=lambda edge: edge.order)),
        scope=ground.scope,
        ablation=ground.ablation,
    )


def _split(units: Units, *, edges: bool) -> tuple[Nodes, Edges | None]:
    nodes = frozenset(unit for unit in units if isinstance(unit, Node))
    return nodes, frozenset(u for u in units if isinstance(u, Edge)) if edges else None


def _without(units: Units, unit: Node | Edge) -> Units:
    """A node goes with the edges at it."""
    if isinstance(unit, Edge):
        return units - {unit}
    return frozenset(
        other
        for other in units
        if other != unit and not (isinstance(other, Edge) and unit in (other.source, other.target))
    )


def _connected(
    ground: Ground,
    units: Units,
    keep: Callable[[Units], Kept],
    goal: Goal,
    *,
    edges: bool,
) -> Units:
    """Without nodes that have lost every path to the logits, if the goal is reached without them:
    all that they can still do is to change a norm."""
    for node in disconnected_nodes(_circuit(ground, *_split(units, edges=edges))):
        rest = _without(units, node)
        if goal.met(keep(rest)):
            units = rest
    return units


def _heard(ground: Ground, units: Units, *, edges: bool) -> Units:
    """Without all nodes that have no path to the logits."""
    for node in disconnected_nodes(_circuit(ground, *_split(units, edges=edges))):
        units = _without(units, node)
    return units


def _with_reserve(goal: Goal) -> Goal:
    return replace(goal, value=goal.value * (1 - _RESERVE)) if goal.metric == "loss" else goal


def _why_not(ground: Ground, goal: Goal) -> str:
    full = ground.keeping.run(Masks())
    return (
        f"the model itself does not reach {goal} on the finding pairs of {ground.task.name}: "
        f"it loses {full.loss:.3g} nats ({full.hardest:.3g} on the hardest template) and is right "
        f"after {full.accuracy:.1%} of the prompts"
    )
