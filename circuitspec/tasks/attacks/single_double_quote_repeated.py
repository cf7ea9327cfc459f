"""Close a string literal after another, closed one with the same quote.

The same texts as in `single_double_quote_distractor`, so that what goes wrong there and not here
is due to the quote and not to there being a string before.
"""

from __future__ import annotations

from circuitspec.tasks.attacks.closed_strings import QUOTES, closed_before

FINDING, VERIFYING = closed_before(QUOTES)
