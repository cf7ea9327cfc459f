"""Pieces of a spec read by themselves, so that what is wrong elsewhere does not matter.

Each is put into a circuit that has everything else and goes through the same parser as a file.
"""

from __future__ import annotations

from functools import lru_cache

from circuitspec.language import NodeDecl, QkPair, Selection, parse_text
from circuitspec.language.header import HEADER

_SETTINGS = "model m task t ablate zero scope layers, embed, final"


def read_description(string: str) -> str | None:
    """What a string says in which a circuit is described; None if it cannot be read."""
    file = parse_text(f"{HEADER} circuit c {{ {string} {_SETTINGS} node n = embed[0] }}").file
    return None if file is None else file.circuits[0].description


@lru_cache(maxsize=1024)
def read_node(statement: str) -> NodeDecl | None:
    """What a node statement declares; None if something is wrong with it."""
    file = parse_text(f"{HEADER} circuit c {{ {_SETTINGS}\n{statement}\n}}").file
    return None if file is None else file.circuits[0].nodes[0]


def read_place(path: str) -> Selection | QkPair | None:
    """The first element of the place that `L0.h18.k` names; None if there is no such place."""
    node = read_node(f"node n = {path}[0]")
    if node is None or not isinstance(node.selections[0], Selection | QkPair):
        return None
    return node.selections[0]
