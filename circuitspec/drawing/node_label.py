"""What is written on and behind a node: the author's name, the place, the description."""

from __future__ import annotations

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.drawing import style
from circuitspec.drawing.snippet_label import snippet_label
from circuitspec.drawing.text import balanced, font, one_line, shortened, table
from circuitspec.evidence.evidence import Evidence

_DESCRIPTION_WIDTH = 24
_DESCRIPTION_LINES = 3


class NodeLabels:
    """The labels of the nodes of one circuit at one scale."""

    def __init__(
        self, circuit: Circuit, scale: style.Scale, evidence: Evidence | None = None
    ) -> None:
        self._d_head = circuit.model.config.d_head
        self._scale = scale
        self._snippets = {} if evidence is None else evidence.snippets
        self._groups = {node: group for group in circuit.groups for node in group.nodes}

    def label(self, node: Node) -> str:
        """The HTML-like label: name, place and, where there is room, description and snippets.

        A description stands on the first node of its group only.
        """
        scale, group = self._scale, self._groups[node]
        lines = [font(shortened(self.name(node), scale.name_width), bold=True), self._place(node)]
        description = balanced(group.description, _DESCRIPTION_WIDTH)
        if scale.wordy and node == group.nodes[0] and len(description) <= _DESCRIPTION_LINES:
            lines += [font(line, size=scale.place_size) for line in description]
        for snippet in self._snippets.get(node, ())[: scale.n_snippets]:
            lines.append(snippet_label(snippet, scale.snippet_width, scale.snippet_size))
        return f"<{table([[line] for line in lines], align='CENTER')}>"

    def place_alone(self, node: Node) -> str:
        """The HTML-like label of a node whose name stands nearby already."""
        return f"<{self._place(node)}>"

    def _place(self, node: Node) -> str:
        size = self._scale.place_size
        return font(self.place(node), size=size, colour=style.GREY, face=style.MONO)

    def tooltip(self, node: Node) -> str:
        """Everything that is known of the node, in plain text."""
        words = f"{self.name(node)}, {self.place(node)}"
        description = one_line(self._groups[node].description)
        return f"{words}: {description}" if description else words

    def name(self, node: Node) -> str:
        """The author's name, with the index where the group has several nodes at the place."""
        group = self._groups[node]
        return f"{group.name}[{self._index(node)}]" if _is_ambiguous(node, group) else group.name

    def place(self, node: Node) -> str:
        """The node's place and index as a spec says them; channels of heads by their head."""
        place = node.place
        if place.part not in ("attn.q", "attn.k", "attn.v"):
            return str(node)
        head, part = node.index // self._d_head, place.part.removeprefix("attn.")
        return f"L{place.layer}.h{head}.{part}[{self._index(node)}]"

    def _index(self, node: Node) -> int:
        in_head = node.place.part in ("attn.q", "attn.k", "attn.v")
        return node.index % self._d_head if in_head else node.index


def _is_ambiguous(node: Node, group: NamedNodes) -> bool:
    return any(other != node and other.place == node.place for other in group.nodes)
