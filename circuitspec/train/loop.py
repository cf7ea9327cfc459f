"""The training loop: plain torch, deterministic from its config, resumable after a kill."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.files import write_whole
from circuitspec.model.initialise import initialise
from circuitspec.model.transformer import Transformer
from circuitspec.train.config import TrainConfig
from circuitspec.train.corpus import Tokens, batch_windows
from circuitspec.train.learning_rate import learning_rate
from circuitspec.train.state import load_state, save_state
from circuitspec.train.weight_sparsity import nonzero_fraction, sparse_matrices, sparsify

TaskProgress: TypeAlias = Mapping[str, float]


@dataclass(frozen=True)
class Progress:
    """How a run stands after `step` updates. Losses are in nats per token.

    Attributes:
        held_out_loss, tasks: None where the run was not evaluated after this step.
        tasks: what `evaluate_tasks` said.
    """

    step: int
    train_loss: float
    held_out_loss: float | None
    tasks: Mapping[str, TaskProgress] | None
    nonzero_fraction: float
    nonzeros: int
    learning_rate: float
    gradient_rms: float


def train(
    config: TrainConfig,
    train_tokens: Tokens,
    held_out_tokens: Tokens,
    folder: Path,
    *,
    corpus_sha256: str,
    start: Transformer | None = None,
    device: str = "cpu",
    evaluate_tasks: Callable[[Transformer], Mapping[str, TaskProgress]] = lambda model: {},
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Transformer:
    """Run `config` to its end, resuming from `folder/state.safetensors` where that exists.

    Writes `folder/log.jsonl`, one `Progress` per step, and the state every
    `config.checkpoint_every` steps.

    Args:
        start: begin from these weights; their hash is part of what makes a run this run.
        device: where the run computes, as torch names it. What comes back is on the CPU.
        evaluate_tasks: named numbers on each task, for the log; given the model on `device` every
            `config.evaluate_every` steps.

    Raises:
        ValueError: the folder holds the state of another run.
        FloatingPointError: the loss is no longer finite.
    """
    identity = hashlib.sha256((config.model_dump_json() + corpus_sha256).encode())
    model = initialise(config.model, seed=config.seed)
    if start is not None:
        if start.config != config.model:
            raise ValueError("the model to start from has another shape than this run's")
        model.load_state_dict(start.state_dict())
        for parameter in model.parameters():
            identity.update(parameter.detach().numpy().tobytes())
    run = identity.hexdigest()
    model.to(device)
    optimizer = _optimizer(config, model)
    state_path = folder / "state.safetensors"
    step = load_state(state_path, model, optimizer, run=run) if state_path.exists() else 0
    folder.mkdir(parents=True, exist_ok=True)
    log_path = folder / "log.jsonl"
    _trim_log(log_path, step)
    with log_path.open("a") as log:
        while step < config.steps:
            progress = _update(config, model, optimizer, train_tokens, step)
            step += 1
            if step % config.evaluate_every == 0 or step == config.steps:
                loss = held_out_loss(model, held_out_tokens, config.data.sequence_length)
                progress = replace(progress, held_out_loss=loss, tasks=evaluate_tasks(model))
            log.write(json.dumps(vars(progress)) + "\n")
            log.flush()
            on_progress(progress)
            if step % config.checkpoint_every == 0 or step == config.steps:
                save_state(state_path, model, optimizer, step=step, run=run)
    return model.cpu()


def _update(
    config: TrainConfig,
    model: Transformer,
    optimizer: torch.optim.Optimizer,
    tokens: Tokens,
    step: int,
) -> Progress:
    data = config.data
    windows = batch_windows(
        tokens, seed=config.seed, step=step, size=data.batch_size, length=data.sequence_length
    )
    device = model.embed.device.type
    with torch.autocast(device, torch.bfloat16, enabled=config.precision == "bfloat16"):
        loss = next_token_loss(model, windows)
    loss.backward()
    rms = _scale_gradients(config, model)
    rate = learning_rate(config, step)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    fraction = nonzero_fraction(config.sparsity, (step + 1) / config.steps)
    nonzeros = 0
    for matrix, floor_dim in sparse_matrices(model):
        sparsify(matrix, fraction, floor=config.sparsity.floor, floor_dim=floor_dim)
        nonzeros += int(matrix.count_nonzero())
    value = float(loss.detach())
    if not np.isfinite(value):
        raise FloatingPointError(f"the loss is {value} at step {step}; lower the learning rate")
    return Progress(
        step=step + 1,
        train_loss=value,
        held_out_loss=None,
        tasks=None,
        nonzero_fraction=fraction,
        nonzeros=nonzeros,
        learning_rate=rate,
        gradient_rms=rms,
    )


def next_token_loss(model: Transformer, windows: Tokens) -> Tensor:
    """Mean cross-entropy in nats per token over `windows` [sequence, position + 1]."""
    batch = torch.from_numpy(windows.astype(np.int64)).to(model.embed.device)
    logits = model(batch[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1).float(), batch[:, 1:].flatten())


@torch.no_grad()
def held_out_loss(model: Transformer, tokens: Tokens, length: int, *, most: int = 1 << 16) -> float:
    """Mean cross-entropy in nats per token over the first `most` tokens, window by window."""
    total, count = 0.0, 0
    for windows in _consecutive_windows(tokens[:most], length):
        total += float(next_token_loss(model, windows)) * len(windows)
        count += len(windows)
    if count == 0:
        raise ValueError(f"{len(tokens)} held-out tokens do not fill a window of {length}")
    return total / count


def _consecutive_windows(tokens: Tokens, length: int, *, batch: int = 32) -> Iterator[Tokens]:
    starts = np.arange(0, len(tokens) - length, length)
    for first in range(0, len(starts), batch):
        yield tokens[starts[first : first + batch, None] + np.arange(length + 1)]


def _optimizer(config: TrainConfig, model: Transformer) -> torch.optim.AdamW:
    settings = config.optimizer
    matrices = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim != 2]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
        betas=(settings.beta1, settings.beta2),
        eps=settings.eps,
        fused=True,
    )


@torch.no_grad()
def _scale_gradients(config: TrainConfig, model: Transformer) -> float:
    """Bring the gradients' root mean square to where the config wants it; returns what it was."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    squares = torch.stack([g.square().sum(dtype=torch.float64) for g in gradients]).sum()
    rms = math.sqrt(float(squares) / sum(gradient.numel() for gradient in gradients))
    target = config.optimizer.gradient_rms
    if config.optimizer.gradient_scaling == "normalise" or rms > target:
        for gradient in gradients:
            gradient.mul_(target / (rms + 1e-12))
    return rms


def _trim_log(path: Path, step: int) -> None:
    """Drop log lines after `step`: a killed run wrote them, and will write them again."""
    if path.exists():
        lines = path.read_text().splitlines()
        write_whole(path, "".join(f"{line}\n" for line in lines[:step]))
