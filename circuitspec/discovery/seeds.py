"""Searches from several seeds: the smallest circuit, and how far they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

from circuitspec.discovery.goal import Nodes
from circuitspec.discovery.journal import Journal
from circuitspec.discovery.search_circuit import (
    Discovery,
    Found,
    Ground,
    NotFoundError,
    OnProgress,
    score_nodes,
    search_circuit,
)


@dataclass(frozen=True)
class Discovered:
    """What came of all seeds.

    Attributes:
        found: by seed; those that found nothing are not in it.
        failed: why the others found nothing.
    """

    found: Mapping[int, Found]
    failed: Mapping[int, str]

    @property
    def best_seed(self) -> int:
        """Of the circuit with the fewest nodes, then edges, then the least loss."""
        return min(self.found, key=lambda seed: (*_size(self.found[seed]), seed))

    @property
    def best(self) -> Found:
        """What the best seed found."""
        return self.found[self.best_seed]

    @property
    def overlap(self) -> float | None:
        """Nodes that two seeds share, of those that either has (Jaccard); mean over the twos."""
        shares = [
            _jaccard(one.nodes, other.nodes) for one, other in combinations(self.found.values(), 2)
        ]
        return fmean(shares) if shares else None

    @property
    def shared(self) -> Nodes:
        """The nodes that every seed found."""
        return frozenset.intersection(*(found.nodes for found in self.found.values()))


def discover_seeds(
    ground: Ground,
    settings: Discovery,
    seeds: Iterable[int],
    *,
    journal: Journal | None = None,
    on_progress: OnProgress = lambda done, total, what: None,
) -> Discovered:
    """Search from each seed, taking up what `journal` has.

    Raises:
        NotFoundError: no seed found a circuit; says why the last one did not.
    """
    found: dict[int, Found] = {}
    failed: dict[int, str] = {}
    for seed in seeds:
        result = None if journal is None else journal.found(seed)
        if result is None:
            result = _search(ground, settings, seed, journal, on_progress)
        if isinstance(result, str):
            failed[seed] = result
        else:
            found[seed] = result
    if not found:
        raise NotFoundError(*list(failed.values())[-1:])
    return Discovered(found, failed)


def _search(
    ground: Ground,
    settings: Discovery,
    seed: int,
    journal: Journal | None,
    on_progress: OnProgress,
) -> Found | str:
    seeded = replace(settings, training=replace(settings.training, seed=seed))

    def report(done: int, total: int | None, what: str) -> None:
        on_progress(done, total, f"seed {seed}, {what}")

    scores = None if journal is None else journal.scores(seed)
    if scores is None:
        scores = score_nodes(ground, seeded, on_progress=report)
        if journal is not None and settings.method == "masks":
            journal.scored(seed, scores)
    try:
        result: Found | str = search_circuit(ground, scores, seeded, on_progress=report)
    except NotFoundError as error:
        result = str(error)
    if journal is not None:
        journal.ended(seed, result)
    return result


def _size(found: Found) -> tuple[int, int, float]:
    return len(found.nodes), len(found.edges or ()), found.kept.loss


def _jaccard(one: Nodes, other: Nodes) -> float:
    either = one | other
    return len(one & other) / len(either) if either else 1.0
