"""Beats: which module measures which control."""

from __future__ import annotations

from circuitspec.claims.controls.nulls import weigh_null
from circuitspec.claims.controls.other_circuits import weigh_other_circuits
from circuitspec.claims.controls.random_circuits import weigh_random_circuits
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Beats


def weigh_beats(claim: Beats, trial: Trial) -> Weighed:
    """Hold the circuit against the control that the claim names.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    match claim.control:
        case "random_circuits":
            return weigh_random_circuits(claim, trial)
        case "other_circuits":
            return weigh_other_circuits(claim, trial)
        case "nonsense" | "shuffled_answers" | "random_weights":
            return weigh_null(claim, claim.control, trial)
