"""The words of the language, and which of them cannot be names.

Words that a later version will need are reserved already, so that a spec written today keeps its
meaning then.
"""

from __future__ import annotations

STATEMENTS = ("model", "task", "ablate", "scope", "calibrate", "level", "node", "edge", "expect")
"""The words that begin a statement inside a circuit, in the order in which they are written."""

JOINING = ("channel", "from", "to", "over", "every", "costs")
"""The words that stand inside of statements."""

CLAIMS = ("sufficient", "necessary", "minimal")
"""The claims that this version can state."""

LATER_STATEMENTS = ("also", "report", "predict")
LATER_IN_NODES = ("at",)
LATER_CLAIMS = ("swapping", "beats")
LATER_RELATIONS = ("separates", "fires", "orders", "attend", "attends", "flips", "recovers")
"""Words with which later versions will go on after the name of a node or a metric."""

LATER_METRICS = ("logit_diff", "full_loss", "kl", "agreement")

LATER = (*LATER_STATEMENTS, *LATER_IN_NODES, *LATER_CLAIMS, *LATER_RELATIONS)
"""The words of later versions that are reserved; metrics need not be."""

RESERVED = frozenset(
    ("circuitspec", "circuit", "embed", "final", *STATEMENTS, *JOINING, *CLAIMS, *LATER)
)
"""Words that cannot name a circuit or a node."""
