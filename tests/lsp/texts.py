"""Texts with a cursor in them: `|`, which the language does not have."""

from __future__ import annotations

from pathlib import Path

from circuitspec.lsp.documents import Document

CHECKOUT = Path(__file__).parents[2]
SHIPPED = CHECKOUT / "specs" / "quote_closing.circ"

SPEC = """\
circuitspec 1

circuit quotes {
  "Close a string."

  model   python-small
  task    single_double_quote
  ablate  mean over pretraining

  node first  = L0.attn.in[445]  "positive on a double quote"
  node second = L0.h1.v[15]
  node pair   = L0.h1.qk[4]

  edge first -> second, pair.k : -
  edge first -> pair.q

  expect sufficient: loss <= 0.15
}
"""

CLAIMED = SPEC.replace(
    "  expect sufficient: loss <= 0.15\n",
    """\
  expect sufficient: loss <= 0.15
  expect first fires on "model", "node" in model over task: auc >= 0.95
  expect swapping first, second flips the answer in circuit: share >= 95%
  expect resampling silent keeps the answer: share >= 0.9

  predict "a node is never a model": task with_as, accuracy <= 50%
""",
).replace(
    "  edge first -> second",
    '  outside silent = L1.mlp.neuron[3..5]  "says nothing"\n\n  also zero\n\n'
    "  edge first -> second",
)
"""The same with claims of several kinds, in which words stand that begin statements elsewhere."""


def document(text: str, path: Path | None = None) -> Document:
    uri = "untitled:Untitled-1" if path is None else path.as_uri()
    return Document(uri, text, path)


def cursor(text: str, path: Path | None = None) -> tuple[Document, int]:
    """A document and the offset of the cursor in it."""
    assert text.count("|") == 1
    offset = text.index("|")
    return document(text.replace("|", ""), path), offset


def in_spec(before: str, after: str) -> tuple[Document, int]:
    """The spec above with one stretch replaced by another that holds the cursor."""
    assert before in SPEC
    return cursor(SPEC.replace(before, after, 1))


def marked(text: str, start: int, end: int) -> str:
    """A text with a stretch of it in angle brackets, on the line where it is."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    whole = text[line_start:start] + "<" + text[start:end] + ">" + text[end:line_end]
    return whole.strip()
