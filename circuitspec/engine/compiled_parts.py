"""What a compiled run is made of: kept nodes of a place, cut matrices, heads that hold a node."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from circuitspec.model.abs_top_k import abs_top_k_threshold
from circuitspec.model.config import ModelConfig
from circuitspec.model.transformer import Transformer


@dataclass(frozen=True, eq=False)
class KeptNodes:
    """The nodes of one place: which are kept, and what the others say.

    Attributes:
        kept: their indices, ascending.
        ablated: what a node says when ablated [width].
        k: how many survive AbsTopK here; None where all do.
    """

    kept: Tensor
    ablated: Tensor
    k: int | None

    @staticmethod
    def of(mask: Tensor | None, ablated: Tensor, k: int | None, model: Transformer) -> KeptNodes:
        """The nodes of a place where `mask` [width] keeps some; None keeps all."""
        every = torch.arange(len(ablated))
        kept = every if mask is None else every[mask]
        # With k >= width, AbsTopK changes nothing.
        return KeptNodes(
            kept, ablated.to(model.embed.dtype), k if k is not None and k < len(ablated) else None
        )

    @property
    def none(self) -> bool:
        """Is no node kept?"""
        return len(self.kept) == 0

    @property
    def every(self) -> bool:
        """Are all kept?"""
        return len(self.kept) == len(self.ablated)

    @property
    def rows(self) -> Tensor:
        """The nodes that must be computed: all where they compete, else the kept ones."""
        return self.kept if self.k is None else torch.arange(len(self.ablated))

    def of_rows(self, values: Tensor, gate: Tensor | None) -> Tensor:
        """Values at `rows` to what the kept nodes say, [..., kept]."""
        return self._gated(values, gate) if self.k is None else self.of_all(values, gate)

    def of_all(self, values: Tensor, gate: Tensor | None) -> Tensor:
        """Values of all nodes [..., width] to what the kept nodes say, [..., kept]."""
        own = values if self.every else values[..., self.kept]
        if self.k is not None:
            own = own * (own.detach().abs() >= abs_top_k_threshold(values, self.k))
        return self._gated(own, gate)

    def spread(self, own: Tensor) -> Tensor:
        """What all nodes say, [..., width], from what the kept ones say."""
        whole = self.ablated.expand(*own.shape[:-1], -1)
        return whole.index_copy(-1, self.kept, own.to(whole.dtype))

    def added_to(self, residual: Tensor, own: Tensor) -> Tensor:
        """The residual [..., width] plus what all nodes say."""
        if self.every:
            return residual + own
        moved = own - self.ablated[self.kept]
        return (residual + self.ablated).index_add(-1, self.kept, moved.to(residual.dtype))

    def _gated(self, own: Tensor, gate: Tensor | None) -> Tensor:
        if gate is None:
            return own
        ablated = self.ablated[self.kept]
        return ablated + (own - ablated) * gate


@dataclass(frozen=True, eq=False)
class Matrix:
    """The rows and columns of a matrix that a run needs.

    Attributes:
        weight: [rows, kept sources].
        constant: the bias and what ablated sources and cut weights carry [rows].
    """

    weight: Tensor
    constant: Tensor

    def __call__(self, read: Tensor) -> Tensor:
        """Values at the rows from those of the kept sources."""
        return F.linear(read, self.weight, self.constant)


@dataclass(frozen=True, eq=False)
class Mixing:
    """Attention, with the heads that hold a kept node apart from those that do not.

    Where no query, key or value is kept, a head does the same for every text: it mixes constant
    values by a constant score, and only a sink makes this depend on how much text there is.

    Attributes:
        active: heads with a kept node.
        q, k, v: where the kept nodes sit among all channels of the active heads.
        written: what a head's ablated values write, times what its pattern sums to [head, rows].
        score: of every query with every key, where both are ablated [head].
    """

    d_head: int
    active: Tensor
    passive: Tensor
    q: KeptNodes
    k: KeptNodes
    v: KeptNodes
    written: Tensor
    bias: Tensor
    score: Tensor
    sink: Tensor | None

    @staticmethod
    def of(
        config: ModelConfig,
        *,
        q: KeptNodes,
        k: KeptNodes,
        v: KeptNodes,
        weight: Tensor,
        bias: Tensor,
        sink: Tensor | None,
    ) -> Mixing:
        """The mixing of one layer; `weight` and `bias` are the wanted rows of `attn.out`."""
        n_head, d_head = config.n_head, config.d_head
        heads = torch.cat([nodes.kept for nodes in (q, k, v)]) // d_head
        is_active = torch.zeros(n_head, dtype=torch.bool)
        is_active[heads] = True
        active = is_active.nonzero()[:, 0]
        by_head = (weight * v.ablated).unflatten(1, (n_head, d_head)).sum(-1)
        score = (q.ablated * k.ablated).unflatten(0, (n_head, d_head)).sum(-1) * d_head**-0.5
        return Mixing(
            d_head=d_head,
            active=active,
            passive=(~is_active).nonzero()[:, 0],
            q=_among(q, active, d_head),
            k=_among(k, active, d_head),
            v=_among(v, active, d_head),
            written=by_head.T.contiguous(),
            bias=bias,
            score=score,
            sink=sink,
        )

    def __call__(self, q: Tensor, k: Tensor, v: Tensor, causal: bool) -> tuple[Tensor, Tensor]:
        """How far the kept values move what is mixed [batch, query, kept v], and what `attn.out`
        says without that, [batch, query, rows] or what broadcasts to it.

        Args:
            q: kept queries [batch, query position, kept], for all or the last positions.
            k, v: kept keys and values [batch, position, kept].
        """
        seen = torch.arange(k.shape[1] - q.shape[1], k.shape[1]) + 1  # keys seen by each query
        if not causal:
            seen = torch.full_like(seen, k.shape[1])
        base = self.bias + self._passive_sums(seen) @ self.written[self.passive]
        if len(self.active) == 0:
            return v.new_zeros(q.shape[0], q.shape[1], 0), base
        pattern = self._pattern(self.q.spread(q), self.k.spread(k), seen)
        sums = pattern.sum(-1).transpose(1, 2)
        base = base + sums @ self.written[self.active]
        if self.v.none:
            return v.new_zeros(q.shape[0], q.shape[1], 0), base
        moved = v - self.v.ablated[self.v.kept]
        by_head = self._by_head(_scattered(moved, self.v))
        mixed = (pattern @ by_head).transpose(1, 2).flatten(2)
        return mixed[..., self.v.kept], base

    def _passive_sums(self, seen: Tensor) -> Tensor:
        """What the patterns of passive heads sum to, [query position, head]."""
        score = self.score[self.passive]
        if self.sink is None:
            return score.new_ones(len(seen), len(self.passive))
        weight = score - self.sink[self.passive]
        return torch.sigmoid(weight + seen.to(score.dtype).log()[:, None])

    def _pattern(self, q: Tensor, k: Tensor, seen: Tensor) -> Tensor:
        """[batch, active head, query position, key position]"""
        scores = (self._by_head(q) @ self._by_head(k).transpose(-1, -2)) * self.d_head**-0.5
        hidden = torch.arange(k.shape[1]) >= seen[:, None]
        scores = scores.masked_fill(hidden, -torch.inf)
        if self.sink is None:
            alone: Tensor = scores.softmax(-1)
            return alone
        sink = self.sink[self.active][:, None, None].expand(*scores.shape[:-1], 1)
        pattern: Tensor = torch.cat([scores, sink.to(scores.dtype)], -1).softmax(-1)[..., :-1]
        return pattern

    def _by_head(self, value: Tensor) -> Tensor:
        heads: Tensor = value.unflatten(-1, (len(self.active), self.d_head))
        return heads.transpose(1, 2)


def _among(nodes: KeptNodes, active: Tensor, d_head: int) -> KeptNodes:
    """The same nodes, numbered among the channels of the active heads alone."""
    rank = torch.full((len(nodes.ablated) // d_head,), -1)
    rank[active] = torch.arange(len(active))
    kept = rank[nodes.kept // d_head] * d_head + nodes.kept % d_head
    ablated = nodes.ablated.unflatten(0, (-1, d_head))[active].flatten()
    return KeptNodes(kept, ablated, None)


def _scattered(own: Tensor, nodes: KeptNodes) -> Tensor:
    """Zero where no node is kept."""
    whole = own.new_zeros(*own.shape[:-1], len(nodes.ablated))
    return whole.index_copy(-1, nodes.kept, own)
