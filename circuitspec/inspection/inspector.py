"""Some nodes of a model: what the weights say of each, and where it fires on a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.inspection.facts import Inspection, ModelFacts, NodeFacts, TextFacts
from circuitspec.inspection.firing import FiringReader
from circuitspec.inspection.gather import gather_values
from circuitspec.inspection.labels import Labels
from circuitspec.inspection.texts import Text
from circuitspec.inspection.wiring import WiringReader
from circuitspec.model.folder import Model
from circuitspec.model.places import Part

SAYS: tuple[Part, ...] = ("attn.out", "mlp.out", "final")
"""The places from where a node moves what the model says next."""


def inspect_nodes(
    model: Model,
    nodes: Sequence[Node],
    text: Text,
    *,
    named: Sequence[NamedNodes] = (),
    most: int = 8,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Inspection:
    """All that can be told of `nodes`, in their order.

    Args:
        text: what the model is run on, once for all nodes.
        named: what specs call nodes of this model.
        most: how many tokens and examples are listed on each side.
        seed: of the examples that are drawn at random.

    Raises:
        ValueError: no nodes.
        FloatingPointError: the model gives a value that is not finite.
    """
    if not nodes:
        raise ValueError("there is nothing to inspect")
    labels = Labels(model.config, named)
    wiring = WiringReader(
        config=model.config,
        parameters={
            name: tensor.detach().cpu().numpy()
            for name, tensor in model.transformer.state_dict().items()
        },
        means={place: mean.cpu().numpy() for place, mean in model.reference.means.items()},
        tokenizer=model.tokenizer,
        labels=labels,
        most=most,
    )
    by_next = SAYS if not text.pairs else ()
    firing = FiringReader(text, model.tokenizer, most=most, seed=seed)
    values = gather_values(model.transformer, text, nodes, on_progress=on_progress)
    return Inspection(
        model=ModelFacts(name=model.name, sha256=model.sha256),
        text=TextFacts(
            source=text.source,
            documents=len(text.documents),
            tokens=len(text.ids),
            least_count=firing.least_count,
            sha256=text.sha256,
        ),
        seed=seed,
        nodes=tuple(
            NodeFacts(
                label=labels(node),
                flat=str(node),
                part=node.place.part,
                reference_mean=float(model.reference.means[node.place][node.index]),
                wiring=wiring.wiring(node),
                firing=firing.firing(row, by_next=node.place.part in by_next),
            )
            for node, row in zip(nodes, values, strict=True)
        ),
    )
