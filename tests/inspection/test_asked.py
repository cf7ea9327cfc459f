"""Arguments that name nodes: places in the language's own words, or names."""

from __future__ import annotations

import pytest
from support.small_models import TWO_LAYERS

from circuitspec.circuit.nodes import NamedNodes
from circuitspec.inspection.asked import all_nodes, read_argument
from inspection.test_wiring import node

NAMED = (
    NamedNodes("kind", (node("L0.attn.in", 3),), "which quote"),
    NamedNodes("match", (node("L1.attn.q", 4), node("L1.attn.k", 4))),
    NamedNodes("kind", (node("L0.mlp.in", 1),)),
)


def nodes(text: str) -> list[str]:
    asked = read_argument(text, TWO_LAYERS, NAMED)
    assert asked.diagnostics == ()
    return [str(found) for found in asked.nodes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L0.mlp.neuron[3]", ["L0.mlp.neuron[3]"]),
        (" L0.mlp.in[6, 1..2] ", ["L0.mlp.in[1]", "L0.mlp.in[2]", "L0.mlp.in[6]"]),
        ("L1.h1.v[2]", ["L1.attn.v[5]"]),
        ("L1.h1.qk[2]", ["L1.attn.q[5]", "L1.attn.k[5]"]),
        ("embed[3], final[3]", ["embed[3]", "final[3]"]),
        ("channel 4 from L0.mlp to L1.attn", ["L0.mlp.out[4]", "L1.attn.in[4]"]),
        ("kind", ["L0.attn.in[3]", "L0.mlp.in[1]"]),
        ("match", ["L1.attn.q[4]", "L1.attn.k[4]"]),
        ("match.k", ["L1.attn.k[4]"]),
    ],
)
def test_an_argument_means_nodes(text: str, expected: list[str]) -> None:
    assert nodes(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "marked", "help_"),
    [
        ("L0.mlp.nueron[3]", "unknown-place", "L0.mlp.nueron", "did you mean `L0.mlp.neuron`?"),
        ("L0.mlp.in[8]", "index-out-of-range", "8", "choose one from 0 to 7"),
        ("L0.mlp.in[3, 9..12]", "index-out-of-range", "9..12", "choose one from 0 to 7"),
        ("L2.mlp.in[0]", "layer-out-of-range", "L2", "choose `L0` or `L1`"),
        ("L0.h2.k[0]", "head-out-of-range", "h2", "choose `h0` or `h1`"),
        ("L0.mlp.in", "missing-index", "L0.mlp.in", "`L0.mlp.in[3]`"),
        ("L0.h1", "missing-index", "L0.h1", "`L0.h1.v[3]`"),
        ("L0.mlp.in[3..1]", "reversed-range", "3..1", "write `1..3`"),
        ("kinds", "unknown-name", "kinds", "did you mean `kind`?"),
        ("nothing_like_it", "unknown-name", "nothing_like_it", "a place such as"),
        ("match.v", "unknown-place", "match.v", "places are written like"),
        ("kind.k", "invalid-part", "k", "write `kind`"),
        ("", "syntax", "", "write a place"),
        ("  ", "syntax", "", "write a place"),
    ],
)
def test_a_mistake_is_shown_in_the_argument(text: str, code: str, marked: str, help_: str) -> None:
    asked = read_argument(text, TWO_LAYERS, NAMED)
    assert asked.nodes == ()
    (found,) = asked.diagnostics
    assert found.code == code
    assert found.span is not None
    assert text[found.span.start : found.span.end] == marked
    assert found.span.line == 1
    assert help_ in (found.help or "")


@pytest.mark.parametrize(
    "text", ["L0.mlp.in[3", "L0.mlp.in[3] }", "a b", "}", "L0.mlp.in[3]\nnode m = embed[1]", "#"]
)
def test_what_cannot_be_read_is_a_mistake_inside_of_the_argument(text: str) -> None:
    asked = read_argument(text, TWO_LAYERS, NAMED)
    assert asked.nodes == ()
    assert asked.diagnostics
    for found in asked.diagnostics:
        assert found.span is None or 0 <= found.span.start <= found.span.end <= len(text)


def test_without_a_spec_a_word_may_have_been_meant_as_a_name() -> None:
    (found,) = read_argument("kind", TWO_LAYERS, ()).diagnostics
    assert found.code == "unknown-place"
    assert found.notes == ("to ask by the name that a spec gives, name the spec with --spec",)
    (found,) = read_argument("embed", TWO_LAYERS, ()).diagnostics
    assert found.code == "missing-index"
    assert found.notes == ()


def test_a_node_that_is_asked_for_twice_is_shown_once() -> None:
    asked = [read_argument(text, TWO_LAYERS, NAMED) for text in ("match.k", "kind", "match")]
    assert [str(found) for found in all_nodes(asked)] == [
        "L1.attn.k[4]",
        "L0.attn.in[3]",
        "L0.mlp.in[1]",
        "L1.attn.q[4]",
    ]
