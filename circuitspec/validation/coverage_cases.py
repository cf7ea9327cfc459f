"""Everything about coverage that is simulated, in the order of the page."""

from __future__ import annotations

from circuitspec.validation import (
    coverage_counts,
    coverage_families,
    coverage_means,
    coverage_roles,
)
from circuitspec.validation.coverage import Case


def all_cases() -> tuple[Case, ...]:
    """The cases, with those of a kind next to each other."""
    found = [
        *coverage_means.cases(),
        *coverage_counts.cases(),
        *coverage_roles.cases(),
        *coverage_families.cases(),
    ]
    kinds = list(dict.fromkeys(case.kind for case in found))
    return tuple(sorted(found, key=lambda case: kinds.index(case.kind)))
