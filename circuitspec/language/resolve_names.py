"""The rules for names that circuits and nodes share, and for words of which there are a few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.diagnostic import Diagnostic
from circuitspec.diagnostics.source import Span
from circuitspec.diagnostics.wording import near_miss, quoted
from circuitspec.language import syntax
from circuitspec.language.words import RESERVED

MOST_SUGGESTIONS = 100
"""After so many mistakes, no name is looked for that was probably meant."""


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
    """Add a problem for each word that stands twice in a list."""
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


def known_word(
    word: syntax.Word, words: Sequence[str], what: str, problems: list[Diagnostic]
) -> str | None:
    """A word if it is one of the few that can stand there; else a problem is added.

    Args:
        what: what they are, for the message: "control", "run".
    """
    if word.text in words:
        return word.text
    meant = near_miss(word.text, words)
    problems.append(
        Diagnostic(
            code=Code.UNKNOWN_WORD,
            message=f"there is no {what} `{word.text}`",
            span=word.span,
            label=f"expected {quoted(words)}",
            help=f"did you mean `{meant}`?" if meant is not None else f"write {quoted(words)}",
        )
    )
    return None


def check_text(word: syntax.Word, what: str, advice: str, problems: list[Diagnostic]) -> None:
    """Add a problem where there is nothing between the quotes."""
    if not word.text:
        problems.append(
            Diagnostic(
                code=Code.EMPTY_NAME,
                message=f"this {what} is empty",
                span=word.span,
                label="nothing between the quotes",
                help=advice,
            )
        )


def unknown_node(span: Span, name: str, declared: Mapping[str, Span]) -> Diagnostic:
    """The diagnostic for a name that no node has.

    Args:
        span: where the name stands.
        declared: the names that there are, and where they are declared.
    """
    meant = near_miss(name, declared)
    if meant is not None:
        advice = f"did you mean `{meant}`?"
    elif declared:
        advice = f"the nodes are {listed_names(declared)}"
    else:
        advice = f"declare it: `node {name} = L0.mlp.in[3]`"
    return Diagnostic(
        code=Code.UNKNOWN_NAME,
        message=f"no node is called `{name}`",
        span=span,
        label="not a node of this circuit",
        secondary=() if meant is None else ((declared[meant], f"`{meant}` is declared here"),),
        help=advice,
    )


def listed_names(names: Mapping[str, object], limit: int = 8) -> str:
    """The first names of a mapping in backquotes, and whether there are more."""
    shown = ", ".join(f"`{name}`" for name in list(names)[:limit])
    return f"{shown}, ..." if len(names) > limit else shown
