"""The grammar file: found wherever it is, free of collisions, and read only when needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from circuitspec.language import parse_text, terminals
from circuitspec.language.expectations import KEYWORDS
from circuitspec.language.grammar import grammar_text, lark_parser
from circuitspec.language.words import RESERVED, STATEMENTS

CHECKOUT = Path(__file__).parents[2]


def test_grammar_is_found_in_a_checkout() -> None:
    text = (CHECKOUT / "grammar" / "circuit.lark").read_text(encoding="utf-8")
    assert grammar_text(CHECKOUT / "circuitspec") == text


def test_grammar_is_found_where_a_wheel_puts_it(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "circuitspec"
    (package / "grammar").mkdir(parents=True)
    (package / "grammar" / "circuit.lark").write_text("start: A\nA: 'a'\n", encoding="utf-8")
    assert grammar_text(package) == "start: A\nA: 'a'\n"


def test_grammar_has_no_collisions() -> None:
    pytest.importorskip("interegular")
    lark_parser(strict=True)


def test_every_terminal_has_a_name_that_messages_know() -> None:
    names = {terminal.name for terminal in lark_parser().terminals}
    assert not [name for name in names if name.startswith("__")]
    assert KEYWORDS.keys() <= names


@pytest.mark.parametrize("name", ["NAME", "PATH", "BARE", "STRING", "COMMENT"])
def test_terminals_are_those_of_the_grammar(name: str) -> None:
    grammar = grammar_text().replace(r"\/", "/")
    assert f"\n{name}: /{getattr(terminals, name)}/\n" in grammar


def test_words_of_the_language_are_reserved() -> None:
    assert set(KEYWORDS.values()) <= RESERVED
    assert set(STATEMENTS) <= set(KEYWORDS.values())


@pytest.mark.parametrize("word", ["nodes", "edge_", "expectation", "leveled"])
def test_a_word_ends_where_it_ends(word: str) -> None:
    assert not parse_text(f"circuitspec 1 circuit a {{ {word} }}").file


def test_importing_the_language_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'numpy', 'lark', 'scipy', 'graphviz'}"
    program = f"import sys, circuitspec.language; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
