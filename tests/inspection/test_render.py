"""What people see, word by word. `UPDATE_GOLDEN=1` accepts new pages; read them first."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
from support.planted import planted_python_model

from circuitspec.circuit.nodes import NamedNodes
from circuitspec.cli.colour import paint_styled
from circuitspec.inspection import Inspection, inspect_nodes
from circuitspec.inspection.passages import flowing, visible
from circuitspec.inspection.render import Look, render
from circuitspec.inspection.texts import Document, text_of_documents, text_of_task
from circuitspec.tasks.shipped import load_task
from inspection.test_wiring import node

GOLDEN = Path(__file__).with_name("golden")
NODES = [
    node("embed", 0),
    node("L0.attn.in", 0),
    node("L0.attn.k", 0),
    node("L0.attn.v", 0),
    node("L0.attn.out", 2),
    node("L0.mlp.neuron", 3),
    node("final", 2),
]
NAMED = (
    NamedNodes("kind", (NODES[1],), "positive on double, negative on single"),
    NamedNodes("carry", (NODES[3],)),
    NamedNodes("answer", (NODES[4],)),
)
PROGRAM = '''\
"""Greets."""

def greet(name, *, loud=False):
\tgreeting = "hello " + name
    if loud:
        greeting = greeting.upper() + '!'
    return greeting

print(greet('world'), "é", '\\u202e')
'''


@cache
def on_text() -> Inspection:
    model = planted_python_model()
    documents = [Document("greet.py", PROGRAM), Document("other.py", "x = 'a'\ny = \"b\"\n")]
    text = text_of_documents("two files", documents, model.tokenizer, window=64, most=1000)
    return inspect_nodes(model, NODES, text, named=NAMED, most=4)


@cache
def on_task() -> Inspection:
    model = planted_python_model()
    text = text_of_task(load_task("single_double_quote"), model.tokenizer, most=400)
    return inspect_nodes(model, NODES[1:5], text, named=NAMED, most=3)


PAGES = {
    "text-80": lambda: render(on_text(), Look(width=80)).plain,
    "text-120": lambda: render(on_text(), Look(width=120)).plain,
    "task-80": lambda: render(on_task(), Look(width=80)).plain,
    "task-100": lambda: render(on_task(), Look(width=100)).plain,
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_as_before(name: str) -> None:
    page = PAGES[name]()
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(page, encoding="utf-8")
    assert page == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [30, 80, 100, 120, 200])
@pytest.mark.parametrize("inspection", [on_text, on_task])
def test_no_line_is_wider_than_the_terminal(width: int, inspection: object) -> None:
    assert callable(inspection)
    lines = render(inspection(), Look(width=width)).split()
    # Narrower ones than this are nobody's; then lines are as narrow as they can be read.
    assert max(line.cell_len for line in lines) <= max(width, 60)
    assert all(line.plain == line.plain.rstrip() for line in lines)


def test_colour_marks_what_signs_mark_without_it() -> None:
    plain = render(on_text(), Look()).plain
    painted = paint_styled(render(on_text(), Look(colour=True)))
    assert "»" in plain
    assert "»" not in painted
    assert "\x1b[1;7m" in painted
    words = re.sub(r"\x1b\[[\d;]*m", "", painted)
    assert len(words.splitlines()) == len(plain.splitlines())


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(PAGES)


def test_white_space_can_be_seen_and_nothing_moves_the_cursor() -> None:
    assert visible("\n    \tx ") == "↵····⇥x·"
    assert visible("\x1b[1m\u202e") == r"\x1b[1m\u202e"
    assert visible("x" * 30) == "x" * 23 + "…"
    assert visible("x" * 30, 4) == "xxx…"
    assert flowing("a\n\t  b\r\nc  d\x07") == r"a↵ b↵ c  d\x07"


def test_json_comes_back_as_it_was() -> None:
    for inspection in (on_text(), on_task()):
        assert Inspection.model_validate_json(inspection.to_json()) == inspection
        assert "NaN" not in inspection.to_json()


def test_the_same_question_has_the_same_answer() -> None:
    first = on_text().to_json()
    on_text.cache_clear()
    assert on_text().to_json() == first


def test_nothing_cannot_be_inspected() -> None:
    model = planted_python_model()
    text = text_of_documents("a", [Document("a", "x")], model.tokenizer, window=4, most=9)
    with pytest.raises(ValueError, match="nothing to inspect"):
        inspect_nodes(model, [], text)
