"""Which folder a model's name means."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from support.small_models import TWO_LAYERS, random_transformer, write_model

from circuitspec.diagnostics import Code
from circuitspec.model.error import ModelError
from circuitspec.model.shipped import find_model, load_blueprint, load_model, shipped_models


def test_a_path_is_relative_to_the_base(folder: Path) -> None:
    assert find_model("small", base=folder.parent) == folder
    assert find_model("./small", base=folder.parent).samefile(folder)
    assert find_model(str(folder)) == folder


def test_a_path_is_relative_to_the_working_directory_without_a_base(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    assert find_model("small").samefile(folder)


def test_the_home_directory_is_expanded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))
    assert find_model("~/small") == folder


def test_every_shipped_model_is_found_by_its_name() -> None:
    for name in shipped_models():
        assert find_model(name).name == name


def test_an_unknown_name_is_refused_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        find_model("nothing-like-it", base=tmp_path)
    assert caught.value.diagnostic.code == "unknown-model"
    assert "nothing-like-it" in str(caught.value)
    assert caught.value.diagnostic.help


@pytest.mark.parametrize("name", ["x" * 10_000, "~nobody-has-this-home/model", "a\0b", "./."])
def test_a_name_that_can_be_no_folder_is_only_unknown(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_model(name, base=tmp_path / "nowhere")
    assert caught.value.diagnostic.code == "unknown-model"


def test_a_hub_is_said_not_to_be_supported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not supported yet: `hf:gpt2`") as caught:
        find_model("hf:gpt2", base=tmp_path)
    assert caught.value.diagnostic.code == "unknown-model"


def test_a_model_is_read_again_after_it_was_trained_again(folder: Path) -> None:
    before = load_model(str(folder))
    assert load_model(str(folder)) is before
    write_model(folder, random_transformer(TWO_LAYERS, seed=77))
    assert load_model(str(folder)).sha256 != before.sha256


def test_a_folder_that_may_not_be_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(ModelError) as raised:
        load_blueprint(str(tmp_path))
    assert raised.value.diagnostic.code == Code.DAMAGED_MODEL_FILE
    assert str(raised.value).endswith("cannot be read: Permission denied")
