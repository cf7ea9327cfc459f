"""Go on with `else` after a condition in one line, with a colon after an if (Table 1, task 13).

The paper's second answer is not given; a conditional expression goes on with ` else`. The two need
a token more or less in the line before, which is made up in several ways.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (" else", ":")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<name> = «-<name2> if|<name2>\nif» <name3>",
        "\n    <name> = «-<number> if|<number>\n    if» <name3>",
        "<line>\n<name> = «not <name2> if|<name2>\nif» <name3>",
        "<name> = <call>(«<name2>) if|)\nif» <name3>",
        "\n    <name> = [«<number>] if|]\n    if» <name3>",
        "<name> = «<name2>.<name4> if|<name2>\n\nif» <name3>",
        "def <call2>(<name3>):\n    «return <call>(<name>) if|<call>(<name>)\n    if» <name3>",
        "\n    self.<name> = «-<number> if|<number>\n    if» <name3>",
        "<line>\n<name> = [«<name2>] if|]\nif» <name3>",
        "for <name3> in <things>:\n    <name> = <call>(«<name2>) if|)\n    if» <name3>",
        "\n    <name> = «<name2>.<name4> if|<name2>\n\n    if» <name3>",
        "<name> += «-<number> if|<number>\nif» <name3>",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>\n<name> = «-<number> if|<number>\nif» <name3>",
        "\n        <name> = «not <name2> if|<name2>\n        if» <name3>",
        "def <call>(<name3>):\n    <name> = [«<number>] if|]\n    if» <name3>",
        "\n    <line>\n    <name> = <call>(«<name2>) if|)\n    if» <name3>",
        "<name>.<name4> = «-<name2> if|<name2>\nif» <name3>",
        "<line>\n<line2>\n<name> = «<name2>.<name4> if|<name2>\n\nif» <name3>",
        "\n    self.<name> = <call>(«<name2>) if|)\n    if» <name3>",
        "while <name4>:\n    <name> = «-<number> if|<number>\n    if» <name3>",
        "<name> = <name4>.<call>(«<name2>) if|)\nif» <name3>",
        "def <call>(<name>, <name3>):\n    <line>\n    <name2> = «not <name> if|<name>\n"
        "    if» <name3>",
    ),
    pools=words.VERIFYING,
)
