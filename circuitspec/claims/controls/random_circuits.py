"""Beats random circuits: dropping the circuit hurts more than dropping as much drawn at random.

A control has as many nodes at every place as the circuit. They are drawn among the live nodes of
that place: a node that says nothing on the task, or always its ablation value, could be dropped by
anyone, and a circuit that beats such controls has beaten straw men. The circuit's own nodes are
among those drawn from. That makes controls harder to beat than sets of other nodes, and it makes
the comparison a test: if the circuit were nothing but a random set of live nodes, its rank among
the draws would be uniform.

What is dropped of a circuit that lists edges are these weights. It must beat two kinds of controls:
as many nonzero weights of every matrix, drawn among those whose source is live; and, node sets
against its nodes, the same as a circuit without edges.

How hard a draw hurts is the mean loss over the same pairs for all; a tie counts against the claim.
Each draw follows from the seed and its number alone. One draws until the claim is decided, with
bounds that hold whenever one stops (see `statistics.sequential`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor

from circuitspec.claims.controls.drops import Drops, model_does_the_task
from circuitspec.claims.live import live_nodes
from circuitspec.claims.parts import parts_of
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.claims.weigh import Weighed
from circuitspec.engine.dropping import Dropped
from circuitspec.language.claims import Beats
from circuitspec.model.places import Place
from circuitspec.model.transformer import Transformer
from circuitspec.statistics.decide import Question
from circuitspec.statistics.rank import beaten
from circuitspec.statistics.sequential import AnytimeShare, cautious_level, sample_until_decided
from circuitspec.statistics.skewed_mean import Bools, Floats
from circuitspec.statistics.worst import Worst
from circuitspec.tasks.spread import spread_over_templates
from circuitspec.tasks.tokens import tokenize_pairs

Kind: TypeAlias = Literal["nodes", "weights"]

# Two of each of 16 templates: a run takes time, and there are hundreds.
PAIRS = 32

# As many draws in any case, of which the rank among them is taken, and no more than so many.
LEAST, MOST = 100, 500
_BLOCK = 25
_STREAM: dict[Kind, int] = {"nodes": 0x726E, "weights": 0x7277}


def weigh_random_circuits(claim: Beats, trial: Trial) -> Weighed:
    """Drop the circuit, and as much at random many times.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    circuit = trial.circuit
    kinds: tuple[Kind, ...] = ("nodes",)
    if circuit.edges == ():
        return Weighed(question=None, vacuous="the circuit has no edge to drop")
    if circuit.edges is not None:
        kinds = ("nodes", "weights")
    found = {kind: _measured(trial, kind, claim) for kind in kinds}
    shares = {f"against random {kind}": drawn.share for kind, drawn in found.items()}

    return Weighed(
        question=Question(Worst(tuple(shares.values()), ">="), claim.comparison, claim.threshold),
        premises=(model_does_the_task(trial),),
        parts=parts_of(shares),
        facts=tuple(drawn.fact(kind) for kind, drawn in found.items()),
    )


@dataclass(frozen=True, eq=False)
class Drawn:
    """What dropping does, in nats of mean loss over the same pairs.

    Attributes:
        own: without the circuit.
        controls: [draw], without as much at random.
        share: how many draws hurt less than the circuit.
        pool: how many nodes or weights there were to draw from.
        size: how many a draw has.
    """

    own: float
    controls: Floats
    share: AnytimeShare
    pool: int
    size: int

    def fact(self, kind: Kind) -> str:
        """For the report."""
        what = "live nodes" if kind == "nodes" else "nonzero weights of live nodes"
        return (
            f"without the circuit's {kind} the loss is {self.own:.3g}; without {self.size} of "
            f"{self.pool} {what} drawn at random it is {np.median(self.controls):.3g} in the "
            f"median and {self.controls.max():.3g} at most; among the first {LEAST} its rank has a "
            f"p of {beaten(self.own, self.controls[:LEAST]).rank_p:.2g} ({PAIRS} pairs at most)"
        )


