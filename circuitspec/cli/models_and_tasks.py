"""`circuitspec models` and `circuitspec tasks`: what is there, and how well the one does the other.

Torch is imported for scores alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from circuitspec.cli.exits import UserError
from circuitspec.cli.list_format import ListFormat
from circuitspec.cli.models import chosen_blueprint, chosen_model
from circuitspec.cli.progress import progress_bar
from circuitspec.model.shipped import shipped_models
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import attack_tasks, describe_task, load_task, shipped_tasks

if TYPE_CHECKING:
    from circuitspec.model.blueprint import Blueprint
    from circuitspec.tasks.measure import TaskScore
    from circuitspec.tasks.task import Task

DONE_LOSS = 0.15
DONE_ACCURACY = 0.95
"""A model does a task if it loses at most this much, and is right this often at least."""


@dataclass(frozen=True)
class ModelScores:
    """How well a model does some tasks, on their verifying pairs.

    Attributes:
        scores: by task.
        refused: why the model's tokenizer cannot ask the other tasks.
    """

    scores: dict[str, TaskScore]
    refused: dict[str, str]

    @property
    def done(self) -> int:
        """How many tasks the model does."""
        return sum(map(does, self.scores.values()))


def does(score: TaskScore) -> bool:
    """Whether a model with this score does the task."""
    return score.loss <= DONE_LOSS and score.accuracy >= DONE_ACCURACY


def list_models(names: Sequence[str], output: ListFormat, *, scores: bool) -> int:
    """List the models called `names`, or the shipped ones; returns the exit code.

    Raises:
        UserError: there is no such model, or it is damaged.
    """
    chosen = list(names) or list(shipped_models())
    models = {name: _blueprint(name) for name in chosen}
    tasks = [load_task(name) for name in shipped_tasks()] if scores else []
    measured = {name: _measure(name, tasks) for name in models if scores}
    if output is ListFormat.JSON:
        found = [_model_values(name, models[name], measured.get(name)) for name in models]
        print(json.dumps({"models": found}, indent=2))
        return 0
    for index, (name, model) in enumerate(models.items()):
        if index:
            print()
        print("\n".join(_model_lines(name, model, measured.get(name))))
    return 0


def list_tasks(
    names: Sequence[str], model_names: Sequence[str], output: ListFormat, *, scores: bool
) -> int:
    """List the tasks called `names`, or the shipped ones; returns the exit code.

    Those that are made to break circuits are listed apart, and scored only if they are named.

    Args:
        model_names: which models to score; the shipped ones if none is named.

    Raises:
        UserError: there is no such task or model, or it is damaged.
    """
    tasks = [_task(name) for name in names or shipped_tasks()]
    models = list(model_names or shipped_models()) if scores else []
    measured = {name: _measure(name, tasks) for name in models}
    if output is ListFormat.JSON:
        found: dict[str, object] = {"tasks": [_task_values(task, measured) for task in tasks]}
        if not (names or scores):
            found["attacks"] = [_task_values(_task(name), {}) for name in attack_tasks()]
        print(json.dumps(found, indent=2))
    elif scores:
        print("\n".join(_score_table(tasks, measured)))
    elif names:
        print("\n\n".join("\n".join(_task_lines(task)) for task in tasks))
    else:
        width = max(map(len, (*shipped_tasks(), *attack_tasks())))
        print("\n".join(f"{task.name:{width}}  {task.description}" for task in tasks))
        print("\nMade to break circuits, for predictions:\n")
        print("\n".join(f"{name:{width}}  {describe_task(name)}" for name in attack_tasks()))
    return 0


def _blueprint(name: str) -> Blueprint:
    model = chosen_blueprint(name)
    assert model is not None
    return model


def _task(name: str) -> Task:
    try:
        return load_task(name)
    except TaskError as error:
        found = error.diagnostic
        message = "\n".join([str(error), *(f"  note: {note}" for note in found.notes)])
        raise UserError(message, found.help, code=found.code) from None


def _measure(model_name: str, tasks: Sequence[Task]) -> ModelScores:
    from circuitspec.tasks.measure import AskedTasks

    model = chosen_model(model_name)
    assert model is not None
    asked = AskedTasks(tasks, model.tokenizer, "verifying")
    scores: dict[str, TaskScore] = {}
    count = len(tasks) - len(asked.refused)
    with progress_bar(model_name) as report:
        for name, score in asked.scores(model.transformer):
            scores[name] = score
            report(len(scores), count, name)
    refused = {name: str(error) for name, error in asked.refused.items()}
    return ModelScores(scores, refused)


def _size(model: Blueprint) -> tuple[int, int]:
    """How many entries the weight matrices have, and how many of them are not zero."""
    matrices = [values for values in model.parameters.values() if values.ndim == 2]
    return sum(m.size for m in matrices), sum(int((m != 0).sum()) for m in matrices)


def _model_lines(name: str, model: Blueprint, measured: ModelScores | None) -> Iterator[str]:
    shape = model.config
    entries, nonzero = _size(model)
    yield f"{name}"
    yield (
        f"  {shape.n_layer} layer{'' if shape.n_layer == 1 else 's'}, d_model {shape.d_model}, "
        f"{shape.n_head} heads of {shape.d_head}, d_mlp {shape.d_mlp}, vocabulary "
        f"{shape.vocab_size}, context {shape.n_ctx}"
    )
    yield f"  {nonzero:,} of {entries:,} weights nonzero ({nonzero / entries:.2%})"
    if measured is None:
        return
    yield f"  does {measured.done} of {len(measured.scores) + len(measured.refused)} tasks"
    yield ""
    width = max(map(len, (*measured.scores, *measured.refused)), default=0)
    if measured.scores:
        yield f"  {'':{width}}  {_HEAD}"
    for task, score in sorted(measured.scores.items()):
        yield f"  {task:{width}}  {_shown(score)}".rstrip()
    for task in sorted(measured.refused):
        yield f"  {task:{width}}  its tokenizer cannot ask this"


_HEAD = "  loss   right"


def _shown(score: TaskScore | None) -> str:
    if score is None:
        return f"{'-':>6} {'-':>7}     "
    return f"{score.loss:6.3f} {score.accuracy:7.1%} {'done' if does(score) else '    '}"


def _score_table(tasks: Sequence[Task], measured: dict[str, ModelScores]) -> Iterator[str]:
    width = max(len(task.name) for task in tasks)
    cell = len(_shown(None))
    yield f"{'':{width}}  " + "  ".join(f"{name:{cell}}" for name in measured).rstrip()
    yield f"{'':{width}}  " + "  ".join(f"{_HEAD:{cell}}" for _ in measured).rstrip()
    for task in tasks:
        cells = (_shown(found.scores.get(task.name)) for found in measured.values())
        yield f"{task.name:{width}}  " + "  ".join(f"{cell_:{cell}}" for cell_ in cells).rstrip()
    totals = (f"{found.done} done" for found in measured.values())
    yield f"{'':{width}}  " + "  ".join(f"{total:>{cell}}" for total in totals).rstrip()
    if any(found.refused for found in measured.values()):
        yield ""
        yield "-: the model's tokenizer has no tokens to ask this task with"


def _task_lines(task: Task) -> Iterator[str]:
    yield f"{task.name}: {task.description}"
    yield f"  {len(task.finding)} pairs to find circuits with, {len(task.verifying)} to verify them"
    for pair in (task.finding or task.verifying)[:2]:
        for prompt, answer in zip(pair.prompts, pair.answers, strict=True):
            yield f"  {prompt!r} -> {answer!r}"


def _model_values(name: str, model: Blueprint, measured: ModelScores | None) -> dict[str, object]:
    entries, nonzero = _size(model)
    values: dict[str, object] = {
        "name": name,
        "sha256": model.sha256,
        "config": model.config.model_dump(mode="json"),
        "weights": entries,
        "nonzero": nonzero,
    }
    if measured is not None:
        values["tasks"] = _score_values(measured)
    return values


def _task_values(task: Task, measured: dict[str, ModelScores]) -> dict[str, object]:
    values: dict[str, object] = {
        "name": task.name,
        "description": task.description,
        "finding": len(task.finding),
        "verifying": len(task.verifying),
        "sha256": task.sha256,
    }
    if measured:
        values["models"] = {
            model: _score_values(found)[task.name] for model, found in measured.items()
        }
    return values


def _score_values(measured: ModelScores) -> dict[str, dict[str, object]]:
    scored = {
        task: asdict(score) | {"done": does(score)} for task, score in measured.scores.items()
    }
    refused = {task: {"refused": reason} for task, reason in measured.refused.items()}
    return dict(sorted((scored | refused).items()))
