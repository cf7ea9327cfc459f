"""An inspection for people: rich text, as wide as the terminal; its plain form has no colours.

What is marked in a text is painted where there is colour, and stands between `»` and `«` where
there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log1p

from rich.text import Text

from circuitspec.diagnostics.wording import counted
from circuitspec.inspection.facts import (
    ChannelEnd,
    Firing,
    Inspection,
    Label,
    NodeFacts,
    Partner,
    Spread,
    TextFacts,
    TokenFiring,
    TokenPath,
    Wire,
)
from circuitspec.inspection.passages import Passages, visible
from circuitspec.inspection.sheet import Sheet, beside, number, signed
from circuitspec.model.places import Part

KINDS: dict[Part, str] = {
    "embed": "embedding: what the token writes to the residual stream",
    "attn.in": "residual read: what attention reads, after the norm",
    "attn.q": "query channel",
    "attn.k": "key channel",
    "attn.v": "value channel",
    "attn.out": "residual write: what attention writes",
    "mlp.in": "residual read: what the MLP reads, after the norm",
    "mlp.neuron": "neuron, after the activation function",
    "mlp.out": "residual write: what the MLP writes",
    "final": "residual stream before the last norm",
}
_BLOCKS = " ▁▂▃▄▅▆▇█"
_MOST_WIRES = 8


@dataclass(frozen=True)
class Look:
    """How wide lines may be, and whether they are going to be painted."""

    width: int = 100
    colour: bool = False


def render(inspection: Inspection, look: Look) -> Text:
    """The whole inspection, ending in a line break."""
    lines = [*_heading(inspection.text, Sheet(look.width))]
    for node in inspection.nodes:
        lines.append(Text())
        lines += _node(node, look)
    return Text("\n").join(lines).append("\n")


def _heading(text: TextFacts, sheet: Sheet) -> Iterator[Text]:
    yield from sheet.paragraph(f"{text.tokens:,} tokens of {text.source}.", "frame")
    rare = f"Tokens that occur {text.least_count} times or more are listed by their mean. "
    yield from sheet.paragraph(
        f"{rare if text.least_count > 1 else ''}Weights on the way from embeddings and to logits "
        "are multiplied with the gains of norms, not divided as norms do.",
        "frame",
    )


def _node(facts: NodeFacts, look: Look) -> Iterator[Text]:
    sheet = Sheet(look.width)
    yield from _title(facts, sheet)
    yield from _values(facts, sheet)
    firing, wiring = facts.firing, facts.wiring
    yield from _pairs(firing, sheet, Passages(look.width, look.colour))
    yield from _token_tables(
        ("highest on", firing.highest_tokens), ("lowest on", firing.lowest_tokens), sheet
    )
    yield from _token_tables(
        ("highest before", firing.highest_before), ("lowest before", firing.lowest_before), sheet
    )
    if not firing.pairs:
        passages = Passages(look.width, look.colour)
        yield from passages.section("highest", firing.highest)
        yield from passages.section("lowest", firing.lowest)
        yield from passages.section("at random", firing.drawn)
    yield from _path("fed by", wiring.fed_by, sheet)
    yield from _path("moves", wiring.moves, sheet)
    yield from _wires("reads", wiring.reads, sheet)
    if wiring.bias:
        yield from sheet.field("bias", [signed(wiring.bias)])
    yield from _ends("written by", wiring.written_by, sheet)
    yield from _wires("writes", wiring.writes, sheet)
    yield from _ends("read by", wiring.read_by, sheet)
    yield from _head(facts, sheet)


def _title(facts: NodeFacts, sheet: Sheet) -> Iterator[Text]:
    label = facts.label
    yield Text(label.node if label.name is None else f"{label.node}  {label.name}", style="strong")
    if label.description:
        yield from sheet.paragraph(f'"{label.description}"', "", indent=2)
    same = "" if facts.flat == label.node else f", the same as {facts.flat}"
    yield from sheet.paragraph(f"{KINDS[facts.part]}{same}", "frame", indent=2)
    yield Text()


def _values(facts: NodeFacts, sheet: Sheet) -> Iterator[Text]:
    spread = facts.firing.spread
    if not spread.nonzero:
        yield from sheet.field("values", [Text("zero on every token of this text")])
    else:
        share = Text(f"nonzero on {_percent(spread.nonzero)} of the tokens")
        mean = Text(f"mean {number(spread.mean)}, standard deviation {spread.deviation:.3g}")
        yield from sheet.field("values", [share, mean], joined=", ")
        at = dict(spread.quantiles)
        middle = [Text(f"{number(at[q])} at {q:.0%}") for q in (0.01, 0.25, 0.5, 0.75, 0.99)]
        yield from sheet.field("", middle, joined=", ")
        if spread.bars:
            yield from sheet.field("", [_histogram(spread)])
    mean = Text(f"{number(facts.reference_mean)}, for which `ablate mean` freezes it")
    yield from sheet.field("reference", [mean])


def _histogram(spread: Spread) -> Text:
    """Bars as high as the logarithm of their counts, so that rare values can be seen."""
    top = max(map(log1p, spread.bars)) or 1.0
    heights = [-int(-(len(_BLOCKS) - 1) * log1p(bar) // top) for bar in spread.bars]
    bars = "".join(_BLOCKS[height] for height in heights)
    text = Text(f"{number(spread.minimum)} ")
    text.append(bars, style="strong").append(f" {number(spread.maximum)}")
    return text.append("  log counts, without zeros", style="frame")


def _pairs(firing: Firing, sheet: Sheet, passages: Passages) -> Iterator[Text]:
    if not firing.pair_means:
        return
    answers = firing.pair_means[0].answers
    heads = ("first", "second") if answers is None else [f"answer {visible(a)}" for a in answers]
    wide = [max(7, Text(head).cell_len) for head in heads]
    top = "  ".join(" " * (w - Text(h).cell_len) + h for h, w in zip(heads, wide, strict=True))
    yield Text()
    yield from sheet.row("tells apart", Text(f"{top}  higher in pairs", style="frame"))
    for means in firing.pair_means:
        line = Text()
        for value, columns in zip((means.first, means.second), wide, strict=True):
            line.append_text(signed(value, columns)).append("  ")
        often = f"{_percent(means.first_higher)} / {_percent(means.second_higher)}"
        line.append(f"{often:15}  ")
        line.append("where prompts differ" if means.where == "difference" else "at their end")
        yield from sheet.row("", line)
    for pair in firing.pairs:
        yield Text()
        yield from passages.pair(pair)


def _token_tables(
    above: tuple[str, Sequence[TokenFiring]], below: tuple[str, Sequence[TokenFiring]], sheet: Sheet
) -> Iterator[Text]:
    """Two tables, beside each other if there is room."""
    tables = [_token_table(title, tokens) for title, tokens in (above, below) if tokens]
    if len(tables) == 2:
        first, second = tables
        wide = first[0].cell_len + 4
        if 2 + wide + second[0].cell_len <= sheet.width:
            tables = [list(beside(first, second, wide))]
    for table in tables:
        yield Text()
        yield from (Text("  ").append_text(line) for line in table)


def _token_table(title: str, tokens: Sequence[TokenFiring]) -> list[Text]:
    """A heading and a line for each token, all equally wide."""
    shown = [visible(token.token, 16) for token in tokens]
    wide = max(len(title), *(Text(token).cell_len for token in shown))
    lines = [Text().append(f"{title:{wide}}    mean  times nonzero  share", style="frame")]
    for name, token in zip(shown, tokens, strict=True):
        line = Text().append(name, style="strong")
        line.append(" " * (wide - line.cell_len + 1)).append_text(signed(token.mean))
        line.append(f"{token.count:>7,}{_percent(token.nonzero):>8}{_percent(token.share):>7}")
        lines.append(line)
    return lines


def _path(label: str, path: TokenPath | None, sheet: Sheet) -> Iterator[Text]:
    if path is None:
        return
    yield Text()
    what = "logit" if path.path[-1] == "logits" else "embedding"
    how = " -> ".join(path.path)
    if not path.nonzero:
        yield from sheet.row(label, Text(f"no {what} on the way {how}", style="frame"))
        return
    whose = "1 token" if path.nonzero == 1 else f"{path.nonzero:,} tokens"
    about = f"{what} of {whose}, {how}".split(" ")
    yield from sheet.field(label, [Text(word, style="frame") for word in about], joined=" ")
    for tokens in (path.highest, path.lowest):
        cells = [
            signed(t.weight).append(" ").append(visible(t.token, 16), "strong") for t in tokens
        ]
        if cells:
            yield from sheet.grid("", cells)


def _wires(label: str, wires: Sequence[Wire], sheet: Sheet) -> Iterator[Text]:
    if not wires:
        return
    yield Text()
    cells = [signed(wire.weight).append(" ").append_text(_label(wire.other)) for wire in wires]
    more = len(cells) - _MOST_WIRES
    if more > 0:
        cells[_MOST_WIRES:] = [Text(f"and {more} more", style="frame")]
    yield from sheet.grid(label, cells)


def _ends(label: str, ends: Sequence[ChannelEnd], sheet: Sheet) -> Iterator[Text]:
    if not ends:
        return
    yield Text()
    cells = [
        _label(end.other).append(f" ({counted(end.weights, 'weight')})", style="frame")
        for end in ends
    ]
    yield from sheet.grid(label, cells)


def _head(facts: NodeFacts, sheet: Sheet) -> Iterator[Text]:
    partner, sink = facts.wiring.partner, facts.wiring.sink
    if partner is None and sink is None:
        return
    yield Text()
    if partner is not None:
        yield from sheet.field("meets", _meets(partner), joined=" ")
    if sink is not None:
        yield from sheet.field(
            "sink", [Text(f"{number(sink)}, a score that every key competes with")]
        )


def _meets(partner: Partner) -> Iterator[Text]:
    effect = partner.mean * partner.scale
    yield _label(partner.other).append(",")
    words = f"whose mean is {number(partner.mean)}: +1 here adds {number(effect)} to the score"
    yield from (Text(word) for word in words.split(" "))


def _label(label: Label) -> Text:
    text = Text(label.node)
    return text if label.name is None else text.append(f" {label.name}", style="strong")


def _percent(share: float) -> str:
    """A share; never 0% for some, nor 100% for not all."""
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{share:.0%}" if share in (0, 1) or 0.1 <= share <= 0.99 else f"{share:.1%}"
