"""Names and shapes of a transformer's parameters, as they stand in its checkpoint.

`transformer.py` says what they do; this says the same of their shapes without torch, so that a
checkpoint can be checked, and its weights looked up, where nothing is run.
"""

from __future__ import annotations

from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place


def parameter_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every parameter of a model of this config."""
    d, d_attn, d_mlp = config.d_model, config.d_attn, config.d_mlp
    shapes: dict[str, tuple[int, ...]] = {"embed": (config.vocab_size, d)}
    if config.positions == "learned":
        shapes["pos_embed"] = (config.n_ctx, d)
    for layer in range(config.n_layer):
        block = f"layers.{layer}"
        if config.norm == "rms":
            shapes |= {f"{block}.attn.norm.weight": (d,), f"{block}.mlp.norm.weight": (d,)}
        if config.sink:
            shapes[f"{block}.attn.sink"] = (config.n_head,)
        for name, target, source in (
            ("attn.q", d_attn, d),
            ("attn.k", d_attn, d),
            ("attn.v", d_attn, d),
            ("attn.out", d, d_attn),
            ("mlp.in", d_mlp, d),
            ("mlp.out", d, d_mlp),
        ):
            shapes[f"{block}.{name}.weight"] = (target, source)
            shapes[f"{block}.{name}.bias"] = (target,)
    if config.norm == "rms":
        shapes["norm.weight"] = (d,)
    shapes["unembed"] = (config.n_output or config.vocab_size, d)
    return shapes


def linear_name(target: Place) -> str:
    """The name, inside its layer, of the linear map that computes `target`: `attn.q`, `mlp.in`.

    Raises:
        ValueError: no matrix computes `target`.
    """
    if target.source is None:
        raise ValueError(f"no matrix computes {target}")
    return "mlp.in" if target.part == "mlp.neuron" else target.part


def matrix_name(target: Place) -> str:
    """The parameter [target width, source width] whose entries are the edges into `target`."""
    return f"layers.{target.layer}.{linear_name(target)}.weight"
