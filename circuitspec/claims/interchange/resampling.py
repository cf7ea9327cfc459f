"""Resampling: with values from any pretraining text, the answer stays.

For nodes that are said not to matter here. Their values are those of the full model at random
positions of held-out text, one position of text for each position of a prompt (see `resampled`).

`rest` is all of the scope that is not in the circuit. In the full model its nodes are replaced and
every weight is left. In the circuit alone these nodes are ablated anyway, and so are the weights
between its nodes that a spec with edges does not list: these carry values from text as well. It is
the resample ablation of the circuit.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from circuitspec.claims.interchange.intervene import Given, intervene, spot_positions
from circuitspec.claims.interchange.outcome import Outcome, weighed
from circuitspec.claims.interchange.runner import Runner, runs_of
from circuitspec.claims.interchange.subjects import nodes_named, unmoved
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.patched import Columns, columns_of
from circuitspec.engine.resampled import Donors, resampled_values, text_donors
from circuitspec.language.claim_words import Run
from circuitspec.language.claims import Resampling
from circuitspec.language.words import REST
from circuitspec.model.places import all_places
from circuitspec.tasks.tokens import PairBatch

_DONORS = 0x7264
_DRAWS = 0x7273


def weigh_resampling(claim: Resampling, trial: Trial) -> Weighed:
    """Measure the share of answers that stay, among pairs that were answered rightly.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    if trial.held_out is None:
        return Weighed(question=None, vacuous="the model comes with no held-out text to draw from")
    text = _Text(claim, trial)
    outcomes = [_outcome(claim, trial, run, text) for run in runs_of(claim.run)]
    return weighed(claim, trial, outcomes, vacuous=unmoved(claim, trial, [[o] for o in outcomes]))


class _Text:
    """The donors, run when they are first asked for: what was kept needs none."""

    def __init__(self, claim: Resampling, trial: Trial) -> None:
        self._trial = trial
        nodes = nodes_named(trial, claim.nodes)
        self.places = sorted({node.place for node in nodes}, key=lambda place: place.order)
        if REST in claim.nodes:
            self.places = sorted(trial.circuit.scope, key=lambda place: place.order)
        self._donors: Donors | None = None

    def drawn(self, batch: int, positions: int, rng: np.random.Generator) -> AblationValues:
        """Values for every place that is needed."""
        if self._donors is None:
            trial = self._trial
            assert trial.held_out is not None
            self._donors = text_donors(
                trial.circuit.model.transformer,
                trial.held_out,
                self.places,
                np.random.default_rng([trial.seed, _DONORS]),
            )
        return resampled_values(self._donors, batch, positions, rng)


def _outcome(claim: Resampling, trial: Trial, run: Run, text: _Text) -> Outcome:
    runner = Runner.of(trial, run, nodes_named(trial, claim.nodes))
    rest = REST in claim.nodes
    ablated = {} if run == "model" else _ablated(runner, rest=rest)

    def give(batch: PairBatch, own: Tensor) -> Given:
        # A stream for each batch: what a pair is given does not depend on what came before it.
        rng = np.random.default_rng([trial.seed, _DRAWS, batch.members[0]])
        drawn = text.drawn(own.shape[0], own.shape[1], rng)
        values = [drawn[place][..., indices] for place, indices in runner.columns.items()]
        positions = spot_positions(batch, claim.at)
        return Given(
            torch.cat(values, dim=-1).to(own.dtype),
            positions,
            asked=torch.ones(len(batch.members), 2, dtype=torch.bool),
            ablation=None if run == "model" else _ablation(trial, ablated, drawn, positions),
        )

    assert trial.held_out is not None
    settings: dict[str, object] = {
        "claim": "resampling",
        "at": claim.at,
        "seed": trial.seed,
        "text": trial.held_out.sha256,
        "rest": rest,
    }
    return intervene(runner, give, settings)


def _ablated(runner: Runner, *, rest: bool) -> Columns:
    """The nodes whose ablation value is drawn from text, in the circuit alone.

    With `rest` that is all of the scope. What a node of the circuit is ablated by, only its
    unlisted weights carry.
    """
    circuit = runner.trial.circuit
    inside = set(circuit.nodes)
    if rest:
        return {place: torch.arange(circuit.model.config.width(place)) for place in circuit.scope}
    return columns_of((node.place, node.index) for node in runner.nodes if node not in inside)


def _ablation(
    trial: Trial, ablated: Columns, drawn: AblationValues, positions: Tensor | None
) -> AblationValues:
    """What is ablated in the circuit alone, with what was drawn in place of its usual values."""
    circuit = trial.circuit
    values = {place: circuit.ablation[place] for place in all_places(circuit.model.config.n_layer)}
    for place, columns in ablated.items():
        usual = values[place].to(drawn[place].dtype).expand(drawn[place].shape).clone()
        given = drawn[place][..., columns]
        if positions is not None:
            given = torch.where(positions[..., None], given, usual[..., columns])
        usual[..., columns] = given
        values[place] = usual
    return AblationValues("resample", values)
