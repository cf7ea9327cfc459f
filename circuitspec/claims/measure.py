"""Running the model for claims: every run is made once, over the task's verifying pairs.

Where a spec declares a calibration, the circuit is also run over the finding pairs, and what is
fitted there is applied to its runs over the verifying pairs, node or edge left out or not: what a
unit costs is then measured in one and the same unit, and not after another fit. The full model and
the model without the circuit are what they are. So is the emptied circuit; but a claim about a
circuit that was fitted must not pass for what nothing at all would do if it were fitted, so that
there is also the emptied circuit with a fit of its own. (Often it answers both prompts of a pair
alike, and no fit helps it. Not so where they end in different tokens, which it still sees.)

A run is scored pair by pair and kept, so that claims share it. One that gives anything but finite
numbers is refused to whoever asks for its scores: a NaN compares as "wrong answer" and would
otherwise pass for a measurement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import torch
from torch import Tensor

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Edge, Node
from circuitspec.claims.store import Arrays, Store, identity
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masked import run_masked
from circuitspec.language.spec import Calibration
from circuitspec.model.places import Place
from circuitspec.model.transformer import Tap
from circuitspec.report.report import six_digits
from circuitspec.statistics.skewed_mean import Bools, Floats
from circuitspec.tasks.calibration import LogitFit, NoFit, fit_calibration
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.scores import PairScores, score_pairs
from circuitspec.tasks.task import Task
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

OnProgress: TypeAlias = Callable[[int, int, str], None]
"""Called after each run as (runs done, runs in all, what was run)."""


def quiet(done: int, planned: int, what: str) -> None:
    """Reports no progress."""


class MeasurementError(Exception):
    """A run that a claim needs gave no numbers; `str()` of it is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class Scores:
    """How one run did; all numbers are finite.

    Attributes:
        loss: [pair] two-token cross-entropy in nats, mean of both prompts.
        right: [pair, 2] whether the right token has the larger logit.
    """

    loss: Floats
    right: Bools


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest value of a node over all prompts and positions."""

    least: float
    greatest: float


@dataclass(eq=False)
class Measurements:
    """The runs of one circuit on one task. Every method may raise `MeasurementError`.

    Attributes:
        planned: how many runs there will be, for `on_progress`.
        calibration: what is to be fitted to the logits of the circuit alone; None for nothing.
        store: keeps runs for the next time.
    """

    circuit: Circuit
    task: Task
    planned: int
    on_progress: OnProgress
    calibration: Calibration | None = None
    store: Store = field(default_factory=Store)
    _runs: dict[str, Arrays] = field(default_factory=dict)
    _fits: dict[str, LogitFit | NoFit] = field(default_factory=dict)

    def full(self) -> Scores:
        """The model as it is."""
        return _scores(self._full())

    def keep(self) -> Scores:
        """The circuit alone, calibrated if that is declared and can be."""
        return _scores(self.calibrated(self._keep()))

    def uncalibrated(self) -> Scores:
        """The circuit alone, as it is."""
        return _scores(self._keep())

    def drop(self) -> Scores:
        """The model without the circuit."""
        return _scores(self._run("the model without the circuit", self._run_drop))

    def empty(self) -> Scores:
        """Everything in scope ablated."""
        return _scores(self._empty())

    def emptied(self) -> dict[str, Scores]:
        """The same, and with a fit of its own where one is declared and possible; by what to add
        to a sentence about it."""
        return {how: _scores(scores) for how, scores in self.emptied_as(self._empty()).items()}

    def emptied_as(self, scores: PairScores) -> dict[str, PairScores]:
        """A run of the emptied circuit, whatever else was held still in it, in the same ways."""
        found = {"": scores}
        if self.calibration is not None:
            fit = self._fit(self.circuit.emptied(), "the emptied circuit", self.calibration)
            if isinstance(fit, LogitFit):
                found[", calibrated in its own way"] = _with(fit, scores)
        return found

    def model_less_nothing(self) -> Floats:
        """[pair]: by how much the full model's logit difference is above the emptied circuit's,
        mean of both prompts."""
        found: Floats = (self._full().logit_diff - self._empty().logit_diff).mean(dim=1).numpy()
        return found

    def fit(self) -> LogitFit | NoFit | None:
        """What was fitted to the circuit alone; None where nothing is declared."""
        if self.calibration is None:
            return None
        return self._fit(self.circuit, "the circuit alone", self.calibration)

    def calibrated(self, scores: PairScores) -> PairScores:
        """A run of the circuit or a part of it, with what was fitted to the whole, if anything."""
        fit = self.fit()
        return _with(fit, scores) if isinstance(fit, LogitFit) else scores

    def misfit(self) -> str | None:
        """Why what is declared cannot be done to the circuit alone; None if it was."""
        fit = self.fit()
        return f"the circuit alone {fit.reason}" if isinstance(fit, NoFit) else None

    def without(self, unit: Node | Edge) -> Scores:
        """The circuit alone, less one node or edge."""

        def run() -> PairScores:
            if isinstance(unit, Node):
                return self._run_keep(self.circuit.without_node(unit), self._batches)
            return self._run_keep(self.circuit.without_edge(unit), self._batches)

        return _scores(self.calibrated(self._run(f"the circuit without {unit}", run)))

    def ranges(self) -> dict[Node, Range]:
        """What each of the circuit's nodes says in the full model."""
        self._full()
        found = self._runs[_FULL]
        return {
            node: Range(
                float(found[f"{node.place} least"][node.index]),
                float(found[f"{node.place} greatest"][node.index]),
            )
            for node in self.circuit.nodes
        }

    @cached_property
    def _identity(self) -> dict[str, object]:
        return identity(self.circuit, self.task)

    @cached_property
    def _identity_of_none(self) -> dict[str, object]:
        """The same for what is no matter of the circuit, so that others have it, too."""
        return identity(self.circuit.emptied(), self.task)

    @cached_property
    def _batches(self) -> tuple[PairBatch, ...]:
        return tokenize_pairs(self.task.verifying, self.circuit.model.tokenizer)

    @cached_property
    def _finding_batches(self) -> tuple[PairBatch, ...]:
        return tokenize_pairs(
            self.task.finding, self.circuit.model.tokenizer, called=self.task.finding_pair
        )

    def _full(self) -> PairScores:
        return self._run(_FULL, self._run_full, self._identity_of_none)

    def _keep(self) -> PairScores:
        return self._run("the circuit alone", lambda: self._run_keep(self.circuit, self._batches))

    def _empty(self) -> PairScores:
        empty = self.circuit.emptied()
        return self._run(
            "the emptied circuit",
            lambda: self._run_keep(empty, self._batches),
            self._identity_of_none,
        )

    def _fit(self, circuit: Circuit, what: str, calibration: Calibration) -> LogitFit | NoFit:
        def run() -> PairScores:
            return self._run_keep(circuit, self._finding_batches)

        if what not in self._fits:
            scores = self._run(f"{what} on the finding pairs", run)
            self._fits[what] = fit_calibration(scores, shift=calibration.shift)
        return self._fits[what]

    def _run_full(self) -> Arrays:
        """The scores, and what every node of the model says at least and at most."""
        tap = _RangeTap()
        transformer = self.circuit.model.transformer
        with torch.no_grad():
            scores = score_pairs(self._batches, lambda tokens: transformer(tokens, tap))
        return {**_arrays(scores), **tap.ends()}

    def _run_keep(self, circuit: Circuit, batches: tuple[PairBatch, ...]) -> PairScores:
        masks, compiler = circuit.keep_masks(), self._compiler
        if compiler is None:
            model = circuit.model.transformer
            return score_pairs(
                batches, lambda tokens: run_masked(model, tokens, masks, circuit.ablation)
            )
        run = compiler(masks)
        with torch.no_grad():
            return score_pairs(batches, lambda tokens: run(tokens, last_only=True))

    @cached_property
    def _compiler(self) -> Compiler | None:
        """None where an ablation value is not finite: what is compiled adds all of them up before
        it is known which are used."""
        circuit = self.circuit
        values = [circuit.ablation[place] for place in circuit.scope]
        if not all(bool(value.isfinite().all()) for value in values):
            return None
        return Compiler.of(circuit.model.transformer, circuit.ablation)

    def _run_drop(self) -> PairScores:
        circuit = self.circuit
        masks, model = circuit.drop_masks(), circuit.model.transformer
        return score_pairs(
            self._batches, lambda tokens: run_masked(model, tokens, masks, circuit.ablation)
        )

    def _run(
        self,
        what: str,
        run: Callable[[], PairScores | Arrays],
        of: Mapping[str, object] | None = None,
    ) -> PairScores:
        """What `run` comes to, all of it finite; it is made once for each `what`.

        Args:
            of: the identity of what is run, if it is not the circuit.
        """

        def measure() -> Arrays:
            found = run()
            return _arrays(found) if isinstance(found, PairScores) else found

        if what not in self._runs:
            try:
                self._runs[what] = self.store.get({**(of or self._identity), "run": what}, measure)
            except (TaskError, ValueError) as error:
                raise MeasurementError(f"{what} could not be run: {error}") from error
            self.on_progress(len(self._runs), self.planned, what)
        scores = PairScores.of(torch.from_numpy(self._runs[what]["logit_diff"]))
        # A logit difference of infinity may have a finite loss, but no model answers that.
        bad = ~(scores.logit_diff.isfinite().all(dim=1) & scores.loss.isfinite())
        if bad.any():
            raise MeasurementError(
                f"{what} gave NaN or infinity on {int(bad.sum())} of {len(bad)} pairs, "
                f"the first of them pair {int(bad.nonzero()[0])}"
            )
        return scores


