"""Texts that end inside a string and have a closed string before it, for several tasks.

`<closed>` is the quote on both sides of the closed string, `<open>` the one that opens the last.
"""

from __future__ import annotations

from circuitspec.tasks.python import single_double_quote
from circuitspec.tasks.templates import TemplateSet, asking

QUOTES = ('"', "'")

_FINDING = (
    "<call>(<closed><word><closed>, <open><word2>",
    "<name> = <call>(<closed><word><closed>, <open><word2> <word3>",
    "<name> = <closed><word><closed>\n<name2> = <open><word2>",
    "    return <call>(<closed><word><closed>) + <open><word2>",
    "<name>[<closed><word><closed>] = <open><word2>",
    "<call>(<closed><word> <word2><closed>)\n<call2>(<open><word3>",
    "def <call>(<name>=<closed><word><closed>, <name2>=<open><word2>",
    "if <name> == <closed><word><closed>:\n    <call>(<open><word2>",
    "<name> = [<closed><word><closed>, <open><word2>",
    "    self.<name> = <closed><word><closed>\n    self.<name2> = <open><word2> <word3>",
    "import <name>\n\n<name>.<call>(<closed><word><closed>, <open><word2>",
    "<name> = <name2>.<call>(<closed><word><closed>, <number>, <open><word2>",
)
_VERIFYING = (
    "<call>(<name>, <closed><word><closed>, <open><word2>",
    "    <call>(<closed><word><closed>, <open><word2> <word3>",
    "<name>.<name2> = <closed><word><closed>\n<name>.<name3> = <open><word2>",
    "    raise <error>(<closed><word> <word2><closed> + <open><word3>",
    "<name> = {<closed><word><closed>: <open><word2>",
    "while <name> != <closed><word><closed>:\n    <call>(<open><word2>",
    "class <class>:\n    <name> = <closed><word><closed>\n    <name2> = <open><word2>",
    "with <call>(<closed><word><closed>, <open><word2>",
    "assert <name> == <closed><word><closed>, <open><word2>",
    "try:\n    <call>(<closed><word><closed>)\n    <call2>(<open><word2> <word3>",
)


def closed_before(closed: tuple[str, str]) -> tuple[TemplateSet, TemplateSet]:
    """For finding and for verifying: the last string of the first prompt opens with a double
    quote, that of the second with a single one.

    Args:
        closed: the quote of the closed string in the first and in the second prompt.
    """
    finding, verifying = (
        asking(QUOTES, *(_with_quotes(text, closed) for text in texts))
        for texts in (_FINDING, _VERIFYING)
    )
    return (
        TemplateSet(finding, single_double_quote.FINDING.pools),
        TemplateSet(verifying, single_double_quote.VERIFYING.pools),
    )


def _with_quotes(text: str, closed: tuple[str, str]) -> str:
    for slot, quotes in (("<closed>", closed), ("<open>", QUOTES)):
        text = text.replace(slot, f"«{quotes[0]}|{quotes[1]}»")
    return text
