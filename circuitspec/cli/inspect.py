"""`circuitspec inspect`: what can be told of a node of a model."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from circuitspec.circuit.check import folder_of
from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.circuit.select_nodes import NodeSelector
from circuitspec.cli.colour import Colour, paint_styled, wants_colour
from circuitspec.cli.exits import ERROR, UserError
from circuitspec.cli.inspected_text import TextChoice
from circuitspec.cli.list_format import ListFormat
from circuitspec.cli.models import chosen_blueprint, chosen_model
from circuitspec.cli.results import print_text
from circuitspec.cli.spec_files import read_spec, show_diagnostics
from circuitspec.diagnostics.diagnostic import Diagnostic, has_errors
from circuitspec.inspection.asked import Asked, all_nodes, read_argument
from circuitspec.language.spec import Spec
from circuitspec.model.error import ModelError
from circuitspec.model.shipped import load_blueprint

if TYPE_CHECKING:
    from circuitspec.inspection.facts import Inspection
    from circuitspec.model.blueprint import Blueprint

MOST_NODES = 64
"""Nobody reads the pages on more."""
MOST_VALUES = 1 << 28
"""The values of all nodes on the whole text are in memory; these take a gibibyte."""


@dataclass(frozen=True)
class Question:
    """What was asked on the command line.

    Attributes:
        nodes: places and names.
        specs: files in which nodes have names.
        most: how many tokens and examples are listed on each side.
        seed: of the examples that are drawn at random.
    """

    model: str
    nodes: tuple[str, ...]
    specs: tuple[Path, ...]
    text: TextChoice
    most: int = 8
    seed: int = 0


def inspect_and_print(question: Question, output: ListFormat, colour: Colour) -> int:
    """Look at the nodes and print what is told of them; returns the exit code.

    Raises:
        UserError: no such model, text or task; a spec of another model; too many nodes.
    """
    blueprint = chosen_blueprint(question.model)
    assert blueprint is not None
    named = _named(question.specs, blueprint)
    if named is None:
        return ERROR
    nodes = _asked_nodes(question.nodes, blueprint, named)
    if nodes is None:
        return ERROR
    inspection = _look(question, nodes, named, blueprint)
    if output is ListFormat.JSON:
        print_text(inspection.to_json() + "\n")
        return 0
    from circuitspec.inspection.render import Look, render

    painted = wants_colour(colour, sys.stdout)
    width = shutil.get_terminal_size((100, 24)).columns
    shown = render(inspection, Look(width=width, colour=painted))
    print_text(paint_styled(shown) if painted else shown.plain)
    return 0


def _look(
    question: Question,
    nodes: Sequence[Node],
    named: Sequence[NamedNodes],
    blueprint: Blueprint,
) -> Inspection:
    text = question.text.read(question.model, blueprint)
    if len(nodes) * len(text.ids) > MOST_VALUES:
        raise UserError(
            f"{len(nodes):,} nodes have {len(nodes) * len(text.ids):,} values on this text; "
            f"at most {MOST_VALUES:,} are kept",
            "ask for fewer nodes, or for fewer tokens with --tokens",
        )
    from circuitspec.cli.progress import progress_bar
    from circuitspec.inspection import inspect_nodes

    model = chosen_model(question.model)
    assert model is not None
    try:
        with progress_bar(question.model) as report:
            return inspect_nodes(
                model,
                nodes,
                text,
                named=named,
                most=question.most,
                seed=question.seed,
                on_progress=lambda done, total: report(done, total, "reading"),
            )
    except FloatingPointError as error:
        raise UserError(str(error)) from None


def _asked_nodes(
    arguments: Sequence[str], blueprint: Blueprint, named: Sequence[NamedNodes]
) -> tuple[Node, ...] | None:
    """The nodes that the arguments mean; None if one has a mistake, which is shown."""
    several = len(arguments) > 1
    asked: list[Asked] = []
    for index, argument in enumerate(arguments, start=1):
        called = f"<argument {index}>" if several else "<argument>"
        asked.append(read_argument(argument, blueprint.config, named, called=called))
    wrong = [one for one in asked if one.diagnostics]
    for index, one in enumerate(wrong):
        if index:
            print(file=sys.stderr)
        show_diagnostics(one.diagnostics, one.source)
    if wrong:
        return None
    nodes = all_nodes(asked)
    if len(nodes) > MOST_NODES:
        raise UserError(
            f"these are {len(nodes):,} nodes; at most {MOST_NODES} can be looked at in one go",
            "name fewer of them",
        )
    return nodes


def _named(paths: Sequence[Path], blueprint: Blueprint) -> tuple[NamedNodes, ...] | None:
    """What the specs call nodes of the model; None if a file has a mistake, which is shown."""
    named: list[NamedNodes] = []
    sound = True
    for path in paths:
        result = read_spec(path)
        found = [one for one in result.diagnostics if one.severity == "error"]
        for spec in () if result.file is None else result.file.circuits:
            if not _is_of(spec, blueprint, found):
                continue
            selector = NodeSelector(blueprint.config, spec.model_span)
            named += [selector.select(declaration) for declaration in spec.nodes]
            found += selector.diagnostics
        show_diagnostics(tuple(found), result.source)
        sound = sound and not has_errors(found)
    return tuple(named) if sound else None


def _is_of(spec: Spec, blueprint: Blueprint, found: list[Diagnostic]) -> bool:
    """Whether a spec is of this model; if its model cannot be had, `found` says why.

    Raises:
        UserError: it is of another.
    """
    try:
        own = load_blueprint(spec.model, base=folder_of(spec))
    except ModelError as error:
        found.append(replace(error.diagnostic, span=spec.model_span))
        return False
    if own.sha256 != blueprint.sha256:
        raise UserError(
            f"the circuit `{spec.name}` is of another model, `{spec.model}`",
            "leave its file out: there its names stand for other nodes",
        )
    return True
