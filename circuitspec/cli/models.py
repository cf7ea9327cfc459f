"""The model that a command was told to use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from circuitspec.cli.exits import UserError
from circuitspec.model.error import ModelError
from circuitspec.model.shipped import load_blueprint, load_model

if TYPE_CHECKING:
    from circuitspec.model.blueprint import Blueprint
    from circuitspec.model.folder import Model

_T = TypeVar("_T")


def chosen_model(name: str | None) -> Model | None:
    """The model called `name`, or None where the spec is to choose.

    Raises:
        UserError: there is no such model, or it is damaged.
    """
    return _chosen(name, load_model)


def chosen_blueprint(name: str | None) -> Blueprint | None:
    """The same without making it run, so without torch.

    Raises:
        UserError: there is no such model, or it is damaged.
    """
    return _chosen(name, load_blueprint)


def _chosen(name: str | None, load: Callable[[str], _T]) -> _T | None:
    if name is None:
        return None
    try:
        return load(name)
    except ModelError as error:
        help_, code = error.diagnostic.help, error.diagnostic.code
        raise UserError(str(error), help_, code=code) from None
