"""Random valid specs, for properties that hold of every spec."""

from __future__ import annotations

from hypothesis import strategies as st

from circuitspec.language import (
    Ablation,
    Calibration,
    ChannelPath,
    EdgeDecl,
    IndexRange,
    NodeDecl,
    NodeRef,
    PlaceRef,
    QkPair,
    Selection,
    Spec,
    SpecFile,
    Sublayer,
)
from circuitspec.language.claim_words import ALTERNATIVES
from circuitspec.language.spec import UNITS

from .claim_strategies import claims, models, names, texts

numbers = st.integers(0, 50) | st.integers(0, 10**18 - 1)


@st.composite
def indices(draw: st.DrawFn) -> tuple[IndexRange, ...]:
    """Disjoint ranges in any order."""
    ends = sorted(draw(st.sets(numbers, min_size=1, max_size=12)))
    ranges = []
    while ends:
        first = ends.pop(0)
        last = ends.pop(0) if ends and draw(st.booleans()) else first
        ranges.append(IndexRange(first=first, last=last))
    return tuple(draw(st.permutations(ranges)))


layer_places = st.builds(
    PlaceRef,
    layer=numbers,
    part=st.sampled_from(
        ["attn.in", "attn.q", "attn.k", "attn.v", "attn.out", "mlp.in", "mlp.neuron", "mlp.out"]
    ),
)
end_places = st.builds(PlaceRef, layer=st.none(), part=st.sampled_from(["embed", "final"]))
head_places = st.builds(
    PlaceRef, layer=numbers, part=st.sampled_from(["attn.q", "attn.k", "attn.v"])
)
elements = st.builds(Selection, place=layer_places | end_places, indices=indices())
head_elements = st.builds(Selection, place=head_places, head=numbers, indices=indices())
qk_pairs = st.builds(QkPair, layer=numbers, head=st.none() | numbers, indices=indices())


@st.composite
def channel_paths(draw: st.DrawFn) -> ChannelPath:
    """Blocks in the order of the forward pass, cut in two."""
    blocks = {
        Sublayer(layer=layer, block=draw(st.sampled_from(["attn", "mlp"])))
        for layer in draw(st.sets(numbers, min_size=2, max_size=6))
    }
    ordered = sorted(blocks, key=lambda block: block.order)
    cut = draw(st.integers(1, len(ordered) - 1))
    writes, reads = ordered[:cut], ordered[cut:]
    if draw(st.booleans()):
        writes.append(Sublayer(layer=None, block="embed"))
    if draw(st.booleans()):
        reads.append(Sublayer(layer=None, block="final"))
    return ChannelPath(
        indices=draw(indices()),
        writes=tuple(draw(st.permutations(writes))),
        reads=tuple(draw(st.permutations(reads))),
    )


selections = st.one_of(elements, head_elements, qk_pairs, channel_paths())


@st.composite
def edges(draw: st.DrawFn, nodes: tuple[NodeDecl, ...]) -> tuple[EdgeDecl, ...]:
    """Different pairs of ends."""
    ends = [NodeRef(name=node.name) for node in nodes]
    for node in nodes:
        if any(isinstance(selection, QkPair) for selection in node.selections):
            ends += [NodeRef(name=node.name, part="q"), NodeRef(name=node.name, part="k")]
    end = st.sampled_from(ends)
    pairs = draw(st.lists(st.tuples(end, end), unique=True, max_size=8))
    signs = st.sampled_from(["+", "-", None])
    return tuple(EdgeDecl(source=a, target=b, sign=draw(signs)) for a, b in pairs)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Any spec that the language can express."""
    nodes = tuple(
        NodeDecl(
            name=name,
            selections=tuple(draw(st.lists(selections, min_size=1, max_size=3))),
            description=draw(texts),
        )
        for name in draw(st.lists(names, min_size=1, max_size=4, unique=True))
    )
    drawn_edges = draw(edges(nodes))
    mean = Ablation(kind="mean", over="pretraining")
    used = {node.name for node in nodes}
    others = st.lists(names.filter(lambda name: name not in used), max_size=2, unique=True)
    outside = tuple(
        NodeDecl(name=name, selections=(draw(selections),), description=draw(texts))
        for name in draw(others)
    )
    ablation = draw(st.sampled_from([mean, Ablation(kind="zero")]))
    further = [kind for kind in ALTERNATIVES if kind != ablation.kind]
    also = draw(st.lists(st.sampled_from(further), unique=True, max_size=3))
    report = draw(st.lists(st.sampled_from(further), unique=True, max_size=3))
    named = [node.name for node in (*nodes, *outside)]
    return Spec(
        name=draw(names),
        description=draw(texts),
        model=draw(models),
        task=draw(models),
        ablation=ablation,
        # The whole scope, in any order, so that every place is inside of it.
        scope=tuple(draw(st.permutations(["layers", "embed", "final"]))),
        calibration=draw(st.none() | st.builds(Calibration, shift=st.booleans())),
        level=draw(st.floats(0, 0.5, exclude_min=True)),
        unit=draw(st.sampled_from(UNITS)),
        nodes=nodes,
        outside=outside,
        edges=drawn_edges,
        also=tuple(also),
        report=tuple(kind for kind in report if kind not in also),
        claims=draw(claims(named, has_edges=bool(drawn_edges))),
    )


spec_files = st.lists(specs(), min_size=1, max_size=2, unique_by=lambda spec: spec.name).map(
    lambda circuits: SpecFile(circuits=tuple(circuits))
)
