"""An adversary: which part of the rest, ablated, hurts a circuit most?

A set of nodes may be sufficient with all of the rest ablated, and with random parts of it, and yet
there may be a part of the rest without which what is left of it works against the circuit. The
adversary chooses one part for a whole batch of prompts. If it could choose for each prompt, it
would break faithful circuits as well (in reply to J. Drori, 2026).

The loss is a function of gates, one for each node outside the circuit (and for each unlisted weight
between kept nodes): 1 leaves alone, 0 ablates. From a start, all gates whose gradient says that
turning them would raise the loss are ranked by how much it says so. All of them are turned, or if
that does not raise the loss a quarter of them, the first, and so on; what raises it is kept, and
the gradient taken anew. What is found is a lower bound of what could be found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masks import Masks
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer

# How much of the ranked gates the next attempt turns, if one does not raise the loss.
_FEWER = 4
# What a loss must rise by, as a share, to count as higher.
_RISE = 1e-4


@dataclass(frozen=True, eq=False)
class Rest:
    """What an adversary may ablate.

    Attributes:
        nodes: per place the indices of nodes outside the circuit.
        weights: per target place the entries [2, entry] (row, column) of nonzero weights between
            kept nodes that the circuit does not list.
    """

    nodes: Mapping[Place, Tensor]
    weights: Mapping[Place, Tensor]

    @staticmethod
    def of(model: Transformer, masks: Masks) -> Rest:
        """What `masks`, those of a circuit alone, leave out."""
        nodes = {place: (~mask).nonzero()[:, 0] for place, mask in masks.nodes.items()}
        weights = {}
        for target, listed in masks.weights.items():
            assert target.source is not None
            between = masks.nodes[target][:, None] & masks.nodes[target.source][None, :]
            used = model.matrix(target).weight != 0
            weights[target] = (between & used & ~listed).nonzero().T
        return Rest(nodes, weights)

    @property
    def size(self) -> int:
        """How many gates there are."""
        nodes = sum(len(indices) for indices in self.nodes.values())
        return nodes + sum(entries.shape[1] for entries in self.weights.values())


@dataclass(frozen=True, eq=False)
class Attack:
    """What was found for one batch.

    Attributes:
        logits: last-position logits of each piece of the batch [prompt, vocab].
        loss: of the batch.
        ablated: which gates are 0 [gate].
        runs: how often the model was run on the batch.
    """

    logits: tuple[Tensor, ...]
    loss: float
    ablated: Tensor
    runs: int


LossOf = Callable[[Sequence[Tensor]], Tensor]
"""The loss of a batch, a number, from the last-position logits of each of its pieces."""


@dataclass(frozen=True, eq=False)
class Adversary:
    """An adversary of one circuit.

    Attributes:
        rest: what it may ablate; not nothing.
        steps: how many gradients it takes at most from each start.
        attempts: how many sets of gates it turns at most from each start.
    """

    model: Transformer
    ablation: AblationValues
    rest: Rest
    steps: int = 5
    attempts: int = 10

    def attack(self, pieces: Sequence[Tensor], loss_of: LossOf, starts: Sequence[Tensor]) -> Attack:
        """The worst that is found for one batch.

        Args:
            pieces: tokens [prompt, position], equally long within a piece.
            starts: sets of gates that are 0 [gate], at least one.
        """
        return max(
            (self._from(start, pieces, loss_of) for start in starts), key=lambda found: found.loss
        )

    def _from(self, start: Tensor, pieces: Sequence[Tensor], loss_of: LossOf) -> Attack:
        here = self._run(start, pieces, loss_of)
        runs, share = 1, 1.0
        for _ in range(self.steps):
            (gradient,) = torch.autograd.grad(here.loss, here.gates)
            # Turning a gate of 1 moves it by -1, and one of 0 by 1.
            promise = torch.where(here.ablated, gradient, -gradient)
            ranked = promise.argsort(descending=True, stable=True)[: int((promise > 0).sum())]
            better = None
            while better is None and runs < self.attempts and share * len(ranked) >= 0.5:
                turned = here.ablated.clone()
                turned[ranked[: round(share * len(ranked))]] ^= True
                there = self._run(turned, pieces, loss_of)
                runs += 1
                if there.worth > here.worth * (1 + _RISE):
                    better = there
                else:
                    share /= _FEWER
            if better is None:
                break
            here = better
        logits = tuple(piece.detach() for piece in here.logits)
        return Attack(logits, here.worth, here.ablated, runs)

    def _run(self, ablated: Tensor, pieces: Sequence[Tensor], loss_of: LossOf) -> _Attempt:
        gates = (~ablated).to(self.model.embed.dtype).requires_grad_()
        with torch.enable_grad():
            tap = GateTap(self.model, self.rest, gates, self.ablation)
            logits = [self.model(tokens, tap)[:, -1] for tokens in pieces]
            loss = loss_of(logits)
        return _Attempt(gates, ablated, logits, loss)


@dataclass(frozen=True, eq=False)
class _Attempt:
    gates: Tensor
    ablated: Tensor
    logits: Sequence[Tensor]
    loss: Tensor

    @property
    def worth(self) -> float:
        return float(self.loss.detach())


class GateTap(Tap):
    """Lets nodes and weights of the rest through by gates [gate], in the order of the rest."""

    def __init__(
        self, model: Transformer, rest: Rest, gates: Tensor, ablation: AblationValues
    ) -> None:
        self._ablation = ablation
        groups = [*rest.nodes.values(), *rest.weights.values()]
        pieces = iter(gates.split([group.shape[-1] for group in groups]))
        self._nodes: dict[Place, Tensor] = {}
        for place, indices in rest.nodes.items():
            whole = gates.new_ones(model.config.width(place))
            self._nodes[place] = whole.index_put((indices,), next(pieces))
        self._weights: dict[Place, Tensor] = {}
        for target, (rows, columns) in rest.weights.items():
            piece = next(pieces)
            if len(rows):
                whole = torch.ones_like(model.matrix(target).weight)
                self._weights[target] = whole.index_put((rows, columns), piece)

    def activation(self, place: Place, value: Tensor) -> Tensor:
        """Between the ablation value, at 0, and `value`, at 1."""
        gate = self._nodes.get(place)
        if gate is None:
            return value
        ablated = self._ablation[place].to(value.dtype)
        return torch.lerp(ablated.expand_as(value), value, gate.expand_as(value))

    def kept_weights(self, target: Place) -> Tensor | None:
        """The gates of a matrix of which some weights are of the rest."""
        return self._weights.get(target)

    def ablation_value(self, place: Place) -> Tensor:
        """What an ablated node at `place` says."""
        return self._ablation[place]
