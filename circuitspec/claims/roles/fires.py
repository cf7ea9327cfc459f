"""Fires: a node is higher on some tokens, or inside of a stretch of text, than elsewhere.

A node that fires negatively is lower there, not higher; of such a node, claim that it is negative
on these tokens, or that it separates others from them.
"""

from __future__ import annotations

from circuitspec.claims.roles.areas import compare, trivial_area
from circuitspec.claims.roles.spots import inside, on_tokens
from circuitspec.claims.roles.weigh_role import (
    Found,
    Setting,
    listed_tokens,
    settings_of,
    weighed,
)
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Fires


def weigh_fires(claim: Fires, trial: Trial) -> Weighed:
    """Measure the area between where the node is said to fire and everywhere else.

    Raises:
        MeasurementError: a run failed, or gave NaN or infinity.
    """
    tokenizer = trial.circuit.model.tokenizer

    def measure(setting: Setting) -> Found | str:
        if claim.inside is None:
            called = f"on {listed_tokens(claim.tokens)}"
            where = on_tokens(setting.passages, claim.tokens, tokenizer)
        else:
            called = f"inside {claim.inside[0]!r} to {claim.inside[1]!r}"
            where = inside(setting.passages, claim.inside, tokenizer)
        return compare(setting, where, ~where, (called, f"that is not {called}"))

    settings = settings_of(claim, trial, trial.named(claim.node).nodes)
    return weighed(claim, settings, measure, trivial=trivial_area(claim))
