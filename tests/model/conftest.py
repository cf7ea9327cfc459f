"""A small model folder to break."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.small_models import TWO_LAYERS, random_transformer, write_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound model folder; its weight matrices are stored by their nonzeros."""
    return write_model(tmp_path / "small", random_transformer(TWO_LAYERS, seed=0, zeros=0.9))
