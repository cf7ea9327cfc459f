"""Every way in which a model folder can be wrong becomes a `ModelError` that says which."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
import torch
from support.model_damage import edit_config, failure, set_to, spoilt
from support.safetensors_files import edit_tensors, read_metadata, write_metadata
from support.small_models import word_tokenizer

FILES = ("config.json", "model.safetensors", "reference.safetensors", "tokenizer.json")


def test_no_folder(tmp_path: Path) -> None:
    code, message = failure(tmp_path / "nowhere")
    assert code == "unknown-model"
    assert str(tmp_path / "nowhere") in message


def test_a_file_where_a_folder_should_be(folder: Path) -> None:
    assert failure(folder / "config.json")[0] == "unknown-model"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    code, message = failure(folder)
    assert code == "missing-model-file"
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
    assert failure(folder)[0] == "missing-model-file"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"\xff\xfe\x00", b"[" * 100_000, b"null", b"{}", b"\0" * 64]
)
def test_a_file_of_something_else(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    code, message = failure(folder)
    # `{}` with a length in front would be a safetensors file without tensors; this is not.
    assert code == ("invalid-config" if name == "config.json" else "damaged-model-file")
    assert name in message


@pytest.mark.parametrize("name", FILES)
@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that cannot be read")
def test_a_file_that_the_system_will_not_read(folder: Path, name: str) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to("/proc/self/mem")
    code, message = failure(folder)
    assert code == "damaged-model-file"
    assert name in message


@pytest.mark.parametrize("name", ["model.safetensors", "reference.safetensors"])
@pytest.mark.parametrize("keep", [4, 8, 40, -1])
def test_a_truncated_file(folder: Path, name: str, keep: int) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:keep])
    code, message = failure(folder)
    assert code == "damaged-model-file"
    assert name in message


def test_a_json_file_of_absurd_size_is_not_read(folder: Path) -> None:
    with (folder / "config.json").open("r+b") as file:
        file.truncate(1 << 40)  # sparse: takes no space
    assert failure(folder)[0] == "damaged-model-file"


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
    assert code == "invalid-config"
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
        assert failure(folder)[0] == "invalid-config"
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_the_largest_sizes_that_are_allowed_are_held_against_the_file_first(folder: Path) -> None:
    edit_config(folder, d_mlp=1 << 22)
    code, message = failure(folder)
    assert code == "wrong-tensor-shape"
    assert str(1 << 22) in message


def test_a_tokenizer_of_another_size(folder: Path) -> None:
    word_tokenizer(9).save(str(folder / "tokenizer.json"))
    code, message = failure(folder)
    assert code == "wrong-tensor-shape"
    assert "9 tokens" in message


def test_token_ids_that_the_embedding_does_not_have(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace('"w6":6', '"w6":600'))
    code, message = failure(folder)
    assert code == "damaged-model-file"
    assert "0 to 6" in message


@pytest.mark.parametrize("key", ["source", "n_tokens", "tokens_sha256"])
@pytest.mark.parametrize("value", [None, 1.5, ["x"]])
def test_means_that_do_not_say_what_they_were_measured_on(
    folder: Path, key: str, value: object
) -> None:
    path = folder / "reference.safetensors"
    metadata = json.loads(read_metadata(path)["json"]) | {key: value}
    write_metadata(path, {"json": json.dumps(metadata)})
    code, message = failure(folder)
    assert code == "damaged-model-file"
    assert "which tokens" in message


def test_means_without_metadata(folder: Path) -> None:
    write_metadata(folder / "reference.safetensors", None)
    code, message = failure(folder)
    assert code == "damaged-model-file"
    assert "which tokens" in message


@pytest.mark.parametrize("text", ["not json", "", "[" * 100_000, '"twelve"', "[1]", "{"])
def test_metadata_that_is_not_what_we_write(folder: Path, text: str) -> None:
    write_metadata(folder / "reference.safetensors", {"json": text})
    assert failure(folder)[0] == "damaged-model-file"


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
    assert failure(folder)[0] == "wrong-tensor-shape"
