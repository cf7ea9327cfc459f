"""Signed: a node is above (or below) zero at a share of positions.

The share is the mean over units (pairs, templates, windows of text) of the share of a unit's
positions, so that a unit counts as one however many positions it has; its interval assumes nothing
but that shares are from 0 to 1 (see `betting`). Zero is neither above nor below itself, and a node
that activation sparsity or a rectifier holds at zero has no sign there.
"""

from __future__ import annotations

import numpy as np

from circuitspec.claims.roles.spots import on_tokens
from circuitspec.claims.roles.weigh_role import (
    Found,
    Setting,
    absent,
    listed_tokens,
    means_by_unit,
    occurrence,
    settings_of,
    weighed,
)
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Signed
from circuitspec.statistics.betting import BettingMean


def weigh_signed(claim: Signed, trial: Trial) -> Weighed:
    """Measure at how many positions, of all or of those with tokens, the node has the sign.

    Raises:
        MeasurementError: a run failed, or gave NaN or infinity.
    """

    def measure(setting: Setting) -> Found | str:
        passages, facts = setting.passages, []
        where = np.ones(len(passages.tokens), dtype=np.bool_)
        if claim.tokens:
            called = f"on {listed_tokens(claim.tokens)}"
            where = on_tokens(passages, claim.tokens, trial.circuit.model.tokenizer)
            if not where.any():
                return absent(passages, called)
            facts.append(occurrence(passages, where, called))
        said = setting.said
        has = (said > 0 if claim.sign == "positive" else said < 0).astype(np.float64)
        if not where.all():
            elsewhere = means_by_unit(passages, has, ~where).mean()
            facts.append(f"{setting.what}: elsewhere {claim.sign} at {elsewhere:.1%}")
        sample = means_by_unit(passages, has, where)
        return Found(BettingMean(sample, passages.exact, passages.unit_name), tuple(facts))

    settings = settings_of(claim, trial, trial.named(claim.node).nodes)
    trivial = "every share is at least 0" if claim.threshold <= 0 else None
    return weighed(claim, settings, measure, trivial=trivial)
