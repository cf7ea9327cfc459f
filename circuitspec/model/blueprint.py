"""What is in a model's folder, read and checked but not yet made to run: no torch.

config.json            ModelConfig
model.safetensors      weights (see tensor_file)
reference.safetensors  reference means, with what they were measured on
tokenizer.json         the `tokenizers` library's own format
held_out.safetensors   optional: pretraining text that the model was not trained on (see held_out)
README.md              the model card, for people
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from tokenizers import Tokenizer

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.wording import near_miss
from circuitspec.model.config import ModelConfig
from circuitspec.model.damaged import damaged
from circuitspec.model.error import ModelError
from circuitspec.model.held_out import HeldOut, read_held_out
from circuitspec.model.parameters import matrix_name, parameter_shapes
from circuitspec.model.places import Place, all_places, parse_place
from circuitspec.model.tensor_file import Floats, load_tensors

FILES = CONFIG, WEIGHTS, REFERENCE, TOKENIZER = (
    "config.json",
    "model.safetensors",
    "reference.safetensors",
    "tokenizer.json",
)
_LARGEST_JSON = 64 << 20


@dataclass(frozen=True, eq=False)
class StoredMeans:
    """Reference means as they stand in their file; `ReferenceMeans` says what they are."""

    means: Mapping[Place, Floats]
    source: str
    n_tokens: int
    tokens_sha256: str


@dataclass(frozen=True, eq=False)
class Blueprint:
    """Everything that a model's folder holds; enough to look up each place and weight of it.

    Attributes:
        name: how reports call the model.
        parameters: float32, by their names in the checkpoint.
        sha256: over config, weights and tokenizer files.
        reference_sha256: over the file of reference means.
    """

    name: str
    config: ModelConfig
    parameters: Mapping[str, Floats]
    tokenizer: Tokenizer
    reference: StoredMeans
    sha256: str
    reference_sha256: str
    held_out: HeldOut | None = None

    def matrix(self, target: Place) -> Floats:
        """The weights [target width, source width] that compute `target`."""
        return self.parameters[matrix_name(target)]


def read_blueprint(folder: Path, *, name: str | None = None) -> Blueprint:
    """Read the model in `folder`.

    Nothing in the folder is executed, and sizes are compared with the config's before memory is
    taken for them.

    Raises:
        ModelError: the folder or a file in it is missing, damaged or contradicts another.
    """
    if not folder.is_dir():
        raise ModelError(Code.UNKNOWN_MODEL, f"`{folder}` is not a folder")
    missing = [f"`{n}`" for n in FILES if not (folder / n).is_file()]
    if missing:
        raise ModelError(
            Code.MISSING_MODEL_FILE,
            f"the model's folder `{folder}` lacks {', '.join(missing)}",
            "copy the folder as a whole, as `circuitspec train` wrote it",
        )
    config = _read_config(folder / CONFIG)
    tokenizer = _read_tokenizer(folder / TOKENIZER, config)
    parameters, _ = load_tensors(folder / WEIGHTS, parameter_shapes(config))
    return Blueprint(
        name=name or folder.name,
        config=config,
        parameters=parameters,
        tokenizer=tokenizer,
        reference=_read_reference(folder / REFERENCE, config),
        sha256=_sha256(folder, (CONFIG, WEIGHTS, TOKENIZER)),
        reference_sha256=_sha256(folder, (REFERENCE,)),
        held_out=read_held_out(folder, config),
    )


def _read_config(path: Path) -> ModelConfig:
    try:
        return ModelConfig.model_validate_json(_read_json(path))
    except ValidationError as error:
        raise _invalid_config(path, error.errors()[0]) from None


def _invalid_config(path: Path, mistake: ErrorDetails) -> ModelError:
    setting = ".".join(map(str, mistake["loc"]))
    advice = "restore the config that the model was trained with"
    match mistake["type"]:
        case "json_invalid":
            complaint = f"is not JSON: {mistake['ctx']['error']}"
        case "missing":
            complaint = f"lacks the setting `{setting}`"
        case "extra_forbidden":
            complaint = f"has a setting `{setting}`, which is not known here"
            meant = near_miss(setting, ModelConfig.model_fields)
            advice = f"did you mean `{meant}`?" if meant else "upgrade circuitspec, or delete it"
        case "value_error":
            complaint = f"cannot be: {mistake['ctx']['error']}"
        case _:
            complaint = f"cannot be: `{setting}` {mistake['msg'].removeprefix('Input ')}"
    return ModelError(Code.INVALID_CONFIG, f"`{path}` {complaint}", advice)


def _read_tokenizer(path: Path, config: ModelConfig) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_buffer(_read_json(path))
    except Exception as error:  # the library raises plain Exception for whatever is wrong
        reason = str(error).removeprefix("Cannot instantiate Tokenizer from buffer: ")
        raise damaged(path, f"is not a tokenizer: {reason}") from None
    if tokenizer.get_vocab_size() != config.vocab_size:
        raise ModelError(
            Code.WRONG_TENSOR_SHAPE,
            f"`{path}` has {tokenizer.get_vocab_size()} tokens, "
            f"`config.json` says {config.vocab_size}",
            "put together again the config and the tokenizer of one model",
        )
    if set(tokenizer.get_vocab().values()) != set(range(config.vocab_size)):
        raise damaged(path, f"has tokens with other ids than 0 to {config.vocab_size - 1}")
    return tokenizer


def _read_reference(path: Path, config: ModelConfig) -> StoredMeans:
    shapes = {str(place): (config.width(place),) for place in all_places(config.n_layer)}
    tensors, metadata = load_tensors(path, shapes)
    source, n_tokens, digest = (metadata.get(k) for k in ("source", "n_tokens", "tokens_sha256"))
    if not (isinstance(source, str) and isinstance(n_tokens, int) and isinstance(digest, str)):
        raise damaged(path, "does not say on which tokens its means were measured")
    means = {parse_place(name): tensor for name, tensor in tensors.items()}
    return StoredMeans(means, source, n_tokens, digest)


def _read_json(path: Path) -> bytes:
    size = path.stat().st_size
    if size > _LARGEST_JSON:
        raise damaged(path, f"has {size >> 20} MiB, which is too much for a JSON file of a model")
    try:
        return path.read_bytes()
    except OSError as error:
        raise damaged(path, f"cannot be read: {error.strerror}") from None


def _sha256(folder: Path, names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        with (folder / name).open("rb") as file:
            digest.update(name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
