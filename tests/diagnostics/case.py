"""The corpus: folders of files, each with what a command says of them.

    example.circ, ...   the files; see `Example`
    command             what is typed; `circuitspec check example.circ` if it is missing
    expect              what is printed

A folder is named for the code that it gives, and for what is special about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from circuitspec.diagnostics import Code
from diagnostics.example import DEFAULT_COMMAND, Example

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Case:
    """One folder of the corpus."""

    folder: Path

    @property
    def code(self) -> Code:
        """The code for which it is named."""
        codes = [code for code in Code if f"{self.folder.name}-".startswith(f"{code}-")]
        return max(codes, key=len)

    @property
    def example(self) -> Example:
        files = {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name not in ("command", "expect")
        }
        command = self.folder / "command"
        return Example(files, command.read_text().strip() if command.exists() else DEFAULT_COMMAND)

    @property
    def expect(self) -> Path:
        return self.folder / "expect"


CASES = tuple(Case(folder) for folder in sorted(CORPUS.iterdir()))
