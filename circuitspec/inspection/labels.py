"""How nodes and tokens are called: a node by its place and a spec's name, a token by its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tokenizers import Tokenizer

from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.inspection.facts import Label
from circuitspec.language.selections import HEAD_PARTS
from circuitspec.model.config import ModelConfig

UNDECODABLE = "\ufffd"
"""What a decoder makes of a token that is a part of a character."""


@dataclass(frozen=True)
class Labels:
    """The names that specs give to nodes of a model.

    Attributes:
        groups: which of their nodes they name; of several names for a node, the first counts.
    """

    config: ModelConfig
    groups: Sequence[NamedNodes] = field(default=())

    @cached_property
    def _group_of(self) -> Mapping[Node, NamedNodes]:
        return {node: group for group in reversed(self.groups) for node in group.nodes}

    def __call__(self, node: Node) -> Label:
        """The label of a node."""
        group = self._group_of.get(node)
        place = self.place(node)
        if group is None:
            return Label(node=place)
        return Label(node=place, name=group.name, description=group.description)

    def place(self, node: Node) -> str:
        """Where a node is, as a spec writes it; channels of heads by their head."""
        if node.place.part not in HEAD_PARTS:
            return str(node)
        head, channel = divmod(node.index, self.config.d_head)
        part = node.place.part.removeprefix("attn.")
        return f"L{node.place.layer}.h{head}.{part}[{channel}]"


def token_text(tokenizer: Tokenizer, token: int) -> str:
    """The text of a token; its bytes, or what the vocabulary calls it, where it is no text."""
    text: str = tokenizer.decode([token])
    if text and UNDECODABLE not in text:
        return text
    called = tokenizer.id_to_token(token)
    if called is None:  # A model may have more outputs than its vocabulary has words.
        return f"token {token}"
    if text and all(character in _BYTES for character in called):
        return bytes(_BYTES[character] for character in called).decode("utf-8", "backslashreplace")
    return called


def _byte_alphabet() -> dict[str, int]:
    """The characters that stand for bytes in byte-level vocabularies, as in GPT-2's."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(0x100) if byte not in plain]
    shifted = {chr(0x100 + number): byte for number, byte in enumerate(others)}
    return {chr(byte): byte for byte in plain} | shifted


_BYTES = _byte_alphabet()
