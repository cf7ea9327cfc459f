"""Structured pruning: learn which nodes a task needs.

Gao et al. 2025, section 2.2 and appendix A.5: one parameter per node, a Heaviside step forward and
the derivative of a sigmoid backward, the task's loss plus a price per kept node, AdamW with
clamping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer
from circuitspec.tasks.scores import logit_difference
from circuitspec.tasks.tokens import PairBatch


@dataclass(frozen=True)
class MaskTraining:
    """Settings of one run (names as in the paper's Table 2 where it has them).

    Attributes:
        price: nats per kept unit (k_coef).
        steps: updates.
        batches: batches of pairs per update.
        learning_rate: falls linearly to 0.
        temperature: of the sigmoid whose derivative stands in for the step's (heaviside_temp).
        start, noise: parameters start normal around `start` with this deviation.
    """

    price: float = 4e-3
    steps: int = 300
    batches: int = 4
    learning_rate: float = 3e-2
    temperature: float = 1.0
    start: float = 0.1
    noise: float = 0.01
    beta2: float = 0.95
    weight_decay: float = 1e-3
    gradient_norm: float = 1.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Scores:
    """How strongly each candidate is wanted: per place a tensor, -inf for no candidate.

    Attributes:
        nodes: per place [width].
    """

    nodes: Mapping[Place, Tensor]

    def kept(self) -> int:
        """How many candidates the learned masks keep."""
        return sum(int((t > 0).sum()) for t in self.nodes.values())


def learn_node_masks(
    model: Transformer,
    batches: Sequence[PairBatch],
    ablation: AblationValues,
    candidates: Mapping[Place, Tensor],
    settings: MaskTraining,
    *,
    on_step: Callable[[int, float, int], None] = lambda step, loss, kept: None,
) -> Scores:
    """Learn which `candidates` (bool, per place in scope) to keep; all others are ablated."""
    learner = _Learner(settings, candidates)
    tap = _LearnedTap(ablation, learner)
    _train(model, batches, tap, learner, settings, on_step)
    return Scores(learner.scores())


class _Learner:
    """The parameters behind one mask per place."""

    def __init__(self, settings: MaskTraining, candidates: Mapping[Place, Tensor]) -> None:
        generator = torch.Generator().manual_seed(settings.seed)
        self.candidates = dict(candidates)
        self.temperature = settings.temperature
        self.parameters = {
            place: torch.empty(candidate.shape)
            .normal_(settings.start, settings.noise, generator=generator)
            .clamp_(-1.0, 1.0)
            .requires_grad_()
            for place, candidate in self.candidates.items()
        }

    def mask(self, place: Place) -> Tensor:
        """1 or 0 per unit; its gradient is that of a sigmoid."""
        parameter = self.parameters[place]
        smooth = torch.sigmoid(parameter / self.temperature)
        hard = (parameter > 0).to(smooth.dtype)
        return (hard + smooth - smooth.detach()) * self.candidates[place]

    def count(self) -> Tensor:
        """How many units are kept, with a gradient."""
        return torch.stack([self.mask(place).sum() for place in self.parameters]).sum()

    @torch.no_grad()
    def clamp(self) -> None:
        for parameter in self.parameters.values():
            parameter.clamp_(-1.0, 1.0)

    def scores(self) -> dict[Place, Tensor]:
        return {
            place: parameter.detach().masked_fill(~self.candidates[place], -torch.inf)
            for place, parameter in self.parameters.items()
        }


class _LearnedTap(Tap):
    """A `Tap` whose masks let gradients through."""

    def __init__(self, ablation: AblationValues, nodes: _Learner) -> None:
        self._ablation = ablation
        self._nodes = nodes

    def activation(self, place: Place, value: Tensor) -> Tensor:
        if place not in self._nodes.parameters:
            return value
        ablated = self._ablation[place]
        return ablated + (value - ablated) * self._nodes.mask(place)


def _train(
    model: Transformer,
    batches: Sequence[PairBatch],
    tap: _LearnedTap,
    learner: _Learner,
    settings: MaskTraining,
    on_step: Callable[[int, float, int], None],
) -> None:
    generator = torch.Generator().manual_seed(settings.seed + 1)
    optimizer = torch.optim.AdamW(
        learner.parameters.values(),
        lr=settings.learning_rate,
        betas=(0.9, settings.beta2),
        weight_decay=settings.weight_decay,
    )
    share = torch.tensor([float(len(batch.members)) for batch in batches])
    for step in range(settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * (1.0 - step / settings.steps)
        optimizer.zero_grad(set_to_none=True)
        chosen = torch.multinomial(share, settings.batches, True, generator=generator)
        task_loss = 0.0
        for index in chosen.tolist():
            loss = _pair_loss(model, batches[index], tap) / settings.batches
            loss.backward()
            task_loss += float(loss.detach())
        kept = learner.count()
        (settings.price * kept).backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters.values(), settings.gradient_norm)
        optimizer.step()
        learner.clamp()
        on_step(step + 1, task_loss, int(kept.detach()))


def _pair_loss(model: Transformer, batch: PairBatch, tap: _LearnedTap) -> Tensor:
    logits = model(batch.tokens.flatten(0, 1), tap)[:, -1].unflatten(0, (-1, 2))
    return F.softplus(-logit_difference(logits, batch.answers)).mean()
