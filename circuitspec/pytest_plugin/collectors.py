"""What holds our tests: a file, and in it circuits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from circuitspec.pytest_plugin.chosen import model_and_base
from circuitspec.pytest_plugin.failure import CircuitError
from circuitspec.pytest_plugin.items import CheckItem, CircuitItem, ClaimItem, StrictItem

if TYPE_CHECKING:
    from circuitspec.circuit.check import Checked
    from circuitspec.diagnostics import Source
    from circuitspec.language import ParseResult, Spec
    from circuitspec.model.blueprint import Blueprint
    from circuitspec.verdict.manner import Judged


class CircFile(pytest.File):
    """One file. One with mistakes is a collection error, with our text."""

    def collect(self) -> Iterator[CircuitCollector]:
        """Its circuits."""
        from circuitspec.diagnostics import Code, Source
        from circuitspec.language import load_file

        result = load_file(self.path)
        source = Source(str(_shown(self.path, self.config)), result.source.text)
        if result.file is not None:
            for spec in result.file.circuits:
                yield CircuitCollector.from_parent(
                    self, name=spec.name, spec=spec, source=source, file=result
                )
            return
        foreign = all(found.code is Code.NOT_A_SPEC for found in result.diagnostics)
        # Other programs have `.circ` files, too; only one that was named is a mistake.
        if not foreign or self.session.isinitpath(self.path):
            raise self.CollectError(str(CircuitError(result.diagnostics, source)))


class CircuitCollector(pytest.Collector):
    """One circuit, whose claims are judged together."""

    def __init__(self, *, spec: Spec, source: Source, file: ParseResult, **others: Any) -> None:
        super().__init__(**others)
        self.spec = spec
        self.source = source
        self.file = file

    def collect(self) -> Iterator[CircuitItem]:
        """Its check, its claims in order, under the names that a certificate gives them, and the
        strict battery if it is asked for."""
        from circuitspec.report.claim_names import claim_names

        yield CheckItem.from_parent(self, name="check", source=self.source)
        for name, claim in zip(claim_names(self.spec.judged), self.spec.judged, strict=True):
            yield ClaimItem.from_parent(self, name=name, source=self.source, claim=claim)
        if self.config.getoption("circ_strict"):
            yield StrictItem.from_parent(self, name="strict", source=self.source)

    @cached_property
    def checked(self) -> Checked:
        """What is known of the circuit without a run."""
        from circuitspec.circuit.check import check_spec

        return check_spec(self.spec, model=self._chosen())

    @cached_property
    def judged(self) -> Judged:
        """What became of the claims, and of what the strict battery adds if it is asked for. They
        are a family that shares the level, so all are judged even if `-k` selects one, and each is
        judged as it would be among all. With xdist every worker that has a claim does so;
        `--dist loadfile` gives a file to one. The circuit must be sound."""
        from circuitspec.circuit.bind import compile_checked
        from circuitspec.claims.store import Store
        from circuitspec.model.shipped import load_model
        from circuitspec.verdict.manner import Manner, judge, user_store

        assert self.checked.task is not None  # else it would not be sound
        name, base = model_and_base(self.config)
        model = None if name is None else load_model(name, base=base)
        circuit = compile_checked(self.spec, self.checked, model=model)
        strict = bool(self.config.getoption("circ_strict"))
        manner = Manner(strict=strict, store=user_store() if strict else Store())
        return judge(self.spec, circuit, self.checked.task, self.checked, manner)

    def _chosen(self) -> Blueprint | None:
        from circuitspec.model.error import ModelError
        from circuitspec.model.shipped import load_blueprint

        name, base = model_and_base(self.config)
        try:
            return None if name is None else load_blueprint(name, base=base)
        except ModelError as error:
            raise CircuitError((error.diagnostic,), self.source) from None


def _shown(path: Path, config: pytest.Config) -> Path:
    here = config.invocation_params.dir
    return path.relative_to(here) if path.is_relative_to(here) else path
