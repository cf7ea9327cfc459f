"""The values of some nodes at every token of a text, in one pass over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from circuitspec.circuit.nodes import Node
from circuitspec.inspection.texts import Text, Values
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer

_TOKENS_AT_ONCE = 4096
"""So much is in memory of all places; of the asked nodes, everything is."""


def gather_values(
    transformer: Transformer,
    text: Text,
    nodes: Sequence[Node],
    *,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Values:
    """The values [node, token] of `nodes` on `text`.

    The run stops after the last place that is asked about.

    Raises:
        FloatingPointError: the model gives a value that is not finite.
    """
    values = np.empty((len(nodes), len(text.ids)), dtype=np.float32)
    by_length: dict[int, list[int]] = defaultdict(list)
    for first, last in text.sequences:
        by_length[last - first].append(first)
    done = 0
    for length, starts in sorted(by_length.items(), reverse=True):
        remaining = iter(starts)
        while batch := list(islice(remaining, max(1, _TOKENS_AT_ONCE // length))):
            at = np.array(batch)[:, None] + np.arange(length)
            watch = _Watch(nodes)
            watch.run(transformer, torch.from_numpy(text.ids[at]))
            for row, value in watch.values():
                values[row][at] = value
            done += at.size
            on_progress(done, len(text.ids))
    for node, own in zip(nodes, values, strict=True):
        if not np.isfinite(own).all():
            raise FloatingPointError(f"on this text the model gives no finite value at {node}")
    return values


class _EnoughError(Exception):
    """What is left of the run nobody asked about."""


class _Watch(Tap):
    """Keeps the values of some nodes, and stops the run after the last of them."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._rows: dict[Place, list[tuple[int, int]]] = defaultdict(list)
        for row, node in enumerate(nodes):
            self._rows[node.place].append((row, node.index))
        self._last = max(self._rows, key=lambda place: place.order)
        self._kept: dict[int, Tensor] = {}

    def run(self, transformer: Transformer, tokens: Tensor) -> None:
        """See what `transformer` does on tokens [sequence, position]."""
        try:
            with torch.no_grad():
                transformer(tokens, self)
        except _EnoughError:
            pass

    def values(self) -> list[tuple[int, NDArray[np.float32]]]:
        """Which node, and its values [sequence, position]."""
        return [(row, value.float().cpu().numpy()) for row, value in self._kept.items()]

    def activation(self, place: Place, value: Tensor) -> Tensor:
        for row, index in self._rows.get(place, ()):
            self._kept[row] = value[..., index].clone()
        if place == self._last:
            raise _EnoughError
        return value
