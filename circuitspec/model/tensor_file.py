"""Tensors in a safetensors file, sparse matrices stored by their nonzero entries alone.

A tensor `name` of which less than a quarter is nonzero is stored as `name.indices` (int32, flat
row-major positions, ascending) and `name.values` (float32); others are stored whole. Shapes come
from the reader, who knows them from the config: nothing in the file decides how much memory a
model takes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from circuitspec.diagnostics.codes import Code
from circuitspec.files import replacing
from circuitspec.model.error import ModelError

_SPARSE_BELOW = 0.25

# All metadata is one entry, since the library writes several in an order of its own every time,
# and then equal content would not have equal hashes.
_METADATA = "json"


def save_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, object]) -> None:
    """Write `tensors` (float32) and JSON-able `metadata`, whole or not at all.

    The same content makes the same bytes.
    """
    stored: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        flat = tensor.detach().to("cpu", torch.float32).flatten()
        indices = flat.nonzero().flatten()
        if tensor.ndim == 2 and len(indices) < _SPARSE_BELOW * len(flat):
            stored[f"{name}.indices"] = indices.to(torch.int32)
            stored[f"{name}.values"] = flat[indices].contiguous()
        else:
            stored[name] = flat.reshape(tensor.shape).contiguous()
    with replacing(path) as temporary:
        save_file(stored, temporary, {_METADATA: json.dumps(metadata, sort_keys=True)})


def load_tensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, Tensor], dict[str, object]]:
    """Read exactly the tensors named in `shapes`, and the metadata.

    Headers are compared with `shapes` before any tensor is read.

    Raises:
        ModelError: missing or damaged file, a tensor missing, unknown or of another shape, an
            index outside its tensor, a value that is not finite.
    """
    try:
        with safe_open(path, "pt") as file:
            names = file.keys()
            found = {name: tuple(file.get_slice(name).get_shape()) for name in names}
            _compare_headers(path, found, shapes)
            tensors = {
                name: _read_sparse(path, file, name, shape)
                if f"{name}.indices" in found
                else file.get_tensor(name)
                for name, shape in shapes.items()
            }
            metadata = json.loads((file.metadata() or {}).get(_METADATA, "{}"))
            if not isinstance(metadata, dict):
                raise ValueError("its metadata is no JSON object")
    except FileNotFoundError:
        raise ModelError(Code.MISSING_MODEL_FILE, f"{path} does not exist") from None
    # Metadata nested a thousand deep is no ValueError to the json module.
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise ModelError(
            Code.DAMAGED_MODEL_FILE,
            f"{path} cannot be read as safetensors: {error}",
            "copy or train the model again",
        ) from None
    for name, tensor in tensors.items():
        _check_dtype(path, name, tensor, torch.float32)
        if not tensor.isfinite().all():
            bad = int((~tensor.isfinite()).sum())
            raise ModelError(
                Code.NOT_FINITE, f"{path}: {name} has {bad} values that are NaN or infinite"
            )
    return tensors, metadata


def _compare_headers(
    path: Path,
    found: Mapping[str, tuple[int, ...]],
    shapes: Mapping[str, tuple[int, ...]],
) -> None:
    expected: set[str] = set()
    for name, shape in shapes.items():
        indices, values = f"{name}.indices", f"{name}.values"
        if indices in found or values in found:
            expected |= {indices, values}
            if found.get(indices) != found.get(values) or len(found.get(indices, ())) != 1:
                raise ModelError(
                    Code.WRONG_TENSOR_SHAPE,
                    f"{path}: {indices} and {values} are not two equally long rows",
                )
        elif name not in found:
            raise ModelError(
                Code.MISSING_TENSOR, f"{path} lacks {name}", "config.json and weights do not match"
            )
        elif found[name] != shape:
            raise ModelError(
                Code.WRONG_TENSOR_SHAPE,
                f"{path}: {name} has shape {list(found[name])}, config.json makes it {list(shape)}",
                "config.json and weights do not belong together",
            )
        else:
            expected.add(name)
    unknown = sorted(found.keys() - expected)
    if unknown:
        raise ModelError(
            Code.UNKNOWN_TENSOR,
            f"{path} holds {unknown[0]!r}"
            + (f" and {len(unknown) - 1} more" if len(unknown) > 1 else "")
            + ", which a model of this config does not have",
            "config.json and weights do not belong together",
        )


def _read_sparse(path: Path, file: safe_open, name: str, shape: tuple[int, ...]) -> Tensor:
    indices = file.get_tensor(f"{name}.indices")
    values = file.get_tensor(f"{name}.values")
    size = torch.Size(shape).numel()
    _check_dtype(path, f"{name}.indices", indices, torch.int32)
    _check_dtype(path, f"{name}.values", values, torch.float32)
    indices = indices.long()
    ascending = bool((indices.diff() > 0).all())
    if len(indices) and not (ascending and indices[0] >= 0 and indices[-1] < size):
        raise ModelError(
            Code.WRONG_TENSOR_SHAPE,
            f"{path}: {name}.indices leave a tensor of shape {list(shape)} or do not ascend",
            "config.json and weights do not belong together",
        )
    flat = torch.zeros(size)
    flat[indices] = values
    return flat.reshape(shape)


def _check_dtype(path: Path, name: str, tensor: Tensor, expected: torch.dtype) -> None:
    if tensor.dtype != expected:
        found, wanted = (str(dtype).removeprefix("torch.") for dtype in (tensor.dtype, expected))
        raise ModelError(Code.WRONG_TENSOR_TYPE, f"{path}: {name} is {found}, expected {wanted}")
