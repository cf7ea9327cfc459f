"""Close a string literal with the quote that opened it (Gao et al. 2025, Table 1, task 1).

A prompt is a line or a few of Python that ends inside a string. The prompts of a pair differ only
in the quote that opened it, and the right next token is the same quote again. No other quote
occurs, so that nothing but the opening quote tells the answer.
"""

from __future__ import annotations

from functools import cache

from circuitspec.tasks.task import Task
from circuitspec.tasks.templates import TemplateSet, fill

_FINDING = TemplateSet(
    templates=(
        "<call>(<difference><word>",
        "<name> = <call>(<difference><word> <word2>",
        "    <name>.<call>(<difference><word>",
        "    return <call>(<difference><word> <word2> <word3>",
        "def <call>(<name>):\n    <call2>(<difference><word>",
        "if <name> > <number>:\n    <call>(<difference><word> <word2>",
        "for <name> in <name2>:\n    <call>(<name>, <difference><word>",
        "<name> = <difference><word>",
        "    self.<name> = <difference><word> <word2>",
        "<name>[<difference><word>",
        "    return <difference><word> <word2>",
        "<name> = <name2>.<call>(<number>, <difference><word>",
        "    if <name> == <difference><word>",
        "import <name>\n\n<name>.<call>(<difference><word> <word2>",
        "<call>(<name>=<difference><word>",
        "        raise <error>(<difference><word> <word2> <word3>",
    ),
    pools={
        "call": (
            "print",
            "open",
            "getattr",
            "log",
            "write",
            "append",
            "find",
            "check",
            "run",
            "load",
            "add_argument",
            "emit",
            "register",
            "lookup",
            "join",
        ),
        "name": (
            "name",
            "path",
            "data",
            "result",
            "key",
            "value",
            "line",
            "args",
            "node",
            "msg",
            "config",
            "text",
            "item",
            "obj",
        ),
        "word": (
            "hello",
            "file",
            "name",
            "error",
            "test",
            "input",
            "value",
            "first",
            "missing",
            "line",
            "unknown",
            "option",
            "type",
            "start",
            "message",
            "read",
            "bad",
            "the",
        ),
        "number": ("0", "1", "3", "10"),
        "error": ("ValueError", "TypeError", "KeyError"),
    },
)

_VERIFYING = TemplateSet(
    templates=(
        "<call>(<name>, <difference><word>",
        "    <call>(<difference><word> <word2>",
        "<name> = <call>(<difference><word>",
        "        <name> = <name2>.<call>(<difference><word> <word2>",
        "while <name> < <number>:\n    <call>(<difference><word>",
        "class <class>:\n    <name> = <difference><word>",
        "    <name> = <difference><word> <word2> <word3>",
        "    return <name>[<difference><word>",
        "    return <name>.<call>(<difference><word>",
        "try:\n    <call>(<difference><word> <word2>",
        "assert <name> == <difference><word>",
        "with <call>(<difference><word>",
        "<name> = [<difference><word>",
        "def <call>(<name>=<difference><word>",
        "    <name>.<name2> = <call>(<number>, <difference><word>",
        "    raise <error>(<difference><word> <word2>",
    ),
    pools={
        "call": (
            "connect",
            "send",
            "parse",
            "setattr",
            "build",
            "compile",
            "warn",
            "fetch",
            "replace",
            "format",
            "update",
            "create",
            "execute",
            "startswith",
            "show",
        ),
        "name": (
            "user",
            "url",
            "info",
            "output",
            "field",
            "label",
            "buffer",
            "state",
            "token",
            "prefix",
            "mode",
            "title",
            "source",
            "event",
        ),
        "word": (
            "world",
            "user",
            "index",
            "failed",
            "default",
            "string",
            "module",
            "second",
            "invalid",
            "code",
            "empty",
            "report",
            "not",
            "end",
            "object",
            "close",
            "good",
            "an",
        ),
        "number": ("2", "5", "7", "100"),
        "error": ("RuntimeError", "OSError", "IndexError"),
        "class": ("Thing", "Reader", "Server", "Base"),
    },
)

_QUOTES = ('"', "'")


@cache
def single_double_quote(*, finding: int = 512, verifying: int = 192) -> Task:
    """The task; templates, names and words of the finding and verifying pairs are disjoint."""
    return Task(
        name="single_double_quote",
        description="close a string literal with the quote that opened it",
        finding=fill(_FINDING, _QUOTES, _QUOTES, count=finding, seed=1),
        verifying=fill(_VERIFYING, _QUOTES, _QUOTES, count=verifying, seed=2),
    )
