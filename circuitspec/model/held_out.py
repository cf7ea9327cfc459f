"""Held-out pretraining text that travels with a model: windows of tokens; no torch.

Some claims are about what nodes do on any text and not on the prompts of a task alone. Text that
each machine finds for itself would give each its own verdict, so a sample lies in the model's
folder. It is optional: `held_out.safetensors` with one tensor, `tokens` int32 [window, position].
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from circuitspec.files import replacing
from circuitspec.model.config import ModelConfig
from circuitspec.model.damaged import damaged

HELD_OUT = "held_out.safetensors"
_MOST_TOKENS = 1 << 22


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Windows of text that the model was not trained on.

    Attributes:
        tokens: int64 [window, position].
        source: in words, what text it is.
    """

    tokens: NDArray[np.int64]
    source: str

    @property
    def sha256(self) -> str:
        """Over the tokens as little-endian 64-bit integers, in order."""
        return hashlib.sha256(self.tokens.astype("<i8").tobytes()).hexdigest()


def save_held_out(folder: Path, held_out: HeldOut) -> None:
    """Write it to a model's folder, whole or not at all."""
    with replacing(folder / HELD_OUT) as temporary:
        save_file(
            {"tokens": np.ascontiguousarray(held_out.tokens, np.int32)},
            temporary,
            {"json": json.dumps({"source": held_out.source}, sort_keys=True)},
        )


def read_held_out(folder: Path, config: ModelConfig) -> HeldOut | None:
    """The text in a model's folder; None if there is none.

    Raises:
        ModelError: the file is damaged, or of another model.
    """
    path = folder / HELD_OUT
    if not path.is_file():
        return None
    try:
        with safe_open(path, "np") as file:
            piece = file.get_slice("tokens")
            shape = piece.get_shape()
            if len(shape) != 2 or piece.get_dtype() != "I32" or 0 in shape:
                raise damaged(path, "holds no windows of tokens")
            if shape[0] * shape[1] > _MOST_TOKENS:
                raise damaged(path, f"has more than {_MOST_TOKENS:,} tokens")
            tokens = file.get_tensor("tokens").astype(np.int64)
            source = json.loads((file.metadata() or {}).get("json", "{}")).get("source")
    except (SafetensorError, OSError, ValueError, AttributeError, RecursionError) as error:
        raise damaged(path, f"cannot be read as safetensors: {error}") from None
    if not isinstance(source, str):
        raise damaged(path, "does not say what text it is")
    if tokens.min() < 0 or tokens.max() >= config.vocab_size:
        raise damaged(path, "has tokens that the model does not know")
    if config.positions == "learned" and tokens.shape[1] > config.n_ctx:
        raise damaged(path, f"has windows longer than {config.n_ctx} tokens")
    return HeldOut(tokens, source)
