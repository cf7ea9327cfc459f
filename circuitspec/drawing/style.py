"""How circuits look: colours, fonts, shapes and sizes.

Blue and vermilion are from the palette of Okabe and Ito (2008), which readers with any of the
common colour deficiencies can tell apart; dashes and arrowheads say the same without colour.
Colours have six digits, because Graphviz 2.43 draws others as black inside labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from circuitspec.model.places import Part

# The condensed cut of DejaVu is about as wide as Helvetica, the usual one far wider.
SANS = "Helvetica,Arial,Liberation Sans,DejaVu Sans Condensed,sans-serif"
MONO = "Menlo,Consolas,DejaVu Sans Mono,monospace"

INK = "#1A1A1A"
GREY = "#5F6368"
WIRE = "#9AA0A6"
# The drawing brings its own paper, so that it can be read on a dark page too.
PAPER = "#FFFFFF"
PAPER_LINE = "#E3E5E8"
PANEL = "#F5F6F8"
HEAD_PANEL = "#E4EAEC"
PANEL_LINE = "#DADCE0"

CONFIRMED = "#00735C"
NOT_CONFIRMED = "#D55E00"


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """How weights of one sign look, and the sign for them in the legend.

    Attributes:
        pale: the colour of weights that the spec does not list.
        mark: the background of tokens at which a node is of this sign.
    """

    kind: str
    colour: str
    pale: str
    mark: str
    line: str
    arrowhead: str
    sign: str


POSITIVE = EdgeLook("positive", "#0072B2", "#8CC0DE", "#CFE6F5", "solid", "normal", "──▶")
NEGATIVE = EdgeLook("negative", "#D55E00", "#EDB48C", "#FBDCC5", "dashed", "tee", "╌╌┤")


def edge_look(weight: float) -> EdgeLook:
    """The look of a weight of this value."""
    return POSITIVE if weight > 0 else NEGATIVE


@dataclass(frozen=True, slots=True)
class NodeLook:
    """How nodes of one kind look, and the sign for them in the legend.

    Attributes:
        margin: around the label, in inches; None for the scale's.
    """

    kind: str
    shape: str
    style: str
    fill: str
    line: str
    sign: str
    meaning: str
    margin: str | None = None


RESIDUAL = NodeLook(
    "residual", "box", "rounded,filled", "#FFFFFF", "#80868B", "▢", "read or write of a channel"
)
NEURON = NodeLook("neuron", "ellipse", "filled", "#FFF6DC", "#B08900", "◯", "neuron", margin="0,0")
HEAD_CHANNEL = NodeLook("head", "box", "filled", "#EAF3F0", "#4F8A7B", "▭", "query, key or value")


def node_look(part: Part) -> NodeLook:
    """The look of the nodes at places of this kind."""
    if part == "mlp.neuron":
        return NEURON
    return HEAD_CHANNEL if part in ("attn.q", "attn.k", "attn.v") else RESIDUAL


@dataclass(frozen=True, slots=True)
class Scale:
    """What depends on how much there is to draw; lengths in inches, fonts in points.

    Attributes:
        name_width, value_width: the most characters of a name, on its node and on its head.
        wordy: whether there is room for descriptions and for labels on lines.
        n_snippets, snippet_width: of each node, and how many characters of text each.
        box: the size of a usual node.
        thinnest, thickest: the widths of the weakest and of the strongest weight's line.
    """

    name_size: float
    place_size: float
    snippet_size: float
    name_width: int
    value_width: int
    wordy: bool
    n_snippets: int
    snippet_width: int
    node_margin: str
    node_gap: float
    row_gap: float
    box: tuple[float, float]
    thinnest: float
    thickest: float


FULL = Scale(
    name_size=11,
    place_size=8,
    snippet_size=8,
    name_width=28,
    value_width=18,
    wordy=True,
    n_snippets=2,
    snippet_width=16,
    node_margin="0.09,0.03",
    node_gap=0.12,
    row_gap=0.4,
    box=(1.3, 0.8),
    thinnest=0.8,
    thickest=3.0,
)
MEDIUM = replace(
    FULL, name_size=9, place_size=7, snippet_size=6.5, n_snippets=1, row_gap=0.3, box=(1.1, 0.6)
)
COMPACT = replace(
    FULL,
    name_size=8.5,
    place_size=7.5,
    n_snippets=0,
    node_gap=0.1,
    row_gap=0.16,
    wordy=False,
    node_margin="0.08,0.04",
)
SMALL = Scale(
    name_size=7.5,
    place_size=6,
    snippet_size=6,
    name_width=18,
    value_width=14,
    wordy=False,
    n_snippets=0,
    snippet_width=0,
    node_margin="0.03,0.02",
    node_gap=0.06,
    row_gap=0.5,
    box=(0.9, 0.3),
    thinnest=0.5,
    thickest=2.5,
)


def scale_for(n_nodes: int) -> Scale:
    """The largest scale at which a page can hold so many nodes."""
    return FULL if n_nodes <= 30 else MEDIUM if n_nodes <= 60 else SMALL


# Above this many edges their numbers would cover the picture.
LARGEST_NUMBERED = 40
