"""From a drawing in DOT to a picture, by whatever Graphviz this machine has."""

from __future__ import annotations

import html
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import graphviz

from circuitspec.diagnostics.codes import Code
from circuitspec.drawing.error import DrawError
from circuitspec.files import write_whole

_SOURCE = ("dot", "gv")
_PICTURES = ("svg", "png", "pdf")
# Printers want 300 dots per inch; screens show half of that on laptops.
_PNG_DPI = "200"
_SECONDS = 300


def render(digraph: graphviz.Digraph, path: Path) -> None:
    """Write `digraph` to `path` as its suffix says: `.svg`, `.png`, `.pdf`, `.dot` or `.gv`.

    DOT is only written down. For pictures, the first of these draws that can: the program `dot`,
    the package pygraphviz, the program `graphviz-pure`. The file is written whole or not at all.

    Raises:
        DrawError: an unknown suffix, or nothing here can draw.
        OSError: the file cannot be written.
    """
    form = path.suffix.removeprefix(".").lower()
    if form in _SOURCE:
        write_whole(path, digraph.source)
    elif form in _PICTURES:
        write_whole(path, _picture(digraph, form))
    else:
        raise DrawError(
            Code.UNKNOWN_PICTURE_FORMAT,
            f"`{path.suffix}` is not a format that can be drawn"
            if path.suffix
            else f"`{path.name}` has no suffix that says what to draw",
            f"use one of {', '.join(f'`.{known}`' for known in _PICTURES + _SOURCE)}",
        )


@dataclass(frozen=True, slots=True)
class _Backend:
    """A command that reads DOT and writes a picture, given `-T` and a format."""

    name: str
    command: tuple[str, ...]
    formats: tuple[str, ...] = _PICTURES


def _backends() -> Iterator[_Backend]:
    """What is installed here, the most trusted first."""
    if program := shutil.which("dot"):
        yield _Backend("dot", (program,))
    if importlib.util.find_spec("pygraphviz"):
        # In a process of its own: it is C code, and it prints warnings about fonts. -P keeps our
        # folder from being searched for modules.
        script = Path(__file__).with_name("pygraphviz_process.py")
        yield _Backend("pygraphviz", (sys.executable, "-P", str(script)))
    if program := shutil.which("graphviz-pure"):
        yield _Backend("graphviz-pure", (program,), ("svg", "png"))


def _picture(digraph: graphviz.Digraph, form: str) -> bytes:
    if form == "png":
        digraph = digraph.copy()
        digraph.attr(dpi=_PNG_DPI)
    failures = []
    for backend in _backends():
        if form not in backend.formats:
            continue
        drawn = _run(backend, digraph.source, form)
        if isinstance(drawn, bytes):
            return _with_title(drawn, digraph.comment) if form == "svg" else drawn
        failures.append(f"{backend.name}: {drawn}")
    if failures:
        raise DrawError(
            Code.GRAPHVIZ_FAILED,
            f"Graphviz could not draw this as {form.upper()}",
            "write a .dot file and try `dot` on it by hand",
            tuple(failures),
        )
    raise DrawError(
        Code.NO_GRAPHVIZ,
        f"nothing is installed here that draws {form.upper()}",
        "install Graphviz: `pip install 'circuitspec[graphviz]'`, `apt-get install graphviz` or "
        "`brew install graphviz`",
        ("a .dot file can be written without it",),
    )


def _run(backend: _Backend, source: str, form: str) -> bytes | str:
    """The picture, or why there is none."""
    try:
        process = subprocess.run(
            [*backend.command, f"-T{form}"],
            input=source.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        return str(error)
    except subprocess.TimeoutExpired:
        return f"took longer than {_SECONDS} seconds"
    if process.returncode == 0 and process.stdout:
        return process.stdout
    said = process.stderr.decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"exit code {process.returncode}"


def _with_title(svg: bytes, title: str) -> bytes:
    """`svg` with words for those who cannot see it."""
    words = html.escape(title)
    start = re.search(r"<svg\b[^>]*>", text := svg.decode())
    if start is None:
        return svg
    tag = start.group().replace("<svg", f'<svg role="img" aria-label="{words}"', 1)
    return f"{text[: start.start()]}{tag}\n<title>{words}</title>{text[start.end() :]}".encode()
