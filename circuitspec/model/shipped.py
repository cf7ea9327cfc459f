"""Finding a model by what a spec calls it: a shipped name, or a folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.wording import near_miss, quoted
from circuitspec.model.blueprint import CONFIG, FILES, Blueprint, read_blueprint
from circuitspec.model.error import ModelError
from circuitspec.model.held_out import HELD_OUT

if TYPE_CHECKING:
    from circuitspec.model.folder import Model

_SHIPPED = Path(__file__).with_name("weights")


def shipped_models() -> tuple[str, ...]:
    """The names of the models inside the package."""
    return tuple(sorted(path.parent.name for path in _SHIPPED.glob(f"*/{CONFIG}")))


def find_model(name: str, *, base: Path | None = None) -> Path:
    """The folder of the model that `name` means.

    Args:
        name: a shipped model's name, or a folder (anything with a `/` in it, or that exists).
        base: what a relative folder is relative to; the working directory if None.

    Raises:
        ModelError: nothing is there.
    """
    if name in shipped_models():
        return _SHIPPED / name
    folder = _folder(name, base or Path())
    if folder is not None:
        return folder
    shipped = quoted(shipped_models())
    if name.startswith("hf:"):
        raise ModelError(
            Code.UNKNOWN_MODEL,
            f"models from a hub are not supported yet: `{name}`",
            f"name a folder, or a shipped model: {shipped}",
        )
    meant = near_miss(name, shipped_models()) or _similar(name, base or Path())
    raise ModelError(
        Code.UNKNOWN_MODEL,
        f"there is no model `{name}`, and no folder",
        f"did you mean `{meant}`?" if meant else f"name a folder, or a shipped model: {shipped}",
    )


def _folder(name: str, base: Path) -> Path | None:
    try:
        folder = base / Path(name).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError):  # longer than a path can be; the home of nobody
        return None


def _similar(name: str, base: Path) -> str | None:
    """The folder beside the one that is not there that is called most like it, if any is."""
    try:
        beside = (base / Path(name).expanduser()).parent
        folders = [path.name for path in beside.iterdir() if path.is_dir()]
    except (OSError, RuntimeError, ValueError):
        return None
    last = Path(name).name
    meant = near_miss(last, folders)
    return None if meant is None else name.rstrip("/").removesuffix(last) + meant


def load_model(name: str, *, base: Path | None = None) -> Model:
    """Load the model that `name` means, ready to run; see `find_model` for what may be named.

    Raises:
        ModelError: nothing is there, or it is damaged.
    """
    return _build_once(load_blueprint(name, base=base))


def load_blueprint(name: str, *, base: Path | None = None) -> Blueprint:
    """Read the model that `name` means without making it run, so without torch.

    Raises:
        ModelError: nothing is there, or it is damaged.
    """
    folder = find_model(name, base=base)
    try:
        changed = tuple(_changed(folder / file) for file in (*FILES, HELD_OUT))
        return _read_once(folder, folder.resolve(), changed)
    except OSError as error:  # even to ask for a file's date takes leave to search its folder
        raise ModelError(
            Code.DAMAGED_MODEL_FILE,
            f"the model's folder `{folder}` cannot be read: {error.strerror}",
            "check who may read it",
        ) from None


def _changed(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


@lru_cache(maxsize=4)
def _read_once(folder: Path, resolved: Path, changed: tuple[int | None, ...]) -> Blueprint:
    # Messages call the files as the user does; the model is called by the folder's own name.
    return read_blueprint(folder, name=resolved.name)


@lru_cache(maxsize=4)
def _build_once(blueprint: Blueprint) -> Model:
    from circuitspec.model.folder import build_model

    return build_model(blueprint)
