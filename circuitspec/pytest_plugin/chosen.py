"""The model that all specs of a run are held against, if one is named."""

from __future__ import annotations

from pathlib import Path

import pytest


def model_name(config: pytest.Config) -> str | None:
    """Its name, by the option or the configuration."""
    name: str | None = config.getoption("circ_model") or config.getini("circ_model") or None
    return name


def model_and_base(config: pytest.Config) -> tuple[str | None, Path]:
    """The model that all specs are held against, and what its folder is relative to."""
    asked = config.getoption("circ_model")
    return model_name(config), config.invocation_params.dir if asked else config.rootpath
