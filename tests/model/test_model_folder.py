"""What is saved in a model folder is what is loaded from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.random_runs import small_configs
from support.small_models import (
    TWO_LAYERS,
    invented_reference,
    random_means,
    random_transformer,
    word_tokenizer,
    write_model,
)

from circuitspec.model.config import ModelConfig
from circuitspec.model.folder import load_folder, save_folder
from circuitspec.model.parameters import matrix_name, parameter_shapes
from circuitspec.model.places import matrix_places
from circuitspec.model.reference_means import ReferenceMeans
from circuitspec.model.transformer import Transformer


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and one.numpy().tobytes() == other.numpy().tobytes()


@given(small_configs(), st.sampled_from([0.0, 0.5, 0.75, 0.97, 1.0]), st.integers(0, 2**32))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_saved_model_loads_bit_for_bit(
    tmp_path: Path, config: ModelConfig, zeros: float, seed: int
) -> None:
    saved = random_transformer(config, seed=seed, zeros=zeros)
    model = load_folder(write_model(tmp_path / "model", saved))
    assert model.config == config
    loaded = model.transformer.state_dict()
    assert loaded.keys() == saved.state_dict().keys()
    for name, tensor in saved.state_dict().items():
        # Sparse storage forgets the sign of a zero; adding 0 makes both signs one.
        assert same_bits(loaded[name] + 0.0, tensor + 0.0), name
    tokens = torch.tensor([[0, config.vocab_size - 1]])
    assert model.transformer(tokens).equal(saved(tokens))


def test_a_loaded_model_is_ready_to_evaluate(folder: Path) -> None:
    transformer = load_folder(folder).transformer
    assert not transformer.training
    assert not any(parameter.requires_grad for parameter in transformer.parameters())
    assert {parameter.dtype for parameter in transformer.parameters()} == {torch.float32}


def test_reference_means_travel_with_what_they_were_measured_on(tmp_path: Path) -> None:
    means = random_means(TWO_LAYERS, seed=3)
    reference = ReferenceMeans(means, "forty\nbooks", n_tokens=12, tokens_sha256="ab" * 32)
    transformer = random_transformer(TWO_LAYERS, seed=0)
    save_folder(tmp_path, transformer, word_tokenizer(TWO_LAYERS.vocab_size), reference)
    loaded = load_folder(tmp_path).reference
    assert (loaded.source, loaded.n_tokens, loaded.tokens_sha256) == (
        "forty\nbooks",
        12,
        "ab" * 32,
    )
    assert loaded.means.keys() == means.keys()
    for place, mean in means.items():
        assert same_bits(loaded.means[place], mean), place


def test_the_tokenizer_travels_with_the_model(folder: Path) -> None:
    assert load_folder(folder).tokenizer.encode("w3 w0 w6").ids == [3, 0, 6]


def test_the_name_is_the_folders_unless_another_is_given(folder: Path) -> None:
    assert load_folder(folder).name == "small"
    assert load_folder(folder, name="other").name == "other"


def test_equal_models_have_equal_hashes_wherever_they_lie(folder: Path, tmp_path: Path) -> None:
    again = write_model(tmp_path / "again", random_transformer(TWO_LAYERS, seed=0, zeros=0.9))
    one, other = load_folder(folder), load_folder(again)
    assert (one.sha256, one.reference_sha256) == (other.sha256, other.reference_sha256)


def test_other_weights_have_another_hash_and_the_same_reference_hash(
    folder: Path, tmp_path: Path
) -> None:
    other = load_folder(write_model(tmp_path / "b", random_transformer(TWO_LAYERS, seed=1)))
    assert load_folder(folder).sha256 != other.sha256
    assert load_folder(folder).reference_sha256 == other.reference_sha256


def test_other_means_have_another_reference_hash_and_the_same_hash(folder: Path) -> None:
    before = load_folder(folder)
    tokenizer = word_tokenizer(TWO_LAYERS.vocab_size)
    means = invented_reference(random_means(TWO_LAYERS, seed=9))
    save_folder(folder, before.transformer, tokenizer, means)
    after = load_folder(folder)
    assert before.sha256 == after.sha256
    assert before.reference_sha256 != after.reference_sha256


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_the_hash_covers_every_file_that_decides_a_run(folder: Path, name: str) -> None:
    before = load_folder(folder).sha256
    path = folder / name
    content = path.read_bytes()
    # White space at the end of JSON, and another header order, mean the same to a reader.
    if path.suffix == ".json":
        path.write_bytes(content + b"\n")
    else:
        length = int.from_bytes(content[:8], "little")
        padded = content[8 : 8 + length] + b" " * 8
        path.write_bytes((length + 8).to_bytes(8, "little") + padded + content[8 + length :])
    assert load_folder(folder).sha256 != before


def test_the_model_card_is_not_part_of_the_hash(folder: Path) -> None:
    before = load_folder(folder).sha256
    (folder / "README.md").write_text("# small\n")
    assert load_folder(folder).sha256 == before


def test_a_sparse_model_takes_less_space(tmp_path: Path) -> None:
    config = ModelConfig(
        n_layer=1, d_model=64, n_head=4, d_head=16, d_mlp=256, vocab_size=64, n_ctx=4
    )
    sizes = {}
    for zeros in (0.0, 0.99):
        folder = write_model(tmp_path / str(zeros), random_transformer(config, seed=0, zeros=zeros))
        sizes[zeros] = (folder / "model.safetensors").stat().st_size
    assert sizes[0.99] < sizes[0.0] / 20


def test_loading_leaves_the_callers_random_numbers_alone(folder: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    load_folder(folder)
    assert torch.rand(3).equal(expected)


def test_saving_leaves_no_other_files_behind(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "reference.safetensors",
        "tokenizer.json",
    ]


@pytest.mark.parametrize("norm", ["rms", "none"])
@pytest.mark.parametrize("positions", ["none", "learned"])
@pytest.mark.parametrize("sink", [True, False])
@pytest.mark.parametrize("n_output", [None, 5])
def test_parameter_shapes_are_those_of_the_model(
    norm: str, positions: str, sink: bool, n_output: int | None
) -> None:
    switches = {"norm": norm, "positions": positions, "sink": sink, "n_output": n_output}
    config = ModelConfig(**(TWO_LAYERS.model_dump() | switches))
    shapes = {name: tuple(p.shape) for name, p in Transformer(config).named_parameters()}
    assert parameter_shapes(config) == shapes


def test_matrices_are_found_by_the_place_that_they_compute() -> None:
    transformer = random_transformer(TWO_LAYERS, seed=0)
    parameters = dict(transformer.named_parameters())
    for place in matrix_places(TWO_LAYERS.n_layer):
        assert parameters[matrix_name(place)] is transformer.matrix(place).weight
