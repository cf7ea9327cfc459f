"""Transformers whose circuit is known, as they lie in `tests/groundtruth`.

Each was compiled from a program A, with the weights of an independent program B beside it, and an
independent float64 program computed what every way of ablating A does to the loss.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer, models
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.language.load import parse_text
from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import Model
from circuitspec.model.places import matrix_places
from circuitspec.model.reference_means import measure_reference_means
from circuitspec.model.transformer import Transformer

_ROOT = Path(__file__).parents[1] / "groundtruth"

FOLDERS = tuple(sorted(path.parent.name for path in _ROOT.glob("*/truth.json")))


@dataclass(frozen=True)
class Score:
    """How a run does at the last position, over the whole domain.

    Attributes:
        loss: cross-entropy in nats over all outputs.
    """

    loss: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class GroundTruth:
    """One transformer and what is known about it.

    Attributes:
        model: in float64, with means over the whole domain and all positions.
        tokens: the whole domain, [input, position].
        targets: [input]: the right output at the last position.
        nodes: the nodes of A by place.
        results: the scores of `full`, `keep_truth`, `drop_truth`, `keep_decoys` and `empty`.
        without: the scores of A less one node, by that node.
        essential: the nodes without which A fails.
    """

    model: Model
    tokens: Tensor
    targets: Tensor
    nodes: Mapping[str, tuple[int, ...]]
    results: Mapping[str, Score]
    without: Mapping[str, Score]
    essential: tuple[str, ...]

    def spec_text(self, *, ablate: str = "mean over pretraining", edges: bool = False) -> str:
        """A as an author would write it down: one name per place, and all its weights if asked."""
        nodes = [
            f"  node {_name(place)} = {place}[{', '.join(map(str, indices))}]"
            for place, indices in self.nodes.items()
            if indices
        ]
        head = [f"  model {self.model.name}", "  task domain", f"  ablate {ablate}"]
        arrows = self._arrows() if edges else []
        return "\n".join(["circuitspec 1", "circuit truth {", *head, *nodes, *arrows, "}", ""])

    def _arrows(self) -> list[str]:
        arrows = []
        for target in matrix_places(self.model.config.n_layer):
            rows, columns = self.nodes[str(target)], self.nodes[str(target.source)]
            weight = self.model.transformer.matrix(target).weight
            if weight[list(rows)][:, list(columns)].any():
                arrows.append(f"  edge {_name(str(target.source))} -> {_name(str(target))}")
        return arrows

    def circuit(self, *, ablate: str = "mean over pretraining", edges: bool = False) -> Circuit:
        """A, by way of the language."""
        (spec,) = parse_text(self.spec_text(ablate=ablate, edges=edges)).unwrap().circuits
        compiled = compile_spec(spec, self.model)
        assert compiled.circuit is not None, compiled.diagnostics
        return compiled.circuit

    def score(self, run: Callable[[Tensor], Tensor]) -> Score:
        """The score of `run`, which maps tokens to logits, over the whole domain."""
        logits = run(self.tokens)[:, -1]
        return Score(
            loss=F.cross_entropy(logits, self.targets).item(),
            accuracy=(logits.argmax(-1) == self.targets).double().mean().item(),
        )


def _name(place: str) -> str:
    return place.replace(".", "_")


@cache
def load_ground_truth(folder: str) -> GroundTruth:
    """The ground truth in `tests/groundtruth/<folder>`."""
    config, domain, truth = (
        json.loads((_ROOT / folder / f"{name}.json").read_text())
        for name in ("config", "domain", "truth")
    )
    tokens = torch.tensor(domain["tokens"])
    transformer = Transformer(_model_config(config))
    transformer.load_state_dict(load_file(_ROOT / folder / "weights.safetensors"))
    transformer.double().requires_grad_(False).eval()
    model = Model(
        name=folder,
        transformer=transformer,
        tokenizer=Tokenizer(models.WordLevel({t: i for i, t in enumerate(config["vocab"])}, "a")),
        reference=measure_reference_means(transformer, [tokens], source="the whole domain"),
        sha256="0" * 64,
        reference_sha256="0" * 64,
    )
    return GroundTruth(
        model=model,
        tokens=tokens,
        targets=torch.tensor(domain["targets_last"]),
        nodes={place: tuple(indices) for place, indices in truth["truth_nodes"].items()},
        results={name: Score(**score) for name, score in truth["results"].items()},
        without={name: Score(**score) for name, score in truth["leave_one_out"].items()},
        essential=tuple(truth["essential"]),
    )


def _model_config(config: Mapping[str, Any]) -> ModelConfig:
    """The folder's config in our words; what it has no word for, our models have a switch for."""
    assert config["attention_scale"] == "1/sqrt(d_head)"
    shared = ("n_layer", "n_head", "d_head", "d_mlp", "d_model", "norm", "activation", "causal")
    return ModelConfig(
        **{name: config[name] for name in (*shared, "n_ctx")},
        vocab_size=len(config["vocab"]),
        n_output=len(config["outputs"]),
        positions="learned",
        sink=False,
    )
