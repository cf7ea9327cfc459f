"""Running prompts before and after nodes are given other values, pair by pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from circuitspec.claims.interchange.outcome import Change, Outcome
from circuitspec.claims.interchange.runner import Runner
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.engine.ablation import AblationValues
from circuitspec.language.claim_words import Spot
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

_PAIRS_AT_ONCE = 32


@dataclass(frozen=True, eq=False)
class Given:
    """What a batch of prompts is given.

    Attributes:
        values: [pair * 2, position, node].
        positions: bool [pair * 2, position]; None is everywhere.
        asked: bool [pair, 2]; which prompts are given anything that counts.
        ablation: what ablated nodes say, if not what they say otherwise.
    """

    values: Tensor
    positions: Tensor | None
    asked: Tensor
    ablation: AblationValues | None = None


Giver = Callable[[PairBatch, Tensor], Given]
"""From a batch, and what its nodes say [pair * 2, position, node], to what they are to say."""


def verifying_batches(trial: Trial) -> tuple[PairBatch, ...]:
    """The verifying pairs, in batches small enough for many nodes to be watched.

    Raises:
        MeasurementError: the model's tokenizer cannot ask them.
    """
    try:
        return tokenize_pairs(
            trial.task.verifying, trial.circuit.model.tokenizer, batch_size=_PAIRS_AT_ONCE
        )
    except TaskError as error:
        raise MeasurementError(f"the task could not be put to the model: {error}") from error


def intervene(runner: Runner, give: Giver, settings: dict[str, object]) -> Outcome:
    """The answers to all verifying pairs before and after, or as they were kept.

    Args:
        settings: what `give` depends on, besides the run, its nodes and the task.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    trial = runner.trial
    key = {
        **identity(trial.circuit, trial.task),
        "measured": "interchange",
        "run": runner.run,
        "replaced": [str(node) for node in runner.nodes],
        "calibration": None if runner.fit is None else [runner.fit.scale, runner.fit.shift],
        **settings,
    }
    return Outcome.of(runner.run, runner.nodes, trial.store.get(key, lambda: _arrays(runner, give)))


def _arrays(runner: Runner, give: Giver) -> Arrays:
    trial = runner.trial
    count = len(trial.task.verifying)
    before, after = np.empty((count, 2)), np.empty((count, 2))
    asked = np.zeros((count, 2), dtype=np.bool_)
    change = Change(len(runner.nodes))
    done = 0
    for batch in verifying_batches(trial):
        members, tokens = list(batch.members), batch.tokens.flatten(0, 1)
        logits, own = runner.watched(tokens)
        given = give(batch, own)
        change.add(own, given.values, _where(given, tokens.shape))
        patched = runner.patched(tokens, given.values, given.positions, given.ablation)
        before[members] = runner.differences(logits, batch.answers, "as it is")
        after[members] = runner.differences(patched, batch.answers, "with other values")
        asked[members] = given.asked.numpy()
        done += len(members)
        trial.tell(done, count, f"the {runner.what} with other values")
    return {"before": before, "after": after, "asked": asked, **change.arrays()}


def _where(given: Given, shape: Sequence[int]) -> Tensor | None:
    """The positions whose change counts: those of prompts that are given something."""
    rows = given.asked.flatten()
    if given.positions is None:
        return None if rows.all() else rows[:, None].expand(*shape)
    return given.positions & rows[:, None]


def spot_positions(batch: PairBatch, at: Spot | None) -> Tensor | None:
    """Where a claim replaces values: bool [pair * 2, position]; None is everywhere."""
    if at is None:
        return None
    if at == "last":
        positions = torch.zeros(batch.tokens.shape[0], batch.tokens.shape[2], dtype=torch.bool)
        positions[:, -1] = True
    else:
        positions = batch.tokens[:, 0] != batch.tokens[:, 1]
    return positions.repeat_interleave(2, dim=0)
