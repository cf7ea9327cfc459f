"""`circuitspec verify`: results on stdout; certificates and drawings in a folder if asked."""

from __future__ import annotations

import sys
from pathlib import Path

from circuitspec.circuit.bind import Bound, bind_spec
from circuitspec.cli.exits import ERROR, FALSE_CLAIM, UserError
from circuitspec.cli.models import chosen_model
from circuitspec.cli.progress import progress_bar
from circuitspec.cli.spec_files import (
    LoadedSpec,
    distinct_names,
    read_specs,
    show_diagnostics,
    spec_paths,
)
from circuitspec.drawing import DrawError, draw, render
from circuitspec.verdict.certificate import (
    Certificate,
    certificates_json,
    certify,
    current_environment,
    write_certificates,
)
from circuitspec.verdict.judge import verify_circuit
from circuitspec.verdict.text import render_report

_DRAWINGS = (".dot", ".svg", ".png")


def verify_files(
    paths: list[Path], out: Path | None, model_name: str | None, seed: int, *, as_json: bool
) -> int:
    """Verify every circuit in `paths`; returns the exit code.

    Raises:
        UserError: nothing to verify, a model that cannot be loaded, a folder that cannot be
            written.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file, not a folder", "name another folder with --out")
    loaded, sound = read_specs(spec_paths(paths))
    model = chosen_model(model_name)
    bound: list[tuple[str, LoadedSpec, Bound]] = []
    for name, item in distinct_names(loaded):
        result = bind_spec(item.spec, model=model)
        show_diagnostics(result.diagnostics, item.source)
        if result.circuit is None or result.task is None:
            sound = False
        else:
            bound.append((name, item, result))
    certificates: list[Certificate] = []
    for name, item, result in bound:
        certificate = _verify(item, result, seed)
        certificates.append(certificate)
        if not as_json:
            print(render_report(certificate), flush=True)
        if out is not None:
            written = _write(out, name, result, certificate)
            if not as_json:
                print(f"  wrote {', '.join(map(str, written))}\n", flush=True)
    if as_json and certificates:
        sys.stdout.write(certificates_json(certificates))
    verdicts = {certificate.verdict for certificate in certificates}
    if not sound or not certificates or "error" in verdicts:
        return ERROR
    return 0 if verdicts == {"confirmed"} else FALSE_CLAIM


def _verify(item: LoadedSpec, bound: Bound, seed: int) -> Certificate:
    assert bound.circuit is not None
    assert bound.task is not None
    with progress_bar(item.spec.name) as progress:
        report = verify_circuit(
            item.spec,
            bound.circuit,
            bound.task,
            seed=seed,
            on_progress=progress,
        )
    return certify(report, current_environment())


def _write(out: Path, name: str, bound: Bound, certificate: Certificate) -> list[Path]:
    """Write certificate and drawings; returns their paths."""
    assert bound.circuit is not None
    path = out / f"{name}.json"
    try:
        write_certificates(path, [certificate])
        written = [path]
        figure = draw(bound.circuit, certificate)
        for suffix in _DRAWINGS:
            render(figure, path.with_suffix(suffix))
            written.append(path.with_suffix(suffix))
    except DrawError as error:
        print(f"warning: {error}", file=sys.stderr)
        if error.diagnostic.help:
            print(f"  help: {error.diagnostic.help}", file=sys.stderr)
    except OSError as error:
        raise UserError(f"cannot write to {out}: {error.strerror}") from None
    return written
