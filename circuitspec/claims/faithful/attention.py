"""Do the circuit's heads look where the full model's heads look?

Drori (2026, test 2) found a circuit whose head attends to everything alike where the full model
attends from the last token to the one that matters; it kept values that are nothing elsewhere. So
the distance of two patterns is taken at every position, and not at the last alone: total variation,
from 0 to 1, the attention that would have to be moved.
"""

from __future__ import annotations

from circuitspec.claims.faithful.inside import Inside, Norms, look_inside
from circuitspec.claims.faithful.settings import NORMS_IN_WORDS, failing
from circuitspec.claims.parts import parts_of, worst_of
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.language.claims import Faithful
from circuitspec.statistics.decide import Question


def weigh_attention(claim: Faithful, trial: Trial) -> Weighed:
    """Total variation between model and circuit in the attention of every head with a kept query,
    key or value: its mean over the query positions with more than one key to attend to (a sink is
    one) and over both prompts of a pair; that of the worst head is claimed."""
    inside = look_inside(trial.circuit, trial.task, trial.store)
    if not inside.heads:
        return Weighed(question=None, vacuous="no query, key or value is in the circuit")
    settings = {
        f"{head}, {NORMS_IN_WORDS[norms]}": trial.mean(inside.attention(norms, head))
        for norms in inside.norms
        for head in inside.heads
    }
    values = {what: estimate.value for what, estimate in settings.items()}
    return Weighed(
        question=Question(worst_of(settings, claim.comparison), claim.comparison, claim.threshold),
        parts=parts_of(settings),
        facts=(
            *failing(values, claim.comparison, claim.threshold, "heads that look elsewhere"),
            *(_last(inside, norms) for norms in inside.norms),
        ),
    )


def _last(inside: Inside, norms: Norms) -> str:
    means = {str(h): float(inside.attention(norms, h, last=True).mean()) for h in inside.heads}
    worst = max(means, key=means.__getitem__)
    return (
        f"at the last position, with {NORMS_IN_WORDS[norms]}, the farthest is {worst}: "
        f"{means[worst]:.2f}"
    )
