"""Breaking a model folder, and what loading it then says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from torch import Tensor

from circuitspec.model.error import ModelError
from circuitspec.model.folder import load_folder

Edit = Callable[[dict[str, Tensor]], object]


def failure(folder: Path) -> tuple[str, str]:
    """Code and message of what loading `folder` raises."""
    with pytest.raises(ModelError) as caught:
        load_folder(folder)
    diagnostic = caught.value.diagnostic
    assert diagnostic.message == str(caught.value)
    assert diagnostic.severity == "error"
    return diagnostic.code, diagnostic.message


def edit_config(folder: Path, **changes: object) -> None:
    """Change some settings in the folder's config."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def set_to(name: str, value: Tensor) -> Edit:
    """Put `value` in the place of a tensor."""
    return lambda tensors: tensors.update({name: value})


def spoilt(name: str, value: float) -> Edit:
    """Put `value` in the place of a tensor's first entry."""
    return lambda tensors: tensors[name].__setitem__(0, value)