def _measured(trial: Trial, kind: Kind, claim: Beats) -> Drawn:
    circuit = trial.circuit
    pairs = spread_over_templates(trial.task.verifying, PAIRS)
    key = {
        **identity(circuit, trial.task),
        "measured": "random circuits",
        "kind": kind,
        "pairs": list(pairs),
        "seed": trial.seed,
    }
    prepared: list[tuple[Pool, Drops]] = []

    def prepare() -> tuple[Pool, Drops]:
        if not prepared:
            pool = pool_of(trial, kind)
            prepared.append((pool, Drops(trial, pairs, first=pool.own.first)))
        return prepared[0]

    def own() -> Arrays:
        pool, drops = prepare()
        loss = drops.scores(pool.own, "the model without the circuit").loss.mean()
        return {
            "loss": np.array(float(loss)),
            "pool": np.array(pool.size),
            "count": np.array(pool.count),
        }

    def block(first: int) -> Arrays:
        pool, drops = prepare()
        drawn = (pool.draw(trial.seed, index) for index in range(first, first + _BLOCK))
        scores = (drops.scores(one, "a random control") for one in drawn)
        return {"loss": np.array([float(score.loss.mean()) for score in scores])}

    found = trial.store.get({**key, "block": "own"}, own)
    losses: list[Floats] = []

    def hurts_less(first: int, count: int) -> Bools:
        trial.tell(first, MOST, f"random {kind} dropped")
        losses.append(trial.store.get({**key, "block": first}, partial(block, first))["loss"])
        less: Bools = losses[-1][:count] < found["loss"]
        return less

    share = sample_until_decided(
        hurts_less,
        claim.comparison,
        claim.threshold,
        cautious_level(trial.level, len(trial.claims)),
        MOST,
        least=LEAST,
        block=_BLOCK,
        unit="random circuits",
    )
    return Drawn(
        own=float(found["loss"]),
        controls=np.concatenate(losses),
        share=share,
        pool=int(found["pool"]),
        size=int(found["count"]),
    )


@dataclass(frozen=True, eq=False)
class Pool:
    """What controls are drawn from.

    Attributes:
        own: the circuit's.
        live: per place, or target place of a matrix, the candidates: indices [candidate], or
            entries [candidate, 2] as row and column.
        counts: per place how many of them a draw has.
    """

    kind: Kind
    own: Dropped
    live: Mapping[Place, Tensor]
    counts: Mapping[Place, int]

    @property
    def size(self) -> int:
        """Candidates in all."""
        return sum(len(candidates) for candidates in self.live.values())

    @property
    def count(self) -> int:
        """How many are drawn."""
        return sum(self.counts.values())

    def draw(self, seed: int, index: int) -> Dropped:
        """The draw of that number; without replacement within a place."""
        rng = np.random.default_rng([seed, _STREAM[self.kind], index])
        chosen = {}
        for place, count in self.counts.items():
            picked = rng.permutation(len(self.live[place]))[:count]
            chosen[place] = self.live[place][torch.from_numpy(np.sort(picked))]
        if self.kind == "nodes":
            return Dropped(chosen)
        return Dropped({}, {place: (entry[:, 0], entry[:, 1]) for place, entry in chosen.items()})


def pool_of(trial: Trial, kind: Kind) -> Pool:
    """The live nodes of the circuit's places, or the weights from live nodes of its matrices."""
    circuit = trial.circuit
    model = circuit.model.transformer
    live = live_nodes(
        model,
        tokenize_pairs(trial.task.verifying, circuit.model.tokenizer),
        circuit.ablation,
        {node.place for node in circuit.nodes} | set(circuit.scope),
    )
    for node in circuit.nodes:
        live[node.place][node.index] = True
    if kind == "nodes":
        own = Dropped.of(circuit.nodes)
        return Pool(
            kind,
            own,
            {place: live[place].nonzero()[:, 0] for place in own.nodes},
            {place: len(indices) for place, indices in own.nodes.items()},
        )
    own = Dropped.of(edges=circuit.edges or ())
    return Pool(
        kind,
        own,
        {target: _entries(model, target, live) for target in own.weights},
        {target: len(rows) for target, (rows, _) in own.weights.items()},
    )


def _entries(model: Transformer, target: Place, live: Mapping[Place, Tensor]) -> Tensor:
    assert target.source is not None
    weight = model.matrix(target).weight.detach()
    return ((weight != 0) & live[target.source]).nonzero()
