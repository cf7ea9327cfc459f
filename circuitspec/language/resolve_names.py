"""The rules for names that circuits and nodes share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.language import syntax
from circuitspec.language.words import RESERVED


def check_names(names: Iterable[syntax.Word], what: str, duplicate: Code) -> Iterator[Diagnostic]:
    """What is wrong with the names of one file's circuits, or of one circuit's nodes.

    Args:
        names: the names in the order of the text.
        what: what they are names of: `circuit` or `node`.
        duplicate: the code for a name that is given twice.
    """
    first: dict[str, syntax.Word] = {}
    for name in names:
        if name.text in RESERVED:
            yield Diagnostic(
                code=Code.RESERVED_WORD,
                message=f"`{name.text}` is a word of the language and cannot name a {what}",
                span=name.span,
                label="reserved",
                help=f"choose another name, such as `{name.text}_` or `the_{name.text}`",
            )
        earlier = first.setdefault(name.text, name)
        if earlier is not name:
            yield Diagnostic(
                code=duplicate,
                message=f"two {what}s are called `{name.text}`",
                span=name.span,
                label="the second one",
                secondary=((earlier.span, "the first one"),),
                help="give one of them another name",
            )


def check_repeated(words: Iterable[syntax.Word], what: str, problems: list[Diagnostic]) -> None:
    """Add a problem for each word that stands twice in a list of blocks or scopes."""
    first: dict[str, syntax.Word] = {}
    for word in words:
        earlier = first.setdefault(word.text, word)
        if earlier is not word:
            problems.append(
                Diagnostic(
                    code=Code.DUPLICATE_PLACE,
                    message=f"`{word.text}` is listed twice",
                    span=word.span,
                    label=f"the same {what} again",
                    secondary=((earlier.span, "first listed here"),),
                    help="delete one of the two",
                )
            )


def listed_names(names: Mapping[str, object], limit: int = 8) -> str:
    """The first names of a mapping in backquotes, and whether there are more."""
    shown = ", ".join(f"`{name}`" for name in list(names)[:limit])
    return f"{shown}, ..." if len(names) > limit else shown
