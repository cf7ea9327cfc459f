"""Links lead somewhere, on GitHub and on the site.

The site's builder finds links to pages and headings that are not there, but neither pictures nor
other files, and it publishes links that lead out of `docs/` as they are, though nothing is there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.pages import DOCS, ROOT, all_pages

_MARKDOWN = MarkdownIt("commonmark").enable("table")


def inlines(text: str) -> Iterator[Token]:
    """The pieces of running text, with their lines; code blocks have none."""
    return (token for token in _MARKDOWN.parse(text) if token.type == "inline")


def targets(text: str) -> Iterator[tuple[int, str]]:
    """Line and target of every link and picture, and of every reference without a target."""
    for inline in inlines(text):
        line = inline.map[0] + 1 if inline.map else 0
        for token in inline.children or ():
            target = token.attrGet({"link_open": "href", "image": "src"}.get(token.type, ""))
            if target is not None:
                yield line, str(target)
            elif token.type == "text" and "][" in token.content:
                yield line, token.content


def anchors(text: str) -> set[str]:
    """What the headings of a page are called in links."""
    tokens = _MARKDOWN.parse(text)
    titles = (
        "".join(child.content for child in after.children or ())
        for token, after in itertools.pairwise(tokens)
        if token.type == "heading_open"
    )
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken(page: Path, text: str) -> Iterator[str]:
    for line, target in targets(text):
        if not re.match(r"https?://", target) and (problem := _problem(page, text, target)):
            yield f"{page.relative_to(ROOT)}:{line}: {target}: {problem}"


def _problem(page: Path, text: str, target: str) -> str | None:
    path, _, anchor = target.partition("#")
    other = (page.parent / path).resolve() if path else page
    if not other.exists():
        return "nothing is there"
    if other.is_dir():
        return "a folder is not a page"
    if page.is_relative_to(DOCS) and not other.is_relative_to(DOCS):
        return "leads out of the site"
    if anchor and anchor not in anchors(text if other == page else other.read_text("utf-8")):
        return "no such heading"
    return None


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    wrong = list(broken(page, page.read_text(encoding="utf-8")))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "link",
    [
        "[page](nowhere.md)",
        "![picture](circuits/nowhere.svg)",
        "[heading](index.md#nowhere)",
        "[heading](#nowhere)",
        "[file](../specs/quote_closing.circ)",
        "[folder](reference)",
        "[reference][nowhere]",
    ],
)
def test_a_broken_link_is_noticed(link: str) -> None:
    assert list(broken(DOCS / "index.md", f"# Title\n\n{link}\n"))


def test_sound_links_are_left_alone() -> None:
    text = "# A title\n\n[a](#a-title) [b](circuits/quote_closing.svg) [c](https://example.org)\n"
    assert not list(broken(DOCS / "index.md", text))
