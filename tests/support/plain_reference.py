"""Asking the plain reference the question that a masked run answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masks import Masks
from circuitspec.engine.reference import ReferenceRun
from circuitspec.model.places import Place, all_places
from circuitspec.model.transformer import Transformer


def reference_logits(
    model: Transformer,
    tokens: Tensor,
    masks: Masks,
    ablation: AblationValues,
    norm_scales: Mapping[Place, Tensor] | None = None,
) -> npt.NDArray[np.float64]:
    """What `run_masked` should give for these arguments; `ablation` holds one value per node.

    With `norm_scales` [batch, position, 1] what `run_frozen` should give.
    """

    def kept_node(place: Place, index: int) -> bool:
        return place not in masks.nodes or bool(masks.nodes[place][index])

    def kept_edge(target: Place, row: int, column: int) -> bool:
        return target not in masks.weights or bool(masks.weights[target][row, column])

    def run(example: int) -> ReferenceRun:
        return ReferenceRun(
            config=model.config,
            weights={name: _array(tensor) for name, tensor in model.state_dict().items()},
            kept_node=kept_node,
            kept_edge=kept_edge,
            ablation={place: _array(ablation[place]) for place in all_places(model.config.n_layer)},
            norm_scales={
                place: _array(scale[example, :, 0]) for place, scale in (norm_scales or {}).items()
            },
        )

    return np.stack([run(index).logits(row) for index, row in enumerate(tokens.tolist())])


def _array(tensor: Tensor) -> npt.NDArray[np.float64]:
    return tensor.to(torch.float64).numpy()
