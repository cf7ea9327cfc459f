"""The language reference leaves nothing out: neither of the grammar nor of the reserved words."""

from __future__ import annotations

import re

import pytest

from circuitspec.language import parse_text
from circuitspec.language.grammar import lark_parser
from circuitspec.language.words import LATER_METRICS, RESERVED
from docs.completion import complete
from docs.pages import DOCS, blocks

REFERENCE = DOCS / "reference" / "language"
PAGES = sorted(REFERENCE.glob("*.md"))


def sound_texts() -> list[str]:
    texts = [
        complete(block.text).text
        for page in PAGES
        for block in blocks(page)
        if block.language == "circ"
    ]
    return [text for text in texts if parse_text(text).file is not None]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return sound_texts()


def test_every_rule_of_the_grammar_has_an_example(texts: list[str]) -> None:
    parser = lark_parser()
    used = {str(tree.data) for text in texts for tree in parser.parse(text).iter_subtrees()}
    # Rules that begin with an underscore only group others, and leave no trace in the tree.
    rules = {str(rule.origin.name) for rule in parser.rules}
    assert {rule for rule in rules if not rule.startswith("_")} == used


def test_every_way_to_write_a_rule_has_an_example(texts: list[str]) -> None:
    """That is, every rule is seen with each of the tokens that it may begin or go on with."""
    parser = lark_parser()
    possible = {
        (str(rule.origin.name), symbol.name)
        for rule in parser.rules
        for symbol in rule.expansion
        if symbol.is_term
        and not symbol.name.startswith("_")
        and not rule.origin.name.startswith("_")
    }
    seen = {
        (str(tree.data), token.type)
        for text in texts
        for tree in parser.parse(text).iter_subtrees()
        for token in tree.children
        if hasattr(token, "type")
    }
    assert possible <= seen


def test_every_terminal_of_the_grammar_has_an_example(texts: list[str]) -> None:
    parser = lark_parser()
    seen = {token.type for text in texts for token in parser.parse_interactive(text).iter_parse()}
    terminals = {terminal.name for terminal in parser.terminals}
    assert terminals - seen == set(parser.ignore_tokens)
    assert any("#" in text for text in texts)


def test_every_reserved_word_is_listed_and_no_other() -> None:
    page = (REFERENCE / "words.md").read_text(encoding="utf-8")
    table = "".join(line for line in page.splitlines(keepends=True) if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", table)) == RESERVED


def test_the_metrics_of_a_later_version_are_listed() -> None:
    page = (REFERENCE / "words.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+)`", page)) >= set(LATER_METRICS)


def test_the_first_page_leads_to_all_others() -> None:
    links = set(re.findall(r"\]\(([\w-]+\.md)\)", (REFERENCE / "index.md").read_text("utf-8")))
    assert links == {page.name for page in PAGES} - {"index.md"}
