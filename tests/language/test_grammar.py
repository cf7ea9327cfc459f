"""The grammar file: found wherever it is, free of collisions, and read only when needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from circuitspec.language import parse_text, terminals
from circuitspec.language.expectations import KEYWORDS
from circuitspec.language.grammar import grammar_text, lark_parser
from circuitspec.language.words import CLAIMS, IN_CLAIMS, RESERVED, STATEMENTS

CLAIMS_THAT_ARE_NAMES = sorted(set(CLAIMS) - RESERVED)
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
    assert set(KEYWORDS.values()) - set(IN_CLAIMS) <= RESERVED
    assert set(STATEMENTS) <= set(KEYWORDS.values())


@pytest.mark.parametrize("word", [*sorted(set(IN_CLAIMS) - RESERVED), *CLAIMS_THAT_ARE_NAMES])
def test_words_that_stand_where_no_name_can_may_be_names(word: str) -> None:
    text = (
        f"circuitspec 1 circuit {word} {{ model m task t ablate zero node {word} = L0.mlp.in[1]"
        f" node a = L0.mlp.in[2] edge a -> {word} -> a"
        f' expect {word} fires on "x": auc >= 0.9 expect {word} is constant: spread <= 0.1'
        f" expect {word} separates answers: auc >= 0.9"
        f" expect {word} attends from last to last: mass >= 0.5"
        f" expect swapping {word}, a flips the answer: share >= 0.9"
        f" expect resampling a, {word} keeps the answer: share >= 0.9 }}"
    )
    assert not parse_text(text).diagnostics


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
