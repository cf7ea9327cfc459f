"""What the full model and the circuit alone say and do inside, on the same prompts.

Three runs: the full model; the circuit alone; the circuit alone with the norm scales of the full
model frozen in, prompt by prompt and position by position. Of the emptied circuit, with live and
with frozen norms, only the answers are taken. Everything is kept pair by pair, in sums that can be
added up over any set of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node
from circuitspec.claims.faithful.together import ROUNDING, ZERO, Together
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.store import Arrays, Store, identity
from circuitspec.engine.frozen_norms import FrozenNormTap, NormRecorder
from circuitspec.engine.masked import MaskTap
from circuitspec.engine.watch import Shape, WatchTap
from circuitspec.model.places import Place
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import logit_difference
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

Norms: TypeAlias = Literal["live", "frozen"]
"""Whose norm scales the circuit ran with: its own, or those of the full model."""

NORMS: tuple[Norms, ...] = get_args(Norms)

# Entries of attention patterns that are held in memory at a time.
_MOST_ENTRIES = 1 << 24


@dataclass(frozen=True, slots=True)
class Head:
    """An attention head."""

    layer: int
    index: int

    def __str__(self) -> str:
        return f"L{self.layer}.h{self.index}"


@dataclass(frozen=True, eq=False)
class Inside:
    """Everything that claims of faithfulness rest on; all of it finite.

    Attributes:
        circuit, task: of what.
        arrays: see the methods.
    """

    circuit: Circuit
    task: Task
    arrays: Arrays

    @property
    def norms(self) -> tuple[Norms, ...]:
        """Live and frozen; live alone where the model has no norms."""
        return norms_of(self.circuit)

    @property
    def full(self) -> Floats:
        """Right minus wrong logit of the full model [pair, 2]."""
        return self._floats("full")

    def alone(self, norms: Norms) -> Floats:
        """That of the circuit alone [pair, 2]."""
        return self._floats(f"alone {norms}")

    def nothing(self, norms: Norms) -> Floats:
        """That of the emptied circuit [pair, 2]."""
        return self._floats(f"nothing {norms}")

    def vocabulary_kl(self, norms: Norms) -> Floats:
        """KL from the full model's next token to the circuit's, in nats, mean of a pair [pair]."""
        return self._floats(f"kl {norms}")

    @property
    def heads(self) -> tuple[Head, ...]:
        """Those with a kept query, key or value."""
        return heads_of(self.circuit)

    def attention(self, norms: Norms, head: Head, *, last: bool = False) -> Floats:
        """Total variation between the two patterns of a head, mean over a pair's positions with a
        choice, or at the last position [pair]."""
        which = "last attention" if last else "attention"
        found: Floats = self._floats(f"{which} {norms}")[self.heads.index(head)]
        return found

    def together(self, norms: Norms, node: Node) -> Together:
        """A node in both runs."""
        index = self.circuit.nodes.index(node)
        return Together(
            sums=self._floats(f"sums {norms}")[index],
            same_sign=self._floats(f"same sign {norms}")[index],
            least=self._floats(f"least {norms}")[index],
            greatest=self._floats(f"greatest {norms}")[index],
            largest=float(self._floats("largest")[index]),
        )

    def _floats(self, name: str) -> Floats:
        found: Floats = self.arrays[name]
        return found


def look_inside(circuit: Circuit, task: Task, store: Store) -> Inside:
    """Run model and circuit over the verifying pairs of a task.

    Raises:
        MeasurementError: a run gave NaN or infinity, or the tokenizer cannot ask the task.
    """
    key = {
        **identity(circuit, task),
        "measured": "inside",
        "norms": norms_of(circuit),
        "zero": ZERO,
        "constant": ROUNDING,
    }
    found = store.get(key, lambda: _measure(circuit, task))
    for name, array in found.items():
        bad = ~np.isfinite(array)
        if bad.any():
            raise MeasurementError(
                f"{_WHAT[name.split(' ')[0]]} gave NaN or infinity in {int(bad.sum())} of "
                f"{bad.size} measurements ({name})"
            )
    return Inside(circuit, task, found)


_WHAT = {
    "full": "the full model",
    "largest": "the full model",
    "nothing": "the emptied circuit",
} | dict.fromkeys(
    ("alone", "kl", "attention", "last", "sums", "same", "least", "greatest"), "the circuit alone"
)


def norms_of(circuit: Circuit) -> tuple[Norms, ...]:
    """Whose norm scales a circuit can run with: frozen are not other than live where there are no
    norms."""
    return NORMS if circuit.model.config.norm == "rms" else ("live",)


def heads_of(circuit: Circuit) -> tuple[Head, ...]:
    """The heads with a kept query, key or value, in forward order."""
    d_head = circuit.model.config.d_head
    return tuple(
        dict.fromkeys(
            Head(node.place.layer, node.index // d_head)
            for node in sorted(circuit.nodes, key=lambda n: (n.order[0][0], n.index // d_head))
            if node.place.part in ("attn.q", "attn.k", "attn.v") and node.place.layer is not None
        )
    )


def _measure(circuit: Circuit, task: Task) -> Arrays:
    try:
        batches = tokenize_pairs(task.verifying, circuit.model.tokenizer)
    except TaskError as error:
        raise MeasurementError(f"the circuit cannot be run on {task.name}: {error}") from error
    looking = _Looking(circuit, len(task.verifying))
    with torch.no_grad():
        for batch in batches:
            looking.take(batch)
    return looking.arrays


class _Looking:
    """Fills the arrays of an `Inside`, batch by batch."""

    def __init__(self, circuit: Circuit, pairs: int) -> None:
        self._circuit = circuit
        self._model = circuit.model.transformer
        self._heads = heads_of(circuit)
        self._layers = sorted({head.layer for head in self._heads})
        self._watched = {node.place for node in circuit.nodes} | {
            Place(layer, part) for layer in self._layers for part in ("attn.q", "attn.k")
        }
        nodes, heads = len(circuit.nodes), len(self._heads)
        self.arrays: Arrays = {"full": np.zeros((pairs, 2)), "largest": np.zeros(nodes)}
        for norms in norms_of(circuit):
            self.arrays |= {
                f"alone {norms}": np.zeros((pairs, 2)),
                f"nothing {norms}": np.zeros((pairs, 2)),
                f"kl {norms}": np.zeros(pairs),
                f"attention {norms}": np.zeros((heads, pairs)),
                f"last attention {norms}": np.zeros((heads, pairs)),
                f"sums {norms}": np.zeros((nodes, 6, pairs)),
                f"same sign {norms}": np.zeros((nodes, 4, pairs)),
                f"least {norms}": np.full((nodes, 2), np.finfo(float).max),
                f"greatest {norms}": np.full((nodes, 2), np.finfo(float).min),
            }

    def take(self, batch: PairBatch) -> None:
        """Run everything on one batch."""
        circuit = self._circuit
        tokens, members = batch.tokens.flatten(0, 1), list(batch.members)
        shape = (tokens.shape[0], tokens.shape[1])
        recorder = NormRecorder(self._model.config)
        full = WatchTap(recorder, self._watched)
        said = self._last(tokens, full)
        self.arrays["full"][members] = _difference(said, batch)
        masks, emptied = circuit.keep_masks(), circuit.emptied().keep_masks()
        for norms in norms_of(circuit):
            taps = [
                MaskTap(m, circuit.ablation)
                if norms == "live"
                else FrozenNormTap(m, circuit.ablation, recorder.scales)
                for m in (masks, emptied)
            ]
            alone = WatchTap(taps[0], self._watched)
            own = self._last(tokens, alone)
            self.arrays[f"alone {norms}"][members] = _difference(own, batch)
            self.arrays[f"kl {norms}"][members] = _by_pair(_kl(said, own))
            self.arrays[f"nothing {norms}"][members] = _difference(
                self._last(tokens, taps[1]), batch
            )
            self._nodes(norms, members, full, alone, shape)
            self._attention(norms, members, full, alone, shape)

    def _last(self, tokens: Tensor, tap: WatchTap | MaskTap) -> Tensor:
        """Last-position logits [batch, vocab]."""
        logits: Tensor = self._model(tokens, tap)[:, -1].expand(len(tokens), -1)
        return logits

    def _nodes(
        self,
        norms: Norms,
        members: list[int],
        full: WatchTap,
        alone: WatchTap,
        shape: Shape,
    ) -> None:
        arrays = self.arrays
        # [prompt, 1], below which a value is zero
        zero = {
            place: ZERO * full.seen[place].abs().amax(dim=(1, 2))[:, None]
            for place in {node.place for node in self._circuit.nodes}
        }
        for index, node in enumerate(self._circuit.nodes):
            most = float(zero[node.place].max()) / ZERO
            arrays["largest"][index] = max(arrays["largest"][index], most)
            said = [tap.said(node.place, node.index, shape) for tap in (full, alone)]
            # [pair, prompt and position]
            x, y = (_by_member(values, members) for values in said)
            sums = (np.ones_like(x), x, y, x * x, y * y, x * y)
            arrays[f"sums {norms}"][index][:, members] = [part.sum(axis=1) for part in sums]
            signs = [torch.where(v.abs() > zero[node.place], v, 0.0).sign() for v in said]
            own, other = (_by_member(sign, members) for sign in signs)
            either, same = (own != 0) | (other != 0), own * other > 0
            size = np.abs(x)
            counts = (same, either, size * same, size)
            arrays[f"same sign {norms}"][index][:, members] = [part.sum(axis=1) for part in counts]
            for run, values in enumerate((x, y)):
                for what, extreme in (("least", np.minimum), ("greatest", np.maximum)):
                    end = arrays[f"{what} {norms}"][index]
                    end[run] = extreme(end[run], extreme.reduce(values, axis=None))

    def _attention(
        self,
        norms: Norms,
        members: list[int],
        full: WatchTap,
        alone: WatchTap,
        shape: Shape,
    ) -> None:
        for layer in self._layers:
            rows = [row for row, head in enumerate(self._heads) if head.layer == layer]
            heads = [self._heads[row].index for row in rows]
            distance = self._distance(layer, heads, full, alone, shape)
            choice = self._with_choice(shape[1])
            # [head, prompt]; nothing can differ where there is one key to attend to.
            mean = distance[..., choice].mean(-1) if choice.any() else distance[..., 0] * 0
            for what, found in (("attention", mean), ("last attention", distance[..., -1])):
                for row, values in zip(rows, found, strict=True):
                    self.arrays[f"{what} {norms}"][row, members] = _by_pair(values)

    def _distance(
        self,
        layer: int,
        heads: list[int],
        full: WatchTap,
        alone: WatchTap,
        shape: Shape,
    ) -> Tensor:
        """Total variation [head, prompt, query position]; a sink counts as one more key."""
        size = max(1, _MOST_ENTRIES // (self._model.config.n_head * shape[1] ** 2))
        pieces = []
        for first in range(0, shape[0], size):
            here = slice(first, min(first + size, shape[0]))
            patterns = [
                tap.pattern(self._model, layer, here, shape)[:, heads].double()
                for tap in (full, alone)
            ]
            moved = patterns[0] - patterns[1]
            to_sink = moved.sum(-1).abs()
            pieces.append((moved.abs().sum(-1) + to_sink) / 2)
        return torch.cat(pieces).transpose(0, 1)

    def _with_choice(self, positions: int) -> NDArray[Any]:
        """At which query positions there are at least two keys, the sink included."""
        config = self._model.config
        keys = np.arange(1, positions + 1) if config.causal else np.full(positions, positions)
        choice: NDArray[Any] = keys + config.sink >= 2
        return choice


def _by_member(values: Tensor, members: list[int]) -> Floats:
    """[pair, prompt and position] from [prompt, position]."""
    found: Floats = values.double().numpy().reshape(len(members), -1)
    return found


def _difference(last: Tensor, batch: PairBatch) -> Floats:
    found: Floats = logit_difference(last.unflatten(0, (-1, 2)), batch.answers).double().numpy()
    return found


def _by_pair(values: Tensor) -> Floats:
    """The mean of both prompts [pair], from one number per prompt."""
    found: Floats = values.double().unflatten(0, (-1, 2)).mean(1).numpy()
    return found


def _kl(said: Tensor, own: Tensor) -> Tensor:
    """KL(said || own) in nats per prompt, from logits [prompt, vocab]."""
    p, q = (logits.double().log_softmax(-1) for logits in (said, own))
    return (p.exp() * (p - q)).sum(-1)
