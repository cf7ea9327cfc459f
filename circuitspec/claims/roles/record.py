"""One run for all role claims: what nodes say, in the full model or in the circuit alone.

In the circuit alone a node says what reaches it there, under the circuit's masks, and says it even
if nobody hears it. A run stops after the last place that is asked for. What it gave is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from circuitspec.circuit.nodes import Node
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.parts import RUN_IN_WORDS
from circuitspec.claims.roles.passages import WHERE, Passages
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.engine.masked import MaskTap
from circuitspec.engine.watch import run_until_seen
from circuitspec.language.claim_words import Run
from circuitspec.language.claims import Attends
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap, Transformer
from circuitspec.statistics.skewed_mean import Bools, Floats

_AT_ONCE = 1 << 12
"""Positions that are run at a time."""


@dataclass(frozen=True, slots=True)
class Head:
    """An attention head."""

    layer: int
    index: int

    def __str__(self) -> str:
        return f"L{self.layer}.h{self.index}"


@dataclass(frozen=True, eq=False)
class Recording:
    """What some nodes said in one kind of run.

    Attributes:
        model: which said it.
        nodes: which nodes, in forward order.
        values: float32 [position, node].
    """

    model: Transformer
    run: Run
    passages: Passages
    nodes: tuple[Node, ...]
    values: npt.NDArray[np.float32]

    @property
    def what(self) -> str:
        """What reports call it."""
        return f"{RUN_IN_WORDS[self.run]}, {WHERE[self.passages.data]}"

    def of(self, node: Node) -> Floats:
        """[position], finite.

        Raises:
            MeasurementError: NaN or infinity.
        """
        said = self.values[:, self.nodes.index(node)].astype(np.float64)
        if not np.isfinite(said).all():
            raise MeasurementError(f"{self.what}: {node} is NaN or infinite")
        return said

    def mass(self, head: Head, target: Bools) -> Floats:
        """[position]: how much of its attention a head puts on targets, from each position.

        Args:
            target: [position].

        Raises:
            MeasurementError: NaN or infinity.
        """
        model = self.model
        q, k = (
            torch.from_numpy(self.values[:, [self.nodes.index(node) for node in nodes]])
            for nodes in (_channels(head, "attn.q", model), _channels(head, "attn.k", model))
        )
        found, start = [], 0
        for block in self.passages.blocks:
            n, length = block.tokens.shape
            for first in range(0, n, max(1, _AT_ONCE // length)):
                rows = min(max(1, _AT_ONCE // length), n - first)
                here = slice(start, start + rows * length)
                pattern = model.pattern(
                    head.layer,
                    q[here].unflatten(0, (rows, length)),
                    k[here].unflatten(0, (rows, length)),
                    slice(head.index, head.index + 1),
                )[:, 0].double()
                keys = torch.from_numpy(target[here]).double().unflatten(0, (rows, length))
                found.append((pattern @ keys[..., None])[..., 0].flatten().numpy())
                start = here.stop
        mass: Floats = np.concatenate(found)
        if not np.isfinite(mass).all():
            raise MeasurementError(f"{self.what}: the attention of {head} is NaN or infinite")
        # Sums of float32 that should be 1 may be a little more.
        np.minimum(mass, 1.0, out=mass)
        return mass


def heads_of(nodes: Iterable[Node], d_head: int) -> tuple[Head, ...]:
    """The heads that nodes are queries, keys or values of, each once."""
    found = {
        Head(node.place.layer, node.index // d_head): None
        for node in nodes
        if node.place.part in ("attn.q", "attn.k", "attn.v") and node.place.layer is not None
    }
    return tuple(found)


def record(trial: Trial, run: Run, passages: Passages, heads: Iterable[Head] = ()) -> Recording:
    """What all named nodes say, and the queries and keys of heads.

    The heads of all the trial's claims are recorded with those given, so that one run serves all.

    Raises:
        MeasurementError: the run failed.
    """
    nodes = _asked(trial, run, heads)
    kept = ("roles", "recording", run, passages.data)
    found: Recording | None = trial.shared.get(kept)
    if found is None or found.nodes != nodes:
        found = _record(trial, run, passages, nodes)
        trial.shared[kept] = found
    return found


def _record(trial: Trial, run: Run, passages: Passages, nodes: tuple[Node, ...]) -> Recording:
    circuit = trial.circuit
    key = {
        **(identity(circuit, trial.task) if run == "circuit" else {"model": circuit.model.sha256}),
        "measured": "roles",
        "run": run,
        "passages": passages.sha256,
        "said by": [str(node) for node in nodes],
    }
    arrays = trial.store.get(key, lambda: _run(trial, run, passages, nodes))
    return Recording(circuit.model.transformer, run, passages, nodes, arrays["values"])


def _asked(trial: Trial, run: Run, heads: Iterable[Head]) -> tuple[Node, ...]:
    model = trial.circuit.model.transformer
    groups = (*trial.circuit.groups, *(trial.outside if run == "model" else ()))
    claimed = (
        head
        for claim in trial.claims
        if isinstance(claim, Attends)
        for head in heads_of(trial.named(claim.node).nodes, model.config.d_head)
    )
    nodes = {node for group in groups for node in group.nodes}
    for head in (*heads, *claimed):
        nodes.update(_channels(head, "attn.q", model))
        nodes.update(_channels(head, "attn.k", model))
    return tuple(sorted(nodes, key=lambda node: node.order))


def _channels(head: Head, part: str, model: Transformer) -> list[Node]:
    width = model.config.d_head
    place = Place(head.layer, part)  # type: ignore[arg-type]
    return [Node(place, head.index * width + channel) for channel in range(width)]


def _run(trial: Trial, run: Run, passages: Passages, nodes: tuple[Node, ...]) -> Arrays:
    circuit = trial.circuit
    inner = MaskTap(circuit.keep_masks(), circuit.ablation) if run == "circuit" else Tap()
    total, done, found = len(passages.tokens), 0, []
    for block in passages.blocks:
        at_once = max(1, _AT_ONCE // block.tokens.shape[1])
        for first in range(0, len(block.tokens), at_once):
            tokens = torch.from_numpy(block.tokens[first : first + at_once])
            found.append(_said(circuit.model.transformer, tokens, inner, nodes))
            done += tokens.numel()
            trial.tell(done, total, f"{RUN_IN_WORDS[run]}, {WHERE[passages.data]}")
    return {"values": np.concatenate(found)}


def _said(
    model: Transformer, tokens: Tensor, inner: Tap, nodes: tuple[Node, ...]
) -> npt.NDArray[np.float32]:
    try:
        tap = run_until_seen(model, tokens, inner, {node.place for node in nodes})
    except (RuntimeError, ValueError) as error:
        raise MeasurementError(f"the model could not be run: {error}") from error
    shape = (tokens.shape[0], tokens.shape[1])
    said = torch.stack([tap.said(node.place, node.index, shape).flatten() for node in nodes], dim=1)
    values: npt.NDArray[np.float32] = said.float().numpy()
    return values
