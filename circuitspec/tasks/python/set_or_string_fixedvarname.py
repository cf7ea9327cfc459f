"""Add to the variable `current` as befits what it began as (Table 1, task 4).

As `set_or_string`, but for the name, which is the same on both sides of the split as well.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (".", " +=")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        'current =« set()| ""»\nfor <name> in <things>:\n    current',
        "current =« set()| ''»\nfor <name> in <things>:\n    current",
        '<line>\ncurrent =« set()| ""»\ncurrent',
        '<line>\ncurrent =« set()| ""»\n<line2>\ncurrent',
        '\n    current =« set()| ""»\n    <line>\n    <line2>\n    current',
        "\n    current =« set()| ''»\n    for <name> in <things>:\n        current",
        'def <call>(<things>):\n    current =« set()| ""»\n    for <name> in <things>:\n'
        "        current",
        'def <call>(<name>):\n    current =« set()| ""»\n    <line>\n    current',
        'current =« set()| ""»\nif <name>:\n    current',
        'current =« set()| ""»\n<line>\nfor <name> in <things>:\n    <line2>\n    current',
        '\n    current =« set()| ""»\n    while <name>:\n        current',
        'current =« set()| ""»\n<line>\n<line2>\n<line3>\n<line4>\ncurrent',
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        '<line>\ncurrent =« set()| ""»\nfor <name> in <things>:\n    current',
        "\n    current =« set()| ''»\n    <line>\n    current",
        '\n    <line>\n    current =« set()| ""»\n    current',
        'current =« set()| ""»\n<line>\n<line2>\n<line3>\ncurrent',
        'def <call>(<name>):\n    <line>\n    current =« set()| ""»\n    current',
        'def <call>(<things>, <name>):\n    current =« set()| ""»\n'
        "    for <name2> in <things>:\n        if <name2>:\n            current",
        "current =« set()| ''»\n<line>\nif <name> == <number>:\n    current",
        'current =« set()| ""»\nwhile <name> < <number>:\n    <line>\n    current',
        'current =« set()| ""»\nfor <name> in <things>:\n    <line>\n    current',
        '\n    current =« set()| ""»\n    <line>\n    <line2>\n    for <name> in <things>:\n'
        "        current",
    ),
    pools=words.VERIFYING,
)
