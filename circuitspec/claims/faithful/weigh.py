"""Faithful: the circuit alone does inside what the full model does.

A circuit can do a task in another way than its model (J. Drori, "Weight-sparse circuits may be
interpretable yet unfaithful", 2026: other attention, nodes that change their meaning, norms that
amplify what is left). Each metric is measured with live norms and with the full model's norm scales
frozen in, and must hold in both.
"""

from __future__ import annotations

from circuitspec.claims.faithful.answers import weigh_agreement, weigh_frozen_loss, weigh_kl
from circuitspec.claims.faithful.attention import weigh_attention
from circuitspec.claims.faithful.nodes import weigh_correlation, weigh_sign
from circuitspec.claims.faithful.wrong_answers import weigh_wrong_agreement
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Faithful


def weigh_faithful(claim: Faithful, trial: Trial) -> Weighed:
    """Measure what a claim of faithfulness needs.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    match claim.metric:
        case "agreement":
            return weigh_agreement(claim, trial)
        case "wrong_agreement":
            return weigh_wrong_agreement(claim, trial)
        case "kl":
            return weigh_kl(claim, trial)
        case "attention":
            return weigh_attention(claim, trial)
        case "correlation":
            return weigh_correlation(claim, trial)
        case "sign":
            return weigh_sign(claim, trial)
        case "frozen_loss":
            return weigh_frozen_loss(claim, trial)
