"""The transformer, written so that every node and every weight can be reached from outside.

One forward pass serves training, plain runs and runs under masks: a `Tap` sees the activation at
every place and may replace it, and may say which weights of a matrix carry their source's value.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from circuitspec.model.abs_top_k import abs_top_k
from circuitspec.model.config import ModelConfig
from circuitspec.model.parameters import linear_name
from circuitspec.model.places import EMBED, FINAL, Place


class Tap:
    """What a forward pass asks while it runs. This one changes nothing; others override it."""

    def replacement(self, place: Place) -> Tensor | None:
        """All of `place`, [width] or what broadcasts to [batch, position, width], if it does not
        depend on the run. Then what leads to it is not computed, and `activation` not called."""
        return None

    def activation(self, place: Place, value: Tensor) -> Tensor:
        """Called once per place with its value [batch, position, width], or less where nothing
        before it depends on the tokens; the run goes on with what is returned."""
        return value

    def kept_weights(self, target: Place) -> Tensor | None:
        """Which entries of `target`'s matrix carry what their source says: 1 or 0 (or bool)
        [target width, source width], or None for all."""
        return None

    def ablation_value(self, place: Place) -> Tensor:
        """What the other entries carry instead: a value for `place` that broadcasts to
        [batch, position, width]. Asked only where `kept_weights` is not None."""
        raise NotImplementedError("no weight is masked here")

    def norm_scale(self, place: Place, residual: Tensor) -> Tensor | None:
        """What a norm divides the `residual` [batch, position, d_model] by, [batch, position, 1];
        None for its own root mean square. `place` is what the norm computes, `final` for the last
        norm, which reads it. Not asked where the model has no norms."""
        return None


class Transformer(nn.Module):
    """Pre-norm decoder-only transformer (Gao et al. 2025, A.1), configured by `ModelConfig`.

    Parameters are named as in the checkpoint: `embed` [vocab, d_model], `pos_embed`
    [n_ctx, d_model], `layers.{i}.attn.{q,k,v,out}.{weight,bias}`, `layers.{i}.attn.sink` [n_head],
    `layers.{i}.mlp.{in,out}.{weight,bias}`, `layers.{i}.{attn,mlp}.norm.weight`, `norm.weight`,
    `unembed` [n_output, d_model]. A weight is [target width, source width].
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        d = config.d_model
        self.embed = nn.Parameter(torch.empty(config.vocab_size, d))
        self.pos_embed = (
            nn.Parameter(torch.empty(config.n_ctx, d)) if config.positions == "learned" else None
        )
        self.layers = nn.ModuleList(_Layer(config, layer) for layer in range(config.n_layer))
        self.norm = _Norm(config)
        self.unembed = nn.Parameter(torch.empty(config.n_output or config.vocab_size, d))

    def forward(self, tokens: Tensor, tap: Tap | None = None) -> Tensor:
        """Logits [batch, position, n_output] for `tokens` [batch, position] (integers).

        Raises:
            ValueError: more positions than the position table has.
        """
        residual = F.embedding(tokens, self.embed)
        if self.pos_embed is not None:
            if tokens.shape[1] > self.config.n_ctx:
                raise ValueError(f"{tokens.shape[1]} positions, the model has {self.config.n_ctx}")
            residual = residual + self.pos_embed[: tokens.shape[1]]
        residual = _tapped(tap, EMBED, residual)
        for layer in self.layers:
            residual = layer(residual, tap)
        residual = _tapped(tap, FINAL, residual)
        return F.linear(_normed(tap, FINAL, self.norm, residual), self.unembed)

    def matrix(self, target: Place) -> nn.Linear:
        """The linear map that computes `target` from `target.source`.

        Raises:
            ValueError: no matrix computes `target`.
        """
        name = linear_name(target)
        module = self.layers[target.layer].get_submodule(name)  # type: ignore[index]
        assert isinstance(module, nn.Linear)
        return module

    def sink(self, layer: int) -> Tensor | None:
        """The logits of a layer's attention sinks [n_head]; None where the model has none."""
        return self._attention(layer).sink

    def pattern(self, layer: int, q: Tensor, k: Tensor, heads: slice = slice(None)) -> Tensor:
        """Attention [batch, head, query position, key position] of a layer.

        Rows sum to 1, or to less where a sink takes the rest.

        Args:
            q, k: what `heads` say at `attn.q` and `attn.k` [batch, position, head * d_head].
            heads: all of them, or some.
        """
        return self._attention(layer).pattern(q, k, heads)

    def _attention(self, layer: int) -> _Attention:
        attention = self.layers[layer].get_submodule("attn")
        assert isinstance(attention, _Attention)
        return attention


