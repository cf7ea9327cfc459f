"""What can be wrong with an arrow in a model: no matrix, no weight, another sign, drawn before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from circuitspec.circuit.nodes import Edge, Node
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.wording import quoted
from circuitspec.language.spec import EdgeDecl
from circuitspec.model.places import SOURCE_PART, Part, Place

MOST_INPUTS = 3
"""So many weights are named that could have been meant."""

_WRITES: dict[Part, str] = {"embed": "embed", "attn.out": "attn", "mlp.out": "mlp"}
_READS: dict[Part, str] = {"attn.in": "attn", "mlp.in": "mlp", "final": "final"}
"""The block that writes to the residual stream at a place, and the one that reads from it."""


def no_such_matrix(
    declaration: EdgeDecl, sources: Sequence[Node], targets: Sequence[Node]
) -> Diagnostic:
    """An arrow between places that no matrix joins; a half that a node lacks has no nodes."""
    source, target = declaration.source, declaration.target
    return Diagnostic(
        code=Code.NO_SUCH_MATRIX,
        message=f"no weight joins `{source}` to `{target}`",
        span=declaration.span,
        label=f"from {_places(sources)} to {_places(targets)}",
        secondary=declaration.marks,
        help=_way(declaration, sources, targets)
        if sources and targets
        else "let the arrow end at a node with elements there",
    )


def zero_weight(
    declaration: EdgeDecl,
    absent: Edge,
    count: int,
    inputs: Sequence[Edge],
    names: Mapping[Node, str],
) -> Diagnostic:
    """An arrow whose weights are all zero.

    Args:
        absent: the first of them.
        count: how many they are.
        inputs: the strongest weights to the same target, the strongest first.
        names: what the spec calls nodes.
    """
    between = f"from `{declaration.source}` to `{declaration.target}`"
    shown = [f"{_called(edge.source, names)} ({edge.weight:+.3g})" for edge in inputs]
    return Diagnostic(
        code=Code.ZERO_WEIGHT,
        message=f"the weight {between} is zero in this model"
        if count == 1
        else f"all {count} weights {between} are zero in this model",
        span=declaration.span,
        label=f"{absent} is 0",
        secondary=declaration.marks,
        help=f"the strongest inputs of {absent.target} are {', '.join(shown)}"
        if shown
        else f"leave it out: {absent.target} has no input at all in this model",
    )


def wrong_sign(declaration: EdgeDecl, wrong: Sequence[Edge], count: int) -> Diagnostic:
    """An arrow with weights of the other sign.

    Args:
        wrong: those weights.
        count: how many weights the arrow stands for.
    """
    between = f"from `{declaration.source}` to `{declaration.target}`"
    word, actual = ("positive", "+") if declaration.sign == "-" else ("negative", "-")
    which = "the weight" if count == 1 else f"{len(wrong)} of {count} weights"
    verb = "is" if len(wrong) == 1 else "are"
    return Diagnostic(
        code=Code.SIGN_CONTRADICTS_WEIGHT,
        message=f"{which} {between} {verb} {word}, the spec says `{declaration.sign}`",
        span=declaration.sign_span or declaration.span,
        label=f"{wrong[0]} is {wrong[0].weight:.3g}",
        help=f"write `{declaration.target} : {actual}`"
        if len(wrong) == count
        else "leave the sign out, or name the nodes one by one",
    )


def repeated_weight(declaration: EdgeDecl, first: EdgeDecl, shared: Sequence[Edge]) -> Diagnostic:
    """An arrow that stands for weights for which an earlier one, `first`, stands already."""
    halves = (
        {first.source.part, declaration.source.part},
        {first.target.part, declaration.target.part},
    )
    pair = declaration.source.name if len(halves[0]) > 1 else declaration.target.name
    return Diagnostic(
        code=Code.EDGE_LISTED_TWICE,
        message=f"the weight {shared[0]} is listed twice"
        if len(shared) == 1
        else f"the weight {shared[0]} and {len(shared) - 1} more are listed twice",
        span=declaration.span,
        label="listed again",
        secondary=() if first.span is None else ((first.span, "first listed here"),),
        help="leave one of the two out",
        notes=(f"`{pair}` alone stands for both halves of the pair",)
        if any(None in parts and len(parts) > 1 for parts in halves)
        else (),
    )


def _way(declaration: EdgeDecl, sources: Sequence[Node], targets: Sequence[Node]) -> str:
    """How to say what was probably meant."""
    pairs = [
        (source, target) for source in _one_a_place(sources) for target in _one_a_place(targets)
    ]
    if any(source.place.source == target.place for source, target in pairs):
        return f"did you mean `{declaration.target} -> {declaration.source}`?"
    for source, target in pairs:
        for between in _reached_from(source.place):
            if target.place in _reached_from(between):
                return (
                    f"go by way of a node at `{between}`: "
                    f"`{declaration.source} -> ... -> {declaration.target}`"
                )
    for source, target in pairs:
        if source.place.part in _WRITES and target.place.part in _READS:
            return _along_the_stream(source, target)
    place = sources[0].place
    onward = _reached_from(place)
    if onward:
        return f"weights lead from `{place}` to {quoted(map(str, onward), 'and')}"
    if place.part in ("attn.q", "attn.k"):
        return "a query and a key choose where values come from: no weight leads on from them"
    return f"no weight leads on from `{place}`: the residual stream carries its channels"


def _along_the_stream(source: Node, target: Node) -> str:
    """What is written to the residual stream is read elsewhere as it is."""
    if source.place.order > target.place.order:
        return f"`{target.place}` is read before `{source.place}` is written"
    if source.index != target.index:
        return f"channel {source.index} of the residual stream stays channel {source.index}"
    write, read = _block(source.place, _WRITES), _block(target.place, _READS)
    return (
        f"the residual stream carries it on as it is: make both one node, "
        f"`channel {source.index} from {write} to {read}`"
    )


def _block(place: Place, blocks: Mapping[Part, str]) -> str:
    return str(Place(place.layer, place.part)).replace(place.part, blocks[place.part])


def _reached_from(place: Place) -> list[Place]:
    return [Place(place.layer, part) for part, read in SOURCE_PART.items() if read == place.part]


def _one_a_place(nodes: Sequence[Node]) -> list[Node]:
    return list({node.place: node for node in reversed(nodes)}.values())


def _called(node: Node, names: Mapping[Node, str]) -> str:
    return f"`{names[node]}`" if node in names else str(node)


def _places(nodes: Sequence[Node]) -> str:
    return ", ".join(dict.fromkeys(str(node.place) for node in nodes)) or "no node"
