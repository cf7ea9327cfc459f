"""Runs in which some nodes take, at some positions, the values of another run.

Interchange interventions (Geiger et al. 2021, "Causal abstractions of neural networks", section 3):
what follows the nodes is computed from what they are given, what comes before them is not touched.
A circuit alone is run the same way as the full model, with its masks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masked import MaskTap
from circuitspec.engine.masks import Masks
from circuitspec.engine.watch import ThroughTap, WatchTap
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer

Columns = Mapping[Place, Tensor]
"""Per place the indices of some of its nodes, ascending."""


@dataclass(frozen=True, eq=False)
class Patch:
    """What nodes are to say.

    Attributes:
        columns: the nodes.
        values: per place [batch, position, node].
        positions: where they say it, bool [batch, position]; None is everywhere.
    """

    columns: Columns
    values: Mapping[Place, Tensor]
    positions: Tensor | None = None


def columns_of(nodes: Iterable[tuple[Place, int]]) -> dict[Place, Tensor]:
    """The indices of `nodes` by place, in forward order."""
    found: dict[Place, set[int]] = {}
    for place, index in nodes:
        found.setdefault(place, set()).add(index)
    ordered = sorted(found.items(), key=lambda item: item[0].order)
    return {place: torch.tensor(sorted(indices)) for place, indices in ordered}


def run_watched(
    model: Transformer,
    tokens: Tensor,
    columns: Columns,
    masks: Masks | None = None,
    ablation: AblationValues | None = None,
) -> tuple[Tensor, dict[Place, Tensor]]:
    """Logits [batch, position, n_output], and per place what `columns` say [batch, position, node].

    Args:
        masks, ablation: of a run under masks; None runs the full model.
    """
    tap = WatchTap(_under(masks, ablation), columns)
    with torch.no_grad():
        logits: Tensor = model(tokens, tap)
    # Less than [batch, position, ...] where nothing before depends on the tokens.
    values = {
        place: tap.seen[place][..., indices].expand(*tokens.shape, -1)
        for place, indices in columns.items()
    }
    return logits, values


def run_patched(
    model: Transformer,
    tokens: Tensor,
    patch: Patch,
    masks: Masks | None = None,
    ablation: AblationValues | None = None,
) -> Tensor:
    """Logits [batch, position, n_output] with `patch` in place.

    Args:
        masks, ablation: of a run under masks; None runs the full model. What the masks ablate says
            what the patch gives it all the same; but a weight that they leave out carries the
            ablation value.
    """
    with torch.no_grad():
        logits: Tensor = model(tokens, _PatchTap(_under(masks, ablation), patch))
    return logits


def _under(masks: Masks | None, ablation: AblationValues | None) -> Tap:
    if masks is None:
        return Tap()
    assert ablation is not None, "masks say what is ablated, not by what"
    return MaskTap(masks, ablation)


class _PatchTap(ThroughTap):
    def __init__(self, inner: Tap, patch: Patch) -> None:
        super().__init__(inner)
        self._patch = patch

    def replacement(self, place: Place) -> Tensor | None:
        return None if place in self._patch.columns else super().replacement(place)

    def activation(self, place: Place, value: Tensor) -> Tensor:
        value = super().activation(place, value)
        if place not in self._patch.columns:
            return value
        columns, given = self._patch.columns[place], self._patch.values[place].to(value.dtype)
        value = value.expand(*given.shape[:-1], -1).clone()
        if self._patch.positions is not None:
            given = torch.where(self._patch.positions[..., None], given, value[..., columns])
        value[..., columns] = given
        return value
