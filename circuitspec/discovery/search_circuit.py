"""Finding a circuit: learn masks, cut to the target loss, clean up, then do the same for edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.discovery.mask_training import MaskTraining, learn_node_masks
from circuitspec.discovery.shrink import KeepLoss, fewest_that_suffice, remove_greedily
from circuitspec.engine.ablation import mean_ablation
from circuitspec.model.folder import Model
from circuitspec.model.places import Place, layer_places
from circuitspec.model.transformer import Transformer
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs


@dataclass(frozen=True)
class Discovery:
    """How to search.

    Attributes:
        target_loss: nats on the finding pairs, both for the nodes and for the edges.
        pairs: how many finding pairs the clean-up measures on.
        rounds: mask trainings one after the other, each among the nodes that the last one kept.
    """

    target_loss: float = 0.15
    training: MaskTraining = field(default_factory=MaskTraining)
    pairs: int = 192
    rounds: int = 2
    edges: bool = True


class NotFoundError(Exception):
    """No circuit reaches the target loss; `str()` of it is for the user."""


def discover_circuit(
    model: Model,
    task: Task,
    settings: Discovery,
    *,
    on_stage: Callable[[str, int, float], None] = lambda stage, kept, loss: None,
) -> Circuit:
    """A small circuit of `model` that does `task`, found on the task's finding pairs alone.

    Args:
        on_stage: told the stage, how many units are kept, and the loss in nats.

    Raises:
        NotFoundError: not even the nodes of the best scores reach the target loss.
        TaskError: the task cannot be asked of this model.
    """
    transformer = model.transformer
    scope = tuple(layer_places(model.config.n_layer))
    ablation = mean_ablation(model.reference.means)
    small_batches = tokenize_pairs(task.finding, model.tokenizer, batch_size=16)
    measured = tokenize_pairs(task.finding[: settings.pairs], model.tokenizer)
    loss = KeepLoss(transformer, measured, ablation, scope)

    candidates = {place: torch.ones(model.config.width(place), dtype=torch.bool) for place in scope}
    nodes: frozenset[Node] | None = None
    for round_ in range(settings.rounds):
        found = _learn(transformer, small_batches, loss, candidates, settings, round_, on_stage)
        if found is None or (nodes is not None and len(found) >= len(nodes)):
            break
        nodes = found
        candidates = _as_masks(nodes, candidates)
    if nodes is None:
        raise NotFoundError(
            f"no set of nodes reaches a loss of {settings.target_loss:g} nats; "
            "lower the price, train the masks longer, or ask whether the model can do the task"
        )
    nodes = remove_greedily(
        nodes, loss, settings.target_loss, on_change=lambda n, at: on_stage("nodes", n, at)
    )
    edges: frozenset[Edge] | None = None
    if settings.edges:
        kept_nodes = nodes
        edges = remove_greedily(
            weights_between(transformer, nodes),
            lambda kept: loss(kept_nodes, kept),
            settings.target_loss,
            on_change=lambda n, at: on_stage("edges", n, at),
        )
    return Circuit(
        name=task.name,
        description=task.description,
        model=model,
        groups=tuple(
            NamedNodes(str(node), (node,)) for node in sorted(nodes, key=lambda node: node.order)
        ),
        edges=None if edges is None else tuple(sorted(edges, key=lambda edge: edge.order)),
        scope=scope,
        ablation=ablation,
    )


def weights_between(transformer: Transformer, nodes: frozenset[Node]) -> frozenset[Edge]:
    """Every nonzero weight that joins two of `nodes`."""
    return frozenset(
        Edge(source, target, weight)
        for target in nodes
        for source in nodes
        if target.place.source == source.place
        and (weight := float(transformer.matrix(target.place).weight[target.index, source.index]))
    )


def _learn(
    transformer: Transformer,
    batches: tuple[PairBatch, ...],
    loss: KeepLoss,
    candidates: Mapping[Place, Tensor],
    settings: Discovery,
    round_: int,
    on_stage: Callable[[str, int, float], None],
) -> frozenset[Node] | None:
    scores = learn_node_masks(
        transformer,
        batches,
        loss.ablation,
        candidates,
        replace(settings.training, seed=settings.training.seed + round_),
        on_step=lambda step, at, kept: on_stage(f"masks, round {round_ + 1}", kept, at),
    )
    available = sum(int(candidate.sum()) for candidate in candidates.values())
    most = min(available, 2 * scores.kept() + 64)
    return fewest_that_suffice(scores.nodes, loss, settings.target_loss, most=most)


def _as_masks(nodes: frozenset[Node], like: Mapping[Place, Tensor]) -> dict[Place, Tensor]:
    masks = {place: torch.zeros_like(candidate) for place, candidate in like.items()}
    for node in nodes:
        masks[node.place][node.index] = True
    return masks
