"""Go on with a colon after else, with a condition after elif (Table 1, task 11).

The paper's second answer is not given; here it is the variable that the `if` before asked about,
since that is what an `elif` most often asks about.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import TemplateSet, asking

_ANSWERS = (":", " <name>")

FINDING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "if <name> == <number>:\n    <line>\n«else|elif»",
        '\n    if <name> == "<word>":\n        <line>\n    «else|elif»',
        "if <name>:\n    <line>\n«else|elif»",
        "if <name> > <number>:\n    <line>\n    <line2>\n«else|elif»",
        "\n    if <name> < <number>:\n        return <name2>\n    «else|elif»",
        "def <call>(<name>):\n    if <name> == <number>:\n        <line>\n    «else|elif»",
        "<line>\nif <name> == '<word>':\n    <call>(<name2>)\n«else|elif»",
        "if <name> == <number>:\n    print(<name2>)\nelif <name> == <number2>:\n    <line>\n"
        "«else|elif»",
        "\n        if <name> == <number>:\n            <line>\n        «else|elif»",
        "for <name> in <things>:\n    if <name> == <number>:\n        <line>\n    «else|elif»",
        "if <name> == <name2>:\n    <name2> = <number>\n«else|elif»",
        "\n    if <name> > <name2>:\n        <line>\n    «else|elif»",
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=asking(
        _ANSWERS,
        "<line>\nif <name> == <number>:\n    <line2>\n«else|elif»",
        "\n    <line>\n    if <name> > <number>:\n        <line2>\n    «else|elif»",
        "if <name> == '<word>':\n    <name2> = <number>\n«else|elif»",
        "def <call>(<name>, <name2>):\n    if <name> == <name2>:\n        return <name2>\n"
        "    «else|elif»",
        '\n    if <name> == "<word>":\n        <call>(<name2>)\n        <line>\n    «else|elif»',
        "while True:\n    if <name> == <number>:\n        <line>\n    «else|elif»",
        "if <name> < <number>:\n    <name>.<call>()\n«else|elif»",
        "\n    if <name> == <number>:\n        <line>\n    elif <name> == <number2>:\n"
        "        <line2>\n    «else|elif»",
        "\n        if <name> == '<word>':\n            return <name2>\n        «else|elif»",
        "if <name> < <name2>:\n    <line>\n    <line2>\n«else|elif»",
    ),
    pools=words.VERIFYING,
)
