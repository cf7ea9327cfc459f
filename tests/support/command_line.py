"""Commands as a user runs them, and a spec of the model that `planted` makes."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from circuitspec.cli.app import app
from circuitspec.model.folder import save_folder
from support.planted import planted_python_model

SPEC = """\
circuitspec 1

circuit quotes {
  "Copy the kind of the quote."

  model   ./planted
  task    single_double_quote
  ablate  mean over pretraining

  node kind     = L0.attn.in[0]   "positive on double, negative on single"
  node is_quote = L0.attn.in[1]
  node look     = L0.h0.k[0]
  node carry    = L0.h0.v[0]
  node answer   = L0.attn.out[2]

  edge kind -> carry -> answer : +
  edge is_quote -> look : +

  expect sufficient: loss <= 0.15
  expect necessary:  loss >= 0.60
}
"""
"""Every claim of it is confirmed."""


def run(*arguments: object, stdin: str | bytes | None = None, env: dict[str, str] | None = None):
    """`circuitspec ARGUMENTS`."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, env=env)


def write_planted(folder: Path) -> Path:
    """Save the planted model as `folder`, which is returned."""
    model = planted_python_model()
    save_folder(folder, model.transformer, model.tokenizer, model.reference)
    return folder
