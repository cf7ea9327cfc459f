"""What `format_text` says of texts that it cannot format, and of itself."""

from __future__ import annotations

import pytest

from circuitspec.diagnostics import Code
from circuitspec.document import UnsafeFormatError, format_text, read_document
from circuitspec.document import format as format_module
from circuitspec.document.document import Document
from circuitspec.document.printer import print_document
from circuitspec.language.parse import LARGEST_TEXT

TEXT = "circuitspec 1\n\ncircuit a {\n  model   x  # why\n  task    y\n}\n"


def test_a_text_in_the_style_does_not_change() -> None:
    result = format_text(TEXT)
    assert result.text == TEXT
    assert not result.changed


def test_a_mistake_in_the_syntax_is_shown_and_nothing_formatted() -> None:
    result = format_text(TEXT.replace("task", "tusk"), "a.circ")
    assert result.text is None
    assert not result.changed
    assert [d.code for d in result.diagnostics] == [Code.SYNTAX]
    assert result.source.name == "a.circ"


def test_a_mistake_in_the_meaning_does_not_matter() -> None:
    assert format_text(TEXT.replace("model   x", "scope   nowhere")).text is not None


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "no spec", "circuitspec 1 {", "\0"])
def test_what_is_no_spec_is_told_so(text: str) -> None:
    result = format_text(text)
    assert result.text is None
    assert result.diagnostics


def test_half_a_character_is_told_so_wherever_it_is() -> None:
    result = format_text(TEXT.replace("why", "\ud83d"))
    assert [d.code for d in result.diagnostics] == [Code.NOT_UTF8]
    assert read_document(result.source.text).document is None


def test_a_byte_order_mark_is_dropped() -> None:
    result = format_text("\ufeff" + TEXT)
    assert result.text == TEXT
    assert result.changed


def test_a_text_that_would_be_too_large_to_read_is_left_alone() -> None:
    tabs = "\t" * (LARGEST_TEXT // 2 + 10)  # each is written as two characters
    result = format_text(f'circuitspec 1 circuit a {{ model "{tabs}" }}')
    assert result.text is None
    assert [d.code for d in result.diagnostics] == [Code.FILE_TOO_LARGE]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("task    y", "task    z"),
        lambda text: text.replace("  task    y\n", ""),
        lambda text: text.replace("  # why", ""),
        lambda text: text.replace("# why", "# who"),
        lambda text: text.replace("}", ""),
    ],
)
def test_a_bug_is_found_before_it_does_damage(monkeypatch, damage) -> None:
    def print_wrongly(document: Document) -> str:
        return damage(print_document(document))

    monkeypatch.setattr(format_module, "print_document", print_wrongly)
    with pytest.raises(UnsafeFormatError, match=r"a\.circ: formatting would change"):
        format_text(TEXT, "a.circ")


def test_long_names_do_not_blow_up_their_neighbours() -> None:
    name = "n" * 100_000
    nodes = "\n".join(f'node a{i} = L0.mlp.in[1, # c\n2] "d"' for i in range(1000))
    result = format_text(f"circuitspec 1 circuit a {{ node {name} = L0.mlp.in[1]\n{nodes} }}")
    assert result.text is not None
    assert len(result.text) < 400_000
