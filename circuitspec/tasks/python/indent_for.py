"""Indent the body of a for loop one level deeper than its head (Table 1, task 15).

A line break and the indentation after it are one token.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_OUTER = ("\n    ", "\n        ")
_INNER = ("\n        ", "\n            ")

FINDING = TemplateSet(
    templates=(
        *asking(
            _OUTER,
            "if <name>:\n    <line>«\n|\n    »for <name2> in <things>:",
            "def <call>(<name>):\n    <line>«\n|\n    »for <name2> in <things>:",
            "while <name>:\n    <line>\n    <line2>«\n|\n    »for <name2> in <things>:",
            "\n    <line>«\n|\n    »for <name> in range(<number>):",
            "for <name> in <things>:\n    <line>«\n|\n    »for <name2> in <name3>:",
            "\n    <call>(<name>)\n«\n|\n    »for <name2> in <things>:",
        ),
        *asking(
            _INNER,
            "\n    if <name>:\n        <line>«\n    |\n        »for <name2> in <things>:",
            "def <call>(<things>):\n    if <name>:\n        <line>«\n    |\n        »"
            "for <name2> in <things>:",
            "\n    while <name>:\n        <line>«\n    |\n        »for <name2> in range(<number>):",
            "\n        <line>\n        <line2>«\n    |\n        »for <name> in <things>:",
            "\n    for <name> in <things>:\n        <line>«\n    |\n"
            "        »for <name2> in <name3>:",
            "\n    def <call>(self):\n        <line>«\n    |\n"
            "        »for <name> in self.<things>:",
        ),
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=(
        *asking(
            _OUTER,
            "if <name> == <number>:\n    <line>«\n|\n    »for <name2> in <things>:",
            "def <call>(<name>, <name2>):\n    <line>\n    <line2>«\n|\n"
            "    »for <name3> in <things>:",
            "\n    <name> = <number>«\n|\n    »for <name2> in <things>:",
            "try:\n    <line>\nexcept <class>:\n    <line2>«\n|\n    »for <name> in <things>:",
            "\n    <call>(<name>)\n«\n|\n    »for <name2> in range(<number>):",
        ),
        *asking(
            _INNER,
            "\n    if <name> == <number>:\n        <line>«\n    |\n"
            "        »for <name2> in <things>:",
            "\n        self.<name> = <name2>«\n    |\n        »for <name3> in <things>:",
            "def <call>():\n    while <name>:\n        <line>\n        <line2>«\n    |\n        »"
            "for <name2> in <things>:",
            "\n    else:\n        <call>(<name>)«\n    |\n"
            "        »for <name2> in <name3>.<things>:",
            "class <class>:\n    def <call>(self, <things>):\n        <line>«\n    |\n        »"
            "for <name> in <things>:",
        ),
    ),
    pools=words.VERIFYING,
)
