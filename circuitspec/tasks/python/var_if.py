"""End a condition with a colon and an assignment with a line break (Table 1, task 19).

`if x == True` against `x = True`. The lines before differ in what makes the prompts equally long.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_OUTSIDE = (":", "\n")
_INSIDE = (":", "\n    ")

FINDING = TemplateSet(
    templates=(
        *asking(
            _OUTSIDE,
            "<line>«\nif <name> ==|\n\n<name> =» True",
            "<line>\n<line2>«\nif <name> ==|\n\n<name> =» False",
            "<name2> = «<number>\nif <name> ==|-<number>\n<name> =» True",
            "<name2> = [«]\nif <name> ==|<number>]\n<name> =» True",
            "<call>(«)\nif <name> ==|<name2>)\n<name> =» True",
            "<line>«\nif <name2>.<name> ==|\n\n<name2>.<name> =» False",
        ),
        *asking(
            _INSIDE,
            "\n    <line>«\n    if <name> ==|\n\n    <name> =» True",
            "\n    <line>«\n    if self.<name> ==|\n\n    self.<name> =» True",
            "def <call>(<name>):\n    <name2> = «<number>\n    if <name> ==|-<number>\n"
            "    <name> =» False",
            "def <call>(<name>):\n    <line>«\n    while <name> ==|\n\n    <name> =» True",
            "\n    <call>(«)\n    if <name> ==|<name2>)\n    <name> =» True",
            "\n    <name2> = [«]\n    if self.<name> ==|<number>]\n    self.<name> =» False",
        ),
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=(
        *asking(
            _OUTSIDE,
            "import <module>\n<line>«\nif <name> ==|\n\n<name> =» True",
            "<line>\n<name2> = «<number>\nif <name> ==|-<number>\n<name> =» True",
            "<name3>.<call>(«)\nif <name> ==|<name2>)\n<name> =» False",
            "<line>\n<line2>\n<line3>«\nif <name> ==|\n\n<name> =» True",
            "<line>\n<name2> = [«]\nif <name3>.<name> ==|<number>]\n<name3>.<name> =» True",
        ),
        *asking(
            _INSIDE,
            "def <call>(<name>, <name2>):\n    <line>«\n    if <name> ==|\n\n    <name> =» True",
            "\n    <line>\n    <line2>«\n    if self.<name> ==|\n\n    self.<name> =» False",
            "\n    self.<call>(«)\n    if <name> ==|<name2>)\n    <name> =» True",
            "if <name2>:\n    <name3> = «<number>\n    if <name> ==|-<number>\n    <name> =» True",
            "\n    <name2> = [«]\n    while <name> ==|<number>]\n    <name> =» True",
        ),
    ),
    pools=words.VERIFYING,
)
