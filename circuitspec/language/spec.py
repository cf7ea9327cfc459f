"""The meaning of a `.circ` file: frozen values that every later stage reads.

A `Spec` says what was claimed, in the author's terms. It knows nothing of a model's shape: whether
layer 10 exists, and whether a weight is zero, is for the `circuit` package to say. Values made by
the parser carry spans for later messages; spans take no part in equality, hashing or JSON, so a
`Spec` built by a program equals the one read back from its text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import Field, model_validator

from circuitspec.diagnostics.source import Source, Span
from circuitspec.language.claim_words import METRICS as METRICS
from circuitspec.language.claim_words import Alternative as Alternative
from circuitspec.language.claim_words import Comparison as Comparison
from circuitspec.language.claim_words import Metric as Metric
from circuitspec.language.claim_words import claimed_side as claimed_side
from circuitspec.language.claims import Claim as Claim
from circuitspec.language.claims import Minimal as Minimal
from circuitspec.language.claims import Necessary as Necessary
from circuitspec.language.claims import Sufficient as Sufficient
from circuitspec.language.claims import nodes_of
from circuitspec.language.selections import AnySelection as AnySelection
from circuitspec.language.selections import ChannelPath as ChannelPath
from circuitspec.language.selections import IndexRange as IndexRange
from circuitspec.language.selections import PlaceRef as PlaceRef
from circuitspec.language.selections import QkPair as QkPair
from circuitspec.language.selections import Selection as Selection
from circuitspec.language.selections import Sublayer as Sublayer
from circuitspec.language.selections import places_of
from circuitspec.language.values import Name, Text, Value, Where

ScopeName: TypeAlias = Literal["layers", "embed", "final"]
CalibrationName: TypeAlias = Literal["scale", "shift"]
Unit: TypeAlias = Literal["pairs", "templates"]
Sign: TypeAlias = Literal["+", "-"]

SCOPE_NAMES: tuple[ScopeName, ...] = get_args(ScopeName)
CALIBRATION_NAMES: tuple[CalibrationName, ...] = get_args(CalibrationName)
UNITS: tuple[Unit, ...] = get_args(Unit)

DEFAULT_SCOPE: tuple[ScopeName, ...] = ("layers",)
DEFAULT_LEVEL = 0.05


def scope_of(place: PlaceRef) -> ScopeName:
    """The part of the model that a scope must name to hold `place`."""
    return place.part if place.part in ("embed", "final") else "layers"


class Ablation(Value):
    """What stands in for a value that is taken away.

    Attributes:
        kind: `mean` is the value's mean over reference data, `zero` is zero.
        over: the data of the mean; nothing for `zero`.
    """

    kind: Literal["mean", "zero"]
    over: Literal["pretraining"] | None = None

    @model_validator(mode="after")
    def _mean_needs_data(self) -> Self:
        if (self.kind == "mean") != (self.over is not None):
            raise ValueError("`mean` is taken over something, `zero` over nothing")
        return self


class Calibration(Value):
    """What is fitted to the logits of the circuit alone before it is scored; a scale, always.

    With d the logit of the first answer of a pair minus that of the second, the circuit is scored
    as if it had said `scale * d + shift`. Both numbers are fitted on the finding pairs.

    Attributes:
        shift: a shift is fitted as well; without one it is 0.
    """

    shift: bool = False
    span: Where = None


class NodeDecl(Value):
    """A named part of the circuit and what its author says of it."""

    name: Name
    selections: Annotated[tuple[AnySelection, ...], Field(min_length=1)]
    description: Text = ""
    name_span: Where = None
    span: Where = None


class NodeRef(Value):
    """An end of an edge: a node's name, and which half of it if it is a qk pair."""

    name: Name
    part: Literal["q", "k"] | None = None
    span: Where = None

    def __str__(self) -> str:
        return self.name if self.part is None else f"{self.name}.{self.part}"


class EdgeDecl(Value):
    """Weights from one node to another, of the given sign if there is one.

    Chains and lists are already taken apart: there is one of these for each pair of ends.

    Attributes:
        span: from the source to the target or the sign, if nothing else stands between them; in a
            list it is the target alone.
        sign_span: where the sign stands.
    """

    source: NodeRef
    target: NodeRef
    sign: Sign | None = None
    span: Where = None
    sign_span: Where = None

    @property
    def marks(self) -> tuple[tuple[Span, str], ...]:
        """Where the source stands, for a message that points at `span`, unless that includes it."""
        if (
            self.span is None
            or self.source.span is None
            or self.span.start <= self.source.span.start
        ):
            return ()
        return ((self.source.span, "from here"),)


