"""How claims of every kind read in a report; the numbers are invented."""

from __future__ import annotations

from typing import Any

from support.invented_results import parts, report_of

from circuitspec.language.claims import (
    Beats,
    Claim,
    Fires,
    Resampling,
    Specific,
    Sufficient,
    Swapping,
)
from circuitspec.report.claim_rows import columns
from circuitspec.report.report import PartResult, StrictBattery
from circuitspec.report.text import render_report

from .toy import toy_spec

FIRES = Fires(node="answer", tokens=("a",), threshold=0.9)
SUFFICIENT = Sufficient(metric="loss", comparison="<=", threshold=0.1)
SPECIFIC = Specific(threshold=0.1)


def claims_of(*claims: Claim, changed: tuple[dict[str, Any], ...] = (), **others: Any) -> str:
    """What stands between the first lines of a report and its table of runs."""
    spec = toy_spec().model_copy(update={"claims": claims})
    text = render_report(report_of(spec, *changed, **others))
    return text.split("\n\n", 1)[1].partition("\n\n               full")[0]


def test_a_claim_its_parts_and_its_facts() -> None:
    shown = claims_of(
        SUFFICIENT,
        FIRES,
        changed=(
            {},
            {
                "verdict": "refuted",
                "estimate": 0.5,
                "parts": parts(0.95, 0.96, 0.5, 0.75),
                "facts": ("a fact",),
            },
        ),
    )
    assert (
        shown
        == """\
  confirmed  sufficient: loss <= 0.1          0.5   [0.4, 0.6]    at 99%
  refuted    answer fires on "a": auc >= 0.9  0.5   [0.4, 0.6]    at 99%
               full model, task               0.95  [0.85, 1.05]
               full model, text               0.96  [0.86, 1.06]
               circuit, task                  0.5   [0.4, 0.6]
               circuit, text                  0.75  [0.65, 0.85]
               a fact"""
    )


def test_what_was_drawn_is_said_where_it_is_not_pairs() -> None:
    windows = PartResult(what="text", estimate=0.5, interval=(0.4, 0.6), n=200, unit="windows")
    shown = claims_of(
        SPECIFIC, changed=({"n": 256, "drawn": "windows", "parts": (windows, windows)},)
    )
    lines = shown.splitlines()
    assert lines[0].endswith("[0.4, 0.6]  at 99%, 256 windows")
    assert lines[1].endswith("[0.4, 0.6]  200 windows")


def test_the_least_p_that_could_come_out_is_said() -> None:
    claim = Beats(control="random_circuits", metric="share", threshold=0.9)
    shown = claims_of(claim, changed=({"attainable_p": 0.0102},))
    assert shown.splitlines()[1].strip() == "so few draws can give no p below 0.01"


MANY = tuple(f"node {index}" for index in range(12))


def test_of_many_parts_those_are_shown_that_speak_most_against_the_claim() -> None:
    measured = parts(*(0.9 + 0.005 * index for index in reversed(range(12))), what=MANY)
    lines = claims_of(FIRES, changed=({"parts": measured},)).splitlines()
    assert [line.split()[1] for line in lines[1:7]] == ["6", "7", "8", "9", "10", "11"]
    assert lines[7].strip() == "and 6 more, none of which says more against it"
    assert len(lines) == 8


def test_of_a_bound_from_above_the_greatest_speak_against_it() -> None:
    measured = parts(*(0.01 * index for index in range(12)), what=MANY)
    lines = claims_of(SPECIFIC, changed=({"parts": measured},)).splitlines()
    assert [line.split()[1] for line in lines[1:7]] == ["6", "7", "8", "9", "10", "11"]


def test_of_a_refuted_claim_everything_that_fails_is_shown() -> None:
    measured = parts(*(0.1 * index for index in range(9)), 0.95, 0.96, 0.97, what=MANY)
    changed = {"verdict": "refuted", "parts": measured}
    lines = claims_of(FIRES, changed=(changed,)).splitlines()
    assert [line.split()[1] for line in lines[1:10]] == [str(index) for index in range(9)]
    assert lines[10].strip() == "and 3 more, none of which says more against it"


def test_of_very_many_failing_parts_the_worst_are_shown() -> None:
    names = tuple(f"node {index}" for index in range(46))
    measured = parts(*(0.01 * index for index in range(46)), what=names)
    changed = {"verdict": "refuted", "parts": measured}
    lines = claims_of(FIRES, changed=(changed,)).splitlines()
    assert [line.split()[1] for line in lines[1:13]] == [str(index) for index in range(12)]
    assert lines[13].strip() == "and 34 more, none of which says more against it"


def test_a_long_statement_takes_several_lines_and_no_string_is_broken() -> None:
    names = tuple(f"a_rather_long_name_{index}" for index in range(5))
    long = Swapping(nodes=names, threshold=0.9)
    spaced = Fires(node="answer", tokens=("x" * 30, "  a  b", ": auc"), threshold=0.9)
    lines = claims_of(long, spaced).splitlines()
    assert lines[0] == "  confirmed  swapping a_rather_long_name_0, a_rather_long_name_1,"
    assert lines[1].strip() == "a_rather_long_name_2, a_rather_long_name_3,"
    assert lines[2].split("  ")[-3:] == ["0.5", "[0.4, 0.6]", "at 99%"]
    assert lines[4].strip().startswith('"  a  b", ": auc": auc >= 0.9')


def test_long_facts_are_wrapped() -> None:
    lines = claims_of(SPECIFIC, changed=({"facts": ("word " * 40,)},)).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= 110


def test_claims_of_the_battery_and_what_decides_nothing_stand_apart() -> None:
    spec = toy_spec().model_copy(update={"claims": (SUFFICIENT, SPECIFIC)})
    rest = Resampling(nodes=("rest",), threshold=0.9)
    aside = report_of(spec.model_copy(update={"claims": (rest,)})).claims
    battery = StrictBattery(claims=("specific: text_loss <= 0.1",), left_out=("no searches",))
    shown = claims_of(SUFFICIENT, SPECIFIC, strict=battery, reported=aside)
    starts = [line[:44].rstrip() for line in shown.splitlines()]
    assert starts == [
        "  confirmed  sufficient: loss <= 0.1",
        "",
        "  Asked of every circuit, by --strict:",
        "  confirmed  specific: text_loss <= 0.1",
        "  left out   no searches",
        "",
        "  Measured as well, and no part of the verdict:"[:44],
        "  confirmed  resampling rest keeps the answe"[:44],
    ]


def test_there_is_a_row_for_nothing() -> None:
    assert columns(()) == []
