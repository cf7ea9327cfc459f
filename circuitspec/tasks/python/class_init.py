"""Give an attribute the value of the argument of its name (Table 1, task 5).

After `self.size =` comes ` size`. The wrong answer is another argument.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (" <name>", " <name2>")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "class <class>:\n    def __init__(self, <name>, <name2>):\n        self.«<name>|<name2>» =",
        "class <class>:\n    def __init__(self, <name2>, <name>):\n        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name>, <name2>, <name3>):\n        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name3>, <name>, <name2>):\n        self.<name3> = <name3>\n"
        "        self.«<name>|<name2>» =",
        "class <class>:\n    def __init__(self, <name3>, <name2>, <name>):\n"
        "        self.<name3> = <name3>\n        self.«<name>|<name2>» =",
        "class <class>(<class2>):\n    def __init__(self, <name>, <name2>):\n"
        "        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name3>, <name4>, <name>, <name2>):\n"
        "        self.<name3> = <name3>\n"
        "        self.<name4> = <name4>\n        self.«<name>|<name2>» =",
        "class <class>:\n    def __init__(self, <name>, <name2>):\n        <line>\n"
        "        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name>=None, <name2>=None):\n        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name2>, <name3>, <name>):\n        self.«<name>|<name2>» =",
        "<line>\n\n\nclass <class>:\n    def __init__(self, <name>, <name2>):\n"
        "        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name>, <name2>):\n        self.«<name>|<name2>» =",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "import <module>\n\n\nclass <class>:\n    def __init__(self, <name>, <name2>):\n"
        "        self.«<name>|<name2>» =",
        "class <class>(<class2>):\n    def __init__(self, <name2>, <name3>, <name>):\n"
        "        self.<name3> = <name3>\n        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name>, <name3>, <name2>):\n        self.«<name>|<name2>» =",
        "class <class>:\n    def __init__(self, <name3>, <name>, <name4>, <name2>):\n"
        "        self.<name3> = <name3>\n        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name2>, <name>, <name3>):\n        self.<name3> = <name3>\n"
        "        self.«<name>|<name2>» =",
        "\n    <line>\n\n    def __init__(self, <name>, <name2>):\n        self.«<name>|<name2>» =",
        "class <class>:\n    <line>\n\n    def __init__(self, <name2>, <name>):\n"
        "        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name2>=None, <name>=<number>):\n        self.«<name>|<name2>» =",
        "class <class>:\n    def __init__(self, <name3>, <name4>, <name5>, <name>, <name2>):\n"
        "        self.<name3> = <name3>\n        self.<name4> = <name4>\n"
        "        self.<name5> = <name5>\n        self.«<name>|<name2>» =",
        "\n    def __init__(self, <name>, <name2>):\n        <line>\n        <line2>\n"
        "        self.«<name>|<name2>» =",
    ),
    pools=words.VERIFYING,
)
