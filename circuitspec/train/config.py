"""What a training run is: the TOML file that `circuitspec train` reads, as a checked model."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from circuitspec.model.config import ModelConfig
from circuitspec.model.tokenizer import Brackets


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataConfig(_Section):
    """Text and tokens.

    Attributes:
        corpus: `standard-library` is the Python source of the running interpreter;
            `standard-library+simple-programs` mixes programs of `train.simple_programs` into it.
        simple_share: the part of all characters that is simple programs, where there are any.
        simple_seed: of the simple programs and of the order of the mixed documents.
        simple_names: `few` names are those of `simple_programs.words`; `many` adds frequent ones of
            the library, but for those that verify circuits.
        brackets: how the tokenizer takes brackets; see `train_tokenizer`.
        held_out_every: one file in so many is held out of training, chosen by a hash of its path.
        batch_size, sequence_length: sequences per step, tokens per sequence.
    """

    corpus: Literal["standard-library", "standard-library+simple-programs"] = "standard-library"
    simple_share: float = Field(default=0.5, gt=0, lt=1)
    simple_seed: int = 0
    simple_names: Literal["few", "many"] = "few"
    brackets: Brackets = "single"
    held_out_every: int = Field(default=40, ge=2)
    batch_size: int = Field(default=32, ge=1)
    sequence_length: int = Field(default=128, ge=2)


class SparsityConfig(_Section):
    """How the weights thin out (Gao et al. 2025, section 2.1 and appendix A.2).

    Attributes:
        nonzero_fraction: of every matrix, at the end.
        anneal_from, anneal_until: fractions of the run between which the matrices go from dense
            to `nonzero_fraction`.
        anneal: `linear` in the fraction, as in the paper, or `exponential`, which spends less of
            the run nearly dense.
        floor: fewest nonzeros that a neuron or attention channel keeps, among its inputs and
            among its outputs.
    """

    nonzero_fraction: float = Field(gt=0, le=1)
    anneal_from: float = Field(default=0.01, ge=0, lt=1)
    anneal_until: float = Field(default=0.5, gt=0, le=1)
    anneal: Literal["linear", "exponential"] = "linear"
    floor: int = Field(default=4, ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.anneal_until <= self.anneal_from:
            raise ValueError("anneal_until must be after anneal_from")
        return self


class OptimizerConfig(_Section):
    """AdamW with a learning rate that grows as the weights thin out (appendix A.2).

    Attributes:
        learning_rate: the peak that a run at the final sparsity would have; at a nonzero fraction
            f the rate is this times sqrt(final fraction / f).
        warmup: fraction of the run over which the rate rises from 0; then it falls linearly to 0.
        gradient_rms: the gradients' root mean square over all parameters is brought down to this
            where it is above (`clip`) or always to this (`normalise`, as in the released script).
        weight_decay: on matrices alone.
    """

    learning_rate: float = Field(gt=0)
    warmup: float = Field(default=0.01, ge=0, lt=1)
    beta1: float = Field(default=0.9, ge=0, lt=1)
    beta2: float = Field(default=0.95, ge=0, lt=1)
    eps: float = Field(default=0.1, gt=0)
    weight_decay: float = Field(default=0.1, ge=0)
    gradient_rms: float = Field(default=1.0, gt=0)
    gradient_scaling: Literal["clip", "normalise"] = "normalise"


class TrainConfig(_Section):
    """One training run. Two runs of the same config on the same corpus give the same model.

    Attributes:
        start: a model's folder, as seen from that of the config: the run begins from its weights
            and takes its tokenizer. None begins from random weights.
        tokenizer: a `tokenizer.json`, as seen from the config's folder, to be taken as it is. None
            learns one from the training files, or takes that of `start`.
        precision: of the activations and of the products that make them, in training alone:
            weights, their updates and all that is measured are float32. `bfloat16` halves the
            time of a step where the processor multiplies it natively.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    start: str | None = None
    tokenizer: str | None = None
    seed: int = 0
    steps: int = Field(ge=1)
    evaluate_every: int = Field(default=250, ge=1)
    checkpoint_every: int = Field(default=100, ge=1)
    reference_tokens: int = Field(default=1 << 18, ge=1)
    precision: Literal["float32", "bfloat16"] = "float32"
    model: ModelConfig
    data: DataConfig = DataConfig()
    sparsity: SparsityConfig
    optimizer: OptimizerConfig

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.data.sequence_length > self.model.n_ctx:
            raise ValueError("data.sequence_length is longer than model.n_ctx")
        if self.start is not None and self.tokenizer is not None:
            raise ValueError("a run that starts from a model takes that model's tokenizer")
        if self.model.n_output is not None:
            raise ValueError(
                "model.n_output must be left out: a language model has one output a token"
            )
        return self
