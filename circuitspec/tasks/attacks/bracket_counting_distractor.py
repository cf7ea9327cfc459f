"""Close a list with as many brackets as are open, after a `[` in a comment or a string.

The attack of Gao et al. 2025 (Figure 5): that bracket opens nothing, but is the same token.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = ("]]", "]")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "# [<word>\n<name> = [<number>,« [<number2>| <number4>, <number2>», <number3>",
        "# <word> [\n<name> = [«[<number>|-<number>», <number2>",
        'print("[")\n<name> = [<number>,« [<number2>| <number4>, <number2>», <number3>',
        '<name> = ["[",« [<number>| <number2>, <number>», <number3>',
        '<name> = "["\n<name2> = [«[<number>|-<number>», <number2>, <number3>',
        "\n    # [<word>\n    <name> = [<number>,« [<number2>| <number4>, <number2>», <number3>",
        "def <call>(<name>):\n    # [<word>\n    <name2> = [«[<number>|-<number>», <number2>",
        "\n    # <word> [\n    return [<name>,« [<number>| <number2>, <number>», <number3>",
        "<line>  # [\n<name> = [<number>,« [<number2>| <number4>, <number2>», <number3>",
        '<call>("[<word>", [«[<number>|-<number>», <number2>',
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "# a [<word>\n<name> = [<number>,« [<number2>| <number4>, <number2>», <number3>",
        "# <word> <word2> [\n<name>.<name2> = [«[<number>|-<number>», <number2>",
        '<name> = <number>\nprint("[", [<name>,« [<number2>| <number3>, <number2>»',
        '<name> = [<number>, "[",« [<number2>| <number4>, <number2>», <number3>',
        '<name>.<name2> = "["\n<name3> = [«[<number>|-<number>», <number2>, <number3>',
        "\n    # a [<word>\n    self.<name> = "
        "[<number>,« [<number2>| <number4>, <number2>», <number3>",
        "if <name>:  # [<word>\n    <name2> = [«[<number>|-<number>», <number2>",
        "\n    # <word> [\n    <name> = [<number>, <number2>,« [<number3>| <number4>, <number3>»",
        "<line>  # <word> [\n<name> = [<name2>,« [<number2>| <number4>, <number2>», <number3>",
        '<call>(<name>, "[<word>", [«[<number>|-<number>», <number2>',
    ),
    pools=words.VERIFYING,
)
