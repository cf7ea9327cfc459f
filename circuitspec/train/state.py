"""What a killed run resumes from: weights, optimiser moments and the step, in one file."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from circuitspec.files import replacing


def save_state(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, *, step: int, run: str
) -> None:
    """Write the state after `step` updates. `run` identifies config and corpus."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for index, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{key}": value for key, value in moments.items()}
    with replacing(path) as temporary:
        save_file(
            {name: tensor.contiguous() for name, tensor in tensors.items()},
            temporary,
            metadata={"state": json.dumps({"step": step, "run": run})},
        )


def load_state(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, *, run: str) -> int:
    """Bring `model` and `optimizer` back to where `save_state` left them; returns the step.

    Raises:
        ValueError: the state is damaged, or that of another run.
    """
    try:
        with safe_open(path, "pt") as file:
            state = json.loads(file.metadata()["state"])
            names = file.keys()
            tensors = {name: file.get_tensor(name) for name in names}
    except SafetensorError as error:
        raise ValueError(
            f"{path} cannot be read ({error}); delete the file to start over"
        ) from None
    if state["run"] != run:
        raise ValueError(
            f"{path} belongs to a run with another config or corpus; "
            "choose another output folder, or delete the file to start over"
        )
    model.load_state_dict(
        {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model.")}
    )
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, index, key = name.split(".", 2)
            moments.setdefault(int(index), {})[key] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": moments, "param_groups": groups})
    return int(state["step"])
