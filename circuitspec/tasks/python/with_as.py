"""Go on with `as` after an open in a with statement, not after an assignment (Table 1, task 6).

An assignment of an open file ends its line. `with` is a token shorter than a variable and `=`, so
the prompts differ in the end of the line before, too; what differs there varies.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_OUTSIDE = (" as", "\n")
_INSIDE = (" as", "\n    ")

FINDING = TemplateSet(
    templates=(
        *asking(
            _OUTSIDE,
            "<line>«\n\nwith|\n<name> =» open(<name2>)",
            "<line>\n<name3> = «-<number>\nwith|<number>\n<name> =» open(<name2>)",
            "<name3> = [«<number>]\nwith|]\n<name> =» open(<name2>)",
            "<call>(«<name3>)\nwith|)\n<name> =» open(<name2>)",
            '<line>«\n\nwith|\n<name> =» open("<word>.txt")',
            '<name3> = «-<number>\nwith|<number>\n<name> =» open(<name2>, "r")',
        ),
        *asking(
            _INSIDE,
            "def <call>(<name2>):\n    <line>«\n\n    with|\n    <name> =» open(<name2>)",
            "if «not <name3>:\n    with|<name3>:\n    <name> =» open(<name2>)",
            "\n    <line>«\n\n    with|\n    <name> =» open(self.<name2>)",
            "def <call>(<name2>):\n    <call2>(«<name3>)\n    with|)\n    <name> =» open(<name2>)",
            "\n    <name3> = «-<number>\n    with|<number>\n    <name> =» open(<name2>)",
            '\n    <name3> = [«<number>]\n    with|]\n    <name> =» open("<word>.csv")',
        ),
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=(
        *asking(
            _OUTSIDE,
            "<line>\n<line2>«\n\nwith|\n<name> =» open(<name2>)",
            "import <module>\n<name3> = «-<number>\nwith|<number>\n<name> =» open(<name2>)",
            "<line>\n<name3> = [«<number>]\nwith|]\n<name> =» open(<name2>)",
            "<line>\n<name4>.<call>(«<name3>)\nwith|)\n<name> =» open(<name2>)",
            "print(<name3>)«\n\nwith|\n<name> =» open('<word>.txt')",
        ),
        *asking(
            _INSIDE,
            "def <call>(<name2>, <name3>):\n    if «not <name3>:\n        <line>\n    with"
            "|<name3>:\n        <line>\n    <name> =» open(<name2>)",
            "def <call>(<name2>, <name3>):\n    <line>«\n\n    with|\n    <name> =» open(<name2>)",
            "\n    <call>(«<name3>)\n    with|)\n    <name> =» open(<name2>.<name4>)",
            "for <name4> in <things>:\n    <name3> = «-<number>\n    with|<number>\n    <name> =»"
            " open(self.<name2>)",
            "try:\n    <name3> = [«<number>]\n    with|]\n    <name> =» open(<name2>)",
            'while «not <name3>:\n    with|<name3>:\n    <name> =» open("<word>.json")',
        ),
    ),
    pools=words.VERIFYING,
)
