"""Beats a null: a search needs many times the nodes for what cannot be there.

J. Drori ("Weight-sparse circuits may be interpretable yet unfaithful", 2026) pruned circuits for a
task that makes no sense and found them, three times the size of the true one. How small a circuit
is says something only against such nulls. Three are sought (see `discovery.nulls`):

- nonsense: the same prompts, with two unrelated words for answers;
- shuffled answers: a coin for each pair says which of its answers is right;
- random weights: the same task, in a model with the same zeros whose other weights changed places.

The same search is made for the null and for the task itself. The ratio is the number of nodes that
the null needs to reach the loss of the circuit, over that of the circuit or over that which the
search needs for the task, whichever is larger: if the search needs more for the task than the
author did, it is a poor one, and needs more for the null, too.

A null that is not reached needs more nodes than all there are, as far as the search goes, which
tried sets of every size, each of twice as many nodes; the ratio is then that of all candidates. It
is one search for each, of every effort that the task itself took; see `FoundNumber`. Shuffled
answers can only be learnt by heart, pair by pair, so that their masks are learnt from the very
pairs that the loss is measured on.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from circuitspec.claims.controls.drops import model_does_the_task
from circuitspec.claims.controls.searches import (
    PAIRS,
    NothingToSeekError,
    Searched,
    efforts,
    fewest,
    searched,
)
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Beats
from circuitspec.statistics.decide import Question
from circuitspec.statistics.found import FoundNumber

Null: TypeAlias = Literal["nonsense", "shuffled_answers", "random_weights"]


def weigh_null(claim: Beats, sought: Null, trial: Trial) -> Weighed:
    """Search for the task and for the null.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    size = len(trial.circuit.nodes)
    if not size:
        return Weighed(question=None, vacuous="the circuit has no nodes to count")
    try:
        yardsticks = searched(trial, "task")
        true, null = fewest(yardsticks), fewest(searched(trial, sought))
    except NothingToSeekError as reason:
        return Weighed(question=None, vacuous=str(reason))
    if true.needed is None:
        return Weighed(
            question=None,
            vacuous=f"the search does not find the task itself at a loss of {true.goal:.3g} nats, "
            "so that what it needs for anything else proves nothing",
        )
    measured_against = max(size, true.needed)
    needed = null.candidates if null.needed is None else null.needed
    pairs = min(PAIRS, len(trial.task.finding))
    return Weighed(
        question=Question(
            FoundNumber(needed / measured_against, pairs), claim.comparison, claim.threshold
        ),
        premises=(model_does_the_task(trial),),
        facts=tuple(_facts(size, true, null, efforts(yardsticks))),
    )


def _facts(size: int, true: Searched, null: Searched, how: tuple[str, ...]) -> list[str]:
    what = f" ({null.what})" if null.what else ""
    lowest, at = null.lowest
    if null.needed is None:
        reached = (
            f"not reached{what}: of sets of every size up to all {null.candidates} nodes, each of "
            f"twice as many, that of {at} comes closest with a loss of {lowest:.3g}"
        )
    else:
        reached = f"a loss of {null.goal:.3g} is reached{what} with {null.needed} nodes"
    return [
        reached,
        f"for the task itself the same search needs {true.needed} nodes, the circuit has {size}",
        *how,
        f"with {len(null.best[0])} nodes the null loses {null.best_loss[0]:.3g} nats on the pairs "
        f"that were searched on, and {null.best_verified[0].mean():.3g} on the verifying pairs; "
        f"the full model loses {null.full:.3g}",
        "one search, without a sampling error",
    ]
