"""Go on with a colon in a dictionary and with a comma in a list (Table 1, task 7)."""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (":", ",")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        '<name> = «{|[»"<word>"',
        "<name> = «{|[»'<word>'",
        '\n    <name> = «{|[»"<word>"',
        '<line>\n<name> = «{|[»"<word>"',
        '<name> = «{"<word>":|["<word>",» <number>, "<word2>"',
        "<name> = «{'<word>':|['<word>',» <name2>, '<word2>'",
        '\n    return «{|[»"<word>"',
        "\n    self.<name> = «{|[»'<word>'",
        '\n    <line>\n    return «{"<word>":|["<word>",» <number>, "<word2>"',
        'def <call>(<name2>):\n    <name> = «{|[»"<word>"',
        "<call>(<name>, «{|[»'<word>'",
        '<name>.<name2> = «{"<word>":|["<word>",» "<word2>", "<word3>"',
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        '<line>\n<line2>\n<name> = «{|[»"<word>"',
        "\n        <name> = «{|[»'<word>'",
        'def <call>(<name>):\n    return «{|[»"<word>"',
        '<name> = <number>\n<name2> = «{"<word>":|["<word>",» <name>, "<word2>"',
        "\n    return «{'<word>':|['<word>',» <number>, '<word2>'",
        "<name>.<name2> = «{|[»'<word>'",
        '\n    <name> = «{"<word>":|["<word>",» "<word2>", "<word3>"',
        "if <name> == <number>:\n    <name2> = «{|[»'<word>'",
        'for <name> in <things>:\n    <name2> = «{|[»"<word>"',
        "\n    self.<name> = «{'<word>':|['<word>',» <name2>, '<word2>'",
    ),
    pools=words.VERIFYING,
)
