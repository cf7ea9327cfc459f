"""The pages of the documentation, and the fenced blocks on them as Sybil finds them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sybil import Document, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_INFO = re.compile(r'(?P<language>\w+)(?: title="(?P<title>[^"]+)")?$\n', re.MULTILINE)
_LEXER = RawFencedCodeBlockLexer(_INFO)
_NOT_RUN = re.compile(r"<!-- not run: \S.* -->\n\Z")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        line: of its first line of content, counted from 1.
        title: what it is called on the page; a file is saved under this name.
        not_run: a comment before it says that it is not run, and why.
    """

    page: Path
    line: int
    language: str
    title: str | None
    text: str
    not_run: bool

    @property
    def place(self) -> str:
        """Where to look: `docs/tutorial.md:12`."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def all_pages() -> list[Path]:
    """Every page that a reader may come to."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


def written_pages() -> list[Path]:
    """The pages whose examples are tested here; those on diagnostics have tests of their own."""
    return [page for page in all_pages() if page.parent != DOCS / "diagnostics"]


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    return list(_blocks(page, Document.parse(str(page), _regions)))


def _regions(document: Document) -> Iterable[Region]:
    for region in _LEXER(document):
        # Sybil keeps what it is told how to evaluate; here it only finds.
        region.parsed = region.lexemes["source"]
        region.evaluator = lambda example: None
        yield region


def _blocks(page: Path, document: Document) -> Iterator[Block]:
    for example in document.examples():
        lexemes = example.region.lexemes
        yield Block(
            page=page,
            line=example.line + 1,
            language=lexemes["language"],
            title=lexemes["title"],
            text=str(example.parsed),
            not_run=_NOT_RUN.search(document.text[: example.region.start]) is not None,
        )
