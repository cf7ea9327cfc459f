"""Add to a variable as befits what it began as (Table 1, task 3).

A set is added to with `.add`, a string with ` +=`. The answers are `.`, which is a token of its
own, and ` +=`. How far back the variable began, and what comes between, varies.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (".", " +=")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        '<name> =« set()| ""»\nfor <name2> in <things>:\n    <name>',
        "<name> =« set()| ''»\nfor <name2> in <things>:\n    <name>",
        '<name> =« set()| ""»\n<name>',
        '<name> =« set()| ""»\n<line>\n<name>',
        '\n    <name> =« set()| ""»\n    <line>\n    <line2>\n    <name>',
        "\n    <name> =« set()| ''»\n    for <name2> in <things>:\n        <name>",
        'def <call>(<things>):\n    <name> =« set()| ""»\n    for <name2> in <things>:\n'
        "        <name>",
        'def <call>(<name2>):\n    <name> =« set()| ""»\n    <line>\n    <name>',
        '<name> =« set()| ""»\nif <name2>:\n    <name>',
        '<name> =« set()| ""»\n<line>\nfor <name2> in <things>:\n    <line2>\n    <name>',
        '\n    <name> =« set()| ""»\n    while <name2>:\n        <name>',
        '<name> =« set()| ""»\n<line>\n<line2>\n<line3>\n<line4>\n<name>',
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        '<line>\n<name> =« set()| ""»\nfor <name2> in <things>:\n    <name>',
        "\n    <name> =« set()| ''»\n    <line>\n    <name>",
        '\n    <name> =« set()| ""»\n    <name>',
        '<name> =« set()| ""»\n<line>\n<line2>\n<line3>\n<name>',
        'def <call>(<name2>):\n    <line>\n    <name> =« set()| ""»\n    <name>',
        'def <call>(<things>, <name2>):\n    <name> =« set()| ""»\n'
        "    for <name3> in <things>:\n        if <name3>:\n            <name>",
        "<name> =« set()| ''»\n<line>\nif <name2> == <number>:\n    <name>",
        '<name> =« set()| ""»\nwhile <name2> < <number>:\n    <line>\n    <name>',
        '<name> =« set()| ""»\nfor <name2> in <things>:\n    <line>\n    <name>',
        '\n    <name> =« set()| ""»\n    <line>\n    <line2>\n    for <name2> in <things>:\n'
        "        <name>",
    ),
    pools=words.VERIFYING,
)
