"""Close a list with as many brackets as are open (Table 1, task 9).

`]]` ends a list within a list; `]` ends a flat one, since `],` is a token of its own. A list in a
list is two tokens longer than a flat one of the same numbers, which is made up by a sign or by a
number more. The tokenizer must have `]]` and `],`.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = ("]]", "]")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<name> = [<number>,« [<number2>| <number4>, <number2>», <number3>",
        "<name> = [«[<number>|-<number>», <number2>",
        "<name> = [«[<number>, <number2>], [<number3>|-<number>, <number2>, <number3>, <number4>»"
        ", <number5>",
        "\n    <name> = [«[<number>|-<number>», <number2>, <number3>",
        "\n    return [<number>,« [<number2>| <number4>, <number2>», <number3>",
        "<line>\n<name> = [«[<name2>|-<name2>», <name3>",
        "<name> = [«[<number>|-<number>»",
        "def <call>(<name>):\n    <name2> = [«[<number>|-<number>», <number2>",
        "\n    return [«[<name>|-<name>», <name2>, <name3>",
        "\n    self.<name> = [«[<number>, <number2>], [<number3>"
        "|-<number>, <number2>, <number3>, <number4>», <number5>",
        '<name> = ["<word>",« [<number>| <number2>, <number>», <number3>',
        "<line>\n<name> = [<name2>, <name3>,« [<number>| <number2>, <number>»",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>\n<line2>\n<name> = [«[<number>|-<number>», <number2>, <number3>",
        "<name>.<name2> = [«[<number>|-<number>», <number2>",
        "\n        <name> = [<number>,« [<number2>| <number4>, <number2>», <number3>",
        "def <call>(<name>, <name2>):\n    return [«[<name>|-<name>», <name2>",
        "<name> = [<number>, <number2>,« [<number3>| <number4>, <number3>», <number5>",
        "\n    <name> = [«[<number>, <number2>], [<number3>"
        "|-<number>, <number2>, <number3>, <number4>», <number5>",
        "<name> = <number>\n<name2> = [<name>,« [<number2>| <number3>, <number2>»",
        "if <name> == <number>:\n    <name2> = [«[<number2>|-<number2>», <number3>",
        "\n    return [«[<number>, <number2>, <number3>], [<number4>"
        "|-<number>, <number2>, <number3>, <number4>, <number5>», <number6>",
        "\n    <line>\n    self.<name> = [«[<number>|-<number>», <number2>",
    ),
    pools=words.VERIFYING,
)
