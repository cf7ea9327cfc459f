"""Known transformers through the product; and that a product that errs would be found out."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from circuitspec.claims.measure import Measurements
from circuitspec.cli.app import app
from circuitspec.statistics.estimate import Mean
from circuitspec.validation.asked import Asked, Population, Truth
from circuitspec.validation.ground_truth import tally_specs
from circuitspec.validation.ground_truth_page import ground_truth_page
from circuitspec.validation.known import read_known
from circuitspec.validation.known_verdicts import ClaimOutcome, judge_variant
from circuitspec.validation.oracle import Answers
from circuitspec.validation.pairs import all_pairs
from circuitspec.validation.variants import CLOSE, KINDS, Kind, Maker, Variant

FOLDER = Path(__file__).parents[1] / "groundtruth"
NAME = "hist_vs_shift"


@cache
def maker(name: str = NAME) -> Maker:
    return Maker(read_known(FOLDER / name), 0)


def variant(
    kind: Kind, seed: int = 0, *, listed: bool = False, exact: bool = True, name: str = NAME
) -> Variant:
    found = maker(name).variant(kind, (0, seed), listed=listed, exact=exact)
    assert found is not None
    return found


@pytest.mark.parametrize("listed", [False, True])
def test_a_core_is_confirmed_claim_by_claim(listed: bool) -> None:
    outcome = judge_variant(variant("a core", listed=listed))
    assert outcome.verdict == "confirmed"
    kinds = [claim.asked.claim for claim in outcome.claims]
    assert {"sufficient", "necessary", "minimal"} == set(kinds)
    assert ("minimal: every edge" in outcome.text) == listed


@pytest.mark.parametrize("kind", ["a core less a node", "the program less an essential node"])
def test_a_damaged_circuit_is_refuted(kind: Kind) -> None:
    outcome = judge_variant(variant(kind, seed=2))
    assert outcome.verdict == "refuted"
    assert any(claim.asked.true is False for claim in outcome.claims)
    assert outcome.mistakes == ()


@pytest.mark.parametrize("kind", ["decoys", "a core and decoys", "the program with its constants"])
def test_what_does_nothing_makes_every_claim_vacuous(kind: Kind) -> None:
    outcome = judge_variant(variant(kind))
    assert outcome.verdict == "vacuous"
    assert all(claim.asked.meaningless for claim in outcome.claims)


def test_parts_to_spare_leave_a_circuit_sufficient_and_not_minimal() -> None:
    kind: Kind = "a core and parts of the program that it can do without"
    outcome = judge_variant(variant(kind, seed=1, name="reverse_vs_hist"))
    claims = {claim.asked.claim: claim for claim in outcome.claims}
    assert claims["minimal"].asked.true is False
    assert claims["minimal"].result.verdict == "refuted"
    assert claims["necessary"].result.verdict == "confirmed"
    assert outcome.mistakes == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_variant_follows_from_its_seed(kind: Kind) -> None:
    first, second = (maker().variant(kind, (0, 5), listed=True, exact=False) for _ in range(2))
    if first is None or second is None:
        assert first is second
        return
    assert (first.part, first.asked, first.style) == (second.part, second.asked, second.style)
    assert (first.pairs == second.pairs).all()


def lose_a_node(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the product forgets the first node when it runs the circuit alone."""
    monkeypatch.setattr(Measurements, "keep", lambda self: self.without(self.circuit.nodes[0]))


def test_a_product_that_loses_a_node_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    lose_a_node(monkeypatch)
    outcome = judge_variant(variant("a core"))
    assert "false refutation" in {claim.mistake for claim in outcome.mistakes}


def test_a_product_that_takes_every_sample_for_all_there_is_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Mean, "interval", lambda self, level: (self.value, self.value))
    monkeypatch.setattr(Mean, "p_value", lambda self, comparison, threshold: 0.0)
    outcomes = [judge_variant(variant(CLOSE, seed, exact=False)) for seed in range(24)]
    assert sum(len(outcome.mistakes) for outcome in outcomes) >= 2


