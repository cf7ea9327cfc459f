"""An open document and what is known of it; each part is worked out once, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from circuitspec.circuit.check import check_sketches, check_spec
from circuitspec.diagnostics.diagnostic import Diagnostic, in_order
from circuitspec.diagnostics.source import Source
from circuitspec.language import ParseResult, parse_text
from circuitspec.lsp.outline import CircuitOutline, Outline, Statement, outline_of
from circuitspec.lsp.tokens import tokens_of
from circuitspec.model.blueprint import Blueprint
from circuitspec.model.error import ModelError
from circuitspec.model.shipped import load_blueprint
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.task import Task


@dataclass(frozen=True, eq=False)
class Document:
    """One version of a text in an editor.

    Attributes:
        uri: how the editor calls it.
        path: where it is saved; None for one that never was.
        version: counts the edits; None where the editor does not.
    """

    uri: str
    text: str
    path: Path | None = None
    version: int | None = None

    @property
    def folder(self) -> Path | None:
        """The folder of the file, to which the paths in it are relative."""
        return None if self.path is None else self.path.parent

    @cached_property
    def source(self) -> Source:
        """The text under the name that messages give it."""
        return Source(self.uri if self.path is None else str(self.path), self.text)

    @cached_property
    def outline(self) -> Outline:
        """Circuits, statements and names, whether the text can be parsed or not."""
        return outline_of(tokens_of(self.text))

    @cached_property
    def parsed(self) -> ParseResult:
        """The text as a spec, or what is wrong with it."""
        return parse_text(self.text, self.source.name)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that can be said against the text without running a model."""
        found = list(self.parsed.diagnostics)
        if self.parsed.file is not None:
            for spec in self.parsed.file.circuits:
                found += check_spec(spec).diagnostics
        return tuple(in_order((*found, *check_sketches(self.parsed))))

    def model_of(self, circuit: CircuitOutline) -> Blueprint | None:
        """The model that a circuit names, if it can be had."""
        name = circuit.setting("model")
        try:
            return None if name is None else load_blueprint(name, base=self.folder)
        except (ModelError, OSError):
            return None

    def task_of(self, circuit: CircuitOutline) -> Task | None:
        """The task that a circuit names, if it can be had."""
        name = circuit.setting("task")
        return None if name is None else self.task(name)

    def task(self, name: str) -> Task | None:
        """The task of this name, if it can be had."""
        try:
            return load_task(name, base=self.folder)
        except (TaskError, OSError):
            return None

    def written(self, statement: Statement) -> str:
        """The text of a statement."""
        return self.text[statement.start : statement.end]
