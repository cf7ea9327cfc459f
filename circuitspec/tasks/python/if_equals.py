"""Compare in a condition, assign elsewhere (Table 1, task 17).

` ==` after `if x`, ` =` after `x` at the start of a statement. The lines before differ in what
makes the prompts equally long.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (" ==", " =")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>«\nif <name>|\n\n<name>»",
        "\n    <line>«\n    if <name>|\n\n    <name>»",
        "\n    <line>«\n    if self|\n\n    self».<name>",
        "<line>\n<name2> = «<number>\nif <name>|-<number>\n<name>»",
        "\n    <name2> = «<number>\n    if self|-<number>\n    self».<name>",
        "<name2> = [«]\nif <name>|<number>]\n<name>»",
        "\n    <call>(«)\n    if <name>|<name2>)\n    <name>»",
        "def <call>(<name>):\n    <name2> = «<number>\n    if <name>|-<number>\n    <name>»",
        "\n        <name2> = [«]\n        if self|<number>]\n        self».<name>",
        "<line>«\nif <name2>|\n\n<name2>».<name>",
        "<call>(«)\nif <name2>|<name3>)\n<name2>».<name>",
        "for <name2> in <things>:\n    <line>«\n    if <name>|\n\n    <name>»",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>\n<line2>«\nif <name>|\n\n<name>»",
        "\n        <line>«\n        if self|\n\n        self».<name>",
        "\n    <name2>.<call>(«)\n    if <name>|<name3>)\n    <name>»",
        "import <module>\n<name2> = «<number>\nif <name>|-<number>\n<name>»",
        "while <name2>:\n    <line>«\n    if <name>|\n\n    <name>»",
        "\n    self.<name2> = [«]\n    if self|<number>]\n    self».<name>",
        "def <call>(<name>, <name2>):\n    <line>«\n    if <name>|\n\n    <name>»",
        "\n    self.<call>(«)\n    if self|<name3>)\n    self».<name>",
        "<line>\n<name2> = [«]\nif <name3>|<number>]\n<name3>».<name>",
        "\n    <line>\n    <name2> = «<number>\n    if <name>|-<number>\n    <name>»",
    ),
    pools=words.VERIFYING,
)
