"""A folder with a spec in it, beside the model that it names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.command_line import SPEC, write_planted


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_planted(tmp_path_factory.mktemp("models") / "planted")


@pytest.fixture
def specs(tmp_path: Path, model_folder: Path) -> Path:
    shutil.copytree(model_folder, tmp_path / "planted")
    (tmp_path / "quotes.circ").write_text(SPEC)
    return tmp_path
