"""What is known of channels by the compiler's word is confirmed, and its opposite is not."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from circuitspec.claims.roles import fires
from circuitspec.validation.known import read_known
from circuitspec.validation.known_verdicts import called
from circuitspec.validation.oracle import Oracle
from circuitspec.validation.oracle_run import OracleRun
from circuitspec.validation.presentation import present
from circuitspec.validation.role_verdicts import RoleOutcome, judge_roles, role_text
from circuitspec.validation.roles import RoleMaker

FOLDER = Path(__file__).parents[1] / "groundtruth" / "hist_vs_shift"


@cache
def maker() -> RoleMaker:
    return RoleMaker(Oracle(read_known(FOLDER)))


@cache
def outcomes(seed: int, *, exact: bool) -> tuple[RoleOutcome, ...]:
    return judge_roles(maker().variant((0, seed), exact=exact))


def test_a_channel_of_a_token_is_one_where_it_is() -> None:
    """What the facts rest on, held against a run."""
    known = read_known(FOLDER)
    run = OracleRun(known.config, known.weights)
    run.logits(known.tokens)
    for node, label in maker()._reads("tokens"):
        here = (known.tokens == known.vocab.index(label)).astype(float)
        np.testing.assert_allclose(run.values[node.place][..., node.index], here, atol=1e-9)
    for node, _ in maker()._reads("one"):
        np.testing.assert_allclose(run.values[node.place][..., node.index], 1.0, atol=1e-9)


@pytest.mark.parametrize("exact", [False, True])
def test_true_claims_are_confirmed_and_false_ones_refuted(exact: bool) -> None:
    found = [outcome for seed in range(2) for outcome in outcomes(seed, exact=exact)]
    assert [outcome.mistake for outcome in found] == [None] * len(found)
    verdicts = Counter((outcome.fact.true, outcome.result.verdict) for outcome in found)
    assert verdicts[True, "confirmed"] >= 6
    assert verdicts[False, "refuted"] >= 6


def test_every_kind_of_fact_is_there_both_ways() -> None:
    kinds = Counter(
        (fact.claim, fact.true)
        for by_kind in maker()._facts.values()
        for facts in by_kind.values()
        for fact in facts
    )
    for claim in ("fires", "separates", "signed", "constant", "swapping"):
        assert kinds[claim, True], claim
        assert kinds[claim, False], claim
    assert kinds["exchanging", True]


def test_what_is_outside_is_named_outside_and_looked_at_in_the_model() -> None:
    variant = maker().variant((0, 3), exact=True)
    assert variant.outside
    shown = present(variant.known, variant.style, np.random.default_rng([*variant.seed, 1]))
    lines = role_text(variant, shown).splitlines()
    for node in variant.outside:
        name = called(shown.node(node))
        assert any(line.startswith(f"  outside {name} = ") for line in lines)
        assert all(" in model" in line for line in lines if line.startswith(f"  expect {name} "))


def test_a_product_that_mistakes_a_token_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(*arguments: object) -> object:
        return ~on_tokens(*arguments)

    on_tokens = fires.on_tokens
    monkeypatch.setattr(fires, "on_tokens", elsewhere)
    found = [o for seed in range(4) for o in judge_roles(maker().variant((0, seed), exact=True))]
    assert {"false confirmation", "false refutation"} & {outcome.mistake for outcome in found}
