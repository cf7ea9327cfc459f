"""Put a value into an f-string and none into a plain one (Table 1, task 12).

After `f"total: ` comes `{`; the plain `"total: ` ends, as strings before a value to print do. An
`f` and the space before a plain string are a token each.
"""

from __future__ import annotations

from circuitspec.tasks.python import words
from circuitspec.tasks.templates import Template, TemplateSet, asking

_DOUBLE = ("{", '"')
_SINGLE = ("{", "'")


def _either_quote(*texts: str) -> tuple[Template, ...]:
    """Every other template with single quotes."""
    return tuple(
        template
        for index, text in enumerate(texts)
        for template in (
            asking(_DOUBLE, text) if index % 2 == 0 else asking(_SINGLE, text.replace('"', "'"))
        )
    )


FINDING = TemplateSet(
    templates=_either_quote(
        '<name> =« f| »"<word>: ',
        '<name> =« f| »"<word> <word2>: ',
        'print(<name>,« f| »"<word>: ',
        'print(<number>,« f| »"<word> <word2>: ',
        '\n    <name> =« f| »"<word>: ',
        '\n    return« f| »"<word>: ',
        '\n    return« f| »"<word> <word2> = ',
        '<line>\n<name> =« f| »"<word> = ',
        'def <call>(<name>):\n    <name2> =« f| »"<word> <word2>: ',
        'for <name> in <things>:\n    print(<name>,« f| »"<word>: ',
        '\n    self.<name> =« f| »"<word>=',
        '<name> =« f| »"<word>=',
    ),
    pools=words.FINDING,
)

VERIFYING = TemplateSet(
    templates=_either_quote(
        '<line>\n<line2>\n<name> =« f| »"<word>: ',
        '\n        <name> =« f| »"<word> <word2>: ',
        'def <call>(<name>):\n    return« f| »"<word>: ',
        '\n    print(<name>,« f| »"<word> <word2>: ',
        'if <name> == <number>:\n    <name2> =« f| »"<word>: ',
        '<name>.<name2> =« f| »"<word>: ',
        '\n    <line>\n    return« f| »"<word> = ',
        '<name> = <number>\nprint(<name>,« f| »"<word> = ',
        '\n    <name> =« f| »"<word> <word2>=',
        'while <name>:\n    <name2> =« f| »"<word>: ',
    ),
    pools=words.VERIFYING,
)
