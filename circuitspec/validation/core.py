"""Cores of a known program: circuits from which nothing can be left out, found by the oracle alone.

A program has nodes without which it does as well: they say what others say, too. Which of them go
depends on the order in which one tries, so that one program has many cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from circuitspec.circuit.nodes import Node
from circuitspec.validation.known import Ints
from circuitspec.validation.oracle import Answers, Oracle, Part, Weight
from circuitspec.validation.pairs import all_pairs

_CHEAP = 0.02
"""What costs less than this part of what there is to lose is left out, ..."""
_DONE = 0.2
"""... as long as no more than this part of it is lost in all."""

T = TypeVar("T", Node, Weight)


@dataclass(frozen=True, eq=False)
class Reference:
    """A true circuit, with what every part of it is worth.

    Attributes:
        part: the circuit.
        minimal: leaving anything out of it costs something.
    """

    oracle: Oracle
    part: Part
    minimal: bool

    @cached_property
    def keep(self) -> Answers:
        """The circuit alone."""
        return self.oracle.keep(self.part)

    @cached_property
    def drop(self) -> Answers:
        """The transformer without it."""
        return self.oracle.drop(self.part)

    @cached_property
    def without_node(self) -> dict[Node, Answers]:
        """The circuit alone less one node."""
        return {
            node: self.oracle.keep(self.part.without(node)) for node in in_order(self.part.nodes)
        }

    @cached_property
    def without_weight(self) -> dict[Weight, Answers]:
        """The circuit alone less one weight."""
        return {
            weight: self.oracle.keep(self.part.without_weight(weight))
            for weight in weights_in_order(self.part.weights or ())
        }


def program(oracle: Oracle, *, weights: bool) -> Reference:
    """All nodes of the program that do something: the others are constants, or nobody hears them.

    Args:
        weights: list the weights between them as well.
    """
    known = oracle.known
    alive = frozenset(known.nodes) - oracle.perhaps_dead(known.nodes)
    part = heard(oracle, Part(alive))
    return Reference(oracle, _listing(oracle, part) if weights else part, minimal=False)


def core(oracle: Oracle, rng: np.random.Generator) -> tuple[Reference, Reference]:
    """One core: its nodes alone, and with those of the weights between them that it takes."""
    pairs = all_pairs(oracle.known)
    part = program(oracle, weights=False).part
    part = _less(oracle, pairs, part, lambda p: p.nodes, in_order, Part.without, rng)
    part = heard(oracle, part)
    listed = _less(
        oracle,
        pairs,
        _listing(oracle, part),
        lambda p: p.weights or frozenset(),
        weights_in_order,
        Part.without_weight,
        rng,
    )
    listed = heard(oracle, listed)
    return Reference(oracle, part, minimal=True), Reference(oracle, listed, minimal=True)


def heard(oracle: Oracle, part: Part) -> Part:
    """A part less the nodes that nobody hears, so long as there are any."""
    for node in oracle.unheard(part):
        part = part.without(node)
    return part


def in_order(nodes: Iterable[Node]) -> list[Node]:
    """Nodes in forward order."""
    return sorted(nodes, key=lambda node: node.order)


def weights_in_order(weights: Iterable[Weight]) -> list[Weight]:
    """Weights in forward order of their ends."""
    return sorted(weights, key=lambda weight: (weight[0].order, weight[1].order))


def _listing(oracle: Oracle, part: Part) -> Part:
    return Part(part.nodes, oracle.weights_between(part.nodes))


def _less(
    oracle: Oracle,
    pairs: Ints,
    part: Part,
    units: Callable[[Part], frozenset[T]],
    ordered: Callable[[Iterable[T]], list[T]],
    without: Callable[[Part, T], Part],
    rng: np.random.Generator,
) -> Part:
    """A part less all that costs next to nothing, tried in a random order until nothing does."""

    def loss(answers: Answers) -> float:
        return float(answers.losses(pairs).mean())

    full = loss(oracle.full())
    stake = loss(oracle.empty()) - full
    now = loss(oracle.keep(part))
    while True:
        before = part
        candidates = ordered(units(part))
        for index in rng.permutation(len(candidates)):
            if candidates[index] not in units(part):
                continue
            smaller = without(part, candidates[index])
            then = loss(oracle.keep(smaller))
            if then - now < _CHEAP * stake and then < full + _DONE * stake:
                part, now = smaller, then
        if part == before:
            return part
