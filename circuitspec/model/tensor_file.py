"""Tensors in a safetensors file, sparse matrices stored by their nonzero entries alone.

A tensor `name` of which less than a quarter is nonzero is stored as `name.indices` (int32, flat
row-major positions, ascending) and `name.values` (float32); others are stored whole. Shapes come
from the reader, who knows them from the config: nothing in the file decides how much memory a
model takes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from circuitspec.diagnostics.codes import Code
from circuitspec.files import replacing
from circuitspec.model.damaged import damaged
from circuitspec.model.error import ModelError

_SPARSE_BELOW = 0.25

# All metadata is one entry, since the library writes several in an order of its own every time,
# and then equal content would not have equal hashes.
_METADATA = "json"

_APART = "put together again the config and the weights of one model"

Floats: TypeAlias = NDArray[np.float32]


def save_tensors(path: Path, tensors: Mapping[str, Floats], metadata: dict[str, object]) -> None:
    """Write `tensors` and JSON-able `metadata`, whole or not at all.

    The same content makes the same bytes.
    """
    stored: dict[str, NDArray[np.generic]] = {}
    for name, tensor in tensors.items():
        flat = np.ascontiguousarray(tensor, np.float32).reshape(-1)
        indices = flat.nonzero()[0]
        if tensor.ndim == 2 and len(indices) < _SPARSE_BELOW * len(flat):
            stored[f"{name}.indices"] = indices.astype(np.int32)
            stored[f"{name}.values"] = flat[indices]
        else:
            stored[name] = flat.reshape(tensor.shape)
    with replacing(path) as temporary:
        save_file(stored, temporary, {_METADATA: json.dumps(metadata, sort_keys=True)})


def load_tensors(
    path: Path, shapes: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, Floats], dict[str, object]]:
    """Read exactly the tensors named in `shapes`, and the metadata.

    Headers are compared with `shapes` before any tensor is read.

    Raises:
        ModelError: missing or damaged file, a tensor missing, unknown or of another shape, an
            index outside its tensor, a value that is not finite.
    """
    try:
        with safe_open(path, "np") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            _compare_headers(path, {n: tuple(s.get_shape()) for n, s in slices.items()}, shapes)
            _compare_types(path, {name: s.get_dtype() for name, s in slices.items()})
            tensors = {
                name: _read_sparse(path, file, name, shape)
                if f"{name}.indices" in slices
                else file.get_tensor(name)
                for name, shape in shapes.items()
            }
            metadata = json.loads((file.metadata() or {}).get(_METADATA, "{}"))
            if not isinstance(metadata, dict):
                raise ValueError("its metadata is no JSON object")
    except FileNotFoundError:
        raise ModelError(Code.MISSING_MODEL_FILE, f"`{path}` does not exist") from None
    # Metadata nested a thousand deep is no ValueError to the json module.
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        reason = str(error).removeprefix("Error while deserializing header: ")
        raise damaged(path, f"cannot be read as safetensors: {reason}") from None
    for name, tensor in tensors.items():
        bad = int((~np.isfinite(tensor)).sum())
        if bad:
            raise ModelError(
                Code.NOT_FINITE,
                f"`{name}` in `{path}` has "
                f"{'an entry that is' if bad == 1 else f'{bad} entries that are'} NaN or infinite",
                "go back to a checkpoint from before the training diverged",
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
                    f"`{indices}` and `{values}` in `{path}` are not two equally long rows",
                    _APART,
                )
        elif name not in found:
            raise ModelError(Code.MISSING_TENSOR, f"`{path}` lacks `{name}`", _APART)
        elif found[name] != shape:
            raise ModelError(
                Code.WRONG_TENSOR_SHAPE,
                f"`{name}` in `{path}` has shape {list(found[name])}, "
                f"by `config.json` it is {list(shape)}",
                _APART,
            )
        else:
            expected.add(name)
    unknown = sorted(found.keys() - expected)
    if unknown:
        raise ModelError(
            Code.UNKNOWN_TENSOR,
            f"`{path}` holds `{unknown[0]}`"
            + (f" and {len(unknown) - 1} more" if len(unknown) > 1 else "")
            + ", which a model of this config does not have",
            _APART,
        )


def _compare_types(path: Path, found: Mapping[str, str]) -> None:
    for name, dtype in found.items():
        expected = "I32" if name.endswith(".indices") else "F32"
        if dtype != expected:
            raise ModelError(
                Code.WRONG_TENSOR_TYPE,
                f"`{name}` in `{path}` is {dtype}, expected {expected}",
                "save the model again, with all weights in float32",
            )


def _read_sparse(path: Path, file: safe_open, name: str, shape: tuple[int, ...]) -> Floats:
    indices: NDArray[np.int32] = file.get_tensor(f"{name}.indices")
    values: Floats = file.get_tensor(f"{name}.values")
    size = math.prod(shape)
    ascending = bool((np.diff(indices.astype(np.int64)) > 0).all())
    if len(indices) and not (ascending and indices[0] >= 0 and indices[-1] < size):
        raise ModelError(
            Code.WRONG_TENSOR_SHAPE,
            f"`{name}.indices` in `{path}` leave a matrix of shape {list(shape)} or do not ascend",
            _APART,
        )
    flat = np.zeros(size, np.float32)
    flat[indices] = values
    return flat.reshape(shape)
