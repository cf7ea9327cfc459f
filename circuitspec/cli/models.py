"""The model that a command was told to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from circuitspec.cli.exits import UserError
from circuitspec.model.error import ModelError
from circuitspec.model.shipped import load_blueprint, load_model

if TYPE_CHECKING:
    from circuitspec.model.blueprint import Blueprint
    from circuitspec.model.folder import Model


def chosen_model(name: str | None) -> Model | None:
    """The model called `name`, or None where the spec is to choose.

    Raises:
        UserError: there is no such model, or it is damaged.
    """
    if name is None:
        return None
    try:
        return load_model(name)
    except ModelError as error:
        raise _user_error(error) from None


def chosen_blueprint(name: str | None) -> Blueprint | None:
    """The same without making it run, so without torch.

    Raises:
        UserError: there is no such model, or it is damaged.
    """
    if name is None:
        return None
    try:
        return load_blueprint(name)
    except ModelError as error:
        raise _user_error(error) from None


def _user_error(error: ModelError) -> UserError:
    return UserError(str(error), error.diagnostic.help, code=error.diagnostic.code)
