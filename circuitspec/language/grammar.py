"""The parser that Lark builds from the grammar file, built once and only when first needed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark, Tree

    ParseTree = Tree[object]

_FILE = "circuit.lark"


def grammar_text(package: Traversable | None = None) -> str:
    """The text of the grammar.

    A wheel carries `grammar/` inside the package; in a checkout, and in an editable install, it
    lies beside the package.

    Args:
        package: the root of the package; found by itself unless a test says otherwise.
    """
    root = files("circuitspec") if package is None else package
    installed = root / "grammar" / _FILE
    if installed.is_file():
        return installed.read_text(encoding="utf-8")
    return (Path(str(root)).parent / "grammar" / _FILE).read_text(encoding="utf-8")


@cache
def lark_parser(*, strict: bool = False) -> Lark:
    """The parser; `strict` also proves the grammar free of collisions, which needs interegular."""
    # Lark takes longer to import than the rest of the package; nothing needs it before a parse.
    from lark import Lark

    return Lark(
        grammar_text(),
        parser="lalr",
        lexer="contextual",
        propagate_positions=True,
        maybe_placeholders=True,
        strict=strict,
    )
