"""What a search has found so far, in a file, so that the same command goes on after a stop."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from circuitspec import __version__
from circuitspec.circuit.nodes import Edge, parse_node
from circuitspec.discovery.goal import Kept
from circuitspec.discovery.rank import Scores
from circuitspec.discovery.search_circuit import Discovery, Found, Ground
from circuitspec.files import write_whole

_SETTINGS = TypeAdapter(Discovery)


class _Found(BaseModel):
    """A `Found` by the names of its nodes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...] | None
    loss: float
    accuracy: float
    by_template: tuple[float, ...]
    alone: float | None = None
    ranked: int
    cheap: int


class _Entry(BaseModel):
    """What is known of one seed: scores of nodes first, then what was found, or that nothing was.

    Attributes:
        scores: of nodes that were not given up, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scores: dict[str, float] | None = None
    found: _Found | None = None
    failed: str | None = None


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str
    seeds: dict[int, _Entry] = {}


class Journal:
    """Results by seed. Those of other settings, models or tasks are not taken up."""

    def __init__(self, path: Path, ground: Ground, settings: Discovery) -> None:
        """Take up what an earlier search for the same left at `path`."""
        self._path = path
        self._ground = ground
        key = _key(ground, settings)
        self._content = _Content(key=key)
        if path.exists():
            try:
                earlier = _Content.model_validate_json(path.read_bytes())
            except ValidationError:
                return
            if earlier.key == key:
                self._content = earlier

    def scores(self, seed: int) -> Scores | None:
        """What the masks of a seed came to."""
        entry = self._content.seeds.get(seed)
        if entry is None or entry.scores is None:
            return None
        config = self._ground.model.config
        scores = {p: torch.full((config.width(p),), -torch.inf) for p in self._ground.scope}
        for name, score in entry.scores.items():
            node = parse_node(name)
            scores[node.place][node.index] = score
        return scores

    def found(self, seed: int) -> Found | str | None:
        """What a seed ended with, or why with nothing."""
        entry = self._content.seeds.get(seed)
        if entry is None or entry.failed is not None:
            return None if entry is None else entry.failed
        return None if entry.found is None else self._read(entry.found)

    def scored(self, seed: int, scores: Scores) -> None:
        """Note the scores of a seed."""
        named = {
            f"{place}[{index}]": float(values[index])
            for place, values in scores.items()
            for index in values.isfinite().nonzero()[:, 0].tolist()
        }
        self._note(seed, _Entry(scores=named))

    def ended(self, seed: int, found: Found | str) -> None:
        """Note what a seed ended with."""
        self._note(
            seed,
            _Entry(failed=found) if isinstance(found, str) else _Entry(found=_written(found)),
        )

    def remove(self) -> None:
        """The search is over."""
        self._path.unlink(missing_ok=True)

    def _note(self, seed: int, entry: _Entry) -> None:
        self._content.seeds[seed] = entry
        write_whole(self._path, self._content.model_dump_json())

    def _read(self, found: _Found) -> Found:
        transformer = self._ground.model.transformer
        edges = None
        if found.edges is not None:
            ends = ((parse_node(source), parse_node(target)) for source, target in found.edges)
            edges = frozenset(
                Edge(s, t, float(transformer.matrix(t.place).weight[t.index, s.index]))
                for s, t in ends
            )
        kept = Kept(found.loss, found.accuracy, found.by_template, found.alone)
        nodes = frozenset(map(parse_node, found.nodes))
        return Found(nodes, edges, kept, found.ranked, found.cheap)


def _written(found: Found) -> _Found:
    edges = None
    if found.edges is not None:
        edges = tuple(sorted((str(edge.source), str(edge.target)) for edge in found.edges))
    return _Found(
        nodes=tuple(sorted(map(str, found.nodes))),
        edges=edges,
        loss=found.kept.loss,
        accuracy=found.kept.accuracy,
        by_template=found.kept.by_template,
        alone=found.kept.alone,
        ranked=found.ranked,
        cheap=found.cheap,
    )


def _key(ground: Ground, settings: Discovery) -> str:
    model = ground.model
    parts = (__version__, model.sha256, model.reference_sha256, ground.task.finding_sha256)
    return hashlib.sha256(
        "\n".join((*parts, _SETTINGS.dump_json(settings).decode())).encode()
    ).hexdigest()