def test_only_false_verdicts_are_mistakes() -> None:
    outcome = judge_variant(variant("a core"))
    result = outcome.claims[0].result

    def mistake(verdict: str, value: float, meaningless: str | None = None) -> str | None:
        asked = Asked("sufficient", "loss", "<=", 1.0, Truth(value, value), meaningless)
        given = result.model_copy(update={"verdict": verdict})
        return ClaimOutcome(asked, given).mistake

    assert mistake("confirmed", 0.5) is None
    assert mistake("refuted", 0.5) == "false refutation"
    assert mistake("confirmed", 1.5) == "false confirmation"
    assert mistake("refuted", 1.5) is None
    assert mistake("confirmed", 0.5, "dead node") == "false confirmation"
    assert mistake("vacuous", 0.5) is None
    assert mistake("inconclusive", 1.5) is None
    assert mistake("error", 0.5) == "error"


def test_the_page_lists_every_false_verdict_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = judge_variant(variant("a core"))
    assert "None." in ground_truth_page([right], [], [], "a command")
    lose_a_node(monkeypatch)
    wrong = judge_variant(variant("a core", seed=7))
    page = ground_truth_page([right, wrong], [], [], "a command")
    assert f"**2 specs, {len(right.claims) + len(wrong.claims)} claims: " in page
    assert page.count("seed 0.7") == len(wrong.mistakes) > 0
    tally = tally_specs([right, wrong])
    assert tally.refuted + tally.confirmed == len(wrong.mistakes)
    assert tally.verdicts["confirmed"] == 1


def test_the_command_writes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ("the program, less what does nothing", "decoys")
    monkeypatch.setattr("circuitspec.validation.ground_truth.KINDS", kinds)
    folder, page = tmp_path / "known", tmp_path / "page.md"
    shutil.copytree(FOLDER / NAME, folder / NAME)
    command = ["validate", "ground-truth", str(folder), "--out", str(page), "--repeats", "1"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "8 specs, 0 false verdicts, " in result.output
    assert " claims about the inside, 0 false verdicts" in result.output
    assert " claims about roles, 0 false verdicts" in result.output
    assert "| decoys | 4 | 0 | 0 | 4 | 0 | 0 | 0 | 0 |" in page.read_text(encoding="utf-8")


def test_a_folder_without_known_transformers_is_a_usage_error(tmp_path: Path) -> None:
    command = ["validate", "ground-truth", str(tmp_path), "--out", str(tmp_path / "page.md")]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert not (tmp_path / "page.md").exists()


def test_what_a_sample_lacks_is_told_from_other_mistakes() -> None:
    result = (
        judge_variant(variant("a core"))
        .claims[0]
        .result.model_copy(update={"verdict": "confirmed", "n": 60})
    )

    def unseen(deciding: float) -> bool:
        asked = Asked("sufficient", "loss", "<=", 1.0, Truth(1.5, 1.5), None, deciding)
        claim = ClaimOutcome(asked, result)
        assert claim.mistake == "false confirmation"
        return claim.unseen

    assert unseen(0.04)
    assert not unseen(0.06)


def test_the_share_that_decides_is_the_smallest() -> None:
    """Of a hundred pairs, the loss lies on two: without both, the mean is below the bound."""
    oracle = maker().oracle
    pairs = all_pairs(oracle.known)[:100]
    population = Population(oracle, pairs)
    logits = np.zeros((len(oracle.known.targets), len(oracle.known.outputs)))
    logits[np.arange(len(logits)), oracle.known.targets] = 50.0
    rare = pairs[:2, 1]
    assert np.isin(pairs[:, 1], rare).sum() == 2
    logits[rare] = 0.0
    answers = Answers(logits, oracle.known.targets)
    losses = answers.losses(pairs)
    assert (losses > 0.1).sum() == 2
    below = population.sufficient(answers, "loss", float(losses.mean()) / 4)
    assert below.deciding == pytest.approx(0.02)
    between = population.sufficient(answers, "loss", float(losses.mean()) * 0.75)
    assert between.deciding == pytest.approx(0.01)
