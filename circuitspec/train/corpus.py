"""Training text: Python source that is on every machine, read in a fixed order and hashed."""

from __future__ import annotations

import hashlib
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from circuitspec.model.tokenizer import SEPARATOR

Tokens: TypeAlias = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Corpus:
    """Source files, split by file.

    Attributes:
        train, held_out: the texts, in the order of their paths.
        sha256: over both, in that order.
    """

    name: str
    train: tuple[str, ...]
    held_out: tuple[str, ...]
    sha256: str


def read_standard_library(*, held_out_every: int) -> Corpus:
    """The running interpreter's standard library, its tests included, without site-packages.

    Files that are not UTF-8 and files that repeat another's text are left out. Which file is held
    out depends on its path alone, so that editing one file moves no other across the split.
    """
    root = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(
        (path.relative_to(root).as_posix(), path)
        for path in root.rglob("*.py")
        if "site-packages" not in path.parts
    )
    digest = hashlib.sha256()
    seen: set[bytes] = set()
    parts: tuple[list[str], list[str]] = ([], [])
    for name, path in paths:
        raw = path.read_bytes()
        fingerprint = hashlib.sha256(raw).digest()
        if not raw or fingerprint in seen:
            continue
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        seen.add(fingerprint)
        digest.update(fingerprint)
        bucket = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        parts[bucket % held_out_every == 0].append(text)
    return Corpus("standard-library", tuple(parts[0]), tuple(parts[1]), digest.hexdigest())


def encode(tokenizer: Tokenizer, texts: tuple[str, ...]) -> Tokens:
    """All `texts` as one row of token ids, each file after a separator token."""
    separator = tokenizer.token_to_id(SEPARATOR)
    if tokenizer.get_vocab_size() > np.iinfo(np.uint16).max:
        raise ValueError("the token ids of this vocabulary do not fit 16 bits")
    pieces = [
        np.array([separator, *encoding.ids], dtype=np.uint16)
        for encoding in tokenizer.encode_batch(list(texts))
    ]
    return np.concatenate(pieces)


def batch_windows(tokens: Tokens, *, seed: int, step: int, size: int, length: int) -> Tokens:
    """`size` windows of `length` + 1 tokens at random places: inputs and their successors.

    Depends on its arguments alone, so that a resumed run sees what an unbroken one sees.
    """
    rng = np.random.default_rng([seed, step])
    starts = rng.integers(0, len(tokens) - length, size)
    windows: Tokens = tokens[starts[:, None] + np.arange(length + 1)]
    return windows
