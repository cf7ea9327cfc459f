"""Transformers whose circuit is known, as their folders have them; no torch.

Each was compiled from a program A, with the weights of an independent program B beside it, and an
independent float64 program computed what every way of ablating A does to the loss.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from circuitspec.circuit.nodes import Node, parse_node
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import parse_place

Array: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

TRUTH = "truth.json"
"""The file by which a folder is known to be one of these."""


@dataclass(frozen=True)
class Score:
    """How a run does at the last position, over the whole domain.

    Attributes:
        loss: cross-entropy in nats over all outputs.
    """

    loss: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Known:
    """One transformer and what is known about it.

    Attributes:
        weights: by the checkpoint's names, float64.
        tokens: the whole domain, [input, position].
        targets: [input]: the right output at the last position.
        vocab, outputs: what tokens and outputs are called.
        channels: what each channel of the residual stream holds.
        nodes: those of A, in forward order.
        results: the scores of `full`, `keep_truth`, `drop_truth`, `keep_decoys` and `empty`.
        without: the scores of A less one node, by that node.
        essential: the nodes without which A fails.
    """

    name: str
    config: ModelConfig
    weights: Mapping[str, Array]
    tokens: Ints
    targets: Ints
    vocab: tuple[str, ...]
    outputs: tuple[str, ...]
    channels: tuple[str, ...]
    nodes: tuple[Node, ...]
    results: Mapping[str, Score]
    without: Mapping[Node, Score]
    essential: tuple[Node, ...]


def find_known(folder: Path) -> tuple[Known, ...]:
    """All transformers in the folders inside `folder`, sorted by their names."""
    return tuple(read_known(path.parent) for path in sorted(folder.glob(f"*/{TRUTH}")))


def read_known(folder: Path) -> Known:
    """The transformer in `folder`.

    Raises:
        OSError, KeyError, ValueError: the folder is not what it should be.
    """
    config, domain, truth = (
        json.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("config.json", "domain.json", TRUTH)
    )
    weights = load_file(folder / "weights.safetensors")
    nodes = (
        Node(parse_place(place), index)
        for place, indices in truth["truth_nodes"].items()
        for index in indices
    )
    return Known(
        name=folder.name,
        config=_model_config(config),
        weights={name: array.astype(np.float64) for name, array in weights.items()},
        tokens=np.array(domain["tokens"]),
        targets=np.array(domain["targets_last"]),
        vocab=tuple(config["vocab"]),
        outputs=tuple(config["outputs"]),
        channels=tuple(config["channel_labels"]),
        nodes=tuple(sorted(nodes, key=lambda node: node.order)),
        results={name: Score(**score) for name, score in truth["results"].items()},
        without={parse_node(name): Score(**s) for name, s in truth["leave_one_out"].items()},
        essential=tuple(map(parse_node, truth["essential"])),
    )


def _model_config(config: Mapping[str, Any]) -> ModelConfig:
    """The folder's config in our words; what it has no word for, our models have a switch for."""
    if config["attention_scale"] != "1/sqrt(d_head)":
        raise ValueError(f"attention scaled by {config['attention_scale']}")
    shared = ("n_layer", "n_head", "d_head", "d_mlp", "d_model", "norm", "activation", "causal")
    return ModelConfig(
        **{name: config[name] for name in (*shared, "n_ctx")},
        vocab_size=len(config["vocab"]),
        n_output=len(config["outputs"]),
        positions="learned",
        sink=False,
    )
