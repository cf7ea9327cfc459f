"""A `Document` as text, in the one style that there is.

Neighbouring statements of one kind are a run: their signs, descriptions and comments are aligned.
Blank lines, comments with lines of their own and other statements end a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from circuitspec.document.document import CircuitBlock, Document
from circuitspec.document.layout import WIDTH, Row, aligned, fill, one_line, room_after
from circuitspec.document.pieces import Words, in_words
from circuitspec.document.spec_to_document import spec_to_document
from circuitspec.document.statements import StatementOrLine
from circuitspec.language.claim_text import literal
from circuitspec.language.spec import Spec, SpecFile

_INDENT = 2
_HANGING = 6
"""The column of further lines where the first begins too far to the right to align them."""
_DEEPEST = 50
"""Further lines are not aligned beyond this column."""
_SETTING = len("ablate")
"""The values of settings stand as if the longest word among them had at least so many letters."""
_LONGEST_ALIGNED = 40
"""The neighbours of a longer name are not aligned with it."""


def print_file(file: SpecFile | Spec) -> str:
    """The text of a file with these circuits, or with this one."""
    return print_document(spec_to_document(file))


def print_document(document: Document) -> str:
    """The text that says what a document says."""
    header = Row(f"circuitspec {document.circuitspec}", document.comment)
    blocks = [
        [*document.above, *aligned([header])],
        *map(_circuit, document.circuits),
        document.below,
    ]
    text = "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
    return text if document.line_ending == "lf" else text.replace("\n", "\r\n")


def _circuit(block: CircuitBlock) -> list[str]:
    lines = [*block.above, *aligned([Row(f"circuit {block.circuit} {{", block.comment)])]
    lines += map(_indented, block.above_description)
    if block.description is not None:
        lines += aligned([Row(_indented(literal(block.description)), block.description_comment)])
        lines += [""] if block.statements else []
    lines += _statements(block.statements)
    return lines + aligned([Row("}", block.closing_comment)])


def _statements(items: Sequence[StatementOrLine]) -> Iterator[str]:
    for kind, run in groupby(_in_words(items), key=_kind):
        if kind is None:
            yield from (_indented(line) for line in run if isinstance(line, str))
        else:
            yield from aligned(kind([words for words in run if isinstance(words, Words)]))


def _in_words(items: Sequence[StatementOrLine]) -> Iterator[Words | str]:
    for item in items:
        if isinstance(item, str):
            yield item
        else:
            words = in_words(item)
            yield words
            yield from words.below


def _kind(item: Words | str) -> Callable[[Sequence[Words]], list[Row]] | None:
    """What lays out a run of statements like this one."""
    if isinstance(item, str):
        return None
    if item.keyword == "expect" and not item.name:
        return _phrases
    return _RUNS.get(item.keyword, _settings)


def _settings(run: Sequence[Words]) -> list[Row]:
    widest = max(_SETTING, *(len(words.keyword) for words in run))
    rows: list[Row] = []
    for words in run:
        head = _indented(f"{words.keyword:{widest}}  ")
        rows += _commented(fill(head, words.groups, len(head)), words.comment)
    return rows


def _nodes(run: Sequence[Words]) -> list[Row]:
    widest = _widest(run)
    described: list[Row] = []
    comments: list[str] = []
    for words in run:
        head = _indented(f"{words.keyword} {words.name:{widest}} = ")
        indent = len(head) if len(head) <= _DEEPEST else _HANGING
        rows = fill(head, words.groups, indent)
        described += (Row(row.code) for row in rows)
        comments += (row.comment for row in rows)
        if words.description:
            first, last = room_after(rows[-1].code, words.description)
            if first <= last and not rows[-1].comment:
                described[-1] = Row(rows[-1].code, words.description)
            else:
                described.append(Row(" " * indent + words.description))
                comments.append("")
        if words.comment:
            comments[-1] = words.comment
    return [Row(*pair) for pair in zip(aligned(described), comments, strict=True)]


def _edges(run: Sequence[Words]) -> list[Row]:
    return [row for words in run for row in _commented(_edge(words), words.comment)]


def _edge(words: Words) -> list[Row]:
    sources, *hops = words.groups
    head = _indented(f"edge {one_line(sources)} -> ")
    whole = head + " -> ".join(map(one_line, hops))
    if len(whole) <= WIDTH and not any(piece.comments for group in words.groups for piece in group):
        return [Row(whole)]
    if len(hops) == 1 and len(head) <= _DEEPEST and not any(piece.comments for piece in sources):
        return fill(head, hops, len(head))
    # Each arrow on a line of its own, under the first source.
    head = _indented("edge ")
    rows = fill(head, [sources], len(head))
    for hop in hops:
        arrow = " " * len(head) + "-> "
        rows += fill(arrow, [hop], len(arrow))
    return rows


def _claims(run: Sequence[Words]) -> list[Row]:
    widest = _widest(run)
    rows: list[Row] = []
    for words in run:
        head = _indented(f"expect {words.name:{widest}} ")
        rows += _commented(fill(head, words.groups, len(head)), words.comment)
    return rows


def _phrases(run: Sequence[Words]) -> list[Row]:
    """Claims of several words, and predictions: each by itself, for their colons are far apart."""
    rows: list[Row] = []
    for words in run:
        filled = fill(_indented(f"{words.keyword} "), words.groups, _HANGING)
        rows += _commented(filled, words.comment)
    return rows


_RUNS = {
    "node": _nodes,
    "outside": _nodes,
    "edge": _edges,
    "expect": _claims,
    "predict": _phrases,
}
"""What lays out a run of statements, by the word that begins them; settings are the others."""


def _commented(rows: Sequence[Row], comment: str) -> list[Row]:
    """Rows of which the last gets a comment, if there is one."""
    return [*rows[:-1], Row(rows[-1].code, comment)] if comment else list(rows)


def _widest(run: Sequence[Words]) -> int:
    """The width of a column for the names of neighbours; those that are very long stick out."""
    widths = [len(words.name) for words in run]
    return max((width for width in widths if width <= _LONGEST_ALIGNED), default=0)


def _indented(line: str) -> str:
    return f"{'':{_INDENT}}{line}" if line else ""