class Spec(Value):
    """One circuit: what it is made of, in which model, and what is claimed of it.

    Attributes:
        model: a shipped model's name, a folder, or `hf:` and a name.
        task: a shipped task's name or a `.jsonl` file.
        ablation: what stands in for what is taken away.
        scope: which places ablation may touch; `layers` are the eight inside the layers.
        calibration: what is fitted to the circuit's logits; None where they stay as they are.
        level: the chance of a wrong verdict that is accepted for all claims together.
        unit: what is drawn independently: pairs, or the templates that made them.
        outside: names for what is not in the circuit, for claims about it.
        also: further ablations under which `sufficient` and `necessary` must hold as well.
        report: further ablations that are only reported.
        source: the text that it was read from, to show in messages; no part of its meaning.
    """

    name: Name
    description: Text = ""
    model: Annotated[Text, Field(min_length=1)]
    task: Annotated[Text, Field(min_length=1)]
    ablation: Ablation
    scope: Annotated[tuple[ScopeName, ...], Field(min_length=1)] = DEFAULT_SCOPE
    calibration: Calibration | None = None
    level: Annotated[float, Field(gt=0, le=0.5)] = DEFAULT_LEVEL
    unit: Unit = "pairs"
    nodes: Annotated[tuple[NodeDecl, ...], Field(min_length=1)]
    outside: tuple[NodeDecl, ...] = ()
    edges: tuple[EdgeDecl, ...] = ()
    also: tuple[Alternative, ...] = ()
    report: tuple[Alternative, ...] = ()
    claims: tuple[Claim, ...] = ()
    model_span: Where = None
    task_span: Where = None
    also_span: Where = None
    report_span: Where = None
    name_span: Where = None
    span: Where = None
    source: Annotated[Source | None, Field(default=None, exclude=True, repr=False)] = None

    @property
    def judged(self) -> tuple[Claim, ...]:
        """What a verdict is about: the claims, then `sufficient` and `necessary` once more under
        each of `also`. Of the complement of the circuit there are subsets, and of what is left
        without the circuit there are none, so that `necessary` is not claimed under these."""
        return (*self.claims, *self._under(self.also))

    @property
    def reported(self) -> tuple[Claim, ...]:
        """What is measured as well and decides nothing: likewise, under each of `report`."""
        return tuple(self._under(self.report))

    def _under(self, alternatives: tuple[Alternative, ...]) -> Iterator[Claim]:
        for other in alternatives:
            for claim in self.claims:
                if isinstance(claim, Sufficient) or (
                    isinstance(claim, Necessary) and other not in ("subsets", "adversary")
                ):
                    yield claim.model_copy(update={"under": other})

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = Counter(node.name for node in (*self.nodes, *self.outside))
        twice = [name for name, count in names.items() if count > 1]
        if twice:
            raise ValueError(f"nodes declared twice: {', '.join(twice)}")
        ends = {ref.name for edge in self.edges for ref in (edge.source, edge.target)}
        unknown = sorted(ends - {node.name for node in self.nodes})
        if unknown:
            raise ValueError(f"edges end at unknown nodes: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _ablations_differ(self) -> Self:
        stated = [self.ablation.kind, *self.also, *self.report]
        twice = [kind for kind, count in Counter[str](stated).items() if count > 1]
        if twice:
            raise ValueError(f"ablations stated twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _claims_name_nodes(self) -> Self:
        names = {node.name for node in (*self.nodes, *self.outside)}
        unknown = sorted({name for claim in self.claims for name in nodes_of(claim)} - names)
        if unknown:
            raise ValueError(f"claims are about unknown nodes: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _nodes_are_in_scope(self) -> Self:
        selections = (selection for node in self.nodes for selection in node.selections)
        places = (place for selection in selections for place, _ in places_of(selection))
        outside = next((place for place in places if scope_of(place) not in self.scope), None)
        if outside is not None:
            raise ValueError(f"{outside} is outside of the scope {', '.join(self.scope)}")
        return self


class SpecFile(Value):
    """All circuits of a file, in order."""

    version: Literal[1] = 1
    circuits: Annotated[tuple[Spec, ...], Field(min_length=1)]
