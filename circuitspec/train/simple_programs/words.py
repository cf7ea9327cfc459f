"""The names and words of the simple programs.

None of them is a name or word of the verifying side of a shipped task (a test sees to it), so that
a task measures what a model does with names that these programs have not shown it.
"""

from __future__ import annotations


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAMES = _split(
    """
    name path data result key value line args node msg config text item obj x y a b c n total
    count size first last price color speed height weight age city email phone row col score
    flag done ready found left right word letter number point tag file folder page book author
    year month day hour order product cart stock level player game move board cell grid table
    record entry root child kind limit step low high best start stop rate amount balance account
    shop car owner shape area radius depth team member task answer question reply note topic
    group person animal dog cat food fruit bird tree river street country
    """
)
"""Variables, arguments and attributes."""

PLURALS = _split(
    """
    items values names numbers lines words files rows keys points tags pages books data args
    results records entries nodes children scores prices players cells letters colors orders
    parts texts notes members tasks answers people animals things lists pairs
    """
)
"""Things to loop over."""

COUNTERS = ("i", "i", "i", "k", "n", "x", "row", "col", "step", "number")
"""Variables that count."""

COLLECTORS = (
    *("seen", "found", "result", "unique", "letters", "text", "names", "out", "total", "visited"),
    *("line", "lines", "parts", "words", "tags", "values", "keys", "answer", "current", "current"),
    *("collected", "acc", "data", "row", "body", "path", "res", "items", "known", "used", "x", "y"),
)
"""Variables that sets, strings, lists and counts are gathered in."""

FUNCTIONS = _split(
    """
    run load write find check get set_value add get_value read count compute process make merge
    filter_items get_name set_name is_valid has_value is_empty can_move total_price area move
    add_item remove get_total print_all collect search sort_items convert clean split_text main
    calculate handle reset draw play walk join_all describe measure select combine save_all
    """
)
"""Functions and methods."""

CLASSES = _split(
    """
    Node Point Person Car Book Player Game Account Animal Dog Shop Cart Item Product Team Stack
    Queue Tree Shape Circle Robot Store Bank City Country House Page Table Record Order
    """
)

WORDS = _split(
    """
    hello file name value line found done number the total is of and price color first last
    wrong missing unknown bad yes no ok key path item list player score game next please enter
    welcome red blue green big small one two three apple dog cat tree book day result answer
    count size to in with all left right up down old new this that here ready word
    """
)
"""Words inside strings and comments."""

MODULES = ("os", "sys", "re", "json", "math", "random", "time", "csv", "itertools")

ERRORS = ("ValueError", "TypeError", "KeyError", "ValueError")

STEMS_READ = ("input", "data", "config", "names", "words", "numbers", "scores", "settings")
"""Files that programs read."""

STEMS_WRITTEN = ("result", "log", "out", "summary", "answer", "copy", "saved", "results", "backup")
"""Files that programs write."""

ENDINGS = ("txt", "txt", "csv", "json", "dat")
