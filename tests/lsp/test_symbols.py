"""The outline beside a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from circuitspec.lsp.symbols import symbols
from lsp.texts import CLAIMED, SPEC, document


def test_circuits_hold_their_nodes_and_claims() -> None:
    (circuit,) = symbols(document(SPEC))
    assert (circuit.kind, circuit.name) == ("circuit", "quotes")
    assert [(part.kind, part.name, part.detail) for part in circuit.children] == [
        ("node", "first", "positive on a double quote"),
        ("node", "second", ""),
        ("node", "pair", ""),
        ("claim", "sufficient: loss <= 0.15", ""),
    ]
    assert SPEC[circuit.start : circuit.end] == SPEC[SPEC.index("circuit quotes") :].rstrip()


def test_claims_of_every_form_are_listed() -> None:
    (circuit,) = symbols(document(CLAIMED))
    assert [(part.kind, part.name, part.detail) for part in circuit.children][3:] == [
        ("node", "silent", "says nothing"),
        ("claim", "sufficient: loss <= 0.15", ""),
        ("claim", 'first fires on "model", "node" in model over task: auc >= 0.95', ""),
        ("claim", "swapping first, second flips the answer in circuit: share >= 95%", ""),
        ("claim", "resampling silent keeps the answer: share >= 0.9", ""),
        ("claim", '"a node is never a model": task with_as, accuracy <= 50%', ""),
    ]


@given(st.integers(0, len(SPEC)))
def test_of_any_part_of_a_spec_names_lie_inside_of_their_entries(length: int) -> None:
    for circuit in symbols(document(SPEC[:length])):
        for entry in (circuit, *circuit.children):
            assert 0 <= entry.start <= entry.name_start < entry.name_end <= entry.end <= length
            assert entry.name