_FULL = "the full model"


def _arrays(scores: PairScores) -> Arrays:
    return {"logit_diff": scores.logit_diff.numpy()}


def _scores(scores: PairScores) -> Scores:
    return Scores(loss=scores.loss.numpy(), right=scores.right.numpy())


def _with(fit: LogitFit, scores: PairScores) -> PairScores:
    """Scores under the numbers that a report has, so that its reader gets the same."""
    return scores.calibrated(six_digits(fit.scale), six_digits(fit.shift))


class _RangeTap(Tap):
    """Watches all nodes while a model runs, and changes nothing."""

    def __init__(self) -> None:
        self._ends: dict[Place, tuple[Tensor, Tensor]] = {}

    def activation(self, place: Place, value: Tensor) -> Tensor:
        """Takes note of `value` [batch, position, width] and hands it on."""
        least, greatest = value.amin(dim=(0, 1)), value.amax(dim=(0, 1))
        if place in self._ends:
            least = torch.minimum(least, self._ends[place][0])
            greatest = torch.maximum(greatest, self._ends[place][1])
        self._ends[place] = least, greatest
        return value

    def ends(self) -> Arrays:
        """Per place what each node said at least and at most, [width], over all that was run."""
        return {
            f"{place} {which}": value.numpy()
            for place, ends in self._ends.items()
            for which, value in zip(("least", "greatest"), ends, strict=True)
        }
