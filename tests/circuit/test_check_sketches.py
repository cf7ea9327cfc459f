"""All that is wrong with a file is said in one go: in itself, and in the model that it names."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circuitspec.circuit.check import check_sketches
from circuitspec.diagnostics import Code
from circuitspec.language import parse_text

SPEC = (Path(__file__).parents[2] / "specs" / "quote_closing.circ").read_text(encoding="utf-8")

MISTAKES = """\
circuitspec 1

circuit a {
  model   python-small
  task    single_double_quot
  ablate  meen over pretraining

  node one = L0.mlp.in[3]
  node far = L9.mlp.in[3], L0.mlp.in[9999]
  node two L0.mlp.in[4]
  edge one -> two : +
  edge one -> nobody
  expect sufficient loss <= 0.1
}
"""


def codes(text: str) -> list[Code]:
    result = parse_text(text)
    return [found.code for found in result.and_found(check_sketches(result)).diagnostics]


def test_mistakes_of_every_stage_come_together() -> None:
    assert codes(MISTAKES) == [
        Code.UNKNOWN_TASK,
        Code.UNKNOWN_ABLATION,
        Code.LAYER_OUT_OF_RANGE,
        Code.INDEX_OUT_OF_RANGE,
        Code.SYNTAX,
        Code.UNKNOWN_NAME,
        Code.SYNTAX,
    ]


def test_what_is_not_stated_is_not_looked_for() -> None:
    text = "circuitspec 1\ncircuit a {\n  node one = L9.mlp.in[3]\n}\n"
    assert set(codes(text)) == {Code.MISSING_STATEMENT, Code.NO_CLAIMS}


def test_a_line_with_a_mistake_gets_no_second_one_from_it() -> None:
    text = MISTAKES.replace("L0.mlp.in[9999]", "L0.mlp.in[99999999999999999999999]")
    assert codes(text).count(Code.NUMBER_TOO_LARGE) == 1
    assert Code.LAYER_OUT_OF_RANGE not in codes(text)


def test_a_sound_file_has_no_sketches() -> None:
    assert parse_text(SPEC).sketches == ()


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_wrong_is_said_without_an_exception(data: st.DataObject) -> None:
    lines = SPEC.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        words = lines[at].split(" ")
        words[data.draw(st.integers(0, len(words) - 1))] = data.draw(
            st.sampled_from(["", "@", "L7.mlp.in[3]", "node", "->", "99999", "edge", "embed", "x"])
        )
        lines[at] = " ".join(words)
    result = parse_text("\n".join(lines))
    both = result.and_found(check_sketches(result))
    assert (both.file is None) == any(d.severity == "error" for d in both.diagnostics)
