"""Optimal constants: the ones with which a task is done best while nodes are ablated.

Li and Janson ("Optimal ablation for interpretability", NeurIPS 2024): a node that is set to a value
it never has may do harm by that value alone, and what is lost then is not what the node does. With
the constants that lose least, what is still lost must be information. For a claim of sufficiency
every node in scope has such a constant (it also stands for a kept node on a weight that the spec
does not list); for one of necessity those of the circuit have.

Constants start at the spec's own ablation values and go down the gradient of the task's loss on the
pairs for finding, by Adam, in steps that are measured in how much a node varies there. If what
comes of it loses more on these pairs than the start, the start is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masked import MaskTap
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place, all_places
from circuitspec.model.transformer import Tap
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import logit_difference
from circuitspec.tasks.spread import spread_over_templates
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

Part: TypeAlias = Literal["keep", "drop", "empty"]
"""What is run: the circuit alone, the model without it, the emptied circuit."""

STEPS: Mapping[Part, int] = {"keep": 150, "empty": 60, "drop": 40}
MOST_PAIRS: Mapping[Part, int] = {"keep": 1 << 20, "empty": 1 << 20, "drop": 192}
"""Runs of nearly the whole model take long."""

RATE = 0.1
"""Of Adam, in standard deviations of a node, at the start; it falls to 0."""

_BATCH = 16
_VARYING = 192
"""Pairs on which it is measured how much nodes vary."""
_STREAM = 0x6F7074

_Run = Callable[[AblationValues, Tensor], Tensor]
"""Last-position logits [batch, 1, vocab] of tokens, with gradients of the ablation values."""


def optimal_constants(trial: Trial, part: Part) -> AblationValues:
    """The constants for one run of the circuit.

    Raises:
        MeasurementError: the loss is not finite.
    """
    circuit = trial.circuit.emptied() if part == "empty" else trial.circuit
    key = {
        **identity(circuit, trial.task),
        "measured": "optimal constants",
        "part": part,
        "steps": STEPS[part],
        "rate": RATE,
        "batch": _BATCH,
        "pairs": fitting_pairs(trial.task, part),
    }
    found = trial.store.get(key, lambda: _fit(trial, circuit, part))
    values = {place: torch.from_numpy(found[str(place)]) for place in circuit.scope}
    return AblationValues("optimal", dict(circuit.ablation.values) | values)


def fitting_pairs(task: Task, part: Part) -> int:
    """On how many pairs the constants of a run are fitted."""
    return min(len(task.finding), MOST_PAIRS[part])


def _fit(trial: Trial, circuit: Circuit, part: Part) -> Arrays:
    batches = _batches(trial, fitting_pairs(trial.task, part))
    run = _dropped(circuit) if part == "drop" else _kept(circuit)
    scales = _scales(trial)
    start = {place: circuit.ablation[place].clone() for place in circuit.scope}
    shifts = {place: torch.zeros_like(scales[place]).requires_grad_() for place in circuit.scope}

    def values() -> AblationValues:
        moved = {place: start[place] + scales[place] * shifts[place] for place in circuit.scope}
        return AblationValues("optimal", dict(circuit.ablation.values) | moved)

    optimizer = torch.optim.Adam(shifts.values(), lr=RATE, betas=(0.9, 0.99))
    generator = torch.Generator().manual_seed(_STREAM)
    share = torch.tensor([float(len(batch.members)) for batch in batches])
    steps = STEPS[part]
    for step, index in enumerate(torch.multinomial(share, steps, True, generator=generator)):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 + math.cos(math.pi * step / steps)) / 2
        optimizer.zero_grad(set_to_none=True)
        loss = _loss(run, values(), batches[int(index)])
        if not loss.requires_grad:
            break  # no constant has any influence
        loss.mean().backward()
        optimizer.step()
        trial.tell(step + 1, steps, "optimal constants")
    with torch.no_grad():
        fitted = values()
        before, after = (_whole(run, v, batches) for v in (circuit.ablation, fitted))
    if not math.isfinite(before) and not math.isfinite(after):
        raise MeasurementError("the loss with optimal constants is not finite")
    best = fitted if after <= before or not math.isfinite(before) else circuit.ablation
    return {str(place): best[place].detach().numpy().copy() for place in circuit.scope}


def _batches(trial: Trial, most: int) -> tuple[PairBatch, ...]:
    finding = trial.task.finding
    chosen = [finding[index] for index in spread_over_templates(finding, most)]
    try:
        return tokenize_pairs(chosen, trial.circuit.model.tokenizer, batch_size=_BATCH)
    except TaskError as error:
        raise MeasurementError(f"constants could not be fitted: {error}") from error


def _kept(circuit: Circuit) -> _Run:
    masks, model = circuit.keep_masks(), circuit.model.transformer

    def run(values: AblationValues, tokens: Tensor) -> Tensor:
        return Compiler.of(model, values)(masks)(tokens, last_only=True)

    return run


def _dropped(circuit: Circuit) -> _Run:
    masks, model = circuit.drop_masks(), circuit.model.transformer

    def run(values: AblationValues, tokens: Tensor) -> Tensor:
        logits: Tensor = model(tokens, MaskTap(masks, values))
        return logits[:, -1:]

    return run


def _loss(run: _Run, values: AblationValues, batch: PairBatch) -> Tensor:
    """[pair, 2] of a batch."""
    logits = run(values, batch.tokens.flatten(0, 1))[:, -1]
    logits = logits.expand(batch.answers.numel(), -1).unflatten(0, (-1, 2))
    return F.softplus(-logit_difference(logits, batch.answers))


def _whole(run: _Run, values: AblationValues, batches: Sequence[PairBatch]) -> float:
    losses = [_loss(run, values, batch).double().mean(1) for batch in batches]
    return float(torch.cat(losses).mean())


def _scales(trial: Trial) -> dict[Place, Tensor]:
    """How much each node varies over the prompts in the full model; one that does less than others
    of its place on average counts as one that does as they do."""
    model = trial.circuit.model

    def measure() -> Arrays:
        tap = _MomentTap(model.config)
        with torch.no_grad():
            for batch in _batches(trial, _VARYING):
                model.transformer(batch.tokens.flatten(0, 1), tap)
        return {str(place): value.numpy() for place, value in tap.deviations().items()}

    key = {
        "measured": "deviations",
        "model": model.sha256,
        "pairs": trial.task.finding_sha256,
        "most": _VARYING,
    }
    found = trial.store.get(key, measure)
    return {place: torch.from_numpy(found[str(place)]) for place in trial.circuit.scope}


class _MomentTap(Tap):
    """Adds up values and their squares over examples and positions."""

    def __init__(self, config: ModelConfig) -> None:
        self._count = dict.fromkeys(all_places(config.n_layer), 0)
        self._sums = {
            place: torch.zeros(2, config.width(place), dtype=torch.float64)
            for place in all_places(config.n_layer)
        }

    def activation(self, place: Place, value: Tensor) -> Tensor:
        exact = value.double()
        self._sums[place] += torch.stack([exact.sum((0, 1)), exact.square().sum((0, 1))])
        self._count[place] += value.shape[0] * value.shape[1]
        return value

    def deviations(self) -> dict[Place, Tensor]:
        found = {}
        for place, sums in self._sums.items():
            mean, square = sums / self._count[place]
            deviation = (square - mean.square()).clamp(min=0.0).sqrt()
            found[place] = torch.maximum(deviation, deviation.mean()).float()
        return found
