"""What is true of a known transformer, in float64: losses of any circuit, nodes that do nothing.

Definitions are those of the language (see `Circuit.keep` and `drop`), written down once more. What
runs say of single inputs becomes the loss of pairs: the two-token cross-entropy of both prompts,
each between its own right output and the other's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from circuitspec.circuit.nodes import Node
from circuitspec.model.places import Place, layer_places, matrix_places
from circuitspec.validation.known import Array, Ints, Known
from circuitspec.validation.oracle_run import Bools, OracleRun, Taken, matrix_of

Weight: TypeAlias = tuple[Node, Node]
"""Source and target of an entry of a matrix."""

# What float32 cannot tell from zero, and from a constant, no verdict can rest on.
_NOTHING = 1e-30
_ROUNDING = 1e-6
_ROUNDED = 3


@dataclass(frozen=True)
class Part:
    """A circuit of a known transformer; without `weights` every weight between nodes is in it."""

    nodes: frozenset[Node]
    weights: frozenset[Weight] | None = None

    def without(self, node: Node) -> Part:
        """The same less one node and the weights at it."""
        weights = self.weights
        if weights is not None:
            weights = frozenset(weight for weight in weights if node not in weight)
        return Part(self.nodes - {node}, weights)

    def without_weight(self, weight: Weight) -> Part:
        """The same less one weight."""
        assert self.weights is not None
        return Part(self.nodes, self.weights - {weight})


@dataclass(frozen=True, eq=False)
class Answers:
    """What a run says at the last position.

    Attributes:
        logits: [input, output].
        targets: [input] the right output.
    """

    logits: Array
    targets: Ints

    def margins(self, pairs: Ints) -> Array:
        """[pair, 2] right minus wrong logit of both inputs of pairs [pair, 2]."""
        right = self.logits[pairs, self.targets[pairs]]
        wrong: Array = self.logits[pairs, self.targets[pairs[:, ::-1]]]
        return right - wrong

    def losses(self, pairs: Ints) -> Array:
        """[pair] in nats."""
        mean: Array = np.logaddexp(0.0, -self.margins(pairs)).mean(axis=1)
        return mean

    def accuracy(self, pairs: Ints, slack: float = 0.0) -> float:
        """The share of right answers; a logit must be the larger one by more than `slack`."""
        return float((self.margins(pairs) > slack).mean())


@dataclass(frozen=True, eq=False)
class Oracle:
    """One known transformer, ready to be asked."""

    known: Known

    def full(self) -> Answers:
        """The transformer as it is."""
        return Answers(self._full.said, self.known.targets)

    def keep(self, part: Part) -> Answers:
        """The circuit alone: other nodes say their means, other weights carry those."""
        return self._answers(self._all_but(part))

    def rounded(self, part: Part) -> Iterator[tuple[OracleRun, OracleRun]]:
        """The transformer and the circuit alone, run with several roundings, other ones in each."""
        for number, full in enumerate(self._rounded):
            weights = self._rounded[max(number - 1, 0)].weights
            alone = OracleRun(self.known.config, weights, _means(full), self._all_but(part))
            alone.logits(self.known.tokens)
            yield full, alone

    def _all_but(self, part: Part) -> Taken:
        config = self.known.config
        nodes = {
            place: ~_indices(part.nodes, place, config.width(place))
            for place in layer_places(config.n_layer)
        }
        weights = {} if part.weights is None else {p: ~w for p, w in self._listed(part).items()}
        return Taken(nodes, weights)

    def drop(self, part: Part) -> Answers:
        """The transformer without the circuit: its weights if it lists any, else its nodes."""
        config = self.known.config
        if part.weights is not None:
            return self._answers(Taken(weights=self._listed(part)))
        places = {node.place for node in part.nodes}
        return self._answers(
            Taken({place: _indices(part.nodes, place, config.width(place)) for place in places})
        )

    def empty(self) -> Answers:
        """Nothing left inside the layers."""
        return self._empty

    def weights_between(self, nodes: Collection[Node]) -> frozenset[Weight]:
        """All weights that are not zero between some nodes."""
        by_place: dict[Place, list[Node]] = {}
        for node in nodes:
            by_place.setdefault(node.place, []).append(node)
        found: list[Weight] = []
        for target in matrix_places(self.known.config.n_layer):
            assert target.source is not None
            matrix = matrix_of(self.known.weights, target)
            found += [
                (one, other)
                for other in by_place.get(target, ())
                for one in by_place.get(target.source, ())
                if matrix[other.index, one.index] != 0.0
            ]
        return frozenset(found)

    def dead(self, nodes: Iterable[Node], inputs: Ints) -> frozenset[Node]:
        """Those that are the same everywhere on some inputs, and that is zero or their mean.

        Only those of which float32 can tell: a node that is dead because two numbers cancel is none
        of them, but `perhaps_dead`.
        """
        return frozenset(
            node
            for node in nodes
            if all(_is_dead(node, run.values, inputs) for run in self._rounded)
        )

    def perhaps_dead(self, nodes: Iterable[Node]) -> frozenset[Node]:
        """Those that are dead on all inputs, but for rounding."""
        inputs = np.arange(len(self.known.targets))
        return frozenset(
            node
            for node in nodes
            if any(_is_dead(node, run.values, inputs) for run in self._rounded)
        )

    def unheard(self, part: Part) -> frozenset[Node]:
        """Nodes from which no path of the circuit's weights and channels leads to the logits."""
        weights = self.weights_between(part.nodes) if part.weights is None else part.weights
        hearers: dict[Node, list[Node]] = {node: [] for node in part.nodes}
        for one, other in weights:
            hearers[one].append(other)
        unembed = self.known.weights["unembed"]
        heard: set[Node] = set()
        for node in sorted(part.nodes, key=lambda node: node.order, reverse=True):
            later = [*hearers[node], *self._hearers(node, part.nodes)]
            final = node.place.part in _WRITES and bool(unembed[:, node.index].any())
            if final or any(other in heard for other in later):
                heard.add(node)
        return part.nodes - heard

    def _hearers(self, node: Node, nodes: frozenset[Node]) -> list[Node]:
        """Who hears a node without a weight: later reads of its channel, values of its head."""
        place, d_head = node.place, self.known.config.d_head
        if place.part in _WRITES:
            return [
                other
                for other in nodes
                if other.place.part in ("attn.in", "mlp.in")
                and other.index == node.index
                and other.place.order > place.order
            ]
        if place.part in ("attn.q", "attn.k"):
            partner = Place(place.layer, "attn.k" if place.part == "attn.q" else "attn.q")
            answered = Node(partner, node.index) in nodes
            if not answered and abs(self.means[partner][node.index]) < _NOTHING:
                return []
            return [
                other
                for other in nodes
                if other.place == Place(place.layer, "attn.v")
                and other.index // d_head == node.index // d_head
            ]
        return []

    @cached_property
    def means(self) -> dict[Place, Array]:
        """What every node says on the average over all inputs and positions, [width]."""
        return _means(self._full)

    @cached_property
    def _full(self) -> OracleRun:
        run = OracleRun(self.known.config, self.known.weights)
        run.logits(self.known.tokens)
        return run

    @cached_property
    def _rounded(self) -> tuple[OracleRun, ...]:
        """The transformer and some that differ from it by rounding."""
        rng = np.random.default_rng(0)
        found = [self._full]
        for _ in range(_ROUNDED):
            weights = {
                name: array * (1.0 + _ROUNDING * rng.choice([-1.0, 1.0], array.shape))
                for name, array in self.known.weights.items()
            }
            run = OracleRun(self.known.config, weights)
            run.logits(self.known.tokens)
            found.append(run)
        return tuple(found)

    @cached_property
    def _empty(self) -> Answers:
        return self.keep(Part(frozenset()))

    def _answers(self, taken: Taken) -> Answers:
        run = OracleRun(self.known.config, self.known.weights, self.means, taken)
        return Answers(run.logits(self.known.tokens), self.known.targets)

    def _listed(self, part: Part) -> dict[Place, Bools]:
        config = self.known.config
        found: dict[Place, Bools] = {}
        for target in matrix_places(config.n_layer):
            assert target.source is not None
            found[target] = np.zeros((config.width(target), config.width(target.source)), bool)
        for one, other in part.weights or ():
            found[other.place][other.index, one.index] = True
        return found


_WRITES = ("attn.out", "mlp.out")


def _means(run: OracleRun) -> dict[Place, Array]:
    return {place: value.mean(axis=(0, 1)) for place, value in run.values.items()}


def _is_dead(node: Node, said: Mapping[Place, Array], inputs: Ints) -> bool:
    everywhere = said[node.place][..., node.index]
    here = everywhere[inputs]
    size = float(np.abs(here).max())
    if size < _NOTHING:
        return True
    mean = float(everywhere.mean())
    constant = float(here.max() - here.min()) <= 3 * _ROUNDING * size
    return constant and abs(float(here.flat[0]) - mean) <= 3 * _ROUNDING * size


def _indices(nodes: Iterable[Node], place: Place, width: int) -> Bools:
    found = np.zeros(width, dtype=bool)
    found[[node.index for node in nodes if node.place == place]] = True
    return found