class _Layer(nn.Module):
    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.attn = _Attention(config, layer)
        self.mlp = _Mlp(config, layer)

    def forward(self, residual: Tensor, tap: Tap | None) -> Tensor:
        residual = residual + self.attn(residual, tap)
        written: Tensor = self.mlp(residual, tap)
        return residual + written


class _Block(nn.Module):
    """What attention and MLP share: sparsified, tapped activations and masked linear maps."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.config = config
        self.layer = layer
        self.norm = _Norm(config)

    @property
    def _dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype

    def _place(self, part: str) -> Place:
        return Place(self.layer, part)  # type: ignore[arg-type]

    def _node(self, part: str, compute: Callable[[], Tensor], tap: Tap | None) -> Tensor:
        """The nodes at `part`: what `compute` gives, after AbsTopK, after the tap."""
        place = self._place(part)
        replacement = None if tap is None else tap.replacement(place)
        if replacement is not None:
            return replacement.to(self._dtype)
        value = compute()
        k = self.config.kept_activations(place)
        return _tapped(tap, place, value if k is None else abs_top_k(value, k))

    def _read(self, part: str, residual: Tensor, tap: Tap | None) -> Tensor:
        """The nodes that a block reads: the residual after the norm."""
        place = self._place(part)
        return self._node(part, lambda: _normed(tap, place, self.norm, residual), tap)

    def _linear(
        self,
        part: str,
        linear: nn.Linear,
        value: Tensor,
        tap: Tap | None,
        carry: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """`linear(value)`, where weights that the tap does not keep read the ablation value.

        `carry` brings an ablation value of the source to where the matrix reads it: attention
        mixes values over positions before `attn.out` reads them.
        """
        target = self._place(part)
        kept = None if tap is None else tap.kept_weights(target)
        if tap is None or kept is None:
            return F.linear(value, linear.weight, linear.bias)
        assert target.source is not None
        ablated = tap.ablation_value(target.source).to(value.dtype)
        if carry is not None:
            ablated = carry(ablated)
        own = linear.weight * kept
        return F.linear(value, own, linear.bias) + F.linear(ablated, linear.weight - own)


class _Attention(_Block):
    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__(config, layer)
        self.q = nn.Linear(config.d_model, config.d_attn)
        self.k = nn.Linear(config.d_model, config.d_attn)
        self.v = nn.Linear(config.d_model, config.d_attn)
        self.out = nn.Linear(config.d_attn, config.d_model)
        self.sink = nn.Parameter(torch.zeros(config.n_head)) if config.sink else None

    def forward(self, residual: Tensor, tap: Tap | None) -> Tensor:
        """What attention writes: [batch, position, d_model], or what broadcasts to it."""
        return self._node("attn.out", lambda: self._written(residual, tap), tap)

    def _written(self, residual: Tensor, tap: Tap | None) -> Tensor:
        read = self._read("attn.in", residual, tap)

        def channels(part: str, linear: nn.Linear) -> Tensor:
            value = self._node(part, lambda: self._linear(part, linear, read, tap), tap)
            return value.expand(*residual.shape[:2], -1)

        q, k, v = channels("attn.q", self.q), channels("attn.k", self.k), channels("attn.v", self.v)

        def mix(values: Tensor) -> Tensor:
            """Values [batch, position, d_attn], or what broadcasts to it, mixed by the pattern."""
            # In the weights' precision: the fused kernel's backward pass is slow in bfloat16.
            with torch.autocast(q.device.type, enabled=False):
                heads = (
                    self._by_head(x.to(self._dtype)) for x in (q, k, values.broadcast_to(v.shape))
                )
                return self.mixed(*heads).transpose(1, 2).flatten(2)

        return self._linear("attn.out", self.out, mix(v), tap, carry=mix)

    def pattern(self, q: Tensor, k: Tensor, heads: slice = slice(None)) -> Tensor:
        """Attention [batch, head, query position, key position].

        Rows sum to 1, or to less where a sink takes the rest.
        """
        q, k = self._by_head(q), self._by_head(k)
        scores = (q @ k.transpose(-1, -2)) * self.config.d_head**-0.5
        if self.config.causal:
            n = scores.shape[-1]
            future = torch.ones(n, n, dtype=torch.bool, device=scores.device).triu(1)
            scores = scores.masked_fill(future, -torch.inf)
        if self.sink is None:
            pattern: Tensor = scores.softmax(-1)
            return pattern
        sink = self.sink[heads, None, None].expand(*scores.shape[:-1], 1)
        with_sink: Tensor = torch.cat([scores, sink], -1).softmax(-1)
        return with_sink[..., :-1]

    def mixed(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Values by head as the pattern of `q` and `k` mixes them.

        All four are [batch, head, position, d_head].

        Torch's fused attention takes a third of the time of the plain product. It knows no sinks,
        so a sink is a key of its own: it meets every query in one more channel, which no other
        key has, and its value is 0.
        """
        scale = self.config.d_head**-0.5
        if self.sink is None:
            return F.scaled_dot_product_attention(
                q, k, v, is_causal=self.config.causal, scale=scale
            )
        n = q.shape[2]
        logit = (self.sink / scale).to(k.dtype)[:, None, None].expand(*k.shape[:2], 1, 1)
        sink_key = F.pad(logit, (self.config.d_head, 0))
        mask = torch.ones(n, n + 1, dtype=torch.bool, device=q.device)
        if self.config.causal:
            mask[:, :n] = mask[:, :n].tril()
        mixed = F.scaled_dot_product_attention(
            F.pad(q, (0, 1), value=1.0),
            torch.cat([F.pad(k, (0, 1)), sink_key], dim=2),
            F.pad(v, (0, 1, 0, 1)),
            attn_mask=mask,
            scale=scale,
        )
        return mixed[..., :-1]

    def _by_head(self, value: Tensor) -> Tensor:
        heads: Tensor = value.unflatten(-1, (-1, self.config.d_head))
        return heads.transpose(1, 2)


