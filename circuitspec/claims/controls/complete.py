"""Complete: whatever is taken out of the circuit, circuit and model go on doing the same.

Wang et al. 2022 ("Interpretability in the wild", section 4): with F the mean logit difference of
right and wrong answer, C the circuit and M the model, C is complete if |F(C less K) - F(M less K)|
is small for every set K of its nodes. Where the model has a second way to the answer that is not in
the circuit, taking out K breaks the circuit and not the model, and the gap is large.

There are too many K to try all. Tried are

- none, which is what is called faithfulness,
- the nodes of each declaration,
- random ones, each node with probability 1/2,
- greedy ones: node by node, that which widens the gap most.

The worst of so many gaps is too large by chance alone. So the worst K is chosen on half of the
templates (or pairs, where there is one template), and its gap is measured on the other half, which
had no say. If every input is run there is no chance, and all are used for both.

Where the model hardly tells the answers apart there is no gap to anything. So the model must do the
task, and the emptied circuit must be further from it than is claimed.

K are nodes, of a circuit with edges too: C less K has no edge at K, and in M less K they are
ablated wherever they lead. F(C less K) is what the circuit says under its declared calibration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import Node, parse_node
from circuitspec.claims.controls.drops import Drops, model_does_the_task
from circuitspec.claims.parts import parts_of
from circuitspec.claims.store import Arrays, identity
from circuitspec.claims.trial import Trial
from circuitspec.claims.vacuous import Premise
from circuitspec.claims.weigh import Weighed
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.dropping import Dropped
from circuitspec.language.claim_words import Comparison
from circuitspec.language.claims import Complete
from circuitspec.report.report import six_digits
from circuitspec.statistics.decide import Question
from circuitspec.statistics.estimate import Bounds, Estimate, drawn
from circuitspec.statistics.skewed_mean import Floats
from circuitspec.statistics.worst import p_by_search
from circuitspec.tasks.calibration import LogitFit
from circuitspec.tasks.spread import spread_over_templates
from circuitspec.tasks.task import Pair

RANDOM_SETS = 10
GREEDY_STEPS = 5

# What sets are chosen on; they are measured on all of the other half.
_CHOOSING_PAIRS = 24
_STREAM = 0x636B


@dataclass(frozen=True)
class Size:
    """The absolute value of a mean, from the estimate of the mean itself."""

    signed: Estimate

    @property
    def value(self) -> float:
        """At least 0."""
        return abs(self.signed.value)

    @property
    def n(self) -> int:
        """As of the mean."""
        return self.signed.n

    @property
    def unit(self) -> str:
        """What `n` counts."""
        return drawn(self.signed)

    @property
    def exact(self) -> bool:
        """As of the mean."""
        return self.signed.exact

    def interval(self, level: float) -> Bounds:
        """What the mean's interval allows; from 0 where that has both signs."""
        low, high = self.signed.interval(level)
        ends = sorted((abs(low), abs(high)))
        return (0.0 if low <= 0 <= high else ends[0]), ends[1]

    def p_value(self, comparison: Comparison, threshold: float) -> float:
        """Found by search."""
        return 0.0 if self.exact else p_by_search(self, comparison, threshold)

    def attainable_p(self, comparison: Comparison, threshold: float) -> float:
        """As of the mean."""
        return self.signed.attainable_p(comparison, threshold)


@dataclass(frozen=True)
class Taken:
    """A set that is taken out of circuit and model.

    Attributes:
        how: how it came about, for the report.
        nodes: in forward order.
    """

    how: str
    nodes: tuple[Node, ...]


