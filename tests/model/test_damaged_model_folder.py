"""Every way in which a model folder can be wrong becomes a `ModelError` that says which."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from circuitspec.model.error import ModelError
from circuitspec.model.folder import load_folder
from support.safetensors_files import edit_header, edit_tensors, read_metadata, write_metadata
from support.small_models import word_tokenizer

FILES = ("config.json", "model.safetensors", "reference.safetensors", "tokenizer.json")
SPARSE = "layers.0.mlp.in.weight"


def failure(folder: Path) -> tuple[str, str]:
    """Code and message of what loading `folder` raises."""
    with pytest.raises(ModelError) as caught:
        load_folder(folder)
    diagnostic = caught.value.diagnostic
    assert diagnostic.message == str(caught.value)
    assert diagnostic.severity == "error"
    return diagnostic.code, diagnostic.message


def edit_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_the_folder_is_sound_before_it_is_damaged(folder: Path) -> None:
    load_folder(folder)
    assert f"{SPARSE}.indices" in _names(folder / "model.safetensors")


def _names(path: Path) -> set[str]:
    names: set[str] = set()
    edit_tensors(path, names.update)
    return names


# Files


def test_no_folder(tmp_path: Path) -> None:
    code, message = failure(tmp_path / "nowhere")
    assert code == "no-such-model"
    assert str(tmp_path / "nowhere") in message


def test_a_file_where_a_folder_should_be(folder: Path) -> None:
    assert failure(folder / "config.json")[0] == "no-such-model"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    code, message = failure(folder)
    assert code == "missing-file"
    assert name in message


def test_all_missing_files_are_named_at_once(folder: Path) -> None:
    for name in FILES:
        (folder / name).unlink()
    message = failure(folder)[1]
    assert all(name in message for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_a_files_place(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()
    assert failure(folder)[0] == "missing-file"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"\xff\xfe\x00", b"[" * 100_000, b"null", b"{}", b"\0" * 64]
)
def test_a_file_of_something_else(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    code, message = failure(folder)
    # `{}` with a length in front would be a safetensors file without tensors; this is not.
    assert code == ("bad-config" if name == "config.json" else "damaged-file")
    assert name in message


@pytest.mark.parametrize("name", FILES)
@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that cannot be read")
def test_a_file_that_the_system_will_not_read(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to("/proc/self/mem")
    code, message = failure(folder)
    assert code == "damaged-file"
    assert name in message


@pytest.mark.parametrize("name", ["model.safetensors", "reference.safetensors"])
@pytest.mark.parametrize("keep", [4, 8, 40, -1])
def test_a_truncated_file(folder: Path, name: str, keep: int) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:keep])
    code, message = failure(folder)
    assert code == "damaged-file"
    assert name in message


def test_a_json_file_of_absurd_size_is_not_read(folder: Path) -> None:
    with (folder / "config.json").open("r+b") as file:
        file.truncate(1 << 40)  # sparse: takes no space
    assert failure(folder)[0] == "damaged-file"


# Config


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"n_layers": 3}, "n_layers"),
        ({"n_layer": 0}, "n_layer"),
        ({"n_head": -1}, "n_head"),
        ({"d_model": 8.5}, "d_model"),
        ({"d_mlp": None}, "d_mlp"),
        ({"norm": "layer"}, "norm"),
        ({"activation": "silu"}, "activation"),
        ({"activation_fraction": 0}, "activation_fraction"),
        ({"activation_fraction": float("nan")}, "activation_fraction"),
        ({"activation_places": ["attn.read"]}, "activation_places"),
        ({"norm_eps": float("inf")}, "norm_eps"),
        ({"norm_eps": float("nan")}, "norm_eps"),
        ({"norm_eps": -1.0}, "norm_eps"),
    ],
    ids=str,
)
def test_a_setting_that_is_wrong_is_named(
    folder: Path, changes: dict[str, object], named: str
) -> None:
    edit_config(folder, **changes)
    code, message = failure(folder)
    assert code == "bad-config"
    assert named in message


@pytest.mark.parametrize(
    "sizes",
    [
        {"d_model": 10**18},
        {"n_layer": 10**9},
        {"d_model": 1 << 20, "d_mlp": 1 << 22},
        {"n_layer": 1024, "n_head": 1 << 16, "d_head": 1 << 16},
        {"vocab_size": 1 << 22, "d_model": 1 << 10},
        {"positions": "learned", "n_ctx": 1 << 20, "d_model": 1 << 10},
        {"n_output": 1 << 22, "d_model": 1 << 10},
    ],
    ids=str,
)
def test_huge_sizes_are_refused_before_memory_is_taken(folder: Path, sizes: dict[str, int]) -> None:
    edit_config(folder, **sizes)
    tracemalloc.start()
    try:
        assert failure(folder)[0] == "bad-config"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_the_largest_sizes_that_are_allowed_are_held_against_the_file_first(folder: Path) -> None:
    edit_config(folder, d_mlp=1 << 22)
    code, message = failure(folder)
    assert code == "wrong-shape"
    assert str(1 << 22) in message


# Weights


def halved(name: str) -> Callable[[dict[str, Tensor]], None]:
    return lambda tensors: tensors.update({name: tensors[name].half()})


def set_to(name: str, value: Tensor) -> Callable[[dict[str, Tensor]], None]:
    return lambda tensors: tensors.update({name: value})


def spoilt(name: str, value: float) -> Callable[[dict[str, Tensor]], None]:
    def edit(tensors: dict[str, Tensor]) -> None:
        tensors[name][0] = value

    return edit


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


DAMAGED_WEIGHTS: list[tuple[Callable[[dict[str, Tensor]], object], str, str]] = [
    (lambda tensors: tensors.pop("norm.weight"), "missing-tensor", "norm.weight"),
    (lambda tensors: tensors.pop(f"{SPARSE}.values"), "wrong-shape", f"{SPARSE}.values"),
    (lambda tensors: tensors.pop(f"{SPARSE}.indices"), "wrong-shape", f"{SPARSE}.indices"),
    (set_to("extra", torch.zeros(2)), "unknown-tensor", "extra"),
    (set_to("extra.indices", torch.zeros(2)), "unknown-tensor", "extra.indices"),
    (stored_twice, "unknown-tensor", SPARSE),
    (set_to("norm.weight", torch.zeros(9)), "wrong-shape", "norm.weight"),
    (set_to("norm.weight", torch.zeros(8, 1)), "wrong-shape", "norm.weight"),
    (two_rows, "wrong-shape", SPARSE),
    (set_to(f"{SPARSE}.values", torch.zeros(99)), "wrong-shape", SPARSE),
    (spoilt(f"{SPARSE}.indices", -1), "wrong-shape", SPARSE),
    (lambda t: t[f"{SPARSE}.indices"].__setitem__(-1, 80), "wrong-shape", SPARSE),
    (reordered, "wrong-shape", SPARSE),
    (repeated, "wrong-shape", SPARSE),
    (
        lambda t: t.update({f"{SPARSE}.indices": t[f"{SPARSE}.indices"].long()}),
        "wrong-dtype",
        "int64",
    ),
    (halved(f"{SPARSE}.indices"), "wrong-dtype", "float16"),
    (halved(f"{SPARSE}.values"), "wrong-dtype", "float16"),
    (halved("norm.weight"), "wrong-dtype", "float16"),
    (lambda t: t.update({k: v.double() for k, v in t.items()}), "wrong-dtype", "float64"),
    (spoilt("norm.weight", torch.nan), "not-finite", "norm.weight"),
    (spoilt(f"{SPARSE}.values", torch.inf), "not-finite", SPARSE),
    (spoilt(f"{SPARSE}.values", -torch.inf), "not-finite", SPARSE),
]


@pytest.mark.parametrize(
    ("edit", "expected", "named"),
    DAMAGED_WEIGHTS,
    ids=[f"{i}-{code}-{named}" for i, (_, code, named) in enumerate(DAMAGED_WEIGHTS)],
)
def test_weights_that_do_not_fit(
    folder: Path, edit: Callable[[dict[str, Tensor]], object], expected: str, named: str
) -> None:
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
    assert failure(folder)[0] in ("damaged-file", "wrong-dtype")


@pytest.mark.parametrize("offsets", [[0, 1 << 60], [-4, 28], [32, 0], [0], None])
def test_a_header_that_points_elsewhere(folder: Path, offsets: object) -> None:
    def edit(header: dict[str, Any]) -> None:
        header["norm.weight"]["data_offsets"] = offsets

    edit_header(folder / "model.safetensors", edit)
    assert failure(folder)[0] == "damaged-file"


@pytest.mark.parametrize(
    "changes", [{"n_layer": 3}, {"n_layer": 1}, {"d_mlp": 11}, {"d_head": 4}, {"sink": False}]
)
def test_a_config_that_contradicts_the_weights(folder: Path, changes: dict[str, object]) -> None:
    edit_config(folder, **changes)
    assert failure(folder)[0] in ("missing-tensor", "wrong-shape", "unknown-tensor")


# Tokenizer


def test_a_tokenizer_of_another_size(folder: Path) -> None:
    word_tokenizer(9).save(str(folder / "tokenizer.json"))
    code, message = failure(folder)
    assert code == "wrong-shape"
    assert "9 tokens" in message


def test_token_ids_that_the_embedding_does_not_have(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace('"w6":6', '"w6":600'))
    code, message = failure(folder)
    assert code == "damaged-file"
    assert "0 to 6" in message


# Reference means


@pytest.mark.parametrize("key", ["source", "n_tokens", "tokens_sha256"])
@pytest.mark.parametrize("value", [None, 1.5, ["x"]])
def test_means_that_do_not_say_what_they_were_measured_on(
    folder: Path, key: str, value: object
) -> None:
    path = folder / "reference.safetensors"
    metadata = json.loads(read_metadata(path)["json"]) | {key: value}
    write_metadata(path, {"json": json.dumps(metadata)})
    code, message = failure(folder)
    assert code == "damaged-file"
    assert "which tokens" in message


def test_means_without_metadata(folder: Path) -> None:
    write_metadata(folder / "reference.safetensors", None)
    code, message = failure(folder)
    assert code == "damaged-file"
    assert "which tokens" in message


@pytest.mark.parametrize("text", ["not json", "", "[" * 100_000, '"twelve"', "[1]", "{"])
def test_metadata_that_is_not_what_we_write(folder: Path, text: str) -> None:
    write_metadata(folder / "reference.safetensors", {"json": text})
    assert failure(folder)[0] == "damaged-file"


def test_a_mean_that_is_not_a_number(folder: Path) -> None:
    edit_tensors(folder / "reference.safetensors", spoilt("L1.mlp.out", torch.nan))
    code, message = failure(folder)
    assert code == "not-finite"
    assert "L1.mlp.out" in message


def test_a_mean_that_is_missing(folder: Path) -> None:
    edit_tensors(folder / "reference.safetensors", lambda tensors: tensors.pop("final"))
    code, message = failure(folder)
    assert code == "missing-tensor"
    assert "final" in message


def test_means_of_another_width(folder: Path) -> None:
    edit_tensors(folder / "reference.safetensors", set_to("embed", torch.zeros(9)))
    assert failure(folder)[0] == "wrong-shape"
