"""Taking a safetensors file apart and putting it together differently, past our own writer."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor


def edit_tensors(path: Path, edit: Callable[[dict[str, Tensor]], object]) -> None:
    """Change the tensors of a file in place; the metadata stays."""
    metadata = read_metadata(path)
    tensors = load_file(path)
    edit(tensors)
    save_file({name: t.contiguous() for name, t in tensors.items()}, path, metadata)


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata as the library sees it."""
    with safe_open(path, "pt") as file:
        return dict(file.metadata() or {})


def write_metadata(path: Path, metadata: dict[str, str] | None) -> None:
    """Give a file other metadata; the tensors stay."""
    save_file(load_file(path), path, metadata)


def edit_header(path: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change the JSON header of a file in place, to things that no library would write."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    edit(header)
    encoded = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + content[8 + length :])