def weigh_complete(claim: Complete, trial: Trial) -> Weighed:
    """Find the worst set on one half, and measure its gap on the other.

    Raises:
        MeasurementError: a run gave NaN or infinity.
    """
    if (misfit := trial.runs.misfit()) is not None:
        return Weighed(question=None, vacuous=misfit)
    choosing, measuring = halves(trial.task.verifying, exact=trial.task.exact)
    if not choosing or not measuring:
        return Weighed(question=None, vacuous="one pair cannot be halved")
    found = _measured(trial, choosing, measuring)
    worst = found.worst
    gap = Size(trial.mean(found.circuit - found.model, measuring))
    means = {
        f"logit difference, {what} less K": trial.mean(differences, measuring)
        for what, differences in (("circuit", found.circuit), ("model", found.model))
    }
    named = ", ".join(map(trial.circuit.name_of, worst.nodes)) or "nothing"

    nothing = Size(trial.mean(trial.runs.model_less_nothing()[list(measuring)], measuring))
    return Weighed(
        question=Question(gap, claim.comparison, claim.threshold),
        premises=(
            model_does_the_task(trial),
            Premise(
                Question(nothing, claim.comparison, claim.threshold),
                holds=False,
                metric="gap",
                broken="nothing at all already is as near to the model",
                unclear="nothing at all is not shown to fail",
            ),
        ),
        parts=parts_of(means) if gap.exact or gap.n > 1 else None,
        facts=(
            f"worst K ({worst.how}): {named}",
            f"of {found.tried} sets, chosen on {found.chosen_on} pairs, where its gap was "
            f"{found.chosen_gap:.3g}; with nothing taken out it was {found.whole_gap:.3g} there",
        ),
    )


