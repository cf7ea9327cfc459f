"""Swapping: with the values of the other prompt of the pair, the answer is the other one.

The prompts of a pair are equally long and differ in one thing, so that position by position the
values of the one are what the other would have. Nodes that carry what tells the prompts apart, all
of it, take the answer with them. Nodes that nobody hears do not, and neither do nodes that carry a
part while the rest of the run goes on contradicting them.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from circuitspec.claims.interchange.intervene import Given, intervene, spot_positions
from circuitspec.claims.interchange.outcome import weighed
from circuitspec.claims.interchange.runner import Runner, runs_of
from circuitspec.claims.interchange.subjects import nodes_named, only_outside
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claim_words import Spot
from circuitspec.language.claims import Swapping
from circuitspec.tasks.tokens import PairBatch


def weigh_swapping(claim: Swapping, trial: Trial) -> Weighed:
    """Measure the share of answers that flip, among pairs that were answered rightly.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    if (vacuous := only_outside(claim, trial)) is not None:
        return Weighed(question=None, vacuous=vacuous)
    nodes = nodes_named(trial, claim.nodes)

    give = partial(swapped_values, at=claim.at)
    outcomes = [
        intervene(Runner.of(trial, run, nodes), give, {"claim": "swapping", "at": claim.at})
        for run in runs_of(claim.run)
    ]
    return weighed(claim, trial, outcomes)


def swapped_values(batch: PairBatch, own: Tensor, *, at: Spot | None) -> Given:
    """What either prompt of every pair said, for the other one."""
    other = own.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)
    asked = torch.ones(len(batch.members), 2, dtype=torch.bool)
    return Given(other, spot_positions(batch, at), asked)
