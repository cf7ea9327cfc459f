"""The values of some nodes at every token of a text, in one pass over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
import torch

from circuitspec.circuit.nodes import Node
from circuitspec.engine.watch import run_until_seen
from circuitspec.inspection.texts import Text, Values
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
    places = {node.place for node in nodes}
    by_length: dict[int, list[int]] = defaultdict(list)
    for first, last in text.sequences:
        by_length[last - first].append(first)
    done = 0
    for length, starts in sorted(by_length.items(), reverse=True):
        remaining = iter(starts)
        while batch := list(islice(remaining, max(1, _TOKENS_AT_ONCE // length))):
            at = np.array(batch)[:, None] + np.arange(length)
            seen = run_until_seen(transformer, torch.from_numpy(text.ids[at]), Tap(), places)
            for row, node in enumerate(nodes):
                said = seen.said(node.place, node.index, (len(batch), length))
                values[row][at] = said.float().cpu().numpy()
            done += at.size
            on_progress(done, len(text.ids))
    for node, own in zip(nodes, values, strict=True):
        if not np.isfinite(own).all():
            raise FloatingPointError(f"on this text the model gives no finite value at {node}")
    return values
