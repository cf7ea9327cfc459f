"""What the front page shows without a run is what the published certificate and a check say."""

from __future__ import annotations

import re

import pytest

import circuitspec as cs
from circuitspec.diagnostics.render import render_all
from circuitspec.formats.full import render
from circuitspec.formats.outcome import CircuitOutcome, FileOutcome, Outcome
from circuitspec.language import load_file, parse_text
from circuitspec.report.certificate import Certificate
from docs.pages import DOCS, ROOT, Block, blocks

LEFT_OUT = "  (17 more claims, each with what it rests on)\n"
SPEC = ROOT / "specs" / "single_double_quote.circ"


@pytest.fixture(scope="module")
def page() -> list[Block]:
    return blocks(ROOT / "README.md")


def texts(page: list[Block], language: str) -> list[str]:
    return [block.text for block in page if block.language == language]


def test_the_result_is_that_of_the_published_certificate(page: list[Block]) -> None:
    """Verifying it takes long, and is what `tests/shipped` does."""
    published = (DOCS / "circuits" / "single_double_quote.json").read_text(encoding="utf-8")
    result = load_file(SPEC)
    circuit = CircuitOutcome(
        spec=result.unwrap().circuits[0], certificate=Certificate.model_validate_json(published)
    )
    file = FileOutcome(source=result.source, circuits=(circuit,))
    printed = render(Outcome(command="verify", files=(file,)))
    # What was measured of the claims about nodes would fill a page.
    start, left_out, end = texts(page, "text")[0].partition(LEFT_OUT)
    assert left_out
    assert printed.startswith(start)
    assert printed.endswith(end)
    confirmed = len(re.findall("^  confirmed ", printed[len(start) : -len(end)], re.MULTILINE))
    assert f"{confirmed} more" in LEFT_OUT


def test_the_spec_is_shown_whole_but_for_its_first_comment(page: list[Block]) -> None:
    (shown,) = texts(page, "circ")
    text = SPEC.read_text(encoding="utf-8")
    first, circuit = text.split("\n\n", 1)[0], text[text.index("circuit single_double_quote {") :]
    assert shown == f"{first}\n\n{circuit}"
    assert parse_text(shown).unwrap().circuits == parse_text(text).unwrap().circuits


def test_the_shown_mistake_gets_this_message(page: list[Block]) -> None:
    text = SPEC.read_text(encoding="utf-8").replace(
        "edge single -> not_double : +", "edge single -> not_double : -"
    )
    result = parse_text(text, "specs/single_double_quote.circ")
    with pytest.raises(cs.SpecError) as caught:
        cs.compile(result.unwrap().circuits[0], cs.load_model("python-base"))
    assert texts(page, "text")[1] == render_all(caught.value.diagnostics, result.source) + "\n"


def test_the_program_that_is_not_run_uses_names_that_exist(page: list[Block]) -> None:
    (program,) = (block for block in page if block.language == "python")
    assert program.not_run
    compile(program.text, str(program.page), "exec")
    assert set(re.findall(r"\bcs\.(\w+)", program.text)) <= set(cs.__all__)
