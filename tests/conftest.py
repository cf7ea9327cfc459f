"""Settings of the whole suite: one thread, and the same generated examples in every run."""

from __future__ import annotations

import torch
from hypothesis import settings

torch.set_num_threads(1)

# A check of a colleague's change must not fail on an example that her change did not make fail.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
