"""A file of a model's folder that is not what its name says, and the likeliest reason why."""

from __future__ import annotations

from pathlib import Path

from circuitspec.diagnostics.codes import Code
from circuitspec.model.error import ModelError

_LFS = b"version https://git-lfs.github.com/"


def damaged(path: Path, reason: str) -> ModelError:
    """The error for a file that cannot be read; `reason` goes on after its name."""
    if _begins_with(path, _LFS):
        return ModelError(
            Code.DAMAGED_MODEL_FILE,
            f"`{path}` is a note of Git LFS, not the file itself",
            "fetch the files with `git lfs pull`",
        )
    return ModelError(
        Code.DAMAGED_MODEL_FILE,
        f"`{path}` {reason}",
        "copy the file again from where the model came from",
    )


def _begins_with(path: Path, start: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(start)) == start
    except OSError:
        return False
