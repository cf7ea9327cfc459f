"""Specific: without the circuit, the model still models its language.

What is necessary for a task may be so because everything breaks without it. So the circuit is
dropped, and the loss of predicting the next token of held-out pretraining text is measured, with
and without. Text asks for what the task asks for, too, now and then, so that some rise is to be
expected of a circuit that matters. What does not matter to the task either is specific to nothing.

Windows of text are the units: tokens of one window are not independent.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from circuitspec.claims.controls.drops import dropped_by, model_does_the_task
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.parts import parts_of
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import Weighed
from circuitspec.engine.dropping import Dropped, Dropper
from circuitspec.language.claims import Specific
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Mean
from circuitspec.statistics.skewed_mean import Floats

_BATCH = 16


def weigh_specific(claim: Specific, trial: Trial) -> Weighed:
    """Measure the next-token loss on text, with and without the circuit.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    if trial.held_out is None:
        return Weighed(question=None, vacuous="the model comes with no held-out text")
    if trial.held_out.tokens.shape[1] < 2:
        return Weighed(question=None, vacuous="the held-out text has no next token")
    full, without = _losses(trial)
    estimates = {
        "full model, nats per token of text": Mean(full, unit="windows"),
        "model without the circuit, nats per token of text": Mean(without, unit="windows"),
    }

    rise = without - full
    return Weighed(
        question=Question(Mean(rise, unit="windows"), claim.comparison, claim.threshold),
        premises=(model_does_the_task(trial), _matters(trial)),
        parts=parts_of(estimates) if len(rise) > 1 else None,
        facts=(
            f"of {len(rise)} windows of text, the loss rises in {(rise > 0).mean():.0%}, "
            f"by {rise.max():.3g} nats per token at most",
        ),
    )


def _matters(trial: Trial) -> Premise:
    """What does no harm to the task does none to anything else, and is specific to nothing."""
    harm = trial.runs.drop().loss - trial.runs.full().loss
    return Premise(
        Question(trial.mean(harm), "<=", 0.0),
        holds=False,
        metric="rise of the task's loss",
        broken="without the circuit the task is done no worse",
        unclear="without the circuit the task is not shown to be done worse",
    )


def _losses(trial: Trial) -> tuple[Floats, Floats]:
    """[window] mean next-token loss of the full model, and without the circuit."""
    circuit, text = trial.circuit, trial.held_out
    assert text is not None

    def measure() -> Arrays:
        dropper = Dropper(circuit.model.transformer, circuit.ablation)
        dropped = dropped_by(circuit)
        found: dict[str, list[Floats]] = {"full": [], "without": []}
        for first in range(0, len(text.tokens), _BATCH):
            tokens = torch.from_numpy(text.tokens[first : first + _BATCH])
            block = dropped.first
            prefix = None if block is None else dropper.prefix(tokens, block)
            for run, what in (("full", Dropped()), ("without", dropped)):
                logits = dropper(tokens, what, prefix=prefix)[:, :-1]
                losses = F.cross_entropy(
                    logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="none"
                )
                by_window = losses.unflatten(0, (len(tokens), -1)).double().mean(dim=1)
                if not bool(by_window.isfinite().all()):
                    raise MeasurementError(f"the {run} run gave NaN or infinity on held-out text")
                found[run].append(by_window.numpy())
            trial.tell(first + len(tokens), len(text.tokens), "windows of held-out text")
        return {run: np.concatenate(parts) for run, parts in found.items()}

    key = {**identity(circuit, trial.task), "measured": "specific", "text": text.sha256}
    arrays = trial.store.get(key, measure)
    return arrays["full"], arrays["without"]
