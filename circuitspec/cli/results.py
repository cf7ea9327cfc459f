"""Where results go: stdout in the format asked for, and files for whoever reads them later."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from circuitspec.cli.colour import Colour, paint, wants_colour
from circuitspec.cli.exits import UserError
from circuitspec.cli.spec_files import SUFFIX
from circuitspec.files import write_whole
from circuitspec.formats import Format, Outcome, format_of, render


@dataclass(frozen=True)
class Results:
    """How a run shows what came of it.

    Attributes:
        format: of what is printed.
        outputs: files that get the outcome as well, in the format that their suffix says.
    """

    format: Format = Format.FULL
    outputs: tuple[Path, ...] = ()
    colour: Colour = Colour.AUTO

    def prepare(self) -> None:
        """Find out before the work, not after it, that a file must not be written.

        Raises:
            UserError: an output is a folder, or would replace a spec.
        """
        for path in self.outputs:
            if path.is_dir():
                raise UserError(f"{path} is a folder", "name a file with --output")
            if path.suffix == SUFFIX:
                raise UserError(
                    f"{path} is the name of a spec, which results must not replace",
                    "name another file with --output, such as results.json or junit.xml",
                )

    def part(self, text: str) -> None:
        """Print a part of the full format as soon as it is known; other formats wait."""
        if self.format is not Format.FULL or not text:
            return
        print_text(paint(text) if wants_colour(self.colour, sys.stdout) else text)

    def finish(self, outcome: Outcome) -> None:
        """Print what is left to print, and write the files.

        Raises:
            UserError: a file cannot be written.
        """
        if self.format is Format.FULL:
            from circuitspec.formats.full import closing

            self.part(closing(outcome))
        else:
            print_text(render(outcome, self.format))
        for path in self.outputs:
            content = render(outcome, format_of(path, self.format))
            try:
                write_whole(path, content.encode(errors="backslashreplace"))
            except OSError as error:
                raise UserError(f"cannot write {path}: {error.strerror}") from None


def print_text(text: str) -> None:
    """Print a text as it is, in an encoding that may not have all of its characters."""
    # A path may hold what the terminal's encoding, or any, cannot write; JSON escapes look so too.
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()
