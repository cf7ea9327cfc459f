"""Claims about roles of known transformers, true and false: the compiler says what a channel holds.

The residual stream of a compiled program has a channel for every value of every variable, and its
folder names them. Programs share tokens alone, so that what a channel of tokens does is known at
every place that reads it; what is written to the outputs carries the answer, all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from circuitspec.circuit.nodes import Node
from circuitspec.model.places import Place
from circuitspec.validation.core import in_order, program
from circuitspec.validation.known import Ints, Known
from circuitspec.validation.oracle import Oracle, Part
from circuitspec.validation.pairs import cover, sample
from circuitspec.validation.presentation import Style

_LETTERS = ("a", "b", "c")
_CLAIMS = 5
"""Of so many kinds there is a true claim in a spec, and a false one."""
_FEWEST_PAIRS, _MOST_PAIRS = 40, 120
# Units of another sign would turn around what is above zero, and what fires.
_STYLES: tuple[Style, ...] = ("as it is", "in other orders", "beside noise")


@dataclass(frozen=True)
class Fact:
    """Something to claim of nodes, and whether it is so.

    Attributes:
        claim: its kind.
        text: what to say, with `{names}` for the nodes and `{run}` for where to look.
    """

    claim: str
    nodes: tuple[Node, ...]
    text: str
    true: bool


@dataclass(frozen=True, eq=False)
class RoleVariant:
    """One spec: a program, and facts about nodes in it and outside.

    Attributes:
        pairs: of the task, [pair, 2].
        outside: the nodes that facts are about and that are not in the circuit.
    """

    known: Known
    seed: tuple[int, ...]
    exact: bool
    style: Style
    pairs: Ints
    part: Part
    outside: tuple[Node, ...]
    facts: tuple[Fact, ...]


class RoleMaker:
    """Makes specs with claims about roles of one known transformer."""

    def __init__(self, oracle: Oracle) -> None:
        """Collect what is known of its nodes."""
        self._known = oracle.known
        self._part = program(oracle, weights=False).part
        facts = [*self._of_tokens(), *self._of_constants(), *self._of_answers()]
        self._facts: dict[bool, dict[str, list[Fact]]] = {True: {}, False: {}}
        for fact in facts:
            self._facts[fact.true].setdefault(fact.claim, []).append(fact)

    def variant(self, seed: tuple[int, ...], *, exact: bool) -> RoleVariant:
        """One spec; its claims are in a random order."""
        rng = np.random.default_rng(seed)
        known = self._known
        pairs = (
            cover(known, rng)
            if exact
            else sample(known, int(rng.integers(_FEWEST_PAIRS, _MOST_PAIRS + 1)), rng)
        )
        chosen = [
            facts[int(rng.integers(len(facts)))]
            for by_kind in self._facts.values()
            for facts in _some(list(by_kind.values()), rng)
        ]
        about = {node for fact in chosen for node in fact.nodes}
        return RoleVariant(
            known=known,
            seed=seed,
            exact=exact,
            style=_STYLES[int(rng.integers(len(_STYLES)))],
            pairs=pairs,
            part=self._part,
            outside=tuple(in_order(about - self._part.nodes)),
            facts=tuple(chosen[int(index)] for index in rng.permutation(len(chosen))),
        )

    def _of_tokens(self) -> Iterator[Fact]:
        """A channel of a token is 1 where that token is, and 0 elsewhere, at every layer."""
        for node, label in self._reads("tokens"):
            if label not in _LETTERS:
                continue
            other = _LETTERS[(_LETTERS.index(label) + 1) % len(_LETTERS)]
            for true, first, second in ((True, label, other), (False, other, label)):
                yield self._role("fires", node, f'fires on "{first}"', "auc >= 0.9", true)
                separated = f'separates "{first}" from "{second}"'
                yield self._role("separates", node, separated, "auc >= 0.9", true)
                positive = f'is positive on "{first}"'
                yield self._role("signed", node, positive, "share >= 80%", true)
            negative = f'is negative on "{label}"'
            yield self._role("signed", node, negative, "share >= 80%", False)
            yield self._role("constant", node, "is constant", "spread <= 0.1", False)

    def _of_constants(self) -> Iterator[Fact]:
        """The channel that is 1 everywhere."""
        for node, _ in self._reads("one"):
            yield self._role("constant", node, "is constant", "spread <= 0.1", True)
            yield self._role("signed", node, "is positive", "share >= 80%", True)
            yield self._role("signed", node, "is negative", "share >= 80%", False)
            yield self._role("fires", node, 'fires on "a"', "auc >= 0.9", False)

    def _of_answers(self) -> Iterator[Fact]:
        """What the unembedding reads carries the answer; what the other program writes does not."""
        unembed = self._known.weights["unembed"]
        own = [
            node
            for node in in_order(self._part.nodes)
            if node.place.part in ("attn.out", "mlp.out") and unembed[:, node.index].any()
        ]
        yield self._interchange("swapping", own, "flips", True)
        yield self._interchange("exchanging", own, "keeps", True)
        yield self._interchange("swapping", self._written("B."), "flips", False)

    def _reads(self, variable: str) -> Iterator[tuple[Node, str]]:
        """What every block reads of a variable, of either program, and which of its values."""
        for index, channel in enumerate(self._known.channels):
            name, _, value = channel.partition(".")[2].partition(":")
            if name != variable:
                continue
            for layer in range(self._known.config.n_layer):
                yield Node(Place(layer, "attn.in"), index), value
                yield Node(Place(layer, "mlp.in"), index), value

    def _written(self, prefix: str) -> list[Node]:
        """What the last layers write to the channels of a program."""
        n_layer = self._known.config.n_layer
        return [
            Node(Place(layer, part), index)
            for index, channel in enumerate(self._known.channels)
            if channel.startswith(prefix) and ":" in channel and "tokens" not in channel
            for layer in range(n_layer)
            for part in ("attn.out", "mlp.out")
            if self._known.weights[f"layers.{layer}.{part}.weight"][index].any()
        ]

    def _role(self, claim: str, node: Node, says: str, bound: str, true: bool) -> Fact:
        return Fact(claim, (node,), f"{{names}} {says}{{run}} over task: {bound}", true)

    def _interchange(self, claim: str, nodes: list[Node], verb: str, true: bool) -> Fact:
        text = f"{claim} {{names}} {verb} the answer{{run}}: share >= 80%"
        return Fact(claim, tuple(nodes), text, true)


def _some(kinds: list[list[Fact]], rng: np.random.Generator) -> list[list[Fact]]:
    """As many different kinds of facts as a spec claims, or all that there are."""
    return [kinds[int(index)] for index in rng.permutation(len(kinds))[:_CLAIMS]]
