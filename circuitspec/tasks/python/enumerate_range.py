"""Enumerate with two loop variables, count with one (Table 1, task 18).

A second variable is two tokens, which the prompt with one has more in the line before.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (" enumerate", " range")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<name> = <name2>«\nfor i, <name3> in|.<name4>\nfor i in»",
        "<name> = <name2>«\nfor i, <name3> in| + <name4>\nfor i in»",
        "\n    <name> = <name2>«\n    for i, <name3> in|.<name4>\n    for i in»",
        "<name> = len(<things>)«\nfor i, <name3> in| - <number>\nfor i in»",
        "def <call>(<name>«):\n    for i, <name3> in|, <name2>):\n    for i in»",
        "<line>«\nfor k, <name3> in|\n\n\nfor k in»",
        "\n    <line>\n    <name> = <number>«\n    for i, <name3> in| + <name4>\n    for i in»",
        "def <call>(<things>«):\n    for n, <name3> in|, <name2>):\n    for n in»",
        "\n    <call>(<name>«)\n    for i, <name3> in|, <name2>)\n    for i in»",
        "<line>\n<name> = <name2>«\nfor k, <name3> in|.<name4>\nfor k in»",
        "\n        <name> = <name2>«\n        for i, <name3> in| - <number>\n        for i in»",
        "print(<name>«)\nfor i, <name3> in|, <name2>)\nfor i in»",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>\n<name> = <name2>«\nfor j, <name3> in|.<name4>\nfor j in»",
        "\n    <line>\n    <name> = len(<things>)«\n    for j, <name3> in| - <number>\n"
        "    for j in»",
        "def <call>(<name>, <things>«):\n    for j, <name3> in|, <name2>):\n    for j in»",
        "<name>.<call>(<name2>«)\nfor j, <name3> in|, <name4>)\nfor j in»",
        "\n    self.<name> = <name2>«\n    for j, <name3> in|.<name4>\n    for j in»",
        "def <call>(<things>):\n    <name> = <number>«\n    for j, <name3> in| + <name4>\n"
        "    for j in»",
        "<line>\n<line2>«\nfor j, <name3> in|\n\n\nfor j in»",
        "if <name> == <name2>«:\n    for j, <name3> in|.<name4>:\n    for j in»",
        "\n    def <call>(self, <things>«):\n        for j, <name3> in|, <name>):\n"
        "        for j in»",
        "while <name> < <name2>«:\n    for j, <name3> in| - <number>:\n    for j in»",
    ),
    pools=words.VERIFYING,
)
