"""End a swap of two variables with the one that is missing (Table 1, task 14).

After `x, y = y,` comes ` x`; the other prompt of a pair has the two the other way round.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (" <name>", " <name2>")
_SWAP = "«<name>, <name2> = <name2>|<name2>, <name> = <name>»,"

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        f"{_SWAP}",
        f"\n    {_SWAP}",
        f"\n        {_SWAP}",
        f"<line>\n{_SWAP}",
        f"\n    <line>\n    {_SWAP}",
        f"def <call>(<name3>):\n    {_SWAP}",
        f"if <name3>:\n    {_SWAP}",
        f"<name3> = <number>\n{_SWAP}",
        f"while <name3>:\n    {_SWAP}",
        f"for <name3> in <things>:\n    {_SWAP}",
        f"def <call>():\n    <line>\n    {_SWAP}",
        f"print(<name3>)\n{_SWAP}",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        f"<line>\n<line2>\n{_SWAP}",
        f"\n    <line>\n    <line2>\n    {_SWAP}",
        f"if <name3> == <number>:\n    {_SWAP}",
        f"\n    self.<name3> = <name4>\n    {_SWAP}",
        f"<name3>.<call>()\n{_SWAP}",
        f"while <name3> < <number>:\n    <line>\n    {_SWAP}",
        f"def <call>(<name3>, <name4>):\n    {_SWAP}",
        f"\n    if not <name3>:\n        {_SWAP}",
        f"<name3> = []\n{_SWAP}",
        f"else:\n    {_SWAP}",
    ),
    pools=words.VERIFYING,
)
