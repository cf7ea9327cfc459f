"""Runs with a few nodes or weights dropped: the masked run's answer where nearly all is kept.

Controls need hundreds of such runs. Three things make one of them a fraction of a masked run:

- Of a weight-sparse model nearly all weights are zero, and their products are sparse ones.
- What comes before the first dropped node or weight is run once.
- Dropped weights are taken out of the result one by one, instead of by a second product.

A sum in another order differs in its last digits. Where activations are sparsified, that can decide
which of two nodes survives that say nearly the same, so that answers to a prompt may differ by more
than rounding. What is compared should come from the same kind of run.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.circuit.nodes import Edge, Node
from circuitspec.engine.ablation import AblationValues
from circuitspec.model.abs_top_k import abs_top_k
from circuitspec.model.places import EMBED, FINAL, Place, all_places, matrix_places
from circuitspec.model.transformer import Transformer

# Above this share of nonzero weights a dense product is the faster one.
_DENSE = 0.05

Block = tuple[int, str]
"""A layer's attention or MLP: (layer, "attn" or "mlp")."""


@dataclass(frozen=True, eq=False)
class Dropped:
    """What is ablated, while the rest is left alone.

    Attributes:
        nodes: per place the indices of its dropped nodes.
        weights: per target place the rows (targets) and columns (sources) of dropped weights.
    """

    nodes: Mapping[Place, Tensor] = field(default_factory=dict)
    weights: Mapping[Place, tuple[Tensor, Tensor]] = field(default_factory=dict)

    @staticmethod
    def of(nodes: Iterable[Node] = (), edges: Iterable[Edge] = ()) -> Dropped:
        """These nodes, and these weights."""
        indices: dict[Place, list[int]] = {}
        for node in nodes:
            indices.setdefault(node.place, []).append(node.index)
        entries: dict[Place, list[tuple[int, int]]] = {}
        for edge in edges:
            entries.setdefault(edge.target.place, []).append((edge.target.index, edge.source.index))
        return Dropped(
            {place: torch.tensor(found) for place, found in indices.items()},
            {
                place: (torch.tensor([r for r, _ in found]), torch.tensor([c for _, c in found]))
                for place, found in entries.items()
            },
        )

    @property
    def first(self) -> Block | None:
        """The first block that is not as in the full model; None where nothing in a layer is
        dropped."""
        places = [place for place in (*self.nodes, *self.weights) if place.layer is not None]
        if not places:
            return None
        layer, part = min(places, key=lambda place: place.order).order
        return layer, "attn" if part < _MLP_PARTS else "mlp"


_MLP_PARTS = Place(0, "mlp.in").order[1]


@dataclass(frozen=True, eq=False)
class Prefix:
    """Where a run may begin: the residual [batch, position, d_model] before a block."""

    block: Block
    residual: Tensor