def halves(pairs: Sequence[Pair], *, exact: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The pairs of every other template, and the rest, by index; all twice if `exact`.

    Pairs of one template alone are halved alternately.
    """
    everything = tuple(range(len(pairs)))
    if exact:
        return everything, everything
    templates = list(dict.fromkeys(pair.template for pair in pairs))
    if len(templates) == 1:
        return everything[::2], everything[1::2]
    first = set(templates[::2])
    return (
        tuple(i for i in everything if pairs[i].template in first),
        tuple(i for i in everything if pairs[i].template not in first),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """The worst set.

    Attributes:
        circuit, model: [pair] logit differences without it, on the measuring half.
        chosen_gap, whole_gap: of it and of nothing, on the pairs that it was chosen on.
    """

    worst: Taken
    circuit: Floats
    model: Floats
    chosen_gap: float
    whole_gap: float
    chosen_on: int
    tried: int


def _measured(trial: Trial, choosing: Sequence[int], measuring: Sequence[int]) -> _Found:
    circuit, verifying = trial.circuit, trial.task.verifying
    few = spread_over_templates([verifying[i] for i in choosing], _CHOOSING_PAIRS)
    chosen_on = choosing if trial.task.exact else [choosing[i] for i in few]

    def measure() -> Arrays:
        search = _Search(trial, chosen_on)
        worst = search.worst()
        gaps = _Gaps(trial, measuring)
        return {
            "how": np.array(worst.how),
            "nodes": np.array([str(node) for node in worst.nodes], dtype=np.str_),
            "circuit": gaps.circuit(worst.nodes),
            "model": gaps.model(worst.nodes),
            "gaps": np.array([search.gap(worst.nodes), search.gap(())]),
            "tried": np.array(search.tried),
        }

    key = {
        **identity(circuit, trial.task),
        "measured": "complete",
        "groups": [[str(node) for node in group.nodes] for group in circuit.groups],
        "calibration": None if trial.runs.calibration is None else trial.runs.calibration.shift,
        "choosing": list(chosen_on),
        "measuring": list(measuring),
        "seed": trial.seed,
    }
    arrays = trial.store.get(key, measure)
    nodes = tuple(parse_node(str(text)) for text in arrays["nodes"])
    return _Found(
        worst=Taken(str(arrays["how"]), nodes),
        circuit=arrays["circuit"],
        model=arrays["model"],
        chosen_gap=float(arrays["gaps"][0]),
        whole_gap=float(arrays["gaps"][1]),
        chosen_on=len(chosen_on),
        tried=int(arrays["tried"]),
    )


class _Gaps:
    """Logit differences of circuit and model less any set, on some pairs."""

    def __init__(self, trial: Trial, pairs: Sequence[int]) -> None:
        circuit = trial.circuit
        first = Dropped.of(circuit.nodes).first
        self._circuit = circuit
        self._drops = Drops(trial, pairs, first=first)
        self._compiler = Compiler.of(circuit.model.transformer, circuit.ablation)
        fit = trial.runs.fit()
        self._fit = fit if isinstance(fit, LogitFit) else None

    @torch.no_grad()
    def circuit(self, taken: Sequence[Node]) -> Floats:
        """[pair] of the circuit less `taken`, mean of both prompts."""
        run = self._compiler(_less(self._circuit, taken).keep_masks())
        scores = self._drops.run(
            lambda tokens: run(tokens, last_only=True), "the circuit less some of its nodes"
        )
        if self._fit is not None:
            scores = scores.calibrated(six_digits(self._fit.scale), six_digits(self._fit.shift))
        difference: Floats = scores.logit_diff.mean(dim=1).numpy()
        return difference

    def model(self, taken: Sequence[Node]) -> Floats:
        """[pair] of the full model less `taken`, mean of both prompts."""
        scores = self._drops.scores(Dropped.of(taken), "the model less some nodes")
        difference: Floats = scores.logit_diff.mean(dim=1).numpy()
        return difference


class _Search:
    """The search for the worst set, on the pairs that sets are chosen on."""

    def __init__(self, trial: Trial, pairs: Sequence[int]) -> None:
        self._trial = trial
        self._gaps = _Gaps(trial, pairs)
        self._seen: dict[frozenset[Node], float] = {}

    @property
    def tried(self) -> int:
        """How many sets have been tried."""
        return len(self._seen)

    def gap(self, taken: Sequence[Node]) -> float:
        """|F(C less K) - F(M less K)|."""
        key = frozenset(taken)
        if key not in self._seen:
            difference = self._gaps.circuit(taken) - self._gaps.model(taken)
            self._seen[key] = abs(float(difference.mean()))
            self._trial.tell(len(self._seen), self._planned, "sets taken out of circuit and model")
        return self._seen[key]

    def worst(self) -> Taken:
        """That with the widest gap; of equals the first tried."""
        return max(self._candidates(), key=lambda taken: self.gap(taken.nodes))

    @property
    def _planned(self) -> int:
        circuit = self._trial.circuit
        steps = min(GREEDY_STEPS, len(circuit.nodes))
        greedy = sum(len(circuit.nodes) - step for step in range(steps))
        return 1 + len(circuit.groups) + RANDOM_SETS + greedy

    def _candidates(self) -> Iterator[Taken]:
        circuit = self._trial.circuit
        yield Taken("faithfulness", ())
        for group in circuit.groups:
            yield Taken("one declaration", group.nodes)
        rng = np.random.default_rng([self._trial.seed, _STREAM])
        for _ in range(RANDOM_SETS):
            chosen = rng.random(len(circuit.nodes)) < 0.5
            nodes = tuple(n for n, taken in zip(circuit.nodes, chosen, strict=True) if taken)
            yield Taken("random", nodes)
        yield from self._greedy()

    def _greedy(self) -> Iterator[Taken]:
        taken: tuple[Node, ...] = ()
        for _ in range(GREEDY_STEPS):
            wider = [
                tuple(sorted((*taken, node), key=lambda node: node.order))
                for node in self._trial.circuit.nodes
                if node not in taken
            ]
            if not wider:
                return
            best = max(wider, key=self.gap)
            if self.gap(best) <= self.gap(taken):
                return
            taken = best
            yield Taken("greedy", taken)


def _less(circuit: Circuit, taken: Sequence[Node]) -> Circuit:
    for node in taken:
        circuit = circuit.without_node(node)
    return circuit
