"""A circuit of a given model: its nodes and edges with the model that they are of, ready to run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor

from circuitspec.circuit.nodes import Edge, NamedNodes, Node
from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks, keep_masks, keep_nodes, keep_weights
from circuitspec.model.folder import Model
from circuitspec.model.places import Place


@dataclass(frozen=True, eq=False)
class Circuit:
    """Nodes, and perhaps edges, of one model, with what stands in for what is taken away.

    Attributes:
        name, description: the author's.
        groups: the declared nodes, in the order of the spec.
        edges: in forward order; None where the spec lists none, and then all weights between
            kept nodes count as kept.
        scope: the places that ablation may touch.
    """

    name: str
    model: Model
    groups: tuple[NamedNodes, ...]
    edges: tuple[Edge, ...] | None
    scope: tuple[Place, ...]
    ablation: AblationValues
    description: str = ""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, in forward order."""
        return tuple(sorted((n for g in self.groups for n in g.nodes), key=lambda n: n.order))

    def name_of(self, node: Node) -> str:
        """The author's name for `node`; a group of several names them by place as well."""
        group = next(group for group in self.groups if node in group.nodes)
        return group.name if len(group.nodes) == 1 else f"{group.name} ({node})"

    def keep_masks(self) -> Masks:
        """Everything in scope outside the circuit is ablated.

        With edges that is also every weight between kept nodes that is not listed: what arrives
        at a kept node from another kept node arrives along listed edges alone.
        """
        edges = None if self.edges is None else self._entries()
        return keep_masks(self.model.config, self.scope, self._indices(), edges)

    def drop_masks(self) -> Masks:
        """The circuit is ablated and the rest left alone: its edges if it lists any, else its
        nodes."""
        config = self.model.config
        if self.edges is not None:
            targets = {edge.target.place for edge in self.edges}
            return Masks({}, keep_weights(config, targets, self._entries())).complement()
        return Masks(keep_nodes(config, self.scope, self._indices())).complement()

    def keep(self, tokens: Tensor) -> Tensor:
        """Logits [batch, position, vocab] of the circuit alone, on tokens [batch, position]."""
        return run_masked(self.model.transformer, tokens, self.keep_masks(), self.ablation)

    def drop(self, tokens: Tensor) -> Tensor:
        """Logits [batch, position, vocab] of the model without the circuit."""
        return run_masked(self.model.transformer, tokens, self.drop_masks(), self.ablation)

    def without_node(self, node: Node) -> Circuit:
        """The circuit less one node and the edges at it."""
        groups = tuple(
            replace(group, nodes=tuple(n for n in group.nodes if n != node))
            for group in self.groups
        )
        edges = self.edges
        if edges is not None:
            edges = tuple(edge for edge in edges if node not in (edge.source, edge.target))
        return replace(self, groups=groups, edges=edges)

    def without_edge(self, edge: Edge) -> Circuit:
        """The circuit less one edge."""
        assert self.edges is not None
        return replace(self, edges=tuple(other for other in self.edges if other != edge))

    def emptied(self) -> Circuit:
        """No node and no edge: everything in scope ablated, for comparison."""
        return replace(self, groups=(), edges=None)

    def _indices(self) -> list[tuple[Place, int]]:
        return [(node.place, node.index) for node in self.nodes]

    def _entries(self) -> list[tuple[Place, int, int]]:
        return [(e.target.place, e.target.index, e.source.index) for e in self.edges or ()]
