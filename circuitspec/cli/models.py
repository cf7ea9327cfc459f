"""The model that a command was told to use."""

from __future__ import annotations

from circuitspec.cli.exits import UserError
from circuitspec.model.error import ModelError
from circuitspec.model.folder import Model
from circuitspec.model.shipped import load_model


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
        raise UserError(str(error), error.diagnostic.help) from None
