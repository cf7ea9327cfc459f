"""Go on with `in` in the head of a for loop, with a colon in a while loop's (Table 1, task 10)."""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (" in", ":")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "«for|while» <name>",
        "\n    «for|while» <name>",
        "\n        «for|while» <name>",
        "<line>\n«for|while» <name>",
        "\n    <line>\n    «for|while» <name>",
        "def <call>(<name>):\n    «for|while» <name2>",
        "def <call>(<name>, <name2>):\n    <line>\n    «for|while» <name3>",
        "if <name>:\n    «for|while» <name2>",
        "<name> = []\n«for|while» <name2>",
        "import <module>\n\n«for|while» <name2>",
        "\n    <name> = <number>\n    «for|while» <name2>",
        "<line>\n<line2>\n\n«for|while» <name>",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>\n<line2>\n«for|while» <name>",
        "def <call>():\n    <line>\n    «for|while» <name>",
        "\n    return <name>\n\n\n«for|while» <name2>",
        "try:\n    «for|while» <name>",
        "<name>.<call>()\n«for|while» <name2>",
        "\n    if <name> == <number>:\n        «for|while» <name2>",
        "\n    self.<name> = <name2>\n    «for|while» <name3>",
        "else:\n    «for|while» <name>",
        "<name> = <number>\n\n«for|while» <name2>",
        "with <name>:\n    <line>\n    «for|while» <name2>",
    ),
    pools=words.VERIFYING,
)
