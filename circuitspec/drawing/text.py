"""Other people's words, made safe to stand in DOT, in HTML-like labels and in SVG."""

from __future__ import annotations

import html
import re
import textwrap
from typing import Literal

import graphviz

# XML has no way to write these, not even as references: one of them would spoil a whole SVG.
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one_line(text: str) -> str:
    """`text` with its whitespace folded and without characters that XML cannot hold."""
    return " ".join(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text).split())


def shortened(text: str, width: int) -> str:
    """`text` on one line of at most `width` characters; a longer one loses its middle."""
    text = one_line(text)
    if len(text) <= width:
        return text
    head = width // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def wrapped(text: str, width: int) -> list[str]:
    """The lines of `text`, none longer than `width`."""
    return textwrap.wrap(one_line(text), width)


def balanced(text: str, width: int) -> list[str]:
    """Like `wrapped`, but with lines of about the same length."""
    lines = wrapped(text, width)
    if len(lines) < 2:
        return lines
    narrower = (wrapped(text, w) for w in range(len(one_line(text)) // len(lines), width))
    return next((even for even in narrower if len(even) == len(lines)), lines)


def verbatim(text: str, *, all_blanks: bool = False) -> str:
    """`text` with its white space to be seen: line breaks, tabs, and blanks where they are not
    single ones between words, or everywhere.
    """
    shown = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    # Every line break, `\r\n` as one.
    shown = re.sub(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", "⏎", shown).replace("\t", "⇥")
    pattern = r" " if all_blanks else r"^ | $| (?= )|(?<= ) |(?<=⏎) "
    return re.sub(pattern, "·", shown)


def plain(text: str) -> str:
    """`text` for an attribute: taken literally, neither as HTML nor with escapes or entities."""
    # Tooltips of edges lose a second layer of backslashes (seen in Graphviz 14.1); those of nodes
    # do not mind it.
    literal = one_line(text).replace("&", "&amp;").replace("\\", "\\\\")
    escaped: str = graphviz.escape(literal)
    return escaped


def font(
    text: str,
    *,
    size: float | None = None,
    colour: str | None = None,
    face: str | None = None,
    bold: bool = False,
    blanks: bool = False,
) -> str:
    """`text` as part of an HTML-like label; its white space folded, or kept as `blanks`."""
    escaped = html.escape(text).replace(" ", "&#160;") if blanks else html.escape(one_line(text))
    # Graphviz replaces \N, \G and others even here.
    marked = escaped.replace("\\", "\\\\")
    if not marked:
        return ""  # an element without text is a syntax error to Graphviz
    if bold:
        marked = f"<B>{marked}</B>"
    attributes = [
        f'{name}="{value}"'
        for name, value in (
            ("FACE", face),
            ("POINT-SIZE", None if size is None else f"{size:g}"),
            ("COLOR", colour),
        )
        if value is not None
    ]
    return f"<FONT {' '.join(attributes)}>{marked}</FONT>" if attributes else marked


def table(rows: list[list[str]], *, padding: int = 0, align: str = "LEFT") -> str:
    """Rows of cells, each made by `font` or `table`, as part of an HTML-like label.

    The last cell of a short row spans the rest; a row without cells is a gap.
    """
    columns = max(map(len, rows))
    body = "".join(f"<TR>{_cells(row, columns, align)}</TR>" for row in rows)
    frame = 'BORDER="0" CELLBORDER="0" CELLSPACING="0"'
    return f'<TABLE {frame} CELLPADDING="{padding}">{body}</TABLE>'


def beside(*cells: str | tuple[str, str], align: Literal["LEFT", "CENTER"] = "CENTER") -> str:
    """Cells without a gap between them, empty ones left out, as part of an HTML-like label.

    Args:
        cells: each is made by `font` or `table`, and may come with a background colour.
        align: where they stand, if there is more room than they need.
    """
    body = ""
    for cell in cells:
        content, colour = (cell, None) if isinstance(cell, str) else cell
        if content:
            body += f'<TD BGCOLOR="{colour}">' if colour else "<TD>"
            body += f"{content}</TD>"
    # Graphviz stretches a table that has more room, every column by the same. So that columns
    # without content take nearly all of it, there are many of them.
    rest = '<TD COLSPAN="40"></TD>'
    frame = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
    row = f"{body}{rest}" if align == "LEFT" else f"{rest}{body}{rest}"
    return f"<TABLE {frame}><TR>{row}</TR></TABLE>"


def number(value: float, *, digits: int = 3) -> str:
    """A finite number with so many significant digits and a real minus sign."""
    return f"{value:.{digits}g}".replace("-", "−")


def signed(value: float) -> str:
    """A finite number with two significant digits and its sign."""
    return ("+" if value > 0 else "") + number(value, digits=2)


def percent(share: float) -> str:
    """A probability."""
    hundredths = 100 * share
    return f"{hundredths:.0f}%" if hundredths >= 9.95 else f"{hundredths:.2g}%"


def _cells(row: list[str], columns: int, align: str) -> str:
    if not row:
        return f'<TD HEIGHT="6"{_colspan(columns)}></TD>'
    spans = [1] * (len(row) - 1) + [columns - len(row) + 1]
    return "".join(
        f'<TD ALIGN="{align}"{_colspan(span)}>{cell}</TD>'
        for cell, span in zip(row, spans, strict=True)
    )


def _colspan(span: int) -> str:
    return f' COLSPAN="{span}"' if span > 1 else ""
