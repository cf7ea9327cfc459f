"""Attends: a head looks from some positions at others.

The mass is what the head's attention pattern puts on target positions, of those that a source
position can see (itself included, in a causal model nothing after it), summed over them; a sink
takes what it takes. It is averaged over the source positions of a unit (pair, template, window of
text) that see a target at all, and over units. A claim that a head that looks everywhere alike
would pass as well says nothing about this one: uniform attention over all that is seen is the
control.
"""

from __future__ import annotations

import numpy as np

from circuitspec.claims.roles.record import Head, heads_of
from circuitspec.claims.roles.spots import at_spot
from circuitspec.claims.roles.weigh_role import (
    Found,
    Setting,
    absent,
    listed_tokens,
    means_by_unit,
    settings_of,
    weighed,
)
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claim_words import DATA, Spot
from circuitspec.language.claims import Attends
from circuitspec.statistics.betting import BettingMean
from circuitspec.statistics.skewed_mean import Bools, Floats


def weigh_attends(claim: Attends, trial: Trial) -> Weighed:
    """Measure the attention that the heads of a declaration put on the targets.

    Raises:
        MeasurementError: a run failed, or gave NaN or infinity.
    """
    model = trial.circuit.model
    heads = heads_of(trial.named(claim.node).nodes, model.config.d_head)
    if not heads:
        return Weighed(question=None, vacuous=f"{claim.node} is no part of an attention head")
    of_pairs = "difference" in (claim.source, claim.target)
    if of_pairs and claim.over == "text":
        return Weighed(question=None, vacuous="text has no pairs that differ; claim it `over task`")

    def measure(setting: Setting) -> Found | str:
        passages = setting.passages
        source, target = (
            at_spot(passages, spot, model.tokenizer) for spot in (claim.source, claim.target)
        )
        seen, visible = _seen(setting, target, causal=model.config.causal)
        source &= seen > 0
        if not source.any():
            ends = f"from {_called(claim.source)} at {_called(claim.target)}"
            return absent(passages, f"that could look {ends}")
        assert isinstance(setting.subject, Head)
        mass = setting.recording.mass(setting.subject, target)
        samples = (
            np.minimum(means_by_unit(passages, values, source), 1.0)
            for values in (mass, seen / visible)
        )
        found, uniform = (
            BettingMean(sample, passages.exact, passages.unit_name) for sample in samples
        )
        count = int(source.sum())
        fact = f"{passages.data}: {count} positions look; uniform attention has {uniform.value:.3g}"
        return Found(found, (fact,), control=uniform)

    settings = settings_of(claim, trial, heads, data=("task",) if of_pairs else DATA)
    return weighed(
        claim,
        settings,
        measure,
        trivial="every mass is at least 0" if claim.threshold <= 0 else None,
        control=(
            "mass",
            "uniform attention already passes",
            "uniform attention is not shown to fail",
        ),
    )


def _seen(setting: Setting, target: Bools, *, causal: bool) -> tuple[Floats, Floats]:
    """[position] each: how many targets, and how many positions, every position sees."""
    seen, visible, start = [], [], 0
    for block in setting.passages.blocks:
        shape = block.tokens.shape
        here = target[start : start + block.tokens.size].reshape(shape).astype(np.float64)
        start += block.tokens.size
        if causal:
            seen.append(here.cumsum(axis=1).ravel())
            visible.append(np.tile(np.arange(1.0, shape[1] + 1), shape[0]))
        else:
            seen.append(np.repeat(here.sum(axis=1), shape[1]))
            visible.append(np.full(block.tokens.size, float(shape[1])))
    return np.concatenate(seen), np.concatenate(visible)


def _called(spot: Spot | tuple[str, ...]) -> str:
    return spot if isinstance(spot, str) else listed_tokens(spot)
