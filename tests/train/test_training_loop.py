"""A training run: deterministic, resumable after a kill, sparse at the end, and it learns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.training import tiny_config, tiny_tokens

from circuitspec.model.initialise import initialise
from circuitspec.model.transformer import Transformer
from circuitspec.train.config import TrainConfig
from circuitspec.train.corpus import Tokens
from circuitspec.train.learning_rate import learning_rate
from circuitspec.train.loop import Progress, held_out_loss, next_token_loss, train
from circuitspec.train.weight_sparsity import nonzero_fraction, sparse_matrices

CONFIG = tiny_config()
LOG = "log.jsonl"
STATE = "state.safetensors"


def run(
    folder: Path,
    config: TrainConfig = CONFIG,
    *,
    tokens: Tokens | None = None,
    corpus: str = "a corpus",
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Transformer:
    return train(
        config,
        tiny_tokens() if tokens is None else tokens,
        tiny_tokens(seed=1, length=100),
        folder,
        corpus_sha256=corpus,
        on_progress=on_progress,
    )


class Killed(BaseException):
    """Stands for the end of the process."""


def run_until(step: int, folder: Path, config: TrainConfig = CONFIG) -> None:
    def kill(progress: Progress) -> None:
        if progress.step == step:
            raise Killed

    with pytest.raises(Killed):
        run(folder, config, on_progress=kill)


def weights(model: Transformer) -> dict[str, bytes]:
    return {name: t.numpy().tobytes() for name, t in model.state_dict().items()}


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / LOG).read_text().splitlines()]


def test_the_same_config_gives_the_same_model_bit_for_bit(tmp_path: Path) -> None:
    first = run(tmp_path / "first")
    torch.manual_seed(99)
    second = run(tmp_path / "second")
    assert weights(first) == weights(second)
    for name in (LOG, STATE):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_another_seed_gives_another_model(tmp_path: Path) -> None:
    first = run(tmp_path / "first")
    second = run(tmp_path / "second", tiny_config(seed=1))
    assert weights(first) != weights(second)


@pytest.mark.parametrize("killed_at", [1, 4, 6, 11, 12])
def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path: Path, killed_at: int) -> None:
    """Kills before the first state, right at one, between two, and after the last step."""
    unbroken = run(tmp_path / "unbroken")
    run_until(killed_at, tmp_path / "killed")
    resumed = run(tmp_path / "killed")
    assert weights(resumed) == weights(unbroken)
    assert (tmp_path / "killed" / LOG).read_bytes() == (tmp_path / "unbroken" / LOG).read_bytes()


def test_a_run_can_be_killed_again_and_again(tmp_path: Path) -> None:
    unbroken = run(tmp_path / "unbroken")
    for killed_at in (3, 5, 5, 9):
        run_until(killed_at, tmp_path / "killed")
    assert weights(run(tmp_path / "killed")) == weights(unbroken)
    assert [line["step"] for line in log(tmp_path / "killed")] == list(range(1, 13))


def test_a_resumed_run_starts_at_the_last_state(tmp_path: Path) -> None:
    run_until(6, tmp_path)
    steps: list[int] = []
    run(tmp_path, on_progress=lambda progress: steps.append(progress.step))
    assert steps == list(range(5, 13))


def test_half_a_line_that_a_kill_left_in_the_log_is_dropped(tmp_path: Path) -> None:
    run_until(6, tmp_path)
    with (tmp_path / LOG).open("a") as file:
        file.write('{"step": 7, "train_l')
    run(tmp_path)
    assert [line["step"] for line in log(tmp_path)] == list(range(1, 13))


def test_a_finished_run_is_not_run_again(tmp_path: Path) -> None:
    model = run(tmp_path)
    before = (tmp_path / LOG).read_bytes()

    def fail(progress: Progress) -> None:
        pytest.fail(f"step {progress.step} was run again")

    assert weights(run(tmp_path, on_progress=fail)) == weights(model)
    assert (tmp_path / LOG).read_bytes() == before


@pytest.mark.parametrize(
    ("config", "corpus"),
    [
        (tiny_config(seed=1), "a corpus"),
        (tiny_config(steps=13), "a corpus"),
        (tiny_config(optimizer={"learning_rate": 0.03}), "a corpus"),
        (CONFIG, "another corpus"),
    ],
    ids=["seed", "steps", "optimizer", "corpus"],
)
def test_the_state_of_another_run_is_refused(
    tmp_path: Path, config: TrainConfig, corpus: str
) -> None:
    run_until(6, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in (LOG, STATE)}
    with pytest.raises(ValueError, match="another config or corpus"):
        run(tmp_path, config, corpus=corpus)
    assert {name: (tmp_path / name).read_bytes() for name in (LOG, STATE)} == before


@pytest.mark.parametrize("damage", [lambda content: content[:50], lambda content: b""])
def test_a_damaged_state_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    run_until(6, tmp_path)
    path = tmp_path / STATE
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="delete the file to start over"):
        run(tmp_path)


def test_every_step_has_its_line_in_the_log(tmp_path: Path) -> None:
    seen: list[Progress] = []
    model = run(tmp_path, on_progress=seen.append)
    lines = log(tmp_path)
    assert lines == [vars(progress) for progress in seen]
    assert [line["step"] for line in lines] == list(range(1, 13))
    for step, line in enumerate(lines):
        assert line["learning_rate"] == learning_rate(CONFIG, step)
        assert line["nonzero_fraction"] == nonzero_fraction(CONFIG.sparsity, (step + 1) / 12)
    evaluated = [line["step"] for line in lines if line["held_out_loss"] is not None]
    assert evaluated == [5, 10, 12]
    nonzeros = sum(int(matrix.count_nonzero()) for matrix, _ in sparse_matrices(model))
    assert lines[-1]["nonzeros"] == nonzeros


@pytest.mark.parametrize("floor", [0, 1, 4])
@pytest.mark.parametrize("anneal", ["linear", "exponential"])
def test_at_the_end_no_matrix_has_more_nonzeros_than_configured(
    tmp_path: Path, floor: int, anneal: str
) -> None:
    sparsity = {"nonzero_fraction": 0.1, "floor": floor, "anneal_until": 0.5, "anneal": anneal}
    model = run(tmp_path, tiny_config(sparsity=sparsity))
    for name, parameter in model.named_parameters():
        if parameter.ndim == 2:
            assert 0 < int(parameter.count_nonzero()) <= round(0.1 * parameter.numel()), name
        elif name.endswith("norm.weight"):
            assert parameter.all(), name


def test_weights_stay_dense_until_the_annealing_starts(tmp_path: Path) -> None:
    sparsity = {"nonzero_fraction": 0.1, "anneal_from": 0.5, "anneal_until": 1.0}
    run(tmp_path, tiny_config(sparsity=sparsity))
    nonzeros = [line["nonzeros"] for line in log(tmp_path)]
    assert nonzeros[0] == nonzeros[5] > nonzeros[6]
    assert nonzeros[6:] == sorted(nonzeros[6:], reverse=True)


def test_a_run_learns(tmp_path: Path) -> None:
    config = tiny_config(steps=150, evaluate_every=150, checkpoint_every=150)
    run(tmp_path, config)
    lines = log(tmp_path)
    assert lines[0]["train_loss"] > 2.9
    assert lines[-1]["held_out_loss"] < 2.4


@pytest.mark.parametrize(
    ("scaling", "target"), [("clip", 10.0), ("clip", 1e-3), ("normalise", 0.5)]
)
def test_gradients_are_scaled_as_configured(tmp_path: Path, scaling: str, target: float) -> None:
    """AdamW with an eps that dwarfs the gradient moves weights by rate / eps times the gradient."""
    optimizer = {"learning_rate": 1e4, "warmup": 0.0, "eps": 1e4, "weight_decay": 0.0}
    config = tiny_config(
        steps=1,
        sparsity={"nonzero_fraction": 1.0},
        optimizer=optimizer | {"gradient_scaling": scaling, "gradient_rms": target},
    )
    before = initialise(config.model, seed=config.seed).state_dict()
    after = run(tmp_path, config).state_dict()
    moved = torch.cat([(after[name] - before[name]).flatten() for name in before])
    unscaled = log(tmp_path)[0]["gradient_rms"]
    assert 1e-3 < unscaled < 0.5
    expected = unscaled if scaling == "clip" and target > unscaled else target
    assert float(moved.square().mean().sqrt()) == pytest.approx(expected, rel=0.02)


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path: Path) -> None:
    config = tiny_config(optimizer={"learning_rate": 1e30, "warmup": 0.0})
    with pytest.raises(FloatingPointError, match="lower the learning rate"):
        run(tmp_path, config)


def test_the_loss_is_the_mean_over_all_tokens(tmp_path: Path) -> None:
    model = run(tmp_path, tiny_config(steps=1))
    windows = tiny_tokens()[:18].reshape(2, 9)
    tokens = torch.from_numpy(windows.astype(np.int64))
    log_probabilities = model(tokens[:, :-1]).log_softmax(-1)
    expected = -log_probabilities.gather(-1, tokens[:, 1:, None]).mean()
    assert float(next_token_loss(model, windows).detach()) == pytest.approx(
        float(expected.detach())
    )


def test_the_held_out_loss_is_over_every_whole_window(tmp_path: Path) -> None:
    model = run(tmp_path, tiny_config(steps=1))
    tokens = tiny_tokens(length=36)
    windows = np.stack([tokens[start : start + 9] for start in (0, 8, 16, 24)])
    expected = float(next_token_loss(model, windows).detach())
    assert held_out_loss(model, tokens, 8) == pytest.approx(expected)


def test_held_out_text_that_is_too_short_is_refused(tmp_path: Path) -> None:
    model = run(tmp_path, tiny_config(steps=1))
    with pytest.raises(ValueError, match="do not fill a window"):
        held_out_loss(model, tiny_tokens(length=8), 8)


def test_the_log_says_how_the_tasks_stand_whenever_the_run_is_evaluated(tmp_path: Path) -> None:
    train(
        CONFIG,
        tiny_tokens(),
        tiny_tokens(seed=1, length=100),
        tmp_path,
        corpus_sha256="a corpus",
        evaluate_tasks=lambda model: {"a task": {"loss": 0.5}},
    )
    evaluated = {line["step"]: line["tasks"] for line in log(tmp_path) if line["tasks"]}
    assert evaluated == {step: {"a task": {"loss": 0.5}} for step in (5, 10, 12)}


def test_less_precision_trains_about_as_well_and_leaves_float32(tmp_path: Path) -> None:
    losses = {}
    for precision in ("float32", "bfloat16"):
        model = run(tmp_path / precision, tiny_config(precision=precision, steps=60))
        assert all(p.dtype == torch.float32 for p in model.parameters())
        losses[precision] = held_out_loss(model, tiny_tokens(seed=1, length=100), 8)
    assert losses["bfloat16"] != losses["float32"]
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.05)


def test_a_run_can_begin_from_a_model(tmp_path: Path) -> None:
    first = run(tmp_path / "first")
    second = train(
        tiny_config(steps=1, optimizer={"learning_rate": 1e-9}),
        tiny_tokens(),
        tiny_tokens(seed=1, length=100),
        tmp_path / "second",
        corpus_sha256="a corpus",
        start=first,
    )
    for name, values in first.state_dict().items():
        torch.testing.assert_close(second.state_dict()[name], values, rtol=0, atol=1e-6)


def test_a_run_from_other_weights_is_another_run(tmp_path: Path) -> None:
    run(tmp_path / "run")
    with pytest.raises(ValueError, match="belongs to a run with another config"):
        train(
            CONFIG,
            tiny_tokens(),
            tiny_tokens(seed=1, length=100),
            tmp_path / "run",
            corpus_sha256="a corpus",
            start=initialise(CONFIG.model, seed=5),
        )


def test_a_model_of_another_shape_is_no_start(tmp_path: Path) -> None:
    other = tiny_config(model=CONFIG.model.model_dump() | {"d_mlp": 8})
    with pytest.raises(ValueError, match="another shape"):
        train(
            CONFIG,
            tiny_tokens(),
            tiny_tokens(seed=1, length=100),
            tmp_path,
            corpus_sha256="a corpus",
            start=initialise(other.model, seed=0),
        )
