"""Fixes at the press of a key: the word that a message suggests instead of the one it marks.

Messages are written for people, so what one suggests is tried before it is offered: it must have as
many words as what is marked, and with it the message must be gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.lsp.documents import Document
from circuitspec.lsp.formatting import Edit

_SUGGESTED = re.compile(r"(?:did you mean|write) `?([^`]+?)`?\??")


@dataclass(frozen=True)
class Fix:
    """An edit that makes a diagnostic go away, and what the user is asked."""

    title: str
    diagnostic: Diagnostic
    edit: Edit


def fixes_in(document: Document, start: int, end: int) -> tuple[Fix, ...]:
    """The fixes for what is wrong between two offsets."""
    here = (
        diagnostic
        for diagnostic in document.diagnostics
        if diagnostic.span is not None
        and diagnostic.span.start <= end
        and start <= diagnostic.span.end
    )
    fixes = (fix_of(document, diagnostic) for diagnostic in here)
    return tuple(fix for fix in fixes if fix is not None)


def fix_of(document: Document, diagnostic: Diagnostic) -> Fix | None:
    """The fix for a diagnostic, if its help suggests one that can be relied on."""
    span = diagnostic.span
    suggested = None if diagnostic.help is None else _SUGGESTED.fullmatch(diagnostic.help)
    if span is None or suggested is None:
        return None
    marked, new = document.text[span.start : span.end], suggested[1]
    if diagnostic.code == Code.UNKNOWN_NAME:
        # The whole end of the edge is marked, the suggestion is for the name without its part.
        marked = marked.partition(".")[0]
    if diagnostic.code == Code.SIGN_CONTRADICTS_WEIGHT:
        # The sign alone is marked, the suggestion is for the target with its sign.
        new = new[-1]
    if not marked or len(marked.split()) != len(new.split()):
        return None
    edit = Edit(span.start, span.start + len(marked), new)
    if not _helps(document, diagnostic, edit):
        return None
    return Fix(f"Replace `{marked}` by `{new}`", diagnostic, edit)


def _helps(document: Document, diagnostic: Diagnostic, edit: Edit) -> bool:
    """Whether an edit rids the text of one diagnostic of this code, and of the one at this place.

    A text that becomes readable may show what else is wrong with it: that does not count.
    """
    text = document.text[: edit.start] + edit.text + document.text[edit.end :]
    mended = replace(document, text=text)
    in_text = diagnostic in document.parsed.diagnostics
    before = document.parsed.diagnostics if in_text else document.diagnostics
    after = mended.parsed.diagnostics if in_text else mended.diagnostics
    same = [found for found in after if found.code == diagnostic.code]
    fewer = len(same) < sum(found.code == diagnostic.code for found in before)
    return fewer and not any(_same_place(found, diagnostic.span) for found in same)


def _same_place(found: Diagnostic, span: Span | None) -> bool:
    return found.span is not None and span is not None and found.span.start == span.start
