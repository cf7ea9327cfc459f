"""The Pygments lexer: known to Pygments, loses no character, and colours what it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name, guess_lexer, guess_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String

from circuitspec.editors.pygments_lexer import CircLexer
from circuitspec.language.expectations import KEYWORDS
from circuitspec.language.words import CLAIMS, IN_CLAIMS, JOINING, RESERVED, REST, STATEMENTS

CHECKOUT = Path(__file__).parents[2]
SPECS = sorted(CHECKOUT.glob("specs/**/*.circ"))
VALID = [*SPECS, *sorted(CHECKOUT.glob("tests/language/valid/*.circ"))]
INVALID = sorted(CHECKOUT.glob("tests/language/invalid/*.circ"))


def lexed(text: str) -> list[tuple[object, str]]:
    return [(kind, value) for _, kind, value in CircLexer().get_tokens_unprocessed(text)]


def kinds(text: str) -> dict[str, object]:
    """The kind of each piece of text; the last where a piece comes several times."""
    return {value: kind for kind, value in lexed(text)}


def test_pygments_knows_it_by_name() -> None:
    assert isinstance(get_lexer_by_name("circ"), CircLexer)


def test_it_is_told_from_other_programs_files_of_the_same_suffix() -> None:
    text = "# a comment\n\ncircuitspec 1\n"
    assert isinstance(guess_lexer_for_filename("x.circ", text), CircLexer)
    assert isinstance(guess_lexer(text), CircLexer)
    assert CircLexer.analyse_text("<?xml version='1.0'?><project source='2.7.1'>") == 0


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_files_have_no_errors(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    pieces = lexed(text)
    assert "".join(value for _, value in pieces) == text
    assert not [value for kind, value in pieces if kind in Error]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_no_character_of_an_invalid_file_is_lost(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    assert "".join(value for _, value in lexed(text)) == text


@given(st.text(st.sampled_from('ab 1.%"\\\n#{}[]:,->=') | st.characters(), max_size=60))
def test_no_character_of_any_text_is_lost(text: str) -> None:
    assert "".join(value for _, value in lexed(f"circuitspec 1 {text}")) == f"circuitspec 1 {text}"


def test_every_word_of_the_grammar_is_known() -> None:
    words = set(KEYWORDS.values())
    assert words == {*STATEMENTS, "circuit", *JOINING, *IN_CLAIMS}
    for word in words:
        before = "expect x" if word in IN_CLAIMS else "x"
        kind = kinds(f"{before} {word} ")[word]
        assert kind in Keyword or kind in Operator.Word, word


def test_every_reserved_word_stands_out() -> None:
    for word in RESERVED:
        before = "expect " if word in (*CLAIMS, *IN_CLAIMS, REST) else "= "
        kind = kinds(f"{before}{word} ")[word]
        names = Name.Attribute, Name.Constant
        assert kind in Keyword or kind in Operator.Word or kind in names, word


def test_a_word_ends_where_it_ends() -> None:
    assert kinds("edge nodes -> expectation")["nodes"] is Name.Variable
    assert kinds("edge nodes -> expectation")["expectation"] is Name.Variable


def test_kinds() -> None:
    found = kinds(
        'circuit c { "says \\"so\\"" model a/b-1 # why\n ablate mean over pretraining scope embed\n'
        " calibrate scale, shift\n"
        "node n = L0.h18.k[5, 7..9], final[3]\n edge n -> m.q : +\n"
        "expect sufficient: accuracy >= 97.5%\n expect minimal: every node costs >= 1e-3 }"
    )
    assert found["circuit"] is Keyword.Declaration
    assert found["c"] is Name.Class
    assert found['\\"'] is String.Escape
    assert found["a/b-1"] is String.Other
    assert found["# why"] is Comment.Single
    assert found["mean"] is found["pretraining"] is found["embed"] is Name.Constant
    assert found["scale"] is found["shift"] is Name.Constant
    assert found["L0.h18.k"] is found["final"] is Name.Attribute
    assert found["5"] is Number.Integer
    assert found[".."] is found["->"] is found["+"] is Operator
    assert found["sufficient"] is Keyword.Type
    assert found["accuracy"] is found["node"] is Name.Builtin
    assert found["97.5%"] is found["1e-3"] is Number.Float
    assert found["m"] is Name.Variable


def test_kinds_in_claims_about_nodes() -> None:
    found = kinds(
        'expect kind fires on "a" in model over task: auc >= 0.95\n'
        "expect swapping carry at last flips the answer in circuit: share >= 95%\n"
        "expect exchanging circuit at last keeps the answer: share >= 95%\n"
        "expect beats random_weights: ratio >= 2\n"
        "expect query is constant: spread <= 0.1\n"
    )
    assert found["kind"] is found["carry"] is found["query"] is Name.Variable
    assert found["fires"] is found["on"] is found["at"] is found["flips"] is Operator.Word
    assert found["model"] is found["circuit"] is found["task"] is found["last"] is Name.Constant
    assert found["random_weights"] is found["constant"] is Name.Constant
    assert found["swapping"] is found["exchanging"] is found["beats"] is Keyword.Type
    assert found["auc"] is found["ratio"] is found["spread"] is Name.Builtin


def test_kinds_in_further_statements() -> None:
    found = kinds(
        "also resample, zero report optimal level 5% over templates outside far = embed[1]\n"
        'predict "it breaks": task a/b.jsonl, accuracy <= 50% expect unique: loss >= 1'
    )
    assert found["resample"] is found["zero"] is found["optimal"] is Name.Constant
    assert found["templates"] is Name.Constant
    assert found["far"] is Name.Variable
    assert found["a/b.jsonl"] is String.Other
    assert found["accuracy"] is found["loss"] is Name.Builtin
    assert found["predict"] is found["also"] is found["outside"] is found["task"] is Keyword


def test_a_claim_ends_where_the_next_statement_begins() -> None:
    found = kinds("expect kind fires on edge a -> b\nexpect beats circuit c { model m }")
    assert found["edge"] is found["model"] is Keyword
    assert found["circuit"] is Keyword.Declaration
    assert found["m"] is String.Other


def test_importing_it_loads_nothing_heavy() -> None:
    program = (
        "import sys, circuitspec.editors.pygments_lexer\n"
        "print(sorted({'torch', 'numpy', 'lark', 'scipy', 'pygls'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
