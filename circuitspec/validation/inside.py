"""What is true of what a circuit of a known transformer does inside, held against the transformer.

Definitions are those of `expect faithful`, written down once more. What float32 cannot tell (is a
number zero, does a node vary) decides some of them; so each is worked out for several transformers
that differ from the known one by rounding, and is known as far as these agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from circuitspec.circuit.nodes import Node
from circuitspec.language.claim_words import FAITHFUL_SIDE, FaithfulMetric
from circuitspec.validation.asked import Asked, Population, Truth, between
from circuitspec.validation.core import in_order
from circuitspec.validation.known import Array, Ints
from circuitspec.validation.oracle import Answers, Part
from circuitspec.validation.oracle_run import OracleRun

METRICS: tuple[FaithfulMetric, ...] = ("agreement", "kl", "attention", "correlation", "sign")
"""Those that a transformer without norms can be asked for, and that need no wrong answers."""

# A node that varies by less is a constant: a part of the larger of its ends.
_CONSTANT = 1e-6
# What is this much smaller than the largest value at its place has no sign, and does not vary.
_ZERO = 1e-5
# What several float64 runs agree on, float32 may still be off by.
_OFF = 1e-5
# Where less is to be had below or above a value, no bound is put there.
_TIGHT = 0.05
# Bounds keep away from what they are between by this part of the difference.
_ROOM = 0.25


@dataclass(frozen=True, eq=False)
class Inside:
    """A transformer and a circuit of it, each with other roundings, on the same inputs."""

    population: Population
    part: Part
    runs: tuple[tuple[OracleRun, OracleRun], ...]
    targets: Ints

    @staticmethod
    def of(population: Population, part: Part) -> Inside:
        """Run both, in all roundings."""
        oracle = population.oracle
        return Inside(population, part, tuple(oracle.rounded(part)), oracle.known.targets)

    def truth(self, metric: FaithfulMetric) -> Truth | None:
        """What is known of a metric; None if there is nothing that it could be measured on."""
        found = [dict(self._values(metric, full, alone)) for full, alone in self.runs]
        everywhere = set.intersection(*(set(values) for values in found))
        if not everywhere:
            return None
        worst = max if FAITHFUL_SIDE[metric] == "<=" else min
        ends = [[values[what] for values in found] for what in everywhere]
        low, high = worst(map(min, ends)), worst(map(max, ends))
        if any(set(values) > everywhere for values in found):
            # What is measured with some roundings alone could be as bad as can be.
            low = -1.0
        return Truth(low - _OFF, high + _OFF)

    def asked(
        self, metric: FaithfulMetric, rng: np.random.Generator, *, true: bool
    ) -> Asked | None:
        """A claim that is so, or one that is not; None if there is none."""
        truth = self.truth(metric)
        if truth is None:
            return None
        comparison, inside = FAITHFUL_SIDE[metric], float(rng.uniform(_ROOM, 1 - _ROOM))
        # The least and the most that the metric can be, as far as a bound can be written down.
        least, most = (0.0, 1.0) if metric != "kl" else (0.0, truth.high + max(truth.high, _TIGHT))
        upwards = true == (comparison == "<=")
        value, end = (truth.high, most) if upwards else (truth.low, least)
        nothing = self._of_nothing(metric)
        if nothing is not None and min(value, end) < nothing.low < max(value, end):
            end = nothing.low
        if abs(end - value) < _TIGHT:
            return None
        threshold = between(value, end, inside)
        if threshold < 0:
            return None
        empty = False
        if nothing is not None:
            # Where a sample may have it either way, nothing is known of what will be said.
            if abs(nothing.low - threshold) < _ROOM * abs(end - value):
                return None
            empty = nothing.satisfies(comparison, threshold) is not False
        return Asked(
            claim="faithful",
            metric=metric,
            comparison=comparison,
            threshold=threshold,
            value=truth,
            meaningless="nothing at all does as well" if empty else None,
            deciding=self._deciding() if metric in ("correlation", "sign") else 1.0,
        )

    def _deciding(self) -> float:
        """The share of pairs in which the node that is at work least often is at work: without them
        it is a constant, of the transformer or of the circuit."""
        shares = [1.0]
        for node in in_order(self.part.nodes):
            for run in self.runs[0]:
                values = _of(run, node)
                moved = np.abs(values - np.median(values)) > _ZERO * np.abs(values).max()
                share = float(moved.any(axis=1)[self.population.pairs].any(axis=1).mean())
                shares += [share] if share else []
        return min(shares)

    def _of_nothing(self, metric: FaithfulMetric) -> Truth | None:
        if metric not in ("agreement", "kl"):
            return None
        oracle = self.population.oracle
        value = self._of_answers(metric, oracle.full(), oracle.empty())
        return Truth(value - _OFF, value + _OFF)

    def _values(
        self, metric: FaithfulMetric, full: OracleRun, alone: OracleRun
    ) -> Iterator[tuple[object, float]]:
        """What is measured, by what it is measured on; the worst of it is claimed."""
        match metric:
            case "attention":
                yield from self._attention(full, alone)
            case "correlation":
                yield from self._correlations(full, alone)
            case "sign":
                yield from self._signs(full, alone)
            case _:
                said = (Answers(run.said, self.targets) for run in (full, alone))
                yield "answers", self._of_answers(metric, *said)

    def _of_answers(self, metric: FaithfulMetric, full: Answers, alone: Answers) -> float:
        """Over both prompts of every pair, each between its own right answer and the other's."""
        x, y = (answers.margins(self.population.pairs) for answers in (full, alone))
        if metric == "agreement":
            return float((x * y > 0).mean())
        p = 1.0 / (1.0 + np.exp(-x))
        right, wrong = (np.logaddexp(0, -s * y) - np.logaddexp(0, -s * x) for s in (1.0, -1.0))
        return float((p * right + (1 - p) * wrong).mean())

    def _attention(self, full: OracleRun, alone: OracleRun) -> Iterator[tuple[object, float]]:
        """Total variation of every head, mean over the positions."""
        d_head = self.population.oracle.known.config.d_head
        heads = {
            (node.place.layer, node.index // d_head)
            for node in self.part.nodes
            if node.place.part in ("attn.q", "attn.k", "attn.v")
        }
        for layer, head in heads:
            assert layer is not None
            x, y = (run.patterns[layer][:, head] for run in (full, alone))
            by_input = np.abs(x - y).sum(axis=-1).mean(axis=-1) / 2
            yield (layer, head), float(by_input[self.population.pairs].mean())

    def _correlations(self, full: OracleRun, alone: OracleRun) -> Iterator[tuple[Node, float]]:
        """Of every node that varies in either run, over all positions of all prompts."""
        inputs, counts = np.unique(self.population.pairs, return_counts=True)
        weights = counts / counts.sum()

        def mean(values: Array) -> float:
            return float(weights @ values.mean(axis=1))

        for node in in_order(self.part.nodes):
            x, y = _of(full, node)[inputs], _of(alone, node)[inputs]
            largest = float(np.abs(full.values[node.place][inputs]).max())
            varies = [_varies(values, largest) for values in (x, y)]
            if not any(varies):
                continue
            if not all(varies):
                yield node, 0.0
                continue
            x, y = x - mean(x), y - mean(y)
            yield node, mean(x * y) / np.sqrt(mean(x * x) * mean(y * y))

    def _signs(self, full: OracleRun, alone: OracleRun) -> Iterator[tuple[Node, float]]:
        """Of every node, at how many of a pair's positions where it is not zero in both runs its
        sign is the same, mean over pairs."""
        pairs = self.population.pairs
        for node in in_order(self.part.nodes):
            zero = _ZERO * np.abs(full.values[node.place]).max(axis=(1, 2))[:, None]
            x, y = (np.where(np.abs(v) > zero, v, 0.0) for v in (_of(full, node), _of(alone, node)))
            same, either = (_by_pair(a, pairs) for a in (x * y > 0, (x != 0) | (y != 0)))
            if either.any():
                yield node, float((same[either > 0] / either[either > 0]).mean())


def _of(run: OracleRun, node: Node) -> Array:
    found: Array = run.values[node.place][..., node.index]
    return found


def _by_pair(which: npt.NDArray[np.bool_], pairs: Ints) -> Array:
    """[pair] at how many positions of its two prompts, from [input, position]."""
    counts: Array = which.sum(axis=1)[pairs].sum(axis=1).astype(np.float64)
    return counts


def _varies(values: Array, largest: float) -> bool:
    low, high = float(values.min()), float(values.max())
    return high - low > max(_CONSTANT * max(abs(low), abs(high)), _ZERO * largest)
