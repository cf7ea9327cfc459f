"""Structured pruning: learn which nodes a task needs.

Gao et al. 2025, section 2.2 and appendix A.5: one parameter per node, a Heaviside step forward and
the derivative of a sigmoid backward, the task's loss plus a price per kept node, AdamW with
clamping.

Two things are other than there. The paper tunes the price for each task by 256 runs; here it moves
until the loss is at the target. And a node whose parameter has fallen to the bottom is given up
for good, so that the run, which computes only what may still be kept, gets faster and faster.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.discovery.rank import Scores
from circuitspec.engine.compiled import CompiledRun, Compiler
from circuitspec.engine.masks import Masks
from circuitspec.model.places import Place
from circuitspec.tasks.scores import logit_difference
from circuitspec.tasks.tokens import PairBatch

# Parameters live between -1 and 1; a node below this is given up.
_GIVEN_UP = -0.9
_PRICES = (1e-6, 1.0)
# Of the target, what a batch says at most to the price: one that fails wholly is no reason to stop.
_MOST_STRAIN = 10.0


@dataclass(frozen=True)
class MaskTraining:
    """Settings of one run (names as in the paper's Table 2 where it has them).

    Attributes:
        price: nats per kept node (k_coef), at the start.
        price_rate: how fast the price follows the loss: by this power of e per step where the loss
            is nought; 0 leaves it as it is.
        steps: updates.
        batches: batches of pairs per update.
        learning_rate: falls linearly to 0.
        temperature: of the sigmoid whose derivative stands in for the step's (heaviside_temp).
        start, noise: parameters start normal around `start` with this deviation. It is larger than
            a step of the learning rate: of a circuit whose nodes all fall at once, none gets a
            gradient any more.
        recompile_every: steps after which given-up nodes are left out of the run.
        shares: of what is not kept, how large a part is ablated, one of these at random for every
            batch; the nodes of the part, too, are drawn. With (1.0,) all of it, always.
    """

    price: float = 1e-3
    price_rate: float = 0.03
    steps: int = 400
    batches: int = 3
    learning_rate: float = 3e-2
    temperature: float = 1.0
    start: float = 0.15
    noise: float = 0.05
    beta2: float = 0.95
    weight_decay: float = 1e-3
    gradient_norm: float = 1.0
    recompile_every: int = 10
    shares: tuple[float, ...] = (1.0,)
    seed: int = 0

    def slower(self) -> MaskTraining:
        """For a task whose nodes nearly all fell at once: what is left is not what it needs."""
        return replace(self, price=self.price / 100, learning_rate=self.learning_rate / 2)


OnStep = Callable[[int, float, int], None]


def learn_node_masks(
    compiler: Compiler,
    batches: Sequence[PairBatch],
    candidates: Mapping[Place, Tensor],
    settings: MaskTraining,
    target: float,
    *,
    on_step: OnStep = lambda step, loss, kept: None,
) -> Scores:
    """Learn which `candidates` (bool [width], per place in scope) to keep; others are ablated.

    Returns the parameters: above 0 is kept. Nodes that were given up have less than -1, the less
    the sooner; -inf was no candidate.

    Args:
        target: the loss in nats that the price steers to, above 0.
        on_step: told the step, the loss on its pairs, and how many nodes are kept.
    """
    learner = _Learner(settings, candidates)
    generator = torch.Generator().manual_seed(settings.seed + 1)
    optimizer = torch.optim.AdamW(
        learner.parameters.values(),
        lr=settings.learning_rate,
        betas=(0.9, settings.beta2),
        weight_decay=settings.weight_decay,
    )
    share = torch.tensor([float(len(batch.members)) for batch in batches])
    price, smooth = settings.price, math.log(2.0)
    whole = settings.shares == (1.0,)
    everywhere = {place: torch.ones_like(mask) for place, mask in learner.candidates.items()}
    run = compiler(Masks(learner.candidates if whole else everywhere))
    for step in range(settings.steps):
        if step and step % settings.recompile_every == 0 and learner.give_up(step / settings.steps):
            run = compiler(Masks(learner.candidates if whole else everywhere))
        if not any(learner):
            break  # all of them were given up
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * (1.0 - step / settings.steps)
        optimizer.zero_grad(set_to_none=True)
        chosen = torch.multinomial(share, settings.batches, True, generator=generator)
        task_loss = strain = 0.0
        for index in chosen.tolist():
            gates = learner.gates(run)
            if not whole:
                gates = _partly(gates, settings.shares, generator)
            loss = _pair_loss(run, batches[index], gates)
            strained = _strained(loss, target) / settings.batches
            if loss.requires_grad:  # not where no candidate writes anything
                strained.backward()
            task_loss += float(loss.detach()) / settings.batches
            strain += min(float(strained.detach()), _MOST_STRAIN * target / settings.batches)
        kept = learner.count()
        (price * kept).backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters.values(), settings.gradient_norm)
        optimizer.step()
        learner.clamp()
        smooth += 0.1 * (strain - smooth)
        lacking = max(-1.0, min(1.0, 1.0 - smooth / target))
        price = min(max(price * math.exp(settings.price_rate * lacking), _PRICES[0]), _PRICES[1])
        on_step(step + 1, task_loss, int(kept.detach()))
    return learner.scores()


class _Learner:
    """The parameters behind one mask per place."""

    def __init__(self, settings: MaskTraining, candidates: Mapping[Place, Tensor]) -> None:
        generator = torch.Generator().manual_seed(settings.seed)
        self.candidates = dict(candidates)
        self.given_up = {p: torch.full(c.shape, -torch.inf) for p, c in candidates.items()}
        self.temperature = settings.temperature
        self.parameters = {
            place: torch.empty(candidate.shape)
            .normal_(settings.start, settings.noise, generator=generator)
            .clamp_(-1.0, 1.0)
            .requires_grad_()
            for place, candidate in self.candidates.items()
        }

    def gates(self, run: CompiledRun) -> dict[Place, Tensor]:
        """1 or 0 per candidate of a run; its gradient is that of a sigmoid."""
        gates = {}
        for place, parameter in self.parameters.items():
            kept = run.kept(place)
            if len(kept):
                # A node that was given up is run on only where parts of the rest are left alone.
                gates[place] = self._step(parameter[kept]) * self.candidates[place][kept]
        return gates

    def count(self) -> Tensor:
        """How many nodes are kept, with a gradient."""
        kept = [self._step(self.parameters[p][self.candidates[p]]).sum() for p in self]
        return torch.stack(kept).sum()

    def __iter__(self) -> Iterator[Place]:
        """Places with a candidate."""
        return (place for place, candidate in self.candidates.items() if candidate.any())

    @torch.no_grad()
    def clamp(self) -> None:
        for parameter in self.parameters.values():
            parameter.clamp_(-1.0, 1.0)

    @torch.no_grad()
    def give_up(self, progress: float) -> bool:
        """Leave out candidates at the bottom; were there any?

        Args:
            progress: how much of the training is done, 0 to 1.
        """
        any_ = False
        for place, mask in self.candidates.items():
            fallen = mask & (self.parameters[place] <= _GIVEN_UP)
            if fallen.any():
                self.given_up[place][fallen] = progress - 2.0
                self.candidates[place] = mask & ~fallen
                any_ = True
        return any_

    def scores(self) -> dict[Place, Tensor]:
        return {
            place: torch.where(self.candidates[place], parameter.detach(), self.given_up[place])
            for place, parameter in self.parameters.items()
        }

    def _step(self, parameter: Tensor) -> Tensor:
        smooth = torch.sigmoid(parameter / self.temperature)
        return (parameter > 0).to(smooth.dtype) + smooth - smooth.detach()


def _partly(
    gates: Mapping[Place, Tensor], shares: Sequence[float], generator: torch.Generator
) -> dict[Place, Tensor]:
    """Of the nodes that gates would ablate, let a random part through; it has no gradient."""
    share = shares[int(torch.randint(len(shares), (), generator=generator))]
    partly = {}
    for place, gate in gates.items():
        live = (torch.rand(gate.shape, generator=generator) >= share).to(gate.dtype)
        partly[place] = gate + live * (1.0 - gate)
    return partly


def _strained(loss: Tensor, target: float) -> Tensor:
    """A batch's loss, made more of the farther it is above the target, at which it is itself.

    A batch has pairs of few templates. For the mean over all pairs a search would give up one
    template of many, which saves nodes; what is found so fails on other templates as well.
    """
    return (loss + loss.square() / target) / 2


def _pair_loss(run: CompiledRun, batch: PairBatch, gates: Mapping[Place, Tensor]) -> Tensor:
    logits = run(batch.tokens.flatten(0, 1), gates, last_only=True)[:, -1].unflatten(0, (-1, 2))
    return F.softplus(-logit_difference(logits, batch.answers)).mean()
