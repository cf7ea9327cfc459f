"""One thread, for what must not depend on how many there are.

Sums that several threads share round differently. A run differs in its last digits, which no
report shows; but a search that takes thousands of steps, each from where the one before ended, may
end elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch computes on one thread inside, and on as many as before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
