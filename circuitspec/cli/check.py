"""`circuitspec check`: everything that can be known without running the model."""

from __future__ import annotations

from pathlib import Path

from circuitspec.cli.exits import ERROR
from circuitspec.cli.spec_files import read_specs, show_diagnostics, spec_paths


def check_files(paths: list[Path], model_name: str | None) -> int:
    """Show what is wrong with the specs in `paths`; returns the exit code."""
    loaded, sound = read_specs(spec_paths(paths))
    if loaded:
        from circuitspec.circuit.bind import bind_spec
        from circuitspec.cli.models import chosen_model

        model = chosen_model(model_name)
        for item in loaded:
            bound = bind_spec(item.spec, model=model)
            show_diagnostics(bound.diagnostics, item.source)
            if bound.circuit is None or bound.task is None:
                sound = False
                continue
            nodes, edges = len(bound.circuit.nodes), bound.circuit.edges
            size = f"{nodes} nodes" + ("" if edges is None else f", {len(edges)} edges")
            print(f"{item.path}: {item.spec.name}: {size}, {len(item.spec.claims)} claims: sound")
    return 0 if sound else ERROR
