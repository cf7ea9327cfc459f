"""Sufficient under subsets: whatever part of the rest is ablated, the circuit still does the task.

With all of the rest frozen at its means a circuit may do a task in a way that lives off that (see
`engine.partial`). Here each node outside the circuit is ablated with probability 1/4, 1/2, 3/4 or
1, and left alone otherwise; where the spec lists edges, so is each weight between two kept nodes
that it does not list. A subset is drawn once for all prompts, since noise that is another one on
each prompt would break faithful circuits as well.

The claim is about the worst of the four shares: a pair's loss is its mean over the draws. Its
interval allows for other pairs (or templates). That other subsets could be drawn it does not allow
for; the worst single draw is reported beside it.
"""

from __future__ import annotations

import numpy as np
import torch

from circuitspec.claims.alternatives.runs import check_finite, scores_of
from circuitspec.claims.alternatives.shared import (
    full_passes,
    mean_of,
    nothing_fails,
    other_fact,
    units_of,
)
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.parts import parts_of, worst_of
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed, estimate
from circuitspec.engine.masked import run_masked
from circuitspec.engine.partial import partly_ablated
from circuitspec.language.claims import Sufficient
from circuitspec.statistics.decide import Question
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.tokens import tokenize_pairs

SHARES = (0.25, 0.5, 0.75, 1.0)
"""How large a part of the rest is ablated, on average."""

DRAWS = 5
"""Subsets for each share; of all of the rest there is one."""

_STREAM = 0x737562


def weigh_subsets(claim: Sufficient, trial: Trial) -> Weighed:
    """Measure the circuit with random subsets of the rest ablated.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    runs = run_subsets(trial)
    scores = {share: scores_of(diffs, trial.runs.calibrated) for share, diffs in runs.items()}
    estimates = {
        f"{share:.0%} of the rest ablated": estimate(
            found, claim.metric, units_of(trial, len(runs[share]))
        )
        for share, found in scores.items()
    }

    return Weighed(
        question=Question(worst_of(estimates, claim.comparison), claim.comparison, claim.threshold),
        premises=(full_passes(claim, trial), *nothing_fails(claim, trial)),
        parts=parts_of(estimates) if all(e.n > 1 or e.exact for e in estimates.values()) else None,
        facts=(_worst_draw(claim, trial, runs), other_fact(claim, trial.runs.keep())),
    )


def run_subsets(trial: Trial) -> dict[float, Floats]:
    """Right minus wrong logits [draw, pair, 2] for each share, all finite.

    Raises:
        MeasurementError: they are not.
    """
    key = {
        **identity(trial.circuit, trial.task),
        "measured": "subsets",
        "shares": SHARES,
        "draws": DRAWS,
        "seed": trial.seed,
    }
    found = trial.store.get(key, lambda: _measure(trial))
    runs = {share: found[str(share)] for share in SHARES}
    for share, diffs in runs.items():
        check_finite(diffs, f"the circuit with {share:.0%} of the rest ablated")
    return runs


def _measure(trial: Trial) -> Arrays:
    circuit, model = trial.circuit, trial.circuit.model.transformer
    try:
        batches = tokenize_pairs(trial.task.verifying, circuit.model.tokenizer)
    except TaskError as error:
        raise MeasurementError(f"the circuit could not be run: {error}") from error
    keep = circuit.keep_masks()
    total = DRAWS * (len(SHARES) - 1) + 1
    found: dict[float, list[Floats]] = {share: [] for share in SHARES}
    for share in SHARES:
        seed = np.random.SeedSequence([trial.seed, _STREAM, round(share * 100)])
        generator = torch.Generator().manual_seed(int(seed.generate_state(1)[0]))
        for _ in range(DRAWS if share < 1 else 1):
            masks = partly_ablated(keep, share, generator) if share < 1 else keep
            scores = score_pairs(
                batches,
                lambda tokens, masks=masks: run_masked(  # type: ignore[misc]
                    model, tokens, masks, circuit.ablation
                ),
            )
            found[share].append(scores.logit_diff.numpy())
            trial.tell(sum(map(len, found.values())), total, "random subsets of the rest")
    return {str(share): np.stack(draws) for share, draws in found.items()}


def _worst_draw(claim: Sufficient, trial: Trial, runs: dict[float, Floats]) -> str:
    values = [
        (mean_of(scores_of(diffs[draw : draw + 1], trial.runs.calibrated), claim.metric), share)
        for share, diffs in runs.items()
        for draw in range(len(diffs))
    ]
    value, share = (max if claim.metric == "loss" else min)(values)
    return (
        f"the worst of {len(values)} subsets has {share:.0%} of the rest ablated: "
        f"{claim.metric} {value:.3g}"
    )
