"""`circuitspec train`: from a TOML file to a model folder."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from circuitspec.cli.exits import UserError
from circuitspec.cli.progress import progress_bar
from circuitspec.files import write_whole
from circuitspec.train.loop import Progress
from circuitspec.train.run import TrainError, alone_in, load_config, run


def train_model(config_path: Path, folder: Path, threads: int | None, device: str) -> int:
    """Train, with a bar on a terminal and a line per evaluation anywhere; returns the exit code.

    Raises:
        UserError: the config is wrong, the folder holds another run, or there is no such device.
    """
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # the latter where torch is without CUDA
        reason = str(error).splitlines()[0]
        raise UserError(f"torch cannot compute on {device!r}: {reason}") from None
    if threads is not None:
        torch.set_num_threads(threads)
    try:
        config = load_config(config_path)
        with alone_in(folder), progress_bar(config.name) as report:
            write_whole(folder / "train.toml", config_path.read_bytes())

            def show(progress: Progress) -> None:
                loss = f"loss {progress.train_loss:.3f}, {progress.nonzero_fraction:.2%} nonzero"
                report(progress.step, config.steps, loss)
                if progress.held_out_loss is not None:
                    held_out = f"held-out loss {progress.held_out_loss:.3f} nats per token"
                    print(f"step {progress.step}: {held_out}, {loss}", file=sys.stderr)
                if progress.tasks:
                    done = sum(task["accuracy"] >= 0.95 for task in progress.tasks.values())
                    tasks = f"{done} of {len(progress.tasks)} tasks at 95 % or more"
                    print(f"step {progress.step}: {tasks}", file=sys.stderr)

            run(
                config,
                folder,
                base=config_path.parent,
                device=device,
                on_stage=lambda stage: report(0, None, stage),
                on_progress=show,
            )
    except TrainError as error:
        raise UserError(str(error)) from None
    print(folder)
    return 0
