"""Go on with a colon after a lambda's argument, with a bracket after def (Table 1, task 16).

A lambda has the argument where a function has its name. The lines before differ in what makes the
prompts equally long.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (":", "(")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>«\n<name> = lambda|\n\n\ndef» <name2>",
        "<line>\n<line2>«\n<name> = lambda|\n\n\ndef» <name2>",
        "import <module>«\n<name> = lambda|\n\n\ndef» <name2>",
        "\n    <name3> = «<number>\n    <name> = lambda|-<number>\n\n    def» <name2>",
        "\n    <name3> = [«]\n    <name> = lambda|<number>]\n\n    def» <name2>",
        "\n    <call>(«)\n    <name> = lambda|<name3>)\n\n    def» <name2>",
        "class <class>:\n    <name3> = «<number>\n    <name> = lambda|-<number>\n\n"
        "    def» <name2>",
        "<name3> = <number>«\n<name> = lambda|\n\n\ndef» <name2>",
        "\n    return <name3>«\n\n\n<name> = lambda|.<name4>\n\n\ndef» <name2>",
        "\n    <line>\n    <name3> = [«]\n    <name> = lambda|<number>]\n\n    def» <name2>",
        "print(<name3>)«\n<name> = lambda|\n\n\ndef» <name2>",
        "\n        return <call>(«)\n    <name> = lambda|<name3>)\n\n    def» <name2>",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>\n<line2>\n<line3>«\n<name> = lambda|\n\n\ndef» <name2>",
        "<name3>.<call>()«\n<name> = lambda|\n\n\ndef» <name2>",
        "class <class>:\n    <name3> = [«]\n    <name> = lambda|<number>]\n\n    def» <name2>",
        "\n    <line>\n    <name3> = «<number>\n    <name> = lambda|-<number>\n\n    def» <name2>",
        "\n        self.<call>(«)\n        <name> = lambda|<name3>)\n\n        def» <name2>",
        "import <module>\n\n<name4> = <number>«\n<name> = lambda|\n\n\ndef» <name2>",
        "\n    <name4>.<call>(«)\n    <name> = lambda|<name3>)\n\n    def» <name2>",
        "class <class>(<class2>):\n    <name3> = «<number>\n    <name> = lambda|-<number>\n\n"
        "    def» <name2>",
        "<name3>, <name4> = <things>«\n<name> = lambda|\n\n\ndef» <name2>",
        "\n    self.<name4> = [«]\n    <name> = lambda|<number>]\n\n    def» <name2>",
    ),
    pools=words.VERIFYING,
)
