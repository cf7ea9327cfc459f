"""A project whose specs are collected, beside the model that they name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.command_line import SPEC, write_planted

# What a run inside of a run imports is forgotten after it. What cannot be imported twice, because
# it keeps something or is written in C, is therefore imported here.
import circuitspec.api
import circuitspec.language.syntax_errors
import circuitspec.language.syntax_tree  # noqa: F401


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_planted(tmp_path_factory.mktemp("models") / "planted")


@pytest.fixture
def project(pytester: pytest.Pytester, model_folder: Path) -> pytest.Pytester:
    """`specs/quotes.circ`, both claims of which are confirmed."""
    shutil.copytree(model_folder, pytester.path / "specs" / "planted")
    (pytester.path / "specs" / "quotes.circ").write_text(SPEC)
    return pytester
