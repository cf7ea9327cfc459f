"""`circuitspec convert` and `circuitspec schema`: the JSON form of `.circ` files."""

from __future__ import annotations

import json
from pathlib import Path

from circuitspec.cli.exits import ERROR, UserError
from circuitspec.cli.form import Form, form_of
from circuitspec.cli.spec_files import (
    STDIN,
    read_source,
    show_diagnostics,
    shown_name,
    write_stdout,
)
from circuitspec.document.json_form import document_schema, document_to_json, read_json
from circuitspec.document.printer import print_document
from circuitspec.document.read import read_document
from circuitspec.files import write_whole
from circuitspec.language.load import parse_text


def convert_file(path: Path, out: Path | None, form: Form | None) -> int:
    """Convert a file from one form to the other; returns the exit code.

    What can be written is written. Mistakes in its meaning are shown afterwards, in the text.

    Args:
        out: where to; standard output if not given.
        form: the form of the file; by default, the one that its suffix says.

    Raises:
        UserError: the form of the file is not known, or is that of `out`.
    """
    form = form or form_of(path)
    if form is None:
        raise UserError(
            f"the name of {shown_name(path)} does not say what it holds",
            "add --from circ or --from json",
        )
    if out is not None and form_of(out) is form:
        raise UserError(
            f"{shown_name(path)} and {out} are both .{form} files",
            "convert writes the other form: name another file",
        )
    file = read_source(path)
    if file is None:
        return ERROR
    _, source = file
    read = read_json if form is Form.JSON else read_document
    result = read(source.text, source.name)
    if result.document is None:
        show_diagnostics(result.diagnostics, result.source)
        return ERROR
    text = print_document(result.document)
    if form is Form.JSON:
        _write(text, out)
        spec = parse_text(text, "<stdout>" if out is None else str(out))
    else:
        _write(document_to_json(result.document), out)
        spec = parse_text(source.text, source.name)
    errors = tuple(d for d in spec.diagnostics if d.severity == "error")
    show_diagnostics(errors, spec.source)
    return ERROR if errors else 0


def print_schema() -> int:
    """Print the JSON Schema of the JSON form; returns the exit code."""
    print(json.dumps(document_schema(), indent=2))
    return 0


def _write(text: str, out: Path | None) -> None:
    if out is None or out == STDIN:
        write_stdout(text)
        return
    try:
        write_whole(out, text)
    except OSError as error:
        raise UserError(f"cannot write {out}: {(error.strerror or str(error)).lower()}") from None
