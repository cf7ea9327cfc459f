"""Give the last argument a default if those before it have one (Table 1, task 2).

Arguments with a default come last, so after `a=None, b` comes `=`; after plain arguments the list
ends, with `):` in one token. The paper's answers are `=None` and `):` with its line break.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = ("=", "):")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "def <call>(<name>«=None|, <name2>», <name3>",
        "def <call>(«<name>=None, <name2>=None|<name>, <name2>, <name3>, <name4>», <name5>",
        "def <call>(<name>«=True|, <name2>», <name3>",
        "<line>\n\n\ndef <call>(<name>«=None|, <name2>», <name3>",
        "class <class>:\n    def <call>(self, <name>«=None|, <name2>», <name3>",
        "\n    def <call>(self, <name>«=<number>|, <name2>», <name3>",
        "\n    def __init__(self, <name>«=None|, <name2>», <name3>",
        "\n    def <call>(self, <name>«=False|, <name2>», <name3>",
        "def <call>(<name>«=<number>|, <name2>», <name3>",
        "\n    <line>\n\n    def <call>(self, <name>«=None|, <name2>», <name3>",
        "\n    return <name6>\n\n\ndef <call>(<name>«=None|, <name2>», <name3>",
        "class <class>:\n    def __init__(self, «<name>=None, <name2>=None"
        "|<name>, <name2>, <name3>, <name4>», <name5>",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "import <module>\n\n\ndef <call>(<name>«=None|, <name2>», <name3>",
        "<name5> = <number>\n\n\ndef <call>(<name>«=True|, <name2>», <name3>",
        "\n    def <call>(self, «<name>=None, <name2>=None|<name>, <name2>, <name3>, <name4>», "
        "<name5>",
        "class <class>(<class2>):\n    def <call>(self, <name>«=None|, <name2>», <name3>",
        "\n    <line>\n    <line2>\n\n    def <call>(self, <name>«=False|, <name2>», <name3>",
        "\n    return self.<name4>\n\n    def <call>(self, <name>«=None|, <name2>», <name3>",
        "<line>\n<line2>\n\n\ndef <call>(<name>«=<number>|, <name2>», <name3>",
        "\n    print(<name4>)\n\n\ndef <call>(«<name>=<number>, <name2>=None"
        "|<name>, <name2>, <name3>, <name4>», <name5>",
        "class <class>:\n    <line>\n\n    def __init__(self, <name>«=<number>|, <name2>», <name3>",
        "@<call2>\ndef <call>(<name>«=None|, <name2>», <name3>",
    ),
    pools=words.VERIFYING,
)
