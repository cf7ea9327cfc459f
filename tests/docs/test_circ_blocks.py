"""Every `circ` block in the documentation says what it gets: nothing, or the diagnostics in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from circuitspec.document.format import format_text
from docs.completion import complete, wrap
from docs.expected import differences, expected, found
from docs.pages import ROOT, Block, blocks, written_pages

# What the gallery shows word for word; these are verified, and may have warnings.
SHIPPED = {path.read_text(encoding="utf-8") for path in (ROOT / "specs").glob("*.circ")}


def stated_blocks(page: Path) -> Iterator[Block]:
    """A page's `circ` blocks, but for shipped specs, and for files of which the next block shows
    what comes of them."""
    for block, following in pairwise([*blocks(page), None]):
        shown = following is not None and following.language == "console" and not following.not_run
        if block.language == "circ" and block.text not in SHIPPED and not (block.title and shown):
            yield block


def test_the_gallery_shows_the_shipped_specs_as_they_are() -> None:
    shown = {block.text for block in ALL_BLOCKS if block.page.parent == ROOT / "docs" / "circuits"}
    assert shown == SHIPPED


BLOCKS = [block for page in written_pages() for block in stated_blocks(page)]
ALL_BLOCKS = [b for page in written_pages() for b in blocks(page) if b.language == "circ"]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_a_block_gets_the_diagnostics_that_it_says(block: Block) -> None:
    wrong = list(differences(expected(block.text), found(complete(block.text))))
    if wrong:
        pytest.fail("\n".join([block.place, *wrong]), pytrace=False)


@pytest.mark.parametrize("block", ALL_BLOCKS, ids=lambda block: block.place)
def test_a_block_is_in_the_style_of_fmt(block: Block) -> None:
    text = wrap(block.text)
    formatted = format_text(text).text
    # Where the syntax is wrong there is no style; and one page shows what else may be written.
    if formatted is not None and block.page.name != "files.md":
        assert formatted == text


def test_there_are_blocks() -> None:
    assert len(BLOCKS) > 30


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("node a = L0.mlp.neuron[3]\nedge a -> b\n", "unexpected line 2: error: [unknown-name]"),
        ("node a = L0.mlp.neuron[3]  # error: [unknown-place]\n", "missing    line 1: error:"),
        ("edge a -> b  # error: [zero-weight]\n", "missing    line 1: error: [zero-weight]"),
        ('# error: [syntax] "never said"\nnode a =\n', "missing    line 2: error: [syntax]"),
    ],
)
def test_a_block_that_says_something_else_is_noticed(text: str, complaint: str) -> None:
    assert complaint in "\n".join(differences(expected(text), found(complete(text))))


def test_a_comment_that_cannot_be_read_is_noticed() -> None:
    with pytest.raises(ValueError, match="is not"):
        expected("node a = b  # error: unknown-place\n")
    with pytest.raises(ValueError, match="no line after it"):
        expected("# error: [syntax]\n")
