"""Specs of known transformers, true ones and false ones, with what is true of each of their claims.

Every variant starts from a true circuit and is damaged in one way, or left as it is. Its claims
are about the true one, with bounds between what is true of that and what is true of the damaged
one; what is then true of each claim is the oracle's to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from circuitspec.circuit.nodes import Node
from circuitspec.model.places import layer_places
from circuitspec.validation.asked import Asked, Metric, Population, between, idle
from circuitspec.validation.core import Reference, core, heard, in_order, program, weights_in_order
from circuitspec.validation.inside import METRICS, Inside
from circuitspec.validation.known import Ints, Known
from circuitspec.validation.oracle import Answers, Oracle, Part
from circuitspec.validation.pairs import all_pairs, cover, sample
from circuitspec.validation.presentation import STYLES, Style

Kind: TypeAlias = Literal[
    "the program, less what does nothing",
    "a core",
    "a core and parts of the program that it can do without",
    "a core, bounds within two standard errors",
    "a core, one bound too tight",
    "the program less an essential node",
    "a core less a node",
    "a core less a node and all that this leaves unheard",
    "a core, one node exchanged",
    "a core less a weight",
    "decoys",
    "a core and decoys",
    "the program with its constants",
    "a core, bounds that nothing at all meets",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
CLOSE: Kind = "a core, bounds within two standard errors"
"""Of these alone one expects false verdicts, as often as the level says; they have no room."""

BOUNDS: tuple[Kind, ...] = (
    CLOSE,
    "a core, one bound too tight",
    "a core, bounds that nothing at all meets",
)
"""These differ from a core in their bounds alone."""

_CORES = 2
_FEWEST_PAIRS, _MOST_PAIRS = 40, 120
# Bounds keep away from both of the values between which they are by this part of the difference.
_ROOM = 0.25
# Runs that differ by less are of no use to tell true from false.
_APART = 0.02


@dataclass(frozen=True, eq=False)
class Variant:
    """One spec.

    Attributes:
        seed: of all that was drawn for it.
        listed: weights are drawn as edges.
        exact: the task's pairs are all there are to speak about; else they are a sample.
        pairs: those of the task, [pair, 2].
        part: the circuit, in the original's words.
    """

    known: Known
    kind: Kind
    seed: tuple[int, ...]
    listed: bool
    exact: bool
    style: Style
    pairs: Ints
    part: Part
    asked: tuple[Asked, ...]


class Maker:
    """Makes variants of one known transformer."""

    def __init__(self, known: Known, seed: int) -> None:
        """Find its cores."""
        self.oracle = Oracle(known)
        self._everything = all_pairs(known)
        rng = np.random.default_rng([seed, 0])
        self._cores = [core(self.oracle, rng) for _ in range(_CORES)]
        self._programs = [program(self.oracle, weights=weights) for weights in (False, True)]
        self._alive = self._all_nodes() - self.oracle.perhaps_dead(self._all_nodes())

    def variant(
        self,
        kind: Kind,
        seed: tuple[int, ...],
        *,
        listed: bool,
        exact: bool,
        inside: bool = False,
    ) -> Variant | None:
        """One variant; None if what was drawn cannot be had of this transformer.

        Args:
            inside: claims are about what the circuit does inside, true ones and false ones, instead
                of what it and its parts are worth.
        """
        rng = np.random.default_rng(seed)
        known = self.oracle.known
        style = STYLES[int(rng.integers(len(STYLES)))]
        if exact:
            pairs = cover(known, rng)
        else:
            pairs = sample(known, int(rng.integers(_FEWEST_PAIRS, _MOST_PAIRS + 1)), rng)
        truth = self._truth(kind, rng, listed=listed)
        part = self._damaged(kind, truth, rng)
        if part is None or not part.nodes:
            return None
        population = Population(self.oracle, pairs if exact else self._everything)
        asked = (
            _faithful(Inside.of(population, part), rng)
            if inside
            else self._asked(kind, truth, part, population, len(pairs), rng)
        )
        if not asked:
            return None
        return Variant(
            known=known,
            kind=kind,
            seed=seed,
            listed=listed,
            exact=exact,
            style=style,
            pairs=pairs,
            part=part,
            asked=idle(asked, self._idle(part, np.unique(pairs))),
        )

    def _all_nodes(self) -> frozenset[Node]:
        config = self.oracle.known.config
        places = layer_places(config.n_layer)
        return frozenset(Node(p, index) for p in places for index in range(config.width(p)))

    def _truth(self, kind: Kind, rng: np.random.Generator, *, listed: bool) -> Reference:
        if "program" in kind.partition(" and ")[0] or kind == "decoys":
            return self._programs[listed]
        return self._cores[int(rng.integers(_CORES))][listed]

    def _damaged(self, kind: Kind, truth: Reference, rng: np.random.Generator) -> Part | None:
        part, oracle = truth.part, self.oracle
        decoys = self._alive - frozenset(oracle.known.nodes)
        match kind:
            case "a core and parts of the program that it can do without":
                spare = self._programs[0].part.nodes - part.nodes
                larger = self._with(part, _some(spare, len(spare) // 4, len(spare), rng))
                return None if heard(oracle, larger) == part else heard(oracle, larger)
            case "the program less an essential node":
                essential = frozenset(oracle.known.essential) & part.nodes
                return part.without(*_some(essential, 1, 1, rng))
            case "a core less a node":
                return part.without(*_some(part.nodes, 1, 1, rng))
            case "a core less a node and all that this leaves unheard":
                return heard(oracle, part.without(*_some(part.nodes, 1, 1, rng)))
            case "a core, one node exchanged":
                (node,) = _some(part.nodes, 1, 1, rng)
                others = self._alive if rng.integers(2) else self._programs[0].part.nodes
                same_place = {n for n in others if n.place == node.place} - part.nodes
                other = _some(same_place, 1, 1, rng)
                changed = self._with(part.without(node), other)
                return (heard(oracle, changed) if rng.integers(2) else changed) if other else None
            case "a core less a weight":
                weights = weights_in_order(part.weights or ())
                if not weights:
                    return None
                smaller = part.without_weight(weights[int(rng.integers(len(weights)))])
                return heard(oracle, smaller) if rng.integers(2) else smaller
            case "decoys":
                nothing = Part(frozenset(), None if part.weights is None else frozenset())
                return self._with(nothing, _some(decoys, len(decoys) // 4, len(decoys), rng))
            case "a core and decoys":
                return self._with(part, _some(decoys, 1, 6, rng))
            case "the program with its constants":
                return self._with(part, frozenset(oracle.known.nodes) - part.nodes)
        return part

    def _with(self, part: Part, nodes: Iterable[Node]) -> Part:
        """A part with more nodes and, where it lists weights, all weights at them."""
        new = frozenset(nodes)
        if part.weights is None:
            return Part(part.nodes | new)
        between_all = self.oracle.weights_between(part.nodes | new)
        at_new = frozenset(weight for weight in between_all if not new.isdisjoint(weight))
        return Part(part.nodes | new, part.weights | at_new)

    def _asked(
        self,
        kind: Kind,
        truth: Reference,
        part: Part,
        population: Population,
        n: int,
        rng: np.random.Generator,
    ) -> tuple[Asked, ...]:
        same = part == truth.part
        keep = truth.keep if same else self.oracle.keep(part)
        drop = truth.drop if same else self.oracle.drop(part)
        if kind == CLOSE:
            return _close(population, keep, drop, n, rng)
        tight = int(rng.integers(4)) if kind == "a core, one bound too tight" else -1
        lenient = kind == "a core, bounds that nothing at all meets"
        asked = [
            population.sufficient(
                keep, "loss", self._most_loss(truth, keep, population, rng, tight == 0, lenient)
            ),
            population.necessary(drop, self._least_loss(truth, drop, population, rng, tight == 1)),
        ]
        accuracy = self._least_accuracy(truth, keep, population, rng)
        if accuracy is not None:
            asked.append(population.sufficient(keep, "accuracy", accuracy))
        if truth.minimal and same:
            units: tuple[tuple[Metric, list[Answers]], ...] = (
                ("node", list(truth.without_node.values())),
                ("edge", list(truth.without_weight.values())),
            )
            for unit, without in units:
                if without:
                    sound = population.minimal(keep, without, unit, 0.0)
                    factor = rng.uniform(1.3, 3.0) if tight in (2, 3) else rng.uniform(0.3, 0.8)
                    bound = between(0.0, sound.value.low, factor)
                    asked.append(population.minimal(keep, without, unit, bound))
        elif kind == "a core and parts of the program that it can do without":
            runs = [self.oracle.keep(part.without(node)) for node in in_order(part.nodes)]
            needed = population.minimal(truth.keep, truth.without_node.values(), "node", 0.0)
            bound = between(0.0, needed.value.low, rng.uniform(0.3, 0.8))
            asked.append(population.minimal(keep, runs, "node", bound))
        return tuple(asked)

    def _most_loss(
        self,
        truth: Reference,
        keep: Answers,
        population: Population,
        rng: np.random.Generator,
        tight: bool,
        lenient: bool,
    ) -> float:
        good, damaged = population.loss(truth.keep), population.loss(keep)
        empty, full = population.loss(self.oracle.empty()), population.loss(self.oracle.full())
        if lenient:
            return between(empty, 3 * empty, rng.uniform(_ROOM, 1.0))
        if tight and good - full > _TIGHT * good:
            return between(full, good, rng.uniform(0.2, 0.6))
        bad = damaged if good + _APART < damaged < empty else empty
        return between(good, bad, _inside(rng))

    def _least_loss(
        self,
        truth: Reference,
        drop: Answers,
        population: Population,
        rng: np.random.Generator,
        tight: bool,
    ) -> float:
        good, damaged = population.loss(truth.drop), population.loss(drop)
        full = population.loss(self.oracle.full())
        if tight:
            return between(good, 2 * good, _inside(rng))
        bad = damaged if full < damaged < good - _APART else full
        return between(good, bad, _inside(rng))

    def _least_accuracy(
        self,
        truth: Reference,
        keep: Answers,
        population: Population,
        rng: np.random.Generator,
    ) -> float | None:
        """None where the circuit is right as often as nothing at all."""
        good, damaged, empty = (
            population.value(run, "accuracy") for run in (truth.keep, keep, self.oracle.empty())
        )
        bad = damaged.high if empty.high < damaged.high < good.low - 0.1 else empty.high
        return between(good.low, bad, _inside(rng)) if bad < good.low - 0.1 else None

    def _idle(self, part: Part, inputs: Ints) -> str | None:
        if self.oracle.dead(part.nodes, inputs):
            return "dead node"
        return "disconnected node" if self.oracle.unheard(part) else None


def _faithful(inside: Inside, rng: np.random.Generator) -> tuple[Asked, ...]:
    """Of each metric a claim that is so or one that is not, as a coin says, where there is one."""
    asked = (inside.asked(metric, rng, true=bool(rng.integers(2))) for metric in METRICS)
    return tuple(claim for claim in asked if claim is not None)


_TIGHT = 0.3


def _close(
    population: Population, keep: Answers, drop: Answers, n: int, rng: np.random.Generator
) -> tuple[Asked, ...]:
    """Claims about losses with bounds so close that some samples lie on the other side of them."""

    def bound(run: Answers) -> float:
        losses = run.losses(population.pairs)
        error = float(losses.std()) / np.sqrt(n)
        # Never below zero, which no loss is.
        mean = float(losses.mean())
        return max(0.0, between(mean, mean + error, float(rng.uniform(-2, 2))))

    asked = [
        population.sufficient(keep, "loss", bound(keep)),
        population.necessary(drop, bound(drop)),
    ]
    # Where all pairs lose the same, there is nothing to be off by but rounding.
    return tuple(claim for claim in asked if claim.true is not None)


def _inside(rng: np.random.Generator) -> float:
    return float(rng.uniform(_ROOM, 1 - _ROOM))


def _some(nodes: Iterable[Node], least: int, most: int, rng: np.random.Generator) -> list[Node]:
    """At least and at most so many of some nodes, or all that there are."""
    choices = in_order(nodes)
    count = min(int(rng.integers(least, most + 1)), len(choices))
    return [choices[int(index)] for index in rng.choice(len(choices), count, replace=False)]