class Dropper:
    """One model and one ablation, ready to be run with a few nodes and weights dropped.

    Attributes:
        ablation: per place [width].
    """

    def __init__(self, model: Transformer, ablation: AblationValues) -> None:
        """Take out the nonzero weights.

        Raises:
            ValueError: the ablation has values per example or position.
        """
        for place in all_places(model.config.n_layer):
            if ablation[place].ndim != 1:
                raise ValueError(f"{place} has ablation values per example; use run_masked")
        self.model = model
        self.ablation = ablation
        self._matrices = {
            target: _sparse(model.matrix(target).weight.detach())
            for target in matrix_places(model.config.n_layer)
        }

    @torch.no_grad()
    def prefix(self, tokens: Tensor, block: Block) -> Prefix:
        """The full model up to `block`, for tokens [batch, position]."""
        residual = self._embedded(tokens, Dropped())
        for before in self._blocks():
            if before == block:
                return Prefix(block, residual)
            residual = residual + self._block(before, residual, Dropped(), cut=False)
        raise ValueError(f"no such block: {block}")

    @torch.no_grad()
    def __call__(
        self,
        tokens: Tensor,
        dropped: Dropped,
        *,
        prefix: Prefix | None = None,
        last_only: bool = False,
    ) -> Tensor:
        """Logits [batch, position, n_output], or [batch, 1, n_output] of the last position.

        Args:
            tokens: [batch, position].
            prefix: of these tokens, from no later than the first block that `dropped` touches.
            last_only: compute what the last position needs and no more.
        """
        blocks = self._blocks()
        if prefix is None:
            residual = self._embedded(tokens, dropped)
        else:
            assert EMBED not in dropped.nodes
            assert dropped.first is None or prefix.block <= dropped.first
            residual = prefix.residual
            blocks = [block for block in blocks if block >= prefix.block]
        last_layer = self.model.config.n_layer - 1
        for layer, block in blocks:
            cut = last_only and layer == last_layer and block == "attn"
            written = self._block((layer, block), residual, dropped, cut=cut)
            residual = (residual[:, -1:] if cut else residual) + written
        if last_only:
            residual = residual[:, -1:]
        residual = self._replaced(FINAL, residual, dropped)
        return F.linear(self.model.norm(residual), self.model.unembed)

    def _blocks(self) -> list[Block]:
        # Alphabetical within a layer, which is also the order in which they run.
        return [(i, block) for i in range(self.model.config.n_layer) for block in ("attn", "mlp")]

    def _embedded(self, tokens: Tensor, dropped: Dropped) -> Tensor:
        model = self.model
        residual = F.embedding(tokens, model.embed)
        if model.pos_embed is not None:
            if tokens.shape[1] > model.config.n_ctx:
                raise ValueError(f"{tokens.shape[1]} positions, the model has {model.config.n_ctx}")
            residual = residual + model.pos_embed[: tokens.shape[1]]
        return self._replaced(EMBED, residual, dropped)

    def _block(self, block: Block, residual: Tensor, dropped: Dropped, *, cut: bool) -> Tensor:
        """What a block writes; with `cut` at the last position alone."""
        layer, kind = block
        module = self.model.layers[layer].get_submodule(kind)
        read = self._node(Place(layer, f"{kind}.in"), module.norm(residual), dropped)  # type: ignore[arg-type, operator]
        if kind == "attn":
            return self._attention(layer, read, dropped, cut=cut)
        fired = self._product(Place(layer, "mlp.neuron"), read, dropped)
        fired = F.gelu(fired) if self.model.config.activation == "gelu" else F.relu(fired)
        fired = self._node(Place(layer, "mlp.neuron"), fired, dropped)
        out = Place(layer, "mlp.out")
        return self._node(out, self._product(out, fired, dropped), dropped)

    def _attention(self, layer: int, read: Tensor, dropped: Dropped, *, cut: bool) -> Tensor:
        def channels(place: Place, read: Tensor) -> Tensor:
            return self._node(place, self._product(place, read, dropped), dropped)

        q = channels(Place(layer, "attn.q"), read[:, -1:] if cut else read)
        k = channels(Place(layer, "attn.k"), read)
        v = channels(Place(layer, "attn.v"), read)
        mixed, sums = self._mixed(layer, q, k, v)
        out = Place(layer, "attn.out")
        written = self._whole_product(out, mixed)
        if out in dropped.weights:
            rows, columns = dropped.weights[out]
            assert out.source is not None
            ablated = self.ablation[out.source].to(mixed.dtype)[columns]
            heads = columns // self.model.config.d_head
            moved = mixed[..., columns] - sums[..., heads] * ablated
            written = self._less(out, written, rows, columns, moved)
        return self._node(out, written, dropped)

    def _mixed(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Mixed values [batch, query, d_attn], and what each pattern sums to [batch, query, head].

        A sink is a key of its own (see `Transformer`). The values get one more channel that is 1
        at every key and 0 at the sink, so that what is mixed of it is the sum.
        """
        config = self.model.config
        q, k, v = (
            x.unflatten(-1, (config.n_head, config.d_head)).transpose(1, 2) for x in (q, k, v)
        )
        queries, keys = q.shape[2], k.shape[2]
        mask = torch.ones(queries, keys, dtype=torch.bool)
        if config.causal:
            mask = mask.tril(keys - queries)
        v = F.pad(v, (0, 1), value=1.0)
        sink, scale = self.model.sink(layer), config.d_head**-0.5
        if sink is not None:
            logit = (sink / scale).to(k.dtype)[:, None, None].expand(*k.shape[:2], 1, 1)
            k = torch.cat([F.pad(k, (0, 1)), F.pad(logit, (config.d_head, 0))], dim=2)
            q, v = F.pad(q, (0, 1), value=1.0), F.pad(v, (0, 0, 0, 1))
            mask = F.pad(mask, (0, 1), value=True)
        else:
            q, k = F.pad(q, (0, 1)), F.pad(k, (0, 1))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)
        mixed = mixed.transpose(1, 2)
        return mixed[..., :-1].flatten(2), mixed[..., -1]

    def _product(self, target: Place, read: Tensor, dropped: Dropped) -> Tensor:
        result = self._whole_product(target, read)
        if target not in dropped.weights:
            return result
        rows, columns = dropped.weights[target]
        assert target.source is not None
        moved = read[..., columns] - self.ablation[target.source].to(read.dtype)[columns]
        return self._less(target, result, rows, columns, moved)

    def _whole_product(self, target: Place, read: Tensor) -> Tensor:
        matrix, bias = self._matrices[target], self.model.matrix(target).bias
        if matrix.layout == torch.strided:
            return F.linear(read, matrix, bias)
        flat: Tensor = torch.mm(matrix, read.flatten(0, -2).T).T
        result: Tensor = flat.unflatten(0, read.shape[:-1]) + bias
        return result

    def _less(
        self, target: Place, result: Tensor, rows: Tensor, columns: Tensor, moved: Tensor
    ) -> Tensor:
        """`result` less what dropped weights carried beyond the ablation value of their source."""
        weights = self.model.matrix(target).weight[rows, columns]
        return result.index_add(-1, rows, moved * weights, alpha=-1)

    def _node(self, place: Place, value: Tensor, dropped: Dropped) -> Tensor:
        k = self.model.config.kept_activations(place)
        return self._replaced(place, value if k is None else abs_top_k(value, k), dropped)

    def _replaced(self, place: Place, value: Tensor, dropped: Dropped) -> Tensor:
        if place not in dropped.nodes:
            return value
        value = value.clone()
        indices = dropped.nodes[place]
        value[..., indices] = self.ablation[place].to(value.dtype)[indices]
        return value


def _sparse(weight: Tensor) -> Tensor:
    if float((weight != 0).double().mean()) > _DENSE:
        return weight
    with warnings.catch_warnings():
        # That the layout is in beta is no news to a user.
        warnings.filterwarnings("ignore", "Sparse CSR tensor support", UserWarning)
        return weight.to_sparse_csr()
