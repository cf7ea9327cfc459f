"""Open a file for reading or for writing, as its name says (Table 1, task 8).

The words that say so are those that differ between the prompts of a pair, such as `input` and
`result`, and are the same on both sides of the split: no rule leads from one such word to another.
Everything around them differs.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = ("r", "w")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        '<line>\n<line2>\n\nwith open("«input|result».txt", "',
        "<name> = <number>\nwith open('«data|log».txt', '",
        '<name>.<name2> = open("«config|out».txt", "',
        '\n    <line>\n    with open("«input|log».csv", "',
        "\n    <name> = <name2>\n    <name3> = open('«words|answer».txt', '",
        '<line>\nwith open("«config|result».csv", "',
        "def <call>(<name>, <name2>):\n    with open('«input|out».txt', '",
        '\n    <line>\n    <name> = open("«data|result».csv", "',
        '<line>\nwith open("<word>/«input|log».txt", "',
        "def <call>(<name2>):\n    <name> = open('«data|out».csv', '",
        'if <name> == <number>:\n    with open("«words|result».txt", "',
        "<line>\n<name> = open('«input|answer».csv', '",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        'import <module>\n\n<line>\nwith open("«input|log».json", "',
        '<name> = <number>\nwith open("«data|result».json", "',
        "\n    with open('<word>/«config|out».dat', '",
        "<line>\n<line2>\nwith open('«data|log».json', '",
        "for <name> in <things>:\n    with open('«input|result».json', '",
        'def <call>(<name>, <name2>):\n    <name3> = open("«words|log».dat", "',
        "\n    <line>\n    self.<name> = open('«input|result».dat', '",
        'while <name> < <number>:\n    <name2> = open("«config|answer».json", "',
        "\n    <line>\n    with open('«data|out».json', '",
        '<name> = open("<word>/«input|result».txt", "',
    ),
    pools=words.VERIFYING,
)
