"""A model ready to run, from its folder and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from circuitspec.files import write_whole
from circuitspec.model.blueprint import (
    CONFIG,
    REFERENCE,
    TOKENIZER,
    WEIGHTS,
    Blueprint,
    read_blueprint,
)
from circuitspec.model.config import ModelConfig
from circuitspec.model.held_out import HeldOut, save_held_out
from circuitspec.model.places import Place
from circuitspec.model.reference_means import ReferenceMeans
from circuitspec.model.tensor_file import Floats, save_tensors
from circuitspec.model.transformer import Transformer


@dataclass(frozen=True, eq=False)
class Model:
    """A transformer with all that a verdict about it depends on.

    Attributes:
        name: how reports call it.
        transformer: in evaluation mode, float32, on the CPU.
        sha256: over config, weights and tokenizer files.
        reference_sha256: over the file of reference means.
    """

    name: str
    transformer: Transformer
    tokenizer: Tokenizer
    reference: ReferenceMeans
    sha256: str
    reference_sha256: str
    held_out: HeldOut | None = None

    @property
    def config(self) -> ModelConfig:
        """The transformer's shape and switches."""
        return self.transformer.config

    def matrix(self, target: Place) -> Floats:
        """The weights [target width, source width] that compute `target`, as numpy sees them."""
        return self.transformer.matrix(target).weight.detach().cpu().numpy()


def load_folder(folder: Path, *, name: str | None = None) -> Model:
    """Load the model in `folder`; see `read_blueprint` for what is checked.

    Raises:
        ModelError: the folder or a file in it is missing, damaged or contradicts another.
    """
    return build_model(read_blueprint(folder, name=name))


def build_model(blueprint: Blueprint) -> Model:
    """The model that `blueprint` describes; they share their memory."""
    # Initial weights would be thrown away, and would use up the caller's random numbers.
    with torch.device("meta"):
        transformer = Transformer(blueprint.config)
    tensors = {name: torch.from_numpy(array) for name, array in blueprint.parameters.items()}
    transformer.load_state_dict(tensors, assign=True)
    transformer.requires_grad_(False).eval()
    stored = blueprint.reference
    return Model(
        name=blueprint.name,
        transformer=transformer,
        tokenizer=blueprint.tokenizer,
        reference=ReferenceMeans(
            {place: torch.from_numpy(mean) for place, mean in stored.means.items()},
            stored.source,
            stored.n_tokens,
            stored.tokens_sha256,
        ),
        sha256=blueprint.sha256,
        reference_sha256=blueprint.reference_sha256,
        held_out=blueprint.held_out,
    )


def save_folder(
    folder: Path,
    transformer: Transformer,
    tokenizer: Tokenizer,
    reference: ReferenceMeans,
    held_out: HeldOut | None = None,
) -> None:
    """Write all files but the model card; each is written whole or not at all."""
    save_tensors(
        folder / WEIGHTS,
        {name: p.detach().cpu().numpy() for name, p in transformer.state_dict().items()},
        {},
    )
    save_tensors(
        folder / REFERENCE,
        {str(place): mean.cpu().numpy() for place, mean in reference.means.items()},
        {
            "source": reference.source,
            "n_tokens": reference.n_tokens,
            "tokens_sha256": reference.tokens_sha256,
        },
    )
    if held_out is not None:
        save_held_out(folder, held_out)
    write_whole(folder / TOKENIZER, tokenizer.to_str(pretty=False) + "\n")
    write_whole(folder / CONFIG, transformer.config.model_dump_json(indent=2) + "\n")
