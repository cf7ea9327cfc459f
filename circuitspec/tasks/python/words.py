"""Names and words that many tasks share: one set for finding, another for verifying.

The two have no word in common. A name is a token of its own in `python-base`, at the start of a
line as well as after a space, so that a prompt can end with it and an answer can be it.
"""

from __future__ import annotations

from collections.abc import Mapping

FINDING: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("name", "path", "data", "result", "key", "value", "line", "args", "node", "msg"),
        *("text", "item", "obj", "total", "count", "size", "score", "price", "color", "row"),
    ),
    "things": ("items", "values", "names", "numbers", "lines", "words", "files", "rows", "keys"),
    "call": ("run", "load", "write", "check", "find", "read", "process", "make", "get"),
    "class": ("Node", "Point", "Person", "Game", "Item", "Record"),
    "module": ("os", "sys", "json", "re"),
    "word": (
        *("hello", "first", "missing", "found", "number", "wrong", "list", "total", "left"),
        *("right", "small", "big", "red", "blue", "done"),
    ),
    "number": ("1", "3", "4", "6", "8", "11"),
    "line": (
        *("i = 0", "found = None", "print(first)", "tree.run()", "words = list(file)", "best += 1"),
        *("self.left = right", "check(entry)", "letters = word.lower()", "low = high - 1"),
        *("best = max(low, high)", "folder = page.root", "step *= 3", "seen.append(letter)"),
        *("cell = grid[row]", "print(year, month)", "owner = None"),
    ),
}

VERIFYING: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("code", "socket", "expected", "filename", "encoding", "default", "context", "error"),
        *("message", "server", "mode", "version", "state", "instance", "event", "spec", "option"),
        *("base", "attr", "header"),
    ),
    "things": ("tests", "options", "errors", "tokens", "events", "fields", "labels", "users"),
    "call": ("connect", "send", "parse", "build", "compile", "fetch", "create", "format", "join"),
    "class": ("Reader", "Server", "Base", "Handler", "Parser", "Thing"),
    "module": ("asyncio", "pickle", "logging", "subprocess"),
    "word": (
        *("world", "user", "index", "failed", "string", "module", "second", "invalid", "empty"),
        *("report", "end", "object", "close", "good", "source"),
    ),
    "number": ("2", "5", "7", "9", "10", "12"),
    "line": (
        *("token = None", "field = str(info)", "send(buffer)", "label.close()", "pos += 1"),
        *("self.title = title", "modules = sorted(url)", "output = prefix.upper()", "err = -1"),
        *("connect(prefix)", "status = -pos", "local = frame.parent", "parse(target, width)"),
        *("self.offset = 12", "handler = None", "command.update(field)"),
    ),
}
