"""Weights that are damaged or belong to another config become a `ModelError` that says which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from support.model_damage import Edit, edit_config, failure, set_to, spoilt
from support.safetensors_files import edit_header, edit_tensors
from torch import Tensor

from circuitspec.model.folder import load_folder

SPARSE = "layers.0.mlp.in.weight"


def test_the_folder_is_sound_before_it_is_damaged(folder: Path) -> None:
    load_folder(folder)
    assert f"{SPARSE}.indices" in load_file(folder / "model.safetensors")


def halved(name: str) -> Edit:
    return lambda tensors: tensors.update({name: tensors[name].half()})


def reordered(tensors: dict[str, Tensor]) -> None:
    indices = tensors[f"{SPARSE}.indices"]
    tensors[f"{SPARSE}.indices"] = indices.flip(0)


def repeated(tensors: dict[str, Tensor]) -> None:
    tensors[f"{SPARSE}.indices"][1] = tensors[f"{SPARSE}.indices"][0]


def stored_twice(tensors: dict[str, Tensor]) -> None:
    tensors[SPARSE] = torch.zeros(10, 8)


def two_rows(tensors: dict[str, Tensor]) -> None:
    for part in ("indices", "values"):
        tensors[f"{SPARSE}.{part}"] = tensors[f"{SPARSE}.{part}"][:4].reshape(2, 2)


DAMAGED_WEIGHTS: list[tuple[Edit, str, str]] = [
    (lambda tensors: tensors.pop("norm.weight"), "missing-tensor", "norm.weight"),
    (lambda tensors: tensors.pop(f"{SPARSE}.values"), "wrong-tensor-shape", f"{SPARSE}.values"),
    (lambda tensors: tensors.pop(f"{SPARSE}.indices"), "wrong-tensor-shape", f"{SPARSE}.indices"),
    (set_to("extra", torch.zeros(2)), "unknown-tensor", "extra"),
    (set_to("extra.indices", torch.zeros(2)), "unknown-tensor", "extra.indices"),
    (stored_twice, "unknown-tensor", SPARSE),
    (set_to("norm.weight", torch.zeros(9)), "wrong-tensor-shape", "norm.weight"),
    (set_to("norm.weight", torch.zeros(8, 1)), "wrong-tensor-shape", "norm.weight"),
    (two_rows, "wrong-tensor-shape", SPARSE),
    (set_to(f"{SPARSE}.values", torch.zeros(99)), "wrong-tensor-shape", SPARSE),
    (spoilt(f"{SPARSE}.indices", -1), "wrong-tensor-shape", SPARSE),
    (lambda t: t[f"{SPARSE}.indices"].__setitem__(-1, 80), "wrong-tensor-shape", SPARSE),
    (reordered, "wrong-tensor-shape", SPARSE),
    (repeated, "wrong-tensor-shape", SPARSE),
    (
        lambda t: t.update({f"{SPARSE}.indices": t[f"{SPARSE}.indices"].long()}),
        "wrong-tensor-type",
        "I64",
    ),
    (halved(f"{SPARSE}.indices"), "wrong-tensor-type", "F16"),
    (halved(f"{SPARSE}.values"), "wrong-tensor-type", "F16"),
    (halved("norm.weight"), "wrong-tensor-type", "F16"),
    (lambda t: t.update({k: v.double() for k, v in t.items()}), "wrong-tensor-type", "F64"),
    (spoilt("norm.weight", torch.nan), "not-finite", "norm.weight"),
    (spoilt(f"{SPARSE}.values", torch.inf), "not-finite", SPARSE),
    (spoilt(f"{SPARSE}.values", -torch.inf), "not-finite", SPARSE),
]


@pytest.mark.parametrize(
    ("edit", "expected", "named"),
    DAMAGED_WEIGHTS,
    ids=[f"{i}-{code}-{named}" for i, (_, code, named) in enumerate(DAMAGED_WEIGHTS)],
)
def test_weights_that_do_not_fit(folder: Path, edit: Edit, expected: str, named: str) -> None:
    edit_tensors(folder / "model.safetensors", edit)
    code, message = failure(folder)
    assert code == expected
    assert named in message


@pytest.mark.parametrize("dtype", ["F4", "F8_E5M2", "F8_E8M0", "BOOL", "C64", "F99", None, 7])
@pytest.mark.parametrize("name", ["norm.weight", f"{SPARSE}.values", f"{SPARSE}.indices"])
def test_a_header_that_claims_another_dtype(folder: Path, name: str, dtype: object) -> None:
    edit_header(
        folder / "model.safetensors", lambda header: header[name].__setitem__("dtype", dtype)
    )
    assert failure(folder)[0] in ("damaged-model-file", "wrong-tensor-type")


@pytest.mark.parametrize("offsets", [[0, 1 << 60], [-4, 28], [32, 0], [0], None])
def test_a_header_that_points_elsewhere(folder: Path, offsets: object) -> None:
    def edit(header: dict[str, Any]) -> None:
        header["norm.weight"]["data_offsets"] = offsets

    edit_header(folder / "model.safetensors", edit)
    assert failure(folder)[0] == "damaged-model-file"


@pytest.mark.parametrize(
    "changes", [{"n_layer": 3}, {"n_layer": 1}, {"d_mlp": 11}, {"d_head": 4}, {"sink": False}]
)
def test_a_config_that_contradicts_the_weights(folder: Path, changes: dict[str, object]) -> None:
    edit_config(folder, **changes)
    assert failure(folder)[0] in ("missing-tensor", "wrong-tensor-shape", "unknown-tensor")
