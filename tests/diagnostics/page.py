"""The pages in `docs/diagnostics/`, taken apart into what a test can run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from circuitspec.diagnostics import Code
from diagnostics.example import DEFAULT_COMMAND, Example

PAGES = Path(__file__).parents[2] / "docs" / "diagnostics"

_FENCE = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<content>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Page:
    """The text of one page."""

    code: Code
    text: str

    @classmethod
    def read(cls, code: Code) -> Page:
        return cls(code, (PAGES / f"{code}.md").read_text(encoding="utf-8"))

    @cached_property
    def sections(self) -> dict[str, str]:
        """Everything below each heading of the second level; the page's beginning is below ''."""
        title, *parts = re.split(r"^## (.+)\n", self.text, flags=re.MULTILINE)
        return {"": title} | dict(zip(parts[::2], parts[1::2], strict=True))

    def example(self, section: str) -> Example:
        """The files and the command that a section shows."""
        files: dict[str, str] = {}
        command = DEFAULT_COMMAND
        for fence in _FENCE.finditer(self.sections[section]):
            if fence["title"] is not None:
                files[fence["title"]] = fence["content"]
            elif fence["language"] == "console":
                command = fence["content"].strip().removeprefix("$ ")
        return Example(files, command)

    @property
    def shown(self) -> str:
        """What the section `Wrong` says that the command prints."""
        return self._shown_fence()["content"]

    def showing(self, output: str) -> Page:
        """The same page with another output in that place."""
        wrong = self.sections["Wrong"]
        fence = self._shown_fence()
        mended = wrong[: fence.start("content")] + output + wrong[fence.end("content") :]
        return Page(self.code, self.text.replace(wrong, mended, 1))

    def write(self) -> None:
        (PAGES / f"{self.code}.md").write_text(self.text, encoding="utf-8")

    def _shown_fence(self) -> re.Match[str]:
        fences = _FENCE.finditer(self.sections["Wrong"])
        (fence,) = [f for f in fences if f["language"] == "text" and f["title"] is None]
        return fence
