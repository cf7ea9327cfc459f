"""The words of the language, and which of them cannot be names.

Words that a later version will need are reserved already, so that a spec written today keeps its
meaning then.
"""

from __future__ import annotations

STATEMENTS = (
    "model",
    "task",
    "ablate",
    "scope",
    "calibrate",
    "level",
    "also",
    "report",
    "node",
    "outside",
    "edge",
    "expect",
    "predict",
)
"""The words that begin a statement inside a circuit, in the order in which they are written."""

RELATIONS = ("fires", "separates", "is", "attends")
"""The words with which a claim goes on after the name of a node."""

JOINING = ("channel", "from", "to", "over", "every", "costs", "at", *RELATIONS)
"""The words that stand inside of statements."""

IN_CLAIMS = ("on", "inside", "in", "flips", "keeps", "the", "answer")
"""Words that stand inside of claims where no name can, so that they can be names elsewhere."""

PLAIN_CLAIMS = (
    "sufficient",
    "necessary",
    "minimal",
    "faithful",
    "specific",
    "complete",
    "unique",
)
"""The claims about a circuit that are one word."""

INTERCHANGES = ("swapping", "exchanging", "resampling")
"""The words that begin a claim about values replaced by those of another run."""

CLAIMS = (*PLAIN_CLAIMS, *INTERCHANGES, "beats")
"""The words that say what is claimed right after `expect`; else a node's name stands there."""

REST = "rest"
"""Stands for all of the scope that is not in the circuit."""

WHOLE = "circuit"
"""Stands for all nodes of the circuit, where a claim is about values replaced."""

LATER_IN_NODES = ("at",)
"""Words with which later versions will go on after the places of a node."""

LATER = ("orders", "recovers")
"""Words with which later versions will go on after the name of a node or a metric; reserved."""

LATER_METRICS = ("logit_diff", "full_loss")
"""Metrics of later versions, which need not be reserved."""

_CLAIMS_OF_OLD = ("sufficient", "necessary", "minimal", "swapping", "beats", "flips")
"""Reserved from the beginning; claims that came later can be names."""

RESERVED = frozenset(
    (
        *("circuitspec", "circuit", "embed", "final", REST),
        *STATEMENTS,
        *JOINING,
        *_CLAIMS_OF_OLD,
        *LATER,
    )
)
"""Words that cannot name a circuit or a node."""