class _Mlp(_Block):
    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__(config, layer)
        # `in` is a keyword of Python, so these two cannot be attributes by name.
        self.add_module("in", nn.Linear(config.d_model, config.d_mlp))
        self.add_module("out", nn.Linear(config.d_mlp, config.d_model))

    def forward(self, residual: Tensor, tap: Tap | None) -> Tensor:
        """What the MLP writes: [batch, position, d_model], or what broadcasts to it."""
        into, out = self.get_submodule("in"), self.get_submodule("out")
        assert isinstance(into, nn.Linear)
        assert isinstance(out, nn.Linear)

        def fired() -> Tensor:
            read = self._read("mlp.in", residual, tap)
            hidden = self._linear("mlp.neuron", into, read, tap)
            return F.gelu(hidden) if self.config.activation == "gelu" else F.relu(hidden)

        def written() -> Tensor:
            return self._linear("mlp.out", out, self._node("mlp.neuron", fired, tap), tap)

        return self._node("mlp.out", written, tap)


class _Norm(nn.Module):
    """RMSNorm with a gain, or nothing at all where the config says `none`."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.eps = config.norm_eps
        self.weight = nn.Parameter(torch.ones(config.d_model)) if config.norm == "rms" else None

    def forward(self, residual: Tensor, scale: Tensor | None = None) -> Tensor:
        """The residual divided by `scale`, or by its own root mean square, times the gain."""
        if self.weight is None:
            return residual
        if scale is not None:
            return residual / scale * self.weight
        return F.rms_norm(residual, self.weight.shape, self.weight, self.eps)


def root_mean_square(residual: Tensor, config: ModelConfig) -> Tensor:
    """What a norm of a model divides the residual [..., d_model] by, [..., 1]."""
    eps = torch.finfo(residual.dtype).eps if config.norm_eps is None else config.norm_eps
    return residual.square().mean(-1, keepdim=True).add(eps).sqrt()


def _normed(tap: Tap | None, place: Place, norm: _Norm, residual: Tensor) -> Tensor:
    scale = None
    if tap is not None and norm.weight is not None:
        scale = tap.norm_scale(place, residual)
    normed: Tensor = norm(residual, scale)
    return normed


def _tapped(tap: Tap | None, place: Place, value: Tensor) -> Tensor:
    return value if tap is None else tap.activation(place, value)
