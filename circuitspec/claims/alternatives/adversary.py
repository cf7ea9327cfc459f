"""Sufficient under an adversary: it chooses, once per batch, which part of the rest is ablated.

Batches have pairs of all templates alike. From two starts, all of the rest ablated and a random
half of it, the adversary looks for what hurts most (see `engine.adversary`); the worse of the two
is taken. What it finds is no more than a lower bound of what can be found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.claims.alternatives.runs import check_finite, scores_of
from circuitspec.claims.alternatives.shared import full_passes, nothing_fails, other_fact
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed, estimate
from circuitspec.engine.adversary import Adversary, Rest
from circuitspec.language.claims import Sufficient
from circuitspec.statistics.decide import Question
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.statistics.units import Ints
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import logit_difference
from circuitspec.tasks.spread import spread_over_templates
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

PAIRS = 96
"""At most so many are attacked."""

BATCH = 32
"""Pairs that share one choice of what is ablated."""

_STREAM = 0x616476


def weigh_adversary(claim: Sufficient, trial: Trial) -> Weighed:
    """Measure the circuit with what the adversary chose ablated.

    Raises:
        MeasurementError: a run gave no numbers.
    """
    circuit = trial.circuit
    rest = Rest.of(circuit.model.transformer, circuit.keep_masks())
    if not rest.size:
        return Weighed(question=None, vacuous="everything in scope is in the circuit")
    pairs: Ints = np.array(spread_over_templates(trial.task.verifying, PAIRS), dtype=np.int64)
    key = {
        **identity(circuit, trial.task),
        "measured": "adversary",
        "pairs": PAIRS,
        "batch": BATCH,
        "steps": Adversary.steps,
        "attempts": Adversary.attempts,
        "seed": trial.seed,
    }
    found = trial.store.get(key, lambda: _measure(trial, rest, pairs))
    check_finite(found["logit_diff"][None], "the circuit under an adversary")
    scores = scores_of(found["logit_diff"][None], trial.runs.calibrated)
    # What it finds is a bound and no exact number, even if all pairs were attacked.
    units = trial.units(exact=False).only(pairs)
    share = found["ablated"] / rest.size
    return Weighed(
        question=Question(estimate(scores, claim.metric, units), claim.comparison, claim.threshold),
        premises=(full_passes(claim, trial), *nothing_fails(claim, trial)),
        facts=(
            f"a lower bound: {len(found['loss'])} batches were attacked, of {len(pairs)} pairs in "
            f"all, by {int(found['runs'].sum())} runs; losses {_listed(found['loss'])}",
            f"of {rest.size} nodes and weights outside it ablates {share.min():.0%} to "
            f"{share.max():.0%}",
            other_fact(claim, trial.runs.keep()),
        ),
    )


def _listed(losses: Floats) -> str:
    return ", ".join(f"{loss:.3g}" for loss in losses)


@dataclass(frozen=True, eq=False)
class _Batch:
    """Pairs that share one choice."""

    members: Ints
    pieces: tuple[PairBatch, ...]

    def loss(self, logits: Sequence[Tensor]) -> Tensor:
        """Mean over pairs and both prompts, in nats."""
        return F.softplus(-torch.cat(self.differences(logits))).mean()

    def differences(self, logits: Sequence[Tensor]) -> list[Tensor]:
        """Right minus wrong logits [pair, 2] of each piece."""
        return [
            logit_difference(rows.unflatten(0, (-1, 2)), piece.answers)
            for rows, piece in zip(logits, self.pieces, strict=True)
        ]


def _measure(trial: Trial, rest: Rest, pairs: Ints) -> Arrays:
    circuit = trial.circuit
    adversary = Adversary(circuit.model.transformer, circuit.ablation, rest)
    batches = _batches(trial, pairs)
    diffs = np.full((len(trial.task.verifying), 2), np.nan)
    losses, ablated, runs = [], [], []
    for number, batch in enumerate(batches):
        seed = np.random.SeedSequence([trial.seed, _STREAM, number])
        generator = torch.Generator().manual_seed(int(seed.generate_state(1)[0]))
        starts = (
            torch.ones(rest.size, dtype=torch.bool),
            torch.rand(rest.size, generator=generator) < 0.5,
        )
        tokens = [piece.tokens.flatten(0, 1) for piece in batch.pieces]
        attack = adversary.attack(tokens, batch.loss, starts)
        found = zip(batch.pieces, batch.differences(attack.logits), strict=True)
        for piece, difference in found:
            diffs[batch.members[list(piece.members)]] = difference.double().numpy()
        losses.append(attack.loss)
        ablated.append(int(attack.ablated.sum()))
        runs.append(attack.runs)
        trial.tell(number + 1, len(batches), "adversary")
    return {
        "logit_diff": diffs[pairs],
        "loss": np.array(losses),
        "ablated": np.array(ablated),
        "runs": np.array(runs),
    }


def _batches(trial: Trial, pairs: Ints) -> list[_Batch]:
    """Every so-manieth pair, so that each batch has pairs of all templates."""
    count = -(-len(pairs) // BATCH)
    found = []
    for first in range(count):
        members = pairs[first::count]
        chosen = [trial.task.verifying[index] for index in members]
        try:
            pieces = tokenize_pairs(chosen, trial.circuit.model.tokenizer)
        except TaskError as error:
            raise MeasurementError(f"the circuit could not be run: {error}") from error
        found.append(_Batch(members, pieces))
    return found
