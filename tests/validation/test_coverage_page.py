"""The page about coverage: what is simulated is simulated rightly, and what fails is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from circuitspec.cli.validate_coverage import validate_coverage
from circuitspec.statistics.decide import Question, decide
from circuitspec.statistics.estimate import Mean
from circuitspec.statistics.skewed_mean import CAUTIOUS, PLAIN, Caution
from circuitspec.validation.coverage import Case, Misses, Rate, misses, simulate
from circuitspec.validation.coverage_cases import all_cases
from circuitspec.validation.coverage_families import any_wrong
from circuitspec.validation.coverage_page import page, unexpected
from circuitspec.validation.populations import (
    EXPONENTIAL,
    LOGNORMAL,
    NORMAL,
    Population,
    answers,
    losses,
    template_losses,
)


def quiet(done: int, total: int, what: str) -> None:
    """Says nothing."""


@pytest.mark.parametrize(
    "population",
    [
        NORMAL,
        EXPONENTIAL,
        LOGNORMAL,
        losses(1.5, 1.0),
        losses(6.0, 3.0),
        template_losses(3.0, 1.5, 1.0),
    ],
    ids=lambda population: population.what,
)
def test_the_truth_of_a_population_is_its_mean(population: Population) -> None:
    drawn = population.draw(np.random.default_rng(0), (100_000,))
    error = drawn.std() / np.sqrt(len(drawn))
    assert abs(drawn.mean() - population.truth) < 4 * error


@pytest.mark.parametrize(("rate", "coupled"), [(0.5, -1.0), (0.5, 1.0), (0.9, 0.8), (0.99, 0.0)])
def test_answers_are_right_as_often_as_they_should(rate: float, coupled: float) -> None:
    drawn = answers(np.random.default_rng(0), (50_000,), rate, coupled)
    assert drawn.mean(axis=0) == pytest.approx([rate, rate], abs=0.01)
    same = (drawn[:, 0] == drawn[:, 1]).mean()
    by_chance = rate**2 + (1 - rate) ** 2
    expected = 0.0 if coupled < 0 else coupled + (1 - coupled) * by_chance
    assert same == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("caution", [PLAIN, CAUTIOUS])
def test_families_are_counted_as_they_are_decided(caution: Caution) -> None:
    """By adjusted p-values, which is quick, and by intervals, which is what verdicts rest on."""
    rng = np.random.default_rng(4)
    samples = rng.normal(size=(60, 4, 12)) + np.array([0.9, 0.9, 0.0, 0.0])[:, None]
    counted = any_wrong(samples, 2, 0.3, caution)
    for family, wrong in zip(samples, counted, strict=True):
        questions = [Question(Mean(some, caution=caution), ">=", 0.0) for some in family]
        said = [decision.answer for decision in decide(questions, 0.3) if decision is not None]
        assert wrong == (False in said[:2] or any(x is not None for x in said[2:]))
    assert 0 < counted.sum() < 60


def case(rate: float, *, limit: str | None = None) -> Case:
    def simulated(rng: np.random.Generator, runs: int) -> Misses:
        low = np.where(rng.random(runs) < rate, 1.0, -1.0)
        return misses(np.stack([low, np.full(runs, 2.0)], axis=1), 0.0)

    return Case("toy", f"wrong at a rate of {rate}", 0.05, simulated, limit=limit)


def test_what_errs_more_often_than_it_says_is_said() -> None:
    cases = [case(0.2), case(0.3, limit="it is known")]
    rates = tuple(simulate(cases, 2000, 0, quiet))
    assert [rate.exceeds for rate in rates] == [True, True]
    assert unexpected(rates) == rates[:1]
    text = page(rates, 7)
    assert "drawn with seed 7" in text
    ours, known = (f"**{100 * rate.share:.1f}% ± " for rate in rates)
    (summary,) = (line for line in text.splitlines() if line.startswith("| toy | 5.0% |"))
    assert ours in summary
    assert known in summary
    (row,) = (line for line in text.splitlines() if "rate of 0.3[^1] |" in line)
    assert known in row
    assert "[^1]: It is known." in text


def test_a_side_that_errs_is_told_apart() -> None:
    found = misses(np.array([[1.0, 2.0], [-2.0, -1.0], [-1.0, 1.0], [-3.0, -1.0]]), 0.0)
    assert found.above.tolist() == [True, False, False, False]
    assert found.below is not None
    assert found.below.tolist() == [False, True, False, True]


def test_what_one_case_draws_does_not_depend_on_the_others() -> None:
    alone = list(simulate([case(0.1)], 500, 3, quiet))
    assert alone == list(simulate([case(0.7), case(0.1)], 500, 3, quiet))[1:]
    assert alone != list(simulate([case(0.1)], 500, 4, quiet))


def test_a_rate_says_how_sure_it_is() -> None:
    rate = Rate("toy", "x", 0.05, None, 400, 40, 30, 10)
    assert (rate.share, rate.worse_side) == (0.1, 0.075)
    assert rate.error == pytest.approx(0.015)
    assert rate.exceeds
    assert rate.side_exceeds
    none_wrong = Rate("toy", "x", 0.05, None, 400, 0, 0, None)
    assert none_wrong.error == pytest.approx(0.0025, rel=0.01)
    assert (none_wrong.worse_side, none_wrong.side_exceeds) == (None, False)


def test_the_cases() -> None:
    cases = all_cases()
    assert len({(case.kind, case.what, case.level) for case in cases}) == len(cases)
    assert {case.kind for case in cases} == {
        "mean over pairs",
        "mean over templates",
        "mean over templates, afresh",
        "least of several means",
        "worst of several settings",
        "studentised bootstrap",
        "share of prompts over pairs",
        "share of prompts over templates",
        "share of controls",
        "rank test",
        "draws until decided",
        "bounded mean until decided",
        "area under the ROC curve",
        "correlation",
        "all claims of a spec (Holm)",
        "each node on its own (Holm)",
    }


@pytest.mark.slow
def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "coverage.md"
    assert validate_coverage(out, seed=1, runs=200) == 0
    assert capsys.readouterr().out == ""
    text = out.read_text()
    assert text.startswith("# Coverage\n")
    for kind in {case.kind for case in all_cases()}:
        assert f"\n| {kind} |" in text
