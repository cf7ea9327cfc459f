"""Close a string literal after another, closed one with the other quote.

The closed string has two quotes of the one kind, the open one a single quote of the other: what
counts quotes, or takes the one kind for as good as the other, answers wrongly.
"""

from __future__ import annotations

from circuitspec.tasks.attacks.closed_strings import closed_before

FINDING, VERIFYING = closed_before(("'", '"'))
