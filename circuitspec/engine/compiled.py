"""The compiled run: the masked run's answer, computed from what the masks keep.

An ablated node says the same everywhere, so that whatever it feeds is known before any token is
read. Of every matrix only the columns of kept nodes are left, and of the heads only those that
hold a kept node; the rest is in the constants. A circuit of some dozen nodes runs in a fraction of
the time of its model. Where activations are sparsified, all nodes of a place with a kept one are
computed up to the threshold that they compete for.

Kept nodes may also be let through in part, by gates that have gradients: this is how masks are
learnt. Ablation values may have gradients, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.compiled_parts import KeptNodes, Matrix, Mixing
from circuitspec.engine.masks import Masks
from circuitspec.model.places import EMBED, FINAL, Place, all_places, matrix_places
from circuitspec.model.transformer import Transformer

Gates = Mapping[Place, Tensor]
"""Per place, one number for each kept node in ascending order: 1 lets it through, 0 ablates it."""


@dataclass(frozen=True, eq=False)
class Compiler:
    """One model and one ablation, prepared so that masks are compiled quickly.

    Attributes:
        ablation: per place [width]; values per example cannot be compiled.
        full: per target place, what its matrix gives where every source is ablated [width].
    """

    model: Transformer
    ablation: AblationValues
    full: Mapping[Place, Tensor]

    @staticmethod
    def of(model: Transformer, ablation: AblationValues) -> Compiler:
        """Multiply every matrix with the ablation values, once.

        Raises:
            ValueError: the ablation has values per example or position.
        """
        for place in all_places(model.config.n_layer):
            if ablation[place].ndim != 1:
                raise ValueError(f"{place} has ablation values per example; use run_masked")
        full = {}
        with torch.set_grad_enabled(_is_learnt(ablation)):
            for target in matrix_places(model.config.n_layer):
                assert target.source is not None
                weight = model.matrix(target).weight.double()
                full[target] = weight @ ablation[target.source].double()
        return Compiler(model, ablation, full)

    def __call__(self, masks: Masks) -> CompiledRun:
        """What is left of the model under `masks`."""
        return CompiledRun(self, masks)


def _is_learnt(ablation: AblationValues) -> bool:
    """Whether gradients of the ablation values are wanted."""
    wanted = any(value.requires_grad for value in ablation.values.values())
    return wanted and torch.is_grad_enabled()


class CompiledRun:
    """A model under masks [width] per place, ready for tokens."""

    def __init__(self, compiler: Compiler, masks: Masks) -> None:
        model, ablation = compiler.model, compiler.ablation
        config = model.config
        self._model = model
        self._nodes = {
            place: KeptNodes.of(
                masks.nodes.get(place), ablation[place], config.kept_activations(place), model
            )
            for place in all_places(config.n_layer)
        }
        with torch.set_grad_enabled(_is_learnt(ablation)):
            self._matrices = {
                target: self._matrix(target, masks, compiler)
                for target in matrix_places(config.n_layer)
                if self._runs(target)
            }
            self._mixing = {
                layer: self._mixing_of(layer)
                for layer in range(config.n_layer)
                if not self._nodes[Place(layer, "attn.out")].none
            }

    def __call__(
        self, tokens: Tensor, gates: Gates | None = None, *, last_only: bool = False
    ) -> Tensor:
        """Logits [batch, position, n_output], or [batch, 1, n_output] of the last position.

        Args:
            tokens: [batch, position].
            gates: see `Gates`; a place that is not listed lets its kept nodes through.
            last_only: compute what the last position needs and no more.
        """
        gates = {} if gates is None else gates
        model = self._model
        residual = F.embedding(tokens, model.embed)
        if model.pos_embed is not None:
            if tokens.shape[1] > model.config.n_ctx:
                raise ValueError(f"{tokens.shape[1]} positions, the model has {model.config.n_ctx}")
            residual = residual + model.pos_embed[: tokens.shape[1]]
        residual = self._whole(EMBED, residual, gates)
        last_mixing = max(self._mixing, default=-1)
        if last_only and last_mixing < 0:
            residual = residual[:, -1:]
        for layer in range(model.config.n_layer):
            cut = last_only and layer == last_mixing
            residual = self._attention(layer, residual, gates, cut=cut)
            residual = self._mlp(layer, residual, gates)
        residual = self._whole(FINAL, residual, gates)
        return F.linear(model.norm(residual), model.unembed)

    def kept(self, place: Place) -> Tensor:
        """The indices of the kept nodes at `place`, ascending."""
        return self._nodes[place].kept

    def _attention(self, layer: int, residual: Tensor, gates: Gates, *, cut: bool) -> Tensor:
        """The residual after the attention of `layer`; with `cut` at the last position alone."""
        out = Place(layer, "attn.out")
        if self._nodes[out].none:
            return residual + self._nodes[out].ablated
        read = self._read(layer, "attn", residual, gates)
        q = self._computed(Place(layer, "attn.q"), read[:, -1:] if cut else read, gates)
        k = self._computed(Place(layer, "attn.k"), read, gates)
        v = self._computed(Place(layer, "attn.v"), read, gates)
        mixed, base = self._mixing[layer](q, k, v, self._model.config.causal)
        # The matrix's own constant is part of `base`, which depends on the attention pattern.
        written = base + F.linear(mixed, self._matrices[out].weight)
        written = self._nodes[out].of_rows(written, gates.get(out))
        return self._nodes[out].added_to(residual[:, -1:] if cut else residual, written)

    def _mlp(self, layer: int, residual: Tensor, gates: Gates) -> Tensor:
        out, neuron = Place(layer, "mlp.out"), Place(layer, "mlp.neuron")
        if self._nodes[out].none:
            return residual + self._nodes[out].ablated
        if self._nodes[neuron].none:
            fired = residual.new_empty(*residual.shape[:-1], 0)
        else:
            read = self._read(layer, "mlp", residual, gates)
            hidden = self._matrices[neuron](read)
            gelu = self._model.config.activation == "gelu"
            fired = self._nodes[neuron].of_rows(
                F.gelu(hidden) if gelu else F.relu(hidden), gates.get(neuron)
            )
        return self._nodes[out].added_to(residual, self._computed(out, fired, gates))

    def _read(self, layer: int, block: str, residual: Tensor, gates: Gates) -> Tensor:
        """The kept channels of what a block reads."""
        place = Place(layer, f"{block}.in")  # type: ignore[arg-type]
        if self._nodes[place].none:
            return residual.new_empty(*residual.shape[:-1], 0)
        normed = self._model.layers[layer].get_submodule(block).norm(residual)  # type: ignore[operator]
        return self._nodes[place].of_all(normed, gates.get(place))

    def _computed(self, target: Place, read: Tensor, gates: Gates) -> Tensor:
        """The kept nodes at `target` from the kept nodes at its source."""
        if self._nodes[target].none:
            return read.new_empty(*read.shape[:-1], 0)
        return self._nodes[target].of_rows(self._matrices[target](read), gates.get(target))

    def _whole(self, place: Place, residual: Tensor, gates: Gates) -> Tensor:
        nodes = self._nodes[place]
        if nodes.every and place not in gates:
            return residual
        return nodes.spread(nodes.of_all(residual, gates.get(place)))

    def _runs(self, target: Place) -> bool:
        """Is the matrix of `target` ever used?"""
        written = Place(target.layer, "attn.out" if target.part.startswith("attn") else "mlp.out")
        return not (self._nodes[target].none or self._nodes[written].none)

    def _matrix(self, target: Place, masks: Masks, compiler: Compiler) -> Matrix:
        assert target.source is not None
        linear = self._model.matrix(target)
        own = linear.weight
        if target in masks.weights:
            own = own * masks.weights[target]
        rows, columns = self._nodes[target].rows, self._nodes[target.source].kept
        weight = own[rows][:, columns]
        constant = linear.bias.double()[rows] + compiler.full[target][rows]
        if target.part != "attn.out":
            constant -= weight.double() @ compiler.ablation[target.source].double()[columns]
        return Matrix(weight, constant.to(weight.dtype))

    def _mixing_of(self, layer: int) -> Mixing:
        q, k, v, out = (Place(layer, f"attn.{part}") for part in ("q", "k", "v", "out"))  # type: ignore[arg-type]
        linear = self._model.matrix(out)
        sink = self._model.sink(layer)
        return Mixing.of(
            self._model.config,
            q=self._nodes[q],
            k=self._nodes[k],
            v=self._nodes[v],
            weight=linear.weight[self._nodes[out].rows],
            bias=linear.bias[self._nodes[out].rows],
            sink=sink,
        )
