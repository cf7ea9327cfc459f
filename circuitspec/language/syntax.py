"""The syntax tree: what a `.circ` file says, word for word, before anything is looked up.

Nothing here is checked beyond the grammar: a name may be unknown, a place may not exist, a range
may run backwards. Spans take no part in equality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from circuitspec.diagnostics.source import Span


@dataclass(frozen=True)
class Syntax:
    """Anything that stands somewhere in the text."""

    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Word(Syntax):
    """A name, a dotted path, a bare word, or the contents of a string with escapes undone."""

    text: str


@dataclass(frozen=True)
class Integer(Syntax):
    """A natural number."""

    value: int


@dataclass(frozen=True)
class Number(Syntax):
    """A number; a percentage keeps that it was one, and its value is already divided by 100."""

    value: Decimal
    percent: bool


@dataclass(frozen=True)
class Range(Syntax):
    """`3..7`, or `3` with both ends the same."""

    first: Integer
    last: Integer


@dataclass(frozen=True)
class Place(Syntax):
    """`L0.mlp.in[3, 5..7]`; no `indices` where the brackets are missing."""

    path: Word
    indices: tuple[Range, ...] | None


@dataclass(frozen=True)
class Channel(Syntax):
    """`channel 460 from L0.mlp to L10.attn`."""

    indices: tuple[Range, ...]
    writes: tuple[Word, ...]
    reads: tuple[Word, ...]


@dataclass(frozen=True)
class Header(Syntax):
    """`circuitspec 1`."""

    version: Integer


@dataclass(frozen=True)
class Model(Syntax):
    """`model python-small`."""

    value: Word


@dataclass(frozen=True)
class Task(Syntax):
    """`task single_double_quote`."""

    value: Word


@dataclass(frozen=True)
class Ablate(Syntax):
    """`ablate mean over pretraining`."""

    kind: Word
    over: Word | None


@dataclass(frozen=True)
class Scope(Syntax):
    """`scope layers, embed`."""

    places: tuple[Word, ...]


@dataclass(frozen=True)
class Calibrate(Syntax):
    """`calibrate scale, shift`."""

    numbers: tuple[Word, ...]


@dataclass(frozen=True)
class Level(Syntax):
    """`level 5% over templates`."""

    value: Number
    over: Word | None


@dataclass(frozen=True)
class Also(Syntax):
    """`also zero, resample`."""

    ablations: tuple[Word, ...]


@dataclass(frozen=True)
class Report(Syntax):
    """`report task_mean`."""

    ablations: tuple[Word, ...]


@dataclass(frozen=True)
class Node(Syntax):
    """`node kind = channel 460 from L0.mlp to L10.attn "what it does"`."""

    name: Word
    selections: tuple[Place | Channel, ...]
    description: Word | None


@dataclass(frozen=True)
class Outside(Node):
    """`outside silent = L1.mlp.neuron[3..40] "does nothing here"`."""


@dataclass(frozen=True)
class Target(Syntax):
    """Where a hop of an edge arrives, and with which sign."""

    path: Word
    sign: Literal["+", "-"] | None


@dataclass(frozen=True)
class Edge(Syntax):
    """`edge a, b -> c : +, d : - -> e`: the first ends, then the targets of each hop."""

    sources: tuple[Word, ...]
    hops: tuple[tuple[Target, ...], ...]


@dataclass(frozen=True)
class Bound(Syntax):
    """`loss <= 0.15`."""

    metric: Word
    comparison: Literal["<=", ">="]
    comparison_span: Span = field(compare=False, repr=False)
    threshold: Number


@dataclass(frozen=True)
class Cost(Syntax):
    """`every node costs >= 0.02`."""

    unit: Word
    comparison: Literal["<=", ">="]
    comparison_span: Span = field(compare=False, repr=False)
    threshold: Number


@dataclass(frozen=True)
class Plain(Syntax):
    """`sufficient`: a claim about the circuit, in one word."""

    word: Word


@dataclass(frozen=True)
class Against(Syntax):
    """`beats random_circuits`."""

    word: Word
    control: Word


@dataclass(frozen=True)
class Interchange(Syntax):
    """`swapping kind, carry at last flips the answer in model`.

    Attributes:
        answer: what becomes of the answer.
        answer_span: where that is said.
        run: what stands after `in`.
    """

    word: Word
    nodes: tuple[Word, ...]
    at: Word | None
    answer: Literal["flips", "keeps"]
    answer_span: Span = field(compare=False, repr=False)
    run: Word | None


@dataclass(frozen=True)
class Role(Syntax):
    """What is said of a node, and where it is looked at.

    Attributes:
        run: what stands after `in`.
        over: what stands after `over`.
    """

    node: Word
    run: Word | None
    over: Word | None


@dataclass(frozen=True)
class FiresOn(Role):
    """`quote fires on "a", "b"`."""

    tokens: tuple[Word, ...]


@dataclass(frozen=True)
class FiresInside(Role):
    """`depth fires inside "[" to "]"`."""

    first: Word
    last: Word


@dataclass(frozen=True)
class Separates(Role):
    """`kind separates "a" from "b"`, or `kind separates answers`.

    Attributes:
        what: a word, or the tokens of the one side.
        others: the tokens of the other side; none after a word.
    """

    what: Word | tuple[Word, ...]
    others: tuple[Word, ...]


@dataclass(frozen=True)
class State(Role):
    """`query is constant`, or `key is negative on "a"`; no `tokens` where nothing follows."""

    state: Word
    tokens: tuple[Word, ...]


@dataclass(frozen=True)
class Attends(Role):
    """`match attends from last to "a"`; each end is a word or tokens."""

    source: Word | tuple[Word, ...]
    target: Word | tuple[Word, ...]


Phrase: TypeAlias = Against | Interchange | FiresOn | FiresInside | Separates | State | Attends


@dataclass(frozen=True)
class Expect(Syntax):
    """`expect sufficient: loss <= 0.15`; only after one word may a cost stand."""

    claim: Plain | Phrase
    body: Bound | Cost


@dataclass(frozen=True)
class Predict(Syntax):
    """`predict "it breaks": task another, accuracy <= 50%`."""

    text: Word
    task: Word
    body: Bound


Statement: TypeAlias = (
    Model
    | Task
    | Ablate
    | Scope
    | Calibrate
    | Level
    | Also
    | Report
    | Node
    | Outside
    | Edge
    | Expect
    | Predict
)


@dataclass(frozen=True)
class Circuit(Syntax):
    """`circuit name { ... }`."""

    name: Word
    description: Word | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class File(Syntax):
    """A whole file."""

    header: Header
    circuits: tuple[Circuit, ...]
