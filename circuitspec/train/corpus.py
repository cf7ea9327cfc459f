"""Training text: Python source that is on every machine, alone or with simple programs; hashed."""

from __future__ import annotations

import builtins
import hashlib
import keyword
import random
import re
import string
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from circuitspec.model.tokenizer import SEPARATOR
from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.train.config import DataConfig
from circuitspec.train.simple_programs import simple_programs

_NAME = re.compile(r"[A-Za-z_]\w*")
_LOWER = re.compile(r"[a-z][a-z_]{1,11}")

Tokens: TypeAlias = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Corpus:
    """Source files and programs, split by file.

    Attributes:
        train, held_out: the texts.
        sha256: over both.
        simple: how many of the texts are simple programs, in `train` and in `held_out`.
    """

    name: str
    train: tuple[str, ...]
    held_out: tuple[str, ...]
    sha256: str
    simple: tuple[int, int] = (0, 0)


def read_corpus(data: DataConfig) -> Corpus:
    """The corpus that `data` names."""
    library = read_standard_library(held_out_every=data.held_out_every)
    if data.corpus == "standard-library":
        return library
    return mix_in_simple_programs(
        library,
        share=data.simple_share,
        held_out_every=data.held_out_every,
        seed=data.simple_seed,
        further=frequent_names(library.train) if data.simple_names == "many" else (),
    )


@dataclass(frozen=True)
class LibraryFile:
    """A file of the standard library.

    Attributes:
        name: its path inside the library, with `/`.
        sha256: of its bytes.
        held_out: whether it is kept from training.
    """

    name: str
    text: str
    sha256: bytes
    held_out: bool


def library_files(*, held_out_every: int) -> Iterator[LibraryFile]:
    """The running interpreter's standard library, its tests included, without site-packages.

    Files are in the order of their paths. Those that are empty, that are not UTF-8 or that repeat
    another's text are left out. Which file is held out depends on its path alone, so that editing
    one file moves no other across the split.
    """
    root = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(
        (path.relative_to(root).as_posix(), path)
        for path in root.rglob("*.py")
        if "site-packages" not in path.parts
    )
    seen: set[bytes] = set()
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
        bucket = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
        yield LibraryFile(name, text, fingerprint, bucket % held_out_every == 0)


def read_standard_library(*, held_out_every: int) -> Corpus:
    """The files of the library; see `library_files`.

    The hash is over all of them in their order.
    """
    digest = hashlib.sha256()
    parts: tuple[list[str], list[str]] = ([], [])
    for file in library_files(held_out_every=held_out_every):
        digest.update(file.sha256)
        parts[file.held_out].append(file.text)
    return Corpus("standard-library", tuple(parts[0]), tuple(parts[1]), digest.hexdigest())


def mix_in_simple_programs(
    library: Corpus,
    *,
    share: float,
    held_out_every: int,
    seed: int,
    further: Sequence[str] = (),
) -> Corpus:
    """`library` with simple programs between its files, until they are `share` of all characters.

    Every `held_out_every`th program is held out; none occurs twice. The documents of either side
    are in an order of their own, drawn from `seed`.

    Args:
        further: names for the programs, besides their own.
    """
    missing = sum(map(len, (*library.train, *library.held_out))) * share / (1 - share)
    digest = hashlib.sha256(library.sha256.encode())
    seen: set[str] = set()
    simple: tuple[list[str], list[str]] = ([], [])
    for program in simple_programs(seed, further):
        if missing <= 0:
            break
        if program in seen:
            continue
        simple[len(seen) % held_out_every == held_out_every - 1].append(program)
        seen.add(program)
        digest.update(program.encode())
        missing -= len(program)
    rng = random.Random(seed)
    train, held_out = [*library.train, *simple[0]], [*library.held_out, *simple[1]]
    rng.shuffle(train)
    rng.shuffle(held_out)
    return Corpus(
        "standard-library+simple-programs",
        tuple(train),
        tuple(held_out),
        digest.hexdigest(),
        (len(simple[0]), len(simple[1])),
    )


def frequent_names(texts: Iterable[str], *, most: int = 2000) -> tuple[str, ...]:
    """The names in lower case that occur most often in `texts`, and the letters.

    Without keywords and built-in names, and without every word of a prompt that verifies circuits:
    a task measures what a model does with names that simple programs have not shown it.
    """
    left_out = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "cls"}
    for task in map(load_task, shipped_tasks()):
        for pair in task.verifying:
            left_out.update(word for prompt in pair.prompts for word in _NAME.findall(prompt))
    counts = Counter(name for text in texts for name in _NAME.findall(text))
    names = (n for n, _ in counts.most_common() if _LOWER.fullmatch(n) and n not in left_out)
    letters = (letter for letter in string.ascii_lowercase if letter not in left_out)
    return tuple(sorted({*islice(names, most), *letters}))


def encode(tokenizer: Tokenizer, texts: tuple[str, ...], *, at_once: int = 1024) -> Tokens:
    """All `texts` as one row of token ids, each file after a separator token.

    Args:
        at_once: how many texts are encoded together; what a text becomes does not depend on it.
    """
    separator = tokenizer.token_to_id(SEPARATOR)
    if tokenizer.get_vocab_size() > np.iinfo(np.uint16).max:
        raise ValueError("the token ids of this vocabulary do not fit 16 bits")
    pieces = [
        np.array([separator, *encoding.ids], dtype=np.uint16)
        for first in range(0, len(texts), at_once)
        for encoding in tokenizer.encode_batch(list(texts[first : first + at_once]))
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
