"""The way in: a file or a text becomes a `SpecFile`, or diagnostics, or (warnings) both."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic, at_most
from circuitspec.diagnostics.source import Source
from circuitspec.language.error import SpecError
from circuitspec.language.parse import LARGEST_TEXT, binary, parse, too_large
from circuitspec.language.recover import without_consequences
from circuitspec.language.resolve import resolve
from circuitspec.language.spec import Spec, SpecFile

_LARGEST_FILE = 4 * LARGEST_TEXT
"""No UTF-8 text of permitted length has more bytes, so larger files need not be read."""


@dataclass(frozen=True)
class ParseResult:
    """What came of a text.

    Attributes:
        file: its circuits; `None` if and only if a diagnostic is an error.
        diagnostics: errors and warnings in the order of the text.
        source: the text, for showing the diagnostics.
        sketches: if there is an error, what is right of the circuits; see `Resolved`.
    """

    file: SpecFile | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source
    sketches: tuple[Spec, ...] = ()

    def and_found(self, more: Iterable[Diagnostic]) -> ParseResult:
        """The same with further diagnostics, in the order of the text."""
        return replace(self, diagnostics=at_most((*self.diagnostics, *more)))

    def unwrap(self) -> SpecFile:
        """The circuits.

        Raises:
            SpecError: when there was an error.
        """
        if self.file is None:
            raise SpecError(self.diagnostics, self.source)
        return self.file


def parse_text(text: str, name: str = "<text>") -> ParseResult:
    """Read a spec from a string; `name` is what messages call it."""
    source = Source(name, text)
    parsed = parse(source)
    if parsed.tree is None:
        return ParseResult(None, parsed.diagnostics, source)
    resolved = resolve(parsed.tree, source)
    found = resolved.problems
    if parsed.whole is None:
        unread = [d.span for d in parsed.diagnostics if d.span is not None]
        found = without_consequences(found, text, parsed.gaps, unread)
    problems = at_most((*parsed.diagnostics, *found))
    if parsed.whole is None and resolved.file is not None:
        return ParseResult(None, problems, source, resolved.file.circuits)
    return ParseResult(resolved.file, problems, source, resolved.sketches)


def load_file(path: str | os.PathLike[str]) -> ParseResult:
    """Read a spec from a file; that it cannot be read is a diagnostic too, not an exception."""
    name = os.fspath(path)
    content = read_bytes(Path(name))
    if isinstance(content, Diagnostic):
        return ParseResult(None, (content,), Source(name, ""))
    return parse_bytes(content, name)


def parse_bytes(content: bytes, name: str = "<text>") -> ParseResult:
    """Read a spec from the bytes of a file; that they are no text is a diagnostic, too."""
    text = decode(content)
    if isinstance(text, Diagnostic):
        return ParseResult(None, (text,), Source(name, content.decode("utf-8-sig", "replace")))
    return parse_text(text, name)


def load(path: str | os.PathLike[str], *, circuit: str | None = None) -> Spec:
    """The spec in a `.circ` file.

    Args:
        circuit: which, where a file holds several.

    Raises:
        SpecError: the file is not a valid spec; carries all diagnostics.
        ValueError: the file holds several circuits and none of that name was asked for.
    """
    specs = load_file(path).unwrap().circuits
    chosen = [spec for spec in specs if circuit in (None, spec.name)]
    if len(chosen) != 1:
        names = ", ".join(spec.name for spec in specs)
        raise ValueError(f"{path} holds the circuits {names}: choose one with `circuit=`")
    return chosen[0]


def read_bytes(path: Path) -> bytes | Diagnostic:
    """What a file holds, or why that cannot be known."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return _not_found(path)
    except IsADirectoryError:
        return Diagnostic(
            code=Code.IS_A_FOLDER,
            message=f"`{path}` is a folder, not a file",
            help="name one of the .circ files inside of it",
        )
    # A path that holds a NUL, or a character that the system cannot write, is a ValueError.
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Diagnostic(
            code=Code.UNREADABLE_FILE,
            message=f"the file cannot be read: {reason.lower()}",
            help="check the path and who may read it",
        )
    if len(content) > _LARGEST_FILE:
        return too_large(path.stat().st_size)
    return content


def decode(content: bytes) -> str | Diagnostic:
    """The text that the bytes of a file are, or why they are none.

    A span of the diagnostic is one of the text in which U+FFFD stands for what cannot be decoded.
    """
    advice = "open it in an editor and save it as UTF-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Diagnostic(
            code=Code.NOT_UTF8, message="the file is in UTF-16, not in UTF-8", help=advice
        )
    if b"\0" in content:
        return binary(content.count(b"\n", 0, content.index(b"\0")) + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = content.decode("utf-8-sig", "replace")
        # The error counts from after a byte order mark; what precedes it could be decoded.
        at = len(error.object[: error.start].decode("utf-8-sig"))
        return Diagnostic(
            code=Code.NOT_UTF8,
            message=f"the file is not UTF-8: the byte 0x{error.object[error.start]:02X} "
            "belongs to another encoding",
            span=Source("", text).span(at, at + 1),
            label="the first such byte",
            help=advice,
        )


def _not_found(path: Path) -> Diagnostic:
    near = path.with_name(f"{path.name}.circ")
    return Diagnostic(
        code=Code.FILE_NOT_FOUND,
        message=f"there is no file `{path}`",
        help=f"did you mean `{near}`?" if path.name and near.is_file() else "check the path",
    )
