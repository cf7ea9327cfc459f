"""The known transformers of `tests/groundtruth` as models in float64, and their true specs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, models
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.language.load import parse_text
from circuitspec.model.folder import Model
from circuitspec.model.places import matrix_places
from circuitspec.model.reference_means import measure_reference_means
from circuitspec.model.transformer import Transformer
from circuitspec.validation.known import Score, find_known, read_known

_ROOT = Path(__file__).parents[1] / "groundtruth"

FOLDERS = tuple(known.name for known in find_known(_ROOT))


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
        ]
        head = [f"  model {self.model.name}", "  task domain", f"  ablate {ablate}"]
        arrows = self._arrows() if edges else []
        return "\n".join(["circuitspec 1", "circuit truth {", *head, *nodes, *arrows, "}", ""])

    def _arrows(self) -> list[str]:
        arrows = []
        for target in matrix_places(self.model.config.n_layer):
            rows, columns = self.nodes.get(str(target), ()), self.nodes.get(str(target.source), ())
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
    known = read_known(_ROOT / folder)
    transformer = Transformer(known.config)
    weights = {name: torch.from_numpy(array) for name, array in known.weights.items()}
    transformer.double().load_state_dict(weights)
    transformer.requires_grad_(False).eval()
    tokens = torch.from_numpy(known.tokens)
    words = {word: index for index, word in enumerate(known.vocab)}
    nodes = groupby(known.nodes, key=lambda node: str(node.place))
    model = Model(
        name=folder,
        transformer=transformer,
        tokenizer=Tokenizer(models.WordLevel(words, "a")),
        reference=measure_reference_means(transformer, [tokens], source="the whole domain"),
        sha256="0" * 64,
        reference_sha256="0" * 64,
    )
    return GroundTruth(
        model=model,
        tokens=tokens,
        targets=torch.from_numpy(known.targets),
        nodes={place: tuple(node.index for node in own) for place, own in nodes},
        results=known.results,
        without={str(node): score for node, score in known.without.items()},
        essential=tuple(map(str, known.essential)),
    )
