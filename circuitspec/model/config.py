"""The shape of a transformer and its switches, as they stand in a model folder's `config.json`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from circuitspec.model.places import LAYER_PARTS, LayerPart, Place

# A config is a stranger's data: a size in it must not make us ask for all the memory there is.
# 2**29 float32 parameters are 2 GiB, ten times what the models of this project need.
MAX_PARAMETERS = 2**29


class ModelConfig(BaseModel):
    """Shape and switches of a decoder-only transformer.

    The defaults are those of the weight-sparse models of Gao et al. 2025 (section 2.1 and
    appendix A.1): pre-norm, RMSNorm, no positions, untied embeddings, attention sinks.

    Attributes:
        norm: `rms` normalises what each block and the unembedding read; `none` reads as it is.
        activation: the MLP's function; `gelu` is the exact one, not the tanh approximation.
        positions: `learned` adds a table to the embedding; `none` leaves order to the mask.
        sink: every head has one more key with a learnt logit and a zero value.
        activation_fraction: at `activation_places` keep this fraction of the entries, the
            largest in absolute value (AbsTopK), but at least one, and set the others to 0; None
            switches it off.
        n_output: rows of the unembedding; None means `vocab_size`.
        norm_eps: added to the mean square; None means the dtype's machine epsilon.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_layer: int = Field(ge=1, le=1024)
    d_model: int = Field(ge=1, le=1 << 20)
    n_head: int = Field(ge=1, le=1 << 16)
    d_head: int = Field(ge=1, le=1 << 16)
    d_mlp: int = Field(ge=1, le=1 << 22)
    vocab_size: int = Field(ge=1, le=1 << 22)
    n_ctx: int = Field(ge=1, le=1 << 20)
    n_output: int | None = Field(default=None, ge=1, le=1 << 22)
    norm: Literal["rms", "none"] = "rms"
    norm_eps: float | None = Field(default=1e-5, ge=0, allow_inf_nan=False)
    activation: Literal["gelu", "relu"] = "gelu"
    causal: bool = True
    positions: Literal["none", "learned"] = "none"
    sink: bool = True
    activation_fraction: float | None = Field(default=None, gt=0, le=1)
    activation_places: tuple[LayerPart, ...] = LAYER_PARTS

    @model_validator(mode="after")
    def _not_too_large(self) -> Self:
        if self.n_parameters > MAX_PARAMETERS:
            raise ValueError(
                f"these sizes make {self.n_parameters:,} parameters; "
                f"the most that is loaded is {MAX_PARAMETERS:,}"
            )
        return self

    @property
    def d_attn(self) -> int:
        """Width of `attn.q`, `attn.k` and `attn.v`: all heads side by side."""
        return self.n_head * self.d_head

    @property
    def n_parameters(self) -> int:
        """Entries of all weight matrices, zeros included (biases and gains left out)."""
        block = 4 * self.d_model * self.d_attn + 2 * self.d_model * self.d_mlp
        rows = self.vocab_size + (self.n_output or self.vocab_size)
        rows += self.n_ctx if self.positions == "learned" else 0
        return self.n_layer * block + rows * self.d_model

    def width(self, place: Place) -> int:
        """How many nodes there are at `place`."""
        if place.part in ("attn.q", "attn.k", "attn.v"):
            return self.d_attn
        return self.d_mlp if place.part == "mlp.neuron" else self.d_model

    def kept_activations(self, place: Place) -> int | None:
        """k of AbsTopK at `place`, or None where activations are not sparsified."""
        if self.activation_fraction is None or place.part not in self.activation_places:
            return None
        return max(1, int(self.activation_fraction * self.width(place)))
