"""What a node reads and writes, from the weights alone: no text, no run, no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from circuitspec.circuit.nodes import Node
from circuitspec.inspection.facts import (
    ChannelEnd,
    Partner,
    TokenPath,
    TokenWeight,
    Wire,
    Wiring,
)
from circuitspec.inspection.labels import Labels, token_text
from circuitspec.language.selections import HEAD_PARTS
from circuitspec.model.config import ModelConfig
from circuitspec.model.parameters import matrix_name
from circuitspec.model.places import EMBED, FINAL, Part, Place, all_places, matrix_places
from circuitspec.model.tensor_file import Floats

_Row = NDArray[np.float64]

READS: tuple[Part, ...] = ("attn.in", "mlp.in", "final")
WRITES: tuple[Part, ...] = ("embed", "attn.out", "mlp.out")
"""The places that read from the residual stream, and those that write to it."""


@dataclass(frozen=True, eq=False)
class WiringReader:
    """The weights of one model, to be asked about its nodes.

    Attributes:
        parameters: by their names in the checkpoint.
        means: the reference means, by place [width].
        most: how many tokens are listed on each side.
    """

    config: ModelConfig
    parameters: Mapping[str, Floats]
    means: Mapping[Place, Floats]
    tokenizer: Tokenizer
    labels: Labels
    most: int = 8

    def wiring(self, node: Node) -> Wiring:
        """All that the weights say of a node."""
        place = node.place
        return Wiring(
            bias=None if place.source is None else float(self._bias(place)[node.index]),
            reads=tuple(self._reads(node)),
            writes=tuple(self._writes(node)),
            written_by=tuple(self._written_by(node)),
            read_by=tuple(self._read_by(node)),
            fed_by=self._fed_by(node),
            moves=self._moves(node),
            partner=self._partner(node),
            sink=self._sink(node),
        )

    def _reads(self, node: Node) -> Iterator[Wire]:
        source = node.place.source
        if source is not None:
            yield from self._wires(source, self._matrix(node.place)[node.index])

    def _writes(self, node: Node) -> Iterator[Wire]:
        for target in matrix_places(self.config.n_layer):
            if target.source == node.place:
                yield from self._wires(target, self._matrix(target)[:, node.index])

    def _wires(self, place: Place, weights: Floats) -> Iterator[Wire]:
        """The nonzero weights of a row or a column, whose other ends are at `place`."""
        (found,) = weights.nonzero()
        for index in sorted(found.tolist(), key=lambda index: -abs(weights[index])):
            yield Wire(other=self.labels(Node(place, index)), weight=float(weights[index]))

    def _written_by(self, node: Node) -> Iterator[ChannelEnd]:
        if node.place.part in (*READS, *WRITES):
            yield from self._ends(node, WRITES, lambda p: p.order < node.place.order)

    def _read_by(self, node: Node) -> Iterator[ChannelEnd]:
        if node.place.part in (*READS, *WRITES):
            yield from self._ends(node, READS, lambda p: p.order > node.place.order)

    def _ends(
        self, node: Node, parts: tuple[Part, ...], wanted: Callable[[Place], bool]
    ) -> Iterator[ChannelEnd]:
        for place in all_places(self.config.n_layer):
            if place.part in parts and wanted(place):
                weights = self._weights_at(place, node.index)
                if weights:
                    other = self.labels(Node(place, node.index))
                    yield ChannelEnd(other=other, weights=weights)

    def _weights_at(self, place: Place, channel: int) -> int:
        """How many weights write or read a residual channel at a place."""
        if place == EMBED:
            return int(np.count_nonzero(self.parameters["embed"][:, channel]))
        if place == FINAL:
            return int(np.count_nonzero(self.parameters["unembed"][:, channel]))
        if place.source is not None:
            return int(np.count_nonzero(self._matrix(place)[channel]))
        targets = (t for t in matrix_places(self.config.n_layer) if t.source == place)
        return sum(int(np.count_nonzero(self._matrix(t)[:, channel])) for t in targets)

    def _fed_by(self, node: Node) -> TokenPath | None:
        """The direct path from the embedding: `gain * weights`, no other layer between."""
        place, config = node.place, self.config
        read: _Row  # what of the residual stream arrives at the node
        match place.part:
            case "embed" | "final":
                read = _one_hot(config.d_model, node.index)
                path = ["embed"] if place == EMBED else ["embed", "final"]
            case "attn.in" | "mlp.in":
                read = _one_hot(config.d_model, node.index) * self._gain(place)
                path = ["embed", str(place)]
            case "attn.q" | "attn.k" | "attn.v" | "mlp.neuron":
                assert place.source is not None
                read = self._matrix(place)[node.index] * self._gain(place.source)
                path = ["embed", str(place.source), str(place)]
            case "attn.out":
                values = Place(place.layer, "attn.v")
                assert values.source is not None
                over = self._matrix(place)[node.index].astype(np.float64)
                read = over @ self._matrix(values) * self._gain(values.source)
                path = ["embed", str(values.source), str(values), str(place)]
            case _:  # Behind the activation function nothing is linear.
                return None
        return self._tokens(path, self.parameters["embed"] @ read)

    def _moves(self, node: Node) -> TokenPath | None:
        """The direct path to the logits: `weights * gain`, no other layer between."""
        place, config = node.place, self.config
        match place.part:
            case "embed" | "attn.out" | "mlp.out" | "final":
                written = _one_hot(config.d_model, node.index)
                path = [str(place), "logits"]
            case "attn.v" | "mlp.neuron":
                out = Place(place.layer, "attn.out" if place.part == "attn.v" else "mlp.out")
                written = self._matrix(out)[:, node.index].astype(np.float64)
                path = [str(place), str(out), "logits"]
            case _:
                return None
        return self._tokens(path, self.parameters["unembed"] @ (written * self._gain(FINAL)))

    def _tokens(self, path: list[str], weights: _Row) -> TokenPath:
        # A model with outputs of its own has other ones than the tokens that it reads.
        outputs = path[-1] == "logits" and self.config.n_output is not None

        def called(token: int) -> str:
            return f"output {token}" if outputs else token_text(self.tokenizer, token)

        order = np.argsort(weights, kind="stable")
        lowest = [int(i) for i in order[: self.most] if weights[i] < 0]
        highest = [int(i) for i in order[::-1][: self.most] if weights[i] > 0]

        def shown(tokens: list[int]) -> tuple[TokenWeight, ...]:
            return tuple(
                TokenWeight(token=called(token), id=token, weight=float(weights[token]))
                for token in tokens
            )

        return TokenPath(
            path=tuple(path),
            highest=shown(highest),
            lowest=shown(lowest),
            nonzero=int(np.count_nonzero(weights)),
        )

    def _partner(self, node: Node) -> Partner | None:
        other: dict[Part, Part] = {"attn.q": "attn.k", "attn.k": "attn.q"}
        if node.place.part not in other:
            return None
        place = Place(node.place.layer, other[node.place.part])
        return Partner(
            other=self.labels(Node(place, node.index)),
            mean=float(self.means[place][node.index]),
            scale=float(self.config.d_head**-0.5),
        )

    def _sink(self, node: Node) -> float | None:
        if node.place.part not in HEAD_PARTS or not self.config.sink:
            return None
        head = node.index // self.config.d_head
        return float(self.parameters[f"layers.{node.place.layer}.attn.sink"][head])

    def _matrix(self, target: Place) -> Floats:
        return self.parameters[matrix_name(target)]

    def _bias(self, target: Place) -> Floats:
        return self.parameters[matrix_name(target).removesuffix("weight") + "bias"]

    def _gain(self, read: Place) -> _Row:
        """The gain of the norm before `read` or, for `final`, before the unembedding."""
        if self.config.norm == "none":
            return np.ones(self.config.d_model)
        block = read.part.partition(".")[0]
        name = "norm.weight" if read == FINAL else f"layers.{read.layer}.{block}.norm.weight"
        return self.parameters[name].astype(np.float64)


def _one_hot(width: int, index: int) -> _Row:
    row = np.zeros(width)
    row[index] = 1.0
    return row
