"""Model and circuit run one prompt at a time, with everything that they say taken down."""

from __future__ import annotations

import torch

from circuitspec.circuit.circuit import Circuit
from circuitspec.engine.frozen_norms import FrozenNormTap, NormRecorder
from circuitspec.engine.masked import MaskTap
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap
from circuitspec.tasks.task import Task


class Everything(Tap):
    """Another tap, and everything that it lets through."""

    def __init__(self, inner: Tap) -> None:
        self.inner, self.seen = inner, dict[Place, torch.Tensor]()

    def activation(self, place: Place, value: torch.Tensor) -> torch.Tensor:
        self.seen[place] = self.inner.activation(place, value)
        return self.seen[place]

    def kept_weights(self, target: Place) -> torch.Tensor | None:
        return self.inner.kept_weights(target)

    def ablation_value(self, place: Place) -> torch.Tensor:
        return self.inner.ablation_value(place)

    def norm_scale(self, place: Place, residual: torch.Tensor) -> torch.Tensor | None:
        return self.inner.norm_scale(place, residual)


def every_prompt(circuit: Circuit, task: Task, norms: str) -> list[list[Everything]]:
    """Per pair and prompt, one by one: the full model's tap and the circuit's, and their logits."""
    model, tokenizer = circuit.model.transformer, circuit.model.tokenizer
    found = []
    for pair in task.verifying:
        for prompt in pair.prompts:
            tokens = torch.tensor([tokenizer.encode(prompt).ids])
            recorder = NormRecorder(model.config)
            full = Everything(recorder)
            full.logits = model(tokens, full)[0, -1].double().numpy()  # type: ignore[attr-defined]
            masks = circuit.keep_masks()
            inner = (
                MaskTap(masks, circuit.ablation)
                if norms == "live"
                else FrozenNormTap(masks, circuit.ablation, recorder.scales)
            )
            alone = Everything(inner)
            alone.logits = model(tokens, alone)[0, -1].double().numpy()  # type: ignore[attr-defined]
            found.append([full, alone])
    return found
