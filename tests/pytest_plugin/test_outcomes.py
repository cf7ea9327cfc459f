"""How claims pass, fail and are left alone."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

import pytest
from support.command_line import SPEC

from circuitspec.claims.store import Store
from circuitspec.language.claims import Faithful, Necessary
from circuitspec.verdict import manner
from circuitspec.verdict.battery import Strict

pytest_plugins = ("pytester",)

AGREES = Faithful(metric="agreement", comparison=">=", threshold=0.95)
UNDECIDED = SPEC.replace("necessary:  loss >= 0.60", "minimal: every node costs >= 0.517")


def write(project: pytest.Pytester, *changes: tuple[str, str]) -> None:
    text = SPEC
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    project.path.joinpath("specs", "quotes.circ").write_text(text)


def test_what_is_confirmed_passes(project):
    result = project.runpytest("specs")
    result.assert_outcomes(passed=3)
    assert result.ret == 0


def test_a_refuted_claim_fails_with_our_text_at_its_line(project):
    write(project, ("loss >= 0.60", "loss >= 5"))
    result = project.runpytest("specs", "-ra")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "_* quotes: necessary _*",
            "error[[]claim-refuted[]]: necessary: loss is *, claimed >= 5",
            "  --> specs/quotes.circ:20:3",
            "20 |   expect necessary:  loss >= 5",
            "   = note: loss * pairs",
            "FAILED specs/quotes.circ::quotes::necessary - necessary: loss is *",
        ]
    )
    assert "circuitspec/pytest_plugin" not in result.stdout.str()


def test_a_vacuous_claim_fails(project):
    write(project, ("loss <= 0.15", "loss <= 3"))
    result = project.runpytest("specs")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["error[[]claim-vacuous[]]: sufficient is vacuous: *"])


def test_failures_are_painted_for_a_terminal(project):
    write(project, ("loss >= 0.60", "loss >= 5"))
    result = project.runpytest("specs", "--color=yes")
    assert "\x1b[1;31merror[claim-refuted]:\x1b[0m" in result.stdout.str()


def test_junit_has_the_numbers_and_the_headline(project):
    write(project, ("loss >= 0.60", "loss >= 5"))
    project.runpytest("specs", "--junitxml", "junit.xml")
    cases = {case.get("name"): case for case in ET.parse("junit.xml").iter("testcase")}
    assert list(cases) == ["check", "sufficient", "necessary"]
    properties = {p.get("name"): p.get("value") for p in cases["necessary"].iter("property")}
    assert properties["verdict"] == "refuted"
    assert properties["threshold"] == ">= 5"
    assert properties.keys() >= {"estimate", "interval", "level", "pairs", "claim"}
    failure = cases["necessary"].find("failure")
    assert failure is not None
    assert str(failure.get("message")).startswith("necessary: loss is ")
    assert str(failure.text).startswith("error[claim-refuted]")


def test_a_circuit_is_judged_once_and_as_a_whole_whatever_is_selected(project, monkeypatch):
    runs = []
    verify = manner.verify_circuit

    def counted(spec, *arguments, **options):
        report = verify(spec, *arguments, **options)
        runs.append(report)
        return report

    monkeypatch.setattr(manner, "verify_circuit", counted)
    project.runpytest("specs").assert_outcomes(passed=3)
    assert len(runs) == 1
    project.runpytest("specs", "-k", "necessary").assert_outcomes(passed=1, deselected=2)
    assert runs[0].claims == runs[1].claims


def test_a_check_runs_nothing(project, monkeypatch):
    monkeypatch.setattr(manner, "verify_circuit", None)
    project.runpytest("specs", "-k", "check").assert_outcomes(passed=1, deselected=2)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("./planted", "nowhere", "unknown-model"),
        ("single_double_quote", "single_quote", "unknown-task"),
        ("L0.attn.in[0]", "L0.attn.in[8]", "index-out-of-range"),
        ("look : +", "look : -", "sign-contradicts-weight"),
    ],
)
def test_without_what_it_needs_nothing_passes(project, before, after, code):
    write(project, (before, after))
    result = project.runpytest("specs")
    result.assert_outcomes(failed=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            f"error[[]{code}[]]: *",
            "error[[]claim-error[]]: sufficient could not be measured: *",
            "   = help: mend what `specs/quotes.circ::quotes::check` says",
        ]
    )
    assert "circuitspec/pytest_plugin" not in result.stdout.str()


def test_without_torch_nothing_is_claimed_to_hold(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    result = project.runpytest("specs")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "error[[]claim-error[]]: sufficient could not be measured: torch cannot be imported: *",
            "*--circ-check-only",
        ]
    )


def test_checks_alone_say_that_the_claims_are_not_judged(project, monkeypatch):
    monkeypatch.setattr(manner, "verify_circuit", None)
    result = project.runpytest("specs", "--circ-check-only")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "circuitspec: 1 circuit, 2 claims, *; claims are not judged",
            "circuitspec: 2 claims not judged: --circ-check-only",
        ]
    )
    write(project, ("look : +", "look : -"))
    project.runpytest("specs", "--circ-check-only").assert_outcomes(failed=1, skipped=2)


def test_a_circuit_that_claims_nothing_does_not_pass(project):
    text = SPEC.partition("  expect")[0] + "}\n"
    project.path.joinpath("specs", "quotes.circ").write_text(text)
    result = project.runpytest("specs")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["error[[]no-claims[]]: circuit `quotes` claims nothing"])


def test_an_undecided_claim_fails_unless_it_may_be(project):
    project.path.joinpath("specs", "quotes.circ").write_text(UNDECIDED)
    result = project.runpytest("specs")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["error[[]claim-inconclusive[]]: *"])
    result = project.runpytest("specs", "--circ-allow-inconclusive", "-rx")
    result.assert_outcomes(passed=2, xfailed=1)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["XFAIL *::minimal - minimal: * too close to 0.517 to tell"])


def test_runxfail_does_not_make_an_undecided_claim_pass(project):
    project.path.joinpath("specs", "quotes.circ").write_text(UNDECIDED)
    result = project.runpytest("specs", "--circ-allow-inconclusive", "--runxfail")
    result.assert_outcomes(passed=2, failed=1)


def test_what_may_be_undecided_may_not_be_false(project):
    write(project, ("loss >= 0.60", "loss >= 5"))
    result = project.runpytest("specs", "--circ-allow-inconclusive")
    result.assert_outcomes(passed=2, failed=1)


@pytest.mark.parametrize("how", ["option", "ini"])
def test_another_model_can_be_named(project, how):
    write(project, ("./planted", "nowhere"))
    arguments = ["specs", "--circ-model", "specs/planted"]
    if how == "ini":
        project.makeini("[pytest]\ncirc_model = specs/planted")
        arguments = ["specs"]
    project.runpytest(*arguments).assert_outcomes(passed=3)
    project.runpytest("specs", "--circ-model", "elsewhere").assert_outcomes(failed=3)


@pytest.fixture
def battery(monkeypatch, tmp_path):
    """Sets what the strict battery asks for, since all of it would take a minute."""
    monkeypatch.setattr(manner, "user_store", lambda: Store(tmp_path))

    def asks(*claims):
        def strict(spec, circuit, task, rivals):
            harder = spec.model_copy(update={"claims": (*spec.claims, *claims)})
            return Strict(harder, (), claims, ("no frozen norms: the model has none",))

        monkeypatch.setattr(manner, "strict", strict)

    return asks


def test_the_strict_battery_is_one_more_test(project, battery):
    battery(AGREES)
    result = project.runpytest("specs", "--circ-strict", "--junitxml", "junit.xml", "-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        ["circuitspec: 1 circuit, 2 claims, *, and the strict battery", "*::quotes::strict PASSED*"]
    )
    cases = {case.get("name"): case for case in ET.parse("junit.xml").iter("testcase")}
    properties = {p.get("name"): p.get("value") for p in cases["strict"].iter("property")}
    assert properties["confirmed"] == "1"


def test_what_the_strict_battery_refutes_fails_it_alone(project, battery):
    battery(
        AGREES,
        Necessary(metric="loss", comparison=">=", threshold=5),
        Necessary(metric="loss", comparison=">=", threshold=6),
    )
    result = project.runpytest("specs", "--circ-strict")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "_* quotes: strict _*",
            "error[[]claim-refuted[]]: necessary: loss is *, claimed >= 5",
            "  | * refuted, which is asked of every circuit",
            "error[[]claim-refuted[]]: necessary: loss is *, claimed >= 6",
            "*not asked*",
            "no frozen norms: the model has none",
            "FAILED specs/quotes.circ::quotes::strict - 2 of 3 claims*",
        ]
    )


def test_a_claim_of_the_author_fails_under_its_own_name_when_strict(project, battery):
    write(project, ("loss >= 0.60", "loss >= 5"))
    battery(AGREES)
    result = project.runpytest("specs", "--circ-strict")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::quotes::necessary - necessary: loss is *"])


def test_without_what_it_needs_the_strict_battery_does_not_pass(project, battery):
    write(project, ("./planted", "nowhere"))
    battery(AGREES)
    result = project.runpytest("specs", "--circ-strict")
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["*: the strict battery could not be run: *"])


def test_strict_and_checks_alone_contradict_each_other(project):
    result = project.runpytest("specs", "--circ-strict", "--circ-check-only")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --circ-strict judges claims, --circ-check-only *"])


def test_workers_judge_alike(project):
    pytest.importorskip("xdist")
    write(project, ("loss >= 0.60", "loss >= 5"))
    result = project.runpytest_subprocess("specs", "-n", "2", "--dist", "loadfile")
    result.assert_outcomes(passed=2, failed=1)
