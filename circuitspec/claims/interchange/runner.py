"""The full model and the circuit alone as things whose nodes can be watched and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from circuitspec.circuit.nodes import Node
from circuitspec.claims.measure import MeasurementError
from circuitspec.claims.parts import RUN_IN_WORDS
from circuitspec.claims.trial import Trial
from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masks import Masks
from circuitspec.engine.patched import Columns, Patch, columns_of, run_patched, run_watched
from circuitspec.language.claim_words import RUNS, Run
from circuitspec.model.places import Place
from circuitspec.report.report import six_digits
from circuitspec.tasks.calibration import LogitFit
from circuitspec.tasks.scores import PairScores, logit_difference

_AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class Runner:
    """One kind of run, and the nodes in question.

    Attributes:
        nodes: in forward order; values of them are [..., node] in that order.
        masks, ablation: of the circuit alone; None for the full model.
        fit: what the logits of the circuit alone are calibrated with, if anything.
    """

    trial: Trial
    run: Run
    nodes: tuple[Node, ...]
    masks: Masks | None
    ablation: AblationValues | None
    fit: LogitFit | None

    @staticmethod
    def of(trial: Trial, run: Run, nodes: Sequence[Node]) -> Runner:
        """A runner whose nodes are `nodes`, each once.

        Raises:
            MeasurementError: what the spec's calibration is fitted to could not be run.
        """
        ordered = tuple(sorted(set(nodes), key=lambda node: node.order))
        if run == "model":
            return Runner(trial, run, ordered, None, None, None)
        fit, circuit = trial.runs.fit(), trial.circuit
        calibration = fit if isinstance(fit, LogitFit) else None
        return Runner(trial, run, ordered, circuit.keep_masks(), circuit.ablation, calibration)

    @property
    def what(self) -> str:
        """What reports call it."""
        return RUN_IN_WORDS[self.run]

    @cached_property
    def columns(self) -> Columns:
        """The nodes by place."""
        return columns_of((node.place, node.index) for node in self.nodes)

    def watched(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Last-position logits [batch, vocab], and what the nodes say [batch, position, node]."""
        logits, values = run_watched(
            self.trial.circuit.model.transformer, tokens, self.columns, self.masks, self.ablation
        )
        return logits[:, -1], torch.cat([values[place] for place in self.columns], dim=-1)

    def patched(
        self,
        tokens: Tensor,
        given: Tensor,
        positions: Tensor | None,
        ablation: AblationValues | None = None,
    ) -> Tensor:
        """Last-position logits [batch, vocab] with the nodes saying `given`.

        Args:
            given: [batch, position, node].
            positions: where, bool [batch, position]; None is everywhere.
            ablation: what ablated nodes say, if it is not what they say otherwise.
        """
        return run_patched(
            self.trial.circuit.model.transformer,
            tokens,
            Patch(self.columns, self.by_place(given), positions),
            self.masks,
            ablation or self.ablation,
        )[:, -1]

    def by_place(self, values: Tensor) -> dict[Place, Tensor]:
        """Values [..., node], taken apart."""
        columns = self.columns
        widths = [len(indices) for indices in columns.values()]
        return dict(zip(columns, values.split(widths, dim=-1), strict=True))

    def differences(self, logits: Tensor, answers: Tensor, when: str) -> Tensor:
        """Right minus wrong logit [pair, 2], float64, calibrated where that is declared.

        Args:
            logits: last-position logits [pair * 2, vocab].
            answers: [pair, 2].
            when: what was run, for messages.

        Raises:
            MeasurementError: NaN or infinity.
        """
        found = logit_difference(logits.unflatten(0, (-1, 2)), answers).double()
        if not found.isfinite().all():
            raise MeasurementError(f"the {self.what} {when} gave NaN or infinity")
        if self.fit is None:
            return found
        scale, shift = six_digits(self.fit.scale), six_digits(self.fit.shift)
        return PairScores.of(found).calibrated(scale, shift).logit_diff

    def values_of(self, prompts: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """For each prompt [position]: its last logits [vocab], and its values [position, node]."""
        by_length: dict[int, list[int]] = {}
        for index, prompt in enumerate(prompts):
            by_length.setdefault(len(prompt), []).append(index)
        logits, values = [torch.empty(0)] * len(prompts), [torch.empty(0)] * len(prompts)
        for group in by_length.values():
            for first in range(0, len(group), _AT_ONCE):
                members = group[first : first + _AT_ONCE]
                rows, said = self.watched(torch.stack([prompts[index] for index in members]))
                for index, row, value in zip(members, rows, said, strict=True):
                    logits[index], values[index] = row, value
        return logits, values


def runs_of(run: Run | None) -> tuple[Run, ...]:
    """The runs that a claim is about."""
    return RUNS if run is None else (run,)
