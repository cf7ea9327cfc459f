"""What the front page shows without a run is what the published certificate and a check say."""

from __future__ import annotations

import re

import pytest

import circuitspec as cs
from circuitspec.diagnostics.render import render_all
from circuitspec.formats.full import render
from circuitspec.formats.outcome import CircuitOutcome, FileOutcome, Outcome
from circuitspec.language import load_file, parse_text
from circuitspec.verdict.certificate import Certificate
from docs.pages import DOCS, ROOT, Block, blocks

SPEC = ROOT / "specs" / "quote_closing.circ"


@pytest.fixture(scope="module")
def page() -> list[Block]:
    return blocks(ROOT / "README.md")


def texts(page: list[Block], language: str) -> list[str]:
    return [block.text for block in page if block.language == language]


def test_the_result_is_that_of_the_published_certificate(page: list[Block]) -> None:
    """Verifying it takes long, and is what `tests/shipped` does."""
    published = (DOCS / "circuits" / "quote_closing.json").read_text(encoding="utf-8")
    result = load_file(SPEC)
    circuit = CircuitOutcome(
        spec=result.unwrap().circuits[0], certificate=Certificate.model_validate_json(published)
    )
    file = FileOutcome(source=result.source, circuits=(circuit,))
    assert texts(page, "text")[0] == render(Outcome(command="verify", files=(file,)))


def test_the_shown_nodes_are_those_of_the_spec(page: list[Block]) -> None:
    (shown,) = texts(page, "circ")
    whole = parse_text(SPEC.read_text(encoding="utf-8")).unwrap().circuits[0]
    part = parse_text(shown).unwrap().circuits[0]
    assert set(part.nodes) <= set(whole.nodes)
    assert set(part.edges) <= set(whole.edges)
    assert part.claims == whole.claims
    counts = "(Three of its 23 nodes and two of its 26 edges;"
    assert counts in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (len(part.nodes), len(part.edges)) == (3, 2)
    assert (len(whole.nodes), len(whole.edges)) == (23, 26)


def test_the_shown_mistake_gets_this_message(page: list[Block]) -> None:
    text = SPEC.read_text(encoding="utf-8").replace(
        "edge double_c -> double_key_5 : -", "edge double_c -> double_key_5 : +"
    )
    result = parse_text(text, "specs/quote_closing.circ")
    with pytest.raises(cs.SpecError) as caught:
        cs.compile(result.unwrap().circuits[0], cs.load_model("python-small"))
    assert texts(page, "text")[1] == render_all(caught.value.diagnostics, result.source) + "\n"


def test_the_program_that_is_not_run_uses_names_that_exist(page: list[Block]) -> None:
    (program,) = (block for block in page if block.language == "python")
    assert program.not_run
    compile(program.text, str(program.page), "exec")
    assert set(re.findall(r"\bcs\.(\w+)", program.text)) <= set(cs.__all__)
