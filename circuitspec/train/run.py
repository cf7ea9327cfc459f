"""One training run from config to model folder: corpus, tokenizer, loop, means, card."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock, Timeout
from pydantic import ValidationError
from tokenizers import Tokenizer
from torch import Tensor

from circuitspec.files import write_whole
from circuitspec.model.error import ModelError
from circuitspec.model.folder import Model, load_folder, save_folder
from circuitspec.model.held_out import HeldOut
from circuitspec.model.reference_means import measure_reference_means
from circuitspec.model.tokenizer import SEPARATOR, train_tokenizer
from circuitspec.tasks.measure import AskedTasks
from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.train.card import model_card
from circuitspec.train.config import TrainConfig
from circuitspec.train.corpus import Corpus, Tokens, batch_windows, encode, read_corpus
from circuitspec.train.loop import Progress, held_out_loss, train

# Windows for the reference means come from a stream of their own, apart from training batches.
_REFERENCE_STREAM = 1 << 30
_HELD_OUT_STREAM = 1 << 31
_HELD_OUT_TOKENS = 1 << 15

# Of each task, every time that the log has its score; on the finding side, so that nobody chooses
# a model by what verifies its circuits.
_PAIRS_IN_LOG = 64


class TrainError(Exception):
    """A run that cannot start or go on; `str()` of it is for the user."""


def load_config(path: Path) -> TrainConfig:
    """Read and check a run's TOML file.

    Raises:
        TrainError: no such file, not TOML, or a setting that is wrong or unknown.
    """
    try:
        return TrainConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise TrainError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainError(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(map(str, e['loc'])) or 'config'}: {e['msg']}" for e in error.errors()
        )
        raise TrainError(f"{path} does not describe a run:\n{problems}") from None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other runs from writing to `folder`; the system frees it when this one ends, or dies.

    Raises:
        TrainError: another run writes to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise TrainError(f"another run is writing to {folder}") from None
    try:
        yield
    finally:
        lock.release()


def run(
    config: TrainConfig,
    folder: Path,
    *,
    base: Path = Path(),
    device: str = "cpu",
    on_stage: Callable[[str], None] = lambda stage: None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Train `config` and write the model folder, resuming what an earlier call left there.

    Args:
        base: what `config.start` and `config.tokenizer` are relative to.
        device: where the training computes, as torch names it.

    Raises:
        TrainError: the folder holds another run, there is no model to start from, or the loss
            stopped being finite.
    """
    on_stage("reading the corpus")
    corpus = read_corpus(config.data)
    start = None if config.start is None else _start(base / config.start)
    on_stage("learning the tokenizer")
    tokenizer = start.tokenizer if start is not None else _tokenizer(config, corpus, base)
    on_stage("encoding")
    train_tokens, held_out = encode(tokenizer, corpus.train), encode(tokenizer, corpus.held_out)
    on_stage("training")
    shipped = (load_task(name) for name in shipped_tasks())
    tasks = AskedTasks(shipped, tokenizer, "finding", most=_PAIRS_IN_LOG)
    try:
        model = train(
            config,
            train_tokens,
            held_out,
            folder,
            corpus_sha256=corpus.sha256,
            start=None if start is None else start.transformer,
            device=device,
            evaluate_tasks=lambda model: {
                name: {"loss": score.loss, "accuracy": score.accuracy}
                for name, score in tasks.scores(lambda tokens: model(tokens.to(device)).cpu())
            },
            on_progress=on_progress,
        )
    except (ValueError, FloatingPointError) as error:
        raise TrainError(str(error)) from None
    on_stage("measuring reference means")
    model.requires_grad_(False).eval()
    reference = measure_reference_means(
        model,
        _reference_batches(config, train_tokens),
        source=f"{config.data.corpus} {corpus.sha256}, random windows of the training files",
    )
    save_folder(folder, model, tokenizer, reference, held_out_windows(config, corpus, held_out))
    loss = held_out_loss(model, held_out, config.data.sequence_length)
    write_whole(
        folder / "README.md",
        model_card(
            config,
            load_folder(folder),
            corpus=corpus,
            start=start,
            device=device,
            train_tokens=len(train_tokens),
            held_out_tokens=len(held_out),
            held_out_loss=loss,
        ),
    )


def _tokenizer(config: TrainConfig, corpus: Corpus, base: Path) -> Tokenizer:
    if config.tokenizer is None:
        return train_tokenizer(corpus.train, config.model.vocab_size, brackets=config.data.brackets)
    path = base / config.tokenizer
    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainError(f"the tokenizer {path} cannot be read: {error.strerror}") from None
    except Exception as error:  # the library raises nothing narrower
        raise TrainError(f"{path} is not a tokenizer: {error}") from None
    if tokenizer.get_vocab_size() != config.model.vocab_size:
        raise TrainError(
            f"{path} has {tokenizer.get_vocab_size()} tokens, model.vocab_size says "
            f"{config.model.vocab_size}"
        )
    if tokenizer.token_to_id(SEPARATOR) is None:
        raise TrainError(f"{path} has no token {SEPARATOR!r}, which separates files")
    return tokenizer


def _start(folder: Path) -> Model:
    try:
        return load_folder(folder)
    except ModelError as error:
        raise TrainError(f"the model to start from: {error}") from None


def held_out_windows(config: TrainConfig, corpus: Corpus, tokens: Tokens) -> HeldOut:
    """The sample of held-out text that travels with the model: windows at random places."""
    windows = batch_windows(
        tokens,
        seed=config.seed,
        step=_HELD_OUT_STREAM,
        size=_HELD_OUT_TOKENS // config.data.sequence_length,
        length=config.data.sequence_length - 1,
    )
    source = f"{corpus.name} {corpus.sha256}, random windows of the files kept from training"
    return HeldOut(windows.astype(np.int64), source)


def _reference_batches(config: TrainConfig, tokens: Tokens) -> Iterator[Tensor]:
    length = config.data.sequence_length
    size = 32
    for step in range(max(1, config.reference_tokens // (size * length))):
        windows = batch_windows(
            tokens, seed=config.seed, step=_REFERENCE_STREAM + step, size=size, length=length
        )
        yield torch.from_numpy(windows[:, :-1].astype(np.int64))
