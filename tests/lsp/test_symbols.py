"""The outline beside a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from circuitspec.lsp.symbols import symbols
from lsp.texts import SPEC, document


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


@given(st.integers(0, len(SPEC)))
def test_of_any_part_of_a_spec_names_lie_inside_of_their_entries(length: int) -> None:
    for circuit in symbols(document(SPEC[:length])):
        for entry in (circuit, *circuit.children):
            assert 0 <= entry.start <= entry.name_start < entry.name_end <= entry.end <= length
            assert entry.name
