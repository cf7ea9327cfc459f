"""When a claim cannot mean anything, whatever its numbers say.

Three kinds of reason, each a sentence for the user: a named node that does nothing; a premise of
the claim that does not hold, such as that the full model does the task; too few pairs to ever
confirm the claim.

A premise is judged at the level at which its claim was. To confirm a claim then takes both, claim
and premises, each at that level, and such a conjunction errs no more often than one of its parts
(intersection-union test, Berger 1982). So premises cost nothing in level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.connected import disconnected_nodes
from circuitspec.circuit.nodes import Node
from circuitspec.claims.measure import Range
from circuitspec.diagnostics.wording import listed_some
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate, drawn, side

_NAMED_AT_MOST = 3

# Float32 carries about 1.2e-7; a constant that several operations computed is still one.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Premise:
    """What must be shown for a claim to mean anything.

    Attributes:
        question: what was measured, and the comparison in question.
        holds: what the answer must be.
        metric: what `question` estimates, for the reason.
        broken: what to say where the opposite is shown.
        unclear: what to say where neither is shown.
    """

    question: Question
    holds: bool
    metric: str
    broken: str
    unclear: str

    def violation(self, level: float, *, confirming: bool) -> str | None:
        """Why the premise cannot be relied on at `level`, or None.

        Where neither it nor its opposite is shown, that stands against a claim only if the claim
        would be confirmed; a circuit that is shown to fail fails all the same.
        """
        bounds = self.question.estimate.interval(level)
        answer = side(bounds, self.question.comparison, self.question.threshold)
        if answer is self.holds or (answer is None and not confirming):
            return None
        complaint = self.unclear if answer is None else self.broken
        numbers = f"{self.metric} {self.question.estimate.value:.3g}"
        if bounds[0] < bounds[1]:
            numbers += f" in [{bounds[0]:.3g}, {bounds[1]:.3g}]"
        return f"{complaint}: {numbers}"


def idle_nodes(circuit: Circuit, ranges: Mapping[Node, Range]) -> str | None:
    """Why some node of the circuit does nothing, or None.

    A node is *dead* if it says one and the same at every position of every prompt of the task in
    the full model, and that is zero or its ablation value. A constant that differs from the
    ablation value is at work: the query of the quote circuit in Gao et al. 2025 is one. A node is
    *disconnected* if no path leads from it to the logits (see `connected`).
    """
    dead = list(_dead(circuit, ranges))
    if dead:
        return _list("dead", dead)
    disconnected = [circuit.name_of(node) for node in disconnected_nodes(circuit)]
    if disconnected:
        return _without_path(disconnected, "nonzero" if circuit.edges is None else "listed")
    return None


def _without_path(names: list[str], weights: str) -> str:
    path = f"no path of {weights} weights to the logits"
    if len(names) == 1:
        return f"disconnected node: {names[0]} has {path}"
    return f"disconnected nodes: {listed_some(names, _NAMED_AT_MOST)} have {path}"


def too_few_pairs(estimate: Estimate) -> str | None:
    """Why so few pairs have no interval, or None."""
    if estimate.exact or estimate.n >= 2:
        return None
    unit = drawn(estimate).removesuffix("s")
    return f"one {unit} has no interval; a sample needs at least two"


def unattainable(question: Question, level: float) -> str | None:
    """Why no outcome on so many pairs could have confirmed the claim at `level`, or None."""
    best = question.estimate.attainable_p(question.comparison, question.threshold)
    if best <= level:
        return None
    return (
        f"{question.estimate.n} {drawn(question.estimate)} cannot confirm this: "
        f"the smallest attainable p is {best:.2g}, the level {level:.2g}"
    )


def _dead(circuit: Circuit, ranges: Mapping[Node, Range]) -> Iterator[str]:
    for node in circuit.nodes:
        ends = ranges[node]
        size = max(abs(ends.least), abs(ends.greatest))
        if ends.greatest - ends.least > _ROUNDING * size:
            continue
        ablated = circuit.ablation[node.place][..., node.index]
        if size == 0:
            yield f"{circuit.name_of(node)} is 0 on every prompt"
        elif _all_near(ablated, ends):
            yield f"{circuit.name_of(node)} says its ablation value {ends.least:.3g} everywhere"


def _all_near(values: Tensor, ends: Range) -> bool:
    slack = _ROUNDING * max(abs(ends.least), abs(ends.greatest))
    return bool(((values >= ends.least - slack) & (values <= ends.greatest + slack)).all())


def _list(what: str, sentences: list[str]) -> str:
    more = len(sentences) - _NAMED_AT_MOST
    shown = "; ".join(sentences[:_NAMED_AT_MOST]) + (f"; and {more} more" if more > 0 else "")
    return f"{what} {'node' if len(sentences) == 1 else 'nodes'}: {shown}"
