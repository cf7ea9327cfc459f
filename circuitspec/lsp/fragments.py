"""Pieces of a spec read by themselves, so that what is wrong elsewhere does not matter.

Each is put into a circuit that has everything else and goes through the same parser as a file.
"""

from __future__ import annotations

import re
from functools import lru_cache

from circuitspec.language import Claim, NodeDecl, QkPair, Selection, parse_text
from circuitspec.language.header import HEADER

_SETTINGS = "model m task t ablate zero scope layers, embed, final"
_OUTSIDE = re.compile(r"outside\b").match


def read_description(string: str) -> str | None:
    """What a string says in which a circuit is described; None if it cannot be read."""
    file = parse_text(f"{HEADER} circuit c {{ {string} {_SETTINGS} node n = embed[0] }}").file
    return None if file is None else file.circuits[0].description


@lru_cache(maxsize=1024)
def read_node(statement: str) -> NodeDecl | None:
    """What a node or outside statement declares; None if something is wrong with it."""
    declaration = statement.replace("outside", "node", 1) if _OUTSIDE(statement) else statement
    file = parse_text(f"{HEADER} circuit c {{ {_SETTINGS}\n{declaration}\n}}").file
    return None if file is None else file.circuits[0].nodes[0]


@lru_cache(maxsize=1024)
def read_claim(statement: str, names: tuple[str, ...]) -> Claim | None:
    """What an expect or predict statement claims; None if something is wrong with it.

    Args:
        names: those of nodes in it.
    """
    others = ("source_", "target_", *names)
    nodes = " ".join(
        f"node {name} = L0.attn.in[{i}]" for i, name in enumerate(dict.fromkeys(others))
    )
    edge = "edge source_ -> target_"  # some claims are of edges
    text = f"{HEADER} circuit c {{ {_SETTINGS} {nodes} {edge}\n{statement}\n}}"
    file = parse_text(text).file
    claims = () if file is None else file.circuits[0].claims
    return claims[0] if len(claims) == 1 else None


def read_place(path: str) -> Selection | QkPair | None:
    """The first element of the place that `L0.h18.k` names; None if there is no such place."""
    node = read_node(f"node n = {path}[0]")
    if node is None or not isinstance(node.selections[0], Selection | QkPair):
        return None
    return node.selections[0]
