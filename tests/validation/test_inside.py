"""What circuits of known transformers do inside, through the product and by the oracle."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import circuitspec.claims.faithful.answers as answers
from circuitspec.claims.faithful.inside import Inside as Measured
from circuitspec.validation.asked import Population
from circuitspec.validation.inside import METRICS, Inside
from circuitspec.validation.known import read_known
from circuitspec.validation.known_verdicts import Outcome, judge_variant
from circuitspec.validation.oracle import Part
from circuitspec.validation.pairs import all_pairs
from circuitspec.validation.variants import Kind, Maker

FOLDER = Path(__file__).parents[1] / "groundtruth"
NAME = "hist_vs_shift"


@cache
def maker() -> Maker:
    return Maker(read_known(FOLDER / NAME), 0)


def judged(kind: Kind, count: int, *, exact: bool) -> list[Outcome]:
    """The first of which something can be claimed."""
    found = (
        maker().variant(kind, (0, seed), listed=bool(seed % 2), exact=exact, inside=True)
        for seed in range(9 * count)
    )
    outcomes = [judge_variant(v) for v in islice((v for v in found if v is not None), count)]
    assert len(outcomes) == count
    return outcomes


def whole() -> Inside:
    """All nodes of the transformer: nothing is ablated."""
    oracle = maker().oracle
    return Inside.of(Population(oracle, all_pairs(oracle.known)), Part(maker()._all_nodes()))


@pytest.mark.parametrize("metric", METRICS)
def test_a_circuit_of_everything_does_what_the_model_does(metric: str) -> None:
    truth = whole().truth(metric)  # type: ignore[arg-type]
    assert truth is not None
    if metric in ("agreement", "correlation"):
        assert truth.high >= 1.0
    elif metric in ("kl", "attention"):
        assert truth.low <= 0.0 < truth.high < 1e-4


def test_a_coin_for_an_answer_has_the_divergence_of_a_coin() -> None:
    """KL of two answers in closed form: logits of 0 are a fair coin."""
    oracle = maker().oracle
    inside = Inside(Population(oracle, all_pairs(oracle.known)), Part(frozenset()), (), np.array(0))
    full = oracle.full()
    coin = type(full)(np.zeros_like(full.logits), full.targets)
    p = 1 / (1 + np.exp(-full.margins(inside.population.pairs)))
    entropy = -(p * np.log(p) + (1 - p) * np.log1p(-p))
    expected = float((np.log(2) - entropy).mean())
    assert inside._of_answers("kl", full, coin) == pytest.approx(expected)


@pytest.mark.parametrize("exact", [False, True])
def test_the_product_says_what_the_oracle_says(exact: bool) -> None:
    kinds: tuple[Kind, ...] = (
        "a core",
        "a core less a node",
        "the program, less what does nothing",
    )
    found = [outcome for kind in kinds for outcome in judged(kind, 4, exact=exact)]
    assert [mistake for outcome in found for mistake in outcome.mistakes] == []
    claims = [claim for outcome in found for claim in outcome.claims]
    verdicts = Counter((claim.asked.true, claim.result.verdict) for claim in claims)
    assert verdicts[True, "confirmed"] >= 4
    assert verdicts[False, "refuted"] >= 1
    assert {claim.asked.what for claim in claims} == set(METRICS)


def test_where_every_input_is_run_the_product_measures_what_is_true() -> None:
    for outcome in judged("a core", 3, exact=True):
        for claim in outcome.claims:
            if claim.result.estimate is not None and claim.asked.value.high < 2:
                low, high = claim.asked.value.low, claim.asked.value.high
                assert low - 1e-3 <= claim.result.estimate <= high + 1e-3, claim.asked.text


def test_a_product_that_looks_at_the_wrong_run_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Measured, "alone", lambda self, norms: self.full)
    found = judged("a core less a node", 6, exact=True)
    wrong = [claim.asked.what for outcome in found for claim in outcome.mistakes]
    assert set(wrong) <= {"agreement", "kl"}
    assert wrong


def test_a_product_that_turns_its_metric_around_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "same_answer", lambda full, alone: full * alone <= 0)
    found = judged("a core", 6, exact=True)
    assert any(claim.asked.what == "agreement" for o in found for claim in o.mistakes)
