"""Go on with a colon after while True, with a line break after return True (Table 1, task 20).

The line break is a token with the indentation after it, that of the statement which follows.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_OUTER = (":", "\n")
_INNER = (":", "\n    ")

FINDING = TemplateSet(
    templates=(
        *asking(
            _OUTER,
            "def <call>(<name>):\n    «while|return» True",
            "def <call>(<name>):\n    <line>\n    «while|return» True",
            "\n    <line>\n    «while|return» True",
            "\n    <name> = <name2>\n    «while|return» True",
            "\n    def <call>(self, <name>):\n        «while|return» True",
            "def <call>(<name>, <name2>):\n    «while|return» True",
            "\n    <line>\n    <line2>\n    «while|return» True",
        ),
        *asking(
            _INNER,
            "\n    if <name> and <name2>:\n        «while|return» True",
            "\n    if <name> == <number>:\n        «while|return» True",
            "def <call>(<name>):\n    if <name>:\n        «while|return» True",
            "\n    for <name> in <things>:\n        «while|return» True",
            "\n    if <name> > <number>:\n        <line>\n        «while|return» True",
        ),
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=(
        *asking(
            _OUTER,
            "def <call>():\n    <line>\n    <line2>\n    «while|return» True",
            "def <call>(<name>, <name2>, <name3>):\n    <line>\n    «while|return» True",
            "\n    <name>.<call>()\n    «while|return» True",
            "\n    self.<name> = <name2>\n    «while|return» True",
            "class <class>:\n    def <call>(self, <name>):\n        «while|return» True",
            "\n    print(<name>)\n    «while|return» True",
        ),
        *asking(
            _INNER,
            "\n    if not <name> or <name2>:\n        «while|return» True",
            "\n    if <name> == '<word>':\n        «while|return» True",
            "def <call>(<name>, <name2>):\n    if <name> == <name2>:\n        «while|return» True",
            "\n    if <name> < <number>:\n        <call>(<name2>)\n        «while|return» True",
            "\n    if self.<name>:\n        <line>\n        «while|return» True",
        ),
    ),
    pools=words.VERIFYING,
)
