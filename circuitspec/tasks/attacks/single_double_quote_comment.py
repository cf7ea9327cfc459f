"""Close a string literal after a comment with an apostrophe, which is the token of a single quote.

The apostrophe opens nothing. The prompts of a pair differ in the quote that opened the string.
"""

from __future__ import annotations

from circuitspec.tasks.python import single_double_quote
from circuitspec.tasks.templates import TemplateSet, asking

_QUOTES = ('"', "'")

FINDING = TemplateSet(
    templates=asking(
        _QUOTES,
        "# the <word>'s <word2>\n<call>(<difference><word3>",
        "# don't <word>\n<name> = <call>(<difference><word2> <word3>",
        "# it's the <word>\n<name> = <difference><word2>",
        "def <call>(<name>):\n    # the <word>'s <word2>\n    <call2>(<difference><word3>",
        "    # isn't <word>\n    return <difference><word2> <word3>",
        "<name> = <number>  # don't <word>\n<call>(<difference><word2>",
        "# can't <word> <word2>\nif <name> == <difference><word3>",
        "import <name>\n\n# <word> isn't <word2>\n<name>.<call>(<difference><word3>",
        "    # the <word>'s <word2>\n    self.<name> = <difference><word3>",
        "for <name> in <name2>:  # it's <word>\n    <call>(<name>, <difference><word2>",
    ),
    pools=single_double_quote.FINDING.pools,
    differences=_QUOTES,
)

VERIFYING = TemplateSet(
    templates=asking(
        _QUOTES,
        "# doesn't <word>\n<call>(<name>, <difference><word2>",
        "# that's the <word>\n<name> = <call>(<difference><word2>",
        "    # a <word>'s <word2>\n    <call>(<difference><word3>",
        "while <name> < <number>:  # doesn't <word>\n    <call>(<difference><word2>",
        "class <class>:\n    # that's <word>\n    <name> = <difference><word2>",
        "# aren't <word> <word2>\nassert <name> == <difference><word3>",
        "try:\n    # a <word>'s <word2>\n    <call>(<difference><word3>",
        "<name>.<name2> = <number>  # that's <word>\nwith <call>(<difference><word2>",
        "    # won't <word>\n    raise <error>(<difference><word2> <word3>",
        "# <word> doesn't <word2>\n<name> = [<difference><word3>",
    ),
    pools=single_double_quote.VERIFYING.pools,
    differences=_QUOTES,
)
