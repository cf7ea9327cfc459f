"""Do the circuit's nodes say what they say in the full model?

Over all positions of all prompts, each kept node in the full model against the same node in the
circuit alone. A node that means one thing in the model and another in the circuit (Drori 2026,
test 3) shows as a correlation that is low or negative, or in its sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from circuitspec.claims.faithful.inside import Inside, Norms, look_inside
from circuitspec.claims.faithful.settings import NORMS_IN_WORDS, failing
from circuitspec.claims.faithful.together import Together
from circuitspec.claims.faithful.units import unit_means
from circuitspec.claims.parts import Settings, parts_of, worst_of
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.diagnostics.wording import listed
from circuitspec.language.claims import Faithful
from circuitspec.statistics.betting import BettingMean
from circuitspec.statistics.correlation import Correlation
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Estimate


def weigh_correlation(claim: Faithful, trial: Trial) -> Weighed:
    """Pearson's correlation of each node that varies in the full model or in the circuit; the
    least is claimed. One that varies in one of them alone correlates by 0."""
    inside, units = look_inside(trial.circuit, trial.task, trial.store), trial.units()

    def of(together: Together) -> Estimate | None:
        x_varies, y_varies = together.varies
        if not (x_varies or y_varies):
            return None
        # What does not vary but for rounding is taken for 0 throughout, and correlates by 0.
        ones = np.array([1, x_varies, y_varies, x_varies, y_varies, x_varies and y_varies])
        sums = together.sums * ones[:, None]
        return Correlation(unit_means(units, sums), units.exact, units.unit)

    return _weighed(claim, trial, inside, of, "every node is constant, in both runs")


def weigh_sign(claim: Faithful, trial: Trial) -> Weighed:
    """The share of positions at which a node has the same sign in both, of those at which it is not
    zero in both, unit by unit and then the mean; the least over the nodes is claimed. What is next
    to nothing beside the largest value at its place in the prompt is zero."""
    inside, units = look_inside(trial.circuit, trial.task, trial.store), trial.units()

    def of(together: Together) -> Estimate | None:
        same, either, *_ = unit_means(units, together.same_sign)
        if not either.any():
            return None
        shares = same[either > 0] / either[either > 0]
        return BettingMean(shares, units.exact, units.unit)

    return _weighed(claim, trial, inside, of, "every node is zero everywhere, in both runs")


def _weighed(
    claim: Faithful,
    trial: Trial,
    inside: Inside,
    of: Callable[[Together], Estimate | None],
    none: str,
) -> Weighed:
    by_norms: dict[Norms, Settings] = {}
    for norms in inside.norms:
        found = {node: of(inside.together(norms, node)) for node in trial.circuit.nodes}
        by_norms[norms] = {
            trial.circuit.name_of(node): estimate
            for node, estimate in found.items()
            if estimate is not None
        }
    if not all(by_norms.values()):
        return Weighed(question=None, vacuous=none)
    every = {
        f"{name}, {NORMS_IN_WORDS[norms]}": estimate
        for norms, nodes in by_norms.items()
        for name, estimate in sorted(nodes.items(), key=lambda item: item[1].value)
    }
    return Weighed(
        question=Question(worst_of(every, claim.comparison), claim.comparison, claim.threshold),
        parts=parts_of(every),
        facts=tuple(_facts(claim, inside, by_norms)),
    )


def _facts(claim: Faithful, inside: Inside, by_norms: dict[Norms, Settings]) -> Iterator[str]:
    for norms, nodes in by_norms.items():
        values = {name: estimate.value for name, estimate in nodes.items()}
        what = f"nodes below {claim.threshold:g} with {NORMS_IN_WORDS[norms]}"
        yield from failing(values, claim.comparison, claim.threshold, what)
    if claim.metric == "correlation":
        yield from _constants(inside)
    else:
        yield from _weighed_signs(inside)


def _weighed_signs(inside: Inside) -> Iterator[str]:
    """A sign next to zero says little; so here positions count by what the node says there."""
    for norms in inside.norms:
        shares = {}
        for node in inside.circuit.nodes:
            *_, same, every = inside.together(norms, node).same_sign.sum(axis=1)
            if every > 0:
                shares[inside.circuit.name_of(node)] = float(same / every)
        if shares:
            least = min(shares, key=shares.__getitem__)
            yield (
                f"counting positions by what a node says there in the full model, with "
                f"{NORMS_IN_WORDS[norms]}, the least is {least}: {shares[least]:.2f}"
            )


def _constants(inside: Inside) -> Iterator[str]:
    """Nodes that vary in one run, and nodes that do in none and were left out."""
    for norms in inside.norms:
        states: dict[tuple[bool, bool], list[str]] = {}
        for node in inside.circuit.nodes:
            state = inside.together(norms, node).varies
            states.setdefault(state, []).append(inside.circuit.name_of(node))
        for state, what in (
            ((True, False), "vary in the full model and not in the circuit"),
            ((False, True), "vary in the circuit and not in the full model"),
            ((False, False), "constant in both and left out"),
        ):
            if state in states:
                yield f"{what}, with {NORMS_IN_WORDS[norms]}: {listed(states[state], 'and')}"
