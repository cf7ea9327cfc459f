"""`circuitspec explain`: the page on a code, or the list of all codes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from circuitspec.cli.exits import UserError
from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.explain import (
    codes_by_section,
    find_code,
    page_text,
    similar_codes,
)

_WIDEST = 100

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TITLED_FENCE = re.compile(r'^(```\w+) title="([^"]*)"$', re.MULTILINE)


def explain(words: list[str]) -> int:
    """Print the pages on the codes that `words` mean, or without any the list of codes.

    Raises:
        UserError: a word that is no code.
    """
    codes = list(dict.fromkeys(map(_code, words)))
    if not codes:
        print("\n".join(_contents()))
        return 0
    pages = "\n".join(map(page_text, codes))
    if sys.stdout.isatty():
        _print_markdown(pages)
    else:
        sys.stdout.write(pages)
    return 0


def complete_code(incomplete: str) -> Iterator[tuple[str, str]]:
    """For the shell: the codes that begin like this, each with its summary."""
    for code in Code:
        if code.startswith(incomplete.lower()):
            yield str(code), code.summary


def _code(word: str) -> Code:
    code = find_code(word)
    if code is not None:
        return code
    similar = similar_codes(word)
    raise UserError(
        f"there is no code `{word}`",
        f"did you mean {' or '.join(f'`{near}`' for near in similar)}?"
        if similar
        else "`circuitspec explain` lists all codes",
    )


def _contents() -> Iterator[str]:
    width = max(map(len, Code))
    for title, codes in codes_by_section().items():
        yield title
        yield from (f"  {code:{width}}  {code.summary}" for code in codes)
        yield ""
    yield "`circuitspec explain CODE` has a page on each."


def _print_markdown(text: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    # The pages link to each other, which a terminal cannot follow; and it shows no titles of
    # fences, so that each becomes a line before its fence.
    text = _LINK.sub(r"\1", text)
    text = _TITLED_FENCE.sub(r"`\2`\n\n\1", text)
    console.print(Markdown(text, code_theme="ansi_dark"), width=min(_WIDEST, console.width))
